"""Opinions of other units as a reader may see them: who was asked what, who has answered, who is late. 征求意见"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cases.models import Case, Opinion
from workflows.due import Due, due_of
from workflows.enums import ItemStatus
from workflows.models import WorkItem


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """意见: one unit's part of a question; ``due`` while its answer is awaited."""

    opinion: Opinion
    due: Due | None

    @property
    def late(self) -> bool:
        """Whether the answer is overdue."""
        return self.due is not None and self.due.tone == "late"


@dataclass(frozen=True, slots=True)
class Question:
    """征求意见: one question with what every unit asked has said to it."""

    question: str
    lines: tuple[OpinionLine, ...]

    @property
    def first(self) -> Opinion:
        """Any of them: when it was asked, and by whom."""
        return self.lines[0].opinion

    @property
    def given(self) -> int:
        """How many have answered."""
        return sum(1 for line in self.lines if line.opinion.given_at is not None)

    @property
    def late(self) -> int:
        """How many are overdue."""
        return sum(1 for line in self.lines if line.late)


def questions_of(case: Case, readable: Collection[str]) -> list[Question]:
    """What other units were asked, the newest question first. Two queries; none where the programme asks nobody, or

    for readers who are not told of internal opinions.
    """
    consults = any(side.flow == "consult" for side in case.edition.pack.programme.side.values())
    if not consults or "reasons" not in readable:
        return []
    rows = list(case.opinions.select_related("unit", "asked_by", "given_by").order_by("-batch", "pk"))
    if not rows:
        return []
    waiting = WorkItem.objects.filter(case=case, procedure="consult", status=ItemStatus.OPEN)
    due = {item.organisation_id: due_of(item) for item in waiting.select_related("deadline")}
    questions: list[Question] = []
    for batch in dict.fromkeys(row.batch for row in rows):
        lines = tuple(
            OpinionLine(row, due.get(row.unit_id) if row.given_at is None else None)
            for row in rows
            if row.batch == batch
        )
        questions.append(Question(lines[0].opinion.question, lines))
    return questions
