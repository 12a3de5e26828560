"""A document as a PDF: the print page, set by WeasyPrint in a process of its own. PDF 文件

The same layout, the same style sheets as on the print page; the same bytes for the same document. The renderer needs
the system's Pango. Where that is missing everything else goes on working, and :func:`can_print` says so.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final

from workflows.documents.paper import Paper
from workflows.documents.standalone import standing_alone

PRESS: Final = Path(__file__).with_name("press.py")
MOST_SECONDS: Final = 1200
CHECK_SECONDS: Final = 20
ASK_AGAIN_SECONDS: Final = 300
IDENTIFIER_DIGITS: Final = 32
HANDED_ON: Final = (
    *("PATH", "HOME", "TMPDIR", "TEMP", "SYSTEMROOT", "LOCALAPPDATA", "XDG_CACHE_HOME", "XDG_DATA_DIRS"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "WEASYPRINT_DLL_DIRECTORIES"),
    *("FONTCONFIG_PATH", "FONTCONFIG_FILE"),
)
"""What the renderer is told of the environment: where libraries and fonts are, never a key or a password."""


class PdfFailed(Exception):
    """Nothing came out of the press; the message is its last words."""


class _Known:
    """What is known of this machine: a yes for good, a no for some minutes, since the answer takes a second."""

    lock = threading.Lock()
    able = False
    ask_again_at = 0.0


def can_print() -> bool:
    """Whether PDFs can be made here. The first call in a process takes about a second, the others nothing."""
    with _Known.lock:
        if not _Known.able and time.monotonic() >= _Known.ask_again_at:
            try:
                _Known.able = _press("", b"", CHECK_SECONDS).returncode == 0
            except (subprocess.TimeoutExpired, OSError):  # a busy machine
                _Known.able = False
            _Known.ask_again_at = time.monotonic() + ASK_AGAIN_SECONDS
        return _Known.able


def pdf_file(paper: Paper) -> bytes:
    """The document as a PDF. Raises PdfFailed."""
    return pdf_of_page(standing_alone(paper))


def pdf_of_page(html: str) -> bytes:
    """A page that stands by itself as a PDF: 2,000 rows of nine columns take about half a minute and 1 GB, elsewhere.

    Raises PdfFailed.
    """
    try:
        done = _press(page_digest(html)[:IDENTIFIER_DIGITS], html.encode(), MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PdfFailed(f"not ready after {MOST_SECONDS} seconds") from error
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        told = done.stderr.decode(errors="replace").strip()[-2000:]
        raise PdfFailed(f"exit status {done.returncode}: {told}")
    return done.stdout


def page_digest(html: str) -> str:
    """SHA-256 of what is to be printed."""
    return hashlib.sha256(html.encode()).hexdigest()


def _press(identifier: str, html: bytes, seconds: int) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", str(PRESS), *([identifier] if identifier else [])]
    env = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    return subprocess.run(
        command, input=html, capture_output=True, env=env, cwd=PRESS.parent, timeout=seconds, check=False
    )
