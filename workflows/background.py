"""What a person has to know of a case before an action, as far as they may read it. 办理依据

Sections of facts beside the form: the panel's result before the conclusion, the objection before its finding, what was
reported before it is judged. :func:`cases.policy.fields` decides which of them the actor is given.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import listed, noted, parted, strung
from cases import policy
from cases.enums import Part, RectificationStatus
from cases.models import ScoreSheet
from programmes.schema import Choice, Rubric
from workflows.award_lines import award_view, earlier_awards, reckoning, stage_label
from workflows.case_pages import note_read
from workflows.forms import plain
from workflows.intake_background import recommended_facts, register_facts
from workflows.objection_lines import IDENTITY, ObjectionLine, objection_line
from workflows.quota_lines import quota_line
from workflows.results import last_decisions, panel_results, publicity_results
from workflows.sections import Fact, Reader, Section
from workflows.title_background import earlier_votes, numbers, supervision, term
from workflows.turn import Turn

ZERO = Decimal(0)
READ_OBJECTORS = "case.objectors"
"""The read log's name for having seen who objected."""


def background_of(turn: Turn) -> list[Section]:
    """The sections that go with this action, for its actor."""
    readable = policy.fields(turn.actor, turn.case)
    found = (
        reader(turn, readable) for reader in _READERS.get(turn.gate, _BY_PROCEDURE.get(turn.procedure, ()))
    )
    return [section for section in found if section is not None and section.facts]


def _day(moment: dt.datetime | dt.date | None) -> str:
    if isinstance(moment, dt.datetime):
        moment = clock.local(moment).date()
    return moment.strftime("%Y-%m-%d") if moment else "—"


def panel_facts(turn: Turn, readable: frozenset[str]) -> Section | None:
    """The panel's result; the sheets one by one for those who may read them."""
    found = panel_results([turn.case]).get(turn.case.pk)
    if found is None or "aggregate" not in readable:
        return None
    facts = [Fact(_("评审结果"), str(found.result.explanation), found.clause, long=True)]
    if "sheets" in readable:
        for number, sheet in enumerate(found.sheets, start=1):
            who = sheet.expert.name if "experts" in readable else _("专家%(n)s") % {"n": number}
            points = f"{sheet.total:f}".rstrip("0").rstrip(".")
            text = vote_of(found.rubric, sheet) or _("%(points)s分") % {"points": points}
            text += f"　{sheet.comment}" if sheet.comment else ""
            facts.append(Fact(who, text, long=bool(sheet.comment)))
    return Section(_("专家评审"), facts)


def vote_of(rubric: Rubric, sheet: ScoreSheet) -> str:
    """A sheet of a vote in words; '' for one that gives points."""
    if rubric.aggregation != "vote" or rubric.pass_mark is None:
        return ""
    return _("赞成") if sheet.total >= rubric.pass_mark else _("不赞成")


def publicity_facts(turn: Turn, readable: frozenset[str]) -> Section | None:
    """The window and what came of it."""
    found = publicity_results([turn.case]).get(turn.case.pk)
    if found is None or "objections" not in readable:
        return None
    dates = {"since": _day(found.starts_on), "until": _day(found.ends_on), "status": found.status_label}
    window = _("%(since)s至%(until)s（%(status)s）") if found.ends_on else _("自%(since)s起（%(status)s）")
    told = (
        _("%(n)s件，其中核查中%(open)s件") % {"n": found.total, "open": found.open}
        if found.total
        else _("无")
    )
    return Section(_("公示情况"), [Fact(_("公示期"), window % dates), Fact(_("异议"), told)])


def _opinions(turn: Turn, readable: frozenset[str]) -> Section | None:
    if "reasons" not in readable:
        return None
    names = {
        "pass_initial": _("初审意见"),
        "select": _("评审结论"),
        "report_for_approval": _("报请审批意见"),
        "propose_revocation": _("提请取消授牌的理由"),
    }
    wanted = (
        ["propose_revocation"]
        if turn.procedure == "revoke"
        else [c for c in names if c != "propose_revocation"]
    )
    rows = last_decisions([turn.case], wanted)
    facts = []
    for code in wanted:
        row = rows.get((turn.case.pk, code))
        if row is not None:
            by = strung((row.organisation.name if row.organisation else "", _day(row.decided_at)))
            text = noted(row.reason or _("未填写意见"), by)
            facts.append(Fact(names[code], text, row.clause, long=True))
    return Section(_("前序意见"), facts)


