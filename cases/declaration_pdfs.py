"""PDF files of declarations: asking for one, keeping it, finding it. 申报材料 PDF 的存放

A version that was sent has one file for good; a draft's is replaced when the draft has changed. Rendering is somebody
else's business (``workflows.documents``), which may be cut short at any point: what it left is overwritten.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from audit import clock
from cases.models import Declaration, DeclarationPdf

IN_HAND = dt.timedelta(minutes=10)
"""How long a request that nobody has answered keeps a second one for the same content from being made."""


def pdf_of(version: Declaration, form_code: str = "", *, named: bool) -> DeclarationPdf | None:
    """The row of this file, made or not. One query."""
    rows = DeclarationPdf.objects.filter(declaration=version, form_code=form_code, named=named)
    return rows.select_related("declaration").first()


def is_there(row: DeclarationPdf) -> bool:
    """Whether the storage has the file. No query."""
    return bool(row.file) and row.file.storage.exists(row.file.name or "")


def prints(row: DeclarationPdf, source: str) -> bool:
    """Whether the file is there and prints just this. No query."""
    return row.source == source and is_there(row)


def is_awaited(row: DeclarationPdf) -> bool:
    """Whether somebody may be expected to answer the last request. No query."""
    return row.asked > max(row.made, row.failed) and row.asked_at > clock.now() - IN_HAND


def ask(
    version: Declaration, form_code: str = "", *, named: bool, source: str
) -> tuple[DeclarationPdf, bool]:
    """Ask for a file that prints ``source``; whether somebody has to make it now (else somebody is at it already).

    The number of the request is ``asked`` of the row.
    """
    with transaction.atomic():
        row, _new = DeclarationPdf.objects.get_or_create(
            declaration=version, form_code=form_code, named=named
        )
        row = DeclarationPdf.objects.select_for_update().get(pk=row.pk)
        if row.wanted == source and is_awaited(row):
            return row, False
        row.asked, row.wanted, row.asked_at = row.asked + 1, source, clock.now()
        row.save(update_fields=["asked", "wanted", "asked_at"])
    return row, True


def keep(row: DeclarationPdf, number: int, source: str, content: bytes) -> DeclarationPdf:
    """Store the file that answers the requests up to ``number``; what a former attempt left under its name goes."""
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"declarations/{row.public_id.hex[-2:]}/{row.public_id}-{sha256[:16]}.pdf"
    with transaction.atomic():
        row = DeclarationPdf.objects.select_for_update().get(pk=row.pk)
        former = row.file.name or ""
        if row.made >= number:
            return row
        default_storage.delete(name)
        row.file.name = default_storage.save(name, ContentFile(content))
        row.made, row.source, row.sha256, row.size = number, source, sha256, len(content)
        row.made_at = clock.now()
        row.save(update_fields=["made", "source", "file", "sha256", "size", "made_at"])
        if former and former != row.file.name:
            transaction.on_commit(lambda: default_storage.delete(former))
    return row


def answer(row: DeclarationPdf, number: int) -> None:
    """The file that is there answers the requests up to ``number``, too."""
    DeclarationPdf.objects.filter(pk=row.pk, made__lt=number).update(made=number)


def give_up(row: DeclarationPdf, number: int) -> None:
    """Nothing came of the requests up to ``number``."""
    DeclarationPdf.objects.filter(pk=row.pk, failed__lt=number).update(failed=number)
