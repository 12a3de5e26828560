"""A policy as data, at one moment, frozen once published."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from accounts.errors import Refusal
from audit import clock
from programmes import packs
from programmes.enums import EditionStatus

if TYPE_CHECKING:
    from programmes.schema import Pack


class Edition(models.Model):
    """政策版本: one version of a programme's pack. Cases pin their edition; a published one never changes.

    ``source`` is the canonical archive of the pack's original bytes (see :mod:`programmes.packs`) and ``digest`` its
    SHA-256. Load lists with ``defer("source")`` (``defer("edition__source")``): :attr:`pack` does not need the column
    while the pack is cached. ``save()`` and a database trigger refuse any change of what was published.
    """

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    programme = models.ForeignKey(
        "programmes.Programme", verbose_name=_("项目类别"), on_delete=models.PROTECT, related_name="editions"
    )
    number = models.CharField(_("版本号"), max_length=32)
    status = models.CharField(
        _("状态"), max_length=12, choices=EditionStatus.choices, default=EditionStatus.DRAFT
    )
    digest = models.CharField(_("摘要值"), max_length=64)
    source = models.BinaryField(_("政策包原文"))
    effective_from = models.DateField(_("施行日期"), null=True, blank=True)
    created_at = models.DateTimeField(_("导入时间"), default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("导入人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("发布人"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("政策版本")
        verbose_name_plural = _("政策版本")
        ordering = ["programme", "-created_at", "-pk"]
        indexes = [models.Index(fields=["digest"], name="edition_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="edition_number_unique_in_programme",
                violation_error_message=_("该版本号已存在。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row. Refusal ``edition_frozen`` when it would change what was published."""
        if self.pk is not None:
            self._refuse_change_of_frozen()
        super().save(*args, **kwargs)

    @property
    def is_frozen(self) -> bool:
        """Published at some time, retired ones included."""
        return self.status != EditionStatus.DRAFT

    @property
    def pack(self) -> Pack:
        """The pack, parsed once a process. No query while it is cached, even when ``source`` is deferred."""
        return load_by_digest(self.digest)

    def _refuse_change_of_frozen(self) -> None:
        stored = (
            Edition.objects.filter(pk=self.pk).values("status", "digest", "number", "programme_id").first()
        )
        if stored is None or stored["status"] == EditionStatus.DRAFT:
            return
        same = (
            self.status != EditionStatus.DRAFT
            and all(getattr(self, name) == stored[name] for name in ("digest", "number", "programme_id"))
            and ("source" in self.get_deferred_fields() or digest_of(self.source) == stored["digest"])
        )
        if not same:
            raise Refusal("edition_frozen", _("政策版本一经发布不得改动，请另立新版本。"))


def digest_of(source: bytes | memoryview) -> str:
    """SHA-256 of a pack's canonical archive, in hexadecimal."""
    return hashlib.sha256(bytes(source)).hexdigest()


@functools.lru_cache(maxsize=64)
def load_by_digest(digest: str) -> Pack:
    """The pack with this digest, parsed once a process. Edition.DoesNotExist when no edition has it."""
    source = Edition.objects.filter(digest=digest).values_list("source", flat=True).first()
    if source is None:
        raise Edition.DoesNotExist(f"no edition has the digest {digest}")
    return packs.parse(bytes(source))


def pack_of(edition_id: int) -> Pack:
    """The pack of an edition known by key: one small query for its digest. Edition.DoesNotExist when there is none."""
    return Edition.objects.only("digest").get(pk=edition_id).pack
