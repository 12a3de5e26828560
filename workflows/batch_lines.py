"""What would become of each line of a file, before anything is written: fit, faulty, declared already. 批量导入核对

Only what a draft could not hold is a fault here (no title, no such unit, a cell that cannot be read, a limit); what the
rules of the policy ask is judged when the declaration is sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from programmes.form_cells import FILES
from programmes.forms import clean_form, is_complete
from programmes.models import Round
from programmes.schema import Form, Pack
from workflows.batch_units import named_units
from workflows.opening import LONGEST_TITLE, alike, drafts_of, live_cases, visible
from workflows.spreadsheets.batch_reading import BatchRow
from workflows.spreadsheets.batches import TITLE, UNIT, batch_columns, forms_of
from workflows.spreadsheets.importing import Remark
from workflows.spreadsheets.layout import SheetColumn

State = Literal["good", "bad", "again"]
SHOWN_SIGNS = 40


@dataclass(slots=True)
class Line:
    """一行: ``state`` good (可导入), bad (有问题, with the ``problems``) or again (重复, ``problems`` says of what).

    ``questions`` should be looked at; ``missing`` required items will still be blank, files apart.
    """

    number: int
    title: str
    unit: Organisation | None
    values: Mapping[str, str]
    state: State = "good"
    problems: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    missing: int = 0
    shown: str = ""
    """The public id of the unit that a preview showed for it; '' before there is one."""

    @property
    def unit_name(self) -> str:
        """The unit's name; what was typed where there is no such unit."""
        return self.unit.name if self.unit is not None else self.values.get(UNIT, "")


def title_of(values: Mapping[str, str]) -> str:
    """The title of the draft, in one line."""
    return " ".join(visible(values.get(TITLE, "")).split())


def values_by_form(pack: Pack, values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was typed, form by form."""
    forms: dict[str, dict[str, str]] = {}
    for key, value in values.items():
        code, _dot, name = key.partition(".")
        if name and code in pack.forms:
            forms.setdefault(code, {})[name] = value
    return forms


def judge_lines(
    round: Round, rows: Sequence[BatchRow], actor: Actor, *, own: Organisation | None
) -> list[Line]:
    """Each row with what would become of it. Four queries at most, however many rows there are."""
    pack = round.edition.pack
    units = named_units(
        actor, pack.programme.applicant.kinds, own, (row.values.get(UNIT, "") for row in rows)
    )
    reader = _Forms(pack)
    lines = []
    for row in rows:
        named = units.named(row.values.get(UNIT, ""))
        line = Line(row.number, title_of(row.values), named.unit, row.values)
        if named.problem:
            line.problems.append(_at(reader.headings[UNIT], row.values.get(UNIT, ""), named.problem))
        reader.judge(line, row)
        if line.problems:
            line.state = "bad"
        lines.append(line)
    _find_repeated(round, lines)
    _keep_to_limit(round, lines)
    return lines


class _Forms:
    """Reads lines by the forms of an edition; a form of which a line has nothing lacks the same every time."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.forms = forms_of(pack)
        self.columns: dict[str, SheetColumn] = {column.key: column for column in batch_columns(pack)}
        self.headings = {key: column.heading for key, column in self.columns.items()}
        self.files = {
            form.code: frozenset(field.key for field in form.fields if field.type in FILES)
            for form in self.forms
        }
        self.lacking = {form.code: self._lacking(form, {}, frozenset()) for form in self.forms}

    def judge(self, line: Line, row: BatchRow) -> None:
        """Title, cells, and how much is still missing."""
        if not line.title:
            line.problems.append(_at(self.headings[TITLE], "", _("请填写项目名称。")))
        elif len(line.title) > LONGEST_TITLE:
            told = _("项目名称不得超过%(limit)s字，现为%(n)s字。") % {
                "limit": LONGEST_TITLE,
                "n": len(line.title),
            }
            line.problems.append(_at(self.headings[TITLE], line.title, told))
        said = {self.headings[TITLE]} if not line.title or len(line.title) > LONGEST_TITLE else set()
        if line.unit is None:
            said.add(self.headings[UNIT])
        typed = {column.heading: row.values.get(key, "") for key, column in self.columns.items()}
        line.problems += [_remark(each, typed) for each in row.errors if each.column not in said]
        line.questions += [_remark(each, typed) for each in row.questions if each.column not in said]
        asked = {each.column for each in (*row.errors, *row.questions)}
        values = values_by_form(self.pack, line.values)
        for form in self.forms:
            line.missing += self._missing(form, values.get(form.code, {}), line, asked)

    def _missing(self, form: Form, values: Mapping[str, str], line: Line, asked: set[str]) -> int:
        if not values:
            return self.lacking[form.code]
        cleaned = clean_form(form, values, partial=True)
        for path, question in cleaned.warnings.items():
            heading = self.headings.get(f"{form.code}.{path}")
            if heading is not None and heading not in asked:
                line.questions.append(_at(heading, values.get(path, ""), question))
        return self._lacking(form, cleaned.data, frozenset(cleaned.errors))

    def _lacking(self, form: Form, data: Mapping[str, Any], faulty: frozenset[str]) -> int:
        """Files are uploaded elsewhere and counted there."""
        return len(is_complete(form, data, attached=self.files[form.code], faulty=faulty))


def _remark(remark: Remark, typed: Mapping[str, str]) -> str:
    return _at(remark.column, typed.get(remark.column, ""), remark.text)


def _at(column: str, typed: str, text: str) -> str:
    shown = typed if len(typed) <= SHOWN_SIGNS else f"{typed[:SHOWN_SIGNS]}…"
    if not shown:
        return _("“%(column)s”：%(text)s") % {"column": column, "text": text}
    return _("“%(column)s”填写为“%(typed)s”：%(text)s") % {"column": column, "typed": shown, "text": text}


def _find_repeated(round: Round, lines: Iterable[Line]) -> None:
    """Lines that name a project declared in the round already, or in a line above. One query."""
    fit = [line for line in lines if line.state == "good"]
    keys = {line.unit.pk for line in fit if line.unit is not None}
    there = live_cases(round).filter(applicant__in=keys).values_list("applicant_id", "title")
    declared = {(unit, alike(title)) for unit, title in there} if keys else set()
    first: dict[tuple[int, str], int] = {}
    for line in fit:
        assert line.unit is not None
        key = (line.unit.pk, alike(line.title))
        if key in declared:
            line.state = "again"
            line.problems.append(_("该单位在本批次已有同名申报。"))
        elif key in first:
            line.state = "again"
            line.problems.append(_("与第%(row)s行的单位和项目名称相同。") % {"row": first[key]})
        else:
            first[key] = line.number


def _keep_to_limit(round: Round, lines: Iterable[Line]) -> None:
    """As many lines of each unit as the programme takes, the first ones; the others are told. One query at most."""
    limit = round.edition.pack.programme.round.drafts_per_applicant
    if not limit:
        return
    fit = [line for line in lines if line.state != "bad" and line.unit is not None]
    taken: Counter[int] = Counter(drafts_of(round, {line.unit.pk for line in fit if line.unit is not None}))
    for again in (False, True):  # what would be the second of its name yields to the others
        for line in fit:
            if (line.state == "again") is not again or line.unit is None:
                continue
            if taken[line.unit.pk] >= limit:
                line.state = "bad"
                line.problems.append(over_limit(limit))
            elif not again:
                taken[line.unit.pk] += 1


def over_limit(limit: int) -> str:
    """What is said of a line for which its unit has no declaration left."""
    told = _("超出限额：每个单位在本批次最多申报%(limit)s件（含已有的申报）。")
    return told % {"limit": limit}
