"""Virus scanning through clamd, where the installation has one (settings ``CLAMD_…``). 病毒扫描

A file that cannot be scanned now stays pending and is tried again: a scanner that is down never loses an upload, and
nobody is given a file that has not been scanned.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import IO
from urllib.parse import unquote, urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F

from audit import clock
from cases.enums import ScanState
from cases.models import Material

logger = logging.getLogger(__name__)
PATIENCE = 6
"""How many times longer than an upload the background waits for the scanner."""
LONGEST_WAIT = 60


class NotScanned(Exception):
    """The scanner could not be reached, did not answer in time, or could not judge the file."""


def scanner_configured() -> bool:
    """Whether this installation scans what is uploaded."""
    return bool(settings.CLAMD_URL)


def scan_file(file: IO[bytes], *, timeout: float) -> str:
    """The name of the virus found; '' for none. Leaves the file at its start. Raises NotScanned.

    ``timeout``: seconds without an answer after which the scanner counts as unreachable.
    """
    file.seek(0)
    try:
        answer = _client(timeout).instream(file)  # type: ignore[arg-type]
    except (ClamdError, OSError, UnicodeDecodeError) as error:
        raise NotScanned(f"{type(error).__name__}: {error}") from error
    finally:
        file.seek(0)
    for status, found in answer.values():
        if status == "FOUND":
            return found or "?"
        if status == "OK":
            return ""
    raise NotScanned(f"the scanner answered {answer!r}")


def _client(timeout: float) -> ClamdNetworkSocket:
    where = urlsplit(settings.CLAMD_URL)
    if where.scheme == "unix":
        return ClamdUnixSocket(path=unquote(where.path), timeout=timeout)  # type: ignore[arg-type]
    if where.scheme != "tcp" or not where.hostname:
        raise ImproperlyConfigured("CLAMD_URL: write tcp://host:3310 or unix:///run/clamav/clamd.ctl")
    return ClamdNetworkSocket(host=where.hostname, port=where.port or 3310, timeout=timeout)


def first_state(file: IO[bytes], size: int) -> tuple[ScanState, str]:
    """What is known of a file that has just come, and the virus found in it.

    Small files are scanned at once; large ones, and all of them while the scanner is away, are left pending.
    """
    if not scanner_configured():
        return ScanState.OFF, ""
    if size > settings.CLAMD_QUICK_BYTES:
        return ScanState.PENDING, ""
    try:
        found = scan_file(file, timeout=settings.CLAMD_TIMEOUT)
    except NotScanned as error:
        logger.warning("a new file waits for its scan: %s", error)
        return ScanState.PENDING, ""
    return (ScanState.INFECTED, found) if found else (ScanState.CLEAN, "")


def due_for_scan(limit: int) -> list[int]:
    """Ids of the files whose scan is to be tried now, those that wait longest first. One query."""
    waiting = Material.objects.filter(scan=ScanState.PENDING, scan_after__lte=clock.now())
    return list(waiting.order_by("scan_after", "pk").values_list("pk", flat=True)[:limit])


def put_off(material_id: int, wait: dt.timedelta) -> bool:
    """Say when a pending scan is tried next; False when it is not pending any more, or was put off meanwhile."""
    now = clock.now()
    waiting = Material.objects.filter(pk=material_id, scan=ScanState.PENDING, scan_after__lte=now)
    return bool(waiting.update(scan_after=now + wait))


def judge(material: Material) -> str | None:
    """Scan a pending file: the virus found, '' for none, None when the scanner is away. Outside any transaction.

    What could not be scanned is tried again, later each time (1, 2, 4 … 60 minutes). The caller keeps the answer with
    :func:`settle`.
    """
    try:
        with material.file.open("rb") as file:
            return scan_file(file, timeout=settings.CLAMD_TIMEOUT * PATIENCE)
    except (NotScanned, FileNotFoundError) as error:
        wait = dt.timedelta(minutes=min(LONGEST_WAIT, 2 ** min(material.scan_tries, 6)))
        waiting = Material.objects.filter(pk=material.pk, scan=ScanState.PENDING)
        waiting.update(scan_tries=F("scan_tries") + 1, scan_after=clock.now() + wait)
        logger.warning("the scan of material %s is tried again in %s: %s", material.public_id, wait, error)
        return None


def settle(material: Material, found: str) -> bool:
    """Keep what a pending file was found to be; an infected one is taken out of the declaration.

    ``found``: the virus, or ''. False when another worker was faster.
    """
    now = clock.now()
    state = ScanState.INFECTED if found else ScanState.CLEAN if scanner_configured() else ScanState.OFF
    waiting = Material.objects.filter(pk=material.pk, scan=ScanState.PENDING)
    settled = waiting.update(scan=state, scan_found=found[:200], scanned_at=now, scan_after=None)
    if settled and found:
        logger.error("material %s of case %s: %s found", material.public_id, material.case_id, found)
        Material.objects.filter(pk=material.pk, removed_at__isnull=True).update(removed_at=now)
    return bool(settled)
