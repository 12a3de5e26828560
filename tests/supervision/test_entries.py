"""The record across cases and of one case: found, told, verified, read, taken out."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit.models import ReadEntry
from cases.models import Case
from tests.conftest import Freeze
from tests.factories.accounts import make_actor, make_organisation
from tests.portal.rows import make_case
from tests.supervision.conftest import WriteEntry

pytestmark = pytest.mark.django_db
ENTRIES = "supervision:entries"


def listed(client: Client, **query: str) -> str:
    response = client.get(reverse(ENTRIES), query)
    assert response.status_code == 200
    return response.content.decode()


# -- across cases --------------------------------------------------------------------------------------------------


def test_entries_say_who_did_what_when_under_which_clause(
    client: Client, case: Case, write: WriteEntry, frozen_clock: Freeze
) -> None:
    frozen_clock("2026-03-04 15:20")
    write(case, "file.file")
    shown = listed(client)
    for text in (
        "准予备案",
        "南明示范基地",
        case.case_no,
        "王经办（市大数据局，经办人）",
        "2026-03-04 15:20",
        "附件6·第四条(二)",
    ):
        assert text in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"action": "file.file"}, {"甲"}),
        ({"action": "accredit.approve"}, {"乙"}),
        ({"actor": "王经"}, {"甲"}),
        ({"unit": "领导小组"}, {"乙"}),
        ({"case": "甲基地"}, {"甲"}),
        ({"since": "2026-03-05"}, {"乙"}),
        ({"until": "2026-03-04"}, {"甲"}),
        ({"since": "2026-03-04", "until": "2026-03-05"}, {"甲", "乙"}),
        ({"since": "2026-03-06"}, set()),
        ({"action": "nonsense", "since": "gestern"}, {"甲", "乙"}),
    ],
)
def test_filters(
    client: Client,
    supervisor: Actor,
    write: WriteEntry,
    frozen_clock: Freeze,
    query: dict[str, str],
    found: set[str],
) -> None:
    frozen_clock("2026-03-04 23:59")
    write(make_case(title="甲基地"), "file.file")
    frozen_clock("2026-03-05 00:00")
    approver = make_actor(Role.APPROVER, make_organisation("领导小组办公室"))
    write(make_case(title="乙基地"), "accredit.approve", actor=approver)
    shown = listed(client, **query)
    assert {name for name in ("甲", "乙") if f"{name}基地</a>" in shown} == found


def test_case_is_found_by_its_number(client: Client, case: Case, write: WriteEntry) -> None:
    write(case)
    other = make_case(title="云岩示范基地")
    write(other)
    shown = listed(client, case=f" {case.case_no.lower()} ")
    assert "南明示范基地" in shown
    assert "云岩示范基地" not in shown


def test_pages_go_on_from_the_last_entry_whatever_is_added_meanwhile(
    client: Client, supervisor: Actor, write: WriteEntry, frozen_clock: Freeze
) -> None:
    cases = [make_case() for _number in range(2)]
    for minute in range(35):
        frozen_clock(f"2026-03-04 10:{minute // 5:02d}")  # five entries share each moment
        write(cases[minute % 2], number=minute)
    first = client.get(reverse(ENTRIES))
    seen = [found.entry.pk for found in first.context["page"].found]
    frozen_clock("2026-03-04 11:00")
    write(cases[0], number=99)
    older = first.context["page"].older
    assert older
    second = client.get(reverse(ENTRIES), {"after": older})
    seen += [found.entry.pk for found in second.context["page"].found]
    assert len(seen) == len(set(seen)) == 35
    assert second.context["page"].older == ""
    assert "回到最近" in second.content.decode()


@pytest.mark.parametrize("after", ["nonsense", "x.1", "0190b0a0-0000-7000-8000-000000000001.7", "."])
def test_nonsense_for_a_cursor_shows_the_first_page(
    client: Client, case: Case, write: WriteEntry, after: str
) -> None:
    write(case)
    assert "准予备案</a>" in listed(client, after=after)


def test_looking_over_the_record_is_itself_noted(client: Client, supervisor: Actor) -> None:
    listed(client)
    client.get(reverse("supervision:home"))
    rows = ReadEntry.objects.filter(kind="authority", key="guiyang").order_by("pk")
    assert [row.what for row in rows] == ["supervision.entries", "supervision.home"]
    assert {row.actor_name for row in rows} == {"孙监察"}


@pytest.mark.parametrize("count", [1, 30])
def test_entries_cost_the_same_however_many(
    client: Client, supervisor: Actor, write: WriteEntry, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        write(make_case())
    listed(client)
    with django_assert_num_queries(8):
        listed(client)
