"""The score sheets of a case's reviews, read once for as long as the case object lives. 评分表"""

from __future__ import annotations

from cases.models import Case, ScoreSheet

_KNOWN = "_review_sheets"


def review_sheets(case: Case) -> list[ScoreSheet]:
    """Every sheet of the case's panels with its expert, voided ones too; the newest panel first. One query, then none."""
    known: list[ScoreSheet] | None = case.__dict__.get(_KNOWN)
    if known is None:
        rows = case.score_sheets.filter(appraisal__isnull=True).select_related("expert")
        known = case.__dict__[_KNOWN] = list(rows.order_by("-run_no", "pk"))
    return known


def forget_sheets(case: Case) -> None:
    """The sheets have changed: whoever asks next reads them again."""
    case.__dict__.pop(_KNOWN, None)
