"""Lodging an objection exactly once, however often the button is pressed. 提交异议"""

from __future__ import annotations

import hashlib

from cases.models import Objection, PublicNotice
from workflows.objections import lodge_objection


def lodge_once(
    *, notice: PublicNotice, key: str, kind: str, name: str, contact: str, content: str
) -> Objection:
    """Lodge an objection of the public through the door, or return what the same submission has lodged already.

    ``key`` is the form's; with other contents it is another submission. The door uses it up in the transaction that
    writes the objection: of two requests one lodges and the other waits for it, and whoever got no answer (a process
    that died, a line that broke) sends again and gets the same receipt. What is refused leaves nothing behind.
    """
    digest = _digest(key, notice, kind, name, contact, content)
    return lodge_objection(
        notice=notice, kind=kind, name=name, contact=contact, content=content, idempotency_key=digest
    ).objection


def _digest(key: str, notice: PublicNotice, *said: str) -> str:
    """What identifies a submission: the form's random key and everything said in it, as SHA-256."""
    text = "\x1f".join([key, str(notice.public_id), *(part.strip() for part in said)])
    return hashlib.sha256(text.encode()).hexdigest()
