"""填写无误: a number that is asked about is confirmed once, for its value, and the office sees that it was. 数值核对"""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from audit.display import content_of
from audit.models import Entry
from cases.cells import mark
from cases.confirmations import confirm_figures
from cases.declarations import draft_of, save_form
from cases.models import Case
from tests.factories.accounts import make_actor, make_substitution, make_user
from tests.factories.cases import World
from tests.workflows.pages import browser, queries_of, text_of
from tests.workflows.test_case_pages import page, words
from tests.workflows.test_cells import JSON, hidden, row_of, send
from workflows.declaration_checks import form_progress
from workflows.drafts import open_draft

CODE = "GY_OVERALL"
CELL = "fixed_investment_2020"
LARGE = {CODE: {CELL: "12000000"}}
ASKED = "填报为12,000,000万元（即1,200亿元），请核对单位是否有误。"
SAID = "已确认填写无误（2020-03-20 10:00）"


def address(case: Case, name: str = "form_sure", code: str = CODE) -> str:
    return reverse(f"cases:{name}", args=[case.public_id, *([code] if name.startswith("form") else [])])


def token(case: Case, code: str = CODE) -> str:
    """What the page sends to confirm the one open question of a form."""
    draft = draft_of(case)
    assert draft is not None
    row = row_of(case, code)
    (asked,) = form_progress(case, case.edition.pack.forms[code], row.data, row).doubts.values()
    return asked.token


def confirm(actor: Actor, case: Case, *tokens: str, status: int = 200, code: str = CODE) -> dict[str, Any]:
    """What the page's script sends when the button is pressed."""
    answer = browser(actor).post(address(case, code=code), {"sure": tokens}, headers=JSON)
    assert answer.status_code == status, text_of(answer)[:500]
    return answer.json()  # type: ignore[no-any-return]


@pytest.fixture
def case(world: World) -> Case:
    return world.fill(world.draft(), LARGE)


@pytest.fixture
def colleague(world: World) -> Actor:
    return make_actor(Role.APPLICANT, world.zone)


def form(actor: Actor, case: Case, code: str = CODE) -> str:
    return text_of(browser(actor).get(address(case, "form", code)))


# -- at the cell -----------------------------------------------------------------------------------------------------


def test_a_confirmed_number_is_asked_about_no_more_and_who_said_so_is_kept(world: World, case: Case) -> None:
    before = row_of(case, CODE)
    drawn = form(world.applicant, case)
    assert ASKED in drawn
    assert f'data-sure="{token(case)}"' in drawn
    told = confirm(world.applicant, case, token(case))
    assert (told["warnings"], told["sure"], told["changed"]) == ({}, {}, [])
    assert told["confirmed"] == {CELL: SAID}
    row = row_of(case, CODE)
    assert world.applicant.user is not None
    who = {"user": world.applicant.user.pk, "behalf": None}
    kept = {"value": "12000000", "at": "2020-03-20T10:00:00+08:00"} | who
    assert row.confirmed == {CELL: kept}
    assert (row.version, row.data, row.updated_at) == (before.version, before.data, before.updated_at)
    drawn = form(world.applicant, case)
    assert ASKED not in drawn
    assert SAID in drawn
    saved = send(world.applicant, case, CODE, row.version, cells={"profit_2020": "99999"})
    assert (saved["warnings"], saved["sure"], saved["confirmed"]) == ({}, {}, {CELL: SAID})


def test_another_value_is_asked_about_again_and_the_old_one_is_not(world: World, case: Case) -> None:
    confirm(world.applicant, case, token(case))
    told = send(world.applicant, case, CODE, row_of(case, CODE).version, cells={CELL: "13000000"})
    assert "填报为13,000,000万元" in told["warnings"][CELL]
    assert told["sure"] == {CELL: token(case)}
    assert told["confirmed"] == {}
    told = send(world.applicant, case, CODE, told["version"], cells={CELL: "12000000"})
    assert (told["warnings"], told["confirmed"]) == ({}, {CELL: SAID})


