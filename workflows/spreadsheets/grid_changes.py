"""What a file would change in a printed grid: the cells that differ from what is stored. 指标表变动"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cases.cells import understood
from cases.errors import Invalid
from programmes import form_values
from programmes.form_cells import Input
from workflows.spreadsheets.grids import Grid


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell that the file would change: as stored, and as it is in the file."""

    entry: Input
    before: Any
    after: Any


def changes_of(
    grid: Grid, stored: Mapping[str, Any], cells: Mapping[str, str], *, blanks: bool
) -> dict[str, CellChange]:
    """What would be different, by key; a blank of the file counts only with ``blanks``."""
    inputs = grid.inputs
    found = {}
    for key, text in cells.items():
        entry = inputs[key]
        before, after = understood(entry, stored.get(key)), understood(entry, text)
        if not _same(entry, before, after) and (after is not None or blanks):
            found[key] = CellChange(entry, before, after)
    return found


def _same(entry: Input, before: Any, after: Any) -> bool:
    """110 and 110.0 are the same number, however a spreadsheet shows it."""
    one, other = form_values.typed_value(entry, before), form_values.typed_value(entry, after)
    return before == after or (one is not None and one == other)


def require_known_cells(grid: Grid, sent: Any) -> dict[str, str]:
    """The cells as the preview carried them: saving reads them anew. Raises Invalid for what no page of ours sends."""
    inputs = grid.inputs
    if not isinstance(sent, dict) or not all(
        key in inputs and isinstance(text, str) for key, text in sent.items()
    ):
        raise Invalid("bad_request", _("提交的内容无法识别，请重新上传文件。"))
    return dict(sent)
