"""The hash of an entry and the columns derived from its body: used by writing and by verifying alike. 哈希"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, cast

from django.db import models

from audit import canonical
from audit.models import Entry
from audit.stamps import ActorStamp

SHA256 = "sha256"
ALGORITHMS: Mapping[str, Callable[[bytes], str]] = {
    SHA256: lambda preimage: hashlib.sha256(preimage).hexdigest(),
}


def body_of(
    *, actor: ActorStamp, authority: str, clause: str, data: Mapping[str, Any], subject: str
) -> dict[str, Any]:
    """The body of an entry as a mapping; every key is always present."""
    return {
        "actor": asdict(actor),
        "authority": authority,
        "clause": clause,
        "data": data,
        "subject": subject,
    }


def columns_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The browsing columns of an entry, derived from its body (cut to the width of their columns)."""
    actor = body["actor"]
    return {
        "actor_id": actor["user_id"],
        "actor_name": _fit("actor_name", actor["name"]),
        "role": _fit("role", actor["role"]),
        "organisation_name": _fit("organisation_name", actor["organisation"]),
        "subject": _fit("subject", body["subject"]),
        "on_behalf_of_id": actor["on_behalf_of_id"],
    }


def preimage(*, alg: str, chain: str, seq: int, at: dt.datetime, action: str, body: str, prev: str) -> bytes:
    """What is hashed: the canonical JSON of ``{action, alg, at, body, chain, prev, seq}``, in UTF-8.

    ``body`` is canonical text already and is set in as it stands, so that every altered byte of it shows.
    """
    fields = {"action": action, "alg": alg, "at": canonical.instant(at)}
    rest = {"chain": chain, "prev": prev, "seq": seq}
    return f'{canonical.dumps(fields)[:-1]},"body":{body},{canonical.dumps(rest)[1:]}'.encode()


def _fit(column: str, text: str) -> str:
    field = cast("models.CharField[str, str]", Entry._meta.get_field(column))
    return text[: field.max_length]
