"""Doing what a step says, through the same doors as people do. 办理"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from cases.enums import NoticeKind
from cases.errors import Gate
from cases.models import Case, Decision, ScoreSheet
from programmes.models import Round
from programmes.procedures import Ask
from programmes.rounds import close_round, fill_slot, open_round, opened_in, verdicts_on_opening
from programmes.rules import Verdict, blocking
from workflows import engine
from workflows.nominating import nominate
from workflows.objections import lodge_objection
from workflows.opening import open_case
from workflows.rehearsal import vocabulary as words
from workflows.rehearsal.cast import REASON, Cast
from workflows.rehearsal.filling import Filler, fill_declaration
from workflows.rehearsal.foresight import verdicts_before
from workflows.rehearsal.schema import DeclarationData, Step
from workflows.rehearsal.script import merged
from workflows.rehearsal.sealing import SEALED_BY, seal_declaration
from workflows.turn import own_asks

MISCONDUCT = "command.report_misconduct"


@dataclass(slots=True)
class Outcome:
    """What came of a step: refused by whom for what, or done; the rules that spoke without refusing."""

    codes: tuple[str, ...] = ()
    """Rule ids, or the refusal's code; empty: done."""
    message: str = ""
    warnings: tuple[str, ...] = ()
    score: Decimal | None = None


@dataclass
class Ledger:
    """What the scenario has made so far, by the names it uses."""

    rounds: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    openers: dict[str, str] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)
    """Objections and reports of misconduct, by public id."""

    def round(self, name: str = "") -> Round:
        """The round of that name, else the one opened last. Refusal ``no_round`` when it was not opened."""
        key = self.rounds.get(name) if name else next(reversed(self.rounds.values()), None)
        if key is None:
            raise Refusal("no_round", _("批次尚未启动。"))
        return Round.objects.select_related("programme", "edition", "authority").get(pk=key)

    def case(self, name: str = "") -> Case:
        """The case of that name, else the only one, as it is stored now. Refusal ``no_case``: it was not opened."""
        key = self.cases.get(name) if name else next(iter(self.cases.values()), None)
        if key is None:
            raise Refusal("no_case", _("案件尚未建立。"))
        rows = Case.objects.select_related("programme", "edition", "round", "applicant", "authority", "chain")
        return rows.defer("edition__source").get(pk=key)

    def opener(self, name: str = "") -> str:
        """Who opened the case. Refusal ``no_case``: nobody did."""
        self.case(name)
        return self.openers[name or next(iter(self.cases))]


