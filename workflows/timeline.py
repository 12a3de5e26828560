"""What happened in a case, told from its chained record to one reader. 办理记录

The record says everything; a reader is told what :func:`cases.policy.fields` lets them read. People of other units are
named to those alone who may read the record; applicants never learn who scored, nor the scores.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from audit.display import content_of
from audit.models import Entry
from audit.personal import reveal
from audit.punctuation import listed, noted, strung
from cases.enums import Closure, StandingStatus
from cases.models import Case
from programmes.forms import display_value, inputs_of
from programmes.procedures import COMMANDS, Action, Ask, action_of
from programmes.schema import FormField, Pack, SideProcedure, Step
from workflows.clause_links import clause_url
from workflows.labels import BESIDE_ACTIONS
from workflows.turn import own_asks

NEEDED: dict[str, str] = {
    "review.draw": "experts",
    "review.recuse": "experts",
    "review.replace_expert": "experts",
    "command.report_misconduct": "misconduct",
    "command.confirm_misconduct": "misconduct",
    "command.clear_misconduct": "misconduct",
    "command.register_objection": "objections",
    "publicize.lodge_objection": "objections",
    "publicize.uphold_objection": "objections",
    "publicize.dismiss_objection": "objections",
    "command.start_appraisal": "appraisals",
    "command.record_absence": "appraisals",
    "command.file_supervision_report": "reasons",
    "command.ask_opinions": "reasons",
    "consult.give_opinion": "reasons",
}
"""Which part of the case one must be able to read to be told of an action at all."""

SCORES = frozenset({"review.submit_score", "appraise.submit_site_score"})
APPRAISE = "appraise"
OPENED = "case.open"
NOMINATED = "case.nominate"
COMMITMENT = "p:sha256:"
LODGED = "publicize.lodge_objection"
OF_EXPERTS = frozenset({"declare", "build", "case"})
"""Procedures that an expert is told of, beside what they did themselves."""

ICONS = {"danger": "circle-x", "neutral": "arrow-back-up", "primary": "check"}
TONES = {"danger": "danger", "neutral": "warning", "primary": "info"}


@dataclass(frozen=True, slots=True)
class Happening:
    """办理记录: one line of the timeline; ``moved``: the step that the case came to with it."""

    at: dt.datetime
    title: str
    who: str
    lines: tuple[str, ...]
    clause: str
    clause_url: str
    tone: str
    icon: str
    moved: str
    letter_url: str


@dataclass(frozen=True, slots=True)
class _Told:
    """An entry with what is needed to tell it."""

    case: Case
    entry: Entry
    content: Mapping[str, Any]
    actor: Actor
    readable: frozenset[str]

    @property
    def own(self) -> bool:
        """Whether the reader did this."""
        return self.actor.user is not None and self.entry.actor_id == self.actor.user.pk

    @property
    def data(self) -> Mapping[str, Any]:
        """What the record tells beside who, when and what."""
        data: Mapping[str, Any] = self.content.get("data") or {}
        return data

    @property
    def pack(self) -> Pack:
        return self.case.edition.pack

    @property
    def procedure(self) -> str:
        return self.entry.action.partition(".")[0]

    @property
    def code(self) -> str:
        return self.entry.action.partition(".")[2]

    @property
    def from_step(self) -> str:
        return str((self.data.get("from") or {}).get("step") or "")

    @property
    def of_own_unit(self) -> bool:
        """Whether somebody of the reader's unit did it; experts act for themselves, whoever employs them."""
        stamped = (self.content.get("actor") or {}).get("organisation_id")
        return self.entry.role != Role.EXPERT and stamped in self.actor.organisation_ids

    def reads(self, part: str) -> bool:
        """May the reader be told this of it? What one's own unit did one knows."""
        return self.own or self.of_own_unit or part in self.readable


def entries_of(case: Case, most: int) -> QuerySet[Entry]:
    """The newest ``most`` entries of the record, those of the public's objections as one. One query.

    The objections stand in the record one by one, and in their own list; here the newest stands for all
    (``entry.alike`` says for how many), so that nobody can push what the offices did off the page.
    """
    lodged = Entry.objects.filter(chain=case.chain_id, action=LODGED)
    newest = lodged.order_by("-seq").values("seq")[:1]
    count = lodged.order_by().values("chain").annotate(n=Count("pk")).values("n")
    told = Entry.objects.filter(chain=case.chain_id).filter(~Q(action=LODGED) | Q(seq=Subquery(newest)))
    return told.annotate(alike=Subquery(count)).order_by("-seq")[:most]


