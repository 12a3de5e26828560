"""Bytes of files that no version has: taken out of a draft before it was sent. 未提交文件的清除

The row stays and says that the file was there; its bytes would only fill the disk. What belonged to a version that was
sent, or to a signature, is kept for good.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, QuerySet, Value, When

from audit import clock
from cases.enums import ScanState
from cases.models import Declaration, Material, Signature

logger = logging.getLogger(__name__)
LOOKED_BACK = dt.timedelta(days=7)
"""How long what could not be deleted at once is tried again."""


def unsent(files: QuerySet[Material]) -> QuerySet[Material]:
    """Of ``files``, those with bytes that were taken out and belonged to no version that was sent, and no signature."""
    sent = Declaration.objects.filter(
        case=OuterRef("case"),
        submitted_at__gte=OuterRef("uploaded_at"),
        submitted_at__lt=OuterRef("removed_at"),
    )
    signed = Signature.objects.filter(material=OuterRef("pk"))
    taken_out = files.filter(removed_at__isnull=False).exclude(file="")
    return taken_out.exclude(Exists(sent)).exclude(Exists(signed))


def drop_bytes(files: Iterable[Material]) -> int:
    """Delete the bytes of these files; the rows stay, without a name in the storage. Returns how many there were."""
    dropped = 0
    scan = Choose(When(scan=ScanState.PENDING, then=Value(ScanState.OFF)), default="scan")
    for row in files:
        row.file.delete(save=False)
        dropped += Material.objects.filter(pk=row.pk).update(file="", scan=scan, scan_after=None)
    if dropped:
        logger.info("the bytes of %s files that were never sent were deleted", dropped)
    return dropped


def drop_unsent(limit: int = 50) -> int:
    """Delete what lies there still; returns how many. One query, if none."""
    since = clock.now() - LOOKED_BACK
    rows = unsent(Material.objects.filter(removed_at__gte=since)).order_by("removed_at", "pk")
    return drop_bytes(rows[:limit])
