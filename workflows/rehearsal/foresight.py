"""What the rules would say of an action that has not been taken yet: as the engine asks them. 预判"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor
from accounts.errors import Refusal
from audit import clock
from cases.models import Case
from cases.relations import relations_of
from programmes.procedures import COMMANDS, action_of
from programmes.rules import Verdict
from workflows import asks, gates
from workflows.acts import PENDING
from workflows.explain import find_item
from workflows.turn import Turn


def verdicts_before(case: Case, actor: Actor, name: str, data: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts at the gate ``name`` with what the action is about to make true. Changes nothing.

    For actions that leave no decision behind in which the verdicts are kept. Data that make no sense are judged as if
    nothing had been sent.
    """
    procedure, _dot, code = name.partition(".")
    action = COMMANDS[code] if procedure == "command" else action_of(procedure, code)
    item = None if procedure == "command" else find_item(case, actor, procedure, code, data)
    run = item.run if item is not None else None
    turn = Turn(case, actor, procedure, action, clock.now(), dict(data), relations_of(actor, case), run, item)
    try:
        turn.data = asks.clean(turn.asks, turn.raw)
        if prepare := PENDING.get(turn.gate):
            prepare(turn)
    except Refusal:
        turn.data = turn.data or {}
    return gates.verdicts_at(turn)
