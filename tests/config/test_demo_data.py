"""``make demo`` over old data: it stops before serving and says how to go on; elsewhere a published edition is kept."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from audit import clock
from config.demo.stories import Stage
from programmes.enums import RoundStatus
from programmes.models import Edition
from programmes.rounds import open_round
from tests.factories.accounts import make_authority
from tests.factories.cases import gy_pack, make_world

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "programmes" / "packs" / "gy-cluster-base"


@pytest.fixture
def changed(db: None, tmp_path: Path) -> Path:
    """A pack whose bytes have changed since its edition was published."""
    pack = tmp_path / PACK.name
    shutil.copytree(PACK, pack)
    make_authority("贵阳市", code=gy_pack().programme.authority)
    call_command("programmes", "load", str(PACK), "--publish", verbosity=0)
    letter = next((pack / "letters").glob("*.md"))
    letter.write_text(letter.read_text(encoding="utf-8") + "\n\n（附注）\n", encoding="utf-8")
    return pack


def test_in_a_demonstration_the_way_out_is_told(changed: Path, settings: Any) -> None:
    settings.DEMO = True
    before = list(Edition.objects.values_list("digest", flat=True))
    with pytest.raises(CommandError, match=r"make demo-reset.*make demo"):
        call_command("programmes", "load", str(changed))
    assert list(Edition.objects.values_list("digest", flat=True)) == before


def test_elsewhere_it_is_refused_without_talk_of_throwing_data_away(changed: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("programmes", "load", str(changed))
    assert "改用新的版本号" in str(refused.value)
    assert "demo-reset" not in str(refused.value)


def test_the_product_is_served_only_after_the_packs_were_loaded() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^demo: .*\n((?:\t.*\n)+)", makefile, re.M)
    assert recipe is not None
    steps = [line.strip().lstrip("@") for line in recipe[1].splitlines()]
    load = next(number for number, step in enumerate(steps) if "programmes load" in step)
    serve = next(number for number, step in enumerate(steps) if step.startswith("$(DEMO) serve"))
    assert load < serve
    assert not any(step.startswith("-") or "|| true" in step for step in steps), "a failure stops make"
    assert re.search(r"^demo-reset:", makefile, re.M)


def test_the_round_of_an_earlier_year_ends_with_that_year(db: None) -> None:
    """Two rounds of one programme are never open side by side."""
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    world = make_world()
    round_, _verdicts = open_round(
        programme=world.programme,
        year=2020,
        name="第二批",
        opens_on=dt.date(2020, 3, 20),
        actor=world.officer,
        reason="年内第二批。",
    )
    stage = Stage({}, {}, dt.date(2021, 6, 1))
    stage.end(round_, world.officer)
    ((moment, _number, close),) = stage.plan
    assert moment.date() == dt.date(2020, 12, 31)
    clock.set_clock(moment)
    close()
    round_.refresh_from_db()
    assert (round_.status, round_.closed_at) == (RoundStatus.CLOSED, moment)
