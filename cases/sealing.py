"""Declarations that stay sealed until their round closes, where the programme says so. 封存

The offices see that a declaration exists: its title, its unit, when it came. What it says, its files and everything that
follows from them are opened by the round's closing alone: the round is closed by its door, or its last day has passed; a
round that was given more days stays sealed for them. The applicant reads its own throughout.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from cases.models import Case
from programmes.calendar import StartRule
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.schema import SealedSpec

TAKES_IN: Final = frozenset({"command.register_intake", "command.correct_intake"})
"""What may be done to a sealed declaration: to note that paper has arrived opens nothing."""


def seal_of(case: Case) -> SealedSpec | None:
    """What the edition says of sealing; None where it says nothing. No query."""
    return case.edition.pack.programme.round.sealed_until_close


def round_is_closed(round_: Round) -> bool:
    """Whether nothing can be handed in any more: closed by its door, or past its last day (Shanghai)."""
    if round_.status == RoundStatus.CLOSED:
        return True
    return round_.closes_on is not None and clock.today() > round_.closes_on


def is_sealed(case: Case) -> bool:
    """Whether the declaration is sealed today. No query where the edition seals nothing, else the round at most."""
    return seal_of(case) is not None and not round_is_closed(case.round)


def waits_for_seal(case: Case, role: str) -> bool:
    """Whether what this role has to do waits for the unsealing: its time limit does not run before it. No query where

    the edition seals nothing, else the round at most.
    """
    spec = seal_of(case)
    return spec is not None and role in spec.roles and is_sealed(case)


def limit_start(round_: Round, start_rule: str) -> dt.date | None:
    """The day from which a limit that waits for the unsealing is reckoned; None while the round has no last day.

    The round's last day, at the end of which it is opened: the day after is the first that counts under either rule. A
    round closed by its door before that is opened on the day of its closing.
    """
    last, shut = round_.closes_on, None
    if round_.status == RoundStatus.CLOSED and round_.closed_at is not None:
        shut = clock.local(round_.closed_at).date()
    if shut is not None and (last is None or shut <= last):
        return shut
    return last + dt.timedelta(days=1) if last is not None and start_rule == StartRule.SAME_DAY else last


def sealed_for(actor: Actor, case: Case) -> bool:
    """Whether what the declaration says is kept from this actor today; never from the system."""
    spec = seal_of(case)
    return spec is not None and not actor.system and actor.role in spec.roles and is_sealed(case)


def seal_clause(case: Case) -> str:
    """The clause that seals; '' where none does."""
    spec = seal_of(case)
    return spec.clause if spec is not None else ""


def sealed_reason(case: Case) -> str:
    """Why it cannot be read or dealt with today, and until when."""
    closes = case.round.closes_on
    if closes is None:
        return _("申报材料在“%(round)s”截止前封存，截止后方可查阅和办理。") % {"round": case.round.name}
    said = {"round": case.round.name, "day": closes.isoformat()}
    return _("申报材料在“%(round)s”截止（%(day)s24时）前封存，截止后方可查阅和办理。") % said
