"""Scoring sheets and how sheets add up. 评分表"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from programmes.schema.base import Code, Source, Spec, Text
from programmes.schema.forms import FormField


class Indicator(Spec):
    """One scored line of a rubric; ``maximum`` points."""

    key: Code
    label: Text
    maximum: Decimal
    clause: str
    source: Source = "text"
    help: Text | None = None
    points: str = ""
    """Expression giving the points of a computed indicator; '' = people score it."""


class Rounding(Spec):
    """How totals are rounded for display and comparison with the pass mark."""

    places: int = 2
    mode: Literal["half_up", "half_even", "down"] = "half_up"


class Rubric(Spec):
    """A scoring sheet and how sheets add up. 评分表"""

    title: Text
    clause: str
    source: Source = "text"
    indicators: tuple[Indicator, ...]
    questions: tuple[FormField, ...] = ()
    """Judgements asked beside the points, e.g. whether a position is leading."""
    total: Decimal = Decimal(100)
    step: Decimal = Decimal("0.5")
    aggregation: Literal["mean", "median", "trimmed_mean", "vote"] = "mean"
    vote_share: str = ""
    """Of a vote: the share of the votes that is enough (``2/3``: two thirds and more); '' = more than half."""
    trim: int = 0
    panel_minimum: int = 1
    odd_panel: bool = False
    pass_mark: Decimal | None = None
    rounding: Rounding = Rounding()
    comment_required: bool = False
    slots: dict[Literal["pass_mark", "panel_minimum"], Code] = Field(default_factory=dict)
    """Values that a round may set by a decision: the slot goes before the value written here."""
