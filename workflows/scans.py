"""Looking after uploaded files: pending virus scans are handed to the worker, forgotten uploads and unsent files are dropped. 材料维护

The dispatcher asks every few seconds; nothing is lost when the worker, the scanner or the machine is away, since the
rows say what is still to be done.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django_tasks import task

from cases.models import Material
from cases.scanning import due_for_scan, judge, put_off, scanner_configured, settle
from cases.unsent_files import drop_unsent
from cases.uploads import drop_expired
from workflows.events import MATERIAL_INFECTED, write_event

logger = logging.getLogger(__name__)
BATCH = 50
IN_HAND = dt.timedelta(minutes=10)
"""How long a scan that was handed to the worker is left alone before it is handed over again."""


@task
def scan_material(material_id: int) -> None:
    """Scan one file; whoever is filling the declaration in learns of a virus. Idempotent."""
    material = Material.objects.select_related("case").filter(pk=material_id).first()
    if material is None or not material.scanning:
        return
    virus = judge(material) if scanner_configured() else ""  # an installation may have given scanning up
    if virus is None:
        return
    with transaction.atomic():
        if settle(material, virus) and virus:
            write_event(
                kind=MATERIAL_INFECTED,
                case=material.case,
                data={"item": material.item, "file": material.name, "virus": virus},
            )


def look_after_files() -> int:
    """Hand over the scans that are due and drop what has expired; returns how many things were done. Three queries

    when nothing is.
    """
    done = 0
    for material_id in due_for_scan(BATCH):
        with transaction.atomic():
            if put_off(material_id, IN_HAND):
                scan_material.enqueue(material_id)
                done += 1
    return done + drop_expired() + drop_unsent()
