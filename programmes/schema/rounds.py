"""Rounds: how they open, what is decided for each, and how many there may be. 批次、待定值、名额与认定数量"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from programmes.schema.base import Choice, Code, Source, Spec, Text


class Slot(Spec):
    """A value that the policy leaves to a later decision; filled per round by an audited decision. 待定值

    ``choices``: of a text, the only values that may be decided.
    """

    type: Literal["duration", "integer", "decimal", "date", "text", "boolean"]
    title: Text
    default: str | int | Decimal | bool | None = None
    choices: tuple[Choice, ...] = ()
    source: Source = "proposed"
    clause: str = ""
    note: Text | None = None


class SealedSpec(Spec):
    """Declarations stay sealed until their round closes. 封存

    ``roles``: who sees until then that a declaration exists, and nothing of what it says. The applicant always reads its
    own.
    """

    clause: str
    source: Source = "text"
    roles: tuple[Literal["recommender", "officer", "chief", "expert", "approver", "supervisor"], ...] = (
        "officer",
        "chief",
        "expert",
        "approver",
        "supervisor",
    )


class RoundSpec(Spec):
    """How rounds open. ``name`` may use {year}."""

    name: Text
    clause: str = ""
    opens_in_quarter: int | None = None
    drafts_per_applicant: int = 1
    sealed_until_close: SealedSpec | None = None


class QuotaSpec(Spec):
    """How many a unit may put forward in a period, counted under lock. 名额"""

    limit: str
    """A number or a slot."""
    per: Literal["recommender", "applicant", "authority"] = "recommender"
    period: Literal["year", "round"] = "year"
    key: Code
    """Programmes with the same key draw on the same quota."""
    counts_at: str = "declare.recommend"
    rule: str = ""
    """The rule whose message tells that the quota is used up; '' = the system's own message."""
    clause: str
    source: Source = "text"


class PlacesSpec(Spec):
    """How many titles are given in a year or a round, in all or of each tier, counted under lock. 认定数量"""

    total: str = ""
    """A number or a slot; '' = no limit for all tiers together."""
    tiers: dict[str, str] = Field(default_factory=dict)
    """By tier (``plaque.tiers``, or the grades of the review): a number or a slot."""
    period: Literal["year", "round"] = "year"
    counts_at: Literal["accredit.approve", "review.select"] = "accredit.approve"
    clause: str
    source: Source = "text"
