"""The first look at a declaration that was sealed until its round closed goes on its record. 启封"""

from __future__ import annotations

from django.db import transaction

from accounts.actors import Actor
from audit import clock
from audit.chain import append
from audit.models import Entry
from cases.models import Case
from cases.sealing import round_is_closed, seal_of
from workflows.lock import lock_case

UNSEALED = "case.unsealed"


def note_unsealing(case: Case, actor: Actor) -> None:
    """Write down, once a case, who of those it was kept from looked first after the round had closed.

    No query where the edition seals nothing; else one, and the case's lock for the one entry.
    """
    spec = seal_of(case)
    if spec is None or actor.role not in spec.roles or case.is_draft or not round_is_closed(case.round):
        return
    entries = Entry.objects.filter(chain=case.chain_id, action=UNSEALED)
    if entries.exists():
        return
    with transaction.atomic():
        lock_case(case.pk)
        if entries.exists():
            return
        append(
            chain=case.chain,
            action=UNSEALED,
            actor=actor.stamp(),
            subject=str(case.public_id),
            data={"round": str(case.round.public_id), "closes_on": case.round.closes_on},
            clause=spec.clause,
            at=clock.now(),
        )