def happenings(
    case: Case, entries: Iterable[Entry], actor: Actor, readable: frozenset[str]
) -> list[Happening]:
    """The timeline, in the order of ``entries``, as ``actor`` may read it. No query."""
    told = (_Told(case, entry, content_of(entry), actor, readable) for entry in entries)
    return [_happening(each) for each in told if _is_told(each)]


def entered_steps(case: Case, entries: Iterable[Entry]) -> dict[str, dt.datetime]:
    """When each step was entered last, from the record. ``entries`` in any order."""
    entered: dict[str, dt.datetime] = {}
    for entry in sorted(entries, key=lambda each: each.seq):
        data = content_of(entry).get("data") or {}
        before, after = data.get("from") or {}, data.get("to") or {}
        if after.get("step") and after.get("step") != before.get("step"):
            entered[after["step"]] = entry.at
        elif entry.action in (OPENED, NOMINATED):
            entered.setdefault(case.edition.pack.programme.lifecycle.start, entry.at)
    return entered


def _is_told(told: _Told) -> bool:
    if told.own:
        return True
    needed = NEEDED.get(told.entry.action) or ("appraisals" if told.procedure == APPRAISE else "")
    if needed and needed not in told.readable:
        return False
    return "decisions" in told.readable or told.procedure in OF_EXPERTS


def _happening(told: _Told) -> Happening:
    action = _action(told)
    clause = str(told.content.get("clause") or "")
    tone, icon = _look(told, action)
    return Happening(
        at=told.entry.at,
        title=_title(told, action),
        who=_who(told),
        lines=tuple(_lines(told)),
        clause=clause,
        clause_url=clause_url(told.case, clause),
        tone=tone,
        icon=icon,
        moved=_moved(told),
        letter_url=_letter_url(told),
    )


def _look(told: _Told, action: Action | None) -> tuple[str, str]:
    """Its tone and icon. Of what looks neutral, steps of a procedure send back; commands report or add something."""
    if told.entry.role == "system":
        return "neutral", "clock"
    if action is None or (told.procedure == "command" and action.tone == "neutral"):
        return "neutral", "circle-dot"
    return TONES[action.tone], ICONS[action.tone]


def _action(told: _Told) -> Action | None:
    if told.procedure == "command":
        return COMMANDS.get(told.code)
    try:
        return action_of(told.procedure, told.code)
    except KeyError:
        return None


def _title(told: _Told, action: Action | None) -> str:
    alike = getattr(told.entry, "alike", None) or 1
    if told.entry.action == LODGED and alike > 1:
        return _("先后收到异议%(n)s件") % {"n": alike}
    if told.entry.action == LODGED and not told.data.get("accepted"):
        return _("收到匿名异议，登记备查")
    if told.entry.action == NOMINATED:
        return _("由%(unit)s提名") % {"unit": (told.data.get("nominator") or {}).get("name") or "—"}
    if told.data.get("nomination") == "declined":
        return _("谢绝了提名")
    if action is not None:
        return _own_wording(told) or str(action.done or action.label)
    return str(BESIDE_ACTIONS.get(told.entry.action, told.entry.action))


def _own_wording(told: _Told) -> str:
    """What the policy itself calls a command (实地考察 for a work log); '' for anything else."""
    step = told.pack.programme.lifecycle.steps.get(told.from_step)
    own = step.labels.get(told.code) if step is not None and told.procedure == "command" else None
    return str(own) if own is not None else ""


def _who(told: _Told) -> str:
    """Who did it, as the reader may know them."""
    entry = told.entry
    if entry.role in ("system", "public"):
        return entry.actor_name
    if entry.role == Role.EXPERT and not told.reads("experts"):
        return _("评审专家")
    if not told.reads("record"):
        return entry.organisation_name or entry.actor_name
    role = str(Role(entry.role).label) if entry.role in Role.values else ""
    name = noted(entry.actor_name, strung((entry.organisation_name, role)))
    substituted = (told.content.get("actor") or {}).get("on_behalf_of")
    return name + (_("，代%(name)s办理") % {"name": substituted} if substituted else "")


