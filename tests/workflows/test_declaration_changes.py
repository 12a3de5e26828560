"""版本比对: cells, lines that came and went, lines that only moved."""

from __future__ import annotations

from typing import Any

import pytest

from programmes.schema import Form
from tests.factories.cases import gy_pack
from workflows.declaration_changes import changes_in


@pytest.fixture(scope="module")
def form() -> Form:
    """A form of the pack with a table of at least three columns."""
    forms = gy_pack().forms.values()
    return next(f for f in forms for e in f.fields if e.type == "table" and len(e.columns) >= 3)


def table_of(form: Form) -> tuple[str, list[str]]:
    entry = next(e for e in form.fields if e.type == "table" and len(e.columns) >= 3)
    return entry.key, [column.key for column in entry.columns][:3]


def lines(form: Form, *names: str) -> dict[str, Any]:
    key, (first, second, third) = table_of(form)
    return {key: [{first: name, second: f"{name}二", third: f"{name}三"} for name in names]}


def said(form: Form, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(c.how, c.before, c.after) for c in changes_in(form, before, after).changes]


def test_a_line_put_in_at_the_top_changes_no_other(form: Form) -> None:
    found = changes_in(form, lines(form, "甲", "乙"), lines(form, "新", "甲", "乙"))
    assert [change.how for change in found.changes] == ["added"]
    assert found.new_lines == {f"{table_of(form)[0]}.0"}


def test_a_line_that_moved_is_told_as_moved_and_nothing_else(form: Form) -> None:
    assert said(form, lines(form, "甲", "乙", "丙", "丁"), lines(form, "丁", "甲", "乙", "丙")) == [
        ("moved", "第4行", "第1行")
    ]
    assert said(form, lines(form, "甲", "乙"), lines(form, "乙", "甲"))[0][0] == "moved"


def test_the_same_lines_in_the_same_order_are_no_change(form: Form) -> None:
    assert said(form, lines(form, "甲", "甲", "乙"), lines(form, "甲", "甲", "乙")) == []


def test_a_cell_that_changed_in_a_line_that_moved_is_told_cell_by_cell(form: Form) -> None:
    key, columns = table_of(form)
    before, after = lines(form, "甲", "乙", "丙"), lines(form, "丙", "甲", "乙")
    after[key][0][columns[1]] = "改过"
    changes = changes_in(form, before, after).changes
    assert [(c.how, c.after, c.field) for c in changes] == [("changed", "改过", key)]


def test_what_went_and_what_came_are_not_taken_for_one_another(form: Form) -> None:
    found = said(form, lines(form, "甲", "乙"), lines(form, "甲", "丙", "丁"))
    assert [how for how, _before, _after in found].count("added") == 1
    assert len([how for how, _b, _a in found if how == "changed"]) == 3  # 乙 became 丙, in its place


def test_a_new_line_that_is_like_an_old_one_is_no_change_of_it(form: Form) -> None:
    key, columns = table_of(form)
    before = lines(form, "甲", "乙", "丙")
    new = dict(before[key][2]) | {columns[0]: "新增"}
    found = said(form, before, {key: [new, *before[key][:2]]})
    assert sorted(how for how, _before, _after in found) == ["added", "removed"]


def test_two_thousand_lines_that_all_changed_are_compared_by_their_place(form: Form) -> None:
    key, columns = table_of(form)
    before = lines(form, *(f"企业{n}" for n in range(2000)))
    after = {key: [dict(row) | {columns[0]: f"新{n}"} for n, row in enumerate(before[key])]}
    changes = changes_in(form, before, after).changes
    assert len(changes) == 2000
    assert {change.how for change in changes} == {"changed"}
