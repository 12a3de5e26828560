"""机构目录: who may look and who may keep, what is said beside the field, how many queries a list takes."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts import neighbours
from accounts.enums import OrganisationKind, Role
from accounts.errors import Refusal
from accounts.models import Organisation
from accounts.organisations import find_organisation, move_organisation
from tests.accounts.administering import USCC, Seat, elsewhere, seat
from tests.accounts.records import data_of, entries, last
from tests.factories.accounts import make_assignment, make_authority, make_organisation, make_user

pytestmark = pytest.mark.django_db

TAKEN = "91440300710931012W"
NEW = {
    "name": "市大数据局",
    "parent": "贵阳市",
    "kind": "department",
    "short_name": "大数据局",
    "region_code": "520100",
    "uscc": USCC,
    "contact_name": "张三",
    "contact_phone": "0851-87989000",
    "aliases": "贵阳市大数据发展管理局\n\n数据办",
}
ACTS = ("unit_edit", "unit_rename", "unit_move", "unit_alias", "unit_status")


@pytest.fixture
def keeper() -> Seat:
    return seat(Role.SYSTEM_ADMIN)


def test_a_unit_is_created_with_everything_and_recorded(keeper: Seat) -> None:
    answer = keeper.post("unit_new", **NEW)
    unit = Organisation.objects.get(name="市大数据局")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("accounts:unit", args=[unit.public_id])
    assert unit.parent == make_authority()
    assert (unit.uscc, unit.region_code, unit.contact_phone) == (USCC, "520100", "0851-87989000")
    assert find_organisation(authority=make_authority(), name="数据办") == unit
    entry = last("organisation.created")
    assert (entry.actor_id, entry.role) == (keeper.actor.user.pk, "system_admin")
    page = keeper.page("unit", unit.public_id)
    assert "贵阳市大数据发展管理局" in page and USCC in page


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("uscc", "91310000775785552M", "校验码不正确"),
        ("uscc", "9131", "应为18位"),
        ("uscc", TAKEN, "已登记在其他单位名下"),
        ("region_code", "52", "6位数字"),
        ("contact_phone", "123", "固定电话请加区号"),
        ("parent", "没有的单位", "管理范围内没有该单位"),
        ("kind", "", "请选择单位类别"),
        ("name", "", "请填写此项"),
        ("name", "占用局", "已是其他单位的名称或者别名"),
        ("aliases", "长" * 121, "每个别名不得超过120字"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_lost(
    keeper: Seat, field: str, typed: str, said: str
) -> None:
    make_organisation("占用局", uscc=TAKEN)
    before = Organisation.objects.count()
    answer = keeper.post("unit_new", **NEW | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    beside = page.partition(f'id="field-{field}"')[2].partition('class="lc-field')[0]
    assert said in beside
    for name, value in NEW.items():
        kept = typed if name == field else value
        assert all(line in page for line in kept.split("\n")), name
    assert Organisation.objects.count() == before
    assert not entries("organisation.created")[3:]


def test_a_name_that_fits_several_units_names_them(keeper: Seat) -> None:
    for name in ("大数据一局", "大数据二局"):
        make_organisation(name)
    page = keeper.post("unit_new", **NEW | {"parent": "大数据"}).content.decode()
    assert "有多个单位与此相符，请填写全称：大数据一局、大数据二局。" in page


def test_the_form_begins_under_the_unit_it_was_opened_from(keeper: Seat) -> None:
    unit = make_organisation("市财政局")
    assert 'value="市财政局"' in keeper.page("unit_new", parent=unit.public_id)
    assert keeper.get("unit_new", parent=uuid.uuid4()).status_code == 404
    assert keeper.get("unit_new", parent="nonsense").status_code == 404


def test_amending_renaming_moving_and_aliases_are_recorded(keeper: Seat) -> None:
    unit, above = make_organisation("某局"), make_organisation("某委")
    facts = {"kind": "institution", "region_code": "520100", "reason": "核实"}
    assert keeper.post("unit_edit", unit.public_id, **facts).status_code == 302
    assert data_of("organisation.amended")["changed"] == ["kind", "region_code"]
    sent = {"name": "新局", "short_name": "", "reason": "筑府发〔2026〕1号"}
    assert keeper.post("unit_rename", unit.public_id, **sent).status_code == 302
    assert data_of("organisation.renamed")["to"] == "新局"
    assert keeper.post("unit_alias", unit.public_id, name="旧称").status_code == 302
    assert data_of("organisation.alias_added") == {"alias": "旧称"}
    sent = {"parent": "某委", "reason": "机构改革"}
    assert keeper.post("unit_move", unit.public_id, **sent).status_code == 302
    unit.refresh_from_db()
    assert unit.parent == above
    page = keeper.page("unit", unit.public_id)
    assert "某局" in page and "旧称" in page, "the former name stays as an alias"
    assert "新局" in keeper.page("units", q="某局")


@pytest.mark.parametrize(
    ("act", "sent", "said"),
    [
        ("unit_edit", {"kind": "department", "uscc": "1", "reason": "核实"}, "应为18位"),
        ("unit_edit", {"kind": "department", "reason": " "}, "请填写此项"),
        ("unit_rename", {"name": "某局", "reason": "更名"}, "新名称与现名称相同"),
        ("unit_rename", {"name": "占用局", "reason": "更名"}, "已是其他单位的名称"),
        ("unit_move", {"parent": "某局", "reason": "改革"}, "不得隶属于其自身"),
        ("unit_alias", {"name": "占用局"}, "已是其他单位的名称"),
        ("unit_status", {"act": "close", "reason": ""}, "请填写此项"),
        ("unit_status", {"reason": "撤销"}, "请重新打开本页后办理"),
        ("unit_alias", {"name": "某局"}, "已是本单位的名称或者别名"),
        ("unit_move", {"parent": "贵阳市", "reason": "改革"}, "现已隶属于此上级单位"),
        ("unit_rename", {"name": "某\u202e局", "reason": "更名"}, "不可见的控制字符"),
    ],
)
def test_each_act_says_what_is_wrong(keeper: Seat, act: str, sent: dict[str, str], said: str) -> None:
    unit = make_organisation("某局")
    make_organisation("占用局")
    answer = keeper.post(act, unit.public_id, **sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_closing_a_unit_tells_what_is_open_there_and_is_undone(
    keeper: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours.KNOWN, "unit_holds", {"x": lambda unit: [f"{unit.name}的待办事项2项"]})
    unit = make_organisation("某局")
    make_organisation("某中心", parent=unit)
    make_assignment(Role.OFFICER, unit)
    page = keeper.page("unit_status", unit.public_id)
    for told in ("在用的下级机构1个", "在用账号1个", "任职授权1项", "某局的待办事项2项"):
        assert told in page
    assert keeper.post("unit_status", unit.public_id, act="close", reason="撤销").status_code == 302
    unit.refresh_from_db()
    assert not unit.is_active
    assert data_of("organisation.amended")["to"] == {"is_active": False}
    answer = keeper.post("unit_new", **NEW | {"parent": "某局"})
    assert answer.status_code == 422
    assert "上级单位“某局”已停用" in answer.content.decode()
    assert "恢复使用" in keeper.page("unit_status", unit.public_id)
    assert keeper.post("unit_status", unit.public_id, act="reopen", reason="恢复").status_code == 302
    unit.refresh_from_db()
    assert unit.is_active


def test_the_authority_itself_is_not_closed(keeper: Seat) -> None:
    authority = make_authority()
    assert "不得停用" in keeper.page("unit", authority.public_id), "the button says why"
    answer = keeper.post("unit_status", authority.public_id, act="close", reason="撤销")
    assert answer.status_code == 422
    assert "主管地区，不得停用" in answer.content.decode()
    authority.refresh_from_db()
    assert authority.is_active


def test_an_administrator_further_down_keeps_what_they_cover(keeper: Seat) -> None:
    district = make_organisation("南明区", kind=OrganisationKind.COUNTY)
    inside, outside = make_organisation("区工信局", parent=district), make_organisation("市财政局")
    local = seat(Role.SYSTEM_ADMIN, district, subtree=True)
    page = local.page("units")
    assert "区工信局" in page and "市财政局" not in page
    assert local.get("unit", inside.public_id).status_code == 200
    assert local.get("unit", outside.public_id).status_code == 404
    with pytest.raises(Refusal) as refused:
        move_organisation(organisation=inside, parent=outside, reason="改革", actor=local.actor)
    assert refused.value.code == "not_permitted"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN}))
def test_others_are_refused(role: Role) -> None:
    other, unit = seat(role), make_organisation("某局")
    assert other.get("units").status_code == 403
    assert other.get("unit", unit.public_id).status_code == 403
    for act in ACTS:
        assert other.post(act, unit.public_id, reason="x").status_code == 403


def test_the_security_administrator_looks_and_does_not_keep() -> None:
    security, unit = seat(Role.SECURITY_ADMIN), make_organisation("某局")
    assert "某局" in security.page("units")
    page = security.page("unit", unit.public_id)
    assert reverse("accounts:unit_edit", args=[unit.public_id]) not in page
    assert "授予角色" in page
    assert security.post("unit_new", **NEW).status_code == 403
    for act in ACTS:
        assert security.get(act, unit.public_id).status_code == 403
        assert security.post(act, unit.public_id, reason="x").status_code == 403
    assert not Organisation.objects.filter(name="市大数据局").exists()


def test_another_authoritys_units_are_not_there(keeper: Seat) -> None:
    unit = make_organisation("某局")
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        stranger = elsewhere(role)
        assert "某局" not in stranger.page("units", q="某局").partition("<table")[2]
        assert stranger.get("unit", unit.public_id).status_code == 404
        assert stranger.get("units", under=unit.public_id).status_code == 404
    stranger = elsewhere(Role.SYSTEM_ADMIN)
    for act in ACTS:
        assert stranger.post(act, unit.public_id, name="x", reason="x").status_code == 404
    page = stranger.post("unit_new", **NEW | {"parent": "某局", "uscc": ""}).content.decode()
    assert "管理范围内没有该单位" in page


def test_a_forged_form_is_refused(keeper: Seat) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(keeper.actor.user, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(reverse("accounts:unit_new"), NEW).status_code == 403
    assert not Organisation.objects.filter(name="市大数据局").exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "财政"}, {"市财政局", "区财政局"}),
        ({"q": "财局"}, {"市财政局"}),
        ({"q": "财办"}, {"市财政局"}),
        ({"q": USCC[:8].lower()}, {"软件公司"}),
        ({"q": "520102"}, {"区财政局"}),
        ({"kind": "enterprise"}, {"软件公司"}),
        ({"active": "no"}, {"旧局"}),
        ({"q": "没有"}, set()),
        ({"kind": "nonsense", "q": "旧局"}, {"旧局"}),
    ],
)
def test_units_are_found(keeper: Seat, query: dict[str, str], found: set[str]) -> None:
    make_organisation("市财政局", short_name="财局", aliases=("财办",))
    make_organisation("区财政局", region_code="520102")
    make_organisation("软件公司", kind=OrganisationKind.ENTERPRISE, uscc=USCC)
    closed = make_organisation("旧局")
    Organisation.objects.filter(pk=closed.pk).update(is_active=False)
    page = keeper.page("units", **query).partition("<tbody")[2]
    names = {"市财政局", "区财政局", "软件公司", "旧局"}
    assert {name for name in names if f">{name}</a>" in page} == found


def test_the_list_takes_the_same_queries_for_many_and_goes_by_pages_in_a_stable_order(keeper: Seat) -> None:
    make_organisation("首局")
    few = keeper.queries("units")
    for number in range(60):
        make_organisation(f"单位{number:02d}")
    assert keeper.queries("units") == few == 7, "count, rows; five of the frame"
    seen = [keeper.page("units", page=page) for page in (1, 2)]
    shown = [f"单位{number:02d}" in page for number in range(60) for page in seen]
    assert shown.count(True) == 60, "each once"
    assert seen[0].index("单位00") < seen[0].index("单位01")


def test_the_page_of_a_unit_takes_the_same_queries_for_many(keeper: Seat) -> None:
    unit = make_organisation("某局")
    make_assignment(Role.OFFICER, unit)
    few = keeper.queries("unit", unit.public_id)
    for _number in range(10):
        make_assignment(Role.OFFICER, unit, user=make_user(organisation=unit))
        make_organisation(parent=unit)
    assert keeper.queries("unit", unit.public_id) == few
