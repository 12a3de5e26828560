"""申报书: what the applicant declares, version by version."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from audit import clock
from cases.enums import DeclarationStatus
from cases.ids import new_public_id


class Declaration(models.Model):
    """申报书: one version. A draft is edited outside the engine; sending it freezes it and is the change of record."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="declarations")
    version_no = models.PositiveIntegerField()
    status = models.CharField(
        max_length=16, choices=DeclarationStatus.choices, default=DeclarationStatus.DRAFT
    )
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    updated_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, default="")
    note = models.TextField(blank=True, default="")
    explanations = models.JSONField(default=dict, blank=True)
    """Reasons given while filling in, by rule id: ``{"text", "version", "user", "at", "tab"}`` (``cases.reasons``)."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version_no"], name="declaration_version_once"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(status="draft"), name="declaration_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} v{self.version_no}"

    def data(self) -> dict[str, dict[str, Any]]:
        """Form code → stored data of this version (one query, or none when prefetched)."""
        return {form.form_code: form.data for form in self.forms.all()}


class DeclarationForm(models.Model):
    """申报表: one form of one version; ``version`` is raised by each save that changes something.

    ``data`` alone is what rules, print and digest read. Beside it stands who changed which cell (``cases.cells``):
    ``cells`` path → the version that changed it last ("" the whole form, ``table.id`` a line), ``rows`` table → ids of
    its lines in order, ``saves`` version → [user key, time, page], ``sources`` path → where a value taken over came
    from, ``writers`` keys of everybody who wrote here, themselves or through a substitute, ``confirmed`` path →
    {"value", "user", "at"}: a number that was asked about and confirmed (``cases.confirmations``). Rows written without
    these columns are healed when they are read.
    """

    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="forms")
    form_code = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=clock.now)
    updated_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    cells = models.JSONField(default=dict, blank=True)
    rows = models.JSONField(default=dict, blank=True)
    saves = models.JSONField(default=dict, blank=True)
    sources = models.JSONField(default=dict, blank=True)
    writers = models.JSONField(default=list, blank=True)
    confirmed = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "form_code"], name="declaration_form_once")
        ]

    def __str__(self) -> str:
        return f"{self.declaration_id} {self.form_code}"
