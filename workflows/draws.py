"""Drawing experts by lot, so that anybody can check it afterwards. 专家随机抽取

A seed from the operating system's generator puts the pool in order: ascending SHA-256 of ``<seed>:<public id>``. The
draw is written into the case's record when it is made, before anybody has seen what came of it, and a work item has
one draw for as long as its pool stays the same: nobody draws again until they like the result.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from audit.models import Entry
from cases.models import Case

DRAWN = "review.draw"
"""The record's name for a draw."""


@dataclass(frozen=True, slots=True)
class Draw:
    """抽取: the seed and the pool (public ids, sorted) from which the order follows."""

    seed: str
    pool: tuple[str, ...]

    @property
    def order(self) -> list[str]:
        """The whole pool in the order of the lot."""
        return sorted(self.pool, key=self._lot)

    def begins_with(self, chosen: Iterable[User]) -> bool:
        """Whether the chosen are exactly the first of the order, in whatever order they are named."""
        named = {str(user.public_id) for user in chosen}
        return bool(named) and named == set(self.order[: len(named)])

    def _lot(self, public_id: str) -> str:
        return hashlib.sha256(f"{self.seed}:{public_id}".encode()).hexdigest()


def new_draw(pool: Iterable[User]) -> Draw:
    """A draw over ``pool`` with a fresh seed."""
    return Draw(secrets.token_hex(16), tuple(sorted(str(user.public_id) for user in pool)))


def draw_of(case: Case, item_id: uuid.UUID) -> Draw | None:
    """The newest draw made for a work item; None when there was none. One query."""
    entry = (
        Entry.objects.filter(chain=case.chain_id, action=DRAWN, subject=str(item_id)).order_by("-seq").first()
    )
    if entry is None:
        return None
    data = entry.content["data"]
    return Draw(data["seed"], tuple(data["pool"]))


def drawn(draw: Draw, people: Sequence[User], count: int) -> list[User]:
    """The first ``count`` of the draw, as the users among ``people``."""
    by_id = {str(user.public_id): user for user in people}
    return [by_id[public_id] for public_id in draw.order[:count] if public_id in by_id]
