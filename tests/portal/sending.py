"""An open notice, and what a member of the public sends."""

from __future__ import annotations

import uuid
from typing import Any

from django.test import Client
from django.urls import reverse

from cases.models import Objection, PublicNotice
from workflows.receipts import check_code

NAME, CONTACT, CONTENT = "王小明", "13812345678", "该基地营业收入与实际不符，附说明。"


def said(**fields: str) -> dict[str, str]:
    """The form as filled in."""
    return {
        "kind": "person",
        "name": NAME,
        "contact": CONTACT,
        "content": CONTENT,
        "idempotency_key": str(uuid.uuid4()),
    } | fields


def send(client: Client, notice: PublicNotice, **fields: str) -> Any:
    """Send it."""
    return client.post(reverse("portal:object", args=[notice.public_id]), said(**fields))


def ask(client: Client, number: str, code: str) -> Any:
    """Ask what has become of an objection."""
    return client.post(reverse("portal:objection_status"), {"number": number, "check_code": code})


def code_of(objection: Objection) -> str:
    """The code on its receipt."""
    return check_code(objection.public_id)
