"""What views of this room answer with. 应答"""

from __future__ import annotations

import re
from http import HTTPStatus

from django import forms
from django.http import HttpResponse

from accounts.errors import Refusal


def status_of(form: forms.Form | None) -> int:
    """422 for a form that was refused, else 200."""
    refused = form is not None and form.is_bound and bool(form.errors)
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def archive_file(source: bytes, name: str) -> HttpResponse:
    """A pack's archive as a download."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    return HttpResponse(
        source,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{safe}.zip"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def words(refusal: Refusal) -> str:
    """A refusal as one sentence."""
    return str(refusal.message)
