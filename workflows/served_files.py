"""Handing an uploaded file out so that it can do no harm, whole or a part of it. 材料文件的读取

Only types that a browser shows without running anything are shown; everything else is handed over for saving. The
answer is never kept, never guessed at, never shown inside a page of another site, and runs nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from cases.errors import Unavailable
from cases.file_names import name_to_save
from cases.file_types import IMAGES, PREVIEWED
from cases.models import Material

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; sandbox"
"""What a file may do that somebody uploaded, should a browser take it for a page: nothing."""
FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
"""As :data:`SANDBOX`, for a PDF inside our own preview page, where older browsers do not start their viewer in a sandbox:

it still runs nothing, sends nothing, and is never taken for anything but a PDF (``nosniff``).
"""
ALONE = FRAMED.replace("frame-ancestors 'self'", "frame-ancestors 'none'")
"""As :data:`FRAMED`, for a PDF in a window of its own."""
logger = logging.getLogger(__name__)
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
BLOCK = 1 << 16


def serve(request: HttpRequest, row: Material, *, save: bool, framed: bool) -> HttpResponseBase:
    """The file, or the part that ``Range`` asks for. ``save``: hand it over; ``framed``: for the preview page's frame.

    Raises Unavailable for a file that the storage does not give.
    """
    inline = row.content_type in PREVIEWED and not save
    asked = _range_of(request.headers.get("Range", ""), row.size)
    answer: HttpResponseBase
    if asked is None:
        answer = FileResponse(_opened(row), content_type=row.content_type)
        answer.block_size = BLOCK
        answer["Content-Length"] = str(row.size)
    elif not asked:
        answer = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        answer["Content-Range"] = f"bytes */{row.size}"
    else:
        answer = StreamingHttpResponse(
            _part(_opened(row), asked), status=HTTPStatus.PARTIAL_CONTENT, content_type=row.content_type
        )
        answer["Content-Range"] = f"bytes {asked.start}-{asked.stop - 1}/{row.size}"
        answer["Content-Length"] = str(len(asked))
    name = name_to_save(row.name, row.content_type)
    answer["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    viewer = inline and row.content_type not in IMAGES
    in_frame = framed and viewer
    answer["Content-Security-Policy"] = (FRAMED if in_frame else ALONE) if viewer else SANDBOX
    answer["X-Frame-Options"] = "SAMEORIGIN" if in_frame else "DENY"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    answer["Accept-Ranges"] = "bytes"
    return answer


def begins(request: HttpRequest) -> bool:
    """Whether this asks for the file from its first byte: such a request is always written down as reading."""
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    return asked is None or (asked.group(1) != "" and int(asked.group(1)) == 0)


def _opened(row: Material) -> IO[bytes]:
    try:
        opened: IO[bytes] = row.file.open("rb")
    except OSError as error:
        logger.exception("material %s of case %s cannot be read", row.public_id, row.case_id)
        raise Unavailable("unreadable", _("存储中读不到该文件，请与管理员联系。")) from error
    return opened


def _range_of(header: str, size: int) -> range | None:
    """The bytes asked for; None for the whole file (no range, several, or one we do not understand), empty for none."""
    found = RANGE.fullmatch(header)
    if found is None or header == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    stop = min(int(last) + 1, size) if last else size
    return range(int(first), stop) if int(first) < stop else range(0)


def _part(file: IO[bytes], asked: range) -> Iterator[bytes]:
    with file:
        file.seek(asked.start)
        left = len(asked)
        while left and (block := file.read(min(left, BLOCK))):
            left -= len(block)
            yield block
