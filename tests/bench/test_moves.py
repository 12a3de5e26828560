"""A full move through the door beside what viewflow does for one task, and beside one bare transaction.

Measured in one run on one database, in turns, and told as ratios: the times are this machine's, the ratios are ours.
Nothing here is asserted about time.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.models import User
from audit import clock
from cases.models import Case, Counter
from tests.bench import stock
from tests.bench.database import best_database
from tests.bench.phases import stopwatch, told
from tests.factories.cases import World, make_world
from tests.faults.applicants import with_new_applicant
from tests.faults.conftest import START
from tests.faults.invariants import check
from workflows import engine
from workflows.events import happened
from workflows.models import Event, WorkItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.bench]
ROUNDS, CASES = 8, 6
MOVES = ("file.file", "file.notify_filing", "file.begin_construction", "build.request_review")
Operation = Callable[[], object]


@dataclass
class Sample:
    """One kind of operation: seconds of each, and how many statements each takes on average."""

    name: str
    seconds: list[float] = field(default_factory=list)
    statements: float = 0.0

    def take(self, operations: Iterator[Operation]) -> None:
        """Carry the operations out, one by one; finding the next one is not counted."""
        for operation in operations:
            began = time.perf_counter()
            operation()
            self.seconds.append(time.perf_counter() - began)

    def count(self, operations: Iterator[Operation]) -> None:
        """Count the statements of some more of them."""
        counted = []
        for operation in operations:
            with CaptureQueriesContext(connection) as queries:
                operation()
            counted.append(len(queries))
        self.statements = statistics.mean(counted)

    @property
    def typical(self) -> float:
        """Seconds that one takes: the median, which a busy machine moves least."""
        return statistics.median(self.seconds)


def full_moves(world: World, number: int = CASES) -> Iterator[Operation]:
    """Cases walk from the filing examination to the review: four moves each."""
    for case in [with_new_applicant(world).submitted() for _ in range(number)]:
        for name in MOVES:
            item = WorkItem.objects.get(case=case, status="open")
            data = {"summary": "已按方案完成建设。"} if name == "build.request_review" else {}
            actor = world.officer if item.role == "officer" else _applicant(case)
            key = f"{case.pk}-{name}"
            action = name.partition(".")[2]
            yield partial(_move, item, action, actor, data, key)
        assert check(case) == []


def _move(item: WorkItem, action: str, actor: Actor, data: dict[str, str], key: str) -> object:
    return engine.complete(
        item.public_id, action, actor=actor, data=data, expected_version=item.version, idempotency_key=key
    )


def _applicant(case: Case) -> Actor:
    from accounts.actors import actor_for

    return actor_for(case.created_by.role_assignments.select_related("organisation", "user").get())


def sheets(world: World) -> Iterator[Operation]:
    """Experts hand in their sheets; the last one of a panel is not counted."""
    case = with_new_applicant(world).with_panel()
    data = {"sheet": world.sheet(), "comment": "建设成效明显。"}
    items = list(case.items.filter(duty="score", status="open").order_by("id"))[:4]
    experts = {expert.user.pk: expert for expert in world.experts if expert.user}
    for item in items:
        yield partial(_move, item, "submit_score", experts[item.assignee_id], data, f"sheet-{item.pk}")  # type: ignore[index, arg-type]


def stock_tasks(user: User, number: int = CASES) -> Iterator[Operation]:
    """viewflow processes walk along four tasks."""
    for process in [stock.start(user) for _ in range(number)]:
        for node in stock.NODES:
            yield partial(stock.complete, process, stock.waiting(process), node, user)


def pool_tasks(user: User, number: int = CASES) -> Iterator[Operation]:
    """The same where each task waits for whoever takes it."""
    for process in [stock.start(user, stock.PoolFlow) for _ in range(number)]:
        for node in stock.NODES:
            yield partial(stock.claim_and_complete, process, stock.waiting(process), node, user)


def bare_transactions(case: Case, number: int = CASES * len(MOVES)) -> Iterator[Operation]:
    """One UPDATE and two INSERTs through the ORM."""
    Counter.objects.get_or_create(key="bench")
    for _ in range(number):
        yield partial(_bare, case)


def _bare(case: Case) -> None:
    with transaction.atomic():
        Counter.objects.filter(key="bench").update(value=F("value") + 1)
        Event.objects.create(kind="bench", case=case, data={"a": 1})
        Event.objects.create(kind="bench", case=case, data={"a": 2})


def test_moves_beside_stock_tasks_and_bare_transactions(capsys: pytest.CaptureFixture[str]) -> None:
    with best_database() as database:
        clock.set_clock(START)
        world = make_world()
        user = world.officer.user
        assert user is not None
        case = with_new_applicant(world).submitted()
        kinds: dict[str, Callable[[], Iterator[Operation]]] = {
            "full move, announced": partial(full_moves, world),
            "full move, nobody listens": partial(full_moves, world),
            "an expert's sheet, announced": partial(sheets, world),
            "stock viewflow task": partial(stock_tasks, user),
            "stock viewflow task, claimed first": partial(pool_tasks, user),
            "bare transaction": partial(bare_transactions, case),
        }
        samples = {name: Sample(name) for name in kinds}
        receivers = list(happened.receivers)
        for turn in range(ROUNDS + 2):
            for name, operations in kinds.items():
                happened.receivers = [] if "nobody" in name else receivers
                if turn == 0:
                    samples[name].count(operations())  # and warm up
                else:
                    samples[name].take(operations())
        happened.receivers = receivers
        with stopwatch() as watch:
            for operation in full_moves(world, 8):
                operation()
        lines = [f"on {database}", *table(samples), "", *told(watch, 8 * len(MOVES))]
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert all(len(sample.seconds) >= ROUNDS for sample in samples.values())


def table(samples: dict[str, Sample]) -> list[str]:
    """Per second, milliseconds, statements, and how many times a stock task and a bare transaction."""
    stocked = samples["stock viewflow task"].typical
    claimed = samples["stock viewflow task, claimed first"].typical
    bare = samples["bare transaction"].typical
    lines = [f"{'':38} {'per s':>7} {'ms':>7} {'SQL':>6} {'× stock':>8} {'× claimed':>9} {'× bare':>8}"]
    for name, sample in samples.items():
        lines.append(
            f"{name:38} {1 / sample.typical:7.0f} {sample.typical * 1000:7.2f} {sample.statements:6.1f}"
            f" {sample.typical / stocked:8.2f} {sample.typical / claimed:9.2f} {sample.typical / bare:8.2f}"
        )
    return lines
