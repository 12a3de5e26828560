"""材料: files that go with a declaration."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from audit import clock
from cases.enums import ScanState
from cases.ids import new_public_id


def storage_path(material: Material, filename: str) -> str:
    """Where the bytes lie: by public id, never by the name that somebody typed."""
    return f"materials/{material.public_id.hex[-2:]}/{material.public_id}"


class Material(models.Model):
    """材料: one file under an item of the pack's list. Removed ones stay as rows (``removed_at``).

    ``file`` is '' once the bytes of one that was never sent are deleted (:mod:`cases.unsent_files`)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="materials")
    authority = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=64)
    tags = models.JSONField(default=list, blank=True)
    file = models.FileField(upload_to=storage_path, max_length=200)
    storage_alias = models.CharField(max_length=32, default="default")
    residency = models.CharField(max_length=32, blank=True, default="")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """The person for whom a substitute uploaded it; None: whoever uploaded it acted for themselves."""
    uploaded_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    scan = models.CharField(max_length=8, choices=ScanState.choices, default=ScanState.OFF)
    scan_found = models.CharField(max_length=200, blank=True, default="")
    """What the scanner calls the virus that it found."""
    scan_tries = models.PositiveIntegerField(default=0)
    scan_after = models.DateTimeField(null=True, blank=True)
    """While the scan is pending: when it is tried next."""
    scanned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case", "item"], name="material_item"),
            models.Index(
                fields=["removed_at"],
                condition=models.Q(removed_at__isnull=False) & ~models.Q(file=""),
                name="material_taken_out",
            ),
            models.Index(fields=["scan_after"], condition=models.Q(scan="pending"), name="material_to_scan"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def uploader(self) -> str:
        """Who uploaded it, and for whom: 李代办（代张三）. No query where both people are loaded."""
        name = self.uploaded_by.name
        if self.on_behalf_of is None:
            return name
        return _("%(name)s（代%(holder)s）") % {"name": name, "holder": self.on_behalf_of.name}

    @property
    def people(self) -> set[int]:
        """Keys of who uploaded it and of the person for whom they did. No query."""
        return {key for key in (self.uploaded_by_id, self.on_behalf_of_id) if key is not None}

    @property
    def readable(self) -> bool:
        """Whether it may be handed out: not while it is being scanned, never with a virus in it."""
        return self.scan in (ScanState.OFF, ScanState.CLEAN)

    @property
    def scanning(self) -> bool:
        """Whether the scan is still to come."""
        return self.scan == ScanState.PENDING

    @property
    def infected(self) -> bool:
        """Whether a virus was found in it."""
        return self.scan == ScanState.INFECTED
