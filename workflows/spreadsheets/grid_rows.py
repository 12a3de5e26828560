"""Which row of a file is which row of a printed grid: by its labels, however they are laid out. 指标名称对应"""

from __future__ import annotations

from programmes.schema import FormField
from workflows.spreadsheets.grids import Grid, labels_of, name_of
from workflows.spreadsheets.matching import bare, plain


class RowNames:
    """The rows of a grid as files may name them: by all levels, by the last ones if no other row ends so, by the label."""

    def __init__(self, grid: Grid) -> None:
        self.whole: dict[tuple[str, ...], FormField] = {}
        names: dict[tuple[str, ...], set[str]] = {}
        ends: dict[tuple[str, ...], set[str]] = {}
        by_key = {row.key: row for row in grid.fields}
        for row in grid.fields:
            path = tuple(plain(level) for level in labels_of(row))
            for name in (row.label.zh, row.label.en, name_of(row)):
                if name:
                    names.setdefault((plain(name),), set()).add(row.key)
            self.whole[path] = row
            for last in {path[-1], bare(path[-1])} - {""}:
                for begin in range(len(path)):
                    ends.setdefault((*path[begin:-1], last), set()).add(row.key)
        alone = {name: by_key[next(iter(keys))] for name, keys in names.items() if len(keys) == 1}
        self.whole = alone | self.whole
        self.ends = {path: by_key[next(iter(keys))] for path, keys in ends.items() if len(keys) == 1}

    def field(self, labels: tuple[str, ...]) -> FormField | None:
        """The row that has these labels; None when it is none of this grid, or not told apart from another."""
        path = tuple(plain(label) for label in labels if label)
        if not path:
            return None
        return self.whole.get(path) or self.ends.get(path)
