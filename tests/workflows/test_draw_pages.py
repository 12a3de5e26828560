"""Drawing experts by lot, over HTTP: written down, standing, and checked when the panel is decided."""

from __future__ import annotations

import re

import pytest

from audit.models import Entry
from cases.models import Case
from tests.factories.accounts import make_assignment, make_user
from tests.factories.cases import World
from tests.workflows.pages import (
    browser,
    entries,
    open_item,
    page_of,
    post,
    sheet_data,
    text_of,
)
from tests.workflows.trials import TRIALS


def draw(world: World, case: Case, duty: str = "assign") -> str:
    """Draw over HTTP; the page that shows what came of it."""
    client = browser(world.officer)
    response = client.post(f"/work/draw/{open_item(case, duty).public_id}/", {"count": "5"})
    assert response.status_code == 302
    return text_of(client.get(response["Location"]))


def drawn_in(page: str) -> tuple[str, list[str]]:
    seed = re.search(r'name="draw_seed" value="([0-9a-f]{32})"', page)
    assert seed
    return seed[1], re.findall(r'<input type="hidden" name="experts" value="([^"]+)"', page)


def test_a_draw_is_recorded_stands_and_can_be_checked(world: World) -> None:
    tied = make_user("钱园区", organisation=world.zone)
    make_assignment(world.experts[0].role, world.zone, user=tied)  # type: ignore[arg-type]
    case = world.in_review()
    page = draw(world, case)
    seed, chosen = drawn_in(page)
    assert len(chosen) == 5
    assert "钱园区" in page
    assert str(tied.public_id) not in page
    entry = Entry.objects.get(chain=case.chain, action="review.draw")
    assert entry.content["data"]["seed"] == seed
    assert len(entry.content["data"]["pool"]) == 7
    assert drawn_in(draw(world, case)) == (seed, chosen), "drawing again until one likes it"
    assert entries(case, "review.draw") == 1

    swapped = [str(e.user.public_id) for e in world.experts if e.user and str(e.user.public_id) not in chosen]
    cheated = post(
        world.officer,
        case,
        "review.assign_experts",
        {"experts": [*chosen[:4], swapped[0]], "draw_seed": seed},
    )
    assert cheated.status_code == 422
    assert "与抽取结果不一致" in text_of(cheated)
    invented = {"experts": chosen, "draw_seed": "0" * 32}
    assert post(world.officer, case, "review.assign_experts", invented).status_code == 422
    done = post(world.officer, case, "review.assign_experts", {"experts": chosen, "draw_seed": seed})
    assert done.status_code == 302
    told = Entry.objects.get(chain=case.chain, action="review.assign_experts").content["data"]
    assert told["draw"] == {"seed": seed, "pool": entry.content["data"]["pool"]}
    assert {expert["name"] for expert in told["experts"]} <= set(re.findall(r"专家\d", page))


def test_a_changed_pool_is_drawn_anew(world: World) -> None:
    case = world.in_review()
    seed, _chosen = drawn_in(draw(world, case))
    university = world.experts[0].organisation
    make_assignment(world.experts[0].role, university, user=make_user("新专家", organisation=university))  # type: ignore[arg-type]
    page = text_of(browser(world.officer).get(page_of(case, "review.assign_experts")))
    assert "候选名单在抽取之后有变化" in page
    assert drawn_in(draw(world, case))[0] != seed
    assert entries(case, "review.draw") == 2


def test_a_panel_may_be_chosen_by_hand_and_the_record_says_so(world: World) -> None:
    case = world.in_review()
    draw(world, case)
    item = open_item(case, "assign")
    page = text_of(
        browser(world.officer).get(
            page_of(case, "review.assign_experts"), {"item": item.public_id, "by_hand": 1}
        )
    )
    assert page.count('type="checkbox" name="experts"') == 7
    assert "draw_seed" not in page
    form = TRIALS["review.assign_experts"].form(world, case)
    assert post(world.officer, case, "review.assign_experts", form).status_code == 302
    assert "draw" not in Entry.objects.get(chain=case.chain, action="review.assign_experts").content["data"]


def test_a_replacement_is_drawn_from_those_who_do_not_sit(world: World) -> None:
    case = TRIALS["review.replace_expert"].case(world)
    seed, chosen = drawn_in(draw(world, case, "replace"))
    assert len(chosen) == 1
    assert chosen[0] in {str(e.user.public_id) for e in world.experts[5:] if e.user}
    assert (
        post(world.officer, case, "review.replace_expert", {"experts": chosen, "draw_seed": seed}).status_code
        == 302
    )


@pytest.mark.parametrize(
    ("who", "status"), [("applicant", 403), ("other_applicant", 404), ("supervisor", 403)]
)
def test_who_may_not_draw(world: World, who: str, status: int) -> None:
    case = world.in_review()
    item = open_item(case, "assign")
    assert browser(getattr(world, who)).post(f"/work/draw/{item.public_id}/").status_code == status
    assert (
        browser(world.officer)
        .post(f"/work/draw/{open_item(world.submitted(title='乙'), 'examine').public_id}/")
        .status_code
        == 403
    )
    assert entries(case, "review.draw") == 0


def test_a_draw_for_a_seated_panel_comes_too_late(world: World) -> None:
    case = world.in_review()
    item = open_item(case, "assign")
    post(world.officer, case, "review.assign_experts", TRIALS["review.assign_experts"].form(world, case))
    assert browser(world.officer).post(f"/work/draw/{item.public_id}/").status_code == 409


def test_a_sheet_sent_to_the_action_page_is_taken_too(world: World) -> None:
    case = world.with_panel()
    assert post(world.experts[0], case, "review.submit_score", sheet_data(world)).status_code == 302
    assert post(world.experts[1], case, "review.submit_score", {}).status_code == 422
    assert case.score_sheets.count() == 1
