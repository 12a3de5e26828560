"""推荐名单: each place once, by the unit itself, while the round is open; recorded, and shown to the province."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from functools import partial

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.models import Organisation
from audit import clock
from audit.chain import open_chain
from audit.models import Entry
from cases import policy
from cases.enums import Capacity, Part
from cases.errors import Conflict, Invalid, NotAllowed, NotVisible
from cases.facts import CaseFacts
from cases.models import Case, RecommendationList
from cases.relations import add_participation, add_party
from programmes.enums import RoundStatus
from programmes.models import Round
from tests.factories.accounts import make_actor
from tests.factories.cases import World, make_world
from tests.faults.at_once import at_once
from tests.workflows.pages import browser, queries_of, read, recommender, text_of
from tests.workflows.variants import sent_under
from workflows.recommendation_lists import decide_list, listed, order_of

PARAMS = "recommendation: true, intake: true, ranking: true"
OUTCOMES = "not_recommended: {close: not_selected}, declined: {close: declined}"


@dataclasses.dataclass
class Scene:
    """Two cases that the city has recommended in one round."""

    world: World
    city: Actor
    unit: Organisation
    round: Round
    one: Case
    two: Case

    def decide(
        self, *order: Case, seen: int = 0, actor: Actor | None = None, **more: str
    ) -> RecommendationList:
        given = {"document_no": "", "reason": ""} | more
        keys = [str(case.public_id) for case in order]
        return decide_list(
            round_=self.round, unit=self.unit, order=keys, seen=seen, actor=actor or self.city, **given
        )

    @property
    def address(self) -> str:
        return reverse("workflows:recommended", args=[self.round.public_id, self.unit.public_id])

    @property
    def letter(self) -> str:
        return reverse("workflows:recommendation_letter", args=[self.round.public_id, self.unit.public_id])


def scene_in(world: World) -> Scene:
    one = sent_under(world, params=PARAMS, outcomes=OUTCOMES)
    two = world.do(world.fill(world.draft("乌当软件基地")), "declare.submit", statement=True)
    city = recommender(world)
    for case in (one, two):
        world.do(case, "declare.recommend", city)
    assert city.organisation is not None
    chain = open_chain(kind="round", key=str(one.round.public_id), authority="guiyang")
    Round.objects.filter(pk=one.round_id).update(chain=chain)
    return Scene(world, city, city.organisation, Round.objects.get(pk=one.round_id), one, two)


@pytest.fixture
def scene(world: World) -> Scene:
    return scene_in(world)


@pytest.mark.django_db
def test_the_order_is_decided_recorded_and_read_by_the_province(scene: Scene) -> None:
    assert CaseFacts(scene.one)["recommendation.rank"] is None
    scene.decide(scene.two, scene.one, document_no="筑发改函〔2020〕8号")
    assert [CaseFacts(case)["recommendation.rank"] for case in (scene.one, scene.two)] == [2, 1]
    told = Entry.objects.get(chain=scene.round.chain, action="round.recommendation_list").content["data"]
    assert told["order"] == [str(scene.two.public_id), str(scene.one.public_id)]
    page = read(
        browser(scene.world.officer), reverse("workflows:act", args=[scene.one.public_id, "declare.accept"])
    )
    assert "第2位" in page
    province = read(browser(scene.world.officer), scene.address)
    assert "保存推荐名单" not in province
    letter = reverse("workflows:recommendation_letter", args=[scene.round.public_id, scene.unit.public_id])
    printed = read(browser(scene.world.officer), letter)
    assert printed.index("乌当软件基地") < printed.index(scene.one.title)
    assert "筑发改函〔2020〕8号" in printed
    assert "（公章）" in printed


@pytest.mark.django_db
def test_a_new_order_needs_a_reason_and_the_old_one_stays(scene: Scene) -> None:
    scene.decide(scene.one, scene.two)
    with pytest.raises(Invalid) as refused:
        scene.decide(scene.two, scene.one, seen=1)
    assert set(refused.value.fields) == {"reason"}
    scene.decide(scene.two, scene.one, seen=1, reason="经集体研究调整。")
    assert list(RecommendationList.objects.order_by("version_no").values_list("version_no", flat=True)) == [
        1,
        2,
    ]
    with pytest.raises(Conflict):
        scene.decide(scene.one, scene.two, seen=1, reason="旧页面。")


@pytest.mark.django_db
def test_only_the_unit_only_its_cases_only_while_the_round_is_open(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        scene.decide(scene.one, scene.two, actor=scene.world.officer)
    with pytest.raises(NotVisible):
        scene.decide(scene.one, scene.two, actor=scene.world.other_applicant)
    with pytest.raises(Conflict):
        scene.decide(scene.one)
    with pytest.raises(Conflict):
        scene.decide(scene.one, scene.one)
    Round.objects.filter(pk=scene.round.pk).update(status=RoundStatus.CLOSED)
    with pytest.raises(NotAllowed) as closed:
        scene.decide(scene.one, scene.two)
    assert closed.value.code == "round_closed"


@pytest.mark.django_db
def test_what_came_back_leaves_the_list_and_what_is_new_is_said_to_be_unordered(scene: Scene) -> None:
    scene.decide(scene.one, scene.two)
    scene.world.do(scene.one, "declare.return_for_correction", reason="请补正。")
    now = listed(scene.city, scene.round, scene.unit)
    assert [case.pk for case in now.cases] == [scene.two.pk]
    three = scene.world.do(scene.world.fill(scene.world.draft("修文基地")), "declare.submit", statement=True)
    scene.world.do(three, "declare.recommend", scene.city)
    now = listed(scene.city, scene.round, scene.unit)
    assert [case.pk for case in now.unordered] == [three.pk]
    assert "尚未排定推荐顺序" in read(browser(scene.city), scene.address)


@pytest.mark.django_db
def test_what_is_withdrawn_leaves_the_list_and_the_others_move_up(scene: Scene) -> None:
    three = scene.world.do(scene.world.fill(scene.world.draft("修文基地")), "declare.submit", statement=True)
    scene.world.do(three, "declare.recommend", scene.city)
    scene.decide(scene.one, scene.two, three, document_no="筑函8号")
    scene.world.do(scene.two, "command.withdraw", scene.world.applicant, reason="不再申报。")
    now = listed(scene.city, scene.round, scene.unit)
    assert [case.pk for case in now.cases] == [scene.one.pk, three.pk]
    cases = [scene.world.reread(case) for case in (scene.one, scene.two, three)]
    assert [CaseFacts(case)["recommendation.rank"] for case in cases] == [1, None, 2]
    page = read(browser(scene.city), scene.address)
    assert re.findall(r'name="rank\.([0-9a-f-]+)" value="(\d*)"', page) == [
        (str(scene.one.public_id), "1"),
        (str(three.public_id), "2"),
    ]


@pytest.mark.django_db
def test_a_letter_over_what_came_later_bears_neither_number_nor_day(scene: Scene) -> None:
    scene.decide(scene.one, scene.two, document_no="筑函8号")
    assert "筑函8号" in read(browser(scene.city), scene.letter)
    day = '<p class="lc-letter-seal">2020年'
    assert day in read(browser(scene.city), scene.letter)
    clock.set_clock(clock.now() + dt.timedelta(minutes=5))
    scene.world.do(scene.one, "declare.return_for_correction", reason="请补正。")
    scene.world.do(scene.one, "declare.submit", statement=True)
    scene.world.do(scene.one, "declare.recommend", scene.city)
    for who in (scene.city, scene.world.officer):
        printed = read(browser(who), scene.letter)
        assert scene.one.title in printed
        assert "筑函8号" not in printed
        assert day not in printed
    clock.set_clock(clock.now() + dt.timedelta(minutes=5))
    scene.decide(scene.one, scene.two, seen=1, document_no="筑函8号")
    assert "筑函8号" in read(browser(scene.city), scene.letter)


@pytest.mark.django_db
def test_the_list_is_for_the_unit_the_office_and_supervisors(scene: Scene) -> None:
    expert = make_actor(Role.EXPERT, scene.world.bureau)
    assert expert.user is not None
    add_participation(case=scene.one, user=expert.user, part=Part.EXPERT)
    asked = make_actor(Role.OFFICER, scene.world.other_zone)
    assert asked.organisation is not None
    add_party(case=scene.one, organisation=asked.organisation, capacity=Capacity.CONSULTED)
    for who in (expert, asked, scene.world.applicant):
        assert policy.can_see(who, scene.one)
        for where in (scene.address, scene.letter):
            assert browser(who).get(where).status_code == 404
    for who in (scene.city, scene.world.officer, scene.world.chief, scene.world.supervisor):
        for where in (scene.address, scene.letter):
            assert browser(who).get(where).status_code == 200


@pytest.mark.django_db
def test_who_sees_a_part_of_the_list_gets_no_letter(scene: Scene) -> None:
    assert scene.world.officer2.user is not None
    add_participation(case=scene.one, user=scene.world.officer2.user, part=Part.RECUSED)
    client = browser(scene.world.officer2)
    page = read(client, scene.address)
    assert scene.two.title in page
    assert scene.one.title not in page
    assert scene.letter not in page
    assert client.get(scene.letter).status_code == 404


@pytest.mark.django_db
def test_the_list_costs_the_same_however_long_it_is(scene: Scene) -> None:
    clients = [browser(scene.city), browser(scene.world.officer)]
    before = [queries_of(client, scene.address) for client in clients]
    three = scene.world.do(scene.world.fill(scene.world.draft("修文基地")), "declare.submit", statement=True)
    scene.world.do(three, "declare.recommend", scene.city)
    assert [queries_of(client, scene.address) for client in clients] == before


def test_each_place_from_one_is_given_once() -> None:
    assert order_of({"a": "2", "b": "１"}) == (["b", "a"], "")
    for wrong in (
        {"a": "1", "b": "1"},
        {"a": "1", "b": "3"},
        {"a": "0", "b": "1"},
        {"a": "", "b": "1"},
        {"a": "甲"},
    ):
        assert order_of(wrong)[1]


@pytest.mark.django_db
def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(scene: Scene) -> None:
    client = browser(scene.city)
    first, second = (f"rank.{case.public_id}" for case in (scene.one, scene.two))
    refused = client.post(scene.address, {first: "1", second: "1", "version": "0", "document_no": "筑函8号"})
    assert refused.status_code == 422
    assert "推荐顺序不能重复" in text_of(refused)
    assert "筑函8号" in text_of(refused)
    done = client.post(scene.address, {first: "2", second: "1", "version": "0", "document_no": "筑函8号"})
    assert done.status_code == 302
    assert RecommendationList.objects.get().order == [str(scene.two.public_id), str(scene.one.public_id)]
    home = read(client, reverse("workflows:home"))
    assert scene.address in home
    assert "推荐顺序与推荐函" in home


@pytest.mark.django_db
def test_a_unit_never_recommends_itself(world: World) -> None:
    case = sent_under(world, params=PARAMS, outcomes=OUTCOMES, sent=False)
    text = "  recommender:\n    title: {zh: 推荐单位"
    assert world.applicant.organisation is not None
    edition = world.round.edition
    source = edition.pack.programme.roles["recommender"]
    own = source.model_copy(update={"organization": world.applicant.organisation.name})
    assert text and not own.may_be_applicant
    pack = case.edition.pack
    roles = pack.programme.roles | {"recommender": own}
    changed = pack.model_copy(update={"programme": pack.programme.model_copy(update={"roles": roles})})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(edition), "pack", property(lambda self: changed))
        with pytest.raises(NotAllowed) as refused:
            world.do(case, "declare.submit", statement=True)
    assert refused.value.code == "self_recommendation"
    assert Case.objects.get(pk=case.pk).submitted_at is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_do_not_both_win() -> None:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, tzinfo=clock.SHANGHAI))
    scene = scene_in(make_world())
    results = at_once(
        partial(scene.decide, scene.one, scene.two), partial(scene.decide, scene.two, scene.one)
    )
    assert len([r for r in results if isinstance(r, Refusal)]) == 1
    assert RecommendationList.objects.count() == 1
