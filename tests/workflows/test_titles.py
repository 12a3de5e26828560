"""Titles while they are held: numbers under lock, renewal, another holder, absences, gates, votes, bans over programmes."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.models import RoleAssignment
from audit import clock
from audit.models import Entry
from cases.enums import AppraisalStatus, Capacity, DeadlineStatus, StandingStatus
from cases.errors import NotAllowed
from cases.facts import CaseFacts
from cases.models import Case, Counter, Plaque, Standing
from cases.relations import relations_of
from portal.certificates import Validity, certificate
from programmes import packs
from programmes.editions import load_pack
from programmes.models import Programme
from tests.workflows.pages import browser, page_of, read
from workflows import engine
from workflows.explain import offers_for
from workflows.items import items_for, open_items_of
from workflows.models import WorkItem
from workflows.rehearsal import play
from workflows.rehearsal.reading import read_repertoire, read_script

PACKS = Path(__file__).parents[1] / "programmes" / "packs"
pytestmark = pytest.mark.django_db


def played(pack: str, steps: str) -> dict[str, Actor]:
    """Play the body of a scenario of a fictional pack; every expectation in it holds."""
    repertoire = read_repertoire(packs.read_directory(PACKS / pack), common="common.yaml")
    head = "id: T1\ntitle: {zh: 试验}\n"
    report = play(read_script(head + steps, file="T1.yaml", repertoire=repertoire))
    assert report.ok, report.failed
    rows = RoleAssignment.objects.select_related("user", "organisation", "authority")
    return {row.user.username: actor_for(row) for row in rows}


def test_the_old_certificate_says_that_it_was_replaced_and_the_new_one_names_the_new_holder(
    client: Client,
) -> None:
    played(
        "zj-specialised",
        "steps:\n- {play: held}\n"
        "- {at: 2024-05-06, who: officer, do: transfer_holder,"
        " with: {holder: 精铸智造有限公司, reason: 公司分立。}}\n",
    )
    old, new = Plaque.objects.order_by("pk")
    assert (
        certificate(old).validity is Validity.REPLACED and certificate(old).holder.name == "精铸科技有限公司"
    )
    assert certificate(new).valid and certificate(new).holder.name == "精铸智造有限公司"
    assert certificate(new).approver == "市工业和信息化局局长办公会"
    page = client.get(reverse("portal:certificate", args=[old.public_id])).content.decode()
    assert '<h1 id="verdict">已换发</h1>' in page and "换发（等级或者持有单位变更）" in page
    now = Standing.objects.get(current=True)
    page = client.get(reverse("portal:entry", args=[now.public_id])).content.decode()
    assert "精铸智造有限公司" in page and "2024-05-06 换发" in page and "取消授牌" not in page
    assert "有效期至 2027-12-31" in page
    case = Case.objects.get()
    held = case.parties.filter(until__isnull=True, capacity=Capacity.TRANSFEREE)
    assert [party.organisation.name for party in held] == ["精铸智造有限公司"]
    assert case.parties.get(capacity=Capacity.APPLICANT).until == dt.date(2024, 5, 6)


def test_the_register_names_the_measure_that_follows(client: Client) -> None:
    played("zj-specialised", "steps:\n- {play: held}\n")
    case = Case.objects.get()
    now = Standing.objects.get(current=True)
    Programme.objects.create(
        authority=case.authority, code="zj-leading", title_zh="领军企业认定", title_en="Leading firms"
    )
    page = client.get(reverse("portal:entry", args=[now.public_id])).content.decode()
    assert "后续事项为“领军企业认定”" in page
    page = client.get(reverse("portal:programme", args=[case.programme.public_id])).content.decode()
    assert "本办法有效期至 2027-12-31" in page


def test_each_gate_shows_its_buttons_to_its_own_body_only() -> None:
    cast = played(
        "zj-teams",
        "steps:\n- {play: shown}\n- {at: 2022-03-11, do: waive_publicity, with: {reason: 成果涉密。}}\n"
        "- {at: 2022-03-22, who: head, do: approve, expect: {step: talent}}\n",
    )
    case = Case.objects.get()
    waiting = list(open_items_of(case))
    for person, offered in (("head", False), ("talents", True)):
        actor = cast[person]
        names = {offer.name for offer in offers_for(case, actor, waiting, relations_of(actor, case))}
        assert ("accredit.approve" in names) is offered
        assert items_for(actor).filter(case=case).exists() is offered
        page = browser(actor).get(page_of(case, "accredit.approve"))
        assert page.status_code == (200 if offered else 403)


def test_a_number_that_nobody_has_decided_is_no_number() -> None:
    cast = played(
        "zj-specialised", "round: {year: 2023, opens_on: 2023-03-01}\nsteps:\n- {play: approving}\n"
    )
    case = Case.objects.get()
    with pytest.raises(NotAllowed) as refused:
        engine.act(case.public_id, "accredit.approve", actor=cast["approver"])
    assert refused.value.code == "places_undecided"
    assert not Standing.objects.exists()


def test_places_wait_for_the_counter_of_their_year() -> None:
    played("zj-specialised", "steps:\n- {play: held}\n")
    assert [key.rsplit(":", 1)[1] for key in keys("places:")] == ["2023"]


def keys(prefix: str) -> list[str]:
    rows = Counter.objects.filter(key__startswith=prefix).order_by("key")
    return list(rows.values_list("key", flat=True))


WITHDRAWN = """
steps:
- {play: held}
- {at: 2024-06-03, who: officer, do: propose_revocation, with: {reason: 提供虚假材料。}}
- {at: 2024-06-10, who: approver, do: agree_revocation, with: {reason: 同意取消。}}
- {at: 2024-07-01, who: officer, do: open_round, with: {year: 2024, opens_on: 2024-07-01}, as: again}
- {at: 2024-07-02, who: applicant, do: open_case, with: {round: again, title: 再次申报}, as: new}
"""


@pytest.mark.parametrize(("family", "since"), [("zj_titles", dt.date(2024, 6, 10)), ("others", None)])
def test_a_ban_holds_over_the_programmes_of_a_family(family: str, since: dt.date | None) -> None:
    """The title that was withdrawn was one of another programme: only the family ties them together."""
    played("zj-specialised", WITHDRAWN)
    other = sister(family)
    Standing.objects.filter(status=StandingStatus.WITHDRAWN).update(programme=other)
    case = Case.objects.get(title="再次申报")
    facts = CaseFacts(case)
    assert facts["applicant.withdrawn_on"] is None
    assert facts["applicant.family_withdrawn_on"] == since
    assert facts["applicant.accredited_before"] is True


def sister(family: str) -> Programme:
    files = dict(packs.read_directory(PACKS / "zj-teams"))
    text = files["programme.yaml"].decode().replace("family: zj_titles", f"family: {family}")
    authority = Case.objects.order_by("pk")[0].authority
    archive = packs.archive({**files, "programme.yaml": text.encode()})
    edition = load_pack(archive=archive, authority=authority, actor=Actor.system_actor())
    return edition.programme


def test_a_renewal_begins_where_the_old_term_ends_and_warns_before_it() -> None:
    played(
        "zj-specialised",
        "steps:\n- {play: held}\n- {at: 2026-02-11, who: applicant, do: request_renewal}\n"
        "- {at: 2026-03-02, who: approver, do: approve}\n",
    )
    case = Case.objects.get()
    running = case.deadlines.get(duty="end_term", status=DeadlineStatus.RUNNING)
    assert (running.due_on, running.warn_on) == (dt.date(2029, 5, 10), dt.date(2029, 2, 9))
    entry = Entry.objects.filter(chain=case.chain_id, action="accredit.approve").order_by("-seq").first()
    assert entry is not None and entry.content["data"]["term_until"] == "2029-05-10"
    now = Standing.objects.get(current=True)
    assert (now.since, now.tier, now.number) == (dt.date(2023, 5, 10), "growing", "ZJ-2023-001")


def test_what_is_known_before_a_decision_names_report_numbers_and_term() -> None:
    cast = played("zj-specialised", "steps:\n- {play: approving}\n")
    case = Case.objects.get()
    client = browser(cast["approver"])
    page = read(client, page_of(case, "accredit.approve"))
    assert "监督报告" in page and "评审公正" in page and "评审程序合规" in page
    assert "本年度认定数量" in page and "可认定1个，已认定0个" in page


ABSENT = (
    "round: {year: 2023, opens_on: 2023-03-01, slots: {growing_places: 2, evaluation_every: 1 year}}\n"
    "steps:\n- {play: held}\n- {wait_until: 2024-06-27}\n"
)


def test_absences_from_another_side_procedure_are_not_counted() -> None:
    cast = played("zj-specialised", ABSENT)
    case = Case.objects.get()
    missed = case.appraisals.create(
        run_no=1, side="annual", period=2023, kind="annual", status=AppraisalStatus.ABSENT
    )
    case.appraisals.filter(pk=missed.pk).update(concluded_at=clock.now(), result="absent")
    assert CaseFacts(case)["appraisal.absences"] == 0
    engine.act(case.public_id, "command.record_absence", actor=cast["officer"], data={"reason": "未报送。"})
    assert case.appraisals.get(side="evaluation").result == "absent", "the first of two, not the second"
    assert CaseFacts(case)["appraisal.absences"] == 1


def test_nobody_is_absent_where_nothing_says_until_when_to_report() -> None:
    cast = played("zj-specialised", ABSENT)
    case = Case.objects.get()
    WorkItem.objects.filter(case=case, duty="report_data").update(due_on=None)
    with pytest.raises(NotAllowed) as refused:
        engine.act(
            case.public_id, "command.record_absence", actor=cast["officer"], data={"reason": "未报送。"}
        )
    assert refused.value.code == "not_absent"


def test_a_vote_is_a_yes_or_a_no() -> None:
    cast = played("zj-teams", "steps:\n- {play: seated}\n")
    case = Case.objects.get()
    item = items_for(cast["expert1"]).get(case=case)
    address = reverse("workflows:score", args=[item.public_id])
    client = browser(cast["expert1"])
    page = read(client, address)
    assert 'type="radio" id="id_points.agree" name="points.agree" value="1"' in page
    assert "不赞成" in page and "提交表决票" in page and "满分" not in page
    sent = {"points.agree": "0", "duty": "score", "idempotency_key": str(uuid.uuid4())}
    assert client.post(address, sent).status_code in (200, 302, 303)
    sheet = case.score_sheets.get()
    assert (sheet.total, sheet.points) == (0, {"agree": "0"})


def test_an_upheld_late_objection_is_told_where_it_leads() -> None:
    cast = played(
        "zj-specialised",
        "steps:\n- {play: approving}\n"
        "- {at: 2023-04-10, who: officer, do: register_objection, with: {kind: unit, name: 某公司,"
        " contact: 0571-00000000, content: 专利权属有争议。, channel: post,"
        " received_on: 2023-04-10, postmarked_on: 2023-03-30}}\n",
    )
    case = Case.objects.get()
    page = read(browser(cast["officer"]), page_of(case, "publicize.uphold_objection"))
    assert "进入“评审”环节" in page and "专利权属有争议" in page
    refused = browser(cast["approver"]).get(page_of(case, "accredit.approve"))
    assert refused.status_code == 403
    assert "尚有异议未处理完毕，不能作出审批决定" in refused.content.decode()


def test_the_second_round_shows_the_first() -> None:
    cast = played(
        "zj-teams",
        "steps:\n- {play: three_of_five}\n- {at: 2022-03-10, do: call_second_vote}\n"
        "- {at: 2022-03-11, who: panel, do: submit_score, with: {sheet: 100%}}\n",
    )
    case = Case.objects.get()
    page = read(browser(cast["officer"]), page_of(case, "review.select"))
    assert "上一轮表决" in page and "5份评分表的赞成票为3票" in page and "赞成须达2/3" in page
    assert "5份评分表的赞成票为5票" in page
