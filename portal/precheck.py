"""预审问卷: the deciding questions of a programme, a few at a time, and the answer with clauses. Nothing is stored.

Everything that was answered travels in the form itself. First comes who asks (kind and place of the unit); whoever is
excluded by that is told so and asked no more. Then the pack's questions, the most deciding first; what can no longer
change anything is not asked (:mod:`programmes.eligibility`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from audit import clock
from audit.punctuation import listed
from portal.answer_texts import changes_told, label_of, shown
from programmes.eligibility import (
    Asked,
    Condition,
    Known,
    Overall,
    asked_in,
    conditions,
    overall,
    still_matter,
)
from programmes.eligibility_changes import Budget, changes_for
from programmes.form_values import read
from programmes.models import Programme, Round
from programmes.schema import Pack
from programmes.slots import default_values, slot_values

STEP: Final = 4
"""So many questions are put at a time: what a phone shows at once."""
OTHER: Final = "other"
HERE: Final = "here"
KIND, REGION, SEEN = "kind", "region", "seen"
PLACES: Final = (OrganisationKind.PROVINCE, OrganisationKind.CITY, OrganisationKind.COUNTY)
Standing = Literal["passed", "failed", "undecided"]


@dataclass(frozen=True, slots=True)
class Control:
    """A question on the page, with what was typed and what is wrong with it."""

    name: str
    text: str
    help: str = ""
    unit: str = ""
    type: str = "choice"
    options: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    error: str = ""

    @property
    def value(self) -> str:
        """What was typed, of a single value."""
        return self.values[0] if self.values else ""

    @property
    def told(self) -> str:
        """What was answered, in words."""
        labels = dict(self.options)
        said = listed(labels.get(value, value) for value in self.values)
        return f"{said}{self.unit}" if said and not self.options else said


@dataclass(frozen=True, slots=True)
class Line:
    """One condition with its answer: what the rule says, what was answered, and what would make it yes."""

    title: str
    outcome: str
    message: str
    clause: str
    level: str = "hard"
    later: bool = False
    """It decides after the declaration has been handed in, not whether it can be."""
    answered: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    wanting: str = ""


@dataclass(slots=True)
class Sheet:
    """问卷: the page as of now."""

    who: list[Control]
    step: list[Control] = field(default_factory=list)
    answered: list[Control] = field(default_factory=list)
    open: list[Control] = field(default_factory=list)
    """Passed over, and still able to change the answer."""
    lines: list[Line] = field(default_factory=list)
    result: Overall = "undecided"
    asked: bool = False
    """Something has been answered: there is a result to show."""
    seen: list[str] = field(default_factory=list)
    carry: dict[str, Any] = field(default_factory=dict)
    """What can be taken into a draft: stored values by ``FORM.field``."""
    refused: str = ""
    """Why nothing was worked out."""

    @property
    def finished(self) -> bool:
        """Nothing is left to put."""
        return self.asked and not self.step

    @property
    def given(self) -> int:
        """How many questions have an answer, who asks included."""
        return len(self.who) + len(self.answered)

    @property
    def faults(self) -> list[Control]:
        """The questions whose answer could not be understood."""
        return [each for each in [*self.who, *self.step, *self.answered, *self.open] if each.error]

    def by(self, *outcomes: str) -> list[Line]:
        """The lines with one of these outcomes."""
        return [line for line in self.lines if line.outcome in outcomes]

    @property
    def failed(self) -> list[Line]:
        """What is not met, the hard conditions first."""
        return sorted(self.by("failed"), key=lambda line: line.level != "hard")

    @property
    def barred(self) -> bool:
        """Something is not met without which the declaration cannot even be handed in."""
        return any(line.level == "hard" and not line.later for line in self.by("failed"))

    @property
    def undecided(self) -> list[Line]:
        """What cannot be told yet."""
        return self.by("undecided")

    @property
    def passed(self) -> list[Line]:
        """What is met."""
        return self.by("passed")


def regions_of(authority: Organisation) -> list[tuple[str, str]]:
    """The places that an answer may name: the authority's own, by code, then elsewhere. One query."""
    units = (
        Organisation.objects.within(authority).filter(kind__in=PLACES, is_active=True).exclude(region_code="")
    )
    places = {unit.region_code: unit.label for unit in units.order_by("region_code", "path")}
    elsewhere = _("%(place)s以外") % {"place": authority.label}
    own = _("%(place)s其他地方") % {"place": authority.label} if places else authority.label
    return [*places.items(), (HERE, own), (OTHER, elsewhere)]


def kinds_offered() -> list[tuple[str, str]]:
    """Kinds of unit in words, and somebody who is none of them."""
    return [(kind.value, str(kind.label)) for kind in OrganisationKind] + [(OTHER, _("个人或者其他"))]


def unanswered_sheet(
    programme: Programme, pack: Pack, data: Mapping[str, Any], lists: Any, *, refused: str
) -> Sheet:
    """The page with everything that was typed and no answer to it, since ``refused``. One query."""
    who = _who(programme, data, sent=False)
    controls = [_control(asked, data, lists) for asked in asked_in(pack)]
    seen = [control.name for control in controls if control.name in lists(SEEN)]
    given = [control for control in controls if control.values]
    left = [control for control in controls if control.name in seen and not control.values]
    return Sheet(who, answered=given, open=left, asked=True, seen=seen, refused=refused)


