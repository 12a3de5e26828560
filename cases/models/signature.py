"""签章: a signature or seal on one version of a declaration."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from audit import clock
from cases.enums import SignatureWay
from cases.ids import new_public_id


class Signature(models.Model):
    """签章: who signed or sealed which place of the printed form, when, how, and exactly what.

    ``content`` is the digest of the forms and files that were signed (:func:`cases.signatures.content_of`): a draft that
    says something else has not been signed. ``signer`` is the registered signer, or whoever uploaded the scan and
    vouches for it; ``sealed_by`` names the person who put the seal on paper. Never changed, never deleted; the row of a
    later signature takes its place.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="signatures")
    declaration = models.ForeignKey("cases.Declaration", on_delete=models.PROTECT, related_name="signatures")
    gate = models.CharField(max_length=64)
    """The action it is asked for: ``declare.submit``."""
    key = models.CharField(max_length=64)
    label = models.CharField(max_length=200)
    way = models.CharField(max_length=8, choices=SignatureWay.choices)
    content = models.CharField(max_length=64)
    statement = models.TextField()
    statement_digest = models.CharField(max_length=64)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    sealed_by = models.CharField(max_length=60, blank=True, default="")
    material = models.ForeignKey(
        "cases.Material", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_factor = models.CharField(max_length=12, blank=True, default="")
    signed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["declaration", "key"], name="signature_place")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(way="scan", material__isnull=False, second_factor="", sealed_by__gt="")
                | Q(way="signer", material__isnull=True, second_factor__gt=""),
                name="signature_way_has_its_proof",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.way}"