def test_a_value_that_a_colleague_has_changed_is_not_confirmed(
    world: World, case: Case, colleague: Actor
) -> None:
    shown = token(case)
    send(colleague, case, CODE, row_of(case, CODE).version, cells={CELL: "13000000"})
    told = confirm(world.applicant, case, shown)
    assert told["changed"] == [CELL]
    assert "填报为13,000,000万元" in told["warnings"][CELL]
    assert row_of(case, CODE).confirmed == {}


def test_a_number_that_nobody_asks_about_cannot_be_confirmed(world: World, case: Case) -> None:
    plain = f"profit_2020:{mark(row_of(case, CODE).data['profit_2020'])}"
    assert confirm(world.applicant, case, plain)["confirmed"] == {}
    assert row_of(case, CODE).confirmed == {}


def test_a_confirmed_line_of_a_table_stays_confirmed_where_it_is_moved(world: World) -> None:
    case, code = world.draft(), "GY_KEY_PROJECT"
    cells = {f"rows.{line}.total_investment_wan": "100" for line in "abcde"}
    cells |= {f"rows.{line}.project_name": line for line in "abcde"} | {
        "rows.c.total_investment_wan": "90000000"
    }
    order = {"rows": {"now": list("abcde"), "was": []}}
    told = send(world.applicant, case, code, 0, cells=cells, lines=order)
    assert list(told["sure"]) == ["rows.c.total_investment_wan"]
    confirm(world.applicant, case, *told["sure"].values(), code=code)
    moved = {"rows": {"now": list("cabde"), "was": list("abcde")}}
    told = send(world.applicant, case, code, 1, lines=moved)
    assert list(told["confirmed"]) == ["rows.c.total_investment_wan"]
    drawn = form(world.applicant, case, code)
    assert drawn.index(SAID) < drawn.index('name="rows.1.project_name"')
    gone = {"rows": {"now": list("abde"), "was": list("cabde")}}
    send(world.applicant, case, code, told["version"], lines=gone)
    again = {"rows": {"now": list("abdec"), "was": list("abde")}}
    told = send(
        world.applicant,
        case,
        code,
        told["version"] + 1,
        lines=again,
        cells={"rows.c.total_investment_wan": "80000000"},
    )
    assert list(told["sure"]) == ["rows.c.total_investment_wan"]


def test_without_script_a_tick_is_sent_with_the_form(world: World, case: Case) -> None:
    drawn = form(world.applicant, case)
    assert (
        f'<noscript><label class="lc-sure"><input type="checkbox" name="_sure" value="{token(case)}"' in drawn
    )
    posted = hidden(drawn) | {key: str(value) for key, value in row_of(case, CODE).data.items()}
    posted |= {"_sure": token(case), "profit_2021": "7"}
    done = browser(world.applicant).post(address(case, "form"), posted, follow=True)
    assert "已确认1处填写无误。" in words(text_of(done))
    assert list(row_of(case, CODE).confirmed) == [CELL]
    assert row_of(case, CODE).data["profit_2021"] == "7"


def test_a_tick_beside_a_number_that_is_changed_at_once_does_not_count(world: World, case: Case) -> None:
    posted = hidden(form(world.applicant, case))
    posted |= {key: str(value) for key, value in row_of(case, CODE).data.items()}
    posted |= {"_sure": token(case), CELL: "14000000"}
    done = browser(world.applicant).post(address(case, "form"), posted, follow=True)
    assert "2020年”的数值已改变，未作确认，请重新核对。" in words(text_of(done))
    assert row_of(case, CODE).data[CELL] == "14000000"
    assert row_of(case, CODE).confirmed == {}


# -- on the way to sending -------------------------------------------------------------------------------------------


def submit(actor: Actor, case: Case, **data: Any) -> HttpResponse:
    return browser(actor).post(address(case, "submit"), {"idempotency_key": "k1", **data})


