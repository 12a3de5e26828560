"""提名: one unit puts another forward; nobody puts itself forward. The door, the pages, who is told, who sees what."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, RoleAssignment, User
from audit import clock
from audit.display import content_of
from audit.models import Entry
from cases import policy
from cases.enums import Capacity, Closure, Part
from cases.errors import NotAllowed, NotVisible
from cases.models import Case, Nomination
from notifications.enums import Kind
from notifications.expansion import expand
from notifications.links import absolute
from notifications.models import Notification, Outbox
from notifications.sentences import sentence_of
from portal.precheck import HERE, KIND, REGION
from programmes import packs
from programmes.models import Round
from tests.factories.accounts import make_actor, make_assignment, make_organisation, make_substitution
from tests.factories.played import FICTIONAL, played
from tests.workflows.pages import browser, queries_of
from workflows import engine
from workflows.acts.review import judged
from workflows.labels import action_name
from workflows.models import Event
from workflows.nominating import nominate
from workflows.nomination_pages import FOUND
from workflows.opening import just_made
from workflows.rehearsal import play
from workflows.rehearsal.filling import fill_declaration
from workflows.rehearsal.reading import read_repertoire, read_script
from workflows.rehearsal.schema import DeclarationData

pytestmark = pytest.mark.django_db
REASON = "近三年承担市级重大专项两项。"
Cast = dict[str, Actor]


@pytest.fixture
def cast() -> Iterator[Cast]:
    """The fictional pack with its people; its round is open, two nominations a unit."""
    actors = played(
        "zj-laureates",
        "round: {year: 2022, opens_on: 2022-03-01, closes_on: 2022-04-30, slots: {places_each: 2}}\n"
        "steps:\n- {wait_until: 2022-03-07}\n",
    )
    clock.set_clock(dt.datetime(2022, 3, 7, 10, 0, tzinfo=clock.SHANGHAI))
    yield actors
    clock.set_clock(None)


def the_round() -> Round:
    return Round.objects.select_related("programme", "edition", "authority").get()


def unit(name: str) -> Organisation:
    return Organisation.objects.get(name=name)


def put_forward(cast: Cast, who: str = "nominator", whom: str = "applicant", **given: Any) -> Case:
    nominee = cast[whom].organisation
    assert nominee is not None
    return nominate(
        **{
            "round": the_round(),
            "nominee": nominee,
            "title": "精密铸件",
            "reason": REASON,
            "actor": cast[who],
        }
        | given
    )


def refused(cast: Cast, **given: Any) -> str:
    before = Case.objects.count()
    with pytest.raises((NotAllowed, NotVisible)) as caught:
        put_forward(cast, **given)
    assert (Case.objects.count(), Nomination.objects.count()) == (before, before)
    return caught.value.code


def words(answer: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def page(actor: Actor, **asked: str) -> HttpResponse:
    return browser(actor).get(reverse("cases:nominations"), asked)


def send(actor: Actor, **typed: str) -> HttpResponse:
    given = {"round": str(the_round().public_id), "title": "精密铸件", "reason": REASON} | typed
    return browser(actor).post(reverse("cases:nominations"), given)


# -- the door ------------------------------------------------------------------------------------------------------------


def test_the_draft_is_the_nominees_and_says_who_nominated_and_why(cast: Cast) -> None:
    case = put_forward(cast)
    firm, association = unit("精铸科技有限公司"), unit("市科学技术协会")
    assert (case.applicant, case.is_draft, case.title) == (firm, True, "精密铸件")
    row = case.nomination
    assert (row.organisation, row.reason, row.declined_at) == (association, REASON, None)
    held = {party.capacity: party.organisation for party in case.parties.all()}
    assert (held[Capacity.APPLICANT], held[Capacity.NOMINATOR]) == (firm, association)
    assert not case.participations.filter(capacity=Part.DRAFTER).exists(), "who nominates drafts nothing"
    entry = Entry.objects.get(chain=case.chain_id)
    assert (entry.action, entry.role) == ("case.nominate", "recommender")
    assert content_of(entry)["clause"] == "tm·第四条"


def test_its_people_are_told_and_have_it_to_do(cast: Cast) -> None:
    person = cast["applicant"].user
    assert person is not None
    User.objects.filter(pk=person.pk).update(email="firm@example.cn")
    case = put_forward(cast)
    message = Notification.objects.get(user=person)
    assert (message.case, message.kind) == (case, Kind.TODO)
    assert sentence_of(message).startswith("市科学技术协会提名贵单位申报“精密铸件”")
    expand(message.event_id)
    assert list(Outbox.objects.values_list("to", flat=True)) == ["firm@example.cn"]
    assert set(Notification.objects.values_list("user__username", flat=True)) == {"applicant"}


def test_the_same_click_twice_makes_one(cast: Cast) -> None:
    one = put_forward(cast, clicked=True)
    assert put_forward(cast, clicked=True).pk == one.pk
    assert Nomination.objects.count() == 1
    clock.set_clock(clock.now() + dt.timedelta(seconds=11))
    with pytest.raises(NotAllowed) as caught:
        put_forward(cast, clicked=True)
    assert caught.value.code == "draft_limit"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"who": "applicant"}, "not_permitted"),
        ({"who": "officer"}, "not_permitted"),
        ({"who": "insider"}, "self_nomination"),
        ({"who": "southern"}, "outside_territory"),
        ({"who": "recommender", "whom": "recommender"}, "self_nomination"),
        ({"who": "nominator", "whom": "southern"}, "wrong_applicant"),
    ],
)
def test_who_may_not_nominate_whom(cast: Cast, given: dict[str, str], code: str) -> None:
    assert refused(cast, **given) == code


def test_whoever_declares_for_the_nominee_does_not_nominate_it(cast: Cast) -> None:
    firm = unit("精铸科技有限公司")
    make_assignment(Role.APPLICANT, firm, user=cast["nominator"].user)
    assert refused(cast) == "self_nomination"


def test_nor_does_who_stands_in_for_somebody_who_declares_for_it(cast: Cast) -> None:
    held = RoleAssignment.objects.get(user=cast["nominator"].user)
    make_assignment(Role.APPLICANT, unit("精铸科技有限公司"), user=held.user)
    substitution = make_substitution(held)
    stands_in = actor_for(held, user=substitution.substitute)
    assert refused(cast, actor=stands_in) == "self_nomination"


def test_units_and_accounts_out_of_use(cast: Cast) -> None:
    Organisation.objects.filter(name="精铸科技有限公司").update(is_active=False)
    assert refused(cast) == "unit_inactive"
    Organisation.objects.filter(name="精铸科技有限公司").update(is_active=True)
    Organisation.objects.filter(name="市科学技术协会").update(is_active=False)
    assert refused(cast) == "own_unit_inactive"
    Organisation.objects.filter(name="市科学技术协会").update(is_active=True)
    User.objects.filter(username="nominator").update(is_active=False)
    assert refused(cast) == "account_inactive"
    User.objects.filter(username="nominator").update(is_active=True)
    assert put_forward(cast).is_draft


def test_what_concerns_ones_own_unit_does_not_stand_beside_the_other(cast: Cast) -> None:
    """Put out of use between the page and the click."""
    Organisation.objects.filter(name="市科学技术协会").update(is_active=False)
    answer = send(cast["nominator"], unit=str(unit("精铸科技有限公司").public_id))
    assert answer.status_code == 403 and "贵单位已停用，不能提名。" in words(answer)
    assert 'id="unit-error"' not in answer.content.decode()


def test_a_click_by_another_unit_is_another_nomination(cast: Cast) -> None:
    """One person acts for two units; the second one's click does not answer with the first one's draft."""
    put_forward(cast, clicked=True)
    elsewhere = make_actor(Role.RECOMMENDER, unit("江北区"), user=cast["nominator"].user)
    with pytest.raises(NotAllowed) as caught:
        put_forward(cast, actor=elsewhere, clicked=True)
    assert caught.value.code == "draft_limit"


def test_nor_does_a_draft_of_ones_own_answer_a_click(cast: Cast) -> None:
    """And the other way about: what somebody nominated is not the answer when they begin a draft for that unit."""
    firm = unit("精铸科技有限公司")
    case = put_forward(cast, clicked=True)
    own = make_actor(Role.APPLICANT, firm, user=cast["nominator"].user)
    assert just_made(the_round(), firm, case.title, own) is None
    assert just_made(the_round(), firm, case.title, own, nominator=unit("市科学技术协会")) == case


def test_one_unit_and_title_are_nominated_once_where_drafts_are_not_limited() -> None:
    files = dict(packs.read_directory(FICTIONAL / "zj-laureates"))
    text = files["programme.yaml"].replace(b"drafts_per_applicant: 1", b"drafts_per_applicant: 0")
    text = text.replace(b"    limit: places_each\n", b"")
    script = read_script(
        "id: T1\ntitle: {zh: 试验}\nround: {year: 2022, opens_on: 2022-03-01, slots: {places_each: 9}}\n"
        "steps:\n- {at: 2022-03-07 09:00, who: nominator, do: nominate, with: {unit: firm, title: 精密铸件}}\n",
        file="T1.yaml",
        repertoire=read_repertoire(files | {"programme.yaml": text}, common="common.yaml"),
    )
    report = play(script)
    assert report.ok, report
    clock.set_clock(dt.datetime(2022, 3, 7, 10, 0, tzinfo=clock.SHANGHAI))
    people = RoleAssignment.objects.select_related("user", "organisation", "authority")
    cast = {row.user.username: actor_for(row) for row in people}
    assert refused(cast, title=" 精密\u200b铸件") == "nominated_already"
    answer = send(cast["nominator"], unit=str(unit("精铸科技有限公司").public_id))
    assert answer.status_code == 403
    assert "贵单位在本批次已提名“精铸科技有限公司”申报同名项目，不能重复提名。" in words(answer)
    assert 'id="unit-error"' in answer.content.decode()
    put_forward(cast, title="另一项目")
    put_forward(cast, who="recommender")
    assert Nomination.objects.count() == 3
    clock.set_clock(None)


# -- who nominated decides nothing ---------------------------------------------------------------------------------------


def in_approval(cast: Cast, nominator: Actor | None = None) -> Case:
    case = put_forward(cast, **({"actor": nominator} if nominator is not None else {}))
    fill_declaration(case, DeclarationData(), cast["applicant"])
    engine.act(case.public_id, "declare.submit", actor=cast["applicant"], data={"statement": True})
    engine.act(case.public_id, "declare.recommend", actor=cast["recommender"], data={"opinion": "同意推荐。"})
    return Case.objects.get(pk=case.pk)


def test_a_pack_keeps_who_nominated_from_approving(cast: Cast) -> None:
    meeting, user = unit("市科技局局长办公会"), cast["nominator"].user
    both = make_actor(Role.APPROVER, meeting, user=user)
    case = in_approval(cast)
    assert policy.may(both, "accredit.approve", case).code == "separation_of_duties"
    assert policy.may(cast["approver"], "accredit.approve", case)
    assert user is not None and user.pk not in policy.who_may("accredit.approve", case)


def test_nor_does_whoever_they_stood_in_for(cast: Cast) -> None:
    held = RoleAssignment.objects.get(user=cast["nominator"].user)
    substitution = make_substitution(held)
    both = make_actor(Role.APPROVER, unit("市科技局局长办公会"), user=held.user)
    case = in_approval(cast, actor_for(held, user=substitution.substitute))
    row = case.nomination
    assert (row.nominated_by, row.on_behalf_of) == (substitution.substitute, held.user)
    assert row.people == {substitution.substitute_id, held.user_id}
    assert policy.may(both, "accredit.approve", case).code == "separation_of_duties"


def test_experts_who_nominated_or_whose_unit_did_sit_on_no_panel(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    held = RoleAssignment.objects.get(user=cast["nominator"].user)
    substitution = make_substitution(held)
    association = unit("市科学技术协会")
    college = make_organisation("某大学", kind=OrganisationKind.INSTITUTION, parent=association.parent)
    inner = make_organisation("市科协学会部", kind=OrganisationKind.DEPARTMENT, parent=association)
    named: dict[str, User] = {"holder": held.user, "substitute": substitution.substitute}
    for person in named.values():
        make_assignment(Role.EXPERT, college, user=person)
    User.objects.filter(pk__in=[person.pk for person in named.values()]).update(organisation=college)
    for name, home in {
        "colleague": association,
        "inner": inner,
        "free": college,
        "north": unit("江南区"),
    }.items():
        person = make_actor(Role.EXPERT, college).user
        assert person is not None
        User.objects.filter(pk=person.pk).update(organisation=home)
        named[name] = person
    case = put_forward(cast, actor=actor_for(held, user=substitution.substitute))
    with django_assert_num_queries(4):
        reasons = {user.pk: reason for user, reason in judged(case)}
    barred = {name for name, person in named.items() if "提名方" in reasons[person.pk]}
    assert barred == {"holder", "substitute", "colleague", "inner"}
    assert reasons[named["free"].pk] == "" == reasons[named["north"].pk]


def test_the_draft_names_nobody_as_its_last_writer(cast: Cast) -> None:
    assert put_forward(cast).declarations.get().updated_by is None


def test_a_unit_of_another_authority_does_not_exist_for_it(cast: Cast) -> None:
    elsewhere = make_organisation("别市", kind=OrganisationKind.CITY, code="elsewhere")
    firm = make_organisation("别市企业", kind=OrganisationKind.ENTERPRISE, parent=elsewhere)
    assert refused(cast, nominee=firm) == "invisible"
    bureau = make_organisation("别市科协", kind=OrganisationKind.DEPARTMENT, parent=elsewhere)
    assert refused(cast, actor=make_actor(Role.RECOMMENDER, bureau)) == "invisible"


def test_an_assignment_to_another_programme_does_not_reach_it(cast: Cast) -> None:
    other = make_actor(Role.RECOMMENDER, unit("市科学技术协会"), programme_code="another")
    assert refused(cast, actor=other) == "not_permitted"


def test_the_limit_of_a_nominator_frees_what_was_declined(cast: Cast) -> None:
    case = put_forward(cast)
    put_forward(cast, whom="rival", title="传感器")
    assert refused(cast, nominee=unit("澄海仪器有限公司"), title="仪器") == "nomination_limit"
    engine.act(case.public_id, "command.discard", actor=cast["applicant"], data={"reason": "正在合并。"})
    assert put_forward(cast, nominee=unit("澄海仪器有限公司"), title="仪器").is_draft


def test_declining_closes_the_draft_and_tells_the_nominator(cast: Cast) -> None:
    case = put_forward(cast)
    assert action_name(case, "command.discard") == "谢绝提名"
    result = engine.act(
        case.public_id, "command.discard", actor=cast["applicant"], data={"reason": "正在合并。"}
    )
    assert result.message == "已谢绝提名，并告知提名单位。"
    case.refresh_from_db()
    row = Nomination.objects.get()
    assert (case.closure, row.declined_reason) == (Closure.DISCARDED, "正在合并。")
    assert row.declined_at is not None
    event = Event.objects.order_by("-pk")[0]
    expand(event.pk)
    told = Notification.objects.get(event=event, user=cast["nominator"].user)
    assert sentence_of(told) == "贵单位提名的“精密铸件”，被提名单位已谢绝提名。"
    answer = browser(cast["nominator"]).get(reverse("notifications:open", args=[told.public_id]))
    assert answer["Location"] == reverse("cases:nominations"), "the draft stays closed to it"


def test_the_mail_about_it_leads_where_the_nominator_may_go(cast: Cast) -> None:
    User.objects.filter(username="nominator").update(email="kexie@example.cn")
    case = put_forward(cast)
    engine.act(case.public_id, "command.discard", actor=cast["applicant"])
    event = Event.objects.order_by("-pk")[0]
    expand(event.pk)
    body = Outbox.objects.get(to="kexie@example.cn").body
    assert absolute(reverse("cases:nominations")) in body
    assert reverse("cases:detail", args=[case.public_id]) not in body
    assert page(cast["nominator"]).status_code == 200


def test_a_message_offers_the_role_that_nominates(cast: Cast) -> None:
    """Whoever is at work as somebody else is asked to change over, and led to the list."""
    held = RoleAssignment.objects.get(user=cast["nominator"].user)
    office = make_assignment(Role.OFFICER, unit("市科技局"), user=held.user)
    case = put_forward(cast)
    engine.act(case.public_id, "command.discard", actor=cast["applicant"])
    event = Event.objects.order_by("-pk")[0]
    expand(event.pk)
    told = Notification.objects.get(event=event, user=held.user)
    client, where = browser(cast["nominator"]), reverse("notifications:open", args=[told.public_id])
    client.post(reverse("accounts:act_as", args=[office.public_id]))
    asked = client.get(where)
    change = reverse("accounts:act_as", args=[held.public_id])
    assert asked.status_code == 200 and change in asked.content.decode()
    assert client.post(change, {"next": reverse("cases:nominations")}).headers["Location"] == reverse(
        "cases:nominations"
    )
    assert client.get(where).headers["Location"] == reverse("cases:nominations")


def test_the_nominator_learns_the_outcome(cast: Cast) -> None:
    case = put_forward(cast)
    fill_declaration(case, DeclarationData(), cast["applicant"])
    engine.act(case.public_id, "declare.submit", actor=cast["applicant"], data={"statement": True})
    engine.act(
        case.public_id, "declare.not_recommend", actor=cast["recommender"], data={"reason": "不符合条件。"}
    )
    event = Event.objects.order_by("-pk")[0]
    expand(event.pk)
    told = Notification.objects.get(event=event, user=cast["nominator"].user)
    assert sentence_of(told) == "贵单位提名的“精密铸件”，推荐单位不予推荐。"
    where = reverse("cases:detail", args=[case.public_id])
    answer = browser(cast["nominator"]).get(reverse("notifications:open", args=[told.public_id]))
    assert answer["Location"] == where


def test_a_nomination_is_declined_without_a_reason_as_well(cast: Cast) -> None:
    case = put_forward(cast)
    engine.act(case.public_id, "command.discard", actor=cast["applicant"])
    row = Nomination.objects.get()
    assert (row.declined_at is not None, row.declined_reason) == (True, "")


# -- who sees what -------------------------------------------------------------------------------------------------------


def test_the_nominator_follows_the_state_and_reads_the_case_once_it_is_sent(cast: Cast) -> None:
    case = put_forward(cast)
    nominator = cast["nominator"]
    where = reverse("cases:detail", args=[case.public_id])
    assert browser(nominator).get(where).status_code == 404
    text = words(page(nominator))
    assert "待被提名单位填报提交" in text and where not in page(nominator).content.decode()
    assert browser(cast["southern"]).get(where).status_code == 404
    assert "精密铸件" not in words(page(cast["southern"]))
    fill_declaration(case, DeclarationData(), cast["applicant"])
    engine.act(case.public_id, "declare.submit", actor=cast["applicant"], data={"statement": True})
    answer = browser(nominator).get(where)
    assert answer.status_code == 200
    told = words(answer)
    assert "由市科学技术协会提名" in told and REASON in told
    assert "推荐上报" not in told, "nominating is not recommending"
    assert where in page(nominator).content.decode()
    assert browser(cast["southern"]).get(where).status_code == 404
    sent = Case.objects.get()
    assert policy.fields(nominator, sent) == {"declaration", "decisions"}
    assert policy.fields(cast["recommender"], sent) >= {"declaration", "contacts", "decisions"}
    assert policy.who_nominated(sent) == {nominator.user.pk}  # type: ignore[union-attr]
    assert nominator.user.pk not in policy.who_may("declare.recommend", sent)  # type: ignore[union-attr]


def test_the_nominee_reads_who_nominated_it_and_why(cast: Cast) -> None:
    case = put_forward(cast)
    told = words(browser(cast["applicant"]).get(reverse("cases:detail", args=[case.public_id])))
    assert "由市科学技术协会提名" in told and REASON in told and "谢绝提名" in told
    overview = words(browser(cast["applicant"]).get(reverse("cases:declaration", args=[case.public_id])))
    assert "谢绝提名" in overview and "作废草稿" not in overview


def test_the_nominee_declines_on_the_page(cast: Cast) -> None:
    case = put_forward(cast)
    where = reverse("cases:discard", args=[case.public_id])
    assert browser(cast["rival"]).get(where).status_code == 404
    assert browser(cast["nominator"]).post(where).status_code == 404
    client = browser(cast["applicant"])
    assert "谢绝的理由" in words(client.get(where))
    long = client.post(where, {"reason": "长" * 1001, "idempotency_key": "k1"})
    assert (
        long.status_code == 422
        and "理由不得超过1000字。" in words(long)
        and "长" * 1001 in long.content.decode()
    )
    assert client.post(where, {"reason": "正在合并。", "idempotency_key": "k2"}).status_code == 302
    text = words(page(cast["nominator"]))
    assert "已谢绝" in text and "理由：正在合并。" in text


def test_an_applicant_alone_is_told_that_others_nominate(cast: Cast, client: Client) -> None:
    start = browser(cast["applicant"]).get(reverse("cases:start"))
    said = "本事项由县（市、区）、政府部门提名，不接受单位自行申报。"
    assert said in words(start) and "第四条" in words(start) and "开始填报" not in words(start)
    typed = {
        "round": str(the_round().public_id),
        "unit": str(unit("精铸科技有限公司").public_id),
        "title": "自荐",
    }
    answer = browser(cast["applicant"]).post(reverse("cases:start"), typed)
    assert (answer.status_code, Case.objects.count()) == (403, 0)
    assert said in words(answer)
    programme = the_round().programme
    public = words(client.get(reverse("portal:programme", args=[programme.public_id])))
    assert said in public and "第四条" in public and "登录并申报" not in public
    asked = words(client.get(reverse("portal:precheck", args=[programme.public_id])))
    assert said in asked
    home = words(browser(cast["applicant"]).get(reverse("workflows:home")))
    assert "2022年突出贡献单位评选" not in home


def test_the_pre_check_leads_to_no_draft_where_others_nominate(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = reverse("portal:precheck", args=[the_round().programme.public_id])
    answers = {"go": "start", KIND: "enterprise", REGION: HERE}
    answer = client.post(where, answers)
    assert answer.status_code == 200 and "带着答案开始申报" not in words(answer)
    monkeypatch.setattr("portal.views.precheck.only_nominated", lambda pack: False)
    assert client.post(where, answers).status_code == 302, "the same answers would do elsewhere"


def test_where_units_may_also_declare_by_themselves_they_do() -> None:
    files = dict(packs.read_directory(FICTIONAL / "zj-laureates"))
    files["programme.yaml"] = files["programme.yaml"].replace(b"only: true", b"only: false")
    script = read_script(
        "id: T1\ntitle: {zh: 试验}\nsteps:\n"
        "- {at: 2022-03-07 09:00, who: applicant, do: open_case, as: own}\n"
        "- {at: 2022-03-07 10:00, who: applicant, do: discard, case: own, expect: {message: 草稿已作废}}\n"
        "- {at: 2022-03-07 11:00, who: nominator, do: nominate, as: theirs, with: {unit: firm}}\n"
        "- {at: 2022-03-07 12:00, who: rival, do: open_case, as: other}\n",
        file="T1.yaml",
        repertoire=read_repertoire(files, common="common.yaml"),
    )
    report = play(script)
    assert report.ok, report.failed
    own, theirs, _other = Case.objects.order_by("pk")
    assert not Nomination.objects.filter(case=own).exists() and theirs.nomination
    assert (action_name(own, "command.discard"), action_name(theirs, "command.discard")) == (
        "作废草稿",
        "谢绝提名",
    )


# -- the page ------------------------------------------------------------------------------------------------------------


def test_only_recommenders_come_to_the_page(cast: Cast) -> None:
    for who in ("applicant", "officer", "approver"):
        assert page(cast[who]).status_code == 403
    assert Client().get(reverse("cases:nominations")).status_code == 302
    assert page(cast["nominator"]).status_code == 200


def test_the_home_leads_there_where_there_is_something_to_nominate(cast: Cast) -> None:
    where = reverse("cases:nominations")
    assert where in browser(cast["nominator"]).get(reverse("workflows:home")).content.decode()
    Round.objects.update(closes_on=dt.date(2022, 3, 5))
    assert where not in browser(cast["nominator"]).get(reverse("workflows:home")).content.decode()
    Round.objects.update(closes_on=None)
    put_forward(cast)
    Round.objects.update(closes_on=dt.date(2022, 3, 5))
    assert where in browser(cast["nominator"]).get(reverse("workflows:home")).content.decode()


def test_nominating_on_the_page(cast: Cast) -> None:
    firm = unit("精铸科技有限公司")
    text = words(page(cast["nominator"]))
    assert "0个，限2个，还可以提名2个" in text and "企业、事业单位（机构）（限本辖区） 依据 第四条" in text
    answer = send(cast["nominator"], unit=str(firm.public_id))
    assert answer["Location"] == reverse("cases:nominations")
    assert Case.objects.get().applicant == firm
    text = words(page(cast["nominator"]))
    assert "1个，限2个，还可以提名1个" in text and "在本批次已有申报" in text


def test_a_nominee_without_people_is_pointed_out(cast: Cast) -> None:
    client = browser(cast["nominator"])
    third = unit("澄海仪器有限公司")
    given = {
        "round": str(the_round().public_id),
        "title": "仪器",
        "reason": REASON,
        "unit": str(third.public_id),
    }
    told = words(client.post(reverse("cases:nominations"), given, follow=True))
    assert "已提名“澄海仪器有限公司”。该单位目前没有填报人员的账号，未能通知" in told
    assert "并通知该单位填报" not in told


def test_a_line_break_is_one_sign_as_it_is_for_the_browser(cast: Cast) -> None:
    firm, typed = str(unit("精铸科技有限公司").public_id), "长\n" * 499 + "长长"
    answer = send(cast["nominator"], unit=firm, reason=typed.replace("\n", "\r\n"))
    assert answer.status_code == 302
    assert Nomination.objects.get().reason == typed
    where = reverse("cases:discard", args=[Case.objects.get().public_id])
    sent = {"reason": typed.replace("\n", "\r\n"), "idempotency_key": "k"}
    assert browser(cast["applicant"]).post(where, sent).status_code == 302
    assert Nomination.objects.get().declined_reason == typed


def test_what_was_never_sent_is_told_once_the_round_is_over(cast: Cast) -> None:
    put_forward(cast)
    Round.objects.update(closes_on=dt.date(2022, 3, 7))
    assert "待被提名单位填报提交" in words(page(cast["nominator"]))
    clock.set_clock(dt.datetime(2022, 3, 8, 9, 0, tzinfo=clock.SHANGHAI))
    text = words(page(cast["nominator"]))
    assert "批次已截止，未提交" in text and "待被提名单位填报提交" not in text


def test_the_list_holds_what_the_unit_itself_nominated(cast: Cast) -> None:
    put_forward(cast)
    above = make_actor(Role.RECOMMENDER, unit("市科学技术协会").parent, subtree=True)
    assert "精密铸件" in words(page(cast["nominator"]))
    assert "精密铸件" not in words(page(above))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": " "}, "请填写项目名称（200字以内）。"),
        ({"reason": " "}, "请填写提名理由。"),
        ({"reason": "长" * 1001}, "提名理由不得超过1000字。"),
        ({"unit": ""}, "请选择被提名单位。"),
        ({"unit": "x"}, "请选择被提名单位。"),
        ({"round": "x"}, "请选择批次。"),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_nothing_typed_is_lost(
    cast: Cast, typed: dict[str, str], said: str
) -> None:
    firm = unit("精铸科技有限公司")
    given = {"unit": str(firm.public_id), "title": "保留的名称", "reason": "保留的理由"} | typed
    answer = send(cast["nominator"], **given)
    assert answer.status_code == 422
    assert said in words(answer) and not Case.objects.exists()
    raw = answer.content.decode()
    for kept in ("保留的名称", "保留的理由"):
        assert kept in raw or kept not in given.values()
    if typed.keys() & {"title", "reason"}:
        assert re.search(rf'value="{firm.public_id}" checked', raw)
        assert 'aria-invalid="true"' in raw


def test_what_stands_against_the_unit_is_said_beside_it(cast: Cast) -> None:
    firm = str(unit("精铸科技有限公司").public_id)
    answer = send(cast["insider"], unit=firm)
    assert answer.status_code == 403
    assert "不得自荐" in words(answer)
    shown = page(cast["insider"]).content.decode()
    assert re.search(rf'value="{firm}" disabled aria-describedby="bar-{firm}"', shown)
    answer = send(cast["southern"], unit=firm)
    assert (answer.status_code, Case.objects.count()) == (422, 0), (
        "units of other territories are not offered"
    )


def test_the_limit_is_told_before_anything_is_typed(cast: Cast) -> None:
    put_forward(cast)
    put_forward(cast, whom="rival", title="传感器")
    text = words(page(cast["nominator"]))
    assert "贵单位在本批次可以提名2个，已提名2个，不能再提名。" in text
    answer = send(cast["nominator"], unit=str(unit("澄海仪器有限公司").public_id), title="打好的名称")
    assert answer.status_code == 403 and "打好的名称" in answer.content.decode()


def test_a_unit_is_found_by_name_or_credit_code(cast: Cast) -> None:
    county = unit("江北区")
    for number in range(FOUND + 3):
        make_organisation(f"第{number:02d}制造厂", kind=OrganisationKind.ENTERPRISE, parent=county)
    coded = make_organisation(
        "有代码的公司", kind=OrganisationKind.ENTERPRISE, parent=county, uscc="91440101MA5ABCDE1M"
    )
    first = page(cast["nominator"])
    assert f"单位较多，以下只列出前{FOUND}个" in words(first)
    assert first.content.decode().count('name="unit"') == FOUND
    for wanted in ("第07制造", "91440101ma5abcde1m", "91440101MA5A"):
        found = browser(cast["nominator"]).post(
            reverse("cases:nominations"),
            {
                "round": str(the_round().public_id),
                "find": "1",
                "q": wanted,
                "title": "先打的名称",
                "reason": "先写的",
            },
        )
        assert found.status_code == 200 and found.content.decode().count('name="unit"') == 1
        assert "先打的名称" in found.content.decode() and "先写的" in found.content.decode()
    assert coded.name in words(found)
    nothing = page(cast["nominator"], q="<没有>")
    assert "没有名称或者代码含“<没有>”的单位" in words(nothing)


def test_the_page_costs_the_same_with_one_and_with_many(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    county = unit("江北区")
    client = browser(cast["nominator"])
    client.get(reverse("cases:nominations"))
    put_forward(cast)
    with django_assert_max_num_queries(30) as few:
        client.get(reverse("cases:nominations"))
    for number in range(FOUND):
        firm = make_organisation(f"第{number}厂", kind=OrganisationKind.ENTERPRISE, parent=county)
        case = Nomination.objects.values_list("case", flat=True)[0]
        Nomination.objects.update(declined_at=clock.now())
        if number < 5:
            assert put_forward(cast, nominee=firm, title=f"第{number}个").pk != case
    with django_assert_max_num_queries(30) as many:
        text = words(client.get(reverse("cases:nominations")))
    assert text.count("已谢绝") == 6
    assert len(many) == len(few)


def test_the_page_costs_the_same_with_one_round_and_with_five(cast: Cast) -> None:
    def cost() -> int:
        return queries_of(
            browser(cast["nominator"]), reverse("cases:nominations") + f"?round={first.public_id}"
        )

    first = the_round()
    costs = [cost()]
    for number in range(2, 6):
        other = Round.objects.create(
            programme=first.programme,
            edition=first.edition,
            authority=first.authority,
            name=f"第{number}批",
            year=first.year,
            opens_on=first.opens_on,
            status=first.status,
        )
        other.slot_values.create(name="places_each", value="3", decided_by=cast["officer"].user, reason="定")
    assert "限3个" in words(page(cast["nominator"]))
    costs.append(cost())
    assert costs == [PAGE, PAGE]


def test_lists_of_cases_cost_the_same_with_one_and_with_five(cast: Cast) -> None:
    county = unit("江北区")
    reading = {who: browser(cast[who]) for who in ("nominator", "recommender", "officer")}

    def sent(number: int) -> None:
        firm = make_organisation(f"第{number}厂", kind=OrganisationKind.ENTERPRISE, parent=county)
        its = make_actor(Role.APPLICANT, firm)
        Nomination.objects.update(declined_at=clock.now())
        case = put_forward(cast, nominee=firm, title=f"第{number}项")
        fill_declaration(case, DeclarationData(), its)
        engine.act(case.public_id, "declare.submit", actor=its, data={"statement": True})

    costs = []
    for upto in (range(1), range(1, 5)):
        for number in upto:
            sent(number)
        for client in reading.values():
            assert f"第{upto[-1]}项" in client.get(reverse("cases:list")).content.decode()
        costs.append([queries_of(client, reverse("cases:list")) for client in reading.values()])
    assert costs == [[LIST] * 3] * 2


PAGE, LIST = 12, 9
