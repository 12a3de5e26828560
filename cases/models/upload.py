"""上传会话: a file on its way, piece by piece."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from audit import clock
from cases.ids import new_public_id


class UploadSession(models.Model):
    """上传会话: one person's upload of one file for one item; goes on after an interruption where it stopped.

    ``pieces`` are the names in the storage of what has arrived, in order; ``received`` is how many bytes they are
    together. ``finishing_at``: somebody is taking the whole since then. ``material`` is set once it was taken, so that
    asking again is answered alike.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="uploads")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=64)
    tags = models.JSONField(default=list, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    fingerprint = models.CharField(max_length=100)
    """``sha256:<hex>`` of the whole file, or what else tells it from others of the same name and size."""
    received = models.PositiveBigIntegerField(default=0)
    pieces = models.JSONField(default=list, blank=True)
    finishing_at = models.DateTimeField(null=True, blank=True)
    material = models.ForeignKey("cases.Material", on_delete=models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    touched_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["touched_at"], name="upload_touched")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "owner", "item", "name", "size", "fingerprint"],
                condition=models.Q(material__isnull=True),
                name="upload_open_once",
            )
        ]

    def __str__(self) -> str:
        return self.name
