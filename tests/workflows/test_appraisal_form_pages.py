"""The edition's own form inside an action: drawn whole, read back, its messages at the cells, what was typed kept."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from cases.models import Appraisal, Case
from tests.factories.played import played
from tests.workflows.pages import browser, entries, page_of, post, read, text_of
from tests.workflows.trials import APPRAISED

pytestmark = pytest.mark.django_db

ACTION = "appraise.submit_appraisal"
ITEMS = {f"items.{key}": "本年度工作情况。" for key in ("invest", "growth", "enterprise", "facility")}
FORM = {
    "form.appraisal_year": "2019",
    "form.annual_investment_yi": "12",
    "form.internet_output_this": "112000",
    "form.internet_output_last": "100000",
    "form.enterprises_added.0.name": "佛山云领互联科技有限公司",
    "form.enterprises_added.0.kind": "backbone",
    "form.enterprises_added.0.mode": "introduced",
    "form.enterprises_added.2.name": "岭南智造网络有限公司",
    "form.enterprises_added.2.kind": "innovative",
    "form.enterprises_added.2.mode": "cultivated",
    "form.facility_progress": "配套设施基本建成。",
    "form.satisfaction": "92",
}
CODES = {"recorded.appraised_codes": ["39", "65"]}


@pytest.fixture
def cast() -> dict[str, Actor]:
    """A listed town whose yearly appraisal has begun."""
    begun = APPRAISED[0].partition("  - {at: 2019-12-02")[0]
    actors = played("gd-town-industry", begun)
    clock.set_clock(dt.datetime(2019, 12, 2, 9, tzinfo=clock.SHANGHAI))
    return actors


def test_the_whole_form_is_drawn_without_what_is_never_asked(cast: dict[str, Actor]) -> None:
    page = read(browser(cast["county"]), page_of(Case.objects.get(), ACTION))
    for name in ("form.appraisal_year", "form.annual_investment_yi", "form.facility_progress"):
        assert f'name="{name}"' in page
    assert 'name="form.enterprises_added.0.name"' in page
    assert 'data-prefix="form."' in page
    assert "js/declaration-sheet.js" in page
    assert "score_total" not in page
    assert 'name="recorded.appraised_codes"' in page


def test_what_is_filled_in_is_kept_as_the_form_has_it(cast: dict[str, Actor]) -> None:
    case = Case.objects.get()
    sent = post(cast["county"], case, ACTION, ITEMS | FORM | CODES)
    assert sent.status_code == 302, text_of(sent)
    data = Appraisal.objects.get().form_data
    assert data["annual_investment_yi"] == "12"
    assert [row["name"] for row in data["enterprises_added"]] == [
        "佛山云领互联科技有限公司",
        "岭南智造网络有限公司",
    ]
    assert case.recorded.get(gate=ACTION).data == {"appraised_codes": ["39", "65"]}
    page = read(browser(cast["officer"]), reverse("cases:detail", args=[case.public_id]))
    assert "所报互联网产业产值涵盖的行业代码" in page


def test_messages_stand_at_the_cells_and_everything_typed_survives(cast: dict[str, Actor]) -> None:
    case = Case.objects.get()
    wrong = FORM | {
        "form.annual_investment_yi": "十二亿",
        "form.enterprises_added.2.kind": "",
        "form.satisfaction": "",
    }
    refused = post(cast["county"], case, ACTION, ITEMS | wrong | CODES)
    assert refused.status_code == 422
    told = text_of(refused)
    for path in ("annual_investment_yi", "enterprises_added.1.kind", "satisfaction"):
        assert f'id="error_form.{path}"' in told, path
        assert f'href="#id_form.{path}"' in told, path
    assert 'value="十二亿"' in told
    assert 'value="岭南智造网络有限公司"' in told
    assert "配套设施基本建成。" in told
    assert 'value="39"' in told
    assert entries(case, ACTION) == 0


def test_a_rest_says_until_when_and_what_comes_then(cast: dict[str, Actor]) -> None:
    case = Case.objects.get()
    page = read(browser(cast["county"]), reverse("cases:detail", args=[case.public_id]))
    assert "创建（建设期）至2021-11-30" in page
    assert "期满办结" in page
    assert "公布创建名单" in page
    assert "公布培育名单" not in page, "the stepper shows the way that was taken"


def test_the_site_panel_s_sheet_is_scored_on_its_own_page() -> None:
    cast = played("gd-town-industry", APPRAISED[3])
    clock.set_clock(dt.datetime(2019, 12, 20, 9, tzinfo=clock.SHANGHAI))
    case = Case.objects.get()
    expert = browser(cast["expert1"])
    moved = expert.get(page_of(case, "appraise.submit_site_score"))
    assert moved.status_code == 302
    page = read(expert, moved["Location"])
    assert 'name="points.enterprise"' in page
    assert 'name="points.invest"' not in page, "computed items are nobody's to score"
    sheet = {
        "duty": "site_score",
        "points.enterprise": "16",
        "points.facility": "25",
        "comment": "进展良好。",
    }
    refused = expert.post(moved["Location"], sheet)
    assert refused.status_code == 422
    assert "进展良好。" in text_of(refused)
    done = expert.post(moved["Location"], sheet | {"points.facility": "15"})
    assert done.status_code == 302
    assert "31" in read(expert, moved["Location"])
