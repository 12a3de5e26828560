"""Checks of forms, rubrics and letters. 政策包检查：表单、评分表与文书"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import partial

from programmes import letters
from programmes.expression_types import ExpressionError, fact_type_of
from programmes.form_cells import inputs_of, row_inputs
from programmes.form_content import compiled
from programmes.problems import Problem, problem
from programmes.schema import Column, Form, FormField, Letter, Pack, Rubric, Text
from programmes.scope import compiled as compiled_in_pack

KEY = re.compile(r"[A-Za-z0-9_]+")


def check(pack: Pack) -> list[Problem]:
    """Problems with forms, rubrics and letters."""
    found: list[Problem] = []
    for form in pack.forms.values():
        found += _form(pack, form)
    for code, rubric in pack.rubrics.items():
        found += _rubric(code, rubric)
        found += _rubric_slots(pack, code, rubric)
        found += _computed_points(pack, code, rubric)
    for letter in pack.letters.values():
        found += _letter(letter)
    return found


def _form(pack: Pack, form: Form) -> Iterator[Problem]:
    report = partial(problem, f"forms/{form.code}.yaml")
    for key in _repeated(_stored_keys(form)):
        yield report(f"fields.{key}", Text(zh=f"“{key}”与其他项重名", en=f"{key!r} is stored twice"))
    for field in form.fields:
        yield from _field(form, field)
        yield from _links(pack, form, field)
    yield from _sections(form)
    for number in _repeated(str(field.number) for field in form.fields if field.number is not None):
        yield report("fields", Text(zh=f"材料序号{number}重复", en=f"two materials are number {number}"))


def _stored_keys(form: Form) -> Iterator[str]:
    for field in form.fields:
        stored = [] if field.type == "table" else [entry.key for entry in inputs_of(field)]
        yield from stored if field.key in stored else [field.key, *stored]


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _field(form: Form, field: FormField) -> Iterator[Problem]:
    report = partial(problem, f"forms/{form.code}.yaml", f"fields.{field.key}")
    compound = field.type in ("grid", "table")
    if compound and not field.columns:
        yield report(Text(zh="表格缺少 columns", en="a grid or table needs columns"))
    if not compound and field.columns:
        yield report(Text(zh="只有 grid 和 table 可以有 columns", en="only grids and tables have columns"))
    if field.type in ("choice", "multi_choice") and not field.choices:
        yield report(Text(zh="选择项缺少 choices", en="a choice needs choices"))
    yield from _limits(form, field, field.key, field.minimum, field.maximum)
    if field.holds and field.type != "text":
        yield report(Text(zh="只有 text 可以写 holds", en="only a text can say what it holds"))
    for code in _repeated(choice.code for choice in field.choices):
        yield report(Text(zh=f"选项“{code}”重复", en=f"the choice {code!r} is given twice"))
    for column in field.columns:
        yield from _column(form, field, column)
    entries = row_inputs(field) if field.type == "table" else inputs_of(field)
    for key in _repeated(entry.key for entry in entries):
        yield report(Text(zh=f"列“{key}”重复", en=f"the column {key!r} is given twice"))
    yield from _expressions(form, field)


def _column(form: Form, field: FormField, column: Column) -> Iterator[Problem]:
    report = partial(problem, f"forms/{form.code}.yaml", f"fields.{field.key}.columns.{column.key}")
    if not KEY.fullmatch(column.key):
        yield report(
            Text(zh="列的代码只用字母、数字和下划线", en="a column key has letters, digits, underscores")
        )
    if column.type in ("grid", "table", "form_link", "file", "files"):
        yield report(Text(zh=f"列不能是 {column.type}", en=f"a column cannot be a {column.type}"))
    if column.type in ("choice", "multi_choice") and not column.choices:
        yield report(Text(zh="选择项缺少 choices", en="a choice needs choices"))
    if column.holds and column.type != "text":
        yield report(Text(zh="只有 text 可以写 holds", en="only a text can say what it holds"))
    for part in column.parts:
        if part not in field.part_labels:
            yield report(Text(zh=f"分项“{part}”缺少 part_labels", en=f"the part {part!r} has no label"))
    yield from _limits(form, field, f"{field.key}.columns.{column.key}", column.minimum, column.maximum)


def _limits(
    form: Form, field: FormField, where: str, minimum: Decimal | None, maximum: Decimal | None
) -> Iterator[Problem]:
    if minimum is not None and maximum is not None and minimum > maximum:
        yield problem(
            f"forms/{form.code}.yaml",
            f"fields.{where}",
            Text(zh="minimum 大于 maximum", en="the minimum is above the maximum"),
        )


def _expressions(form: Form, field: FormField) -> Iterator[Problem]:
    for name, text in (("visible_when", field.visible_when), ("calculated", field.calculated)):
        if not text:
            continue
        try:
            expression = compiled(form, text)
            if name == "visible_when":
                expression.require("boolean")
            elif field.type not in ("table", "grid", "form_link"):
                expression.require(fact_type_of(field.type))
        except ExpressionError as error:
            yield problem(f"forms/{form.code}.yaml", f"fields.{field.key}.{name}", error.message)


def _links(pack: Pack, form: Form, field: FormField) -> Iterator[Problem]:
    report = partial(problem, f"forms/{form.code}.yaml", f"fields.{field.key}.links")
    if field.type == "form_link" and not field.links:
        yield report(Text(zh="form_link 缺少 links", en="a form_link needs links"))
    for code in field.links:
        if code not in pack.forms:
            yield report(Text(zh=f"没有表单“{code}”", en=f"no form named {code!r}"))


def _sections(form: Form) -> Iterator[Problem]:
    report = partial(problem, f"forms/{form.code}.yaml", "sections")
    keys = {field.key for field in form.fields}
    placed = [key for section in form.sections for key in section.fields]
    for key in placed:
        if key not in keys:
            yield report(Text(zh=f"没有表单项“{key}”", en=f"no field named {key!r}"))
    for key in _repeated(placed):
        yield report(Text(zh=f"“{key}”出现在两处", en=f"{key!r} stands in two places"))
    if placed:
        for key in sorted(keys - set(placed)):
            yield report(Text(zh=f"“{key}”不在任何标题之下", en=f"{key!r} stands under no heading"))


def _rubric(code: str, rubric: Rubric) -> Iterator[Problem]:
    report = partial(problem, "rubrics.yaml")
    total = sum((indicator.maximum for indicator in rubric.indicators), Decimal(0))
    if total != rubric.total:
        yield report(
            f"{code}.total",
            Text(
                zh=f"各项分值合计{total}，应为{rubric.total}",
                en=f"the points add up to {total}, not {rubric.total}",
            ),
            Text(zh="请核对各项 maximum 与 total", en="check the maxima and the total"),
        )
    keys = [entry.key for entry in rubric.indicators] + [entry.key for entry in rubric.questions]
    for key in _repeated(keys):
        yield report(f"{code}.{key}", Text(zh=f"“{key}”重复", en=f"{key!r} is given twice"))
    if rubric.step <= 0 or any(not _divides(rubric.step, entry.maximum) for entry in rubric.indicators):
        yield report(
            f"{code}.step", Text(zh="step 应为正数并能整除各项分值", en="the step must divide every maximum")
        )
    if rubric.pass_mark is not None and not 0 <= rubric.pass_mark <= rubric.total:
        yield report(
            f"{code}.pass_mark", Text(zh="合格线不在总分之内", en="the pass mark is beyond the total")
        )
    yield from _aggregation(code, rubric)


def _divides(step: Decimal, maximum: Decimal) -> bool:
    try:
        return not maximum % step
    except InvalidOperation:  # too far apart to be divided; the size itself is told elsewhere
        return False


def _computed_points(pack: Pack, code: str, rubric: Rubric) -> Iterator[Problem]:
    for indicator in rubric.indicators:
        if indicator.points:
            try:
                compiled_in_pack(pack, indicator.points, expects="decimal")
            except ExpressionError as error:
                yield problem("rubrics.yaml", f"{code}.{indicator.key}.points", error.message)


def _rubric_slots(pack: Pack, code: str, rubric: Rubric) -> Iterator[Problem]:
    for name, slot in rubric.slots.items():
        if slot not in pack.programme.slots:
            yield problem(
                "rubrics.yaml",
                f"{code}.slots.{name}",
                Text(zh=f"没有名为“{slot}”的待定值", en=f"there is no slot {slot!r}"),
            )


def _aggregation(code: str, rubric: Rubric) -> Iterator[Problem]:
    report = partial(problem, "rubrics.yaml")
    trimmed = rubric.aggregation == "trimmed_mean"
    if trimmed != (rubric.trim > 0):
        yield report(
            f"{code}.trim",
            Text(
                zh="trim 与 aggregation: trimmed_mean 应同时使用",
                en="trim goes with aggregation: trimmed_mean",
            ),
        )
    if trimmed and rubric.panel_minimum <= 2 * rubric.trim:
        yield report(
            f"{code}.panel_minimum",
            Text(zh="去掉最高、最低分后不剩评分", en="nothing is left after trimming the smallest panel"),
        )
    if rubric.aggregation == "vote" and rubric.pass_mark is None:
        yield report(f"{code}.pass_mark", Text(zh="表决需要合格线", en="a vote needs a pass mark"))
    if rubric.odd_panel and rubric.panel_minimum % 2 == 0:
        yield report(f"{code}.panel_minimum", Text(zh="专家人数应为单数", en="the panel must be odd"))


def _letter(letter: Letter) -> Iterator[Problem]:
    file = f"letters/{letter.code}.md"
    for name in sorted(letters.placeholders(letter) - letters.NAMES.keys()):
        yield problem(
            file,
            name,
            Text(zh=f"文书中没有可填入“{name}”的内容", en=f"no letter knows {name!r}"),
            Text(zh=f"可用：{'、'.join(letters.NAMES)}", en=f"there are: {', '.join(letters.NAMES)}"),
        )
    if letters.stray_braces(letter):
        yield problem(
            file,
            ".",
            Text(zh="文书中有不成对的花括号或者模板语句", en="stray braces or template tags"),
            Text(zh="只能使用 {{ 名称 }}", en="only {{ name }} is understood"),
        )
