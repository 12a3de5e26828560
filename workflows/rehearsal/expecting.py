"""Looking at what came of a step, and comparing it with what the scenario expects. 核对"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from audit import clock
from audit.punctuation import listed, noted, parted, strung
from cases import policy
from cases.facts import CaseFacts
from cases.models import Appraisal, Case, Deadline, Objection, PublicNotice
from cases.standings import current_standing
from programmes import calendar as cal
from programmes.schema import Spec
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.rehearsal.acting import Outcome
from workflows.rehearsal.cast import Cast
from workflows.rehearsal.expected import Expect, Notice
from workflows.rehearsal.report import Finding
from workflows.rehearsal.script import Place

CONTAINED: Final = frozenset(
    {
        "message",
        "decision.reason",
        "objection.finding",
        "misconduct.finding",
        "misconduct.reference",
        "notice.title",
    }
)
"""Expectations that name a part of the text."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Where things stand after a step. ``outcome`` None: time has passed, nobody acted."""

    cast: Cast
    case: Case | None
    outcome: Outcome | None


def look(expect: Expect, scene: Scene, place: Place) -> Iterator[Finding]:
    """A finding for everything that ``expect`` names; the act itself comes first, always."""
    if scene.outcome is not None:
        yield from _act(expect, scene.outcome, place)
    for name in Expect.model_fields:
        if name in expect.model_fields_set and name not in ABOUT_THE_ACT:
            for inner, expected, found in _values(name, getattr(expect, name), scene):
                what = ".".join((name, *inner))
                yield _compared(what, expected, found, place.inner(name, *inner))


ABOUT_THE_ACT = frozenset({"ok", "refused", "message", "warnings"})


def _act(expect: Expect, outcome: Outcome, place: Place) -> Iterator[Finding]:
    told = noted(listed(outcome.codes), _one_line(outcome.message)) if outcome.codes else done()
    if expect.refused:
        held = set(expect.refused) == set(outcome.codes)
        yield _finding(held, "refused", listed(expect.refused), told, place.inner("refused"))
    else:
        yield _finding(not outcome.codes, "ok", done(), told, place.inner("ok"))
    if expect.message:
        yield _compared("message", expect.message, outcome.message, place.inner("message"))
    if "warnings" in expect.model_fields_set:
        held = set(expect.warnings) == set(outcome.warnings)
        shown_ = (shown(sorted(expect.warnings)), shown(list(outcome.warnings)))
        yield _finding(held, "warnings", *shown_, place.inner("warnings"))


Value = tuple[tuple[str, ...], Any, Any]
"""Where inside the expectation, what is expected, what is found."""


def _values(name: str, expected: Any, scene: Scene) -> Iterator[Value]:
    case = scene.case
    if case is None:
        yield (), expected, None
        return
    if name in SIMPLE:
        yield (), expected, SIMPLE[name](case)
    elif name in ROWS:
        yield from _row(expected, ROWS[name](case, expected))
    elif name in ("visible_to", "hidden_from"):
        for person in expected:
            sees = policy.can_see(scene.cast.actors[person], case)
            yield (person,), name == "visible_to", sees
    elif name == "score":
        yield (), expected, scene.outcome.score if scene.outcome else None
    elif name == "due":
        for duty, day in expected.items():
            yield (duty,), day, due_on(case, duty)
    elif name == "facts":
        facts = CaseFacts(case)
        for fact, value in expected.items():
            yield (fact,), value, facts[fact]
    elif name == "absent":
        for thing in expected:
            yield (thing,), None, _present(case, thing)


def _row(expected: Spec | None, found: Mapping[str, Any] | None) -> Iterator[Value]:
    if expected is None:
        yield (), None, shown(dict(found)) if found else None
        return
    for field in type(expected).model_fields:
        if field in expected.model_fields_set:
            yield (field,), getattr(expected, field), found[field] if found else None


def _present(case: Case, thing: str) -> Any:
    """What there is of something that should not be there; None when there is nothing."""
    found = ROWS[thing](case, Notice()) if thing in ROWS else SIMPLE[thing](case)
    return shown(found) if found else None


# -- readers ---------------------------------------------------------------------------------------------------------


def due_on(case: Case, duty: str) -> dt.date | None:
    """The day a duty is due: of its open item, else of its newest time limit. None: no limit, or paused."""
    item = WorkItem.objects.filter(case=case, duty=duty, status=ItemStatus.OPEN).order_by("-pk").first()
    if item is not None:
        return item.due_on
    limit = Deadline.objects.filter(case=case, duty=duty).order_by("-pk").first()
    return limit.due_on if limit else None


def _items(case: Case) -> list[str]:
    waiting = WorkItem.objects.filter(case=case, status=ItemStatus.OPEN).order_by("pk")
    return list(dict.fromkeys(waiting.values_list("duty", flat=True)))


