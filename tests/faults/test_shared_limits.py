"""Limits that several cases share hold when their cases are decided at the same moment: quotas and ledgers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

import pytest

from accounts.errors import Refusal
from audit import clock
from cases.models import Award, Case, QuotaUse
from tests.factories.played import played
from tests.faults.at_once import at_once
from workflows import engine

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

THREE_TOWNS = """
steps:
""" + "".join(
    f"""
  - {{at: 2018-08-0{number} 09:00, who: {who}, do: open_case, as: {who}}}
  - {{do: fill, case: {who}, with: {{forms: {{GD_SUPP: {{city: '4418'}}}}}}}}
  - {{at: 2018-08-0{number} 10:00, case: {who}, who: {who}, do: submit}}
"""
    for number, who in enumerate(("qingcheng", "qingxin", "yingde"), start=6)
)
TWO_CLAIMS = """
declaration: {forms: {GZ_RD_CLAIM: {rd_wan: 1400}}}
steps:
  - {at: 2017-03-06 09:00, do: open_case, with: {title: 甲}, as: one}
  - {do: fill, case: one}
  - {at: 2017-03-06 10:00, do: submit, case: one}
  - {at: 2017-03-07, do: pass_assessment, case: one}
  - {at: 2017-03-08, do: open_round, with: {year: 2018, opens_on: 2017-03-08, reason: 补充批次。}, as: later}
  - {at: 2017-03-09 09:00, do: open_case, with: {title: 乙, round: later}, as: two}
  - {do: fill, case: two, with: {forms: {GZ_RD_CLAIM: {rd_year: 2015}}}}
  - {at: 2017-03-09 10:00, do: submit, case: two}
  - {at: 2017-03-10, do: pass_assessment, case: two}
"""


def _at(moment: dt.datetime) -> None:
    clock.set_clock(moment.replace(tzinfo=clock.SHANGHAI))


@pytest.mark.parametrize("attempt", range(5))
def test_the_third_of_two_never_slips_through(attempt: int) -> None:
    """R-GD-06: the city presses 推荐 for three towns at once; two go up, the third is told that the quota is used."""
    actors = played("gd-town-industry", THREE_TOWNS)
    _at(dt.datetime(2018, 8, 20, 10))
    cases = Case.objects.order_by("pk")
    results = at_once(
        *(partial(engine.act, case.public_id, "declare.recommend", actor=actors["qingyuan_city"],
                  data={"recommend_truth": True, "recommend_completeness": True,
                        "recommender_seal": True}) for case in cases)
    )  # fmt: skip
    refusals = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refusals] == ["R-GD-06"]
    assert QuotaUse.objects.count() == 2


@pytest.mark.parametrize("attempt", range(5))
def test_two_grants_at_once_stay_within_the_total(attempt: int) -> None:
    """R-GZ-02, R-GZ-03: 200 a year and 300 in all, whoever presses first."""
    actors = played("gz-rd-subsidy", TWO_CLAIMS)
    _at(dt.datetime(2017, 3, 15, 10))
    cases = Case.objects.order_by("pk")
    results = at_once(
        *(
            partial(engine.act, case.public_id, "award.grant", actor=actors["approver"], data={})
            for case in cases
        )
    )
    granted = sorted(Award.objects.values_list("granted", flat=True))
    assert sum(granted) <= Decimal(300)
    assert granted.count(Decimal(200)) == 1
    assert [type(result).__name__ for result in results].count("Result") == len(granted)
