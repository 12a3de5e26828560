"""任职授权: granted and ended by the security administrator, never to themselves, never against separation."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import neighbours
from accounts.actors import actor_for
from accounts.assignments import end_role, grant_role
from accounts.enums import ADMINISTRATORS, Role
from accounts.errors import Refusal
from accounts.models import RoleAssignment, User
from tests.accounts.administering import TODAY, Seat, client_of, elsewhere, seat
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import make_assignment, make_authority, make_organisation, make_user

pytestmark = pytest.mark.django_db

GRANT = {
    "user": "wang",
    "role": "officer",
    "organisation": "某局",
    "programme_code": "gy-base",
    "valid_from": "2026-03-02",
    "valid_until": "2026-12-31",
    "reason": "筑府任〔2026〕3号",
}


@pytest.fixture(autouse=True)
def _programmes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours.KNOWN, "programmes", lambda authority: [("gy-base", "示范基地")])


@pytest.fixture
def keeper() -> Seat:
    return seat(Role.SECURITY_ADMIN)


@pytest.fixture
def person(keeper: Seat) -> User:
    return make_user("王经办", username="wang", organisation=make_organisation("某局"))


def test_a_role_is_granted_with_its_programme_and_term_and_recorded(keeper: Seat, person: User) -> None:
    page = keeper.page("grant_new", person=person.public_id)
    assert 'value="wang"' in page and "示范基地（gy-base）" in page
    assert keeper.post("grant_new", **GRANT).status_code == 302
    row = RoleAssignment.objects.get(user=person)
    assert (row.role, row.programme_code, row.subtree) == ("officer", "gy-base", False)
    assert (row.valid_from, row.valid_until) == (TODAY, dt.date(2026, 12, 31))
    assert row.granted_by == keeper.actor.user
    entry = last("role.granted")
    assert (entry.actor_id, entry.role, entry.subject) == (
        keeper.actor.user.pk,
        "security_admin",
        str(row.public_id),
    )
    page = keeper.page("grants", q="wang")
    assert "示范基地" in page and "2026-03-02至2026-12-31" in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("user", "nobody", "管理范围内没有该用户"),
        ("user", "closed", "该用户已停用"),
        ("role", "", "请选择角色"),
        ("role", "system_admin", "不区分事项"),
        ("organisation", "没有", "管理范围内没有该单位"),
        ("organisation", "旧局", "该单位已停用"),
        ("programme_code", "unknown", "没有这个选项"),
        ("valid_from", "2026-03-01", "不得早于今日"),
        ("valid_from", "31.12.", "日期无效"),
        ("valid_until", "2026-03-01", "截止日期不得早于起始日期"),
        ("reason", " ", "请填写此项"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(
    keeper: Seat, person: User, field: str, typed: str, said: str
) -> None:
    make_user(username="closed", organisation=person.organisation, is_active=False)
    closed = make_organisation("旧局")
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    sent = GRANT | {field: typed}
    answer = keeper.post("grant_new", **sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    where = "programme_code" if typed == "system_admin" else field
    beside = page.partition(f'id="field-{where}"')[2].partition('class="lc-field')[0]
    assert said in beside
    for name in ("user", "organisation", "reason", "valid_from", "valid_until"):
        assert f'value="{sent[name].strip() or " "}"' in page, name
    if field not in ("role", "programme_code"):
        assert '<option value="officer" selected>' in page
        assert '<option value="gy-base" selected>' in page
    assert not RoleAssignment.objects.filter(user=person).exists()
    assert entries("role.granted") == []


def test_two_people_of_one_name_are_told_apart(keeper: Seat, person: User) -> None:
    make_user("王经办", username="wang2", organisation=make_organisation("另一局"))
    page = keeper.post("grant_new", **GRANT | {"user": "王经办"}).content.decode()
    assert "有多人同名，请填写用户名" in page
    assert "wang2（另一局）" in page


def test_nobody_grants_to_themselves_nor_ends_their_own(keeper: Seat, person: User) -> None:
    own = keeper.actor.user
    answer = keeper.post("grant_new", **GRANT | {"user": own.username})
    assert answer.status_code == 422
    assert "不得为本人授权" in answer.content.decode()
    mine = keeper.actor.assignment
    assert "本人的授权由其他安全管理员终止" in keeper.page("grants", q=own.username)
    page = keeper.page("grant_end", mine.public_id).partition('class="lc-actions"')[2]
    assert 'aria-disabled="true"' in page and "本人的授权由其他安全管理员终止" in page
    answer = keeper.post("grant_end", mine.public_id, on="", reason="离任")
    assert answer.status_code == 422
    assert "不得终止本人的任职授权" in answer.content.decode()
    with pytest.raises(Refusal) as refused:
        end_role(assignment=mine, on=TODAY, reason="离任", actor=keeper.actor)
    assert refused.value.code == "own_assignment"


@pytest.mark.parametrize("held", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("wanted", sorted(set(Role) - ADMINISTRATORS))
def test_administrators_hold_no_other_role_in_either_order(
    keeper: Seat, person: User, held: Role, wanted: Role
) -> None:
    for first, second in ((held, wanted), (wanted, held)):
        user = make_user(organisation=person.organisation)
        make_assignment(first, person.organisation, user=user)
        sent = {"user": user, "organisation": person.organisation, "valid_from": TODAY, "reason": "x"}
        with pytest.raises(Refusal) as refused:
            grant_role(role=second, actor=keeper.actor, **sent)
        assert refused.value.code == "separation_of_duties"
        assert list(refused.value.fields) == ["role"]


def test_separation_is_refused_with_the_reason(keeper: Seat, person: User) -> None:
    make_assignment(Role.SYSTEM_ADMIN, person.organisation, user=person)
    answer = keeper.post("grant_new", **GRANT)
    assert answer.status_code == 422
    said = "系统、安全、审计管理员不得兼任其他角色，王经办已任系统管理员，不能再任经办人。"
    assert said in answer.content.decode()
    answer = keeper.post("grant_new", **GRANT | {"role": "audit_admin", "programme_code": ""})
    assert "须由不同人员担任" in answer.content.decode()


def test_the_same_right_twice_is_refused(keeper: Seat, person: User) -> None:
    assert keeper.post("grant_new", **GRANT).status_code == 302
    answer = keeper.post("grant_new", **GRANT)
    assert answer.status_code == 422
    assert "已有相同的任职授权" in answer.content.decode()


def test_an_ended_assignment_is_gone_at_the_next_request(keeper: Seat, person: User) -> None:
    make_assignment(Role.SYSTEM_ADMIN, make_authority())  # the city is not without one
    row = make_assignment(Role.SYSTEM_ADMIN, make_authority(), user=person)
    own = client_of(actor_for(row))
    assert own.get(reverse("accounts:people")).status_code == 200
    page = keeper.page("grant_end", row.public_id)
    assert "王经办（wang）" in page
    assert keeper.post("grant_end", row.public_id, on="", reason="").status_code == 422
    assert keeper.post("grant_end", row.public_id, on="", reason="调离").status_code == 302
    row.refresh_from_db()
    assert (row.valid_until, row.void_reason) == (TODAY - dt.timedelta(days=1), "调离")
    assert data_of("role.ended")["reason"] == "调离"
    assert own.get(reverse("accounts:people")).status_code == 403
    assert "调离" in keeper.page("grants", term="over")
    again = keeper.post("grant_end", row.public_id, on="", reason="调离")
    assert again.status_code == 422


def test_an_end_is_set_for_a_day_to_come_and_never_moved_back(keeper: Seat, person: User) -> None:
    row = make_assignment(Role.OFFICER, person.organisation, user=person, valid_until=dt.date(2026, 6, 30))
    for on, said in (
        ("2026-06-30", "应早于原截止日期2026-06-30"),
        ("2026-02-01", "不得早于昨日"),
        ("soon", "日期无效"),
    ):
        answer = keeper.post("grant_end", row.public_id, on=on, reason="调离")
        page = answer.content.decode()
        assert answer.status_code == 422
        assert said in page.partition('id="field-on"')[2]
        assert 'value="调离"' in page
    assert keeper.post("grant_end", row.public_id, on="2026-03-31", reason="调离").status_code == 302
    row.refresh_from_db()
    assert row.valid_until == dt.date(2026, 3, 31)


def test_what_has_not_begun_is_voided(keeper: Seat, person: User) -> None:
    row = make_assignment(Role.OFFICER, person.organisation, user=person, valid_from=dt.date(2026, 5, 1))
    assert "待生效" in keeper.page("grants", term="later")
    assert keeper.post("grant_end", row.public_id, on="", reason="撤回").status_code == 302
    assert entries("role.voided")
    assert keeper.get("grant_end", row.public_id).status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_others_neither_see_nor_grant_nor_end(role: Role, person: User) -> None:
    other = seat(role)
    row = make_assignment(Role.OFFICER, person.organisation, user=person)
    assert other.get("grants").status_code == 403
    assert other.post("grant_new", **GRANT).status_code == 403
    assert other.post("grant_end", row.public_id, on="", reason="x").status_code == 403
    row.refresh_from_db()
    assert row.valid_until is None
    assert entries("role.granted") == []


def test_another_authoritys_assignments_are_not_there(keeper: Seat, person: User) -> None:
    row = make_assignment(Role.OFFICER, person.organisation, user=person)
    stranger = elsewhere(Role.SECURITY_ADMIN)
    assert "王经办" not in stranger.page("grants")
    assert stranger.get("grant_end", row.public_id).status_code == 404
    assert stranger.post("grant_end", row.public_id, on="", reason="x").status_code == 404
    for query in ({"person": person.public_id}, {"unit": person.organisation.public_id}, {"person": "x"}):
        assert stranger.get("grants", **query).status_code == 404
        assert stranger.get("grant_new", **query).status_code == 404
    page = stranger.post("grant_new", **GRANT).content.decode()
    assert "管理范围内没有该用户" in page and "管理范围内没有该单位" in page


def test_a_forged_form_is_refused(keeper: Seat, person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(keeper.actor.user, backend="django.contrib.auth.backends.ModelBackend")
    row = make_assignment(Role.OFFICER, person.organisation, user=person)
    assert strict.post(reverse("accounts:grant_new"), GRANT).status_code == 403
    assert (
        strict.post(reverse("accounts:grant_end", args=[row.public_id]), {"reason": "x"}).status_code == 403
    )
    assert RoleAssignment.objects.filter(user=person).count() == 1


def test_they_are_found_by_person_unit_role_and_term(keeper: Seat, person: User) -> None:
    other = make_organisation("另一局")
    ada = make_user("甲", username="ada", organisation=other)
    make_assignment(Role.OFFICER, person.organisation, user=person, valid_until=TODAY + dt.timedelta(days=30))
    make_assignment(Role.CHIEF, other, user=ada, valid_until=TODAY + dt.timedelta(days=31))
    make_assignment(Role.EXPERT, other, user=ada, valid_until=TODAY - dt.timedelta(days=1))

    def found(**query: object) -> list[str]:
        rows = keeper.page("grants", **query).partition("<tbody")[2]
        return re.findall(r"<td>(经办人|审核人|专家)</td>", rows)

    assert sorted(found()) == ["审核人", "经办人"]
    assert found(term="soon") == ["经办人"]
    assert found(term="over") == ["专家"]
    assert found(person=ada.public_id) == ["审核人"]
    assert sorted(found(person=ada.public_id, term="all")) == ["专家", "审核人"]
    assert found(unit=person.organisation.public_id) == ["经办人"]
    assert found(role="chief") == ["审核人"]
    assert found(q="某局") == ["经办人"]
    assert "1 项授权将于30日内到期" in keeper.page("grants")


def test_the_list_takes_the_same_queries_for_many_and_its_order_is_stable(keeper: Seat, person: User) -> None:
    make_assignment(Role.OFFICER, person.organisation, user=person, programme_code="gy-base")
    few = keeper.queries("grants")
    for _number in range(60):
        make_assignment(Role.OFFICER, person.organisation, user=make_user(organisation=person.organisation))
    assert keeper.queries("grants") == few == 8, "count, rows, about to end; five of the frame"
    shown = [re.findall(r'ad-sub ad-name">([^<]+)<', keeper.page("grants", page=page)) for page in (1, 2)]
    assert len(shown[0]) == 50
    assert len({*shown[0], *shown[1]}) == 62
