"""申报指南: what can be declared for, who may, until when; the pre-check and the finder. Nobody signs in."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from cases.models import Case, DeclarationForm
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Edition, Programme, Round
from tests.conftest import Freeze
from tests.factories.accounts import make_actor, make_authority, make_organisation
from tests.portal.rows import make_edition, make_round
from tests.workflows.pages import browser
from workflows.carried import COOKIE

pytestmark = pytest.mark.django_db
LIST = "portal:programmes"
GOOD = {
    "kind": "zone", "region": "520115", "GY_SUPP.bigdata_ent_count": "20", "GY_SUPP.ent_total": "40",
    "GY_SUPP.total_revenue_wan": "100,000", "GY_SUPP.software_revenue_wan": "３００００", "GY_SUPP.floor_area_sqm": "20000",
    "GY_SUPP.mgmt_type": "enterprise", "GY_SUPP.mgmt_independent_legal_person": "true", "mgmt_in_guiyang": "true",
    "GY_SUPP.key_enterprise_count": "1",
}  # fmt: skip


@pytest.fixture
def edition(frozen_clock: Freeze) -> Edition:
    frozen_clock("2026-03-02 09:00")
    edition = make_edition()
    make_organisation(
        "观山湖区", kind=OrganisationKind.COUNTY, parent=edition.programme.authority, region_code="520115"
    )
    return edition


def words(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())


def shown(client: Client, **query: str) -> str:
    answer = client.get(reverse(LIST), query)
    assert answer.status_code == 200
    return words(answer.content)


def check(client: Client, edition: Edition, **typed: Any) -> str:
    answer = client.post(reverse("portal:precheck", args=[edition.programme.public_id]), typed)
    assert answer.status_code == 200, answer.status_code
    return words(answer.content)


# -- the list and the page ---------------------------------------------------------------------------------------


def test_a_round_without_a_last_day_says_so_once(client: Client, edition: Edition) -> None:
    make_round(edition)
    page = client.get(reverse("portal:programme", args=[edition.programme.public_id]))
    assert words(page.content).count("未设截止日期") == 1


@pytest.mark.parametrize(
    ("round_", "said"),
    [
        ({"closes_on": dt.date(2026, 3, 5)}, "还有3天截止"),
        ({"closes_on": dt.date(2026, 3, 2)}, "今天截止"),
        ({"opens_on": dt.date(2026, 4, 1)}, "2026-04-01开始受理"),
        ({}, "未设截止日期"),
        ({"closes_on": dt.date(2026, 3, 1)}, "目前没有正在受理的批次"),
        ({"status": RoundStatus.CLOSED}, "目前没有正在受理的批次"),
    ],
)
def test_until_when_is_said(client: Client, edition: Edition, round_: dict[str, Any], said: str) -> None:
    make_round(edition, **round_)
    text = shown(client)
    assert said in text
    assert "申报主体：县（市、区）、开发区（园区）" in text
    assert "方案·三(三)" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "集聚"}, True), ({"q": "没有这个词"}, False), ({"kind": "zone"}, True), ({"kind": "enterprise"}, False),
        ({"gives": "recognition"}, True), ({"gives": "money"}, False), ({"open": "on"}, True),
        ({"kind": "nonsense", "gives": "nonsense"}, True),
    ],
)  # fmt: skip
def test_the_list_is_filtered(client: Client, edition: Edition, query: dict[str, str], found: bool) -> None:
    make_round(edition)
    assert ("产业集聚示范基地" in shown(client, **query)) is found


def test_only_editions_in_force_are_shown(client: Client, edition: Edition) -> None:
    later = Programme.objects.create(
        authority=edition.programme.authority, code="later", title_zh="以后的事项"
    )
    Edition.objects.create(
        programme=later,
        number="1",
        status=EditionStatus.PUBLISHED,
        digest=edition.digest,
        source=edition.source,
        published_at=edition.published_at,
        published_by=edition.published_by,
        effective_from=dt.date(2026, 6, 1),
    )
    assert "产业集聚示范基地" in shown(client)
    assert "以后的事项" not in shown(client)
    assert client.get(reverse("portal:programme", args=[later.public_id])).status_code == 404
    assert client.get(reverse("portal:precheck", args=[later.public_id])).status_code == 404


def test_a_draft_edition_is_not_for_the_public(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    draft = make_edition(status=EditionStatus.DRAFT)
    assert client.get(reverse("portal:programme", args=[draft.programme.public_id])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_four_queries(
    client: Client, edition: Edition, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_round(make_edition(code=f"gy-{number}"))
    client.get(reverse(LIST))
    with django_assert_num_queries(4):
        client.get(reverse(LIST))


def test_the_list_is_paginated(client: Client, edition: Edition) -> None:
    for number in range(12):
        make_edition(code=f"gy-{number}")
    assert "共 13 条，第 1/2 页" in shown(client)
    assert "第 2/2 页" in shown(client, page="2")


def test_a_programme_tells_all_there_is_to_know(
    client: Client, edition: Edition, django_assert_num_queries: Any
) -> None:
    round_ = make_round(edition, name="2026年度申报", closes_on=dt.date(2026, 3, 31))
    address = reverse("portal:programme", args=[edition.programme.public_id])
    client.get(address)
    with django_assert_num_queries(3):
        answer = client.get(address)
    text = words(answer.content)
    for said in (
        "2026年度申报",
        "还有29天截止",
        "开发区（园区）",
        "授牌",
        "材料清单",
        "在线填写的表单",
        "10个工作日",
        "第四条(二)",
    ):
        assert said in text, said
    assert f"{reverse('cases:start')}?round={round_.public_id}" in answer.content.decode()


# -- the pre-check -----------------------------------------------------------------------------------------------


def test_whoever_is_of_the_wrong_kind_is_told_and_asked_no_more(client: Client, edition: Edition) -> None:
    text = check(client, edition, kind="enterprise", region="520115")
    assert "目前不符合申报条件" in text
    assert "申报主体应为：县（市、区）、开发区（园区）。" in text
    assert "方案·三(三)" in text
    assert "接着问" not in text
    assert "目前不符合申报条件" in check(client, edition, kind="zone", region="other")


def test_a_few_questions_at_a_time_the_most_deciding_first(client: Client, edition: Edition) -> None:
    address = reverse("portal:precheck", args=[edition.programme.public_id])
    content = client.post(address, {"kind": "zone", "region": "520115"}).content.decode()
    assert len(re.findall(r'<div class="lc-field', content)) == 2 + 4
    assert "GY_SUPP.total_revenue_wan" in content


def test_everything_met_is_said_and_nothing_is_stored(client: Client, edition: Edition) -> None:
    make_round(edition)
    text = check(client, edition, **GOOD)
    assert "所问条件均已符合" in text
    assert "登录，带着答案开始申报" in text
    assert not Case.objects.exists()
    assert COOKIE not in client.cookies
    assert "sessionid" not in client.cookies


def test_what_is_missing_is_said_with_clause_and_by_how_much(client: Client, edition: Edition) -> None:
    make_round(edition)
    text = check(client, edition, **(GOOD | {"GY_SUPP.floor_area_sqm": "15000"}))
    assert "可以申报，但目前达不到评审（审核）条件" in text
    assert "总建筑面积应达2万平方米以上。" in text
    assert "总建筑面积达到20,000平方米（还差5,000平方米）" in text
    assert "方案·三(四)" in text
    assert "带着答案开始申报" in text  # this one decides at the review, not at handing in


def test_what_bars_handing_in_bars_starting_from_there(client: Client, edition: Edition) -> None:
    make_round(edition)
    text = check(client, edition, **(GOOD | {"mgmt_in_guiyang": "false"}))
    assert "目前不符合申报条件" in text
    assert "管理机构应在贵阳市境内注册。" in text
    assert "带着答案开始申报" not in text


def test_what_asks_for_a_reason_is_no_bar(client: Client, edition: Edition) -> None:
    make_round(edition)
    text = check(client, edition, **(GOOD | {"GY_SUPP.key_enterprise_count": "0"}))
    assert "可以申报，有的条件须说明理由" in text
    assert "带着答案开始申报" in text


def test_unanswered_is_never_a_pass(client: Client, edition: Edition) -> None:
    seen = [name for name in GOOD if name not in ("kind", "region")]
    typed = {name: value for name, value in GOOD.items() if name != "GY_SUPP.floor_area_sqm"}
    answer = client.post(
        reverse("portal:precheck", args=[edition.programme.public_id]), typed | {"seen": seen}
    )
    text = words(answer.content)
    assert "暂不能判定" in text
    assert "还需要知道：总建筑面积" in text
    assert "所问条件均已符合" not in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"GY_SUPP.bigdata_ent_count": "二十"}, "请填写数字"),
        ({"GY_SUPP.bigdata_ent_count": "-3"}, "不得小于"),
        ({"GY_SUPP.bigdata_ent_count": "9" * 40}, "数值过大"),
        ({"GY_SUPP.total_revenue_wan": "10亿"}, "是否应填100000"),
        ({"GY_SUPP.mgmt_type": "<script>"}, "请从所列选项中选择"),
        ({"kind": "nonsense"}, "请选择一项。"),
    ],
)
def test_bad_input_is_answered_beside_it_and_kept(
    client: Client, edition: Edition, typed: dict[str, str], said: str
) -> None:
    answer = client.post(reverse("portal:precheck", args=[edition.programme.public_id]), GOOD | typed)
    content = answer.content.decode()
    assert answer.status_code == 422
    assert said in content
    ((name, value),) = typed.items()
    if name not in ("kind", "GY_SUPP.mgmt_type"):
        assert f'value="{value}"' in content
    assert "<script>" not in re.sub(r"<script[^>]*src=[^>]*>", "", content)


def test_an_address_that_asks_too_often_is_told_so_and_loses_nothing(
    client: Client, edition: Edition, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_round(edition)
    settings.PORTAL_PER_HOUR = {"precheck": 2}
    address = reverse("portal:precheck", args=[edition.programme.public_id])
    for _again in range(2):
        assert client.post(address, GOOD).status_code == 200
    monkeypatch.setattr("portal.precheck.conditions", None)  # nothing is worked out any more
    sent = GOOD | {"seen": "GY_SUPP.ent_total", "GY_SUPP.ent_total": "", "GY_SUPP.floor_area_sqm": "七亩"}
    answer = client.post(address, sent | {"go": "start"})
    content = answer.content.decode()
    assert answer.status_code == 429
    assert "同一网络地址每小时最多核对2次" in content
    for typed in ('value="100,000"', 'value="七亩"', 'value="zone" selected', 'name="GY_SUPP.ent_total"'):
        assert typed in content, typed
    assert COOKIE not in client.cookies
    told = client.post(address, GOOD, headers={"HX-Request": "true"})
    assert (told.status_code, told["Content-Type"]) == (429, "text/plain; charset=utf-8")
    assert "同一网络地址" in told.content.decode()
    assert client.get(address).status_code == 200, "the page itself is always there"


def test_the_precheck_asks_five_queries(
    client: Client, edition: Edition, django_assert_num_queries: Any
) -> None:
    make_round(edition)
    address = reverse("portal:precheck", args=[edition.programme.public_id])
    client.post(address, GOOD)
    with django_assert_num_queries(5):
        client.post(address, GOOD)


def test_the_register_fills_in_who_asks(edition: Edition) -> None:
    county = Organisation.objects.get(name="观山湖区")
    content = (
        browser(make_actor(Role.APPLICANT, county))
        .get(reverse("portal:precheck", args=[edition.programme.public_id]))
        .content.decode()
    )
    assert re.search(r'value="county" selected', content)
    assert re.search(r'value="520115" (selected|checked)', content)


# -- from the pre-check into the draft ---------------------------------------------------------------------------


@pytest.fixture
def declaring(edition: Edition) -> tuple[Round, Any]:
    round_ = make_round(edition, name="2026年度")
    authority = edition.programme.authority
    bureau = make_organisation("市大数据局", kind=OrganisationKind.DEPARTMENT, parent=authority)
    assert bureau is not None
    make_organisation(
        "市大数据发展工作领导小组办公室", kind=OrganisationKind.LEADING_GROUP_OFFICE, parent=authority
    )
    zone = make_organisation("高新区", kind=OrganisationKind.ZONE, parent=authority)
    return round_, make_actor(Role.APPLICANT, zone)


def test_answers_go_with_the_browser_into_the_draft(edition: Edition, declaring: tuple[Round, Any]) -> None:
    round_, actor = declaring
    stranger = Client()
    answer = stranger.post(
        reverse("portal:precheck", args=[edition.programme.public_id]),
        GOOD | {"go": "start", "round": str(round_.public_id)},
    )
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('cases:start')}?round={round_.public_id}"
    assert stranger.cookies[COOKIE]["httponly"]
    client = browser(actor)
    client.cookies[COOKIE] = stranger.cookies[COOKIE].value
    assert "带入预审时回答的8项" in words(client.get(answer["Location"]).content)
    typed = {
        "round": str(round_.public_id),
        "unit": str(actor.organisation.public_id),
        "title": "基地",
        "bring": "on",
    }
    begun = client.post(reverse("cases:start"), typed)
    case = Case.objects.get()
    assert begun["Location"] == reverse("cases:declaration", args=[case.public_id])
    row = DeclarationForm.objects.get(declaration__case=case, form_code="GY_SUPP")
    assert (row.data["bigdata_ent_count"], row.data["total_revenue_wan"]) == (20, "100000")
    assert row.sources["bigdata_ent_count"] == "预审问卷"
    assert (
        "mgmt_reg_place" not in row.data
    )  # what a yes or no stands for is not an answer to the form's question
    assert not client.cookies[COOKIE].value


@pytest.mark.parametrize("cookie", ["", "x", "eyJwIjoxfQ:1abc:forged"])
def test_a_cookie_that_was_tampered_with_brings_nothing(declaring: tuple[Round, Any], cookie: str) -> None:
    _round, actor = declaring
    client = browser(actor)
    client.cookies[COOKIE] = cookie
    assert "带入预审" not in words(client.get(reverse("cases:start")).content)


def test_a_cookie_is_good_for_two_hours(
    edition: Edition, declaring: tuple[Round, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _round, actor = declaring
    client = browser(actor)
    client.post(reverse("portal:precheck", args=[edition.programme.public_id]), GOOD | {"go": "start"})
    assert "带入预审时回答的8项" in words(client.get(reverse("cases:start")).content)
    import time

    later = time.time() + 2 * 3600 + 5
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)
    assert "带入预审" not in words(client.get(reverse("cases:start")).content)


@pytest.mark.parametrize("bring", ["on", ""])
def test_the_answers_go_with_whoever_they_are_of(
    edition: Edition, declaring: tuple[Round, Any], bring: str
) -> None:
    round_, actor = declaring
    client = browser(actor)
    where = reverse("portal:precheck", args=[edition.programme.public_id])
    client.post(where, GOOD | {"go": "start"})
    colleague = make_actor(Role.APPLICANT, actor.organisation)
    other = browser(colleague)
    other.cookies[COOKIE] = client.cookies[COOKIE].value
    assert "带入预审" not in words(other.get(reverse("cases:start")).content), "given to somebody signed in"
    typed = {"round": str(round_.public_id), "unit": str(actor.organisation.public_id), "title": "基地"}
    assert client.post(reverse("cases:start"), typed | {"bring": bring}).status_code == 302
    assert not client.cookies[COOKIE].value, "a declaration was begun, with the answers or without"


def test_the_answers_go_at_signing_out(edition: Edition, declaring: tuple[Round, Any]) -> None:
    _round, actor = declaring
    client = browser(actor)
    client.post(reverse("portal:precheck", args=[edition.programme.public_id]), GOOD | {"go": "start"})
    assert client.cookies[COOKIE].value
    client.post(reverse("accounts:sign_out"))
    assert not client.cookies[COOKIE].value


def test_whoever_is_excluded_does_not_start_from_there(client: Client, edition: Edition) -> None:
    make_round(edition)
    text = check(client, edition, **(GOOD | {"mgmt_in_guiyang": "false", "go": "start"}))
    assert "目前不符合申报条件" in text


# -- which programmes fit us -------------------------------------------------------------------------------------


def test_the_finder_sorts_programmes_with_the_clause_that_decides(client: Client, edition: Edition) -> None:
    authority = edition.programme.authority
    here = Organisation.objects.get(name="观山湖区")
    elsewhere = make_organisation(
        "顺德区",
        kind=OrganisationKind.COUNTY,
        region_code="440606",
        parent=make_authority("广东省", code="gd"),
    )
    Organisation.objects.filter(pk=authority.pk).update(region_code="520100")
    beside = make_organisation(
        "云岩区",
        kind=OrganisationKind.COUNTY,
        region_code="520103",
        parent=make_authority("贵州省", code="gz"),
    )
    address = reverse("portal:finder")

    def found(kind: str, place: Organisation | None) -> str:
        region = str(place.public_id) if place else "other"
        return words(client.post(address, {"kind": kind, "region": region}).content)

    assert "可能可以申报的（1项）" in found("zone", here)
    assert "预审（最多9问）" in found("zone", here)
    assert "可能可以申报的（1项）" in found("zone", beside)  # another tree, but the same city by its code
    wrong = found("enterprise", here)
    assert "不能申报的（1项）" in wrong
    assert "申报主体应为：县（市、区）、开发区（园区）。" in wrong
    assert "方案·三(三)" in wrong
    assert "面向本地区的单位" in found("zone", elsewhere)
    assert "不能申报的（1项）" in found("zone", None)
    assert client.post(address, {"kind": "zone"}).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_finder_asks_four_queries(
    client: Client, edition: Edition, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_round(make_edition(code=f"gy-{number}"))
    place = str(Organisation.objects.get(name="观山湖区").public_id)
    client.post(reverse("portal:finder"), {"kind": "zone", "region": place})
    with django_assert_num_queries(4):
        client.post(reverse("portal:finder"), {"kind": "zone", "region": place})
