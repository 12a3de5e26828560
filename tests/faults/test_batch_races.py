"""The same file confirmed twice at the same moment, and by two people: every line becomes one draft."""

from __future__ import annotations

from functools import partial

import pytest

from accounts.enums import Role
from accounts.models import Organisation
from cases.models import Case
from tests.factories.accounts import make_actor
from tests.factories.cases import World, gy_pack
from tests.faults.at_once import at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows.batch_lines import Line
from workflows.batch_opening import Declared, Opened, Origin, open_line
from workflows.models import Submission
from workflows.spreadsheets.batches import batch_columns

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 4
VALUES = {"title": "同一项目", batch_columns(gy_pack())[2].key: "某某"}


def unit_of(world: World) -> Organisation:
    assert world.applicant.organisation is not None
    return world.applicant.organisation


def test_one_upload_confirmed_three_times_at_once_opens_one_draft(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        unit = unit_of(world)
        line = Line(2, "同一项目", unit, VALUES)
        click = partial(
            open_line,
            round=world.round,
            line=line,
            applicant=unit,
            actor=world.applicant,
            origin=Origin(f"upload-{number}", "x.xlsx", "0" * 64),
        )
        outcomes = [one for one in at_once(click, click, click) if isinstance(one, Opened)]
        assert sorted(one.new for one in outcomes) == [False, False, True]
        case = Case.objects.get(round=world.round, applicant=unit)
        assert {one.case.pk for one in outcomes} == {case.pk}
        assert Submission.objects.filter(case=case).count() == 1
        assert check(case) == []


def test_two_people_with_the_same_file_at_once_open_one_draft(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        unit = unit_of(world)
        line = Line(2, "同一项目", unit, VALUES)
        colleague = make_actor(Role.APPLICANT, unit)
        clicks = [
            partial(
                open_line,
                round=world.round,
                line=line,
                applicant=unit,
                actor=actor,
                origin=Origin(f"{number}-{actor.user}", "x.xlsx", "0" * 64),
            )
            for actor in (world.applicant, colleague)
        ]
        outcomes = at_once(*clicks)
        assert sorted(type(one).__name__ for one in outcomes) == ["Declared", "Opened"]
        refused = next(one for one in outcomes if isinstance(one, Declared))
        assert refused.case == Case.objects.get(round=world.round, applicant=unit)


def test_two_files_at_once_keep_to_the_limit(anew: Anew) -> None:
    """Five drafts a unit: of eight lines confirmed side by side five become drafts."""
    world = anew()
    unit = unit_of(world)
    clicks = [
        partial(
            open_line,
            round=world.round,
            line=Line(number, f"项目{number}", unit, {"title": f"项目{number}"}),
            applicant=unit,
            actor=world.applicant,
            origin=Origin(f"file-{number % 2}", "x.xlsx", "0" * 64),
        )
        for number in range(8)
    ]
    outcomes = at_once(*clicks)
    assert sum(isinstance(one, Opened) for one in outcomes) == 5
    assert {one.code for one in outcomes if not isinstance(one, Opened)} == {"draft_limit"}
    assert Case.objects.filter(round=world.round, applicant=unit).count() == 5
