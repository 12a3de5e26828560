"""Facts of what a case has led to: plaque, standing, award, ledger. 认定结果与补助"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cases.enums import AwardStatus
from cases.facts.base import CaseReading
from cases.ledger import ledger_of
from cases.standings import current_standing
from cases.titles import standing_until


class TitleFacts(CaseReading):
    """认定结果与补助: the legal result, and the money."""

    def _plaque_issued(self) -> dt.date | None:
        plaque = self.case.plaques.order_by("-pk").first()
        return plaque.issued_on if plaque else None

    def _tier(self) -> str | None:
        plaque = self.case.plaques.order_by("-pk").first()
        return plaque.tier if plaque else None

    def _standing(self) -> str:
        standing = current_standing(self.case)
        return standing.status if standing else "none"

    def _standing_tier(self) -> str | None:
        standing = current_standing(self.case)
        return standing.tier if standing else None

    def _standing_since(self) -> dt.date | None:
        standing = current_standing(self.case)
        return standing.since if standing else None

    def _award(self, what: str) -> Decimal | None:
        """Of the case's newest award: ``granted`` or ``computed``."""
        award = self.case.awards.exclude(status=AwardStatus.CANCELLED).order_by("-pk").first()
        return getattr(award, what) if award else None


PROVIDERS: dict[str, Callable[[TitleFacts], Any]] = {
    "plaque.issued_on": TitleFacts._plaque_issued,
    "plaque.tier": TitleFacts._tier,
    "standing.status": TitleFacts._standing,
    "standing.tier": TitleFacts._standing_tier,
    "standing.since": TitleFacts._standing_since,
    "standing.until": lambda f: standing_until(f.case),
    "award.amount": lambda f: f._award("granted"),
    "award.computed": lambda f: f._award("computed"),
    "ledger.total": lambda f: ledger_of(f.case).total,
    "ledger.this_year": lambda f: ledger_of(f.case).this_year,
    "ledger.count": lambda f: ledger_of(f.case).count,
    "ledger.stages": lambda f: ledger_of(f.case).stages,
}
