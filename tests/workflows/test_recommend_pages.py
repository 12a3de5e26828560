"""What a recommending unit finds at home: the candidates side by side, its places, and what it may do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from cases.models import Case
from tests.factories.played import played
from tests.workflows.pages import browser, page_of, post, read, text_of

pytestmark = pytest.mark.django_db

THREE = """
steps:
  - {at: 2018-08-10 09:00, who: nanhai, do: open_case, with: {title: 千灯湖小镇}, as: A}
  - {case: A, who: nanhai, do: fill}
  - {at: 2018-08-10 10:00, case: A, who: nanhai, do: submit}
  - {at: 2018-08-11 09:00, who: shunde, do: open_case, with: {title: 顺德智造小镇}, as: B}
  - {case: B, who: shunde, do: fill}
  - {at: 2018-08-11 10:00, case: B, who: shunde, do: submit}
  - {at: 2018-08-12 09:00, who: sanshui, do: open_case, with: {title: 云东海小镇}, as: C}
  - {case: C, who: sanshui, do: fill}
  - {at: 2018-08-12 10:00, case: C, who: sanshui, do: submit}
  - {at: 2018-08-13, case: A, who: foshan_city, do: recommend}
"""
SEAL = {
    f"recorded.{key}": "true" for key in ("recommender_seal", "recommend_truth", "recommend_completeness")
}


@pytest.fixture
def cast() -> dict[str, Actor]:
    actors = played("gd-town-industry", THREE)
    clock.set_clock(dt.datetime(2018, 8, 14, 9, tzinfo=clock.SHANGHAI))
    return actors


def home(actor: Actor) -> str:
    return read(browser(actor), reverse("workflows:home"))


def test_the_candidates_stand_side_by_side_with_places_figures_and_what_may_be_done(
    cast: dict[str, Actor],
) -> None:
    page = home(cast["city"])
    for title in ("千灯湖小镇", "顺德智造小镇", "云东海小镇"):
        assert title in page
    assert "<strong>1/2</strong> 尚余1个" in page
    assert "规划建设面积" in page
    waiting = Case.objects.get(title="顺德智造小镇")
    for action in ("recommend", "return_to_applicant", "not_recommend"):
        assert page_of(waiting, f"declare.{action}") in page
    done = Case.objects.get(title="千灯湖小镇")
    assert page_of(done, "declare.recommend") not in page
    assert "无不符合项" in page


def test_another_city_sees_nothing_of_it(cast: dict[str, Actor]) -> None:
    page = home(cast["qingyuan_city"])
    assert "目前没有待推荐的申报" in page
    assert "千灯湖小镇" not in page


def test_the_page_tells_the_quota_and_when_it_is_used_up_refuses_with_the_clause(
    cast: dict[str, Actor],
) -> None:
    second, third = (Case.objects.get(title=title) for title in ("顺德智造小镇", "云东海小镇"))
    shown = read(browser(cast["city"]), page_of(second, "declare.recommend"))
    assert "2个，已用1个，尚余1个" in shown
    assert "封面已加盖推荐单位公章" in shown
    assert post(cast["city"], second, "declare.recommend", SEAL).status_code == 302
    assert "已用完" in home(cast["city"])
    refused = post(cast["city"], third, "declare.recommend", SEAL | {"opinion": "同意推荐。"})
    assert refused.status_code in (403, 422)
    assert "附件1·二(二)2" in text_of(refused)
    assert "同意推荐。" in text_of(refused)


def test_what_the_policy_asks_is_missed_at_its_field_and_the_rest_stays(cast: dict[str, Actor]) -> None:
    case = Case.objects.get(title="顺德智造小镇")
    sent = {"recorded.recommender_seal": "true", "opinion": "同意推荐。"}
    refused = post(cast["city"], case, "declare.recommend", sent)
    assert refused.status_code == 422
    told = text_of(refused)
    assert 'id="id_recorded.recommend_truth_error"' in told
    assert "请填写“本单位对申报项目和申报材料的真实性负责”。" in told
    assert "同意推荐。" in told
