"""PDF files of declarations, made by a worker: at sending, and when somebody asks. PDF 生成任务

Idempotent: a task that was cut short runs again from the beginning; one whose file is there already does nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from django_tasks import task

from cases.declaration_pdfs import answer, ask, give_up, is_there, keep, pdf_of, prints
from cases.models import Case, Declaration, DeclarationPdf
from workflows.documents.declaration import document_of, form_document
from workflows.documents.paper import Paper
from workflows.documents.pdf import PdfFailed, can_print, page_digest, pdf_of_page
from workflows.documents.seals import NAMES_IN, seals_of
from workflows.documents.standalone import standing_alone

logger = logging.getLogger(__name__)
QUEUE_PDF: Final = "pdf"
"""A queue of its own: a long table takes half a minute, and nobody's notification waits for it."""
LATER: Final = -10
"""What nobody waits for comes after what somebody does."""


@task(queue_name=QUEUE_PDF, priority=LATER)
def print_sent(declaration_id: int) -> None:
    """Make the PDF of a version that was sent; two where people signed who are not named to everybody."""
    if not can_print():
        return
    version = Declaration.objects.get(pk=declaration_id)
    for named in (False, True) if version.signatures.exists() else (False,):
        row, _mine = ask(version, named=named, source=version.digest)
        make(row.pk)


@task(queue_name=QUEUE_PDF)
def print_asked(pdf_id: int) -> None:
    """Make a PDF that somebody asked for."""
    make(pdf_id)


def ask_for(version: Declaration, form_code: str, *, named: bool, source: str) -> DeclarationPdf:
    """Ask for a PDF and let a worker make it, unless one is at it."""
    row, mine = ask(version, form_code, named=named, source=source)
    if mine:
        print_asked.enqueue(row.pk)
    return row


def make(pdf_id: int) -> None:
    """Make what the row asks for, here and now; what went wrong is told in the row."""
    places = (f"declaration__case__{name}" for name in ("edition", "programme", "round", "applicant"))
    rows = DeclarationPdf.objects.select_related(*places).prefetch_related("declaration__forms")
    row = rows.get(pk=pdf_id)
    if row.made >= row.asked and is_there(row):
        return
    try:
        _print(row)
    except Exception as error:  # a page waits for the answer, whatever went wrong
        give_up(row, row.asked)
        if not isinstance(error, PdfFailed):
            raise
        logger.exception("the PDF of declaration %s could not be made", row.declaration.public_id)


def _print(row: DeclarationPdf) -> None:
    number, version = row.asked, row.declaration
    readable = (NAMES_IN,) if row.named else ()
    html = standing_alone(paper_of(version.case, version, readable, row.form_code))
    source = _source(version, html)
    if prints(row, source):
        answer(row, number)
        return
    keep(row, number, source, pdf_of_page(html))


def paper_of(case: Case, version: Declaration, readable: Collection[str], form_code: str = "") -> Paper:
    """The declaration, or one form of it, for a reader of these parts. At most four queries."""
    if form_code:
        return form_document(case, version, form_code)
    materials = list(case.materials.order_by("uploaded_at", "pk"))
    return document_of(case, version, materials, seals=seals_of(version, readable))


def source_of(case: Case, version: Declaration, readable: Collection[str], form_code: str = "") -> str:
    """What this reader's file has to print: a version that was sent is told by its digest, a draft by the page itself."""
    if version.submitted_at is not None:
        return version.digest
    return _source(version, standing_alone(paper_of(case, version, readable, form_code)))


def _source(version: Declaration, html: str) -> str:
    return version.digest if version.submitted_at is not None else page_digest(html)


def names_signers(version: Declaration, readable: Collection[str], form_code: str = "") -> bool:
    """Whether this reader's PDF is the one with the signers' names. At most one query."""
    return not form_code and NAMES_IN in readable and version.signatures.exists()


def sent_pdf(version: Declaration, readable: Collection[str]) -> DeclarationPdf | None:
    """The PDF of a version that was sent, for a reader of these parts; None as long as there is none. Two queries."""
    row = pdf_of(version, named=names_signers(version, readable))
    return row if row is not None and prints(row, version.digest) else None
