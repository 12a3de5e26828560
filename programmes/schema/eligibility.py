"""What decides, before a draft exists, whether a unit may declare. 申报预审"""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from programmes.schema.base import Code, Spec, Text


class Question(Spec):
    """One question of the pre-check. 预审问题

    ``ask`` names what the declaration asks later (``FORM.field``) or a context fact. Without it the question is one of
    yes or no, whose answer stands for several values (``yes``, ``no``: name → value); such an answer is not carried into
    a draft.
    """

    ask: str = ""
    key: Code | None = None
    text: Text
    help: Text | None = None
    unit: str = ""
    rules: tuple[str, ...]
    """The rules that the answer helps to decide."""
    yes: dict[str, str | int | Decimal | bool | list[str]] = Field(default_factory=dict)
    no: dict[str, str | int | Decimal | bool | list[str]] = Field(default_factory=dict)


class Eligibility(Spec):
    """eligibility.yaml: what decides, before an account or a draft exists, whether a unit may declare. 申报预审"""

    questions: tuple[Question, ...] = ()
    rules: tuple[str, ...] = ()
    """Rules that are decided without a question: by what is derived, the kind of unit, or a value set for the round."""
    derive: dict[str, str] = Field(default_factory=dict)
    """``FORM.field`` or context fact → expression: what holds for everybody who asks here, and need not be asked."""
