"""奖励: what the first of a year's ranking get, once the number and the amount are decided."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from audit import clock
from cases.enums import AppraisalStatus, AwardStatus
from cases.errors import Conflict, Invalid, NotAllowed
from cases.models import Appraisal, Award
from cases.numbers import hold_counter
from cases.rankings import rank_of, ranked_with
from programmes.schema import Ranking, side_with_flow
from programmes.slots import slot
from workflows.acts.registry import act, pending
from workflows.turn import Turn

RESERVED = "reward:"
"""Ledgers of rewards by rank begin with this."""


@dataclass(frozen=True, slots=True)
class _Reward:
    """What a unit gets by its place."""

    appraisal: Appraisal
    amount: Decimal
    rank: int


@pending("command.grant_reward")
def reward_is_decided(turn: Turn) -> None:
    """Only once the number and the amount are set, every result of the year is in, and the place is among the first."""
    programme = turn.pack.programme
    side = programme.side.get(side_with_flow(programme, "appraise"))
    if side is None or side.ranking is None:
        raise NotAllowed("no_reward", _("该事项没有排名奖励。"), turn.clause)
    ranking = side.ranking
    top, amount = (slot(turn.case.round, name).value for name in (ranking.top, ranking.amount))
    if top is None or amount is None:
        raise NotAllowed("reward_undecided", _("奖励名额和金额尚未确定，不能给予奖励。"), ranking.clause)
    appraisal = _appraisal_of(turn, ranking)
    rank = rank_of(appraisal)
    turn.pending |= {"appraisal.rank": rank}
    if rank is None or rank > int(str(top)):
        raise NotAllowed(
            "not_at_the_top",
            _("本年度考核排名第%(rank)s位，不在奖励名额（前%(top)s名）之内。") % {"rank": rank, "top": top},
            ranking.clause,
        )
    hold_counter(f"ledger:{turn.case.authority_id}:{RESERVED}{programme.id}:{turn.case.pk}")
    if turn.case.awards.filter(ledger=f"{RESERVED}{programme.id}", stage=str(appraisal.period)).exists():
        raise Conflict("already_rewarded", _("该年度奖励已经给予。"))
    turn.prepared = _Reward(appraisal, Decimal(str(amount)), rank)


def _appraisal_of(turn: Turn, ranking: Ranking) -> Appraisal:
    """The concluded appraisal of the year that was asked for, once all that are ranked together are concluded."""
    rows = turn.case.appraisals.filter(period=turn.data["period"], result="scored")
    appraisal = rows.exclude(status=AppraisalStatus.CANCELLED).first()
    if appraisal is None:
        message = _("该年度没有已确认的考核得分。")
        raise Invalid("no_score", message, fields={"period": message})
    waiting = ranked_with(turn.case, ranking, appraisal.period, appraisal.kind).filter(result="").count()
    if waiting:
        raise NotAllowed(
            "ranking_open", _("该年度还有%(n)s项考核未完成，排名尚未确定。") % {"n": waiting}, ranking.clause
        )
    return appraisal


@act("command.grant_reward")
def grant_reward(turn: Turn) -> None:
    """An entry in the unit's ledger, by place."""
    reward = turn.prepared
    assert isinstance(reward, _Reward)
    appraisal, amount, rank = reward.appraisal, reward.amount, reward.rank
    programme = turn.pack.programme
    award = Award.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        authority_id=turn.case.authority_id,
        ledger=f"{RESERVED}{programme.id}",
        beneficiary=turn.case.applicant,
        uscc=turn.case.applicant.uscc,
        item=_("%(year)s年度考核奖励") % {"year": appraisal.period},
        stage=str(appraisal.period),
        year=clock.today().year,
        status=AwardStatus.GRANTED,
        granted=amount,
        granted_on=clock.today(),
        decision=turn.decision,
    )
    turn.record |= {"award": str(award.public_id), "rank": rank, "granted": str(amount)}
    turn.message = _("已给予奖励%(amount)s万元（考核排名第%(rank)s位）。") % {"amount": amount, "rank": rank}
