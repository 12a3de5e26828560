"""Where acts register themselves."""

from __future__ import annotations

from collections.abc import Callable

from cases.models import Case
from workflows.turn import Turn

Act = Callable[[Turn], None]
Wait = Callable[[Case], str]
ACTS: dict[str, Act] = {}
PENDING: dict[str, Act] = {}
WAITS: dict[str, Wait] = {}
"""Why an action has to wait, whatever is filled in; '' when it need not. Asked by every page that offers it."""


def act(*names: str) -> Callable[[Act], Act]:
    """Register what the actions ``names`` change."""

    def register(function: Act) -> Act:
        for name in names:
            ACTS[name] = function
        return function

    return register


def pending(*names: str) -> Callable[[Act], Act]:
    """Register what the actions ``names`` prepare before the rules are asked."""

    def register(function: Act) -> Act:
        for name in names:
            PENDING[name] = function
        return function

    return register


def waits(name: str) -> Callable[[Wait], Wait]:
    """Register why the action ``name`` may have to wait: a page that offers it shows it disabled, with the reason."""

    def register(function: Wait) -> Wait:
        WAITS[name] = function
        return function

    return register