def _moved(told: _Told) -> str:
    """What the case came to: another step, or its end."""
    if told.data.get("closure"):
        return _("本案办结：%(how)s") % {"how": Closure(told.data["closure"]).label}
    key = (told.data.get("to") or {}).get("step")
    step = told.pack.programme.lifecycle.steps.get(key) if key and key != told.from_step else None
    return _("进入“%(step)s”环节") % {"step": step.title} if step else ""


def _letter_of(told: _Told) -> str:
    """The code of the letter that went with the action; '' when none did."""
    programme = told.pack.programme
    if told.procedure == APPRAISE:
        letters = (side.letters.get(told.code, "") for side in programme.side.values())
        return next((letter for letter in letters if letter), "")
    step = programme.lifecycle.steps.get(told.from_step)
    return (step.letters.get(told.code, "") if step else "") or str(told.data.get("letter") or "")


def _letter_url(told: _Told) -> str:
    decision = told.data.get("decision")
    if not decision or "decisions" not in told.readable or not _letter_of(told):
        return ""
    return reverse("cases:letter", args=[told.case.public_id, decision])


def _addressed(told: _Told) -> bool:
    """Whether the reason was told to the applicant: in a letter, with what was given back, or with the nomination."""
    told_them = told.entry.action == NOMINATED or told.code.startswith("return")
    return "decisions" in told.readable and (told_them or bool(_letter_of(told)))


def _lines(told: _Told) -> Iterable[str]:
    data = told.data
    if not told.content:
        yield _("本条留痕的正文无法读取，须核验本案留痕。")
    if data.get("reason") and (told.reads("reasons") or _addressed(told)):
        yield _spoken_reason(str(data["reason"]))
    if data.get("opinion") and told.reads("reasons"):
        yield _("意见：%(text)s") % {"text": data["opinion"]}
    if data.get("explanations") and told.reads("reasons"):
        yield from (
            _("就%(rule)s说明：%(text)s") % {"rule": _rule(told.pack, rule), "text": text}
            for rule, text in data["explanations"].items()
        )
    if data.get("summary") and "declaration" in told.readable:
        yield _("建设完成情况：%(text)s") % {"text": data["summary"]}
    if data.get("questions") and "declaration" in told.readable:
        yield _("填报核对：系统提示%(all)s处，申报单位确认无误%(confirmed)s处。") % {
            "all": data["questions"]["confirmed"] + data["questions"]["open"],
            "confirmed": data["questions"]["confirmed"],
        }
    yield from _recorded(told)
    yield from _results(told)


OF_THE_UNIT = frozenset({Role.APPLICANT, Role.OPERATOR})


def _recorded(told: _Told) -> Iterable[str]:
    """What the policy had recorded with the action: each blank by its label, with its unit."""
    stored: Mapping[str, Any] = told.data.get("recorded") or {}
    if not stored or not (told.reads("reasons") or told.entry.role in OF_THE_UNIT):
        return
    for ask in _asked(told):
        if ask.field is None or ask.key not in stored:
            continue
        value = _shown(ask.field, stored[ask.key])
        if value:
            yield _("%(label)s：%(value)s") % {"label": ask.label, "value": f"{value}{ask.field.unit}"}


def _shown(field: FormField, stored: Any) -> str:
    """A recorded value for reading; a moment in local time, to the minute."""
    if field.type == "datetime":
        return clock.local(dt.datetime.fromisoformat(str(stored))).strftime("%Y-%m-%d %H:%M")
    return display_value(next(inputs_of(field)), stored)


def _asked(told: _Told) -> Iterable[Ask]:
    """What the pinned edition asks with this action where it was done."""
    programme, gate = told.pack.programme, told.entry.action
    step = programme.lifecycle.steps.get(told.from_step)
    owners: list[Step | SideProcedure] = [
        *(side for side in programme.side.values() if side.flow == told.procedure),
        *([step] if step is not None else []),
    ]
    found = {ask.key: ask for owner in reversed(owners) for ask in own_asks(owner, gate)}
    return found.values()


def _spoken_reason(reason: str) -> str:
    """The reason; where the chain keeps only a commitment, what it stands for (unless it has been erased)."""
    if not reason.startswith(COMMITMENT):
        return reason
    return reveal(reason) or _("（内容已依法删除）")


def _rule(pack: Pack, code: str) -> str:
    rule = pack.rules.get(code)
    return f"“{rule.title}”" if rule else code


