"""A table of two thousand lines: the first are drawn, the rest is carried, and nothing is lost on the way. 长表"""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.http import QueryDict

from cases.errors import Invalid
from cases.models import Case
from programmes.units import adds_up
from tests.factories.cases import World
from tests.workflows.pages import browser, text_of
from tests.workflows.test_declaration_pages import SCRIPT, address, save, stored
from workflows.undrawn_lines import with_undrawn

CODE = "GY_KEY_ENT"
PROJECTS = "GY_KEY_PROJECT"
LINES = 250


def lines(count: int = LINES) -> list[dict[str, Any]]:
    return [{"name": f"企业{n}", "employees": n, "total_assets_wan": f"{n}.50"} for n in range(count)]


@pytest.fixture
def case(world: World) -> Case:
    case = world.draft()
    rows = lines()
    rows[200] |= {"employees": "约三百", "name": SCRIPT}
    save(world.applicant, case, CODE, {"as_of_date": "2019年12月", "rows": rows})
    return case


def carried(page: str) -> dict[str, Any]:
    held = re.search(r'<textarea name="_rest\.rows"[^>]*>\n?(.*?)</textarea>', page, re.S)
    assert held
    found: dict[str, Any] = json.loads(html.unescape(held[1]))
    return found


def posted(page: str) -> dict[str, str]:
    """What a browser without script sends: every control of the form as it was drawn."""
    form = page[page.index('id="declaration-form"') :]
    form = re.sub(r"<template.*?</template>", "", form, flags=re.S)
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        names = dict(re.findall(r'(name|value|type)="([^"]*)"', tag))
        if names.get("name") and names.get("type") not in ("radio", "checkbox"):
            sent[names["name"]] = html.unescape(names.get("value", ""))
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        sent[name] = html.unescape(value)
    return sent


def test_a_hundred_lines_are_drawn_and_the_rest_is_carried(world: World, case: Case) -> None:
    page = text_of(browser(world.applicant).get(address(case, CODE)))
    assert 'name="rows.99.name"' in page
    assert 'name="rows.100.name"' not in page
    rest = carried(page)
    assert (rest["from"], len(rest["lines"])) == (100, 150)
    line_id, texts, said = rest["lines"][100]
    assert re.fullmatch(r"[0-9a-f]{10}", line_id)
    assert dict(zip(rest["columns"], texts, strict=True))["employees"] == "约三百"
    assert said == {"employees": ["请填写数字，以“人”为单位", True, ""]}
    assert "<script>alert" not in page
    assert "另有150行未在此显示" in page


def test_what_cannot_be_read_in_a_line_that_is_not_drawn_is_listed_all_the_same(
    world: World, case: Case
) -> None:
    page = text_of(browser(world.applicant).get(address(case, CODE)))
    summary = page[page.index('id="error-summary"') :][:600]
    assert 'href="#id_rows.200.employees"' in summary
    assert "第201行" in summary


def test_without_script_the_carried_lines_come_back_as_they_were(world: World, case: Case) -> None:
    client, before = browser(world.applicant), stored(case, CODE)
    sent = posted(text_of(client.get(address(case, CODE))))
    assert client.post(address(case, CODE), sent).status_code == 302
    assert stored(case, CODE) == before
    changed = posted(text_of(client.get(address(case, CODE)))) | {"rows.3.name": "改名"}
    client.post(address(case, CODE), changed)
    before["rows"][3]["name"] = "改名"
    assert stored(case, CODE) == before


@pytest.mark.parametrize(
    "held", ["", "{", "[]", '{"from": 100}', '{"from": 1, "columns": ["a"], "lines": [[""]]}']
)
def test_a_carried_value_that_is_damaged_takes_no_line_away(world: World, case: Case, held: str) -> None:
    client, before = browser(world.applicant), stored(case, CODE)
    sent = posted(text_of(client.get(address(case, CODE)))) | {"_rest.rows": held}
    assert client.post(address(case, CODE), sent).status_code == 422
    assert stored(case, CODE) == before


def test_what_is_carried_never_replaces_what_has_a_control() -> None:
    held = json.dumps({"from": 0, "columns": ["name"], "lines": [["", ["旧"], {}], ["", ["二"], {}]]})
    whole = with_undrawn(_query({"rows.0.name": "新", "_rest.rows": held}))
    assert whole.dict() == {"rows.0.name": "新", "rows.1.name": "二"}
    with pytest.raises(Invalid):
        with_undrawn(_query({"_rest.rows": "null"}))


def _query(values: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def test_a_short_table_is_drawn_whole(world: World) -> None:
    case = world.draft()
    save(world.applicant, case, CODE, {"rows": lines(100)})
    page = text_of(browser(world.applicant).get(address(case, CODE)))
    assert 'name="rows.100.name"' in page  # the blank line after the last one
    assert "data-undrawn" not in page


def test_the_printed_form_has_every_line(world: World, case: Case) -> None:
    page = text_of(browser(world.applicant).get(f"/cases/{case.public_id}/print/"))
    assert [line for line in ("企业0", "企业99", "企业100", "企业249") if line not in page] == []


@pytest.mark.parametrize(
    ("unit", "sums"),
    [
        ("万元", True),
        ("家", True),
        ("亩", True),
        ("人", True),
        ("%", False),
        ("年", False),
        ("元/平方米", False),
        ("", False),
    ],
)
def test_only_amounts_and_counts_are_added_up(unit: str, sums: bool) -> None:
    assert adds_up(unit) is sums


def test_the_columns_that_add_up_have_a_total(world: World, case: Case) -> None:
    page = text_of(browser(world.applicant).get(address(case, CODE)))
    foot = page[page.index("<tfoot") : page.index("</tfoot>")]
    assert foot.count("data-total=") == 6
    other = text_of(browser(world.applicant).get(address(case, "GY_SERVICE_ORG")))
    assert other[other.index("<tfoot") : other.index("</tfoot>")].count("data-total=") == 1


def test_a_rule_that_says_the_same_of_many_lines_is_listed_so_often_and_counted(world: World) -> None:
    case = world.draft()
    projects = [{"no": n, "project_name": f"项目{n}"} for n in range(1, 61)]
    save(world.applicant, case, PROJECTS, {"rows": projects})
    page = text_of(browser(world.applicant).get(address(case, PROJECTS)))
    listed = page[page.index('id="form-checks"') :]
    assert "第50行：项目50" in listed
    assert "第51行：项目51" not in listed
    assert "另有10处未列出" in listed
