"""Rules, the facts that they read, and their examples. 规则"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from programmes.schema.base import Code, Source, Spec, Text

FactType = Literal[
    "text",
    "integer",
    "decimal",
    "boolean",
    "date",
    "datetime",
    "list[text]",
    "list[integer]",
    "list[decimal]",
    "mapping[decimal]",
    "table",
]
Level = Literal["info", "warn", "soft", "hard", "calc"]
Subject = Literal["case", "round", "batch", "task"]


class ContextFact(Spec):
    """A typed input that rules read beside form fields, and where it comes from (exactly one provider)."""

    type: FactType
    title: Text | None = None
    fact: str = ""
    """A name of the system's fact catalogue (:mod:`programmes.facts`)."""
    data: str = ""
    """A field of the data sent with the action."""
    count_filled: Code | None = None
    """Number of filled cells of a form."""
    material_present: Code | None = None
    slot: Code | None = None
    recorded: str = ""
    """What was last recorded with an action (``Step.asks``): ``<procedure>.<action>.<key>``; while that action is under
    way, what it is about to record."""
    expr: str = ""

    @model_validator(mode="after")
    def _one_provider(self) -> ContextFact:
        given = [
            v
            for v in (
                self.fact,
                self.data,
                self.count_filled,
                self.material_present,
                self.slot,
                self.recorded,
                self.expr,
            )
            if v
        ]
        if len(given) != 1:
            raise ValueError(
                "a context fact names exactly one of fact, data, count_filled, material_present, slot, recorded, expr"
            )
        return self


class Example(Spec):
    """Inputs on one side of a rule's boundary."""

    inputs: dict[str, object]
    award: Decimal | None = None


class Binding(Spec):
    """One application of a rule to inputs of other names: ``growth_pct: main_revenue_growth_2021`` (expressions)."""

    label: Text
    inputs: dict[Code, str]


class EachRow(Spec):
    """A rule applied to every row of a form's table; row columns are in scope under their keys."""

    form: Code
    table: Code
    label: Code | None = None


class Rule(Spec):
    """An atomic rule of the policy. 规则

    ``levels`` maps a gate (``<procedure>.<action>``, or ``round.open``) to the level there. ``expr`` is a typed
    expression (:mod:`programmes.expressions`) that must hold; for ``calc`` rules ``award`` computes an amount (万元).
    """

    id: str
    title: Text
    clause: str
    quote: str = ""
    subject: Subject = "case"
    levels: dict[str, Level]
    when: str = ""
    expr: str = ""
    award: str = ""
    award_when: Literal["passed", "always"] = "passed"
    """``passed``: where the rule says no, the amount is 0. ``always``: the rule is about the amount itself (a ceiling, a
    share); its formula holds where the rule says no as well, and then gives what is granted instead."""
    inputs: dict[Code, FactType] = Field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()
    each: EachRow | None = None
    fields: tuple[str, ...] = ()
    """``FORM.field`` at which a form shows the message."""
    message: Text
    source: Source = "text"
    note: Text | None = None
    ok: tuple[Example, ...] = ()
    bad: tuple[Example, ...] = ()