def _tier(case: Case) -> str:
    standing = current_standing(case)
    return standing.tier if standing else ""


def _standing(case: Case, _expected: Any) -> Mapping[str, Any] | None:
    row = current_standing(case)
    return _fields(row, "status", "tier", "number", "since", "until")


def _notice(case: Case, expected: Any) -> Mapping[str, Any] | None:
    row = case.notices.filter(kind=expected.kind).select_related("deadline").order_by("-pk").first()
    if row is None:
        return None
    return {**(_fields(row, "kind", "status", "title", "starts_on") or {}), **_window(row)}


def _window(row: PublicNotice) -> dict[str, Any]:
    """When the window ends, and how many of its days lie behind and ahead; today is behind unless the clock stands."""
    if row.deadline is None:
        return {"ends_on": None, "elapsed": None, "remaining": None}
    term = cal.Term.from_json(row.deadline.term)
    left = cal.remaining(term, clock.today())
    behind = term.duration.amount - left if term.duration else None
    return {"ends_on": term.due_on, "elapsed": behind, "remaining": left}


def _appraisal(case: Case) -> Appraisal | None:
    return CaseFacts(case).appraisal()


def _rectification(case: Case, _expected: Any) -> Mapping[str, Any] | None:
    appraisal = _appraisal(case)
    row = appraisal.rectifications.order_by("-pk").first() if appraisal else None
    return _fields(row, "status", "opened_on", "due_on", "accepted_on")


def _misconduct(case: Case, _expected: Any) -> Mapping[str, Any] | None:
    row = case.misconducts.order_by("-pk").first()
    if row is None:
        return None
    liability = {"liability": row.liability_opened_at is not None, "reference": row.liability_reference}
    return {"status": row.status, "finding": row.finding, **liability}


def _decision(case: Case, _expected: Any) -> Mapping[str, Any] | None:
    row = case.decisions.order_by("-pk").first()
    if row is None:
        return None
    action = f"{row.procedure}.{row.action}"
    return {
        "action": action,
        "role": row.role,
        "reason": row.reason,
        "clause": row.clause,
        "letter": row.letter_code,
    }


def _objection(case: Case) -> Objection | None:
    return case.objections.order_by("-pk").first()


def _sheets(case: Case, _expected: Any) -> Mapping[str, Any]:
    void = case.score_sheets.filter(voided_at__isnull=False).count()
    return {"valid": case.score_sheets.count() - void, "void": void}


def _fields(row: Any, *names: str) -> dict[str, Any] | None:
    return {name: getattr(row, name) for name in names} if row is not None else None


SIMPLE: dict[str, Callable[[Case], Any]] = {
    "stage": lambda case: case.stage,
    "step": lambda case: case.step,
    "closure": lambda case: case.closure,
    "case_no": lambda case: case.case_no,
    "items": _items,
    "tier": _tier,
    "aggregate": lambda case: CaseFacts(case)["review.average"],
    "versions": lambda case: case.declarations.count(),
}
ROWS: dict[str, Callable[[Case, Any], Mapping[str, Any] | None]] = {
    "standing": _standing,
    "notice": _notice,
    "plaque": lambda case, _e: _fields(
        case.plaques.order_by("-pk").first(), "number", "tier", "issued_on", "withdrawn_on"
    ),
    "appraisal": lambda case, _e: _fields(_appraisal(case), "status", "period", "kind", "result", "total"),
    "rectification": _rectification,
    "objection": lambda case, _e: _fields(_objection(case), "status", "finding"),
    "misconduct": _misconduct,
    "decision": _decision,
    "sheets": _sheets,
}


# -- comparing -------------------------------------------------------------------------------------------------------


def _compared(what: str, expected: Any, found: Any, place: Place) -> Finding:
    if what in CONTAINED:
        held = str(expected) in str(found or "")
    elif isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        held = sorted(map(shown, expected)) == sorted(map(shown, found))
    else:
        held = shown(expected) == shown(found)
    return _finding(held, what, shown(expected), _one_line(shown(found)), place)


def done() -> str:
    """How a report says that an act was carried out."""
    return _("办理成功")


def _finding(ok: bool, what: str, expected: str, found: str, place: Place) -> Finding:
    return Finding(ok, what, expected, found, place.file, place.line)


def shown(value: Any) -> str:
    """A value as one text, whatever its type: dates ISO, numbers without needless zeros, nothing as （无）."""
    match value:
        case None | "":
            return _("（无）")
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value.normalize():f}"
        case dt.datetime():
            return f"{clock.local(value):%Y-%m-%d %H:%M}"
        case dt.date():
            return value.isoformat()
        case Mapping():
            return strung(f"{key}={shown(inner)}" for key, inner in value.items())
        case str():
            return value
        case Iterable():
            return listed(map(shown, value)) or _("（无）")
        case _:
            return str(value)


def _one_line(text: str) -> str:
    return parted(line.strip() for line in text.splitlines())
