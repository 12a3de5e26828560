"""账号: opened, kept, closed and let in again by the system administrator alone."""

from __future__ import annotations

import re
import uuid

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts import neighbours
from accounts.actors import Actor, actor_for
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.first_passwords import new_first_password
from accounts.lockouts import locked_until, unlock_user
from accounts.models import SecondFactor, User
from accounts.second_factor import reset_factor
from accounts.signers import register_signer
from accounts.users import amend_user, create_user, reset_password
from audit import clock
from audit.models import Entry
from tests.accounts.administering import TODAY, Seat, client_of, elsewhere, seat
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import (
    PASSWORD,
    make_actor,
    make_assignment,
    make_authority,
    make_organisation,
    make_substitution,
    make_user,
)

pytestmark = pytest.mark.django_db

NEW = {
    "username": "chenxin",
    "name": "陈新",
    "organisation": "市大数据局",
    "email": "chen@example.cn",
    "phone": "0851-87989000-8012",
}
ACTS = ("person_edit", "person_status", "person_password", "person_unlock", "person_factor")


@pytest.fixture
def keeper() -> Seat:
    make_organisation("市大数据局")
    return seat(Role.SYSTEM_ADMIN)


@pytest.fixture
def person(keeper: Seat) -> User:
    return make_user("王经办", username="wang", organisation=make_organisation("某局"))


def shown_password(page: str) -> str:
    found = re.search(r'class="ad-password">([^<]+)<', page)
    assert found is not None
    return found[1]


