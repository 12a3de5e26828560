"""公示与异议"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.encryption import EncryptedTextField
from audit import clock
from cases.enums import NoticeKind, NoticeStatus, ObjectionChannel, ObjectionStatus, ObjectorKind
from cases.ids import new_public_id


class PublicNotice(models.Model):
    """公示/公布: what the public reads. A publicity notice has a window in which objections may be lodged."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="notices")
    authority = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    run_no = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=NoticeKind.choices)
    status = models.CharField(max_length=16, choices=NoticeStatus.choices)
    title = models.CharField(max_length=200)
    body = models.TextField()
    """HTML rendered from the pack's letter; safe."""
    published_at = models.DateTimeField(default=clock.now)
    starts_on = models.DateField(null=True, blank=True)
    deadline = models.OneToOneField(
        "cases.Deadline", on_delete=models.PROTECT, null=True, related_name="notice"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-published_at", "-id"], name="notice_recent"),
            models.Index(fields=["kind", "status", "-published_at"], name="notice_kind"),
        ]

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """异议: the objector's identity is sealed (encrypted, shown to the handling office and supervision only)."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    notice = models.ForeignKey(PublicNotice, on_delete=models.PROTECT, related_name="objections")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="objections")
    number = models.CharField(max_length=32, unique=True)
    """Receipt number; with the code on the receipt the objector can ask for the result without an account."""
    check_hash = models.CharField(max_length=64)
    """SHA-256 of that code (:mod:`workflows.receipts`); the code itself is stored nowhere."""
    kind = models.CharField(max_length=16, choices=ObjectorKind.choices)
    name = EncryptedTextField(blank=True, default="")
    contact = EncryptedTextField(blank=True, default="")
    content = models.TextField()
    received_at = models.DateTimeField(default=clock.now)
    """When it was entered; what came on paper came on ``received_on``, and counts by its postmark."""
    channel = models.CharField(
        max_length=16, choices=ObjectionChannel.choices, default=ObjectionChannel.ONLINE
    )
    received_on = models.DateField(null=True, blank=True)
    postmarked_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=16, choices=ObjectionStatus.choices, default=ObjectionStatus.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    finding = models.TextField(blank=True, default="")
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "status"], name="objection_case")]

    def __str__(self) -> str:
        return self.number
