"""评审: the panel, its sheets and the conclusion."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.bodies import above_all, same_body
from accounts.enums import Role
from accounts.models import RoleAssignment, User
from audit import clock
from audit.punctuation import listed, parted
from cases.enums import Part
from cases.errors import Invalid, NotAllowed
from cases.models import Case, Nomination, ScoreSheet
from cases.relations import add_participation, end_participation
from cases.sheets import forget_sheets
from programmes.rubrics import Aggregate, aggregate, total
from programmes.schema import Rubric
from workflows import held_slots, items
from workflows.acts.registry import act, pending
from workflows.asks import points_of
from workflows.draws import draw_of
from workflows.results import decided_rubric
from workflows.turn import GRADE, Turn


def rubric_of(turn: Turn) -> Rubric:
    """The rubric of the step the case stands in, as the pack has it."""
    assert turn.step.rubric is not None
    return turn.pack.rubrics[turn.step.rubric]


def rubric_that_holds(turn: Turn) -> Rubric:
    """The rubric with the pass mark and panel size of this run's panel; before it is formed, of the round."""
    rubric = decided_rubric(turn.case, turn.run)
    assert rubric is not None
    return rubric


def candidates(case: Case) -> list[User]:
    """Experts of the programme who may sit on this case's panel: no ties to the applicant, no part in the case.

    Ties are found by unit (:func:`has_ties`, :func:`_nominators`). Two queries, two more where the unit was nominated.
    """
    return [user for user, reason in judged(case) if not reason]


def judged(case: Case) -> list[tuple[User, str]]:
    """Every expert of the programme by name, with the reason why they may not sit on this panel ('' = they may).

    Two queries, two more where the unit was nominated.
    """
    assignments = (
        RoleAssignment.objects.valid_on(clock.today())
        .filter(
            role=Role.EXPERT, authority_id=case.authority_id, programme_code__in=("", case.programme.code)
        )
        .filter(user__is_active=True)
        .select_related("user__organisation")
    )
    parts = dict(
        case.participations.filter(
            capacity__in=(Part.DRAFTER, Part.RECUSED), until__isnull=True, voided_at__isnull=True
        ).values_list("user_id", "capacity")
    )
    people = {a.user_id: a.user for a in assignments}
    nominators = _nominators(case, people.values())
    return [
        (user, _barred(user, case, parts.get(user.pk, ""), nominator=user.pk in nominators))
        for user in sorted(people.values(), key=_by_name)
    ]


def _by_name(user: User) -> tuple[str, int]:
    return (user.name, user.pk)


def _nominators(case: Case, people: Iterable[User]) -> set[int]:
    """Keys of those who put the applicant forward, or for whom somebody did, and of those of ``people`` whose home unit is

    the nominating unit or of the same legal body. One query, two where the unit was nominated.
    """
    nomination = Nomination.objects.filter(case=case).select_related("organisation").first()
    if nomination is None:
        return set()
    homes = {user.pk: user.organisation for user in people if user.organisation is not None}
    above = above_all([nomination.organisation, *homes.values()])
    tied = {key for key, home in homes.items() if same_body(home, nomination.organisation, above)}
    return tied | nomination.people


def _barred(user: User, case: Case, part: str, *, nominator: bool) -> str:
    if part == Part.RECUSED:
        return _("已在本案回避")
    if part == Part.DRAFTER:
        return _("参与过本案申报材料的填报")
    if nominator:
        return _("本人或者所在单位是本案的提名方，应当回避")
    if has_ties(user, case):
        return _("所在单位是申报单位或者其上级、下属单位，应当回避")
    return ""


def has_ties(user: User, case: Case) -> bool:
    """Whether the person's home unit is the applicant, above it (the city itself aside) or below it."""
    home = user.organisation
    if home is None:
        return False
    above = case.applicant.is_within(home) and not home.is_authority
    return above or home.is_within(case.applicant)


@pending("review.assign_experts")
def check_panel(turn: Turn) -> None:
    """Size, oddness, eligibility: told together, beside the field."""
    chosen: list[User] = turn.data["experts"]
    rubric = rubric_that_holds(turn)
    eligible = {user.pk for user in candidates(turn.case)}
    barred = [user.name for user in chosen if user.pk not in eligible]
    faults = []
    if barred:
        faults.append(
            _("%(names)s不是本事项专家，或与申报单位存在利害关系，应当回避。") % {"names": listed(barred)}
        )
    if len(chosen) < rubric.panel_minimum:
        faults.append(_("专家组不得少于%(n)s人。") % {"n": rubric.panel_minimum})
    if rubric.odd_panel and len(chosen) % 2 == 0:
        faults.append(_("专家组人数应为单数。"))
    if faults:
        raise Invalid("bad_panel", parted(faults), fields={"experts": parted(faults)})
    record_draw(turn, chosen)


