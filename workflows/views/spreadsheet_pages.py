"""What the pages that import spreadsheets share: what is carried from the preview, how a file is named, where to go back."""

from __future__ import annotations

import io
import json
import unicodedata
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.errors import Invalid
from programmes.schema import Form
from workflows.drafts import Draft
from workflows.spreadsheets.writing import MEDIA_TYPE

SHOWN_REMARKS = 20
LONGEST_NAME = 80


def carried(content: Any) -> str:
    """What was read, as the page carries it to be confirmed. Raises Invalid when it could not be sent back."""
    held = json.dumps(content, ensure_ascii=False)
    if len(held.encode()) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) * 9 // 10:
        raise Invalid("too_much_text", _("文件中的文字过多，无法一次导入；请分成几个文件，逐个追加导入。"))
    return held


def saved_as(held: bytes, name: str) -> HttpResponseBase:
    """A spreadsheet, to be saved under this name."""
    answer = FileResponse(io.BytesIO(held), as_attachment=True, filename=name, content_type=MEDIA_TYPE)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def form_address(draft: Draft, form: Form) -> str:
    """The page on which the form is filled in."""
    return reverse("cases:form", args=[draft.case.public_id, form.code])


def shown_name(upload: UploadedFile[Any] | None) -> str:
    """A file's name for showing: without its folder and without signs that cannot be seen."""
    name = (upload.name or "" if upload else "").replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C").strip()
    return plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 8]}…{plain[-7:]}"
