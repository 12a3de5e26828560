"""The system's Chromium: browser tests bring no browser of their own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Its path (CHROMIUM names it, else it is looked for), or None."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else None
    return shutil.which("chromium") or shutil.which("chromium-browser")
