"""推荐名单: the door by which a unit puts its recommended cases of a round in order and numbers its letter.

The list spans cases, so it is no move of any of them: an aggregate of its own, kept as a row a decision, recorded on the
round's chain. Locks: the round's row, then the chain head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation
from audit import clock
from audit.chain import append
from audit.punctuation import parted
from cases import policy
from cases.errors import Conflict, Invalid, NotAllowed, NotVisible
from cases.models import Case, Decision, RecommendationList
from cases.recommendations import in_order, newest_list, recommended_cases
from cases.relations import remember_parties
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.schema import Pack, Step

ACTION = "round.recommendation_list"
LONGEST_NO, LONGEST_REASON = 80, 1000
READERS = frozenset({Role.OFFICER, Role.CHIEF, Role.APPROVER, Role.SUPERVISOR})
"""Who reads a list beside the unit whose it is."""


@dataclass(frozen=True, slots=True)
class Listed:
    """推荐名单 as it stands: its cases in order, the newest decision about it, and whether an order is asked."""

    round: Round
    unit: Organisation
    cases: list[Case]
    newest: RecommendationList | None
    ranked: bool
    own: bool
    """The actor's own unit: it may decide while the round is open."""
    complete: bool = True
    """Whether these are all the cases of the list: the letter is shown of a whole list alone."""
    outrun: bool = False
    """Whether a case has been recommended since the newest decision, be it for the second time."""

    @property
    def open(self) -> bool:
        """Whether the list can still be changed."""
        return self.own and self.round.status == RoundStatus.OPEN

    @property
    def version(self) -> int:
        """Number of the newest decision; 0 before any."""
        return self.newest.version_no if self.newest is not None else 0

    @property
    def numbered(self) -> bool:
        """Whether the newest decision's number and day are those of a letter over exactly these cases."""
        return self.newest is not None and not self.outrun and not self.unordered

    @property
    def unordered(self) -> list[Case]:
        """Cases recommended since the order was decided."""
        known = set(self.newest.order) if self.newest is not None else set()
        return [case for case in self.cases if self.ranked and str(case.public_id) not in known]


def declare_step(pack: Pack) -> Step | None:
    """The step in which units recommend; None where nobody does."""
    steps = pack.programme.lifecycle.steps.values()
    return next((step for step in steps if step.params.get("recommendation")), None)


def asks_ranking(pack: Pack) -> bool:
    """Whether the edition has units put what they recommend in order."""
    step = declare_step(pack)
    return step is not None and bool(step.params.get("ranking"))


def listed(actor: Actor, round_: Round, unit: Organisation) -> Listed:
    """The unit's list as the unit, the offices that handle its cases and supervisors may see it.

    NotVisible for anybody else, and when there is nothing of it they may see.
    """
    own = actor.role == Role.RECOMMENDER and actor.covers_organisation(unit)
    everything = list(recommended_cases(round_, unit)) if own or actor.role in READERS else []
    cases = _readable(actor, everything)
    if not cases:
        raise NotVisible("invisible", _("未找到该推荐名单。"))
    newest = newest_list(round_, unit)
    order = newest.order if newest is not None else []
    return Listed(
        round_,
        unit,
        in_order(cases, order),
        newest,
        asks_ranking(round_.edition.pack),
        own,
        complete=len(cases) == len(everything),
        outrun=newest is not None and _recommended_since(cases, newest),
    )


def _readable(actor: Actor, cases: list[Case]) -> list[Case]:
    """Those whose decisions the actor reads: a unit that is only asked for its opinion does not. Two queries."""
    visible = policy.visible(actor).filter(pk__in=[case.pk for case in cases])
    seen = set(visible.values_list("pk", flat=True))
    remember_parties(cases)
    return [case for case in cases if case.pk in seen and "decisions" in policy.fields(actor, case)]