def _objection(turn: Turn, readable: frozenset[str]) -> Section | None:
    objection = turn.item.objection if turn.item is not None else None
    line = objection_line(objection, readable) if objection is not None else None
    if line is None:
        return None
    facts = [Fact(_("提出日期"), _day(line.received_at))]
    if line.content:
        facts = [
            Fact(_("回执编号"), line.number),
            *facts,
            Fact(_("异议人类别"), line.kind),
            Fact(_("收到方式"), line.arrival),
            Fact(_("异议内容"), line.content, long=True),
        ]
    if IDENTITY in readable:
        facts += _objector(turn, line)
    return Section(_("异议"), facts)


def _objector(turn: Turn, line: ObjectionLine) -> list[Fact]:
    """Who objected. That somebody looked is noted, without waiting for any lock."""
    note_read(turn.actor, turn.case, READ_OBJECTORS)
    return [
        Fact(_("异议人（保密）"), line.name or "—"),
        Fact(_("联系方式（保密）"), line.contact or "—"),
    ]


def _reported_items(turn: Turn, readable: frozenset[str]) -> Section | None:
    if turn.run is None or turn.run.appraisal is None or "appraisals" not in readable:
        return None
    appraisal, side = turn.appraisal, turn.side
    rubric = turn.pack.rubrics[side.rubric] if side.rubric else None
    names = {i.key: (str(i.label), i.clause) for i in rubric.indicators} if rubric else {}
    facts = [
        Fact(_("考评年度"), str(appraisal.period)),
        Fact(_("考评类别"), _label(side.kinds, appraisal.kind)),
    ]
    if appraisal.methods:
        facts.append(Fact(_("考评方式"), listed(_label(side.methods, code) for code in appraisal.methods)))
    for key, text in appraisal.items.items():
        label, clause = names.get(key, (key, ""))
        facts.append(Fact(label, str(text), clause, long=True))
    return Section(_("考评情况"), facts)


def _label(choices: tuple[Choice, ...], code: str) -> str:
    return next((str(choice.label) for choice in choices if choice.code == code), code)


def _rectification(turn: Turn, readable: frozenset[str]) -> Section | None:
    if turn.run is None or turn.run.appraisal is None or "appraisals" not in readable:
        return None
    statuses = (RectificationStatus.OPEN, RectificationStatus.REPORTED)
    row = turn.appraisal.rectifications.filter(status__in=statuses).select_related("decision").first()
    if row is None:
        return None
    facts = [Fact(_("整改期限"), _day(row.due_on)), Fact(_("报送日期"), _day(row.reported_at))]
    if row.decision is not None:
        facts.append(Fact(_("考评不合格的理由"), row.decision.reason, row.decision.clause, long=True))
    facts.append(Fact(_("整改报告"), row.report or _("期限届满，未报送整改报告。"), long=True))
    return Section(_("整改情况"), facts)


def _recused(turn: Turn, readable: frozenset[str]) -> Section | None:
    if "experts" not in readable:
        return None
    rows = turn.case.participations.filter(capacity=Part.RECUSED, until__isnull=True, voided_at__isnull=True)
    facts = [
        Fact(row.user.name, row.reason or "—", long=True)
        for row in rows.select_related("user").order_by("pk")
    ]
    return Section(_("已回避的专家"), facts)


def _misconduct(turn: Turn, readable: frozenset[str]) -> Section | None:
    if "misconduct" not in readable:
        return None
    rows = (
        turn.case.misconducts.filter(status="reported").select_related("expert", "reported_by").order_by("pk")
    )
    facts = [
        Fact(
            _("%(day)s 涉及%(name)s") % {"day": _day(row.reported_at), "name": row.expert.name},
            _("%(text)s（反映人：%(by)s）") % {"text": row.report, "by": row.reported_by.name},
            long=True,
        )
        for row in rows
    ]
    return Section(_("待核查的线索"), facts)


