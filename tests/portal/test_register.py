"""在册名录 and certificates: read from Standing; what was withdrawn stays to be seen, and says so."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import OrganisationKind
from cases.enums import StandingStatus
from cases.models import Plaque, Standing
from portal.certificates import address, qr_svg
from tests.conftest import Freeze
from tests.factories.accounts import make_authority, make_organisation
from tests.portal.rows import make_case, make_edition, make_round, make_standing

pytestmark = pytest.mark.django_db
REGISTER = "portal:register"


def register(client: Client, **query: str) -> str:
    response = client.get(reverse(REGISTER), query)
    assert response.status_code == 200
    return response.content.decode()


def held_by(name: str, *, kind: OrganisationKind = OrganisationKind.COUNTY, **standing: Any) -> Standing:
    unit = make_organisation(name, kind=kind)
    return make_standing(make_case(applicant=unit), **standing)


def withdrawn(name: str, on: dt.date = dt.date(2026, 5, 6)) -> Standing:
    first = held_by(name)
    return make_standing(first.case, status=StandingStatus.WITHDRAWN, since=on)


def row(name: str) -> str:
    """A holder's name as the table shows it (the region filter names units too)."""
    return f">{name}</a>"


def test_register_shows_who_is_accredited_with_tier_and_number(client: Client) -> None:
    standing = held_by("南明区", tier="50e8")
    shown = register(client)
    assert row("南明区") in shown
    assert "五十亿级" in shown
    assert standing.number in shown


def test_tiers_are_told_in_the_readers_language(client: Client) -> None:
    held_by("南明区", tier="50e8")
    client.cookies["django_language"] = "en"
    assert "five billion yuan" in register(client)


def test_filed_is_no_entry(client: Client) -> None:
    standing = held_by("南明区", status=StandingStatus.FILED)
    assert row("南明区") not in register(client, status="all")
    assert client.get(reverse("portal:entry", args=[standing.public_id])).status_code == 404


def test_filed_is_an_entry_where_the_edition_has_the_public_read_it(client: Client) -> None:
    filed = held_by("南明区", status=StandingStatus.FILED)
    Standing.objects.filter(pk=filed.pk).update(in_register=True)
    held_by("云岩区")
    assert row("南明区") in register(client)
    asked = register(client, status=StandingStatus.FILED.value)
    assert row("南明区") in asked
    assert row("云岩区") not in asked
    assert client.get(reverse("portal:entry", args=[filed.public_id])).status_code == 200
    make_standing(filed.case, status=StandingStatus.LAPSED)
    assert row("南明区") not in register(client)
    assert row("南明区") in register(client, status="all")


LISTED = [StandingStatus.LISTED, StandingStatus.LISTED_CREATION, StandingStatus.LISTED_CULTIVATION]


@pytest.mark.parametrize("status", LISTED)
def test_those_on_a_list_are_entries_and_can_be_asked_for(client: Client, status: StandingStatus) -> None:
    standing = held_by("南明区", status=status)
    held_by("云岩区")
    assert row("南明区") in register(client)
    asked = register(client, status=status.value)
    assert row("南明区") in asked
    assert row("云岩区") not in asked
    assert row("南明区") not in register(client, status=StandingStatus.ACCREDITED.value)
    page = client.get(reverse("portal:entry", args=[standing.public_id]))
    assert str(status.label) in page.content.decode()


def test_who_lapsed_from_a_list_is_found_when_asked_for(client: Client) -> None:
    on_list = held_by("南明区", status=StandingStatus.LISTED)
    make_standing(on_list.case, status=StandingStatus.LAPSED)
    assert row("南明区") not in register(client)
    assert row("南明区") in register(client, status=StandingStatus.LAPSED.value)


def test_lapsed_without_having_been_accredited_is_no_entry(client: Client) -> None:
    filed = held_by("南明区", status=StandingStatus.FILED)
    lapsed = make_standing(filed.case, status=StandingStatus.LAPSED)
    assert row("南明区") not in register(client, status="all")
    assert client.get(reverse("portal:entry", args=[lapsed.public_id])).status_code == 404


