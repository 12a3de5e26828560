"""The checker finds what it is there to find: a case is damaged in one way, and the damage is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from audit import clock, triggers
from audit.models import Entry
from cases import door
from cases.models import Case, Deadline, Standing
from tests.factories.cases import World
from tests.faults.invariants import check, check_all
from workflows.models import RunTask, StageRun, WorkItem

Damage = Callable[[Case], object]


def moved(**fields: Any) -> Damage:
    """The case is somewhere else, past the door."""

    def damage(case: Case) -> None:
        assignments = ", ".join(f'"{name}" = %s' for name in fields)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE cases_case SET {assignments} WHERE id = %s", [*fields.values(), case.pk])

    return damage


def run_of(case: Case) -> StageRun:
    return StageRun.objects.get(case=case, finished__isnull=True)


def second_run(case: Case) -> None:
    run = run_of(case)
    StageRun.objects.create(
        flow_class=run.flow_class, case=case, run_no=run.run_no + 1, procedure="review", step="review"
    )


def second_item(case: Case) -> None:
    item = case.items.get(status="open")
    item.pk, item.public_id = None, WorkItem._meta.get_field("public_id").get_default()
    item.save(force_insert=True)


def second_standing(case: Case) -> None:
    connection.check_constraints()  # PostgreSQL: no DDL while deferred checks are pending
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX standing_one_current")
    row = Standing.objects.get(case=case)
    row.pk, row.public_id = None, Standing._meta.get_field("public_id").get_default()
    row.save(force_insert=True)


def altered_record(case: Case) -> None:
    with triggers.disabled():
        Entry.objects.filter(chain=case.chain_id, seq=2).update(body="{}")


def loose_deadline(case: Case) -> None:
    Deadline.objects.create(
        case=case, run_key="gone", duty="examine", starts_on=clock.today(), due_on=clock.today()
    )


def forgotten_sheet(case: Case) -> None:
    case.score_sheets.create(
        run_no=case.run_no, expert=case.created_by, points={}, total=60, submitted_at=clock.now()
    )


DAMAGES: dict[str, tuple[Damage, str]] = {
    "stage without its step": (moved(stage="publicize"), "belongs to review"),
    "another step": (moved(step="publicity", stage="publicize"), "the record leads to"),
    "closed with work to do": (moved(stage="closed", closure="withdrawn"), "closed with open items"),
    "run number gone on": (moved(run_no=99), "the live run has number"),
    "two live runs": (second_run, "2 live main runs"),
    "no live run": (
        lambda c: StageRun.objects.filter(case=c).update(finished=clock.now()),
        "0 live main runs",
    ),
    "run done and not finished": (
        lambda c: StageRun.objects.filter(pk=run_of(c).pk).update(status="DONE"),
        "is DONE",
    ),
    "item of nobody's task": (lambda c: c.items.filter(status="open").update(task=None), "nobody is asked"),
    "item without its token": (
        lambda c: RunTask.objects.filter(process=run_of(c)).update(finished=clock.now()),
        "has finished, its item is open",
    ),
    "two items for one thing": (second_item, "2 open items"),
    "limit of a run that is over": (loose_deadline, "its run is over"),
    "limit of nobody's item": (
        lambda c: c.items.filter(status="open").update(deadline=None),
        "nobody is asked for it",
    ),
    "two legal results": (second_standing, "2 current standings"),
    "record altered": (altered_record, "the record is broken"),
    "sheet past the record": (forgotten_sheet, "score sheets"),
    "notice of no window": (
        lambda c: c.notices.create(
            authority=c.authority, run_no=c.run_no, kind="publicity", status="open", title="x", body="x"
        ),
        "1 notices take objections",
    ),
    "appraisal without its run": (
        lambda c: c.appraisals.create(run_no=c.run_no, side="appraisal", period=2020, kind="composite"),
        "side runs are live for {}",
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_named(world: World, what: str) -> None:
    case = world.scored()
    assert (check(case), check_all()) == ([], {})
    damage, words = DAMAGES[what]
    with door.opened(case.pk):
        damage(case)
    assert words in "\n".join(check(case))
    assert list(check_all()) == [str(case)]


def test_objections_and_their_items_belong_together(world: World) -> None:
    case = world.publicized()
    world.do(case, "command.register_objection", kind="unit", name="某公司", contact="0851", content="不实。")
    assert check(case) == []
    case.objections.update(status="dismissed")
    assert [wrong for wrong in check(case) if "are being handled" in wrong]
