"""What other rooms tell this one, which does not know them: the programmes there are, what is still open. 外室所知

A room that knows puts its answer here when it starts (``AppConfig.ready``). Without any, nothing is offered or told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from accounts.models import Organisation, User

Programmes = Callable[[Organisation], Sequence[tuple[str, str]]]
"""Code and title of each programme of an authority."""
PersonHolds = Callable[[User], Sequence[str]]
"""What is still open with a person, a sentence each, without full stop."""
UnitHolds = Callable[[Organisation], Sequence[str]]
"""What is still open with a unit."""


@dataclass(slots=True)
class Neighbours:
    """What has been put here so far; under the name of the room that tells it."""

    programmes: Programmes | None = None
    person_holds: dict[str, PersonHolds] = field(default_factory=dict)
    unit_holds: dict[str, UnitHolds] = field(default_factory=dict)


KNOWN: Final = Neighbours()


def programmes_of(authority: Organisation) -> list[tuple[str, str]]:
    """Code and title of each programme that a role may be limited to."""
    return list(KNOWN.programmes(authority)) if KNOWN.programmes is not None else []


def held_by_person(user: User) -> list[str]:
    """What other rooms know to be open with the person."""
    return [line for told in KNOWN.person_holds.values() for line in told(user)]


def held_by_unit(organisation: Organisation) -> list[str]:
    """What other rooms know to be open with the unit."""
    return [line for told in KNOWN.unit_holds.values() for line in told(organisation)]