class Player:
    """Carries steps out for a cast."""

    def __init__(self, cast: Cast, declaration: DeclarationData, ledger: Ledger) -> None:
        self.cast = cast
        self.declaration = declaration
        self.ledger = ledger
        self.doors: dict[str, Callable[[Step, Actor | None], Outcome]] = {
            words.OPEN_ROUND: self._open_round,
            words.CLOSE_ROUND: self._close_round,
            words.FILL_SLOT: self._fill_slot,
            words.OPEN_CASE: self._open_case,
            words.NOMINATE: self._nominate,
            words.FILL: self._fill,
            words.SEAL: self._seal,
            words.LODGE_OBJECTION: self._lodge_objection,
        }

    def act(self, step: Step) -> Outcome:
        """Do what the step says, as everybody it names: the first outcome that is not as expected, else the last."""
        outcome = Outcome()
        for who in self.people(step):
            outcome = self._one(step, self.cast.actors.get(who))
            if set(outcome.codes) != set(step.expect.refused):
                break
        return outcome

    def people(self, step: Step) -> list[str]:
        """The names of those who act: as written, else whoever it falls to."""
        if words.PANEL in step.who:
            return self.cast.awaited(self.ledger.case(step.case)) or [self.cast.in_role(Role.EXPERT)]
        if step.who:
            return list(step.who)
        name = words.full_name(step.do) or step.do
        if name == words.LODGE_OBJECTION:
            return [words.PUBLIC]
        if name in words.BEFORE_A_CASE:
            return [self.cast.in_role(words.DEFAULT_ROLES[name])]
        opener = self.ledger.opener(step.case)
        return [opener] if name in (words.FILL, words.SEAL) else [self.cast.for_action(name, opener)]

    def _one(self, step: Step, actor: Actor | None) -> Outcome:
        door = self.doors.get(step.do, self._through_the_engine)
        try:
            return door(step, actor)
        except Refusal as refusal:
            outcome = refused(refusal)
            if step.do == words.OPEN_ROUND:
                outcome.warnings = self._said_of_the_round(step)
            return outcome

    # -- rounds ------------------------------------------------------------------------------------------------------

    def _open_round(self, step: Step, actor: Actor | None) -> Outcome:
        given = step.given
        row, verdicts = open_round(
            programme=self.cast.programme_called(str(given.get("programme") or "")),
            year=int(given["year"]),
            name=str(given.get("name") or ""),
            opens_on=_date(given["opens_on"]),
            closes_on=_date(given["closes_on"]) if given.get("closes_on") else None,
            actor=_somebody(actor),
            reason=str(given.get("reason") or ""),
        )
        self.ledger.rounds[step.named or row.name] = row.pk
        return Outcome(warnings=spoken(verdicts))

    def _said_of_the_round(self, step: Step) -> tuple[str, ...]:
        programme = self.cast.programme_called(str(step.given.get("programme") or ""))
        year = int(step.given["year"])
        edition = programme.current_edition()
        assert edition is not None
        before = opened_in(programme, year)
        said = verdicts_on_opening(
            edition.pack, year=year, opens_on=_date(step.given["opens_on"]), opened_this_year=before
        )
        return spoken(said)

    def _close_round(self, step: Step, actor: Actor | None) -> Outcome:
        reason = str(step.given.get("reason") or REASON)
        close_round(round=self._round(step), actor=_somebody(actor), reason=reason)
        return Outcome()

    def _fill_slot(self, step: Step, actor: Actor | None) -> Outcome:
        fill_slot(
            round=self._round(step),
            name=str(step.given["name"]),
            value=step.given["value"],
            reason=str(step.given.get("reason") or REASON),
            actor=_somebody(actor),
        )
        return Outcome()

    def _round(self, step: Step) -> Round:
        return self.ledger.round(str(step.given.get("round") or ""))

    # -- the declaration, the public ---------------------------------------------------------------------------------

    def _open_case(self, step: Step, actor: Actor | None) -> Outcome:
        actor = _somebody(actor)
        assert actor.organisation is not None
        title = str(step.given.get("title") or self.declaration.title or self.cast.programme.title_zh)
        case = open_case(round=self._round(step), applicant=actor.organisation, title=title, actor=actor)
        name = step.named or words.THE_CASE
        self.ledger.cases[name] = case.pk
        self.ledger.openers[name] = next(key for key, one in self.cast.actors.items() if one == actor)
        return Outcome()

    def _nominate(self, step: Step, actor: Actor | None) -> Outcome:
        """The draft is the nominee's: its first applicant of the cast goes on with it."""
        nominee = self.cast.units[str(step.given["unit"])]
        title = str(step.given.get("title") or self.declaration.title or self.cast.programme.title_zh)
        reason = step.given.get("reason", REASON)
        case = nominate(
            round=self._round(step),
            nominee=nominee,
            title=title,
            reason=str(reason or ""),
            actor=_somebody(actor),
        )
        name = step.named or words.THE_CASE
        self.ledger.cases[name] = case.pk
        self.ledger.openers[name] = self.cast.applicant_of(nominee)
        return Outcome()

    def _fill(self, step: Step, actor: Actor | None) -> Outcome:
        data = merged(self.declaration, DeclarationData.model_validate(step.given))
        actor, case = _somebody(actor), self.ledger.case(step.case)
        fill_declaration(case, data, actor)
        if data.seals:
            seal_declaration(case, actor)
        return Outcome()

    def _seal(self, step: Step, actor: Actor | None) -> Outcome:
        name = str(step.given.get("sealed_by") or SEALED_BY)
        seal_declaration(self.ledger.case(step.case), _somebody(actor), name)
        return Outcome()

    def _lodge_objection(self, step: Step, actor: Actor | None) -> Outcome:
        case = self.ledger.case(step.case)
        notice = case.notices.filter(kind=NoticeKind.PUBLICITY).order_by("-pk").first()
        if notice is None:
            raise Refusal("no_notice", _("尚未公示。"))
        given = {"kind": "unit", "name": REASON, "contact": REASON, "content": REASON} | dict(step.given)
        texts = {key: str(given[key] or "") for key in ("kind", "name", "contact", "content")}
        lodged = lodge_objection(notice=notice, actor=actor, **texts)
        if step.named:
            self.ledger.things[step.named] = str(lodged.objection.public_id)
        return Outcome()

    # -- everything else ---------------------------------------------------------------------------------------------

    def _through_the_engine(self, step: Step, actor: Actor | None) -> Outcome:
        name = words.full_name(step.do)
        assert name is not None
        case, actor = self.ledger.case(step.case), _somebody(actor)
        asks = (*words.actions()[name].asks, *_asked_by_policy(case, name))
        data = Filler(case, self.cast, self.ledger.things).completed(asks, step.given)
        asked = "warnings" in step.expect.model_fields_set
        said = spoken(verdicts_before(case, actor, name, data)) if asked else ()
        last = case.decisions.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            result = engine.act(case.public_id, name, actor=actor, data=data)
        except Refusal as refusal:
            outcome = refused(refusal)
            outcome.warnings = said
            return outcome
        decision = case.decisions.filter(pk__gt=last).order_by("-pk").first()
        self._remember(step, name, case)
        return Outcome(
            message=result.message,
            warnings=kept(decision) if decision is not None else said,
            score=_score(case, actor) if name == "review.submit_score" else None,
        )

    def _remember(self, step: Step, name: str, case: Case) -> None:
        if not step.named:
            return
        row = case.misconducts if name == MISCONDUCT else case.objections
        newest = row.order_by("-pk").values_list("public_id", flat=True).first()
        if newest is not None:
            self.ledger.things[step.named] = str(newest)


