"""What the administrators' doors do not let through: takeovers, the last administrator, pages sent twice or too late."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.assignments import end_role
from accounts.enums import ADMINISTRATORS, OrganisationKind, Role
from accounts.errors import Refusal
from accounts.lockouts import unlock_user
from accounts.models import Organisation, RoleAssignment, SecondFactor, SignerRegistration, User
from accounts.organisations import (
    add_alias,
    amend_organisation,
    create_organisation,
    move_organisation,
    rename_organisation,
)
from accounts.second_factor import reset_factor
from accounts.signers import register_signer
from accounts.substitutions import appoint_substitute
from accounts.unit_guards import PATH_LENGTH
from accounts.users import (
    amend_user,
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
    update_contact,
)
from audit import clock
from tests.accounts.administering import TODAY, USCC, Seat, client_of, seat
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import (
    PASSWORD,
    make_assignment,
    make_authority,
    make_organisation,
    make_user,
)

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(days=1)
SYSTEM = Actor.system_actor()


@pytest.fixture
def keeper() -> Seat:
    return seat(Role.SYSTEM_ADMIN)


@pytest.fixture
def person(keeper: Seat) -> User:
    return make_user("王经办", username="wang", organisation=make_organisation("某局"))


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def sign_for_unit(user: User, *, factor: bool = True) -> SignerRegistration:
    if factor:
        SecondFactor.objects.create(user=user, secret="JBSWY3DPEHPK3PXP", confirmed_at=clock.now())
    return SignerRegistration.objects.create(
        user=user,
        organisation=user.organisation,
        authority=user.organisation.authority,
        valid_from=TODAY,
        reason="函",
    )


def amended(user: User, actor: Actor, **facts: object) -> User:
    values = {"name": user.name, "organisation": user.organisation, "email": user.email, "phone": user.phone}
    return amend_user(user=user, actor=actor, **{"reason": "核实", **values, **facts})


def every_act(user: User, actor: Actor) -> dict[str, Callable[[], object]]:
    return {
        "amend": lambda: amended(user, actor, name="新名"),
        "contact": lambda: update_contact(user=user, email="x@example.cn", phone="", actor=actor),
        "password": lambda: reset_password(user=user, password=PASSWORD, reason="x", actor=actor),
        "unlock": lambda: unlock_user(user=user, reason="x", actor=actor),
        "factor": lambda: reset_factor(user=user, reason="x", actor=actor),
        "close": lambda: deactivate_user(user=user, reason="x", actor=actor),
    }


# -- 1: sent twice -----------------------------------------------------------------------------------------------------


def test_closing_an_account_twice_leaves_it_closed(keeper: Seat, person: User) -> None:
    page = keeper.page("person_status", person.public_id)
    assert re.search(r'<input[^>]*name="act"[^>]*value="close"|value="close"[^>]*name="act"', page)
    assert keeper.post("person_status", person.public_id, act="close", reason="离职").status_code == 302
    again = keeper.post("person_status", person.public_id, act="close", reason="离职")
    assert again.status_code == 422 and "该用户已停用" in again.content.decode()
    person.refresh_from_db()
    assert not person.is_active
    assert entries("user.reactivated") == []


def test_closing_a_unit_twice_leaves_it_closed_and_says_so(keeper: Seat) -> None:
    unit = make_organisation("某局")
    assert keeper.post("unit_status", unit.public_id, act="close", reason="撤销").status_code == 302
    again = keeper.post("unit_status", unit.public_id, act="close", reason="撤销")
    assert again.status_code == 422 and "该单位已停用" in again.content.decode()
    unit.refresh_from_db()
    assert not unit.is_active
    amend_organisation(organisation=unit, is_active=True, reason="恢复", actor=SYSTEM)
    act = lambda: amend_organisation(organisation=unit, is_active=True, reason="恢复", actor=SYSTEM)  # noqa: E731
    assert code_of(act) == "already_active"


# -- 2: reach ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held_as", ["role above", "role elsewhere", "signer elsewhere"])
def test_who_holds_something_beyond_is_not_kept_from_below(held_as: str) -> None:
    district = make_organisation("南明区", kind=OrganisationKind.COUNTY)
    local = seat(Role.SYSTEM_ADMIN, district, subtree=True)
    user = make_user("安某", organisation=district)
    if held_as == "role above":
        make_assignment(Role.APPROVER, make_authority(), user=user)
    elif held_as == "role elsewhere":
        make_assignment(Role.APPROVER, make_authority("遵义市", code="zunyi"), user=user)
    else:
        bureau = make_organisation("市财政局")
        SignerRegistration.objects.create(
            user=user, organisation=bureau, authority=bureau.authority, valid_from=TODAY, reason="函"
        )
    for name, act in every_act(user, local.actor).items():
        assert code_of(act) == "beyond_reach", name
    assert local.post("person_password", user.public_id, reason="x").status_code == 403
    page = local.page("person", user.public_id)
    assert page.count("任职授权或者签章人登记") >= 5, "each button says why"
    told = local.page("person_status", user.public_id)
    assert ("任职授权：审批机关" in told) or ("签章人登记：市财政局" in told)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_role_of_another_authority_is_beyond_the_administrator_at_the_top_too(
    keeper: Seat, person: User
) -> None:
    make_assignment(Role.APPROVER, make_authority("遵义市", code="zunyi"), user=person)
    for act in every_act(person, keeper.actor).values():
        assert code_of(act) == "beyond_reach"


def test_what_is_over_keeps_nobody_out(person: User) -> None:
    local = seat(Role.SYSTEM_ADMIN, person.organisation)
    make_assignment(Role.APPROVER, make_authority(), user=person, valid_until=YESTERDAY)
    reset_password(user=person, password=PASSWORD, reason="遗忘", actor=local.actor)
    assert len(entries("user.password_reset")) == 1


# -- 3: nobody acts as two -----------------------------------------------------------------------------------------------


def test_a_registered_signer_keeps_the_factor_until_the_registration_is_ended(
    keeper: Seat, person: User
) -> None:
    row = sign_for_unit(person)
    answer = keeper.post("person_factor", person.public_id, reason="手机遗失")
    assert answer.status_code == 422 and "先由安全管理员终止签章人登记" in answer.content.decode()
    assert "先由安全管理员终止签章人登记" in keeper.page("person", person.public_id), "the button says why"
    assert code_of(lambda: reset_factor(user=person, reason="x", actor=SYSTEM)) == "registered_signer"
    reset_password(
        user=person, password=PASSWORD, reason="遗忘", actor=keeper.actor
    )  # the factor still stands
    SignerRegistration.objects.filter(pk=row.pk).update(voided_at=clock.now())
    reset_factor(user=person, reason="手机遗失", actor=keeper.actor)
    assert SecondFactor.objects.get(user=person).confirmed_at is None


def test_a_signer_without_a_factor_gets_no_new_password(keeper: Seat, person: User) -> None:
    sign_for_unit(person, factor=False)
    assert code_of(every_act(person, keeper.actor)["password"]) == "registered_signer"
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_three_administrators_accounts_are_not_kept_in_the_browser(keeper: Seat, role: Role) -> None:
    other = make_assignment(
        role, make_authority(), user=make_user("吴某", organisation=make_authority())
    ).user
    acts = every_act(other, keeper.actor)
    for name in ("amend", "contact", "password", "unlock", "factor"):
        assert code_of(acts[name]) == "administrators_account", name
    answer = keeper.post("person_password", other.public_id, reason="遗忘")
    assert answer.status_code == 422 and "由平台运维人员在服务器上办理" in answer.content.decode()
    assert keeper.page("person", other.public_id).count("由平台运维人员在服务器上办理") == 4
    other.refresh_from_db()
    assert other.check_password(PASSWORD) and other.name == "吴某"


def test_they_are_kept_on_the_server_and_it_is_recorded(
    keeper: Seat, capsys: pytest.CaptureFixture[str], settings: LazySettings
) -> None:
    authority = make_authority()
    other = make_user("吴某", username="wu", organisation=authority)
    make_assignment(Role.SECURITY_ADMIN, authority, user=other)
    SecondFactor.objects.create(user=other, secret="JBSWY3DPEHPK3PXP", confirmed_at=clock.now())
    call_command("keep_account", "wu", "password", reason="本人书面申请")
    username, password = capsys.readouterr().out.split()
    other.refresh_from_db()
    assert username == "wu" and other.check_password(password) and other.must_change_password
    entry = last("user.password_reset")
    assert (entry.chain.key, entry.actor_id, entry.subject) == ("guiyang", None, str(other.public_id))
    assert data_of("user.password_reset") == {"reason": "本人书面申请"}
    call_command("keep_account", "wu", "factor", reason="手机遗失")
    assert SecondFactor.objects.get(user=other).confirmed_at is None
    bureau = make_organisation("某局")
    call_command(
        "keep_account", "wu", "amend", reason="更名", name="吴新名", unit="某局", phone="13800138000"
    )
    other.refresh_from_db()
    assert (other.name, other.organisation, other.phone) == ("吴新名", bureau, "13800138000")
    with pytest.raises(CommandError, match="not_locked"):
        call_command("keep_account", "wu", "unlock", reason="锁定")
    failures = settings.AXES_FAILURE_LIMIT
    AccessAttempt.objects.create(
        username="wu", ip_address="10.0.0.1", failures_since_start=failures, attempt_time=clock.now()
    )
    call_command("keep_account", "wu", "unlock", reason="锁定")
    assert len(entries("user.unlocked")) == 1
    for arguments in (("nobody", "password"), ("wu", "amend")):
        with pytest.raises(CommandError):
            call_command("keep_account", *arguments, reason="x", unit="没有的单位")


# -- 4: the last one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_the_last_administrator_is_neither_ended_nor_closed(keeper: Seat, role: Role) -> None:
    security = seat(Role.SECURITY_ADMIN).actor
    if role == Role.SECURITY_ADMIN:
        # the one who would end it must not be the one who stays
        RoleAssignment.objects.filter(pk=security.assignment.pk).update(valid_until=dt.date(2026, 12, 31))
    if role == Role.SYSTEM_ADMIN:
        RoleAssignment.objects.filter(pk=keeper.actor.assignment.pk).update(valid_until=dt.date(2026, 12, 31))
    held = make_assignment(role, make_authority(), user=make_user(organisation=make_authority()))
    end = lambda on: end_role(assignment=held, on=on, reason="离任", actor=security)  # noqa: E731
    assert code_of(lambda: end(YESTERDAY)) == "last_administrator"
    assert code_of(lambda: end(dt.date(2026, 6, 30))) == "last_administrator"
    assert code_of(lambda: end(dt.date.max)) == "last_administrator"
    close = lambda: deactivate_user(user=held.user, reason="离任", actor=keeper.actor)  # noqa: E731
    assert code_of(close) == "last_administrator"
    assert f"最后一名长期有效的{role.label}" in keeper.page("person", held.user.public_id), (
        "the button says why"
    )
    closed = make_assignment(role, make_authority(), user=make_user(is_active=False))
    make_assignment(role, make_organisation("南明区"))
    assert code_of(close) == "last_administrator", "an account out of use and a lower unit do not count"
    later = make_assignment(role, make_authority(), valid_from=dt.date(2026, 7, 1))
    assert code_of(lambda: end(dt.date(2026, 6, 29))) == "last_administrator", "a day without"
    assert end_role(assignment=closed, on=YESTERDAY, reason="离任", actor=security), "nobody's last"
    end(dt.date(2026, 6, 30))
    assert (
        code_of(lambda: end_role(assignment=later, on=YESTERDAY, reason="x", actor=security))
        == "last_administrator"
    )


def test_security_administrators_do_not_end_each_other_one_after_the_other() -> None:
    one, other = seat(Role.SECURITY_ADMIN), seat(Role.SECURITY_ADMIN)
    assert (
        one.post("grant_end", other.actor.assignment.public_id, on="2026-03-31", reason="离任").status_code
        == 302
    )
    answer = other.post("grant_end", one.actor.assignment.public_id, on="2026-03-31", reason="离任")
    assert answer.status_code == 422 and "最后一名" in answer.content.decode()


def test_who_has_just_been_ended_or_closed_does_nothing_any_more(keeper: Seat, person: User) -> None:
    security = seat(Role.SECURITY_ADMIN)
    make_assignment(Role.SECURITY_ADMIN, make_authority())
    held = make_assignment(Role.OFFICER, person.organisation, user=person)
    RoleAssignment.objects.filter(pk=security.actor.assignment.pk).update(valid_until=YESTERDAY)
    act = lambda: end_role(assignment=held, on=YESTERDAY, reason="x", actor=security.actor)  # noqa: E731
    assert code_of(act) == "not_permitted"
    User.objects.filter(pk=keeper.actor.user.pk).update(is_active=False)
    for name, door in every_act(person, keeper.actor).items():
        if name != "contact":
            assert code_of(door) == "not_permitted", name
    unit = person.organisation
    rename = lambda: rename_organisation(organisation=unit, name="新", reason="x", actor=keeper.actor)  # noqa: E731
    assert code_of(rename) == "not_permitted"


# -- 5 to 8 --------------------------------------------------------------------------------------------------------------


def test_nobody_gives_what_is_below_without_reaching_it() -> None:
    district = make_organisation("南明区", kind=OrganisationKind.COUNTY)
    local = seat(Role.SECURITY_ADMIN, district)
    user = make_user(username="li", organisation=district)
    sent = {
        "user": "li",
        "role": "officer",
        "organisation": "南明区",
        "valid_from": str(TODAY),
        "reason": "函",
    }
    answer = local.post("grant_new", **sent, subtree="on")
    assert answer.status_code == 422
    assert "您的任职授权不含下级单位" in answer.content.decode().partition('id="field-subtree"')[2]
    assert local.post("grant_new", **sent).status_code == 302
    wide = seat(Role.SECURITY_ADMIN, district, subtree=True)
    assert wide.post("grant_new", **sent, subtree="on").status_code == 302
    assert RoleAssignment.objects.filter(user=user, subtree=True).count() == 1


def test_one_does_not_amend_or_unlock_oneself(keeper: Seat) -> None:
    own = keeper.actor.user
    assert code_of(lambda: amended(own, keeper.actor, name="别名")) == "own_account"
    assert code_of(lambda: unlock_user(user=own, reason="x", actor=keeper.actor)) == "own_account"
    page = keeper.page("person", own.public_id)
    assert "不得更正本人账号信息" in page and "不得解除本人账号的登录锁定" in page


def test_a_number_of_an_older_shape_blocks_nothing_else(keeper: Seat, person: User) -> None:
    unit = person.organisation
    User.objects.filter(pk=person.pk).update(phone="87989000")
    Organisation.objects.filter(pk=unit.pk).update(contact_phone="87989000")
    facts = {"name": "王二", "organisation": "某局", "email": "", "phone": "87989000", "reason": "更名"}
    assert keeper.post("person_edit", person.public_id, **facts).status_code == 302
    facts = {"kind": unit.kind, "short_name": "局", "contact_phone": "87989000", "reason": "核实"}
    assert keeper.post("unit_edit", unit.public_id, **facts).status_code == 302
    facts["contact_phone"] = "87989001"
    answer = keeper.post("unit_edit", unit.public_id, **facts)
    assert answer.status_code == 422
    assert "固定电话请加区号" in answer.content.decode().partition('id="field-contact_phone"')[2]


# -- 10 to 14 ------------------------------------------------------------------------------------------------------------


def test_a_session_of_before_does_not_come_back_with_the_account(keeper: Seat, person: User) -> None:
    own = client_of(actor_for(make_assignment(Role.OFFICER, person.organisation, user=person)))
    assert own.get(reverse("accounts:profile")).status_code == 200
    deactivate_user(user=person, reason="手机遗失", actor=keeper.actor)
    reactivate_user(user=person, reason="已找回", actor=keeper.actor)
    out = own.get(reverse("accounts:profile"))
    assert out.status_code == 302 and reverse("accounts:sign_in") in out["Location"]
    again = Client()
    sent = {"username": "wang", "password": PASSWORD}
    assert again.post(reverse("accounts:sign_in"), sent).status_code == 302
    assert again.get(reverse("accounts:profile")).status_code == 200


def test_what_another_has_changed_meanwhile_is_not_overwritten_unseen(keeper: Seat, person: User) -> None:
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', keeper.page("person_edit", person.public_id))
    assert seen is not None
    update_contact(user=person, email="new@example.cn", phone="13800138000", actor=Actor.as_person(person))
    sent = {
        "name": "王二",
        "organisation": "某局",
        "email": "",
        "phone": "",
        "reason": "更名",
        "seen": seen[1],
    }
    answer = keeper.post("person_edit", person.public_id, **sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "已由他人更改" in page
    assert "现为：new@example.cn" in page and "现为：13800138000" in page
    assert 'value="王二"' in page, "nothing typed is lost"
    person.refresh_from_db()
    assert (person.name, person.email) == ("王经办", "new@example.cn")
    now = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert now is not None and now[1] != seen[1]
    assert keeper.post("person_edit", person.public_id, **sent | {"seen": now[1]}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.email) == ("王二", "")


def test_the_same_for_a_unit(keeper: Seat) -> None:
    unit = make_organisation("某局")
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', keeper.page("unit_edit", unit.public_id))
    assert seen is not None
    amend_organisation(
        organisation=unit, region_code="520100", kind="institution", reason="核实", actor=SYSTEM
    )
    sent = {"kind": "department", "short_name": "局", "reason": "核实", "seen": seen[1]}
    page = keeper.post("unit_edit", unit.public_id, **sent).content.decode()
    assert "现为：520100" in page and "现为：事业单位（机构）" in page
    unit.refresh_from_db()
    assert (unit.region_code, unit.short_name) == ("520100", "")


def test_a_renaming_has_both_short_names_on_the_record() -> None:
    unit = make_organisation("某局", short_name="甲")
    rename_organisation(organisation=unit, name="新局", short_name="乙", reason="改革", actor=SYSTEM)
    data = data_of("organisation.renamed")
    assert (data["short_name_from"], data["short_name_to"]) == ("甲", "乙")
    rename_organisation(organisation=unit, name="再新局", reason="改革", actor=SYSTEM)
    assert "short_name_to" not in data_of("organisation.renamed")


# -- 15 to 19 ------------------------------------------------------------------------------------------------------------


def test_what_changes_nothing_is_refused(keeper: Seat) -> None:
    unit = make_organisation("某局", aliases=("旧称",))
    for name in ("某局", "旧称"):
        assert (
            code_of(lambda name=name: add_alias(organisation=unit, name=name, actor=SYSTEM)) == "alias_exists"
        )
    stay = lambda: move_organisation(organisation=unit, parent=make_authority(), reason="x", actor=SYSTEM)  # noqa: E731
    assert code_of(stay) == "parent_unchanged"
    assert entries("organisation.alias_added") == entries("organisation.moved") == []


def test_an_authority_stays_a_territory(keeper: Seat) -> None:
    authority = make_authority()
    answer = keeper.post("unit_edit", authority.public_id, kind="enterprise", reason="x")
    assert answer.status_code == 422
    assert "主管地区" in answer.content.decode().partition('id="field-kind"')[2]
    amend_organisation(organisation=authority, kind="province", reason="核实", actor=SYSTEM)


def test_nothing_begins_again_where_all_is_closed(keeper: Seat, person: User) -> None:
    unit = person.organisation
    below = make_organisation("某科", parent=unit)
    Organisation.objects.filter(pk__in=[unit.pk, below.pk]).update(is_active=False)
    security = seat(Role.SECURITY_ADMIN).actor
    sign = lambda: register_signer(  # noqa: E731
        user=person, organisation=unit, valid_from=TODAY, reason="函", actor=security
    )
    assert code_of(sign) == "organisation_inactive"
    User.objects.filter(pk=person.pk).update(is_active=False)
    reactivate = lambda: reactivate_user(user=person, reason="x", actor=keeper.actor)  # noqa: E731
    assert code_of(reactivate) == "organisation_inactive"
    reopen = lambda: amend_organisation(organisation=below, is_active=True, reason="x", actor=keeper.actor)  # noqa: E731
    assert code_of(reopen) == "parent_inactive"
    assert "上级单位“某局”已停用" in keeper.page("unit", below.public_id), "the button says why"
    assert "“某局”已停用" in keeper.page("person", person.public_id)


def test_the_security_administrator_signs_and_stands_in_for_nobody_by_own_hand() -> None:
    unit = make_organisation("某局")
    security = seat(Role.SECURITY_ADMIN, user=make_user(username="wu", organisation=unit))
    answer = security.post("signers", user="wu", valid_from=str(TODAY), reason="函")
    assert answer.status_code == 422 and "不得将本人登记为签章人" in answer.content.decode()
    assert not SignerRegistration.objects.exists()
    held = make_assignment(Role.OFFICER, unit)
    appoint = lambda: appoint_substitute(  # noqa: E731
        assignment=held,
        substitute=security.actor.user,
        valid_from=TODAY,
        valid_until=TODAY,
        reason="出差",
        actor=security.actor,
    )
    assert code_of(appoint) == "own_assignment"


def test_the_tree_is_as_deep_as_its_paths_and_no_deeper() -> None:
    lowest = make_authority()
    while len(lowest.path) + 9 <= PATH_LENGTH:
        lowest = make_organisation(parent=lowest)
    beyond = lambda: create_organisation(  # noqa: E731
        name="再下", kind=OrganisationKind.DEPARTMENT, parent=lowest, actor=SYSTEM
    )
    assert code_of(beyond) == "too_deep"
    upper = make_organisation("上局")
    make_organisation("下局", parent=upper)
    above = lowest.parent
    move = lambda: move_organisation(organisation=upper, parent=above, reason="x", actor=SYSTEM)  # noqa: E731
    assert code_of(move) == "too_deep"
    move_organisation(organisation=upper, parent=above.parent, reason="x", actor=SYSTEM)


# -- 20 to 28 ------------------------------------------------------------------------------------------------------------


def test_a_new_unit_beyond_the_own_one_leads_to_the_list() -> None:
    district = make_organisation("南明区", kind=OrganisationKind.COUNTY)
    local = seat(Role.SYSTEM_ADMIN, district)
    answer = local.post("unit_new", name="区局", parent="南明区", kind="department")
    assert answer["Location"] == reverse("accounts:units")
    assert local.client.get(answer["Location"]).status_code == 200


def test_buttons_that_could_only_be_refused_say_why(keeper: Seat) -> None:
    authority, closed = make_authority(), make_organisation("停局")
    Organisation.objects.filter(pk=closed.pk).update(is_active=False)
    assert reverse("accounts:unit_move", args=[authority.public_id]) not in keeper.page(
        "unit", authority.public_id
    )
    page = seat(Role.SECURITY_ADMIN).page("unit", closed.public_id)
    assert "该单位已停用，不能授权" in page and "grants/new/?unit" not in page


def test_contact_data_are_neither_shown_to_nor_found_by_the_security_administrator(
    keeper: Seat, person: User
) -> None:
    User.objects.filter(pk=person.pk).update(email="secret@example.cn")
    unit = person.organisation
    Organisation.objects.filter(pk=unit.pk).update(contact_name="联络甲")
    security = seat(Role.SECURITY_ADMIN)
    assert "王经办" in keeper.page("people", q="secret@") and "王经办" not in security.page(
        "people", q="secret@"
    )
    assert "联络甲" in keeper.page("unit", unit.public_id) and "联络甲" not in security.page(
        "unit", unit.public_id
    )


def test_an_alias_of_another_unit_is_refused_beside_the_aliases(keeper: Seat) -> None:
    make_organisation("乙局")
    answer = keeper.post("unit_new", name="丙局", parent="贵阳市", kind="department", aliases="乙局")
    assert list(answer.context["form"].errors) == ["aliases"]


@pytest.mark.parametrize("name", ["王\n二", "王\u202e二", "王\u200b二"])
def test_names_have_no_characters_that_are_not_seen(name: str) -> None:
    unit = make_organisation("某局")
    with pytest.raises(Refusal) as refused:
        create_user(username="x", name=name, password=PASSWORD, organisation=unit, actor=SYSTEM)
    assert list(refused.value.fields) == ["name"]
    assert code_of(lambda: add_alias(organisation=unit, name=name, actor=SYSTEM)) == "invalid"


def test_user_names_and_codes_are_unique_over_all_authorities() -> None:
    other = make_organisation("遵义局", parent=make_authority("遵义市", code="zunyi"), uscc=USCC)
    make_user(username="wang", organisation=other)
    unit = make_organisation("某局")
    new = lambda: create_user(  # noqa: E731
        username="WANG", name="王", password=PASSWORD, organisation=unit, actor=SYSTEM
    )
    assert code_of(new) == "username_taken"
    with pytest.raises(Refusal) as refused:
        amend_organisation(organisation=unit, uscc=USCC, reason="核实", actor=SYSTEM)
    assert list(refused.value.fields) == ["uscc"]