def record_draw(turn: Turn, chosen: list[User]) -> None:
    """Keep the draw that the choice claims to follow (``raw['draw_seed']``) with the record of the action.

    Raises Invalid unless that draw was made for this item and the chosen are its first ones. A choice without a seed
    was made by hand, and the record says so by having no draw.
    """
    seed = str(turn.raw.get("draw_seed") or "")
    if not seed:
        return
    draw = draw_of(turn.case, turn.item.public_id) if turn.item is not None else None
    if draw is None or draw.seed != seed or not draw.begins_with(chosen):
        message = _("所选专家与抽取结果不一致，请按抽取结果确定，或改为人工选定。")
        raise Invalid("not_as_drawn", message, fields={"experts": message})
    turn.record |= {"draw": {"seed": draw.seed, "pool": list(draw.pool)}}


@act("review.assign_experts")
def seat_panel(turn: Turn) -> None:
    """Give every expert a part in the case; the flow opens their seats. What the round has decided holds from now on."""
    assert turn.run is not None
    chosen: list[User] = turn.data["experts"]
    for user in chosen:
        add_participation(case=turn.case, user=user, part=Part.EXPERT)
    held = held_slots.hold(turn.case, rubric_of(turn).slots.values())
    turn.run.params = turn.run.params | {"seats": [user.pk for user in chosen]} | held
    turn.run.save(update_fields=["params"])
    turn.record |= {"experts": [{"user": user.pk, "name": user.name} for user in chosen]} | held
    turn.message = _("已组成%(n)s人专家组。") % {"n": len(chosen)}


@act("review.submit_score")
def submit_score(turn: Turn) -> None:
    """One sheet, checked to the last half point. Raises Invalid with a message for each line at fault."""
    rubric = rubric_of(turn)
    sheet: dict[str, Any] = turn.data["sheet"]
    points, errors = points_of(sheet.get("points") or {})
    for indicator in rubric.indicators:
        given = points.get(indicator.key)
        if given is None:
            errors.setdefault(indicator.key, _("请填写分数。"))
        elif not Decimal(0) <= given <= indicator.maximum:
            errors[indicator.key] = _("分数应在0至%(max)s之间。") % {
                "max": indicator.maximum.normalize().to_eng_string()
            }
        elif given % rubric.step:
            errors[indicator.key] = _("分数最小单位为%(step)s分。") % {"step": rubric.step}
    for question in rubric.questions:
        if question.required and (sheet.get("answers") or {}).get(question.key) in (None, ""):
            errors[question.key] = _("请作出判断。")
    if rubric.comment_required and not turn.data["comment"]:
        errors["comment"] = _("请填写评审意见。")
    if errors:
        raise Invalid("bad_sheet", _("评分表有%(n)s处需要修改。") % {"n": len(errors)}, fields=errors)
    answers = {
        q.key: (sheet.get("answers") or {}).get(q.key) in (True, "true", "on", "1", 1, "yes")
        for q in rubric.questions
    }
    kept = {i.key: points[i.key] for i in rubric.indicators}
    assert turn.actor.user is not None
    forget_sheets(turn.case)
    row = ScoreSheet.objects.create(
        case=turn.case,
        run_no=turn.case.run_no,
        expert=turn.actor.user,
        points={key: str(value) for key, value in kept.items()},
        answers=answers,
        total=total(rubric, kept),
        comment=turn.data["comment"] or "",
        submitted_at=turn.now,
    )
    turn.record |= {
        "sheet": str(row.public_id),
        "points": row.points,
        "answers": answers,
        "total": str(row.total),
    }
    shown = f"{row.total:f}".rstrip("0").rstrip(".") or "0"
    turn.message = _("评分已提交，总分%(total)s分。") % {"total": shown}
    if rubric.aggregation == "vote":
        turn.message = _("表决票已提交。")


