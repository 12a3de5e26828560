"""Lists and checks cannot disagree; another unit's case is invisible; experts see only what is theirs."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from cases import policy
from cases.enums import Capacity, Part
from cases.models import Case
from cases.relations import add_participation, add_party, end_participation
from tests.factories.accounts import make_assignment, make_organisation, make_user
from tests.factories.cases import World


def agree(actor: Actor, cases: list[Case]) -> None:
    listed = set(policy.visible(actor).values_list("pk", flat=True))
    checked = {case.pk for case in cases if policy.can_see(actor, Case.objects.get(pk=case.pk))}
    assert listed == checked, (actor, listed ^ checked)


@pytest.mark.parametrize("seed", range(12))
def test_list_and_check_agree_on_random_worlds(world: World, seed: int) -> None:
    """Random parties, parts, drafts, programme limits and subtrees: the queryset and the rule say the same."""
    pick = random.Random(seed)
    cases = [world.draft(f"草稿{n}") if n % 2 else world.submitted(title=f"案件{n}") for n in range(2)]
    child = make_organisation("白云分园", parent=world.zone)
    units = [world.zone, world.other_zone, world.bureau, world.office, world.authority, child]
    actors = [
        actor_for(
            make_assignment(
                pick.choice(list(Role)),
                pick.choice(units),
                subtree=pick.random() < 0.5,
                programme_code=pick.choice(["", "gy-cluster-base", "other-programme"]),
            )
        )
        for _ in range(10)
    ]
    for case in cases:
        for _ in range(3):
            add_party(case=case, organisation=pick.choice(units), capacity=pick.choice(list(Capacity)))
        for actor in pick.sample(actors, 4):
            assert actor.user is not None
            part = pick.choice(list(Part))
            add_participation(case=case, user=actor.user, part=part)
            if pick.random() < 0.3:
                end_participation(
                    case=case, user=actor.user, part=part, reason="测试", void=pick.random() < 0.5
                )
    for actor in [*actors, world.applicant, world.officer, world.supervisor, Actor.system_actor()]:
        agree(actor, cases)


def test_another_units_case_is_invisible(world: World) -> None:
    case = world.submitted()
    answer = policy.may(world.other_applicant, "command.withdraw", case)
    assert (answer.allowed, answer.code) == (False, "invisible")
    assert not policy.visible(world.other_applicant).exists()


def test_a_draft_is_the_applicants_own(world: World) -> None:
    case = world.draft()
    assert policy.can_see(world.applicant, case)
    assert not policy.can_see(world.officer, case)
    assert not policy.can_see(world.supervisor, case)


def test_the_approving_body_sees_a_case_when_it_has_to_decide(world: World) -> None:
    case = world.selected()
    assert not policy.can_see(world.approver, case)
    case = world.do(case, "publicize.publish_notice")
    notice = case.notices.select_related("deadline").get()
    assert notice.deadline and notice.deadline.due_at
    world.let_time_pass(notice.deadline.due_at + dt.timedelta(minutes=1))
    assert policy.can_see(world.approver, world.reread(case))


def test_experts_see_only_what_they_were_assigned(world: World) -> None:
    case = world.with_panel()
    assert policy.can_see(world.experts[0], case)
    assert not policy.can_see(world.experts[6], case)
    assert policy.fields(world.experts[0], case) == {"declaration", "own_sheet"}


def test_a_recused_person_sees_nothing_in_any_role(world: World) -> None:
    case = world.with_panel()
    case = world.do(case, "review.recuse", world.experts[0], reason="存在利害关系。")
    user = world.experts[0].user
    assert user is not None
    as_officer = actor_for(make_assignment(Role.OFFICER, world.bureau, user=user))
    for actor in (world.experts[0], as_officer):
        assert not policy.can_see(actor, case)
        assert case not in policy.visible(actor)


def test_guardian_rows_follow_the_participation(world: World) -> None:
    case = world.submitted()
    user = make_user("列席人员")
    add_participation(case=case, user=user, part=Part.OBSERVER, reason="列席")
    assert user.has_perm("cases.view_case", case)
    observer = actor_for(make_assignment(Role.EXPERT, world.bureau, user=user))
    assert policy.can_see(observer, case)
    end_participation(case=case, user=user, part=Part.OBSERVER, reason="期满")
    assert not type(user).objects.get(pk=user.pk).has_perm("cases.view_case", case)
    assert not policy.can_see(observer, case)


def test_lists_take_one_query(world: World, django_assert_num_queries: object) -> None:
    for number in range(3):
        world.submitted(title=f"案件{number}")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(policy.visible(world.officer)) == 3


def test_who_may_names_the_holders_and_not_the_drafter(world: World) -> None:
    case = world.submitted()
    turncoat = make_assignment(Role.OFFICER, world.bureau, user=world.applicant.user)
    people = policy.who_may("file.file", case)
    assert people == {
        actor.user.pk for actor in (world.officer, world.officer2, world.chief) if actor.user is not None
    }
    assert turncoat.user_id not in people
