"""The lifecycle's picture shows every step and every way, and what is wrong in red."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Any

import pytest
from django.template.loader import render_to_string

from programmes import packs
from programmes.soundness import check_soundness, moves_of
from tests.factories.programmes import mini_pack
from workshop.drawing import Drawing, draw
from workshop.schema_help import ROOTS, help_for, models_of


def segments(drawing: Drawing) -> list[tuple[float, float, float]]:
    """The vertical parts of the lines: x, top, bottom."""
    found = []
    for line in drawing.lines:
        y1, x, y2 = (float(n) for n in re.fullmatch(r"M\S+ (\S+)H(\S+)V(\S+)H\S+", line.d).groups())  # type: ignore[union-attr]
        found.append((x, min(y1, y2), max(y1, y2)))
    return found


@pytest.mark.parametrize(
    "name", ["gy-cluster-base", "gd-town-industry", "gz-project-library", "yc-maker-space"]
)
def test_every_step_and_way_is_drawn(name: str) -> None:
    pack = packs.parse_files(packs.read_directory(packs.packs_directory() / name))
    drawing = draw(pack.programme)
    steps = pack.programme.lifecycle.steps
    assert [box.code for box in drawing.boxes if box.first] == [pack.programme.lifecycle.start]
    assert {box.code for box in drawing.boxes} == set(steps)
    moves = [move for code, step in steps.items() for move in moves_of(code, step)]
    assert sum(len(box.ways) for box in drawing.boxes) == len(moves)
    assert len(drawing.lines) == sum(move.target is not None for move in moves)
    assert all(line.offending is False for line in drawing.lines)
    # Boxes and bands do not overlap; two lines that share a lane do not touch; lanes lie right of every pill.
    for one, other in combinations(drawing.boxes, 2):
        assert one.y + one.height <= other.y or other.y + other.height <= one.y
    for (x1, top1, end1), (x2, top2, end2) in combinations(segments(drawing), 2):
        assert x1 != x2 or end1 < top2 or end2 < top1
    pills = [drawing.pill_x + way.pill_width for box in drawing.boxes for way in box.ways]
    assert all(x >= max(pills, default=0) for x, _top, _end in segments(drawing))
    assert all(x <= drawing.width for x, _top, _end in segments(drawing))
    for band, after in zip(drawing.bands, drawing.bands[1:], strict=False):
        assert band.y + band.height < after.y


def test_the_offending_path_is_marked() -> None:
    def cut(content: Any) -> None:
        content["lifecycle"]["steps"]["in_force"]["commands"] = {}

    pack = mini_pack({"programme.yaml": cut})
    problem = next(p for p in check_soundness(pack) if p.where == "lifecycle.steps.in_force")
    drawing = draw(pack.programme, path=problem.path)
    assert {box.code for box in drawing.boxes if box.offending} == set(problem.path)
    assert sum(line.offending for line in drawing.lines) == len(problem.path) - 1
    shown = render_to_string("workshop/lifecycle_svg.html", {"drawing": drawing, "name": "x"})
    assert "ws-box-bad" in shown
    assert "（有问题）" in shown


def test_what_does_not_exist_is_drawn_as_such() -> None:
    def misled(content: Any) -> None:
        content["lifecycle"]["steps"]["declare"]["next"] = {"submitted": "nowhere"}

    drawing = draw(mini_pack({"programme.yaml": misled}).programme)
    assert [box.code for box in drawing.boxes if box.kind == "unknown"] == ["nowhere"]


def test_labels_are_text() -> None:
    def attack(content: Any) -> None:
        content["lifecycle"]["steps"]["declare"]["title"] = {"zh": "<script>alert(1)</script>"}

    drawing = draw(mini_pack({"programme.yaml": attack}).programme)
    shown = render_to_string("workshop/lifecycle_svg.html", {"drawing": drawing, "name": "x"})
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_words_below_say_the_same() -> None:
    drawing = draw(mini_pack().programme)
    shown = render_to_string("workshop/lifecycle_svg.html", {"drawing": drawing, "name": "x"})
    told = shown[shown.index("<details") :]
    for box in drawing.boxes:
        assert box.title in told
        assert all(way.label in told and way.target in told for way in box.ways)


# -- help ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", [root for _pattern, root, _shape in ROOTS])
def test_every_key_of_the_schema_has_a_meaning_in_chinese(root: Any) -> None:
    from workshop.meanings import MODELS, meaning_of

    models = models_of(root)
    missing = [
        f"{m.__name__}.{key}" for m in models for key in m.model_fields if not meaning_of(m.__name__, key)
    ]
    assert missing == []
    assert MODELS.get(root.__name__)


@pytest.mark.parametrize(
    ("path", "keys", "codes"),
    [
        ("programme.yaml", {"lifecycle", "within", "on_due"}, {"review.select", "in_force", "policy_admin"}),
        ("rules.yaml", {"levels", "expr", "bad"}, {"declare.submit", "round.open"}),
        ("context.yaml", {"fact", "slot"}, {"review.average", "today"}),
        ("forms/X.yaml", {"fields", "visible_when"}, set()),
        ("letters/x.md", {"title", "clause"}, set()),
        ("scenarios/x.yaml", {"steps", "with", "expect"}, {"declare.submit"}),
        ("scenarios/common.yaml", {"people", "passages"}, {"declare.submit"}),
    ],
)
def test_help_names_keys_and_codes(path: str, keys: set[str], codes: set[str]) -> None:
    found = help_for(path)
    assert found is not None
    assert keys <= {key.key for model in found.models for key in model.keys}
    assert codes <= {code for each in found.lists for code, _label in each.codes}


def test_help_tells_types_in_words() -> None:
    found = help_for("rules.yaml")
    assert found is not None
    types = {key.key: key.type for key in found.models[0].keys}
    assert types["expr"] == "文字"
    assert types["ok"] == "列表（Example）"
    assert "hard" in types["levels"]
    assert help_for("README.md") is None