def _asked_by_policy(case: Case, name: str) -> tuple[Ask, ...]:
    """What the edition asks with the action where the case stands, or in a procedure beside it."""
    programme = case.edition.pack.programme
    procedure = name.partition(".")[0]
    sides = [side for side in programme.side.values() if side.flow == procedure]
    here = programme.lifecycle.steps.get(case.step)
    owner = sides[0] if sides else here
    return own_asks(owner, name) if owner is not None else ()


def refused(refusal: Refusal) -> Outcome:
    """A refusal as an outcome: every rule that refused, else its code; the messages beside the fields go along."""
    codes: tuple[str, ...] = (refusal.code,)
    if isinstance(refusal, Gate) and refusal.verdicts:
        codes = tuple(dict.fromkeys(v.rule_id for v in refusal.verdicts if isinstance(v, Verdict)))
    told = [str(refusal.message), *(str(message) for message in refusal.fields.values())]
    return Outcome(codes=codes, message="\n".join(dict.fromkeys(told)))


def spoken(verdicts: list[Verdict]) -> tuple[str, ...]:
    """The rules that neither passed nor refuse: they ask for a reason, or are shown."""
    found = blocking(verdicts)
    return tuple(sorted({v.rule_id for v in (*found.needs_reason, *found.shown)}))


def kept(decision: Decision) -> tuple[str, ...]:
    """The rules that a decision was taken in spite of, as the record keeps them."""
    spoke = (v for v in decision.verdicts if v["outcome"] in ("failed", "undecided"))
    return tuple(sorted({str(verdict["rule"]) for verdict in spoke}))


def _score(case: Case, actor: Actor) -> Decimal | None:
    sheets = ScoreSheet.objects.filter(case=case, expert=actor.user).order_by("-pk")
    return sheets.values_list("total", flat=True).first()


def _somebody(actor: Actor | None) -> Actor:
    if actor is None:
        raise Refusal("no_account", _("该事项须由登录人员办理。"))
    return actor


def _date(value: Any) -> dt.date:
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
