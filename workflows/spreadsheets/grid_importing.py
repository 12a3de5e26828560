"""What an uploaded file would put into a printed grid, cell by cell, with what is wrong beside each. 指标表导入

Rows are known by their printed labels, columns by their headings, whatever their order; a label or heading that was
changed is told with sheet and row, and nothing of the file is taken. A blank in the file changes nothing unless the person
wants it to; a cell whose formula failed is never taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from audit.punctuation import listed
from programmes import form_values
from programmes.form_cells import inputs_of
from programmes.schema import FormField, Pack
from programmes.units import UNITS
from workflows.forms_ui import level_names
from workflows.spreadsheets.cells import NOTHING, take
from workflows.spreadsheets.grid_rows import RowNames
from workflows.spreadsheets.grids import Grid, labels_of, name_of, suffix_of
from workflows.spreadsheets.guards import kind_of, refuse
from workflows.spreadsheets.importing import Remark, heading_row, marked_sheet
from workflows.spreadsheets.layout import Mark, SheetColumn
from workflows.spreadsheets.matching import Headings, Matching, plain, require_same_unit
from workflows.spreadsheets.reading import Row, Sheet, read_workbook
from workflows.spreadsheets.text_files import read_text

UNIT_HEADINGS = frozenset({"单位", "计量单位", "unit"})
KIND_HEADINGS = frozenset({"指标类型", "类型"})
NUMBER_HEADINGS = frozenset({"序号", "编号", "no."})
LABEL_HEADINGS = frozenset(
    {"指标", "指标名称", "项目", "名称", "一级指标", "二级指标", "三级指标", "四级指标"}
)
NAMED_AT_MOST = 6


@dataclass(slots=True)
class GridImport:
    """导入内容: input key → text as typed ('' where the file is blank); what is wrong, to be looked at, and of the file."""

    sheet: str
    cells: dict[str, str] = field(default_factory=dict)
    errors: list[Remark] = field(default_factory=list)
    questions: list[Remark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_grid(upload: UploadedFile[Any], grid: Grid, *, form_code: str, pack: Pack) -> GridImport:
    """Read an uploaded file for a grid. Raises Invalid, field ``file``, with a message in the user's language."""
    headings = Headings(grid.columns)

    def wanted(marks: list[Mark]) -> str:
        return marked_sheet(marks, grid.key, grid.title, form_code, pack)

    file = upload.file or upload
    workbook = kind_of(upload) == "xlsx"
    sheet = read_workbook(file, headings.like, wanted) if workbook else read_text(file, headings.like)
    at, matching = heading_row(sheet, headings)
    return _Reader(sheet, grid, at, matching).read()


