"""订阅源: rounds and notices as an Atom feed that any reader understands, without an account."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.urls import reverse

from cases.models import PublicNotice
from programmes.enums import RoundStatus
from programmes.models import Round
from tests.conftest import Freeze
from tests.portal.rows import make_edition, make_notice, make_round

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client: Client) -> list[Any]:
    answer = client.get(reverse("portal:feed"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    found: list[Any] = ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")
    return found


def said(entry: Any, name: str) -> str:
    return str(entry.find(f"{ATOM}{name}").text)


def test_rounds_and_notices_the_newest_first(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    notice = make_notice()
    frozen_clock("2026-03-05 09:00")
    round_ = make_round(make_edition(), closes_on="2026-04-30")
    listed = entries(client)
    titles = [said(entry, "title") for entry in listed]
    assert f"开始受理申报：{round_.name}" in titles
    assert any(title.endswith(notice.title) for title in titles)
    times = [said(entry, "published") for entry in listed]
    assert times == sorted(times, reverse=True)
    first = next(entry for entry in listed if said(entry, "id") == f"urn:uuid:{round_.public_id}")
    assert first.find(f"{ATOM}link").get("href") == (
        f"http://testserver/public/programmes/{round_.programme.public_id}/"
    )


def test_a_round_that_has_not_begun_is_not_told(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    round_ = make_round(make_edition(), opens_on="2026-03-10")
    key = f"urn:uuid:{round_.public_id}"
    assert key not in [said(entry, "id") for entry in entries(client)]
    frozen_clock("2026-03-10 00:00")
    assert key in [said(entry, "id") for entry in entries(client)]


def test_a_planned_round_is_nobody_s_business(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    round_ = make_round(make_edition())
    Round.objects.filter(pk=round_.pk).update(status=RoundStatus.PLANNED)
    assert entries(client) == []


def test_signs_that_xml_cannot_carry_do_no_harm(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    notice = make_notice()
    PublicNotice.objects.filter(pk=notice.pk).update(title="公\x0b示<b>&", body="<p>正文\x01</p>")
    (entry,) = [one for one in entries(client) if said(one, "id") == f"urn:uuid:{notice.public_id}"]
    assert said(entry, "title").endswith("公示<b>&")
    assert said(entry, "summary") == "正文"


@pytest.mark.parametrize("number", [1, 4])
def test_the_feed_asks_two_queries(
    client: Client, frozen_clock: Freeze, django_assert_num_queries: Any, number: int
) -> None:
    frozen_clock("2026-03-02 09:00")
    edition = make_edition()
    for n in range(number):
        make_round(edition, name=f"批次{n}")
    with django_assert_num_queries(2):
        assert len(entries(client)) == number


def test_pages_name_the_feed_and_nothing_but_reading_is_allowed(client: Client, frozen_clock: Freeze) -> None:
    frozen_clock("2026-03-02 09:00")
    to = reverse("portal:feed")
    page = client.get(reverse("portal:programmes")).content.decode()
    assert f'type="application/atom+xml" title="申报批次和公示公告" href="{to}"' in page
    assert client.post(to).status_code == 405
