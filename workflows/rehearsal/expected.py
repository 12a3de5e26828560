"""What may be expected of a step, and the kinds of values that scenario files are written in. 预期"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from programmes.schema import Spec

Key = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=64)]
OFFICE_HOURS = dt.time(9)
"""The hour of an action whose date alone is given."""


def _listed(value: Any) -> Any:
    """A single name stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _instant(default: dt.time) -> Callable[[Any], Any]:
    """A reader of ``2021-03-08 10:00`` or ``2021-03-08`` (then at ``default``); Shanghai time, to the minute."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        for pattern in ("%Y-%m-%d %H:%M", "%Y-%m-%d"):
            try:
                moment = dt.datetime.strptime(value.strip(), pattern)
            except ValueError:
                continue
            return moment if "%H" in pattern else dt.datetime.combine(moment.date(), default)
        raise complaint(
            f"“{value}”不是时间，应写作 2021-03-08 10:00 或 2021-03-08",
            f"{value!r} is no moment: write 2021-03-08 10:00 or 2021-03-08",
        )

    return read


def _day(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value.strip())
        except ValueError:
            raise complaint(
                f"“{value}”不是日期，应写作 2021-03-08", f"{value!r} is no date: write 2021-03-08"
            ) from None
    return value


def one_of(codes: Iterable[str]) -> Callable[[Any], Any]:
    known = tuple(codes)

    def check(value: Any) -> Any:
        if value not in known:
            listed = ", ".join(known)
            raise complaint(f"“{value}”不在规定范围内，可用：{listed}", f"{value!r} is none of {listed}")
        return value

    return check


def complaint(zh: str, en: str) -> PydanticCustomError:
    """A validation error that carries its wording in both languages."""
    return PydanticCustomError("scenario", "{en}", {"zh": zh, "en": en})


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Moment = Annotated[dt.datetime, BeforeValidator(_instant(OFFICE_HOURS))]
Midnight = Annotated[dt.datetime, BeforeValidator(_instant(dt.time(0)))]
Day = Annotated[dt.date, BeforeValidator(_day)]


class Notice(Spec):
    """The newest notice of its kind (publicity, unless told otherwise). 公示

    ``elapsed`` and ``remaining``: days of the window, in its own unit, before and after today.
    """

    kind: str = "publicity"
    status: str = ""
    title: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    elapsed: int = 0
    remaining: int = 0


class StandingIs(Spec):
    """The legal result that holds now. 在册状态"""

    status: str = ""
    tier: str = ""
    number: str = ""
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _status_alone(cls, value: Any) -> Any:
        return {"status": value} if isinstance(value, str) else value


class PlaqueIs(Spec):
    """The newest plaque. 标牌"""

    number: str = ""
    tier: str = ""
    issued_on: Day | None = None
    withdrawn_on: Day | None = None


class AppraisalIs(Spec):
    """The appraisal under way, else the newest. 考评"""

    status: str = ""
    period: int = 0
    kind: str = ""
    result: str = ""
    total: Decimal | None = None


class RectificationIs(Spec):
    """The newest rectification. 整改"""

    status: str = ""
    opened_on: Day | None = None
    due_on: Day | None = None
    accepted_on: Day | None = None


class ObjectionIs(Spec):
    """The newest objection; ``finding`` is contained in it. 异议"""

    status: str = ""
    finding: str = ""


class MisconductIs(Spec):
    """The newest report of misconduct; ``reference`` and ``finding`` are contained in it. 评审违纪"""

    status: str = ""
    finding: str = ""
    reference: str = ""
    liability: bool = False


class DecisionIs(Spec):
    """The newest decision; ``reason`` is contained in it. 决定"""

    action: str = ""
    role: str = ""
    reason: str = ""
    clause: str = ""
    letter: str = ""


class Sheets(Spec):
    """Score sheets of the case: how many count, how many are void. 评分表"""

    valid: int = 0
    void: int = 0


Absent = Literal[
    "standing", "notice", "plaque", "appraisal", "rectification", "objection", "misconduct", "decision", "case_no", "items"
]  # fmt: skip


class Expect(Spec):
    """What must come of a step. Only what is written is looked at. 预期"""

    ok: Literal[True] = True
    refused: Names = ()
    message: str = ""
    warnings: Names = ()
    stage: str = ""
    step: str = ""
    closure: str = ""
    case_no: str = ""
    standing: StandingIs | None = None
    items: Names = ()
    due: dict[str, Day | None] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)
    notice: Notice | None = None
    plaque: PlaqueIs | None = None
    appraisal: AppraisalIs | None = None
    rectification: RectificationIs | None = None
    objection: ObjectionIs | None = None
    misconduct: MisconductIs | None = None
    decision: DecisionIs | None = None
    tier: str = ""
    score: Decimal | None = None
    aggregate: Decimal | None = None
    versions: int = 0
    sheets: Sheets | None = None
    visible_to: Names = ()
    hidden_from: Names = ()
    absent: Annotated[tuple[Absent, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _one_way(self) -> Expect:
        if self.refused and "ok" in self.model_fields_set:
            raise complaint("ok 与 refused 不能同时写", "ok and refused exclude each other")
        return self
