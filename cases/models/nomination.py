"""提名: who put a unit forward in a round, why, and whether it declined."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock


class Nomination(models.Model):
    """提名: the case began because another unit put the applicant forward. Counted under the lock of the round's row.

    ``declined_at``: the unit that was nominated declined before it sent anything; such a nomination counts no more.
    """

    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="nomination")
    round = models.ForeignKey("programmes.Round", on_delete=models.PROTECT, related_name="nominations")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="nominations"
    )
    """提名单位."""
    reason = models.TextField(blank=True, default="")
    nominated_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """代办: the person that a substitute nominated for."""
    nominated_at = models.DateTimeField(default=clock.now)
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-nominated_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(declined_at__isnull=False) | models.Q(declined_reason=""),
                name="nomination_reason_of_declining",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.case_id}"

    @property
    def people(self) -> set[int]:
        """The keys of everybody it counts as nominated by."""
        return {key for key in (self.nominated_by_id, self.on_behalf_of_id) if key is not None}
