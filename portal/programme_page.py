"""One programme as an applicant reads it: who, until when, what it gives, what is needed, how it goes on. 事项指南"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import listed, parted
from cases.enums import StandingStatus
from portal.register import GOOD
from programmes.calendar import Duration, DurationError
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.schema import Clause, DeadlineSpec, Document, Form, FormField, Pack, Step
from programmes.slots import default_values
from programmes.soundness import active_duties
from workflows.clause_links import anchor_of

OPEN, SOON, OVER = "open", "soon", "over"


@dataclass(frozen=True, slots=True)
class Call:
    """批次: a round as of today: open, not yet, or over; ``text`` says until when."""

    round: Round
    status: str
    text: str

    @property
    def urgent(self) -> bool:
        """A week or less is left."""
        closes = self.round.closes_on
        return self.status == OPEN and closes is not None and (closes - clock.today()).days <= 7


@dataclass(frozen=True, slots=True)
class Gives:
    """One thing that the programme gives, and on which clause."""

    text: str
    detail: str = ""
    clause: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """办理时限: who does what within which time."""

    duty: str
    length: str
    clause: str
    proposed: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """环节: a step with its time limits."""

    step: Step
    limits: tuple[Limit, ...]


def call_of(round_: Round, today: dt.date) -> Call:
    """A round in words, as of today."""
    if round_.is_open_on(today):
        return Call(round_, OPEN, _left(round_.closes_on, today))
    opens = round_.opens_on
    if round_.status in (RoundStatus.OPEN, RoundStatus.PLANNED) and today < opens:
        return Call(round_, SOON, _("%(day)s开始受理") % {"day": opens.isoformat()})
    if round_.status == RoundStatus.PLANNED:
        return Call(round_, SOON, _("尚未开始受理"))
    return Call(round_, OVER, _("受理已截止"))


def _left(closes: dt.date | None, today: dt.date) -> str:
    if closes is None:
        return _("未设截止日期")
    days = (closes - today).days
    if days == 0:
        return _("今天截止")
    return ngettext("还有%(n)s天截止", "还有%(n)s天截止", days) % {"n": days}


def gives(pack: Pack) -> list[Gives]:
    """Titles and money, as the pack says them: awards with their ceilings, plaques, lists."""
    return [*_titles(pack), *_money(pack)]


def _titles(pack: Pack) -> Iterator[Gives]:
    programme = pack.programme
    if programme.plaque is not None:
        tiers = listed(str(tier.label) for tier in programme.plaque.tiers)
        yield Gives(_("授牌：%(title)s") % {"title": programme.plaque.title}, tiers, programme.plaque.clause)
    for step in programme.lifecycle.steps.values():
        for action, status in step.standing.items():
            if status in GOOD and (status != StandingStatus.ACCREDITED or programme.plaque is None):
                clause = step.clauses.get(action) or step.clause
                yield Gives(str(StandingStatus(status).label), str(step.title), clause)
    for side in programme.side.values():
        if side.ranking is not None:
            told = _("%(what)s：排名靠前的给予奖励") % {"what": side.title}
            yield Gives(told, "", side.ranking.clause)


def _money(pack: Pack) -> Iterator[Gives]:
    for step in pack.programme.lifecycle.steps.values():
        if step.award is None:
            continue
        caps = parted(cap.label for cap in step.award.caps)
        yield Gives(str(step.award.item), caps, step.award.clause)
    for rule in pack.rules.values():
        if rule.award:
            yield Gives(str(rule.title), str(rule.message), rule.clause, rule.source == "proposed")


def stages(pack: Pack) -> list[Stage]:
    """The steps in order, each with the time limits that hold in it."""
    return [Stage(step, tuple(_limits(pack, step))) for step in pack.programme.lifecycle.steps.values()]


def _limits(pack: Pack, step: Step) -> Iterator[Limit]:
    titles = {duty.code: str(duty.title) for duty in active_duties(step)}
    for code, spec in step.deadlines.items():
        length = length_of(pack, spec)
        if code in titles and length:
            yield Limit(
                str(step.labels.get(code) or titles[code]), length, spec.clause, spec.source == "proposed"
            )


def length_of(pack: Pack, spec: DeadlineSpec) -> str:
    """A time limit in words; of one that is decided for the round, what holds until then. '' when nothing does."""
    value: object = spec.within
    if spec.within in pack.programme.slots:
        value = default_values(pack.programme.slots)[spec.within]
    try:
        length = value if isinstance(value, Duration) else Duration.parse(str(value))
    except DurationError:
        return ""
    return length.label(get_language() or "zh-hans")


def materials(pack: Pack) -> list[FormField]:
    """The checklist of the first step's materials."""
    lifecycle = pack.programme.lifecycle
    code = lifecycle.steps[lifecycle.start].materials
    form = pack.forms.get(code) if code else None
    return [field for field in form.fields if field.type != "form_link"] if form else []


def forms(pack: Pack) -> list[Form]:
    """The forms to be filled in, in order."""
    lifecycle = pack.programme.lifecycle
    start = lifecycle.steps[lifecycle.start]
    return [pack.forms[code] for code in start.forms if code in pack.forms and code != start.materials]


def documents(pack: Pack) -> list[tuple[Document, list[tuple[Clause, str]]]]:
    """Each policy document with its clauses, each with its place on the page."""
    return [
        (
            document,
            [(each, anchor_of(each.id)) for each in pack.clauses.values() if each.document == document.code],
        )
        for document in pack.programme.documents
    ]