def _results(told: _Told) -> Iterable[str]:
    """What came of it, in figures and names."""
    data = told.data
    if data.get("case_no"):
        version = (data.get("declaration") or {}).get("version")
        yield _("编号%(no)s，第%(version)s版申报材料") % {"no": data["case_no"], "version": version}
    if data.get("pool"):
        yield _("自%(n)s名备选专家中随机抽取") % {"n": len(data["pool"])}
    if data.get("experts") and told.reads("experts"):
        yield _("专家：%(names)s") % {"names": listed(each["name"] for each in data["experts"])}
    if data.get("expert") and told.reads("experts"):
        yield _("专家：%(names)s") % {"names": data["expert"]["name"]}
    if told.entry.action in SCORES and told.reads("sheets"):
        yield _("总分%(total)s分") % {"total": f"{Decimal(str(data.get('total'))).normalize():f}"}
    if data.get("panel") and told.reads("aggregate"):
        yield _("%(n)s份有效评分，结果%(value)s分") % {
            "n": data["panel"]["sheets"],
            "value": data["panel"]["result"],
        }
    yield from _money(told)
    yield from _asked_and_said(told)
    yield from _legal_results(data)


def _money(told: _Told) -> Iterable[str]:
    """What was granted, reported upwards or paid."""
    data, award = told.data, told.data.get("award")
    if isinstance(award, dict):
        yield _("金额%(amount)s万元") % {"amount": award["granted"]}
        payers = {
            share.code: str(share.payer)
            for step in told.pack.programme.lifecycle.steps.values()
            for share in (step.award.shares if step.award else ())
        }
        shares = [
            _("%(payer)s%(amount)s万元") % {"payer": payers.get(code, code), "amount": _plain(amount)}
            for code, amount in (award.get("shares") or {}).items()
        ]
        if shares:
            yield _("分担：%(shares)s") % {"shares": listed(shares)}
    if data.get("rank") and data.get("granted"):
        yield _("考核排名第%(rank)s位，奖励%(amount)s万元") % {
            "rank": data["rank"],
            "amount": _plain(data["granted"]),
        }
    if data.get("paid_on"):
        yield _("拨付日期：%(day)s，凭证号：%(voucher)s") % {
            "day": data["paid_on"],
            "voucher": data.get("voucher") or "—",
        }
    if data.get("document_no"):
        yield _("文号：%(no)s") % {"no": data["document_no"]}


def _asked_and_said(told: _Told) -> Iterable[str]:
    """Questions to other units, matters put to a meeting, work that was logged, places taken."""
    data = told.data
    if told.entry.action == "command.ask_opinions":
        yield _("征求单位：%(units)s") % {"units": listed(data.get("units") or [])}
        yield _("征求意见事项：%(text)s") % {"text": data.get("question", "")}
    if told.entry.action == "consult.give_opinion" and data.get("overdue_days"):
        yield _("逾期%(n)s天反馈") % {"n": data["overdue_days"]}
    if told.entry.action == "command.raise_item":
        yield _("审议事项：%(text)s") % {"text": data.get("item", "")}
    if told.entry.action == "command.log_work" and told.reads("reasons"):
        yield _("工作内容：%(text)s") % {"text": data.get("content", "")}
    if quota := data.get("quota"):
        yield _("占用推荐名额，本期已用%(n)s个") % {"n": quota["used"]}


def _plain(amount: Any) -> str:
    """An amount of the record as people write it."""
    text = f"{Decimal(str(amount)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _legal_results(data: Mapping[str, Any]) -> Iterable[str]:
    if standing := data.get("standing"):
        label = StandingStatus(standing["status"]).label
        yield _("在册状态：%(status)s，自%(since)s起") % {"status": label, "since": standing["since"]}
    if data.get("holder"):
        yield _("持有单位由“%(old)s”变更为“%(new)s”") % {"old": data["holder_before"], "new": data["holder"]}
    if data.get("term_until"):
        yield _("有效期延续至%(day)s") % {"day": data["term_until"]}
    if data.get("failed"):
        yield _("规定期间内缺席%(n)s次，视为考评不合格") % {"n": data["absences"]}
    if data.get("plaque"):
        yield _("标牌编号%(no)s") % {"no": data["plaque"]}
    if data.get("rectification_due"):
        yield _("整改期限至%(day)s") % {"day": data["rectification_due"]}
    if data.get("period"):  # a year where an appraisal is meant, words where the unit reports
        said = _("考评年度：%(period)s") if isinstance(data["period"], int) else _("报告期：%(period)s")
        yield said % {"period": data["period"]}
