"""Colleagues at the same form: different cells never meet, the same cell is a conflict that is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from cases.cells import places_of
from cases.declarations import draft_of, open_next_version
from cases.models import Case, DeclarationForm
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.workflows.pages import browser, text_of

JSON = {"accept": "application/json"}
Answer = dict[str, Any]


def address(case: Case, code: str) -> str:
    return reverse("cases:form", args=[case.public_id, code])


def send(actor: Actor, case: Case, code: str, version: int, status: int = 200, **body: Any) -> Answer:
    """What the page's script sends: only what changed."""
    sent = json.dumps({"version": version, "cells": {}} | body)
    answer = browser(actor).post(address(case, code), sent, content_type="application/json", headers=JSON)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.json()  # type: ignore[no-any-return]


def stored(case: Case, code: str) -> dict[str, Any]:
    draft = draft_of(case)
    assert draft is not None
    return draft.data().get(code, {})


def row_of(case: Case, code: str) -> DeclarationForm:
    return DeclarationForm.objects.get(declaration__case=case, declaration__status="draft", form_code=code)


@pytest.fixture
def colleague(world: World) -> Actor:
    return make_actor(Role.APPLICANT, world.zone)


def lines(*ids: str, was: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"rows": {"now": list(ids), "was": list(was)}}


def three(world: World) -> Case:
    """Three lines, saved by the applicant in version 1."""
    case = world.draft()
    names = {f"rows.{line}.name": f"{line}公司" for line in ("a", "b", "c")}
    send(world.applicant, case, "GY_KEY_ENT", 0, cells=names, lines=lines("a", "b", "c"))
    return case


# -- cells -----------------------------------------------------------------------------------------------------------


def test_different_cells_of_one_form_never_meet(world: World, colleague: Actor) -> None:
    case = world.draft()
    send(colleague, case, "GY_SUPP", 0, cells={"mgmt_org_name": "管理公司"})
    told = send(world.applicant, case, "GY_SUPP", 0, cells={"bigdata_ent_count": "25"})
    assert (told["version"], told["clashes"]) == (2, [])
    assert told["others"]["cells"] == {"mgmt_org_name": "管理公司"}
    assert told["others"]["who"] == colleague.user.name  # type: ignore[union-attr]
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "管理公司", "bigdata_ent_count": 25}
    again = send(world.applicant, case, "GY_SUPP", 2, cells={"bigdata_ent_count": "26"})
    assert again["others"]["cells"] == {}


def test_the_same_cell_is_a_conflict_with_name_time_and_both_values(world: World, colleague: Actor) -> None:
    case = world.draft()
    send(colleague, case, "GY_SUPP", 0, cells={"mgmt_org_name": "同事填的", "bigdata_ent_count": "30"})
    mine = {"mgmt_org_name": "我填的", "mgmt_reg_place": "贵阳市"}
    told = send(world.applicant, case, "GY_SUPP", 0, cells=mine)
    (clash,) = told["clashes"]
    assert (clash["path"], clash["kind"], clash["version"]) == ("mgmt_org_name", "changed", 1)
    assert (clash["who"], clash["at"]) == (colleague.user.name, "2020-03-20 10:00")  # type: ignore[union-attr]
    assert (clash["theirs"], clash["text"]) == ("同事填的", "同事填的")
    assert "mgmt_org_name" not in told["others"]["cells"]
    assert stored(case, "GY_SUPP") == {
        "mgmt_org_name": "同事填的",
        "bigdata_ent_count": 30,
        "mgmt_reg_place": "贵阳市",
    }
    chosen = {"cells": {"mgmt_org_name": "我填的"}, "bases": {"mgmt_org_name": clash["version"]}}
    assert send(world.applicant, case, "GY_SUPP", told["version"], **chosen)["clashes"] == []
    assert stored(case, "GY_SUPP")["mgmt_org_name"] == "我填的"


def test_a_decision_does_not_overwrite_what_came_after_it(world: World, colleague: Actor) -> None:
    case = world.draft()
    send(colleague, case, "GY_SUPP", 0, cells={"mgmt_org_name": "一"})
    (clash,) = send(world.applicant, case, "GY_SUPP", 0, cells={"mgmt_org_name": "我"})["clashes"]
    send(colleague, case, "GY_SUPP", 1, cells={"mgmt_org_name": "二"})
    chosen = {"cells": {"mgmt_org_name": "我"}, "bases": {"mgmt_org_name": clash["version"]}}
    (second,) = send(world.applicant, case, "GY_SUPP", 1, **chosen)["clashes"]
    assert (second["theirs"], second["version"]) == ("二", 2)
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "二"}