def _correction(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What the applicant was asked to mend."""
    draft = turn.case.declarations.filter(status="draft").exclude(note="").order_by("-version_no").first()
    return Section(_("补正要求"), [Fact(_("退回意见"), draft.note, long=True)]) if draft is not None else None


def _wan(amount: str) -> str:
    return _("%(amount)s万元") % {"amount": amount}


def _reckoned(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What the formula and the caps give, figure by figure, and who would bear it."""
    found = reckoning(turn) if "decisions" in readable else None
    if found is None:
        return None
    facts = [Fact(_("事项"), str(turn.step.award.item), turn.step.award.clause)] if turn.step.award else []
    if found.trouble:
        return Section(_("金额核算"), [*facts, Fact(_("无法核算"), found.trouble, found.clause, long=True)])
    if found.stage:
        facts.append(Fact(_("所属年度") if found.stage.isdecimal() else _("申请阶段"), found.stage))
    facts += [Fact(figure.label, _wan(figure.amount), figure.clause) for figure in found.figures]
    most = _wan(plain(found.most)) if found.most is not None else _("政策未定公式和限额，由审定机关确定")
    facts.append(Fact(_("最多可给予"), most, strong=True))
    facts += [
        Fact(_("其中%(payer)s承担") % {"payer": share.label}, _wan(share.amount), share.clause)
        for share in found.shares
    ]
    return Section(_("金额核算"), facts)


def _ledger(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What the beneficiary was granted before, by year."""
    if "decisions" not in readable or turn.step.award is None:
        return None
    rows = earlier_awards(turn.case)
    title = _("%(unit)s此前获得本项支持的情况") % {"unit": turn.case.applicant.name}
    if not rows:
        return Section(title, [Fact(_("台账"), _("此前没有获得本项支持的记录。"), long=True)])
    total = _("%(n)s笔，共%(sum)s万元") % {"n": len(rows), "sum": plain(sum((r.granted for r in rows), ZERO))}
    facts = [Fact(_("累计"), total, strong=True)]
    for year in dict.fromkeys(row.year for row in rows):
        own = [row for row in rows if row.year == year]
        told = [
            noted(
                _("%(day)s %(amount)s万元") % {"day": _day(row.granted_on), "amount": plain(row.granted)},
                strung((stage_label(turn.pack, row.stage), str(row.get_status_display()), row.case.case_no)),
            )
            for row in own
        ]
        facts.append(Fact(_("%(year)s年度") % {"year": year}, parted(told), long=True))
    return Section(title, facts)


def _granted(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What was decided, before it is paid."""
    view = award_view(turn.case) if "decisions" in readable else None
    line = view.lines[0] if view is not None and view.lines else None
    if line is None:
        return None
    facts = [
        Fact(_("审定金额"), _wan(line.granted), strong=True),
        Fact(_("审定日期"), _day(line.award.granted_on)),
        *(Fact(_("其中%(payer)s承担") % {"payer": s.label}, _wan(s.amount), s.clause) for s in line.shares),
    ]
    return Section(_("审定情况"), facts)


def _asked(turn: Turn, readable: frozenset[str]) -> Section | None:
    """What the unit is asked, for whoever answers."""
    unit = turn.item.organisation_id if turn.item is not None else None
    row = turn.case.opinions.filter(unit=unit, given_at__isnull=True).order_by("-batch").first()
    if row is None:
        return None
    facts = [Fact(_("征求意见事项"), row.question, long=True), Fact(_("征求日期"), _day(row.asked_at))]
    return Section(_("征求意见"), facts)


def _quota(turn: Turn, readable: frozenset[str]) -> Section | None:
    """How much of the quota is used, before a place is taken."""
    line = quota_line(turn.case)
    if line is None:
        return None
    used = _("已用%(used)s个") % {"used": line.used}
    if line.limit is not None:
        used = _("%(limit)s个，已用%(used)s个，尚余%(left)s个") % {
            "limit": line.limit,
            "used": line.used,
            "left": line.left,
        }
    return Section(
        _("推荐名额"),
        [Fact(noted(line.unit, line.period), used, line.clause, strong=line.spent)],
    )


_READERS: dict[str, tuple[Reader, ...]] = {
    "declare.recommend": (_quota,),
    "declare.accept": (recommended_facts, register_facts),
    "declare.return_for_correction": (recommended_facts, register_facts),
    "declare.decline": (recommended_facts, register_facts),
    "command.correct_intake": (register_facts,),
    "award.record_payment": (_granted,),
    "award.return_for_correction": (),
    "award.record_provincial_refusal": (),
    "consult.give_opinion": (_asked,),
    "declare.submit": (_correction,),
    "review.select": (panel_facts, earlier_votes, numbers),
    "review.reject": (panel_facts, earlier_votes),
    "review.call_second_vote": (panel_facts,),
    "review.replace_expert": (_recused,),
    "review.recuse": (),
    "publicize.uphold_objection": (_objection, publicity_facts),
    "publicize.dismiss_objection": (_objection, publicity_facts),
    "publicize.publish_notice": (panel_facts, _opinions),
    "appraise.submit_rectification": (_rectification,),
    "appraise.accept_rectification": (_rectification, _reported_items),
    "appraise.fail_rectification": (_rectification, _reported_items),
    "command.confirm_misconduct": (_misconduct, panel_facts),
    "command.clear_misconduct": (_misconduct,),
    "command.register_objection": (publicity_facts,),
}
_BY_PROCEDURE: dict[str, tuple[Reader, ...]] = {
    "accredit": (panel_facts, publicity_facts, _opinions, supervision, numbers, term),
    "revoke": (_opinions, supervision),
    "appraise": (_reported_items,),
    "award": (_reckoned, _ledger),
}
