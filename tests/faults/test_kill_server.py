"""The web server is killed between two requests and in the middle of one: no half-moved case, nothing done twice."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from audit.models import Entry
from cases.models import Case
from tests.factories.cases import World
from tests.faults import holds
from tests.faults.invariants import check
from tests.faults.processes import PATIENCE, Place, Server, kill, session_of
from workflows.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)


def recorded(case: Case) -> list[str]:
    """What the record tells, beginning with the newest."""
    return list(Entry.objects.filter(chain=case.chain_id).order_by("-seq").values_list("action", flat=True))


def state(world: World, case: Case) -> tuple[object, ...]:
    stored = world.reread(case)
    return (stored.stage, stored.step, stored.version, world.items(case), recorded(case)[0])


def test_killed_between_two_requests(place: Place, placed_world: World) -> None:
    world = placed_world
    case = world.submitted()
    server = Server(place)
    officer = session_of(world.officer)
    answer = server.act(case.public_id, "file.file", session=officer, key="first")
    assert answer.status == 200, (answer, place.log())
    before = state(world, case)
    kill(server.process)
    assert (check(case), state(world, case)) == ([], before)
    server.start()
    again = server.act(case.public_id, "file.file", session=officer, key="first")
    assert (again.status, again.body["message"]) == (200, answer.body["message"])
    assert state(world, case) == before, "the repeated request did something again"
    answer = server.act(case.public_id, "file.notify_filing", session=officer, key="second")
    assert (answer.status, world.items(case), check(case)) == (200, ["begin"], [])


@pytest.mark.parametrize("where", [holds.BEFORE_RECORD, holds.BEFORE_COMMIT, holds.AFTER_COMMIT])
def test_killed_in_the_middle_of_a_request(place: Place, placed_world: World, where: str) -> None:
    world = placed_world
    case = world.building()
    server = Server(place)
    before = state(world, case)
    place.arm(where)
    press = partial(
        server.act,
        case.public_id,
        "build.request_review",
        session=session_of(world.applicant),
        key="the-button",
        summary="已按方案完成建设。",
    )
    lost: list[OSError] = []

    def send() -> None:
        try:
            press()
        except OSError as error:
            lost.append(error)

    browser = threading.Thread(target=send)
    browser.start()
    place.await_held(where)
    if where != holds.AFTER_COMMIT:
        assert (state(world, case), check(case)) == (before, []), "a door shows what it has not committed"
    kill(server.process)
    browser.join(PATIENCE)
    assert lost, "the browser was answered"

    done = where == holds.AFTER_COMMIT
    assert check(case) == []
    assert (state(world, case) == before) is not done
    assert Submission.objects.filter(key="the-button").count() == int(done)

    server.start()
    answer = press()
    assert answer.status == 200, (answer, place.log())
    assert (world.reread(case).stage, world.items(case)) == ("review", ["initial"])
    assert recorded(case).count("build.request_review") == 1
    assert Submission.objects.filter(key="the-button").count() == 1
    assert check(case) == []
