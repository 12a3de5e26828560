"""申报材料 PDF: a version of a declaration, or one form of it, as a file to keep."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id


class DeclarationPdf(models.Model):
    """申报材料 PDF: one version on A4. Made by a worker; the row says what was asked for and what came of it.

    ``form_code`` is '' for the whole declaration; ``named``: the people who signed are named on the cover. ``asked``
    counts the requests that made a new file necessary, ``made`` and ``failed`` say up to which of them was answered.
    ``wanted`` and ``source`` tell what was to be printed and what the file prints: the digest of a version that was
    sent, that of the page for a draft.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    declaration = models.ForeignKey("cases.Declaration", on_delete=models.PROTECT, related_name="pdfs")
    form_code = models.CharField(max_length=64, blank=True, default="")
    named = models.BooleanField(default=False)
    asked = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    wanted = models.CharField(max_length=64, blank=True, default="")
    made = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=64, blank=True, default="")
    file = models.FileField(max_length=200, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "form_code", "named"], name="declaration_pdf_once")
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.form_code} pdf"
