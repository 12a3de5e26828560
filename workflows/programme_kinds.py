"""What a programme is about, read off its lifecycle: recognition, a list or library, money, or a task. 事项类别"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.schema import Pack

RECOGNITION, LISTING, MONEY, TASK = "recognition", "listing", "money", "task"
KINDS: dict[str, str | Promise] = {
    RECOGNITION: _("认定与授牌"),
    LISTING: _("创建培育与项目库"),
    MONEY: _("补助与奖励"),
    TASK: _("任务推进与其他"),
}
"""The kinds in the order in which pages show them."""
LISTED = frozenset({"listed", "listed_creation", "listed_cultivation"})
T = TypeVar("T")


def kind_of(pack: Pack) -> str:
    """The kind of a programme; one that lists and pays is told by what it lists."""
    programme = pack.programme
    steps = programme.lifecycle.steps.values()
    results = {str(status) for step in steps for status in step.standing.values()}
    if programme.plaque is not None or "accredited" in results:
        return RECOGNITION
    if results & LISTED:
        return LISTING
    return MONEY if any(step.award is not None for step in steps) else TASK


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Programmes of one authority and kind."""

    authority: str
    kind: str
    label: str | Promise
    rows: list[T]


def grouped(rows: Iterable[T], place: Callable[[T], tuple[str, Pack]]) -> list[Group[T]]:
    """``rows`` by authority (as they come) and kind (in their order); ``place`` tells a row's authority and pack."""
    found: dict[str, dict[str, list[T]]] = {}
    for row in rows:
        authority, pack = place(row)
        found.setdefault(authority, {}).setdefault(kind_of(pack), []).append(row)
    return [
        Group(authority, kind, KINDS[kind], kinds[kind])
        for authority, kinds in found.items()
        for kind in KINDS
        if kind in kinds
    ]