@pytest.mark.parametrize("value", ["同样", " 同样 "])
def test_the_same_value_is_no_conflict(world: World, colleague: Actor, value: str) -> None:
    case = world.draft()
    send(colleague, case, "GY_SUPP", 0, cells={"mgmt_org_name": "同样"})
    told = send(world.applicant, case, "GY_SUPP", 0, cells={"mgmt_org_name": value})
    assert (told["clashes"], told["version"]) == ([], 1)


def test_one_s_own_save_whose_answer_never_came_is_no_conflict(world: World, colleague: Actor) -> None:
    case = world.draft()
    send(world.applicant, case, "GY_SUPP", 0, tab="t1", cells={"mgmt_org_name": "一"})
    assert send(world.applicant, case, "GY_SUPP", 0, tab="t1", cells={"mgmt_org_name": "二"})["clashes"] == []
    (clash,) = send(world.applicant, case, "GY_SUPP", 0, tab="t2", cells={"mgmt_org_name": "三"})["clashes"]
    assert clash["theirs"] == "二"


def test_clearing_what_a_colleague_has_just_changed_is_a_conflict(world: World, colleague: Actor) -> None:
    case = world.draft()
    send(world.applicant, case, "GY_SUPP", 0, cells={"mgmt_org_name": "旧"})
    send(colleague, case, "GY_SUPP", 1, cells={"mgmt_org_name": "新"})
    assert send(world.applicant, case, "GY_SUPP", 1, cells={"mgmt_org_name": ""})["clashes"]
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "新"}


# -- lines -----------------------------------------------------------------------------------------------------------


def test_two_people_work_on_different_lines_and_insert_at_once(world: World, colleague: Actor) -> None:
    case = three(world)
    added = {"rows.x.name": "x公司", "rows.c.name": "丙公司"}
    send(colleague, case, "GY_KEY_ENT", 1, cells=added, lines=lines("x", "a", "b", "c", was=("a", "b", "c")))
    mine = {"rows.y.name": "y公司", "rows.a.name": "甲公司"}
    told = send(
        world.applicant,
        case,
        "GY_KEY_ENT",
        1,
        cells=mine,
        lines=lines("a", "y", "b", "c", was=("a", "b", "c")),
    )
    assert told["clashes"] == []
    assert told["others"]["lines"] == {"rows": ["x", "a", "y", "b", "c"]}
    assert told["others"]["cells"]["rows.x.name"] == "x公司"
    assert told["others"]["cells"]["rows.c.name"] == "丙公司"
    names = [line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]]
    assert names == ["x公司", "甲公司", "y公司", "b公司", "丙公司"]


def test_a_line_keeps_its_cells_while_a_colleague_moves_it(world: World, colleague: Actor) -> None:
    case = three(world)
    send(colleague, case, "GY_KEY_ENT", 1, lines=lines("c", "a", "b", was=("a", "b", "c")))
    told = send(world.applicant, case, "GY_KEY_ENT", 1, cells={"rows.a.employees": "五十"})
    assert told["errors"] == {"rows.a.employees": "请填写数字，以“人”为单位"}
    kept = stored(case, "GY_KEY_ENT")["rows"]
    assert [line["name"] for line in kept] == ["c公司", "a公司", "b公司"]
    assert kept[1]["employees"] == "五十"


def test_a_line_that_a_colleague_took_away_is_asked_about(world: World, colleague: Actor) -> None:
    case = three(world)
    send(colleague, case, "GY_KEY_ENT", 1, lines=lines("a", "c", was=("a", "b", "c")))
    told = send(world.applicant, case, "GY_KEY_ENT", 1, cells={"rows.b.employees": "80"})
    (clash,) = told["clashes"]
    assert (clash["path"], clash["kind"], clash["who"]) == ("rows.b", "removed", colleague.user.name)  # type: ignore[union-attr]
    back = {"rows.b.name": "b公司", "rows.b.employees": "80"}
    restored = lines("a", "b", "c", was=("a", "c"))
    assert send(world.applicant, case, "GY_KEY_ENT", 2, cells=back, lines=restored)["clashes"] == []
    assert stored(case, "GY_KEY_ENT")["rows"][1] == {"name": "b公司", "employees": 80}


