"""当事单位与参与人: which units and persons have to do with a case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from audit import clock
from cases.enums import Capacity, Part
from cases.ids import new_public_id


class CaseParty(models.Model):
    """当事单位: a unit's relation to a case, with dates. Lists and checks read these rows."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="parties")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=16, choices=Capacity.choices)
    since = models.DateField(default=clock.today)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "organisation", "capacity"],
                condition=models.Q(until__isnull=True),
                name="party_once",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organisation", "capacity", "case"], name="party_lookup")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.capacity} {self.organisation_id}"


class Participation(models.Model):
    """参与: a person's part in a case, from/until, with reason. The truth; guardian rows are its projection."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="participations")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="participations")
    capacity = models.CharField(max_length=16, choices=Part.choices)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, default="")
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "user", "capacity"],
                condition=models.Q(until__isnull=True, voided_at__isnull=True),
                name="participation_once",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["user", "capacity", "case"], name="participation_lookup")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.capacity} {self.user_id}"


class CaseUserObjectPermission(UserObjectPermissionBase):
    """查阅授权(个人): guardian's direct-FK row, projected from :class:`Participation`."""

    content_object = models.ForeignKey("cases.Case", on_delete=models.CASCADE)


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """查阅授权(组): guardian's direct-FK row for groups."""

    content_object = models.ForeignKey("cases.Case", on_delete=models.CASCADE)
