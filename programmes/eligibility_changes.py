"""What would make a rule say yes: the smallest change of the answers, found by asking the rule itself. 预审：差多少

Thresholds are not read off expressions: answers are tried until the rule passes, then moved back towards what was
answered as far as it still passes. So the account is as right as the rule, whatever the rule is made of.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from programmes.eligibility import Asked, Condition, Known, judge, stands_for, values_of
from programmes.form_values import typed_value
from programmes.rule_programs import closure, compiled_rules
from programmes.schema import Pack, Rule

MOST: Final = 600
"""So many answers are tried for one rule, then nothing is said about how to meet it."""
BUDGET: Final = 1500
"""So many for all the rules of one page."""
NUMBERS: Final = frozenset({"integer", "decimal", "percent"})
NUMBER: Final = re.compile(r"(?<![A-Za-z_0-9.])\d+(?:\.\d+)?")
WORDS: Final = re.compile(r"\"([^\"]*)\"")
HUNDREDTH: Final = Decimal("0.01")
BISECTIONS: Final = 60


@dataclass(slots=True)
class Budget:
    """How many answers may still be tried; shared by the rules of one page."""

    left: int = BUDGET


@dataclass(frozen=True, slots=True)
class Change:
    """改为: an answer that would do, all others unchanged (or changed as told beside it).

    ``value`` is stored as forms store it; of a choice, a list of the codes that would do. ``limit``: of numbers and
    dates, ``least``, ``above``, ``most`` or ``below`` that value; '' where the value is meant as it stands. ``gap``: how
    far the answer given is from it.
    """

    asked: Asked
    value: Any
    limit: str = ""
    gap: Decimal | None = None


def changes_for(
    pack: Pack,
    condition: Condition,
    answers: Mapping[str, Any],
    known: Known,
    budget: Budget | None = None,
) -> tuple[Change, ...]:
    """The smallest change found that makes a failed condition pass; empty when none was found or none is needed, and

    once the ``budget`` is used up.
    """
    if condition.outcome != "failed":
        return ()
    trial = _Trial(pack, condition.rule, dict(answers), known, budget or Budget())
    asked = sorted(condition.asked, key=lambda each: _reluctance(condition.rule, each, answers))
    passing = _passing(trial, asked)
    return tuple(_told(trial, each, passing, answers) for each in asked if each.key in passing)


def _reluctance(rule: Rule, asked: Asked, answers: Mapping[str, Any]) -> tuple[bool, int]:
    """What is changed first: an answer given, and of those one at which the rule shows its message."""
    places = [number for number, place in enumerate(rule.fields) if place in stands_for(asked)]
    return asked.key not in answers, min(places, default=len(rule.fields))


@dataclass(slots=True)
class _Trial:
    """One rule asked again and again."""

    pack: Pack
    rule: Rule
    answers: dict[str, Any]
    known: Known
    budget: Budget

    def passes(self, changed: Mapping[str, Any]) -> bool:
        self.budget.left -= 1
        values = values_of(self.pack, {**self.answers, **changed})
        return judge(self.pack, self.rule, values, self.known).outcome == "passed"


def _passing(trial: _Trial, asked: list[Asked]) -> dict[str, Any]:
    """Answers, by question, that make the rule pass: as few as possible, and the first that do."""
    tried = 0
    candidates = {each.key: list(candidates_for(trial.pack, trial.rule, each, trial.known)) for each in asked}
    for size in range(1, len(asked) + 1):
        for chosen in itertools.combinations(asked, size):
            for values in itertools.product(*(candidates[each.key] for each in chosen)):
                tried += 1
                if tried > MOST or trial.budget.left <= 0:
                    return {}
                changed = {each.key: value for each, value in zip(chosen, values, strict=True)}
                if trial.passes(changed):
                    return changed
    return {}


def candidates_for(pack: Pack, rule: Rule, asked: Asked, known: Known) -> Iterator[Any]:
    """Answers worth trying: every choice, both truths, and around each number or word that the rule names."""
    texts = _texts(pack, rule)
    match asked.entry.type:
        case "boolean":
            yield from (True, False)
        case "choice":
            yield from (choice.code for choice in asked.entry.choices)
        case "multi_choice":
            yield from ([choice.code] for choice in asked.entry.choices)
        case "integer" | "decimal" | "percent":
            yield from _numbers(asked, texts)
        case "date":
            days = (known.today - dt.timedelta(days=365 * years) for years in (0, 1, 2, 3, 5, 10, 20, 30, 50))
            yield from (day.isoformat() for day in days)
        case "text":
            yield from dict.fromkeys(word for text in texts for word in WORDS.findall(text) if word)


def _texts(pack: Pack, rule: Rule) -> list[str]:
    """The rule's expressions and those of the facts it reads."""
    reads = next(each.reads for each in compiled_rules(pack) if each.rule.id == rule.id)
    facts = (pack.context[name].expr for name in sorted(closure(pack, reads)) if name in pack.context)
    return [text for text in (rule.expr, rule.when, *facts) if text]