def test_open_questions_are_listed_before_sending_and_confirmed_there(world: World) -> None:
    short = {"GY_SUPP_EXTRA": {"plan_horizon_years": "2"}}
    case = world.fill(world.draft(), LARGE | short)
    drawn = page(world.applicant, case, "submit")
    assert ASKED in words(drawn)
    assert f'name="sure" value="{CODE}:{token(case)}"' in drawn
    typed = {"explanation.R-GY-05": "分期规划。", "statement": "on"}
    told = text_of(submit(world.applicant, case, _sure="1", sure=f"{CODE}:{token(case)}", **typed))
    assert "已确认1处填写无误。" in words(told)
    assert ASKED not in words(told)
    assert "分期规划。" in told
    assert 'id="statement" name="statement" value="on" checked' in told
    assert not case.declarations.filter(status="submitted").exists()
    assert ASKED not in words(page(world.applicant, case, "submit"))
    nothing = text_of(submit(world.applicant, case, _sure="1", **typed))
    assert "请先勾选确认无误的数据。" in words(nothing)


def recorded(case: Case) -> dict[str, Any]:
    entry = Entry.objects.filter(chain=case.chain, action="declare.submit").latest("seq")
    return dict(content_of(entry)["data"])


def test_a_tick_counts_when_the_declaration_is_sent_with_it_and_stands_in_the_record(
    world: World, case: Case
) -> None:
    submit(world.applicant, case, sure=f"{CODE}:{token(case)}", statement="on")
    case = world.reread(case)
    assert case.stage == "file"
    assert recorded(case)["questions"] == {"confirmed": 1, "open": 0}
    told = words(page(world.officer, case, "detail"))
    assert "填报核对：系统提示1处，申报单位确认无误1处。" in told


def test_an_open_question_does_not_hold_up_sending_and_is_counted(world: World, case: Case) -> None:
    submit(world.applicant, case, statement="on")
    assert recorded(world.reread(case))["questions"] == {"confirmed": 0, "open": 1}


def test_a_declaration_without_questions_says_nothing_of_them(world: World) -> None:
    assert "questions" not in recorded(world.submitted())


def test_sending_twice_with_the_same_ticks_sends_once(world: World, case: Case) -> None:
    data = {"sure": f"{CODE}:{token(case)}", "statement": "on"}
    answers = [submit(world.applicant, case, **data) for _click in range(2)]
    assert [answer["Location"] for answer in answers] == [address(case, "receipt")] * 2


# -- what the office sees --------------------------------------------------------------------------------------------


def test_the_office_reads_beside_the_cell_who_confirmed_it_and_others_read_that_it_was(world: World) -> None:
    case = world.fill(world.draft(), LARGE)
    confirm(world.applicant, case, token(case))
    case = world.do(case, "declare.submit", statement=True)
    assert world.applicant.user is not None
    said = f"申报单位已确认填写无误（{world.applicant.user.name} 2020-03-20 10:00）。"
    assert f"{ASKED}{said}" in words(page(world.officer, case, "declared"))
    case = world.do(world.do(case, "file.file"), "file.notify_filing")
    case = world.do(world.do(case, "file.begin_construction"), "build.request_review", summary="已建成。")
    case = world.do(case, "review.pass_initial")
    keys = [str(e.user.public_id) for e in world.experts[:5] if e.user]
    case = world.do(case, "review.assign_experts", experts=keys)
    text = words(page(world.experts[0], case, "declared"))
    assert "申报单位已确认填写无误（2020-03-20 10:00）。" in text
    assert world.applicant.user.name not in text


def test_each_version_has_its_own_confirmations_and_the_next_one_begins_with_them(world: World) -> None:
    case = world.fill(world.draft(), LARGE)
    confirm(world.applicant, case, token(case))
    case = world.do(case, "declare.submit", statement=True)
    case = world.do(case, "file.return_for_correction", reason="请核对。")
    assert SAID in form(world.applicant, case)
    send(world.applicant, case, CODE, row_of(case, CODE).version, cells={CELL: "15000000"})
    confirm(world.applicant, case, token(case))
    case = world.do(case, "declare.submit", statement=True)
    client = browser(world.officer)
    for number, amount in ((1, "12,000,000万元"), (2, "15,000,000万元")):
        text = words(text_of(client.get(f"{address(case, 'declared')}?v={number}")))
        assert f"填报为{amount}" in text