def test_an_account_is_opened_with_a_first_password_shown_once(keeper: Seat) -> None:
    answer = keeper.post("person_new", **NEW)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    password = shown_password(answer.content.decode())
    user = User.objects.get(username="chenxin")
    assert user.check_password(password) and user.must_change_password
    assert (user.name, user.email, user.phone) == ("陈新", "chen@example.cn", "0851-87989000-8012")
    entry = last("user.created")
    assert (entry.subject, entry.actor_id) == (str(user.public_id), keeper.actor.user.pk)
    assert not Entry.objects.filter(body__contains=password).exists()
    assert password not in keeper.page("person", user.public_id)
    own = Client()
    sent = {"username": "chenxin", "password": password}
    assert own.post(reverse("accounts:sign_in"), sent).status_code == 302
    assert own.get(reverse("accounts:profile"))["Location"] == reverse("accounts:password_change")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("email", "a@b", "电子邮箱格式不正确"),
        ("phone", "123", "固定电话请加区号"),
        ("username", "WANG", "该用户名已被使用"),
        ("username", "陈 新", "用户名只能使用"),
        ("name", "", "请填写此项"),
        ("organisation", "没有的单位", "管理范围内没有该单位"),
        ("organisation", "旧局", "“旧局”已停用"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(
    keeper: Seat, person: User, field: str, typed: str, said: str
) -> None:
    closed = make_organisation("旧局")
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    before = User.objects.count()
    answer = keeper.post("person_new", **NEW | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page.partition(f'id="field-{field}"')[2].partition('class="lc-field')[0]
    for name, value in NEW.items():
        assert (typed if name == field else value) in page
    assert User.objects.count() == before
    assert entries("user.created") == []


def test_first_passwords_pass_the_rules_and_are_not_misread() -> None:
    made = {new_first_password() for _number in range(50)}
    assert len(made) == 50
    for password in made:
        assert re.fullmatch(r"([2-9a-hjkmnp-zA-HJ-NP-Z]{4}-){3}[2-9a-hjkmnp-zA-HJ-NP-Z]{4}", password)
    user = create_user(
        username="x1",
        name="某",
        password=made.pop(),
        organisation=make_authority(),
        actor=Actor.system_actor(),
    )
    assert user.pk


def test_an_account_is_amended_and_the_record_holds_no_contact_data(keeper: Seat, person: User) -> None:
    sent = {
        "name": "王新名",
        "organisation": "市大数据局",
        "email": "wang@example.cn",
        "phone": "13800138000",
        "reason": "调动",
    }
    assert keeper.post("person_edit", person.public_id, **sent).status_code == 302
    before, person = person.organisation, User.objects.get(pk=person.pk)
    assert (person.name, person.organisation.name, person.phone) == ("王新名", "市大数据局", "13800138000")
    data = data_of("user.amended")
    assert data["changed"] == ["email", "name", "organisation", "phone"]
    assert (data["from"], data["to"]) == (str(before.public_id), str(person.organisation.public_id))
    body = last("user.amended").body
    assert "13800138000" not in body and "wang@example.cn" not in body
    assert (data["name_from"], data["name_to"]) == ("王经办", "王新名")
    assert keeper.post("person_edit", person.public_id, **sent).status_code == 302
    assert len(entries("user.amended")) == 1, "nothing changed, nothing recorded"
    bad = keeper.post("person_edit", person.public_id, **sent | {"email": "a@b", "phone": "123"})
    assert bad.status_code == 422
    assert "电子邮箱格式不正确" in bad.content.decode() and "固定电话请加区号" in bad.content.decode()


def test_a_registered_signer_stays_with_the_unit(keeper: Seat, person: User) -> None:
    security = make_actor(Role.SECURITY_ADMIN, make_authority())
    register_signer(
        user=person, organisation=person.organisation, valid_from=TODAY, reason="函", actor=security
    )
    sent = {"name": "王经办", "organisation": "市大数据局", "reason": "调动"}
    answer = keeper.post("person_edit", person.public_id, **sent)
    assert answer.status_code == 422
    assert "请先由安全管理员终止签章人登记" in answer.content.decode()


def test_closing_tells_what_is_still_held_and_puts_the_person_out(
    keeper: Seat, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours.KNOWN, "person_holds", {"x": lambda user: ["指派给本人的待办事项3项"]})
    held = make_assignment(Role.OFFICER, person.organisation, user=person)
    absent = make_assignment(Role.CHIEF, person.organisation, user=make_user("李审核"))
    make_substitution(absent, person)
    own = client_of(actor_for(held))
    assert own.get(reverse("accounts:profile")).status_code == 200
    page = keeper.page("person_status", person.public_id)
    for told in ("任职授权：经办人（某局）", "代李审核办理", "指派给本人的待办事项3项"):
        assert told in page
    assert keeper.post("person_status", person.public_id, act="close", reason="").status_code == 422
    assert keeper.post("person_status", person.public_id, act="close", reason="离职").status_code == 302
    assert data_of("user.deactivated") == {"reason": "离职"}
    out = own.get(reverse("accounts:profile"))
    assert out.status_code == 302 and reverse("accounts:sign_in") in out["Location"], (
        "out at the next request"
    )
    assert keeper.post("person_status", person.public_id, act="reopen", reason="返岗").status_code == 302
    person.refresh_from_db()
    assert person.is_active
    assert data_of("user.reactivated") == {"reason": "返岗"}


def test_a_reset_password_ends_the_sessions_and_must_be_changed(keeper: Seat, person: User) -> None:
    own = client_of(Actor.as_person(person))
    assert own.get(reverse("accounts:profile")).status_code == 200
    assert keeper.post("person_password", person.public_id, reason=" ").status_code == 422
    answer = keeper.post("person_password", person.public_id, reason="遗忘")
    password = shown_password(answer.content.decode())
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    person.refresh_from_db()
    assert person.check_password(password) and person.must_change_password
    assert own.get(reverse("accounts:profile")).status_code == 302, "out at the next request"
    assert data_of("user.password_reset") == {"reason": "遗忘"}


def test_a_locked_account_is_shown_found_and_let_in_again(
    keeper: Seat, person: User, settings: LazySettings
) -> None:
    clock.set_clock(None)
    settings.AXES_ENABLED = True
    guess = Client()
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        guess.post(reverse("accounts:sign_in"), {"username": "wang", "password": "Cuowu-mima-2026"})
    assert locked_until(person) is not None
    assert "王经办" in keeper.page("people", status="locked")
    assert "登录锁定至" in keeper.page("person", person.public_id)
    assert keeper.post("person_unlock", person.public_id, reason="").status_code == 422
    assert keeper.post("person_unlock", person.public_id, reason="本人到场核实").status_code == 302
    assert data_of("user.unlocked") == {"reason": "本人到场核实"}
    assert locked_until(person) is None
    right = {"username": "wang", "password": PASSWORD}
    assert guess.post(reverse("accounts:sign_in"), right).status_code == 302
    again = keeper.post("person_unlock", person.public_id, reason="再次")
    assert again.status_code == 422
    assert "未被锁定" in again.content.decode()
    assert len(entries("user.unlocked")) == 1


def test_fewer_wrong_passwords_do_not_show_as_locked(
    keeper: Seat, person: User, settings: LazySettings
) -> None:
    clock.set_clock(None)
    settings.AXES_ENABLED = True
    for _attempt in range(settings.AXES_FAILURE_LIMIT - 1):
        Client().post(reverse("accounts:sign_in"), {"username": "wang", "password": "Cuowu-mima-2026"})
    assert locked_until(person) is None
    assert "王经办" not in keeper.page("people", status="locked").partition("<main")[2]


def test_the_second_factor_is_taken_off(keeper: Seat, person: User) -> None:
    assert "未启用动态口令" in keeper.page("person", person.public_id), "the button says why"
    assert keeper.post("person_factor", person.public_id, reason="遗失").status_code == 422
    SecondFactor.objects.create(user=person, secret="JBSWY3DPEHPK3PXP", confirmed_at=clock.now())
    assert keeper.post("person_factor", person.public_id, reason="手机遗失").status_code == 302
    assert SecondFactor.objects.get(user=person).confirmed_at is None
    assert data_of("second_factor.reset") == {"reason": "手机遗失"}


def test_nobody_does_it_to_themselves(keeper: Seat) -> None:
    own = keeper.actor.user
    SecondFactor.objects.create(user=own, secret="JBSWY3DPEHPK3PXP", confirmed_at=clock.now())
    page = keeper.page("person", own.public_id)
    for why in ("不得停用本人账号", "本人密码请在个人中心修改", "不得停用本人的动态口令"):
        assert why in page
    for act in ("person_status", "person_password", "person_factor"):
        assert keeper.post(act, own.public_id, act="close", reason="x").status_code == 422
    for door in (
        lambda: reset_password(user=own, password=PASSWORD, reason="x", actor=keeper.actor),
        lambda: reset_factor(user=own, reason="x", actor=keeper.actor),
    ):
        with pytest.raises(Refusal) as refused:
            door()
        assert refused.value.code == "own_account"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_others_keep_no_accounts(role: Role, person: User) -> None:
    other = seat(role)
    looks = role == Role.SECURITY_ADMIN
    assert other.get("people").status_code == (200 if looks else 403)
    assert other.get("person", person.public_id).status_code == (200 if looks else 403)
    assert other.post("person_new", **NEW).status_code == 403
    for act in ACTS:
        assert other.get(act, person.public_id).status_code == 403
        assert other.post(act, person.public_id, reason="x").status_code == 403
    for door in (
        lambda: unlock_user(user=person, reason="x", actor=other.actor),
        lambda: amend_user(
            user=person,
            name="x",
            organisation=person.organisation,
            email="",
            phone="",
            reason="x",
            actor=other.actor,
        ),
    ):
        with pytest.raises(Refusal) as refused:
            door()
        assert refused.value.code == "not_permitted"
    person.refresh_from_db()
    assert person.is_active and person.name == "王经办"


def test_the_security_administrator_sees_no_contact_data(person: User) -> None:
    User.objects.filter(pk=person.pk).update(email="wang@example.cn")
    security = seat(Role.SECURITY_ADMIN)
    page = security.page("person", person.public_id)
    assert "wang@example.cn" not in page
    assert reverse("accounts:person_status", args=[person.public_id]) not in page
    assert "授予角色" in page


def test_another_authoritys_people_are_not_there(person: User) -> None:
    stranger = elsewhere(Role.SYSTEM_ADMIN)
    assert "王经办" not in stranger.page("people")
    assert stranger.get("person", person.public_id).status_code == 404
    assert stranger.get("people", unit=person.organisation.public_id).status_code == 404
    assert stranger.get("person", uuid.uuid4()).status_code == 404
    for act in ACTS:
        assert stranger.get(act, person.public_id).status_code == 404
        assert stranger.post(act, person.public_id, reason="x").status_code == 404
    answer = stranger.post("person_new", **NEW)
    assert answer.status_code == 422
    assert "管理范围内没有该单位" in answer.content.decode()


def test_nobody_is_moved_into_another_authority(keeper: Seat, person: User) -> None:
    foreign = make_organisation("遵义某局", parent=make_authority("遵义市", code="zunyi"))
    with pytest.raises(Refusal) as refused:
        amend_user(
            user=person,
            name="王",
            organisation=foreign,
            email="",
            phone="",
            reason="x",
            actor=keeper.actor,
        )
    assert refused.value.code == "not_permitted"


def test_a_forged_form_is_refused(keeper: Seat, person: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(keeper.actor.user, backend="django.contrib.auth.backends.ModelBackend")
    for name, args in (("person_new", []), *((act, [person.public_id]) for act in ACTS)):
        answer = strict.post(reverse(f"accounts:{name}", args=args), NEW | {"reason": "x"})
        assert answer.status_code == 403, name
    person.refresh_from_db()
    assert person.is_active


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "王经"}, {"王经办"}),
        ({"q": "lisi"}, {"李四"}),
        ({"q": "li@example"}, {"李四"}),
        ({"q": "财政"}, {"李四"}),
        ({"status": "closed"}, {"赵六"}),
        ({"status": "first"}, {"李四"}),
        ({"status": "active", "q": "某局"}, {"王经办"}),
        ({"status": "nonsense", "q": "赵六"}, {"赵六"}),
    ],
)
def test_people_are_found(keeper: Seat, person: User, query: dict[str, str], found: set[str]) -> None:
    finance = make_organisation("市财政局")
    make_user("李四", username="lisi", email="li@example.cn", organisation=finance, must_change_password=True)
    make_user("赵六", username="zhao", organisation=person.organisation, is_active=False)
    page = keeper.page("people", **query).partition("<tbody")[2]
    assert {name for name in ("王经办", "李四", "赵六") if f">{name}</a>" in page} == found


def test_the_list_takes_the_same_queries_for_many_and_its_order_is_stable(keeper: Seat, person: User) -> None:
    make_assignment(Role.OFFICER, person.organisation, user=person)
    few = keeper.queries("people")
    for _number in range(60):
        user = make_user("同名", organisation=person.organisation)
        make_assignment(Role.EXPERT, make_organisation(), user=user)
    assert keeper.queries("people") == few == 9, "count, rows, their roles, their lockouts; five of the frame"
    names = [re.findall(r'class="ad-name">([^<]+)<', keeper.page("people", page=page)) for page in (1, 2)]
    assert (
        len(names[0]) == 50
        and len({*names[0], *names[1]}) == User.objects.filter(organisation__isnull=False).count()
    )
