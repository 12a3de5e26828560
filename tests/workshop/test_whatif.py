"""What if the draft had been in force: an unchanged one flips nobody, a known edit exactly those it should."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
import yaml

from audit import clock
from cases.models import Case
from programmes import packs
from programmes.schema import Pack
from tests.factories.cases import GY_DIRECTORY, World, make_world
from tests.factories.played import played, repertoire_of
from workshop.results import flip_rows, replay_json
from workshop.whatif import changed_rules, replay

pytestmark = pytest.mark.django_db


def edited(edit: Callable[[dict[str, bytes]], None], name: str = "gy-cluster-base") -> Pack:
    files = packs.read_directory(GY_DIRECTORY.parent / name)
    edit(files)
    return packs.parse_files(files)


def text(name: str, old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def edit(files: dict[str, bytes]) -> None:
        content = files[name].decode()
        assert old in content
        files[name] = content.replace(old, new, 1).encode()

    return edit


@pytest.fixture
def world() -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


def test_an_unchanged_edition_flips_nobody(world: World) -> None:
    world.selected()
    world.submitted("另一基地")
    same = edited(lambda files: None)
    assert changed_rules(world.edition.pack, same) == frozenset()
    for thorough in (False, True):
        found = replay(same, Case.objects.all(), thorough=thorough)
        assert (found.cases, found.flips, found.money, found.quotas) == (2, [], [], [])


def test_a_threshold_flips_exactly_who_passed_that_gate(world: World) -> None:
    selected = world.selected(title="已入选基地", GY_SUPP={"bigdata_ent_count": 25, "ent_total": 40})
    large = world.selected(title="大型基地", GY_SUPP={"bigdata_ent_count": 400, "ent_total": 500})
    submitted = world.submitted("刚申报基地", GY_SUPP={"bigdata_ent_count": 25, "ent_total": 40})
    world.draft("草稿")
    draft = edited(text("rules.yaml", "expr: bigdata_ent_count >= 20", "expr: bigdata_ent_count >= 200"))
    found = replay(draft, Case.objects.all())
    assert found.cases == 3
    assert found.rules == ("R-GY-12",)
    told = {(flip.case_id, flip.gate, flip.before, flip.after) for flip in found.flips}
    assert told == {
        (selected.pk, "declare.submit", "none", "shown"),
        (selected.pk, "review.select", "none", "refused"),
        (submitted.pk, "declare.submit", "none", "shown"),
    }
    assert large.pk not in {flip.case_id for flip in found.flips}
    assert found.moved == 2
    rows = flip_rows(replay_json(found, most=10))
    assert {row.after for row in rows} == {"提醒", "不予通过"}
    assert replay_json(found, most=1)["flips_total"] == 3


def test_a_rule_that_is_gone_lets_pass_whom_it_stopped(world: World) -> None:
    case = world.submitted("规划期短的基地", GY_SUPP={"bigdata_ent_count": 3, "ent_total": 40})

    def without(files: dict[str, bytes]) -> None:
        rules = [rule for rule in yaml.safe_load(files["rules.yaml"]) if rule["id"] != "R-GY-12"]
        files["rules.yaml"] = yaml.safe_dump(rules, allow_unicode=True).encode()

    found = replay(edited(without), Case.objects.all())
    assert ("R-GY-12", "shown", "none") in {(f.rule_id, f.before, f.after) for f in found.flips}
    assert {f.case_id for f in found.flips} == {case.pk}


def test_nothing_is_written(world: World) -> None:
    case = world.submitted()
    before = Case.objects.values().get(pk=case.pk)
    replay(
        edited(text("rules.yaml", "bigdata_ent_count >= 20", "bigdata_ent_count >= 9000")), Case.objects.all()
    )
    assert Case.objects.values().get(pk=case.pk) == before


def test_progress_is_told(world: World) -> None:
    world.submitted()
    told: list[int] = []
    replay(edited(lambda files: None), Case.objects.all(), on_progress=told.append)
    assert told == [1]


# -- money ---------------------------------------------------------------------------------------------------------------

CLAIM = """
steps:
  - {at: 2017-03-06 09:00, do: open_case, as: year1}
  - {do: fill, case: year1}
  - {at: 2017-03-06 10:00, do: submit, case: year1}
  - {at: 2017-03-10, do: pass_assessment, case: year1, with: {confirmed_occupied_from: 2016-01-01}}
  - {at: 2017-03-15 10:00, do: grant, case: year1, with: {amount: 36}}
"""


def test_money() -> None:
    played("gz-rent-relief", CLAIM)
    own = repertoire_of("gz-rent-relief").pack
    same = replay(own, Case.objects.all())
    assert (same.cases, same.money, same.difference) == (1, [], Decimal(0))
    cheaper = edited(halved, "gz-rent-relief")
    found = replay(cheaper, Case.objects.all())
    assert [change.before for change in found.money] != [change.after for change in found.money]
    change = found.money[0]
    assert change.before is not None
    assert change.after == change.before / 2
    assert found.difference == -change.before / 2
    assert replay_json(found, most=10)["money"][0]["difference"] == str(-change.before / 2)


def halved(files: dict[str, bytes]) -> None:
    """Formula and caps of the award, halved."""
    content = yaml.safe_load(files["programme.yaml"])
    for step in content["lifecycle"]["steps"].values():
        award = step.get("award", {})
        if award.get("amount"):
            award["amount"] = f"({award['amount']}) / 2"
        for cap in award.get("caps", []):
            cap["amount"] = f"({cap['amount']}) / 2"
    files["programme.yaml"] = yaml.safe_dump(content, allow_unicode=True).encode()
