"""Rounds: opened under the policy's own rules, closed, and what was left open decided, all on record."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from audit.models import Entry
from programmes.calendar import Duration, Unit
from programmes.enums import RoundStatus
from programmes.models import Round, SlotValue
from programmes.rounds import close_round, fill_slot, open_round, verdicts_on_opening
from programmes.slots import slot, slot_values, slots
from tests.conftest import Freeze
from tests.factories.accounts import make_actor, make_authority, make_organisation
from tests.factories.programmes import make_edition, make_programme, make_round, mini_pack, renumbered

pytestmark = pytest.mark.django_db

MARCH, APRIL = dt.date(2026, 3, 2), dt.date(2026, 4, 1)


def officer() -> Actor:
    return make_actor(Role.OFFICER)


def entries(round: Round) -> list[Entry]:
    assert round.chain is not None
    return list(round.chain.entries.order_by("seq"))


def test_a_round_opens_under_the_current_edition(frozen_clock: Freeze) -> None:
    now = frozen_clock("2026-02-27 15:00")
    programme = make_programme()
    actor = officer()
    round, verdicts = open_round(programme=programme, year=2026, opens_on=MARCH, actor=actor)
    assert (round.name, round.year, round.status) == ("2026年示范项目", 2026, RoundStatus.OPEN)
    assert (round.edition, round.authority) == (programme.current_edition(), programme.authority)
    assert (round.opened_at, round.opened_by, round.version) == (now, actor.user, 1)
    assert [(v.rule_id, v.outcome) for v in verdicts] == [("M-1", "passed")]
    [entry] = entries(round)
    assert round.chain is not None
    assert (round.chain.kind, round.chain.key) == ("round", str(round.public_id))
    assert (entry.action, entry.subject) == ("round.opened", str(round.public_id))
    assert entry.content["clause"] == "M·第一条"
    assert entry.content["data"]["opens_on"] == "2026-03-02"
    assert entry.content["data"]["verdicts"] == [
        {"rule": "M-1", "outcome": "passed", "level": "soft", "clause": "M·第一条"}
    ]


def test_a_soft_rule_asks_for_a_reason_and_lets_pass() -> None:
    """R-GY-02: outside the first quarter a round opens, with a recorded reason."""
    programme = make_programme()
    with pytest.raises(Refusal) as refusal:
        open_round(programme=programme, year=2026, opens_on=APRIL, actor=officer(), reason="  ")
    assert refusal.value.code == "reason_missing"
    assert refusal.value.clause == "M·第一条"
    assert "原则上一季度启动。" in str(refusal.value.message)
    assert not Round.objects.exists()
    round, verdicts = open_round(
        programme=programme, year=2026, opens_on=APRIL, actor=officer(), reason="疫情顺延"
    )
    assert [(v.outcome, v.level) for v in verdicts] == [("failed", "soft")]
    assert round.reason == "疫情顺延"
    [entry] = entries(round)
    assert entry.content["data"]["reason"] == "疫情顺延"


def test_a_hard_rule_refuses() -> None:
    change = {"rules.yaml": lambda rules: rules[0].update(levels={"round.open": "hard"})}
    programme = make_edition(change).programme
    with pytest.raises(Refusal) as refusal:
        open_round(programme=programme, year=2026, opens_on=APRIL, actor=officer(), reason="顺延")
    assert (refusal.value.code, refusal.value.clause) == ("rule_failed", "M·第一条")


def test_what_the_rules_would_say_can_be_asked_before() -> None:
    with CaptureQueriesContext(connection) as queries:
        [verdict] = verdicts_on_opening(mini_pack(), year=2026, opens_on=APRIL)
    assert verdict.outcome == "failed"
    assert len(queries) == 0


@pytest.mark.parametrize(
    ("role", "code", "elsewhere", "allowed"),
    [
        (Role.OFFICER, "", False, True),
        (Role.OFFICER, "mini", False, True),
        (Role.POLICY_ADMIN, "", False, True),
        (Role.OFFICER, "other", False, False),
        (Role.OFFICER, "", True, False),
        (Role.CHIEF, "", False, False),
        (Role.APPLICANT, "", False, False),
        (Role.SYSTEM_ADMIN, "", False, False),
    ],
)
def test_who_may_handle_rounds(role: Role, code: str, elsewhere: bool, allowed: bool) -> None:
    programme = make_programme()
    home = (
        make_organisation(parent=make_authority("遵义市", code="zunyi")) if elsewhere else make_organisation()
    )
    actor = make_actor(role, home, programme_code=code)
    open_ = make_round(programme, year=2025, name="甲")
    doors = (
        lambda: open_round(programme=programme, year=2026, opens_on=MARCH, actor=actor),
        lambda: fill_slot(round=open_, name="quota", value="5", reason="局办公会", actor=actor),
        lambda: close_round(round=open_, actor=actor),
    )
    for door in doors:
        if allowed:
            door()
        else:
            with pytest.raises(Refusal) as refusal:
                door()
            assert refusal.value.code == "not_permitted"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"year": 26}, "bad_year", "year"),
        ({"closes_on": dt.date(2026, 3, 1)}, "bad_dates", "closes_on"),
        ({"name": "已有批次"}, "name_taken", "name"),
        ({"name": "长" * 201}, "name_taken", "name"),
    ],
)
def test_implausible_rounds_are_refused_at_the_field(values: dict[str, Any], code: str, field: str) -> None:
    programme = make_programme()
    make_round(programme, name="已有批次")
    arguments: dict[str, Any] = {"year": 2026, "opens_on": MARCH} | values
    with pytest.raises(Refusal) as refusal:
        open_round(programme=programme, actor=officer(), **arguments)
    assert refusal.value.code == code
    assert list(refusal.value.fields) == [field]


def test_no_round_without_a_published_edition() -> None:
    programme = make_edition(publish=False).programme
    with pytest.raises(Refusal) as refusal:
        open_round(programme=programme, year=2026, opens_on=MARCH, actor=officer())
    assert refusal.value.code == "no_edition"


def test_a_later_edition_does_not_move_an_open_round() -> None:
    programme = make_programme()
    round = make_round(programme)
    first = round.edition
    make_edition(renumbered("2026.2"))
    round.refresh_from_db()
    assert round.edition == first
    assert make_round(programme, name="第二批").edition != first


def test_a_round_opens_under_the_edition_in_effect_on_its_first_day(frozen_clock: Freeze) -> None:
    frozen_clock("2026-11-20 09:00")
    programme = make_programme()
    change = renumbered("2027")["programme.yaml"]

    def edit(content: dict[str, Any]) -> None:
        change(content)
        content["effective_from"] = "2027-01-01"

    later = make_edition({"programme.yaml": edit})
    assert programme.current_edition() != later
    assert programme.current_edition(dt.date(2027, 1, 1)) == later
    assert make_round(programme, year=2027, opens_on=dt.date(2027, 1, 4)).edition == later
    assert make_round(programme, year=2026, opens_on=MARCH).edition != later


@pytest.mark.parametrize(
    ("day", "accepts"),
    [(dt.date(2026, 3, 1), False), (MARCH, True), (dt.date(2026, 3, 31), True), (dt.date(2026, 4, 1), False)],
)
def test_the_days_of_declaring(day: dt.date, accepts: bool) -> None:
    round = make_round(closes_on=dt.date(2026, 3, 31))
    assert round.is_open_on(day) is accepts


def test_closing(frozen_clock: Freeze) -> None:
    now = frozen_clock("2026-04-30 18:00")
    round = make_round()
    closed = close_round(round=round, actor=officer(), reason="名额已满")
    assert (closed.status, closed.closed_at, closed.version) == (RoundStatus.CLOSED, now, 2)
    assert not closed.is_open_on(MARCH)
    assert [entry.action for entry in entries(closed)] == ["round.opened", "round.closed"]
    with pytest.raises(Refusal) as refusal:
        close_round(round=round, actor=officer())
    assert refusal.value.code == "round_not_open"


# -- slots ---------------------------------------------------------------------------------------------------------------


def test_before_anybody_decides_the_packs_default_holds() -> None:
    round = make_round()
    window = slot(round, "window")
    assert window.value == Duration(5, Unit.WORKING_DAY)
    assert window.proposed
    assert window.decision is None
    threshold = slot(round, "threshold")
    assert (threshold.value, threshold.proposed) == (Decimal(60), False)  # the text gives it
    assert slot(round, "quota").value is None
    with pytest.raises(KeyError):
        slot(round, "weather")


@pytest.mark.parametrize(
    ("name", "typed", "stored", "value"),
    [
        ("window", "7 day", "7 day", Duration(7, Unit.DAY)),
        ("threshold", "６５．５", "65.5", Decimal("65.5")),
        ("quota", "5", 5, 5),
        ("quota", 5, 5, 5),
    ],
)
def test_a_decision_fills_a_slot(
    name: str, typed: Any, stored: Any, value: Any, frozen_clock: Freeze
) -> None:
    now = frozen_clock("2026-03-03 09:00")
    round = make_round()
    actor = officer()
    decided = fill_slot(round=round, name=name, value=typed, reason="局长办公会2026年第3次", actor=actor)
    assert (decided.value, decided.decided_by, decided.decided_at) == (stored, actor.user, now)
    reading = slot(round, name)
    assert (reading.value, reading.proposed, reading.decision) == (value, False, decided)
    entry = entries(round)[-1]
    assert entry.action == "round.slot_filled"
    assert entry.content["data"] == {
        "slot": name,
        "value": stored,
        "before": None,
        "reason": "局长办公会2026年第3次",
        "version": 2,
    }


def test_a_later_decision_supersedes_and_erases_nothing() -> None:
    round = make_round()
    fill_slot(round=round, name="quota", value=5, reason="第一次", actor=officer())
    fill_slot(round=round, name="quota", value=6, reason="第二次", actor=officer())
    assert slot(round, "quota").value == 6
    rows = SlotValue.objects.order_by("pk").values_list("value", "superseded")
    assert list(rows) == [(5, True), (6, False)]
    assert entries(round)[-1].content["data"]["before"] == 5


@pytest.mark.parametrize(
    ("name", "value", "reason", "code"),
    [
        ("weather", "1", "因为", "unknown_slot"),
        ("quota", "1", " ", "reason_missing"),
        ("quota", "1.5", "因为", "bad_value"),
        ("quota", "五", "因为", "bad_value"),
        ("quota", "", "因为", "bad_value"),
        ("quota", 1.5, "因为", "bad_value"),
        ("quota", "-3", "因为", "bad_value"),
        ("quota", "9" * 20, "因为", "bad_value"),
        ("threshold", "-0.5", "因为", "bad_value"),
        ("window", "5 天", "因为", "bad_value"),
        ("window", "0 day", "因为", "bad_value"),
    ],
)
def test_faulty_decisions_are_refused(name: str, value: Any, reason: str, code: str) -> None:
    round = make_round()
    with pytest.raises(Refusal) as refusal:
        fill_slot(round=round, name=name, value=value, reason=reason, actor=officer())
    assert refusal.value.code == code
    assert not SlotValue.objects.exists()


def test_all_slots_in_one_query() -> None:
    round = make_round()
    fill_slot(round=round, name="quota", value=5, reason="局办公会", actor=officer())
    assert list(slots(round)) == ["window", "threshold", "quota"]
    with CaptureQueriesContext(connection) as queries:
        values = slot_values(round)
    assert len(queries) == 1
    assert values == {"window": Duration(5, Unit.WORKING_DAY), "threshold": Decimal(60), "quota": 5}
