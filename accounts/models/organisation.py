"""Units of every kind, in one tree."""

from __future__ import annotations

from collections.abc import Collection

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from accounts.encryption import EncryptedTextField
from accounts.enums import OrganisationKind
from accounts.models.permanence import Permanent, PermanentQuerySet
from accounts.validators import (
    clean_name,
    compact_uscc,
    validate_authority_code,
    validate_region_code,
    validate_unit_phone,
    validate_uscc,
)

SEGMENT_DIGITS = 8


def path_segment(pk: int) -> str:
    """One link of a path: the zero-padded key and a dot. Fixed width, so that a prefix is always a whole
    ancestor.
    """
    return f"{pk:0{SEGMENT_DIGITS}d}."


class OrganisationQuerySet(PermanentQuerySet["Organisation"]):
    """Organisations by their place in the tree."""

    def within(self, organisation: Organisation) -> OrganisationQuerySet:
        """``organisation`` and everything under it."""
        return self.filter(path__startswith=organisation.path)

    def covering(self, organisation: Organisation) -> OrganisationQuerySet:
        """``organisation`` and everything above it."""
        return self.filter(pk__in=organisation.lineage)


class Organisation(Permanent):
    """单位: a government, department, zone, office, enterprise or institution; identified by GB 32100 and
    GB/T 2260.

    ``path`` is the chain of keys from the root ("00000001.00000004."), kept right by
    ``accounts.organisations``. ``authority`` is the province or city whose system this is; an authority
    points to itself and alone has a ``code``.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    kind = models.CharField(_("单位类别"), max_length=24, choices=OrganisationKind.choices)
    name = models.CharField(_("单位名称"), max_length=120)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级单位"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    path = models.CharField(_("层级路径"), max_length=255, unique=True, editable=False)
    authority = models.ForeignKey(
        "self", verbose_name=_("主管地区"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    code = models.CharField(
        _("地区代码"), max_length=32, blank=True, default="", validators=[validate_authority_code]
    )
    region_code = models.CharField(
        _("行政区划代码"), max_length=6, blank=True, default="", validators=[validate_region_code]
    )
    uscc = models.CharField(
        _("统一社会信用代码"), max_length=18, blank=True, default="", validators=[validate_uscc]
    )
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = EncryptedTextField(
        _("联系电话"), blank=True, default="", validators=[MaxLengthValidator(30), validate_unit_phone]
    )
    is_active = models.BooleanField(_("在用"), default=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("单位")
        verbose_name_plural = _("单位")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="organisation_code_unique",
                violation_error_message=_("该地区代码已被使用。"),
            ),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~Q(uscc=""),
                name="organisation_uscc_unique",
                violation_error_message=_("该统一社会信用代码已登记在其他单位名下。"),
            ),
            models.UniqueConstraint(
                fields=["authority", "name"],
                name="organisation_name_unique",
                violation_error_message=_("已有同名单位。"),
            ),
            models.CheckConstraint(
                condition=Q(code="") | Q(authority=F("id")), name="organisation_code_only_for_authorities"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Bring names and credit code to the form in which they are compared, then check each field."""
        self.name = clean_name(self.name)
        self.short_name = clean_name(self.short_name)
        self.uscc = compact_uscc(self.uscc)
        super().clean_fields(exclude=exclude)

    @property
    def lineage(self) -> list[int]:
        """The keys from the root down to this organisation, this one included. No query."""
        return [int(segment) for segment in self.path.split(".") if segment]

    @property
    def is_authority(self) -> bool:
        """Is this the province or city whose system it is?"""
        return self.authority_id is not None and self.authority_id == self.pk

    @property
    def label(self) -> str:
        """The short name where there is one: for switchers and narrow columns."""
        return self.short_name or self.name

    def is_within(self, other: Organisation) -> bool:
        """Is this ``other``, or somewhere under it? No query."""
        return self.path.startswith(other.path)