# -- who, and what it costs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "status"), [("officer", 404), ("other_applicant", 404), ("supervisor", 404)])
def test_only_who_may_save_may_confirm(world: World, case: Case, who: str, status: int) -> None:
    confirm(getattr(world, who), case, token(case), status=status)
    assert row_of(case, CODE).confirmed == {}


def test_what_has_been_sent_is_not_confirmed_any_more(world: World, case: Case) -> None:
    shown = token(case)
    case = world.do(case, "declare.submit", statement=True)
    told = confirm(world.applicant, case, shown, status=403)
    assert told["message"] == "申报材料当前不可修改。"


@pytest.mark.parametrize("sent", ["", "x", "no_such:00000000", f"{CELL}:1:2", "main_revenue.zz.name:0"])
def test_what_no_page_sends_is_refused(world: World, case: Case, sent: str) -> None:
    confirm(world.applicant, case, *([sent] if sent else []), status=422)
    assert browser(world.applicant).get(address(case)).status_code == 405


def test_a_substitute_confirms_in_their_own_name_and_nobody_has_filled_in_by_it(
    world: World, case: Case
) -> None:
    deputy = make_user("李代办", organisation=world.zone)
    assert world.applicant.assignment is not None
    make_substitution(world.applicant.assignment, deputy)
    acting = actor_for(world.applicant.assignment, user=deputy)
    path, _colon, shown = token(case).rpartition(":")
    confirm_figures(case=case, form_code=CODE, seen={path: shown}, actor=acting)
    row, holder = row_of(case, CODE), world.applicant.user
    assert holder is not None
    assert (row.confirmed[CELL]["user"], row.confirmed[CELL]["behalf"]) == (deputy.pk, holder.pk)
    assert deputy.pk not in row.writers  # the signer may check a number and sign all the same


def test_many_questions_cost_no_more_than_one(world: World, case: Case) -> None:
    client = browser(world.applicant)
    one = queries_of(client, address(case, "form")), queries_of(client, address(case, "submit"))
    more = {f"fixed_investment_{year}": f"{year}0000" for year in (2020, 2021, 2022)}
    send(world.applicant, case, CODE, row_of(case, CODE).version, cells=more)
    assert (queries_of(client, address(case, "form")), queries_of(client, address(case, "submit"))) == one
    draft = open_draft(world.applicant, case.public_id)
    row = draft.forms[CODE]
    asked = form_progress(case, case.edition.pack.forms[CODE], row.data, row).doubts
    assert len(asked) == 3
    confirm(world.applicant, case, *(each.token for each in asked.values()))
    assert queries_of(client, address(case, "form")) == one[0]
    case = world.do(case, "declare.submit", statement=True)
    office = browser(world.officer)
    three = queries_of(office, address(case, "declared"))
    kept = case.declarations.get().forms.get(form_code=CODE)
    kept.confirmed = dict(list(kept.confirmed.items())[:1])
    kept.save()
    assert queries_of(office, address(case, "declared")) == three
    kept.confirmed = {}
    kept.save()
    assert queries_of(office, address(case, "declared")) == three - 1


def test_a_question_in_a_line_that_is_not_drawn_can_be_answered_too(world: World) -> None:
    case, code = world.draft(), "GY_KEY_PROJECT"
    rows = [{"project_name": f"项目{n}", "total_investment_wan": "100"} for n in range(120)]
    rows[110]["total_investment_wan"] = "90000000"
    save_form(case=case, form_code=code, raw={"rows": rows}, expected_version=None, actor=world.applicant)
    drawn = html.unescape(form(world.applicant, case, code))
    assert f'false, "{token(case, code)}"]' in drawn
    confirm(world.applicant, case, token(case, code), code=code)
    assert "请核对单位是否有误" not in form(world.applicant, case, code)