def sheet(
    programme: Programme, pack: Pack, round_: Round | None, data: Mapping[str, Any], lists: Any, *, sent: bool
) -> Sheet:
    """What the page shows for what was sent (``data`` of one value a name, ``lists`` of several). Two queries at most."""
    who = _who(programme, data, sent=sent)
    page = Sheet(who)
    if not sent or any(control.error for control in who):
        return page
    page.asked = True
    page.lines = [_kind_line(pack, who[0]), _region_line(programme, pack, who[1])]
    if any(line.outcome == "failed" for line in page.lines):
        page.result = "excluded"
        page.answered = [each for each in (_control(a, data, lists) for a in asked_in(pack)) if each.values]
        return page
    region = who[1].value if who[1].value != HERE else programme.authority.region_code
    slots = slot_values(round_) if round_ is not None else default_values(pack.programme.slots)
    known = Known(clock.today(), who[0].value, region, slots, round_.year if round_ else None)
    _ask(page, pack, known, data, lists)
    return page


def _ask(page: Sheet, pack: Pack, known: Known, data: Mapping[str, Any], lists: Any) -> None:
    controls = {asked.key: _control(asked, data, lists) for asked in asked_in(pack)}
    answers = {
        asked.key: value
        for asked in asked_in(pack)
        if (value := _stored(asked, controls[asked.key])) is not None
    }
    seen = [key for key in lists(SEEN) if key in controls]
    faulty = [control for control in controls.values() if control.error]
    waiting = [controls[asked.key] for asked in still_matter(pack, answers, known)]
    fresh = [control for control in waiting if control.name not in seen and control not in faulty]
    page.step = faulty or fresh[:STEP]
    page.answered = [controls[asked.key] for asked in asked_in(pack) if asked.key in answers]
    page.open = [control for control in waiting if control not in page.step and control.name in seen]
    page.seen = list(dict.fromkeys([*seen, *(control.name for control in page.step)]))
    found = conditions(pack, answers, known)
    budget = Budget()
    page.lines += [_line(pack, each, answers, known, budget) for each in found if each.outcome != "skipped"]
    page.result = overall(found)
    page.carry = {
        asked.place: answers[asked.key] for asked in asked_in(pack) if asked.place and asked.key in answers
    }


def _who(programme: Programme, data: Mapping[str, Any], *, sent: bool) -> list[Control]:
    regions = regions_of(programme.authority)
    return [
        _choice(KIND, _("申报单位属于哪一类？"), kinds_offered(), data, sent),
        _choice(REGION, _("申报单位在哪里（拟迁入的，填迁入地）？"), regions, data, sent),
    ]


def _choice(
    name: str, text: str, options: list[tuple[str, str]], data: Mapping[str, Any], sent: bool
) -> Control:
    value = str(data.get(name) or "")
    good = value in dict(options)
    error = "" if good or not sent else _("请选择一项。")
    return Control(name, text, options=tuple(options), values=(value,) if good else (), error=error)


def _control(asked: Asked, data: Mapping[str, Any], lists: Any) -> Control:
    entry = asked.entry
    raw = [str(value)[:300] for value in lists(asked.key) if str(value).strip()]
    if entry.type != "multi_choice":
        raw = raw[:1]
    options: tuple[tuple[str, str], ...] = tuple((choice.code, str(choice.label)) for choice in entry.choices)
    if entry.type == "boolean":
        options = (("true", _("是")), ("false", _("否")))
    reading = read(entry, raw if entry.type == "multi_choice" else (raw[0] if raw else ""))
    return Control(
        asked.key,
        str(asked.question.text),
        str(asked.question.help or ""),
        entry.unit or asked.question.unit,
        entry.type,
        options,
        tuple(raw),
        " ".join(filter(None, (reading.error, reading.warning if reading.error else ""))),
    )


def _stored(asked: Asked, control: Control) -> Any:
    if control.error or not control.values:
        return None
    raw: Any = list(control.values) if asked.entry.type == "multi_choice" else control.value
    return read(asked.entry, raw).value


def _kind_line(pack: Pack, control: Control) -> Line:
    applicant = pack.programme.applicant
    labels = [OrganisationKind(kind).label for kind in applicant.kinds if kind in OrganisationKind.values]
    outcome: Standing = "passed" if control.value in applicant.kinds else "failed"
    message = _("申报主体应为：%(kinds)s。") % {"kinds": listed(labels)}
    return Line(_("申报主体"), outcome, message, applicant.clause, answered=((_("您选择"), control.told),))


def _region_line(programme: Programme, pack: Pack, control: Control) -> Line:
    message = _("本事项由%(place)s组织实施，面向本地区的单位。") % {"place": programme.authority.name}
    outcome: Standing = "failed" if control.value == OTHER else "passed"
    clause = pack.programme.applicant.clause
    return Line(_("所在地区"), outcome, message, clause, answered=((_("您选择"), control.told),))


def _line(pack: Pack, condition: Condition, answers: Mapping[str, Any], known: Known, budget: Budget) -> Line:
    rule, verdict = condition.rule, condition.verdict
    given = [asked for asked in condition.asked if asked.key in answers]
    wanting = [label_of(asked) for asked in condition.asked if asked.key not in answers]
    reason = str(verdict.reason_undecided or "") if condition.outcome == "undecided" else ""
    return Line(
        str(rule.title),
        condition.outcome,
        str(rule.message),
        rule.clause,
        condition.level,
        not condition.gate.startswith("declare."),
        tuple((label_of(asked), shown(asked, answers[asked.key])) for asked in given),
        changes_told(changes_for(pack, condition, answers, known, budget), answers),
        listed(wanting) if reason and wanting else reason,
    )