def test_taking_away_a_line_that_a_colleague_changed_keeps_it(world: World, colleague: Actor) -> None:
    case = three(world)
    send(world.applicant, case, "GY_KEY_ENT", 1, cells={"rows.b.employees": "80"})
    send(colleague, case, "GY_KEY_ENT", 2, cells={"rows.b.name": "乙公司"})
    told = send(world.applicant, case, "GY_KEY_ENT", 2, lines=lines("a", "c", was=("a", "b", "c")))
    (clash,) = told["clashes"]
    assert (clash["path"], clash["kind"]) == ("rows.b", "edited")
    assert told["others"]["lines"] == {"rows": ["a", "b", "c"]}
    columns = places_of(case.edition.pack.forms["GY_KEY_ENT"]).tables["rows"]
    held = {"name": "乙公司", "employees": 80}  # the whole line: the page has nothing of it any more
    assert told["others"]["cells"] == {f"rows.b.{column}": held.get(column) for column in columns}
    assert told["others"]["who"] == colleague.user.name  # type: ignore[union-attr]
    assert (
        send(world.applicant, case, "GY_KEY_ENT", 3, lines=lines("a", "c", was=("a", "b", "c")))["clashes"]
        == []
    )
    assert [line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]] == ["a公司", "c公司"]


def test_a_line_that_holds_nothing_any_more_is_none(world: World) -> None:
    case = three(world)
    send(world.applicant, case, "GY_KEY_ENT", 1, cells={"rows.b.name": " "})
    row = row_of(case, "GY_KEY_ENT")
    assert (len(row.data["rows"]), row.rows["rows"]) == (2, ["a", "c"])


def test_the_stored_data_know_nothing_of_ids(world: World) -> None:
    case = three(world)
    assert stored(case, "GY_KEY_ENT") == {"rows": [{"name": "a公司"}, {"name": "b公司"}, {"name": "c公司"}]}


# -- the page without script -----------------------------------------------------------------------------------------


def hidden(page: str) -> dict[str, str]:
    """What the page carries along."""
    import html
    import re

    found = re.findall(r'name="(_version|_seen)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_posted_page_is_merged_with_what_colleagues_did_since(world: World, colleague: Actor) -> None:
    case = three(world)
    client = browser(world.applicant)
    carried = hidden(text_of(client.get(address(case, "GY_KEY_ENT"))))
    send(
        colleague,
        case,
        "GY_KEY_ENT",
        1,
        cells={"rows.c.name": "丙公司"},
        lines=lines("c", "a", "b", was=("a", "b", "c")),
    )
    posted = {
        "rows.0.name": "甲公司",
        "rows.1.name": "b公司",
        "rows.2.name": "c公司",
        "rows.3.name": "丁公司",
    }
    assert client.post(address(case, "GY_KEY_ENT"), carried | posted).status_code == 302
    names = [line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]]
    assert names == ["丙公司", "丁公司", "甲公司", "b公司"]


def test_a_page_that_is_sent_twice_begins_its_lines_once(world: World, colleague: Actor) -> None:
    case = three(world)
    carried, hers = (
        hidden(text_of(browser(actor).get(address(case, "GY_KEY_ENT"))))
        for actor in (world.applicant, colleague)
    )
    shown = {"rows.0.name": "甲公司", "rows.1.name": "b公司", "rows.2.name": "c公司"}
    posted = carried | shown | {"rows.3.name": "丁公司", "rows.4.name": "戊公司"}
    for _time in range(2):
        assert browser(world.applicant).post(address(case, "GY_KEY_ENT"), posted).status_code == 302
    names = ["甲公司", "b公司", "c公司", "丁公司", "戊公司"]
    assert [line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]] == names
    assert row_of(case, "GY_KEY_ENT").version == 2
    also = hers | shown | {"rows.0.name": "a公司", "rows.3.name": "己公司"}  # another page at the same place
    assert browser(colleague).post(address(case, "GY_KEY_ENT"), also).status_code == 302
    assert sorted(line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]) == sorted([*names, "己公司"])


def test_a_conflict_without_script_is_shown_at_its_cell_and_decided_there(
    world: World, colleague: Actor
) -> None:
    case = world.draft()
    client = browser(world.applicant)
    carried = hidden(text_of(client.get(address(case, "GY_SUPP"))))
    send(colleague, case, "GY_SUPP", 0, cells={"mgmt_org_name": "同事填的"})
    posted = {"mgmt_org_name": "我填的", "mgmt_reg_place": "贵阳市"}
    answer = client.post(address(case, "GY_SUPP"), carried | posted)
    page = text_of(answer)
    assert answer.status_code == 409
    assert 'value="我填的"' in page
    assert "同事填的" in page
    assert colleague.user.name in page  # type: ignore[union-attr]
    assert 'name="_choose.mgmt_org_name" value="theirs"' in page
    assert stored(case, "GY_SUPP") == {"mgmt_org_name": "同事填的", "mgmt_reg_place": "贵阳市"}
    theirs = hidden(page) | posted | {"_choose.mgmt_org_name": "theirs"}
    assert client.post(address(case, "GY_SUPP"), theirs).status_code == 302
    assert stored(case, "GY_SUPP")["mgmt_org_name"] == "同事填的"
    mine = hidden(page) | posted | {"_choose.mgmt_org_name": "mine"}
    assert client.post(address(case, "GY_SUPP"), mine).status_code == 302
    assert stored(case, "GY_SUPP")["mgmt_org_name"] == "我填的"