def test_withdrawn_is_found_when_asked_for(client: Client) -> None:
    held_by("南明区")
    withdrawn("云岩区")
    assert row("云岩区") not in register(client)
    ended = register(client, status="withdrawn")
    assert row("云岩区") in ended
    assert "已取消授牌" in ended
    assert "十亿级" in ended  # the plaque's, though the withdrawal names none
    assert row("南明区") not in ended
    everything = register(client, status="all")
    assert row("云岩区") in everything
    assert row("南明区") in everything


def test_search_by_name_region_number_and_title(client: Client) -> None:
    authority = make_authority()
    zone = make_organisation("高新开发区", kind=OrganisationKind.ZONE, parent=authority, short_name="高新")
    company = make_organisation("数谷科技公司", kind=OrganisationKind.ENTERPRISE, parent=zone)
    mine = make_standing(make_case(applicant=company, title="数谷示范基地"))
    held_by("南明区")
    for q in ("数谷科技", "高新开发", mine.number, "数谷示范", " 数谷 "):
        found = register(client, q=q)
        assert row("数谷科技公司") in found, q
        assert row("南明区") not in found, q
    of_zone = register(client, region=str(zone.public_id))
    assert row("数谷科技公司") in of_zone
    assert row("南明区") not in of_zone
    assert "没有符合条件的单位" in register(client, q="不存在")


def test_filter_by_programme_and_tier(client: Client) -> None:
    other = make_round(make_edition(code="other-programme"), name="其他批次")
    make_standing(make_case(other, applicant=make_organisation("云岩区", kind=OrganisationKind.COUNTY)))
    held_by("南明区", tier="100e8")
    of_other = register(client, programme=str(other.programme.public_id))
    assert row("云岩区") in of_other
    assert row("南明区") not in of_other
    of_tier = register(client, tier="100e8")
    assert row("南明区") in of_tier
    assert row("云岩区") not in of_tier
    withdrawn("白云区")
    assert row("白云区") in register(client, tier="10e8", status="all")


@pytest.mark.parametrize("query", [{"status": "x"}, {"programme": "x"}, {"tier": "x"}, {"region": "x"}])
def test_nonsense_is_left_out_of_account(client: Client, query: dict[str, str]) -> None:
    held_by("南明区")
    assert row("南明区") in register(client, **query)


def test_programme_without_plaques_has_its_entries(client: Client) -> None:
    standing = held_by("南明区", plaque=False, tier="")
    assert row("南明区") in register(client)
    shown = client.get(reverse("portal:entry", args=[standing.public_id])).content.decode()
    assert "该项目不设标牌" in shown


