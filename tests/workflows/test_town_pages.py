"""What the pages of the Guangdong towns say: labels as printed, slots by their names."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from accounts.actors import Actor
from cases.models import Case
from tests.factories.played import played
from tests.workflows.pages import browser, read

pytestmark = pytest.mark.django_db

DRAFT = """
steps:
  - {at: 2018-08-10 09:00, who: county, do: open_case}
"""


@pytest.fixture
def town() -> dict[str, Actor]:
    return played("gd-town-industry", DRAFT)


def test_a_unit_that_the_printed_label_names_is_not_said_again(town: dict[str, Actor]) -> None:
    page = read(browser(town["county"]), reverse("cases:form", args=[Case.objects.get().public_id, "GD_2_1"]))
    labels = [re.sub(r"<[^>]+>", "", label) for label in re.findall(r"<label[^>]*>(.*?)</label>", page)]
    assert any(label.startswith("互联网产业产值(万元)") for label in labels)
    assert not [label for label in labels if "(万元)（万元）" in label or "(%)（%）" in label]
    assert any("（家）" in label for label in labels)  # where the label names none, the unit is said


def test_the_policy_page_calls_slots_by_their_names(town: dict[str, Actor]) -> None:
    case = Case.objects.get()
    page = read(browser(town["county"]), reverse("cases:policy", args=[case.edition.public_id]))
    assert "由省里确认（待定值“镇街、园区可否经地市申报”）" in page
    assert "town_or_zone_allowed" not in page
    assert "reward_top_n" not in page
