"""收件与补正: what arrived beside the system and when; what was asked to be mended."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from audit import clock
from cases.enums import DefectSource, IntakeCarrier, IntakeKind, IntakeManner
from cases.ids import new_public_id


class IntakeEntry(models.Model):
    """收件登记: one delivery. Never altered: what was written wrongly is replaced by a later entry with its reason.

    ``registered_at`` is the system's clock. An entry that replaces none was received when it was registered; only an
    entry that replaces another may say an earlier moment (the database holds both).
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="intake_entries")
    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=16, choices=IntakeKind.choices)
    copies = models.PositiveIntegerField()
    """How many copies; 0 on a replacing entry: nothing was received after all."""
    size = models.CharField(max_length=8, blank=True, default="")
    bound = models.BooleanField(null=True)
    carrier = models.CharField(max_length=16, choices=IntakeCarrier.choices, blank=True, default="")
    manner = models.CharField(max_length=16, choices=IntakeManner.choices, blank=True, default="")
    evidence = models.CharField(max_length=200, blank=True, default="")
    """What shows how and when it came: postmark, waybill, the sign-in sheet's line."""
    note = models.TextField(blank=True, default="")
    version_no = models.PositiveIntegerField(default=0)
    """The version of the declaration that had been sent by then."""
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """代办: the person that a substitute registered for."""
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(supersedes__isnull=False) | Q(received_at=F("registered_at")),
                name="intake_not_backdated",
            ),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("registered_at")), name="intake_not_postdated"
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(reason=""), name="intake_replaced_with_reason"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["case", "kind"], name="intake_case")]

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once."""
        if self.pk is not None:
            raise TypeError("an entry of the receipt register is never altered")
        super().save(*args, **kwargs)

    @property
    def registrar(self) -> str:
        """登记人: the person, and for whom where a substitute registered it: 李某（代张某）."""
        name = self.registered_by.name
        if self.on_behalf_of is None:
            return name
        return _("%(name)s（代%(holder)s）") % {"name": name, "holder": self.on_behalf_of.name}

    @property
    def people(self) -> set[int]:
        """The keys of everybody it counts as registered by."""
        return {key for key in (self.registered_by_id, self.on_behalf_of_id) if key is not None}


class Defect(models.Model):
    """补正事项: one thing to mend, told with the return that opened ``declaration`` (the version to be mended)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="defects")
    declaration = models.ForeignKey(
        "cases.Declaration", on_delete=models.PROTECT, null=True, related_name="defects"
    )
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="+")
    position = models.PositiveIntegerField()
    target = models.CharField(max_length=140, blank=True, default="")
    """``field:FORM.key``, ``material:key``, ``paper`` or '' (something else)."""
    problem = models.TextField()
    remedy = models.TextField(blank=True, default="")
    source = models.CharField(max_length=16, choices=DefectSource.choices, default=DefectSource.OFFICER)
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["declaration", "position"], name="defect_position_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.position}"


class RecommendationList(models.Model):
    """推荐名单: whom a unit recommends in a round, in order. Each order is a row of its own; the newest holds."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    round = models.ForeignKey(
        "programmes.Round", on_delete=models.PROTECT, related_name="recommendation_lists"
    )
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    version_no = models.PositiveIntegerField()
    order: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    """Public ids of the cases, the first first."""
    document_no = models.CharField(max_length=80, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "organisation", "version_no"], name="recommendation_list_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.organisation_id} v{self.version_no}"
