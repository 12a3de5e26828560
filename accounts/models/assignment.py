"""In which role, for which unit, from when until when."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from accounts.enums import Role
from accounts.models.organisation import Organisation
from accounts.models.permanence import Permanent, PermanentQuerySet
from accounts.models.substitution import Substitution
from accounts.models.user import User


class RoleAssignmentQuerySet(PermanentQuerySet["RoleAssignment"]):
    """Assignments by day and holder."""

    def valid_on(self, day: dt.date) -> RoleAssignmentQuerySet:
        """Not voided, begun, and not past their last day."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day), voided_at__isnull=True, valid_from__lte=day
        )

    def held_by(self, user: User, on: dt.date) -> RoleAssignmentQuerySet:
        """What ``user`` may act under on that day: their own first, then those they stand in for. One query.

        A stand-in holds nothing that the absent person does not hold on that day, and nothing of a closed
        account.
        """
        standing_in = Substitution.objects.valid_on(on).filter(assignment=OuterRef("pk"), substitute=user)
        return (
            self.valid_on(on)
            .annotate(substitution_id=Subquery(standing_in.values("pk")[:1]))
            .filter(Q(user=user) | Q(substitution_id__isnull=False, user__is_active=True))
            .select_related("user", "organisation", "authority")
            .order_by(F("substitution_id").asc(nulls_first=True), "valid_from", "pk")
        )


class RoleAssignment(Permanent):
    """任职授权: a person holds a role at an organisation (with its subtree or not), for one programme or all,
    from/until.

    ``valid_until`` is the last valid day (inclusive); None is open-ended. ``voided_at`` is set when the
    assignment is called off before it has taken effect; ``void_reason`` says why it ended or was voided.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    user = models.ForeignKey(
        User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="role_assignments"
    )
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="role_assignments"
    )
    subtree = models.BooleanField(_("含下级单位"), default=False)
    programme_code = models.CharField(_("事项代码"), max_length=64, blank=True, default="")
    authority = models.ForeignKey(
        Organisation, verbose_name=_("主管地区"), on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField(_("起始日期"))
    valid_until = models.DateField(_("截止日期"), null=True, blank=True)
    reason = models.CharField(_("授权依据"), max_length=300)
    granted_by = models.ForeignKey(
        User, verbose_name=_("授权人"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    void_reason = models.CharField(_("终止（作废）事由"), max_length=300, blank=True, default="")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职授权")
        verbose_name_plural = _("任职授权")
        ordering = ["valid_from", "pk"]
        indexes = [
            models.Index(fields=["user", "valid_from"], name="assignment_user"),
            models.Index(fields=["role", "organisation"], name="assignment_role_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="assignment_dates_in_order",
                violation_error_message=_("截止日期不得早于起始日期。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation.label}"

    def is_valid_on(self, day: dt.date) -> bool:
        """Not voided, begun, and not past its last day."""
        begun = self.voided_at is None and self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def covers(self, organisation: Organisation) -> bool:
        """Is ``organisation`` within what this assignment reaches? Loads this assignment's organisation at
        most.
        """
        if self.subtree:
            return organisation.is_within(self.organisation)
        return organisation.pk == self.organisation_id
