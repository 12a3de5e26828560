"""Sealing a declaration by scan, through the doors, where its edition asks for seals. 盖章"""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from accounts.errors import Refusal
from cases.declarations import draft_of
from cases.materials import add_material, remove_material
from cases.models import Case
from cases.signatures import check_digits, content_of, item_of, places_of
from workflows import engine

SEALED_BY = "演练盖章经手人"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def seal_declaration(case: Case, actor: Actor, sealed_by: str = SEALED_BY) -> None:
    """Put a scan under every open place of the draft that takes one; nothing where the edition asks for none.

    A refusal of the door leaves no scan behind.
    """
    draft = draft_of(case)
    if draft is None:
        return
    draft.case = case
    for place in places_of(case, draft):
        if place.valid is not None or "scan" not in place.spec.ways:
            continue
        item, content = item_of(place.spec), content_of(draft)
        for old in case.materials.filter(item=item, removed_at__isnull=True).order_by("uploaded_at", "pk"):
            old.case = case
            remove_material(material=old, actor=actor)
        upload = SimpleUploadedFile(f"{place.spec.key}.pdf", PDF + check_digits(content).encode())
        scan = add_material(case=case, item=item, upload=upload, tags=[], actor=actor)
        data = {
            "key": place.spec.key,
            "way": "scan",
            "seen": content,
            "statement": True,
            "sealed_by": sealed_by,
            "material": str(scan.public_id),
        }
        try:
            engine.act(case.public_id, "command.sign_declaration", actor=actor, data=data)
        except Refusal:
            remove_material(material=scan, actor=actor)
            raise
