"""One declaration however often the button is pressed; one signature; a code that is good once, at the same moment too."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.second_factor import current_code, verify
from audit.models import Entry
from cases.models import Case
from cases.receipts import receipt_number
from tests.factories.accounts import make_actor, make_user
from tests.factories.signing import give_factor
from tests.faults.at_once import at_once
from tests.faults.conftest import Anew
from tests.faults.invariants import check
from workflows import engine
from workflows.engine import Result
from workflows.models import Submission

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ROUNDS = 4


def sent_once(case: Case) -> None:
    """One version, one number, one receipt, one entry."""
    case = Case.objects.select_related("chain").get(pk=case.pk)
    versions = list(case.declarations.select_related("case").filter(submitted_at__isnull=False))
    assert len(versions) == 1
    assert case.declarations.count() == 1
    assert case.case_no
    entries = Entry.objects.filter(chain=case.chain_id, action="declare.submit")
    assert [entry.content["data"]["receipt"] for entry in entries] == [receipt_number(versions[0])]
    assert case.decisions.filter(procedure="declare", action="submit").count() <= 1
    assert check(case) == []


def test_the_same_button_pressed_again_and_again(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        case = world.fill(world.draft())
        send = partial(
            engine.act,
            case.public_id,
            "declare.submit",
            actor=world.applicant,
            data={"statement": True},
            idempotency_key=f"press-{number}",
        )
        outcomes = at_once(*[send] * 4)
        assert sorted(one.replayed for one in outcomes if isinstance(one, Result)) == [
            False,
            True,
            True,
            True,
        ]
        assert Submission.objects.filter(key=f"press-{number}").count() == 1
        sent_once(case)


def test_two_tabs_and_a_colleague_at_once(anew: Anew) -> None:
    for number in range(ROUNDS):
        world = anew()
        case = world.fill(world.draft())
        assert world.applicant.organisation is not None
        colleague = make_actor(Role.APPLICANT, world.applicant.organisation)

        def send(actor: Actor, key: str, case: Case = case) -> Result:
            return engine.act(
                case.public_id, "declare.submit", actor=actor, data={"statement": True}, idempotency_key=key
            )

        outcomes = at_once(
            partial(send, world.applicant, f"tab-a-{number}"),
            partial(send, world.applicant, f"tab-b-{number}"),
            partial(send, colleague, f"colleague-{number}"),
        )
        assert sum(isinstance(one, Result) for one in outcomes) == 1, outcomes
        sent_once(case)


def test_the_pages_of_both_lead_to_the_receipt(anew: Anew) -> None:
    world = anew()
    case = world.fill(world.draft())
    assert world.applicant.organisation is not None
    colleague = make_actor(Role.APPLICANT, world.applicant.organisation)
    address = reverse("cases:submit", args=[case.public_id])

    def press(actor: Actor, key: str) -> tuple[int, str]:
        client = Client()
        assert actor.user is not None
        client.force_login(actor.user, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.post(address, {"statement": "on", "idempotency_key": key})
        return answer.status_code, answer.headers.get("Location", "")

    receipt = reverse("cases:receipt", args=[case.public_id])
    outcomes = at_once(partial(press, world.applicant, "a"), partial(press, colleague, "b"))
    assert outcomes == [(302, receipt)] * 2
    sent_once(case)


def test_a_code_typed_on_two_machines_at_once_is_good_once(anew: Anew) -> None:
    anew()
    for _round in range(ROUNDS):
        user = make_user("签章人")
        give_factor(user)
        code = current_code(user)
        outcomes = at_once(*[partial(verify, user=user, code=code)] * 3)
        assert [one for one in outcomes if not isinstance(one, Refusal)] == ["totp"]
        assert {one.code for one in outcomes if isinstance(one, Refusal)} == {"code_used"}
