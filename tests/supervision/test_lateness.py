"""Who is late: the home and the cards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation
from cases import deadlines
from cases.models import Case
from programmes.calendar import Duration
from supervision.lateness import Lateness
from supervision.queries import home_for
from tests.conftest import Freeze
from tests.factories.accounts import make_organisation, make_user
from tests.portal.rows import make_case, make_edition, make_item, make_round
from tests.supervision.conftest import WriteEntry
from workflows.enums import ItemStatus
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db
NOW = "2026-03-06 10:00"  # a Friday: the third working day ahead is Wednesday the 11th


@pytest.fixture(autouse=True)
def _friday(frozen_clock: Freeze) -> None:
    frozen_clock(NOW)


def due(day: int, *, unit: Organisation | None = None, title: str = "", **fields: Any) -> WorkItem:
    """An item of its own case, due on that day of March."""
    case = fields.pop("case", None) or make_case(title=title, stage="review", step="review")
    deadline = deadlines.arm_date(case=case, run_key="1", duty="initial", on=dt.date(2026, 3, day))
    return make_item(
        case,
        "review",
        fields.pop("duty", "initial"),
        fields.pop("role", Role.OFFICER),
        organisation=unit,
        deadline=deadline,
        due_on=deadline.due_on,
        **fields,
    )


@pytest.mark.parametrize(
    ("day", "card"),
    [(5, Lateness.LATE), (6, Lateness.SOON), (9, Lateness.SOON), (11, Lateness.SOON), (12, None)],
)
def test_cards_follow_the_calendar(
    client: Client, supervisor: Actor, day: int, card: Lateness | None
) -> None:
    due(day, title="甲基地")
    home = home_for(supervisor)
    assert (home.late, home.soon) == (int(card == Lateness.LATE), int(card == Lateness.SOON))
    for choice in Lateness:
        shown = client.get(reverse("supervision:cards"), {"card": choice.value}).content.decode()
        assert ("甲基地" in shown) == (choice == card)


def test_home_says_who_is_late_by_how_much(client: Client, supervisor: Actor, write: WriteEntry) -> None:
    bureau = make_organisation("大数据发展局")
    late = due(3, unit=bureau, title="甲基地")
    due(9, unit=bureau, title="乙基地")
    due(31, unit=bureau, title="丙基地")
    write(late.case, "review.pass_initial")
    shown = client.get(reverse("supervision:home")).content.decode()
    for text in (
        "甲基地",
        "乙基地",
        "已逾期3日",
        "初审",
        "大数据发展局",
        "红牌（已逾期）",
        "3个工作日内到期",
        "初审通过",
    ):
        assert text in shown
    assert "丙基地" not in shown


def test_empty_home_says_so(client: Client, supervisor: Actor) -> None:
    shown = client.get(reverse("supervision:home")).content.decode()
    for text in ("没有逾期事项", "没有即将到期的事项", "各单位均无红黄牌", "尚无留痕"):
        assert text in shown


def test_only_what_somebody_must_do_counts(supervisor: Actor) -> None:
    item = due(3)
    WorkItem.objects.filter(pk=item.pk).update(role="system")
    WorkItem.objects.filter(pk=due(3).pk).update(status=ItemStatus.DONE)
    WorkItem.objects.filter(pk=due(3).pk).update(due_on=None)  # paused
    due(3, case=make_case(submitted_at=None, stage="declare", step="declare"))
    assert home_for(supervisor).late == 0


def test_units_are_ranked_and_experts_are_one_line(supervisor: Actor) -> None:
    first, second = make_organisation("甲局"), make_organisation("乙局")
    due(3, unit=second)
    due(4, unit=second)
    due(3, unit=first)
    due(9, unit=first)
    due(9, duty="score", role=Role.EXPERT, assignee=make_user("钱专家"))
    units = [(unit.name, unit.late, unit.soon) for unit in home_for(supervisor).units]
    assert units == [("乙局", 2, 0), ("甲局", 1, 1), ("评审专家", 0, 1)]


def test_cards_are_filtered_by_unit_and_programme(client: Client, supervisor: Actor) -> None:
    other = make_round(make_edition(code="other-programme"), name="其他批次")
    due(3, unit=make_organisation("甲局"), title="甲基地")
    due(
        3,
        unit=make_organisation("乙局"),
        case=make_case(other, title="乙基地", stage="review", step="review"),
    )
    cards = reverse("supervision:cards")
    of_unit = client.get(cards, {"unit": "甲"}).content.decode()
    assert "甲基地" in of_unit
    assert "乙基地" not in of_unit
    of_programme = client.get(cards, {"programme": str(other.programme.public_id)}).content.decode()
    assert "乙基地" in of_programme
    assert "甲基地" not in of_programme
    assert "没有符合条件的事项" in client.get(cards, {"unit": "不存在"}).content.decode()


def test_colours_are_configuration(client: Client, supervisor: Actor, settings: Any) -> None:
    """Where yellow means expired, a place says so in its settings."""
    settings.CARD_COLOURS = {"late": "yellow", "soon": "red"}
    due(3)
    shown = client.get(reverse("supervision:home")).content.decode()
    assert "黄牌（已逾期）" in shown
    assert "红牌（即将到期）" in shown


def test_proposed_limits_are_marked(client: Client, supervisor: Actor) -> None:
    case = make_case(stage="review", step="review")
    deadline = deadlines.arm(
        case=case,
        run_key="1",
        duty="initial",
        length=Duration.parse("2 working_day"),
        start=dt.date(2026, 3, 2),
    )
    make_item(case, "review", "initial", Role.OFFICER, deadline=deadline, due_on=deadline.due_on)
    assert "建议值" in client.get(reverse("supervision:cards")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("home", 11), ("cards", 8)])
def test_pages_cost_the_same_however_much_there_is_to_watch(
    client: Client,
    supervisor: Actor,
    write: WriteEntry,
    name: str,
    queries: int,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    case: Case
    for number in range(count):
        for day in (3, 9):
            case = due(day, unit=make_organisation(f"第{number}-{day}局")).case
            write(case)
    client.get(reverse(f"supervision:{name}"))
    with django_assert_num_queries(queries):
        assert client.get(reverse(f"supervision:{name}")).status_code == 200
