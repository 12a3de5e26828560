"""What the Guangdong towns asked of the rule language: mappings, lengths of time, files, rounds opened before."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from programmes import checks
from programmes.expression_types import ExpressionError
from programmes.expressions import Undecided, compile_expression
from programmes.rounds import open_round, opened_in
from tests.factories.accounts import make_actor
from tests.factories.programmes import make_programme, make_round, mini_pack

WEIGHTS = 'weights == {"invest": 30, "growth": 70}'


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (WEIGHTS, {"invest": 30, "growth": 70}, True),
        (WEIGHTS, {"growth": Decimal("70.0"), "invest": Decimal(30)}, True),
        (WEIGHTS, {"invest": 40, "growth": 60}, False),
        (WEIGHTS, {"invest": 30}, False),
        (WEIGHTS, {"invest": 30, "growth": 70, "other": 0}, False),
        (WEIGHTS, {}, False),
        ('weights["invest"] + 1 > 30', {"invest": 30}, True),
        ("weights != null", {"invest": 30}, True),
        ("weights != null", None, False),
    ],
)
def test_a_mapping_is_compared_as_a_whole_and_looked_up(text: str, given: Any, expected: bool) -> None:
    expression = compile_expression(text, {"weights": "mapping[decimal]"}, expects="boolean")
    assert expression.evaluate({"weights": given}) is expected


@pytest.mark.parametrize(
    "given", [None, {"invest": 30, "growth": None}, {"invest": 30, "growth": 70.0}, "30/70", [30, 70]]
)
def test_a_mapping_that_lacks_something_is_undecided(given: Any) -> None:
    expression = compile_expression(WEIGHTS, {"weights": "mapping[decimal]"}, expects="boolean")
    assert isinstance(expression.evaluate({"weights": given}), Undecided)


def test_a_key_that_is_not_there_is_undecided() -> None:
    expression = compile_expression('weights["cost"] > 1', {"weights": "mapping[decimal]"})
    assert isinstance(expression.evaluate({"weights": {"invest": 30}}), Undecided)


def test_what_is_no_mapping_stays_a_record() -> None:
    with pytest.raises(ExpressionError):
        compile_expression(WEIGHTS, {"weights": "decimal"})


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [("decimal", ""), ("text", "期限不能用于表达式"), ("integer", "期限不能用于表达式")],
)
def test_a_length_of_time_may_be_read_in_years(declared: str, complaint: str) -> None:
    pack = mini_pack({"context.yaml": lambda c: c.update(term={"type": declared, "slot": "window"})})
    found = [problem.message_zh for problem in checks.check_pack(pack) if problem.where == "term"]
    assert found == ([complaint] if complaint else [])


@pytest.mark.parametrize(
    ("named", "complaint"),
    [
        ("materials.files:nothing", "政策包中没有“nothing”"),
        ("rubric.weights:nothing", "政策包中没有“nothing”"),
    ],
)
def test_files_and_weights_are_of_something_that_is_there(named: str, complaint: str) -> None:
    kind = "list[text]" if named.startswith("materials") else "mapping[decimal]"
    pack = mini_pack({"context.yaml": lambda c: c.update(x={"type": kind, "fact": named})})
    assert complaint in [problem.message_zh for problem in checks.check_pack(pack) if problem.where == "x"]


@pytest.mark.django_db
def test_rounds_opened_before_are_told_to_the_rules() -> None:
    once = {
        "context.yaml": lambda c: c.update(before={"type": "integer", "fact": "round.opened_this_year"}),
        "rules.yaml": lambda rules: _once_a_year(rules),
    }
    programme = make_programme(changes=once)
    actor = make_actor("officer", programme.authority)
    first = make_round(programme, actor=actor)
    assert opened_in(programme, first.year) == 1
    given = {"programme": programme, "opens_on": dt.date(2026, 3, 9), "actor": actor, "name": "再次申报"}
    _round, verdicts = open_round(year=first.year, reason="补充申报", **given)
    assert [verdict.outcome for verdict in verdicts] == ["failed"]
    _round, verdicts = open_round(year=first.year + 1, reason="", **given | {"name": "次年申报"})
    assert [verdict.outcome for verdict in verdicts] == ["passed"]


def _once_a_year(rules: list[dict[str, Any]]) -> None:
    rule = next(rule for rule in rules if "round.open" in rule["levels"])
    rule.update(
        expr="before + 1 <= 1",
        inputs={"before": "integer"},
        levels={"round.open": "soft"},
        ok=[{"inputs": {"before": 0}}],
        bad=[{"inputs": {"before": 1}}],
    )
