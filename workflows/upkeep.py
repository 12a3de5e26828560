"""Appraisals and rectifications of a case, as its page shows them. 考核与整改"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from audit.punctuation import listed
from cases.enums import AppraisalStatus
from cases.models import Appraisal, Case, Rectification
from programmes.schema import Choice, SideProcedure

TONES: dict[str, str] = {
    AppraisalStatus.OPEN: "info",
    AppraisalStatus.SUBMITTED: "active",
    AppraisalStatus.CHECKED: "active",
    AppraisalStatus.CONCLUDED: "success",
    AppraisalStatus.RECTIFYING: "warning",
    AppraisalStatus.ACCEPTED: "success",
    AppraisalStatus.FAILED: "danger",
    AppraisalStatus.ABSENT: "warning",
    AppraisalStatus.CANCELLED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One content item: what it is called, what the unit reported, what it scored."""

    label: str
    text: str
    points: str


@dataclass(frozen=True, slots=True)
class AppraisalLine:
    """考评: one appraisal with its items and rectifications."""

    appraisal: Appraisal
    kind: str
    tone: str
    result: str
    methods: str
    items: tuple[Item, ...]
    rectifications: tuple[Rectification, ...]
    clause: str


def appraisal_lines(case: Case) -> list[AppraisalLine]:
    """The case's appraisals, the newest first. Two queries."""
    rows = case.appraisals.prefetch_related("rectifications").order_by("-period", "-pk")
    return [_line(case, row) for row in rows]


def _line(case: Case, row: Appraisal) -> AppraisalLine:
    side = case.edition.pack.programme.side.get(row.side)
    results = {"qualified": _("合格"), "unqualified": _("不合格"), "absent": _("缺席")}
    return AppraisalLine(
        appraisal=row,
        kind=_label(side.kinds if side else (), row.kind),
        tone=TONES.get(row.status, "neutral"),
        result=results.get(row.result, ""),
        methods=listed(_label(side.methods if side else (), code) for code in row.methods),
        items=tuple(_items(case, side, row)),
        rectifications=tuple(sorted(row.rectifications.all(), key=lambda each: each.pk)),
        clause=side.clause if side else "",
    )


def _label(choices: tuple[Choice, ...], code: str) -> str:
    return next((str(choice.label) for choice in choices if choice.code == code), code)


def _items(case: Case, side: SideProcedure | None, row: Appraisal) -> Iterator[Item]:
    rubric = case.edition.pack.rubrics.get(side.rubric) if side and side.rubric else None
    labels = {each.key: str(each.label) for each in rubric.indicators} if rubric else {}
    for key in side.items.get(row.kind, ()) if side else row.items:
        points = row.scores.get(key)
        shown = format(Decimal(str(points)).normalize(), "f") if points not in (None, "") else ""
        yield Item(labels.get(key, key), str(row.items.get(key, "")), shown)
