"""Reading score sheets and adding them up. 评分汇总"""

from __future__ import annotations

import decimal
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

from django.utils.translation import gettext as _

from accounts.errors import Refusal
from programmes.form_values import NUMBER, normal
from programmes.schema import Indicator, Rounding, Rubric, Text

EXACT = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_EVEN)
MODES = {
    "half_up": decimal.ROUND_HALF_UP,
    "half_even": decimal.ROUND_HALF_EVEN,
    "down": decimal.ROUND_DOWN,
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """汇总: what the sheets of a panel come to.

    ``value``: points, rounded as the rubric says (for a vote: sheets in favour); None when nothing can be computed.
    ``dropped``: totals left out by trimming. ``passed``: None when the panel is incomplete or there is no pass mark.
    """

    method: str
    value: Decimal | None
    dropped: tuple[Decimal, ...]
    passed: bool | None
    explanation: Text


def read_points(
    rubric: Rubric, raw: Mapping[str, Any], *, items: Collection[str] | None = None
) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Points as typed in, by indicator, and the messages beside those that are not right.

    Every indicator (of ``items``, when an appraisal scores only some) needs points between 0 and its maximum, in steps
    of the rubric's ``step``.
    """
    points: dict[str, Decimal] = {}
    errors = {str(key): _("评分表中没有此项") for key in raw if str(key) not in _keys(rubric, items)}
    for indicator in _indicators(rubric, items):
        value = _points(indicator, rubric.step, raw.get(indicator.key))
        if isinstance(value, Decimal):
            points[indicator.key] = value
        else:
            errors[indicator.key] = value
    return points, errors


def total(rubric: Rubric, points: Mapping[str, Any], *, items: Collection[str] | None = None) -> Decimal:
    """The exact sum of one sheet. Refusal ``bad_score`` (messages by indicator in ``fields``) unless it is complete."""
    read, errors = read_points(rubric, points, items=items)
    if errors:
        raise Refusal("bad_score", _("评分表填写有误，请核对。"), rubric.clause, errors)
    return sum(read.values(), Decimal(0))


def maximum(rubric: Rubric, *, items: Collection[str] | None = None) -> Decimal:
    """The most points that the indicators (of ``items``) give."""
    return sum((indicator.maximum for indicator in _indicators(rubric, items)), Decimal(0))


def rounded(value: Decimal, rounding: Rounding) -> Decimal:
    """``value`` at the rubric's places. What is compared with a pass mark is the rounded value that people see."""
    return value.quantize(Decimal(1).scaleb(-rounding.places), rounding=MODES[rounding.mode], context=EXACT)


def aggregate(rubric: Rubric, totals: Sequence[Decimal], *, pass_mark: Decimal | None = None) -> Aggregate:
    """What the totals of the valid sheets come to, by the rubric's method.

    ``pass_mark`` (a slot's value) goes before the rubric's own. With fewer sheets than ``panel_minimum``, or an even
    number where an odd one is asked, the value is told but ``passed`` stays None.
    """
    mark = rubric.pass_mark if pass_mark is None else pass_mark
    kept, dropped = _trimmed(rubric, totals)
    shortage = _shortage(rubric, totals, kept)
    value = None if not kept else _value(rubric, kept, mark)
    passed = None if shortage or value is None or mark is None else _passed(rubric, value, kept, mark)
    return Aggregate(
        rubric.aggregation, value, dropped, passed, _explain(rubric, kept, dropped, value, mark, shortage)
    )


def _indicators(rubric: Rubric, items: Collection[str] | None) -> list[Indicator]:
    return [indicator for indicator in rubric.indicators if items is None or indicator.key in items]


def _keys(rubric: Rubric, items: Collection[str] | None) -> set[str]:
    return {indicator.key for indicator in _indicators(rubric, items)}


def _points(indicator: Indicator, step: Decimal, raw: Any) -> Decimal | str:
    """The points, or the message."""
    if raw is None or raw == "":
        return _("请填写得分")
    text = normal(raw)
    if isinstance(raw, bool | float) or not NUMBER.fullmatch(text):
        return _("请填写数字")
    value = Decimal(text)
    if not 0 <= value <= indicator.maximum:
        return _("得分应在0至%(maximum)s之间") % {"maximum": _shown(indicator.maximum)}
    if step > 0 and value % step != 0:
        return _("得分应以%(step)s分为单位") % {"step": _shown(step)}
    return value


def _shown(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _trimmed(rubric: Rubric, totals: Sequence[Decimal]) -> tuple[list[Decimal], tuple[Decimal, ...]]:
    """(kept, dropped). With nothing left after trimming, nothing is kept."""
    ordered = sorted(totals)
    if rubric.aggregation != "trimmed_mean" or rubric.trim == 0:
        return ordered, ()
    if len(ordered) <= 2 * rubric.trim:
        return [], ()
    lowest, highest = ordered[: rubric.trim], ordered[-rubric.trim :]
    return ordered[rubric.trim : -rubric.trim], (*lowest, *highest)


def _value(rubric: Rubric, kept: list[Decimal], mark: Decimal | None) -> Decimal | None:
    match rubric.aggregation:
        case "mean" | "trimmed_mean":
            with decimal.localcontext(EXACT):
                return rounded(sum(kept, Decimal(0)) / len(kept), rubric.rounding)
        case "median":
            middle = len(kept) // 2
            pair = kept[middle] if len(kept) % 2 else (kept[middle - 1] + kept[middle]) / 2
            return rounded(pair, rubric.rounding)
        case "vote":
            return None if mark is None else Decimal(sum(1 for value in kept if value >= mark))
    assert_never(rubric.aggregation)


def _passed(rubric: Rubric, value: Decimal, kept: list[Decimal], mark: Decimal) -> bool:
    """A vote needs more than half of the sheets at or above the mark, or the share that the rubric asks (三分之二以上

    includes two thirds); points need to reach the mark (达到 includes it).
    """
    if rubric.aggregation != "vote":
        return value >= mark
    share = share_of_votes(rubric)
    return value * 2 > len(kept) if share is None else Fraction(value) >= share * len(kept)


SHARE = re.compile(r"([1-9]\d?)/([1-9]\d?)")


def share_of_votes(rubric: Rubric) -> Fraction | None:
    """The share of the votes that is enough; None: more than half. ValueError when it is not between 1/2 and 1."""
    if not rubric.vote_share:
        return None
    found = SHARE.fullmatch(rubric.vote_share)
    share = Fraction(int(found[1]), int(found[2])) if found else Fraction(0)
    if not Fraction(1, 2) < share <= 1:
        raise ValueError(rubric.vote_share)
    return share


def _shortage(rubric: Rubric, totals: Sequence[Decimal], kept: list[Decimal]) -> Text | None:
    if len(totals) < rubric.panel_minimum or not kept:
        needed = max(rubric.panel_minimum, 2 * rubric.trim + 1 if rubric.aggregation == "trimmed_mean" else 1)
        return Text(
            zh=f"有效评分表{len(totals)}份，不足{needed}份",
            en=f"{len(totals)} valid sheets, {needed} are needed",
        )
    if rubric.odd_panel and len(totals) % 2 == 0:
        return Text(
            zh=f"有效评分表{len(totals)}份，应为单数",
            en=f"{len(totals)} valid sheets, an odd number is needed",
        )
    return None


METHODS = {
    "mean": Text(zh="平均分", en="mean"),
    "median": Text(zh="中位数", en="median"),
    "trimmed_mean": Text(zh="去掉最高、最低分后的平均分", en="mean without the highest and lowest"),
    "vote": Text(zh="赞成票", en="votes in favour"),
}


def _explain(
    rubric: Rubric,
    kept: list[Decimal],
    dropped: tuple[Decimal, ...],
    value: Decimal | None,
    mark: Decimal | None,
    shortage: Text | None,
) -> Text:
    zh, en = [], []
    method = METHODS[rubric.aggregation]
    if value is not None:
        unit = ("票", "") if rubric.aggregation == "vote" else ("分", " points")
        zh.append(f"{len(kept)}份评分表的{method.zh}为{value}{unit[0]}")
        en.append(f"{method.en} of {len(kept)} sheets: {value}{unit[1]}")
    if dropped:
        listed = [_shown(points) for points in dropped]
        zh.append(f"去掉{'、'.join(listed)}")
        en.append(f"left out: {', '.join(listed)}")
    if mark is not None:
        need = Text(zh="")
        if rubric.aggregation == "vote":
            need = Text(zh="，赞成须过半数", en=", more than half in favour")
            if rubric.vote_share:
                need = Text(zh=f"，赞成须达{rubric.vote_share}", en=f", {rubric.vote_share} in favour")
        zh.append(f"合格线{_shown(mark)}分{need.zh}")
        en.append(f"pass mark {_shown(mark)}{need.en}")
    if shortage is not None:
        zh.append(shortage.zh)
        en.append(shortage.en)
    return Text(zh="；".join(zh) or "没有有效评分表", en="; ".join(en) or "no valid sheets")
