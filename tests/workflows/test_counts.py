"""What a move costs in statements, exactly: whoever adds one says so here."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from cases.models import Case
from tests.factories.cases import World
from workflows import engine
from workflows.events import happened
from workflows.models import WorkItem

# Beside the door's own: the holders of each opened item (and who did what is kept apart from it), one INSERT for their
# messages, one for the task that tells the wider circle, in a savepoint.
ANNOUNCING = 5
SAVEPOINT = 2
"""Nobody is told of a sheet but the panel's office, when it is the last one: the savepoint is empty."""

Prepare = Callable[[World], Case]


def examined(world: World) -> Case:
    return world.submitted()


def built(world: World) -> Case:
    return world.building()


def reviewed(world: World) -> Case:
    return world.with_panel()


def filled(world: World) -> Case:
    world.submitted("先行基地")  # the first of a year also begins the series of numbers
    return world.fill(world.draft())


MOVES: dict[str, tuple[Prepare, dict[str, object], int, int]] = {
    "declare.submit": (filled, {"statement": True}, 40, ANNOUNCING + 1),
    "file.file": (examined, {}, 25, ANNOUNCING),
    "build.request_review": (built, {"summary": "已按方案完成建设。"}, 30, ANNOUNCING),
    "review.submit_score": (reviewed, {"comment": "建设成效明显。"}, 19, SAVEPOINT),
}
"""Action → the case before it, the data, the door's statements, and those of the announcement."""


def actor_of(world: World, item: WorkItem) -> Actor:
    by_role = {"officer": world.officer, "applicant": world.applicant, "expert": world.experts[0]}
    return by_role[item.role]


def statements(world: World, name: str, case: Case) -> list[str]:
    """What one move asks of the database, its own savepoint (in production: BEGIN and COMMIT) included."""
    data = MOVES[name][1]
    item = case.items.filter(status="open").order_by("id")[0]
    actor = actor_of(world, item)
    if item.role == "expert":  # each of the panel has one
        item = case.items.get(status="open", assignee=actor.user)
        data = data | {"sheet": world.sheet()}
    with CaptureQueriesContext(connection) as queries:
        engine.complete(
            item.public_id,
            name.partition(".")[2],
            actor=actor,
            data=data,
            expected_version=item.version,
            idempotency_key="a-click",
        )
    return [query["sql"] for query in queries]


def told(found: list[str]) -> str:
    """The statements in short, for whoever has to find the new one."""
    return "\n".join(re.sub(r"^(SELECT).*? FROM", r"\1 … FROM", sql)[:120] for sql in found)


@pytest.mark.parametrize("name", MOVES)
def test_statements_of_a_move(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The door alone: the lock, the reading, the decision, the flow, the record and the event."""
    monkeypatch.setattr(happened, "receivers", [])
    found = statements(world, name, MOVES[name][0](world))
    assert len(found) == MOVES[name][2], told(found)


@pytest.mark.parametrize("name", MOVES)
def test_statements_of_an_announced_move(world: World, name: str) -> None:
    """The same with everybody listening who listens in the product."""
    found = statements(world, name, MOVES[name][0](world))
    assert len(found) == MOVES[name][2] + MOVES[name][3], told(found)


@pytest.mark.parametrize("name", MOVES)
def test_nothing_is_written_twice(world: World, name: str) -> None:
    """No row is updated twice in one move, and none that the move has inserted itself: that is one statement too many."""
    prepare, *_rest = MOVES[name]
    found = statements(world, name, case := prepare(world))
    updated = [
        (match["table"], int(match["key"]))
        for sql in found
        if (match := re.match(r'UPDATE "(?P<table>\w+)" .* WHERE .*"id" = (?P<key>\d+)', sql))
    ]
    assert len(updated) > 3
    assert len(updated) == len(set(updated)), updated
    inserted = {
        ("workflows_stagerun", case.runs.latest("pk").pk),
        ("workflows_workitem", case.items.latest("pk").pk),
        ("cases_deadline", case.deadlines.latest("pk").pk),
        *(("workflows_runtask", pk) for pk in case.runs.latest("pk").task_set.values_list("pk", flat=True)),
    }
    if name in ("declare.submit", "build.request_review"):  # these begin a run
        assert not inserted & set(updated)
