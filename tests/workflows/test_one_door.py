"""Nothing but the engine moves a case: by reading the code, and by trying."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cases import door
from cases.models import Case
from cases.models.case import VERBS
from programmes.lifecycle import LEGAL_EDGES, Stage
from programmes.procedures import PROCEDURES
from tests.factories.cases import World
from workflows.acts import ACTS
from workflows.flows import FLOWS
from workflows.lock import case_row_lock
from workflows.nodes import Duty, Finish

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "audit",
    "accounts",
    "programmes",
    "cases",
    "workflows",
    "notifications",
    "supervision",
    "workshop",
    "portal",
    "api",
    "config",
)
MAY_OPEN = {"workflows/engine.py", "workflows/opening.py", "workflows/objections.py"}
MAY_MOVE = {"workflows/steps.py", "workflows/opening.py"}


def sources() -> list[tuple[str, ast.Module]]:
    files = [p for room in ROOMS for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts]
    return [(str(p.relative_to(ROOT)), ast.parse(p.read_text(encoding="utf-8"))) for p in files]


def test_only_the_engine_opens_the_latch() -> None:
    found = {
        name
        for name, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "opened"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "door"
    }
    assert found == MAY_OPEN


def test_only_the_steps_use_the_named_transitions() -> None:
    verbs = (set(VERBS.values()) | {"close"}) - {"file", "close"}
    found = set()
    for name, tree in sources():
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="case"), attr=attr)) if attr in verbs | {
                    "file",
                    "close",
                }:
                    found.add(name)
                case ast.Name(id="VERBS") if not name.startswith("cases/models"):
                    found.add(name)
    assert found == MAY_MOVE


def test_every_way_round_the_door_is_shut(world: World) -> None:
    case = world.submitted()
    with pytest.raises(AttributeError):
        case.stage = "closed"
    with pytest.raises(door.DoorClosed):
        Case.objects.filter(pk=case.pk).update(stage="closed")
    with pytest.raises(door.DoorClosed):
        Case.objects.bulk_update([case], ["step"])
    with pytest.raises(door.DoorClosed):
        Case.objects.create(title="x", stage="review", created_by_id=case.created_by_id)
    with pytest.raises(door.DoorClosed):
        case.delete()
    with pytest.raises(door.DoorClosed):
        Case.objects.all().delete()
    case.build("construction")
    with pytest.raises(door.DoorClosed):
        case.save()
    assert Case.objects.get(pk=case.pk).stage == "file"


def test_other_columns_can_be_saved(world: World) -> None:
    case = world.submitted()
    case.title = "更名"
    case.save(update_fields=["title"])
    assert Case.objects.get(pk=case.pk).title == "更名"


def test_rereading_keeps_the_protection(world: World) -> None:
    case = world.submitted()
    case.refresh_from_db()
    with pytest.raises(AttributeError):
        case.stage = "closed"
    Case.objects.none()
    gone = Case(pk=999_999)
    with pytest.raises(Case.DoesNotExist):
        gone.refresh_from_db()
    with pytest.raises(AttributeError):
        gone.stage = "closed"


def test_transitions_are_the_legal_superset() -> None:
    """The state machine allows exactly the table's edges."""
    allowed = {
        (source, meta.target)
        for name in {*VERBS.values(), "close"}
        for source, meta in getattr(Case, name)._django_fsm.transitions.items()
    }
    assert allowed == set(LEGAL_EDGES)
    assert set(VERBS) == {stage.value for stage in Stage} - {"closed"}


@pytest.mark.parametrize("code", PROCEDURES)
def test_flows_and_the_table_of_procedures_agree(code: str) -> None:
    flow, procedure = FLOWS[code], PROCEDURES[code]
    duties = {n.name: n for n in flow.instance.nodes() if isinstance(n, Duty)}
    beside_the_flow = {"handle", "replace"}
    assert set(duties) == {d.code for d in procedure.duties} - beside_the_flow
    for duty in procedure.duties:
        if duty.code in beside_the_flow:
            continue
        named = {a.code for a in duty.actions} | {
            a.code for a in procedure.system if a.code in duties[duty.code].routes
        }
        assert set(duties[duty.code].routes) | ({"recuse"} & named) == named
        for action in duty.actions:
            ends = any(isinstance(r.node, Finish) for r in duties[duty.code].routes.get(action.code, ()))
            if action.code != "uphold_objection":
                assert ends == bool(action.outcome), action.code


@pytest.mark.parametrize("code", FLOWS)
def test_every_flow_takes_the_case_lock(code: str) -> None:
    assert FLOWS[code].lock_impl is case_row_lock


def test_every_act_belongs_to_an_action() -> None:
    from cases.policy import all_actions

    system = {f"{p.code}.{a.code}" for p in PROCEDURES.values() for a in p.system}
    assert set(ACTS) <= set(all_actions()) | system


def test_the_retired_package_is_absent() -> None:
    from importlib import metadata

    names = {d.metadata["Name"].lower() for d in metadata.distributions()}
    assert "django-fsm-2" in names
    assert "django-fsm" not in names