@pytest.mark.parametrize("count", [1, 30])
def test_register_costs_the_same_however_many_entries(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        make_standing()
        register(client)  # editions are read once a process
    with django_assert_num_queries(6):
        register(client)


# -- an entry ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("earlier", [False, True])
def test_entry_tells_what_it_is_and_was(client: Client, earlier: bool) -> None:
    now = withdrawn("云岩区")
    old = Standing.objects.get(case=now.case, status=StandingStatus.ACCREDITED)
    public_id = old.public_id if earlier else now.public_id
    shown = client.get(reverse("portal:entry", args=[public_id])).content.decode()
    for text in ("云岩区", "已取消授牌", "2026-05-06", "2026-03-02", "</span>附件6·第四条(六)<", "至今"):
        assert text in shown
    assert reverse("portal:certificate", args=[Plaque.objects.get().public_id]) in shown


def test_entry_names_no_person(client: Client) -> None:
    standing = held_by("南明区")
    shown = client.get(reverse("portal:entry", args=[standing.public_id])).content.decode()
    assert standing.case.created_by.name not in shown
    assert standing.decision.reason == "" or standing.decision.reason not in shown


@pytest.mark.parametrize("count", [1, 30])
def test_entry_costs_the_same_however_long_its_history(
    client: Client, count: int, django_assert_num_queries: Any
) -> None:
    standing = held_by("南明区")
    for _number in range(count):
        make_standing(standing.case, status=StandingStatus.SUSPENDED)
    now = Standing.objects.get(current=True)
    client.get(reverse("portal:entry", args=[now.public_id]))
    with django_assert_num_queries(3):
        assert client.get(reverse("portal:entry", args=[now.public_id])).status_code == 200


@pytest.mark.parametrize("name", ["portal:entry", "portal:certificate", "portal:certificate_qr"])
def test_unknown_ids_are_not_found(client: Client, name: str) -> None:
    assert client.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


# -- the certificate -------------------------------------------------------------------------------------------------


def certificate(client: Client, plaque: Plaque) -> str:
    response = client.get(reverse("portal:certificate", args=[plaque.public_id]))
    assert response.status_code == 200
    return response.content.decode()


def test_certificate_in_force_is_valid_and_complete(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-06-01 10:30")
    standing = held_by("南明区", tier="50e8")
    shown = certificate(client, Plaque.objects.get())
    for text in (
        '<h1 id="verdict">有效</h1>',
        "南明区",
        standing.number,
        "五十亿级",
        "2026年3月2日",
        "认定依据：《贵阳市大数据及软件和信息技术服务产业集聚示范基地建设实施方案》附件6·第四条（六）",
        "核验时间：2026-06-01 10:30",
    ):
        assert text in shown
    assert "已取消授牌" not in shown


def test_certificate_is_a_chinese_document_in_any_language(client: Client) -> None:
    held_by("南明区", tier="50e8")
    client.cookies["django_language"] = "en"
    shown = certificate(client, Plaque.objects.get())
    assert "五十亿级" in shown
    assert "five billion" not in shown


def test_withdrawn_certificate_says_so_with_the_day(client: Client) -> None:
    withdrawn("云岩区", dt.date(2026, 5, 6))
    shown = certificate(client, Plaque.objects.get())
    assert '<h1 id="verdict">已取消授牌</h1>' in shown
    assert "标牌已于 2026-05-06 取消，本证书不再有效" in shown
    assert "已取消授牌<span>2026年5月6日</span>" in shown
    assert '<h1 id="verdict">有效</h1>' not in shown


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (StandingStatus.SUSPENDED, "暂停资格"),
        (StandingStatus.LAPSED, "已失效"),
        (StandingStatus.WITHDRAWN, "已取消授牌"),
    ],
)
def test_standing_decides_even_while_the_plaque_hangs(
    client: Client, status: StandingStatus, verdict: str
) -> None:
    standing = held_by("南明区")
    make_standing(standing.case, status=status, since=dt.date(2026, 5, 6))
    Plaque.objects.update(withdrawn_on=None)
    shown = certificate(client, Plaque.objects.get())
    assert f'<h1 id="verdict">{verdict}</h1>' in shown
    assert "2026-05-06" in shown


def test_old_plaque_stays_withdrawn_when_a_new_one_was_given(client: Client) -> None:
    first = held_by("南明区")
    old = Plaque.objects.get()
    Plaque.objects.update(withdrawn_on=dt.date(2026, 4, 1), number="GYSJ-2025-001")
    make_standing(first.case, since=dt.date(2026, 6, 1))
    assert '<h1 id="verdict">已取消授牌</h1>' in certificate(client, old)
    new = Plaque.objects.exclude(pk=old.pk).get()
    assert '<h1 id="verdict">有效</h1>' in certificate(client, new)


@pytest.mark.parametrize("site", ["https://licheng.example.cn", "https://licheng.example.cn/"])
def test_code_leads_to_the_certificate(client: Client, settings: Any, site: str) -> None:
    settings.SITE_URL = site
    make_standing()
    plaque = Plaque.objects.get()
    assert address(plaque) == f"https://licheng.example.cn/public/certificate/{plaque.public_id}/"
    response = client.get(reverse("portal:certificate_qr", args=[plaque.public_id]))
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    assert b"viewBox" in response.content
    settings.SITE_URL = "https://elsewhere.example.cn"
    assert qr_svg(plaque) != response.content


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("name", ["portal:index", "portal:notices", REGISTER])
def test_reading_rooms_only_answer_readers(client: Client, method: str, name: str) -> None:
    assert getattr(client, method)(reverse(name)).status_code == 405
