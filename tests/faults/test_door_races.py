"""Two of everything at the same moment: clicks, officers, sendings and savings, editions moved meanwhile."""

from __future__ import annotations

import hashlib
import threading
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections, transaction

from accounts.errors import Refusal
from audit import clock
from audit.canonical import dumps
from audit.models import Entry
from cases.declarations import draft_of, save_form
from cases.errors import Conflict
from cases.materials import add_material
from cases.models import Case, Material
from programmes.models import Edition
from tests.factories.cases import PDF
from tests.faults.at_once import PATIENCE, at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine
from workflows.engine import Result
from workflows.lock import lock_case
from workflows.models import Event, Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 8
LABELS = {"file": "准予备案", "refuse_filing": "不予备案", "return_for_correction": "退回补正"}


def times(case: Case, action: str) -> int:
    """How often the record tells of an action."""
    return Entry.objects.filter(chain=case.chain_id, action=action).count()


def test_the_same_button_twice_at_once_happens_once(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        case = world.submitted()
        item, key = case.items.get(status="open"), f"click-{number}"
        click = partial(engine.complete, item.public_id, "file", actor=world.officer, idempotency_key=key)
        outcomes = [one for one in at_once(click, click, click) if isinstance(one, Result)]
        assert sorted(one.replayed for one in outcomes) == [False, True, True]
        assert len({one.message for one in outcomes}) == 1
        assert (times(case, "file.file"), case.decisions.filter(action="file").count()) == (1, 1)
        assert check(case) == []


def test_one_key_for_two_cases_at_once_is_refused_once(anew: Anew) -> None:
    for number in range(ROUNDS):
        world, key = anew(), f"twice-{number}"
        pair = [world.submitted("甲"), world.submitted("乙")]
        outcomes = at_once(
            *(
                partial(engine.act, case.public_id, "file.file", actor=world.officer, idempotency_key=key)
                for case in pair
            )
        )
        refused = [one for one in outcomes if isinstance(one, Refusal)]
        assert [one.code for one in refused] == ["key_reused"], outcomes
        assert sum(times(case, "file.file") for case in pair) == 1
        assert Submission.objects.filter(key=key).count() == 1
        assert [check(case) for case in pair] == [[], []]


@pytest.mark.parametrize("other", LABELS)
def test_the_slower_officer_reads_who_when_and_what(anew: Anew, other: str) -> None:
    """Whatever the faster one decided, even when the case has left the stage or is closed."""
    for number in range(ROUNDS // 2):
        world = anew()
        case = world.submitted()
        item = case.items.get(status="open")
        officers = [(world.officer, "file"), (world.officer2, other)]
        outcomes = at_once(
            *(
                partial(
                    engine.complete,
                    item.public_id,
                    action,
                    actor=actor,
                    data={"reason": "经审核。"},
                    expected_version=item.version,
                    idempotency_key=f"{other}-{number}-{action}-{actor.public_id}"[:64],
                )
                for actor, action in officers
            )
        )
        lost = next(place for place, one in enumerate(outcomes) if isinstance(one, Refusal))
        winner, action = officers[1 - lost]
        refusal = outcomes[lost]
        assert isinstance(outcomes[1 - lost], Result)
        assert isinstance(refusal, Conflict)
        assert winner.user is not None
        for word in (winner.user.name, clock.local(clock.now()).strftime("%Y-%m-%d %H:%M"), LABELS[action]):
            assert word in str(refusal.message)
        decided = Entry.objects.filter(chain=case.chain_id, action__startswith="file.")
        assert list(decided.values_list("action", flat=True)) == [f"file.{action}"]
        assert check(case) == []


def test_what_is_sent_is_what_was_judged_while_a_colleague_saves(anew: Anew) -> None:
    """A form saved at the moment of sending is in the sent version or refused; the digest fits what is stored."""
    for number in range(ROUNDS):
        world = anew()
        case = world.fill(world.draft())
        draft = draft_of(case)
        assert draft is not None
        changed = draft.data()["GY_SUPP"] | {"mgmt_reg_place": f"贵阳市{number}"}
        save = partial(
            save_form,
            case=case,
            form_code="GY_SUPP",
            raw=changed,
            expected_version=None,
            actor=world.applicant,
        )
        send = partial(
            engine.act, case.public_id, "declare.submit", actor=world.applicant, data={"statement": True}
        )
        outcomes = at_once(send, save, save, save)
        assert isinstance(outcomes[0], Result), outcomes
        assert {one.code for one in outcomes if isinstance(one, Refusal)} <= {"not_editable"}
        sent = case.declarations.get()
        assert sent.digest == hashlib.sha256(dumps(sent.data()).encode()).hexdigest()
        assert check(case) == []


def test_a_file_added_while_sending_is_in_the_record_or_refused(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        case = world.fill(world.draft())
        upload = SimpleUploadedFile("附.pdf", PDF + f"{number}".encode())
        add = partial(
            add_material, case=case, item="m9_evidence", upload=upload, tags=[], actor=world.applicant
        )
        send = partial(
            engine.act, case.public_id, "declare.submit", actor=world.applicant, data={"statement": True}
        )
        outcomes = at_once(send, add)
        assert isinstance(outcomes[0], Result), outcomes
        assert isinstance(outcomes[1], Material) or outcomes[1].code == "not_editable"  # type: ignore[union-attr]
        entry = Entry.objects.get(chain=case.chain_id, action="declare.submit")
        kept = {str(pk) for pk in case.materials.filter(removed_at=None).values_list("public_id", flat=True)}
        assert set(entry.content["data"]["materials"]) == kept


def test_a_case_moved_to_another_edition_meanwhile_is_found_all_the_same(anew: Anew) -> None:
    """The door has waited for the row, and what it joined before waiting does not fit any more."""
    world = anew()
    case = world.submitted()
    other = Edition.objects.create(
        programme=world.programme,
        number="2020.2",
        status=world.edition.status,
        digest=world.edition.digest,
        source=world.edition.source,
        published_at=clock.now(),
    )
    held, found = threading.Event(), []

    def wait_for_the_case() -> None:
        try:
            held.wait(PATIENCE)
            with transaction.atomic():
                found.append(lock_case(case.pk).edition_id)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=wait_for_the_case)
    waiting.start()
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        held.set()
        waiting.join(0.5)
        assert waiting.is_alive(), "the other did not wait for the row"
        Case.objects.filter(pk=case.pk).update(edition=other)
    waiting.join(PATIENCE)
    assert found == [other.pk]


def test_nobody_beside_the_door_waits_for_it(anew: Anew) -> None:
    """A row that refers to the case can be written while a door holds the case."""
    case = anew().submitted()

    def write() -> Event:
        with transaction.atomic(), connections["default"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '3s'")
            return Event.objects.create(kind="case_acted", case_id=case.pk)

    with transaction.atomic():
        lock_case(case.pk)
        (event,) = at_once(write)
    assert isinstance(event, Event)
