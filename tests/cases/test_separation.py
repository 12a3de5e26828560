"""Separation of duties: it binds whoever acted, whoever they acted for, and whoever stands in for either."""

from __future__ import annotations

import pytest

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from accounts.models import User
from audit.models import Entry
from cases import policy
from cases.enums import Part
from cases.errors import NotAllowed
from cases.models import Case
from tests.factories.accounts import make_assignment, make_substitution, make_user
from tests.factories.cases import World
from tests.workflows.pages import suspected
from workflows import engine

APPROVE = "accredit.approve"


def user_of(actor: Actor) -> User:
    assert actor.user is not None
    return actor.user


def standing_in(world: World) -> Actor:
    """Somebody of the bureau who stands in for its officer."""
    assert world.officer.assignment is not None
    substitute = make_user("李代办", organisation=world.bureau)
    make_substitution(world.officer.assignment, substitute)
    return actor_for(world.officer.assignment, user=substitute)


def as_approver(world: World, user: User) -> Actor:
    return actor_for(make_assignment(Role.APPROVER, world.office, user=user))


@pytest.fixture
def reported_by_substitute(world: World) -> tuple[Case, Actor]:
    """A case that was reported for approval by somebody who stood in for the officer."""
    substitute = standing_in(world)
    return world.do(world.in_approval(), "accredit.report_for_approval", substitute), substitute


def test_the_record_names_both_by_key(world: World, reported_by_substitute: tuple[Case, Actor]) -> None:
    case, substitute = reported_by_substitute
    entry = Entry.objects.get(chain=case.chain, action="accredit.report_for_approval")
    assert (entry.actor_id, entry.on_behalf_of_id) == (user_of(substitute).pk, user_of(world.officer).pk)


def test_what_was_done_in_somebodys_name_binds_them_too(
    world: World, reported_by_substitute: tuple[Case, Actor]
) -> None:
    case, substitute = reported_by_substitute
    for person in (user_of(world.officer), user_of(substitute)):
        with pytest.raises(NotAllowed) as caught:
            engine.act(case.public_id, APPROVE, actor=as_approver(world, person))
        assert caught.value.code == "separation_of_duties"
    assert policy.may(as_approver(world, make_user("第三人")), APPROVE, world.reread(case))


def test_whoever_stands_in_for_somebody_bound_is_bound(
    world: World, reported_by_substitute: tuple[Case, Actor]
) -> None:
    case, _substitute = reported_by_substitute
    held = as_approver(world, user_of(world.officer)).assignment
    assert held is not None
    other = actor_for(held, user=make_user("再代办"))
    assert policy.may(other, APPROVE, case).code == "separation_of_duties"


def test_who_may_leaves_out_the_bound_and_those_who_stand_in_for_them(
    world: World, reported_by_substitute: tuple[Case, Actor]
) -> None:
    case, substitute = reported_by_substitute
    bound = as_approver(world, user_of(world.officer)).assignment
    free = world.approver.assignment
    assert bound is not None
    assert free is not None
    for_the_bound = make_substitution(bound, make_user("代受限之人")).substitute
    for_the_free = make_substitution(free, make_user("代审批人")).substitute
    make_substitution(free, user_of(substitute))  # bound themselves, whomever they stand in for
    people = policy.who_may(APPROVE, case)
    assert people == {user_of(world.approver).pk, for_the_free.pk}
    assert for_the_bound.pk not in people


def test_who_may_and_may_agree_about_substitutes(world: World) -> None:
    case = world.submitted()
    turncoat = make_assignment(Role.OFFICER, world.bureau, user=user_of(world.applicant))  # drafted it
    inherits = make_substitution(turncoat, make_user("代填报人")).substitute
    assert world.officer.assignment is not None
    drafter_for_officer = make_substitution(world.officer.assignment, user_of(world.applicant)).substitute
    stands_in = make_substitution(world.officer.assignment, make_user("代经办人")).substitute
    both = make_substitution(turncoat, stands_in).substitute  # bound under one hat, free under the other
    people = policy.who_may("file.file", case)
    assert inherits.pk not in people
    assert drafter_for_officer.pk not in people
    assert both.pk in people
    officers = {user_of(actor).pk for actor in (world.officer, world.officer2, world.chief)}
    assert people == officers | {stands_in.pk}
    assert not policy.may(actor_for(turncoat, user=inherits), "file.file", case)
    assert policy.may(actor_for(world.officer.assignment, user=stands_in), "file.file", case)


def test_a_supervisors_substitute_is_named_and_the_recused_one_is_not(world: World) -> None:
    case = suspected(world)
    assert world.supervisor.assignment is not None
    substitute = make_substitution(world.supervisor.assignment, make_user("代监察员")).substitute
    scored = make_assignment(Role.SUPERVISOR, world.authority, user=user_of(world.experts[0])).user
    people = policy.who_may("command.confirm_misconduct", case)
    assert people == {user_of(world.supervisor).pk, substitute.pk}
    assert scored.pk not in people


def test_whoever_opens_a_draft_for_somebody_makes_both_its_drafters(world: World) -> None:
    assert world.applicant.assignment is not None
    actor = actor_for(world.applicant.assignment, user=make_user("代申报人", organisation=world.zone))
    case = world.draft(actor=actor)
    drafters = case.participations.filter(capacity=Part.DRAFTER).values_list("user", flat=True)
    assert set(drafters) == {user_of(actor).pk, user_of(world.applicant).pk}


# -- supervisors decide on misconduct --------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["command.confirm_misconduct", "command.clear_misconduct"])
def test_who_drafted_or_scored_does_not_decide_on_misconduct(world: World, action: str) -> None:
    case = suspected(world)
    for person in (world.applicant, world.experts[1]):
        supervisor = actor_for(make_assignment(Role.SUPERVISOR, world.authority, user=user_of(person)))
        row = case.misconducts.get()
        with pytest.raises(NotAllowed) as caught:
            engine.act(
                case.public_id,
                action,
                actor=supervisor,
                data={"misconduct": str(row.public_id), "reason": "经核查。"},
            )
        assert caught.value.code == "separation_of_duties"
    assert case.misconducts.get().status == "reported"