class _Reader:
    def __init__(self, sheet: Sheet, grid: Grid, at: int, matching: Matching) -> None:
        self.sheet = sheet
        self.grid = grid
        self.matching = matching
        self.at = at
        head = next(row for number, row in sheet.rows if number == at)
        self.heads = {place: str(g.value).strip() for place, g in enumerate(head) if not g.blank}
        plains = {place: plain(text) for place, text in self.heads.items()}
        self.unit_at = next((place for place, text in plains.items() if text in UNIT_HEADINGS), -1)
        apart = {place for place, text in plains.items() if text in KIND_HEADINGS | NUMBER_HEADINGS}
        self.aside = apart | {self.unit_at}
        levels = LABEL_HEADINGS | {plain(name) for name in level_names(grid.depth)}
        named = [place for place, text in sorted(plains.items()) if text in levels]
        self.label_places = named or [p for p in range(min(matching.columns)) if p not in self.aside]
        self.names = RowNames(grid)
        self.read_into = GridImport(sheet.title, notes=list(sheet.remarks))
        self.carried: tuple[str, ...] = ()
        self.rows: dict[str, int] = {}
        """Key of a field → the row of the file in which it stands."""

    def read(self) -> GridImport:
        self._require_units()
        body = [(number, row) for number, row in self.sheet.rows if number > self.at]
        known, strange, twice = [], [], []
        for number, row in body:
            labels = self._labels(row)
            found = self.names.field(labels)
            if found is None:
                if self._filled(row):
                    strange.append((number, " / ".join(label for label in labels if label)))
                continue
            if found.key in self.rows:
                twice.append((self.rows[found.key], number, found))
                continue
            self.rows[found.key] = number
            known.append((number, row, found))
        self._require_known(strange, twice)
        self._require_columns([row for _number, row, _field in known])
        for number, row, found in known:
            self._require_unit(number, row, found)
        for number, row, found in known:
            self._row(number, row, found)
        self._note_rows()
        self._note_merged()
        return self.read_into

    # Which row is which -----------------------------------------------------------------------------------------------

    def _labels(self, row: Row) -> tuple[str, ...]:
        """The row's levels; a level that is left out (or merged) is the one above. '' where none was given."""
        texts = [
            str(row[p].value).strip() if p < len(row) and not row[p].blank else "" for p in self.label_places
        ]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            return ()
        above = list(self.carried) + [""] * len(texts)
        for level, text in enumerate(texts):
            if text and plain(text) != plain(above[level]):
                above[level + 1 :] = [""] * len(above[level + 1 :])
            above[level] = text or above[level]
        self.carried = tuple(above[: len(texts)])
        return self.carried

    def _filled(self, row: Row) -> bool:
        return any(place < len(row) and not row[place].blank for place in self.matching.columns)

    def _where(self, number: int) -> str:
        return _("工作表“%(sheet)s”第%(row)s行") % {"sheet": self.sheet.title, "row": number}

    def _require_known(
        self, strange: Sequence[tuple[int, str]], twice: Sequence[tuple[int, int, FormField]]
    ) -> None:
        if strange:
            rows = [
                _("第%(row)s行“%(label)s”") % {"row": number, "label": label[:60] or _("（无名称）")}
                for number, label in strange[:NAMED_AT_MOST]
            ]
            raise refuse(
                "other_row",
                _(
                    "工作表“%(sheet)s”%(rows)s有数据，但不是本表的指标，名称可能被改动或漏填。"
                    "请对照模板改正指标名称（或删去该行）后重新上传；未导入任何内容。"
                )
                % {"sheet": self.sheet.title, "rows": listed(rows)},
            )
        if twice:
            first, second, found = twice[0]
            raise refuse(
                "row_twice",
                _(
                    "工作表“%(sheet)s”第%(first)s行和第%(second)s行都是“%(label)s”，请只保留一行；未导入任何内容。"
                )
                % {
                    "sheet": self.sheet.title,
                    "first": first,
                    "second": second,
                    "label": name_of(found),
                },
            )
        if not self.rows:
            raise refuse(
                "no_rows",
                _("工作表“%(sheet)s”中没有本表的指标。请下载模板，按模板的指标名称填写。")
                % {"sheet": self.sheet.title},
            )

    def _require_columns(self, rows: Sequence[Row]) -> None:
        """A heading that is none of the grid's is left out and told; where one is missing instead, it was changed."""
        strange = [
            heading
            for place, heading in self.heads.items()
            if place not in self.matching.columns
            and place not in self.aside
            and place not in self.label_places
            and any(place < len(row) and not row[place].blank for row in rows)
        ]
        missing = [column.heading for column in self.matching.missing if self._is_whole(column)]
        named = listed([f"“{heading[:40]}”" for heading in strange[:NAMED_AT_MOST]])
        if strange and missing:
            raise refuse(
                "other_column",
                _(
                    "工作表“%(sheet)s”第%(row)s行的列名%(names)s不是本表的列，而本表的%(missing)s没有找到，"
                    "列名可能被改动。请对照模板改正后重新上传；未导入任何内容。"
                )
                % {
                    "sheet": self.sheet.title,
                    "row": self.at,
                    "names": named,
                    "missing": listed([f"“{heading}”" for heading in missing]),
                },
            )
        if strange:
            self.read_into.notes.append(_("文件中的%(names)s列不是本表的列，不读入。") % {"names": named})
        if self.matching.missing:
            names = listed([f"“{column.heading}”" for column in self.matching.missing])
            self.read_into.notes.append(_("文件中没有%(names)s列，这些列保持不变。") % {"names": names})

    def _is_whole(self, column: SheetColumn) -> bool:
        return column.entry.key == column.entry.cell

    # Units ------------------------------------------------------------------------------------------------------------

    def _require_units(self) -> None:
        """A column headed in another unit than any of its rows is refused."""
        for place, column in self.matching.columns.items():
            for row in self.grid.fields:
                entry = next((e for e in inputs_of(row) if suffix_of(row, e) == column.key), None)
                if entry is not None:
                    own = SheetColumn(column.key, column.heading, entry, column.names)
                    require_same_unit(self.heads[place], own)

    def _require_unit(self, number: int, row: Row, found: FormField) -> None:
        """The unit that stands beside the row's label is the row's own: the numbers would be off by as much."""
        grain = row[self.unit_at] if 0 <= self.unit_at < len(row) else NOTHING
        if grain.blank or not found.unit or plain(str(grain.value)) == plain(found.unit):
            return
        typed = str(grain.value).strip()
        ours, theirs = UNITS.get(found.unit), UNITS.get(typed)
        if ours is not None and theirs is not None and ours == theirs:
            return
        raise refuse(
            "other_unit",
            _(
                "%(where)s“%(label)s”的“单位”为“%(theirs)s”，本指标以“%(ours)s”为单位。"
                "请换算后改回单位，再上传；未导入任何内容。"
            )
            % {
                "where": self._where(number),
                "label": name_of(found),
                "theirs": typed[:20],
                "ours": found.unit,
            },
        )

    # Values -----------------------------------------------------------------------------------------------------------

    def _row(self, number: int, row: Row, found: FormField) -> None:
        entries = {} if found.calculated else {suffix_of(found, e): e for e in inputs_of(found)}
        for place, column in self.matching.columns.items():
            grain = row[place] if place < len(row) else NOTHING
            entry = entries.get(column.key)
            if entry is None:
                if not grain.blank:
                    said = _("本行没有此格，内容“%(text)s”不读入") % {"text": str(grain.value)[:40]}
                    self.read_into.questions.append(self._remark(number, found, column, said))
                continue
            if grain.broken:
                said = _("%(why)s；本格未读入，保持不变") % {"why": grain.broken}
                self.read_into.errors.append(self._remark(number, found, column, said))
                continue
            taken = take(entry, grain, self.sheet.epoch)
            self.read_into.cells[entry.key] = taken.text
            reading = form_values.read(entry, taken.text)
            if reading.error:
                said = " ".join(part for part in (reading.error, reading.warning) if part)
                self.read_into.errors.append(self._remark(number, found, column, said))
            elif taken.remark:
                self.read_into.questions.append(self._remark(number, found, column, taken.remark))

    def _remark(self, number: int, found: FormField, column: SheetColumn, text: str) -> Remark:
        return Remark(number, f"{labels_of(found)[-1]}·{column.heading}", text, self.sheet.title)

    def _note_rows(self) -> None:
        grid_rows = [row for row in self.grid.fields if not row.calculated]
        absent = [name_of(row) for row in grid_rows if row.key not in self.rows]
        if absent:
            named = listed([f"“{name}”" for name in absent[:NAMED_AT_MOST]])
            told = _("文件中没有%(names)s等%(n)s项指标，这些行保持不变。")
            self.read_into.notes.append(told % {"names": named, "n": len(absent)})
        order = [row.key for row in self.grid.fields if row.key in self.rows]
        if sorted(order, key=self.rows.__getitem__) != order:
            self.read_into.notes.append(_("指标的先后与本表不同，已按指标名称对应读入。"))
        if list(self.matching.columns.values()) != [
            c for c in self.grid.columns if c not in self.matching.missing
        ]:
            self.read_into.notes.append(_("列的先后与本表不同，已按列名对应读入。"))

    def _note_merged(self) -> None:
        """Excel keeps a merged range in its first cell: its number is read once, and that is told."""
        rows = set(self.rows.values())
        for first, top, last, bottom in self.sheet.merged:
            places = [place for place in self.matching.columns if first <= place + 1 <= last]
            if places and rows & set(range(top, bottom + 1)) and (last > first or bottom > top):
                told = _("%(where)s“%(column)s”是合并单元格，数值只读入第一格，请核对。")
                heading = self.matching.columns[places[0]].heading
                self.read_into.notes.append(told % {"where": self._where(top), "column": heading})