@act("review.recuse")
def recuse(turn: Turn) -> None:
    """The expert leaves; the seat goes on waiting for whoever replaces them."""
    assert turn.item is not None and turn.actor.user is not None
    turn.moves_token = False
    leave_seat(turn.case, turn.actor.user, turn.data["reason"])
    items.open_item(
        case=turn.case, procedure="review", duty="replace", role="officer", run=turn.run, task=turn.item.task
    )
    turn.message = _("已登记回避，您将不再看到本案。")


def leave_seat(case: Case, user: User, reason: str) -> None:
    """End the expert's part and bar the person from the case."""
    end_participation(case=case, user=user, part=Part.EXPERT, reason=reason, void=True)
    add_participation(case=case, user=user, part=Part.RECUSED, reason=reason)


def dissolve_panel(case: Case) -> None:
    """The review is over, one way or another: whoever sat has no part in the case any more, and sees it no longer.

    The text gives experts no right to go on reading what they scored; their sheets stay with the case.
    """
    for seat in case.participations.filter(
        capacity=Part.EXPERT, until__isnull=True, voided_at__isnull=True
    ).select_related("user"):
        end_participation(case=case, user=seat.user, part=Part.EXPERT, reason=_("评审已结束"))


def sitting(case: Case) -> set[int]:
    """Keys of the experts who sit on the case's panel now. One query."""
    seats = case.participations.filter(capacity=Part.EXPERT, until__isnull=True, voided_at__isnull=True)
    return set(seats.values_list("user_id", flat=True))


@pending("review.replace_expert")
def check_replacement(turn: Turn) -> None:
    """One eligible expert who does not sit on the panel already."""
    chosen: list[User] = turn.data["experts"]
    eligible = {user.pk for user in candidates(turn.case)} - sitting(turn.case)
    if len(chosen) != 1 or chosen[0].pk not in eligible:
        message = _("请选择一名未参加本案评审、且无须回避的专家。")
        raise Invalid("bad_replacement", message, fields={"experts": message})
    record_draw(turn, chosen)


@act("review.replace_expert")
def replace_expert(turn: Turn) -> None:
    """The seat gets a new holder."""
    assert turn.item is not None
    user: User = turn.data["experts"][0]
    add_participation(case=turn.case, user=user, part=Part.EXPERT)
    items.open_item(
        case=turn.case,
        procedure="review",
        duty="score",
        role="expert",
        run=turn.run,
        task=turn.item.task,
        assignee_id=user.pk,
    )
    turn.moves_token = False
    turn.record |= {"expert": {"user": user.pk, "name": user.name}}
    turn.message = _("已由%(name)s接替评审。") % {"name": user.name}


@pending("review.select")
def panel_must_pass(turn: Turn) -> None:
    """The rules see the panel as passed only if its sheets say so; a panel that is too small decides nothing."""
    turn.outcome = str(turn.data.get(GRADE) or "")
    if turn.outcome:
        turn.pending |= {"review.grade": turn.outcome}
    if turn.run is not None and not turn.run.params.get("experts", True):
        turn.pending |= {"review.expert": "pass"}
        return
    rubric, result = panel_result(turn)
    if result.passed is False:
        raise NotAllowed("panel_not_passed", _not_passed(rubric, result), rubric.clause)
    turn.pending |= {"review.expert": "pass"}


def _not_passed(rubric: Rubric, result: Aggregate) -> str:
    if rubric.aggregation == "vote":
        return _("专家表决赞成%(value)s票，未达到规定票数，不能列入入选名单。") % {"value": result.value}
    return _("专家评审得分%(value)s分，未达到%(mark)s分，不能列入入选名单。") % {
        "value": result.value,
        "mark": rubric.pass_mark,
    }


def panel_result(turn: Turn) -> tuple[Rubric, Aggregate]:
    """What the panel of this run came to, kept with the record. NotAllowed with too few sheets."""
    rubric = rubric_that_holds(turn)
    sheets = list(
        turn.case.score_sheets.filter(run_no=turn.case.run_no, voided_at__isnull=True, appraisal__isnull=True)
    )
    if len(sheets) < rubric.panel_minimum:
        raise NotAllowed(
            "panel_too_small",
            _("有效评分只有%(n)s份，不足%(min)s份，不能形成评审结论。")
            % {"n": len(sheets), "min": rubric.panel_minimum},
            rubric.clause,
        )
    result = aggregate(rubric, [sheet.total for sheet in sheets])
    turn.record |= {"panel": {"sheets": len(sheets), "result": str(result.value)}}
    return rubric, result