def _numbers(asked: Asked, texts: list[str]) -> Iterator[Any]:
    named = {Decimal(number) for text in texts for number in NUMBER.findall(WORDS.sub("", text))}
    step = 1 if asked.entry.type == "integer" else HUNDREDTH
    tried = sorted(
        {value for number in named | {Decimal(0), Decimal(1)} for value in (number, number + step)}
    )
    tried += [number - step for number in sorted(named) if number >= step]
    tried += [Decimal(10) ** power for power in range(1, 8)]
    yield from dict.fromkeys(plain for value in tried if (plain := _stored(asked, value)) is not None)


def _stored(asked: Asked, value: Decimal) -> Any:
    """A number as forms store it; None when the question does not take it."""
    entry = asked.entry
    if (entry.minimum is not None and value < entry.minimum) or (
        entry.maximum is not None and value > entry.maximum
    ):
        return None
    if entry.type == "integer":
        return int(value) if value == value.to_integral_value() else None
    return format(value.normalize(), "f")


def _told(trial: _Trial, asked: Asked, passing: dict[str, Any], answers: Mapping[str, Any]) -> Change:
    """The answer moved back towards the one given, as far as the rule passes."""
    wanted, given = passing[asked.key], answers.get(asked.key)
    others = {key: value for key, value in passing.items() if key != asked.key}
    if asked.entry.type == "choice":
        codes = (choice.code for choice in asked.entry.choices)
        return Change(asked, [code for code in codes if trial.passes({**others, asked.key: code})])
    here, there = typed_value(asked.entry, given), typed_value(asked.entry, wanted)
    if here is None or asked.entry.type not in NUMBERS | {"date"}:
        return Change(asked, wanted)
    unit = HUNDREDTH if asked.entry.type in ("decimal", "percent") else Decimal(1)

    def does(steps: int) -> bool:
        return trial.passes({**others, asked.key: _from_steps(asked, steps, unit)})

    fails, passes = _bisected(_steps(here, unit), _steps(there, unit), does)
    last, first = _from_steps(asked, fails, unit), _from_steps(asked, passes, unit)
    strict = asked.entry.type != "date" and len(str(last).rstrip("0")) < len(str(first).rstrip("0"))
    limit = ("above" if strict else "least") if passes > fails else ("below" if strict else "most")
    passing[asked.key] = first
    gap = abs((fails if strict else passes) - _steps(here, unit)) * unit
    return Change(
        asked, last if strict else first, limit, gap if gap and asked.entry.type != "date" else None
    )


def _steps(value: Any, unit: Decimal) -> int:
    """A number or day counted in the smallest steps that people type."""
    return (
        value.toordinal() if isinstance(value, dt.date) else int((Decimal(value) / unit).to_integral_value())
    )


def _from_steps(asked: Asked, steps: int, unit: Decimal) -> Any:
    if asked.entry.type == "date":
        return dt.date.fromordinal(steps).isoformat()
    value = steps * unit
    return int(value) if asked.entry.type == "integer" else format(value.normalize(), "f")


def _bisected(fails: int, passes: int, does: Callable[[int], bool]) -> tuple[int, int]:
    """The last value that fails and the first that passes, between one of each."""
    for _round in range(BISECTIONS):
        if abs(passes - fails) <= 1:
            break
        middle = (fails + passes) // 2
        fails, passes = (fails, middle) if does(middle) else (middle, passes)
    return fails, passes