# -- side columns ----------------------------------------------------------------------------------------------------


def test_forms_written_without_the_side_columns_heal(world: World, colleague: Actor) -> None:
    case = three(world)
    DeclarationForm.objects.filter(declaration__case=case, form_code="GY_KEY_ENT").update(
        cells={}, rows={}, saves={}, version=7
    )
    told = send(colleague, case, "GY_KEY_ENT", 7, cells={"rows.r1.name": "乙公司"})
    assert told["clashes"] == []
    assert [line["name"] for line in stored(case, "GY_KEY_ENT")["rows"]] == ["a公司", "乙公司", "c公司"]
    assert row_of(case, "GY_KEY_ENT").rows == {"rows": ["r0", "r1", "r2"]}
    assert send(world.applicant, case, "GY_KEY_ENT", 3, cells={"rows.r0.name": "甲"})["clashes"]


def test_the_next_version_begins_with_the_same_lines(world: World) -> None:
    case = three(world)
    send(world.applicant, case, "GY_SUPP", 0, cells={"mgmt_org_name": "管理公司"})
    case.declarations.update(status="submitted")
    open_next_version(case=case, note="")
    row = row_of(case, "GY_KEY_ENT")
    assert (row.rows, row.version, row.writers) == ({"rows": ["a", "b", "c"]}, 1, [world.applicant.user.pk])  # type: ignore[union-attr]
    assert send(world.applicant, case, "GY_KEY_ENT", 1, cells={"rows.b.name": "乙"})["clashes"] == []


# -- what it costs, and what is refused ------------------------------------------------------------------------------


def test_a_save_costs_so_many_statements(world: World) -> None:
    case = three(world)
    client = browser(world.applicant)
    body = json.dumps({"version": 1, "tab": "t", "cells": {"rows.a.name": "甲公司"}})
    client.get(address(case, "GY_KEY_ENT"))
    with CaptureQueriesContext(connection) as asked:
        client.post(address(case, "GY_KEY_ENT"), body, content_type="application/json", headers=JSON)
    assert (
        len(asked) == 12
    )  # signing in 3, the transaction 2, the case, its parties 2, the draft, two updates, the rules
    heard = [query["sql"] for query in asked]
    assert sum(sql.startswith("UPDATE") for sql in heard) == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"cells": {"no_such": "1"}}, 422, "unknown_cell"),
        ({"cells": {"rows.a.no_such": "1"}}, 422, "unknown_cell"),
        ({"cells": {"rows.A!.name": "1"}}, 422, "unknown_cell"),
        ({"cells": {"as_of_date": {"a": 1}}}, 422, "bad_request"),
        ({"cells": {"as_of_date": [["x"]]}}, 422, "bad_request"),
        ({"cells": {"as_of_date": 1.5}}, 422, "bad_request"),
        ({"cells": []}, 422, "bad_request"),
        ({"cells": {"as_of_date": "长" * 200_001}}, 422, "too_long"),
        ({"lines": {"rows": ["a"]}}, 422, "bad_request"),
        ({"lines": {"rows": {"now": [1], "was": []}}}, 422, "bad_request"),
        ({"lines": {"other": {"now": [], "was": []}}}, 422, "unknown_cell"),
        ({"lines": {"rows": {"now": [f"l{n}" for n in range(4001)], "was": []}}}, 422, "too_many_lines"),
        ({"reasons": {"NO-RULE": {"text": "x"}}}, 422, "bad_request"),
        ({"bases": {"as_of_date": "x"}, "cells": {"as_of_date": "2020-01-01"}}, 200, ""),
    ],
)
def test_a_tampered_request_is_answered_and_changes_nothing(
    world: World, body: dict[str, Any], status: int, code: str
) -> None:
    case = world.draft()
    told = send(world.applicant, case, "GY_KEY_ENT", 0, status, **body)
    if code:
        assert told["code"] == code
        assert told["message"]
        assert stored(case, "GY_KEY_ENT") == {}


def test_a_body_beyond_the_limit_is_413_in_words(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    case = world.draft()
    big = "大" * 400_000
    told = send(world.applicant, case, "GY_PLAN", 0, 413, cells={"p1_1": big})
    assert "1 MB" in told["message"]
    answer = browser(world.applicant).post(address(case, "GY_PLAN"), {"p1_1": big, "_version": "0"})
    assert answer.status_code == 413
    assert "一次提交的内容过多" in text_of(answer)
