"""What a rule says of many lines of one table, said once. 核对结果归并

A column that was left blank in 2,000 lines gives 2,000 verdicts which differ in the line alone. Pages and refusals tell
the sentence once, with the lines that it holds for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from audit import punctuation
from programmes.form_cells import field_of
from programmes.rules import Verdict
from programmes.schema import Pack

MOST_RUNS = 8
"""So many runs of lines are named before “等”."""


@dataclass(frozen=True, slots=True)
class VerdictGroup:
    """归并: verdicts of one rule that say the same of different lines; ``where`` is '' for a single one."""

    verdicts: tuple[Verdict, ...]
    where: str = ""

    @property
    def first(self) -> Verdict:
        """The first of them, which speaks for all."""
        return self.verdicts[0]


def together(pack: Pack, verdicts: Iterable[Verdict]) -> list[VerdictGroup]:
    """``verdicts`` in their order, those of several lines of a table as one. No query."""
    found: dict[tuple[object, ...], list[tuple[int, Verdict]]] = {}
    key: tuple[object, ...]
    for number, verdict in enumerate(verdicts):
        place = _line_of(verdict)
        if place is None:
            found[("", number)] = [(-1, verdict)]
            continue
        table, line = place
        columns = tuple(_without_line(path, table, line) for path in verdict.fields)
        reason = verdict.reason_undecided.zh if verdict.reason_undecided else ""
        about = verdict.binding.zh if verdict.binding else ""
        key = (verdict.rule_id, verdict.outcome, verdict.level, table, columns, about, reason)
        found.setdefault(key, []).append((line, verdict))
    groups = []
    for key, some in found.items():
        listed = tuple(verdict for _line, verdict in some)
        lines = [line for line, _verdict in some]
        where = in_lines(_table_label(pack, str(key[3])), lines) if len(some) > 1 else ""
        groups.append(VerdictGroup(listed, where))
    return groups


def in_lines(table: str, lines: Iterable[int]) -> str:
    """Lines (counted from 0) in words: 重点项目表第3、5、8至20行（共15行）; long lists end in 等."""
    numbers = sorted({line + 1 for line in lines})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number, number])
    named = punctuation.listed(_run(first, last) for first, last in runs[:MOST_RUNS])
    values = {"table": table, "rows": named, "n": f"{len(numbers):,}"}
    if len(numbers) == 1:
        return _("%(table)s第%(rows)s行") % values
    if len(runs) > MOST_RUNS:
        return _("%(table)s第%(rows)s等行（共%(n)s行）") % values
    return _("%(table)s第%(rows)s行（共%(n)s行）") % values


def _run(first: int, last: int) -> str:
    if first == last:
        return str(first)
    if last == first + 1:
        return punctuation.listed((first, last))
    return _("%(first)s至%(last)s") % {"first": first, "last": last}


def _line_of(verdict: Verdict) -> tuple[str, int] | None:
    """``FORM.table`` and the line, where the verdict is about a line."""
    for path in verdict.fields:
        parts = path.split(".")
        if len(parts) >= 3 and parts[2].isdecimal():
            return f"{parts[0]}.{parts[1]}", int(parts[2])
    return None


def _without_line(path: str, table: str, line: int) -> str:
    return path.replace(f"{table}.{line}", table, 1)


def _table_label(pack: Pack, table: str) -> str:
    code, _dot, key = table.partition(".")
    form = pack.forms.get(code)
    field = field_of(form, key) if form is not None else None
    return str(field.label) if field is not None else ""
