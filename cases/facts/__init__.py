"""What the system knows about a case, by the names of :mod:`programmes.facts`. 事实

Facts are computed when a rule asks for them, once each. ``pending`` holds what the action under way is about to make
true (the plaque date being registered, the result being decided), so that a gate judges the decision, not the past.

One subject a module: a class with what is read for it, and the table of its facts (name → how it is read).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from audit import clock
from cases.facts import applicant, appraisal, course, declaration, review, rounds, titles
from cases.facts.applicant import ApplicantFacts
from cases.facts.appraisal import AppraisalFacts
from cases.facts.course import CourseFacts
from cases.facts.declaration import DeclarationFacts
from cases.facts.review import ReviewFacts
from cases.facts.rounds import RoundFacts
from cases.ledger import share_of
from programmes.facts import (
    FACTS,
    FILES_PREFIX,
    QUESTION_PREFIX,
    RECORDED_PREFIX,
    ROUND_TIER_PREFIX,
    SHARE_PREFIX,
    SIGNED_PREFIX,
    WEIGHTS_PREFIX,
    YEAR_TIER_PREFIX,
)

__all__ = ["CaseFacts"]


class CaseFacts(
    RoundFacts, ApplicantFacts, CourseFacts, DeclarationFacts, ReviewFacts, AppraisalFacts, Mapping[str, Any]
):
    """A lazy mapping of fact name → value (None: not known yet)."""

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            self._known[name] = self._compute(name)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(FACTS)

    def __len__(self) -> int:
        return len(FACTS)

    def _compute(self, name: str) -> Any:
        if name.startswith(QUESTION_PREFIX):
            return self._question(name.removeprefix(QUESTION_PREFIX))
        if name.startswith(RECORDED_PREFIX):
            return self._recorded(name.removeprefix(RECORDED_PREFIX))
        if name.startswith(WEIGHTS_PREFIX):
            rubric = self.case.edition.pack.rubrics.get(name.removeprefix(WEIGHTS_PREFIX))
            return {line.key: line.maximum for line in rubric.indicators} if rubric else None
        if name.startswith(FILES_PREFIX):
            return self._files(name.removeprefix(FILES_PREFIX))
        if name.startswith(SIGNED_PREFIX):
            return self._signed(name.removeprefix(SIGNED_PREFIX))
        if name.startswith(SHARE_PREFIX):
            return share_of(self.case, name.removeprefix(SHARE_PREFIX), self._known.get("award.shares"))
        if name.startswith(ROUND_TIER_PREFIX):
            return self._round_accredited(name.removeprefix(ROUND_TIER_PREFIX))
        if name.startswith(YEAR_TIER_PREFIX):
            return self._year_accredited(name.removeprefix(YEAR_TIER_PREFIX))
        return _PROVIDERS[name](self)


_PROVIDERS: dict[str, Callable[[CaseFacts], Any]] = {
    **rounds.PROVIDERS,
    **applicant.PROVIDERS,
    **course.PROVIDERS,
    **declaration.PROVIDERS,
    **review.PROVIDERS,
    **titles.PROVIDERS,
    **appraisal.PROVIDERS,
    "today": lambda f: clock.today(),
}