def _recommended_since(cases: list[Case], newest: RecommendationList) -> bool:
    rows = Decision.objects.filter(case__in=cases, procedure="declare", action="recommend")
    return rows.filter(decided_at__gt=newest.decided_at).exists()


def decide_list(
    *,
    round_: Round,
    unit: Organisation,
    order: Sequence[str],
    document_no: str,
    reason: str,
    seen: int,
    actor: Actor,
) -> RecommendationList:
    """Decide the order (public ids of exactly the cases recommended) and the letter's number.

    ``seen``: the version the page showed. Raises NotVisible, NotAllowed (not the unit's, round closed), Conflict (the
    list has changed), Invalid (``order``, ``document_no``, ``reason``).
    """
    with transaction.atomic():
        round_ = (
            Round.objects.select_for_update(of=("self",), no_key=True)
            .select_related("edition", "chain")
            .get(pk=round_.pk)
        )
        now = listed(actor, round_, unit)
        if not now.own:
            raise NotAllowed("not_yours", _("推荐名单由推荐单位确定。"))
        if not now.open:
            raise NotAllowed("round_closed", _("本批次已结束，推荐名单不能再调整。"))
        wanted = [str(case.public_id) for case in now.cases]
        if now.version != seen or sorted(order) != sorted(wanted):
            raise Conflict("stale", _("推荐名单已有变化，请核对后重新提交。"))
        chosen = list(order) if now.ranked else wanted
        _check(now, chosen, document_no, reason)
        step = declare_step(round_.edition.pack)
        clause = (step.clauses.get("recommend") or step.clause) if step is not None else ""
        assert actor.user is not None
        assert round_.chain is not None
        row = RecommendationList.objects.create(
            round=round_,
            organisation=unit,
            version_no=now.version + 1,
            order=chosen,
            document_no=document_no,
            reason=reason,
            decided_at=clock.now(),
            decided_by=actor.user,
        )
        append(
            chain=round_.chain,
            action=ACTION,
            actor=actor.stamp(),
            subject=str(row.public_id),
            data={
                "unit": str(unit.public_id),
                "version": row.version_no,
                "order": chosen,
                "before": now.newest.order if now.newest is not None else [],
                "document_no": document_no,
                "reason": reason,
            },
            clause=clause,
            at=row.decided_at,
        )
        return row


def _check(now: Listed, order: list[str], document_no: str, reason: str) -> None:
    fields: dict[str, str] = {}
    if len(document_no) > LONGEST_NO:
        fields["document_no"] = _("文号不得超过%(most)s字。") % {"most": LONGEST_NO}
    if len(reason) > LONGEST_REASON:
        fields["reason"] = _("不得超过%(most)s字。") % {"most": LONGEST_REASON}
    before = [key for key in now.newest.order if key in order] if now.newest is not None else []
    if before and before != [key for key in order if key in before] and not reason:
        fields["reason"] = _("调整推荐顺序，请说明理由。")
    same = now.newest is not None and (order, document_no) == (now.newest.order, now.newest.document_no)
    if same and not now.outrun:
        fields["order"] = _("与现有名单相同，没有需要保存的内容。")
    if fields:
        raise Invalid("invalid", parted(fields.values()), fields=fields)


def order_of(ranks: dict[str, str]) -> tuple[list[str], str]:
    """Public id → place as typed, understood as an order; else what is wrong: each place from 1 is given once."""
    places: dict[int, str] = {}
    for key, text in ranks.items():
        plain = text.strip().translate(_WIDE)
        if not plain.isdecimal() or len(plain) > 4 or not 1 <= int(plain) <= len(ranks):
            return [], _("推荐顺序应为1至%(n)s的数字。") % {"n": len(ranks)}
        if int(plain) in places:
            return [], _("推荐顺序不能重复：有两个项目同为第%(n)s位。") % {"n": int(plain)}
        places[int(plain)] = key
    return [places[place] for place in sorted(places)], ""


_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
