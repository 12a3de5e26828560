"""Two of every upload at the same moment: windows, colleagues, the last place left."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.errors import Refusal
from cases.models import Case, Material, UploadSession
from cases.uploads import begin_upload, finish_upload, take_piece, upload_of
from tests.factories.cases import World
from tests.factories.files import pdf
from tests.faults.at_once import at_once
from tests.faults.conftest import Anew
from workflows.scans import look_after_files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 6


def begin(world: World, case: Case, content: bytes, item: str = "m8_policy") -> UploadSession:
    return begin_upload(
        case=case,
        item=item,
        tags=[],
        name="政策.pdf",
        size=len(content),
        fingerprint=f"changed:{len(content)}",
        actor=world.applicant,
    )


def arrived(world: World, case: Case, content: bytes, item: str = "m8_policy") -> UploadSession:
    session = begin(world, case, content, item)
    take_piece(session=session, offset=0, content=content, actor=world.applicant)
    return session


def refusals(outcomes: list[Any]) -> list[str]:
    return sorted(one.code for one in outcomes if isinstance(one, Refusal))


@pytest.mark.parametrize("item", ["m7_license", "m8_policy"])
def test_the_last_place_is_taken_once(anew: Anew, settings: Any, item: str) -> None:
    settings.MATERIAL_MAX_PER_ITEM = 1
    for number in range(ROUNDS):
        world = anew()
        case = world.draft()
        sessions = [arrived(world, case, pdf(b"%" * (number + 1) + side), item) for side in (b"\n", b"\n\n")]
        outcomes = at_once(*(partial(finish_upload, session=s, actor=world.applicant) for s in sessions))
        assert refusals(outcomes) == ["no_room"], outcomes
        assert case.materials.count() == 1


def test_the_last_bytes_of_a_case_are_given_once(anew: Anew, settings: Any) -> None:
    for _round in range(ROUNDS):
        world = anew()
        case = world.draft()
        contents = [pdf(b"% one\n"), pdf(b"% other\n")]
        settings.MATERIAL_MAX_CASE_BYTES = 10_000
        sessions = [arrived(world, case, content) for content in contents]
        settings.MATERIAL_MAX_CASE_BYTES = len(contents[0]) + len(contents[1]) - 1
        outcomes = at_once(*(partial(finish_upload, session=s, actor=world.applicant) for s in sessions))
        assert refusals(outcomes) == ["no_room"], outcomes


def test_the_same_place_in_a_file_is_filled_once(anew: Anew) -> None:
    for _round in range(ROUNDS):
        world = anew()
        case, content = world.draft(), pdf(b"% both windows\n")
        session = begin(world, case, content)
        windows = [upload_of(case, session.public_id, world.applicant) for _window in range(2)]
        put = [
            partial(take_piece, session=each, offset=0, content=content[:20], actor=world.applicant)
            for each in windows
        ]
        outcomes = at_once(*put)
        assert refusals(outcomes) == ["wrong_offset"], outcomes
        session.refresh_from_db()
        assert (session.received, len(session.pieces)) == (20, 1)
        assert len(default_storage.listdir(f"uploads/{session.public_id}")[1]) == 1


def test_the_same_file_begun_twice_is_one_upload(anew: Anew) -> None:
    for _round in range(ROUNDS):
        world = anew()
        case = world.draft()
        outcomes = at_once(*(partial(begin, world, case, pdf()) for _window in range(3)))
        assert len({one.pk for one in outcomes}) == 1  # type: ignore[union-attr]


def test_a_file_finished_in_two_windows_is_one_material(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        case = world.draft()
        session = arrived(world, case, pdf(b"%" * (number + 1) + b"\n"))
        windows = [upload_of(case, session.public_id, world.applicant) for _window in range(2)]
        outcomes = at_once(*(partial(finish_upload, session=s, actor=world.applicant) for s in windows))
        assert set(refusals(outcomes)) <= {"finishing", "wrong_offset"}, outcomes
        assert case.materials.count() == 1
        again = upload_of(case, session.public_id, world.applicant)
        assert finish_upload(session=again, actor=world.applicant) == case.materials.get()


def test_a_pending_scan_is_handed_over_once(anew: Anew, settings: Any) -> None:
    settings.CLAMD_URL, settings.CLAMD_QUICK_BYTES = "tcp://127.0.0.1:1", 1
    for _round in range(ROUNDS):
        world = anew()
        case = world.draft()
        finish_upload(session=arrived(world, case, pdf(b"% scan\n")), actor=world.applicant)
        outcomes = at_once(look_after_files, look_after_files, look_after_files)
        assert sorted(outcomes) == [0, 0, 1], outcomes  # type: ignore[type-var]
        assert Material.objects.filter(scan="pending", case=case).count() == 1
