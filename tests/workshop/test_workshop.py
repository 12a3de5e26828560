"""The workshop: who may enter, and what an edition says, in words."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from programmes.enums import EditionStatus
from programmes.models import Edition, Round
from programmes.procedures import gates
from tests.factories.accounts import make_authority
from tests.portal.rows import make_edition, make_round
from tests.workshop.visits import EDITORS_ONLY, PAGES, sign_in, visit
from workshop.display import duration_text, gate_title, gates_of, slots_of, steps_of
from workshop.urls import urlpatterns

pytestmark = pytest.mark.django_db


def test_every_address_is_tried() -> None:
    assert {pattern.name for pattern in urlpatterns} == set(PAGES)


def test_policy_administrators_may(client: Client, admin: Actor, round: Round) -> None:
    for name in PAGES:
        assert visit(client, name, round).status_code in (200, 302, 409, 422), name


def test_officers_may_manage_rounds_and_nothing_else(client: Client, round: Round) -> None:
    sign_in(client, Role.OFFICER, code=round.programme.code)
    for name in PAGES:
        response = visit(client, name, round)
        if name in EDITORS_ONLY:
            assert response.status_code == 403, name
            assert "仅供政策管理员使用" in response.content.decode()
        else:
            assert response.status_code in (200, 302, 422), name


@pytest.mark.parametrize("role", [Role.CHIEF, Role.SUPERVISOR, Role.APPLICANT, Role.SYSTEM_ADMIN])
def test_others_may_not(client: Client, round: Round, role: Role) -> None:
    sign_in(client, role)
    for name in PAGES:
        assert visit(client, name, round).status_code == 403, name


def test_strangers_sign_in_first(client: Client, round: Round) -> None:
    for name in PAGES:
        assert visit(client, name, round).url.startswith(reverse("accounts:sign_in")), name


@pytest.mark.parametrize("other", ["authority", "programme"])
def test_what_is_not_theirs_does_not_exist(client: Client, round: Round, other: str) -> None:
    if other == "authority":
        sign_in(client, Role.POLICY_ADMIN, authority=make_authority("遵义市", code="zunyi"))
    else:
        sign_in(client, Role.POLICY_ADMIN, code="other-programme")
    for name in [name for name, (_method, of) in PAGES.items() if of]:
        assert visit(client, name, round).status_code == 404, name


@pytest.mark.parametrize("name", ["programmes", "rounds"])
def test_lists_show_ones_own_alone(client: Client, round: Round, name: str) -> None:
    sign_in(client, Role.POLICY_ADMIN, authority=make_authority("遵义市", code="zunyi"))
    shown = visit(client, name, round).content.decode()
    assert round.name not in shown
    assert round.programme.title not in shown


# -- programmes and editions -------------------------------------------------------------------------------------------


def test_programmes_list_their_editions(client: Client, admin: Actor, edition: Edition) -> None:
    draft = make_edition(number="2026.1", status=EditionStatus.DRAFT)
    shown = client.get(reverse("workshop:programmes")).content.decode()
    for text in ("产业集聚示范基地", "2020.1", "已发布", "2026.1", "草案", edition.digest[:12], "李发布"):
        assert text in shown
    assert reverse("workshop:edition", args=[draft.public_id]) in shown


def test_empty_workshop_says_so(client: Client, admin: Actor) -> None:
    assert "尚无项目类别" in client.get(reverse("workshop:programmes")).content.decode()
    assert "尚未启动批次" in client.get(reverse("workshop:rounds")).content.decode()


def test_edition_is_told_step_by_step(client: Client, admin: Actor, round: Round) -> None:
    shown = visit(client, "edition", round).content.decode()
    pack = round.edition.pack
    for text in (
        "审核建设方案及相关材料",  # the pack's own wording of a duty
        "备案审核与通知时限：10个工作日",
        "建议值",
        "准予备案" if "准予备案" in shown else "发出备案通知",
        "办结（取消授牌）",
        "R-GY-01",
        "硬性",
        "GY_OVERALL",
        "公示期限",
        round.name,
        round.edition.digest,
    ):
        assert text in shown
    assert all(rule.id in shown for rule in pack.rules.values())
    assert all(step.title.zh in shown for step in pack.programme.lifecycle.steps.values())
    assert "submitted" not in shown


def test_duties_that_a_step_switches_off_are_left_out(edition: Edition) -> None:
    declare = steps_of(edition.pack)[0]
    assert [duty.title for duty in declare.duties] == ["编制建设方案并填报申报材料"]
    assert declare.ways[0].label == "提交申报"
    review = next(step for step in steps_of(edition.pack) if step.code == "review")
    assert {duty.title: duty.when_needed for duty in review.duties}["更换专家"]


def test_rules_stand_at_their_gates_in_the_order_of_the_procedures(edition: Edition) -> None:
    found = gates_of(edition.pack)
    assert found[0].name == "round.open"
    assert sum(len(gate.rows) for gate in found) == sum(
        len(rule.levels) for rule in edition.pack.rules.values()
    )
    assert all(gate.title != gate.name for gate in found)


@pytest.mark.parametrize("name", sorted(gates()))
def test_every_gate_has_a_title(name: str) -> None:
    assert gate_title(name) != name


def test_slots_are_told_in_words(edition: Edition) -> None:
    assert {row.name: row.default for row in slots_of(edition.pack)}["publicity_length"] == "5个工作日"
    assert duration_text("nonsense") == "nonsense"


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("name", "queries"), [("programmes", 10), ("rounds", 8), ("edition", 9)])
def test_lists_cost_the_same_however_long(
    client: Client,
    admin: Actor,
    edition: Edition,
    name: str,
    queries: int,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        make_edition(number=f"2027.{number}", status=EditionStatus.DRAFT)
        shown = make_round(edition, name=f"第{number}批")
    visit(client, name, shown)
    with django_assert_num_queries(queries):
        assert visit(client, name, shown).status_code == 200
