"""What the page tests share: browsers signed in as an actor, and a state of the world for every action there is."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Role
from audit.models import Entry
from cases.models import Case
from programmes import packs
from tests.factories.accounts import make_actor, make_organisation
from tests.factories.cases import GY_DIRECTORY, World
from workflows.models import WorkItem
from workflows.objections import lodge_objection

Data = dict[str, Any]


def browser(actor: Actor) -> Client:
    """A browser of this person, who holds one role."""
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


def open_item(case: Case, duty: str, actor: Actor | None = None) -> WorkItem:
    """The open item of this duty; of this expert."""
    items = WorkItem.objects.filter(case=case, duty=duty, status="open")
    return items.filter(assignee=actor.user).get() if actor is not None else items.order_by("id")[0]


def page_of(case: Case, action: str) -> str:
    """Where the action is done."""
    return reverse("workflows:act", args=[case.public_id, action])


def post(actor: Actor, case: Case, action: str, data: Data, key: str | None = None) -> HttpResponse:
    """Send the form of an action."""
    sent = {"idempotency_key": uuid.uuid4().hex if key is None else key} | data
    return browser(actor).post(page_of(case, action), sent)


def entries(case: Case, action: str) -> int:
    """How often the record of the case says this."""
    return Entry.objects.filter(chain=case.chain, action=action).count()


def text_of(response: HttpResponse) -> str:
    """The page as text."""
    return response.content.decode()


def read(client: Client, address: str) -> str:
    """The page at an address, as text; it is there."""
    response = client.get(address)
    assert response.status_code == 200, response
    return response.content.decode()


# -- cost -------------------------------------------------------------------------------------------------------

FRAME = 4
"""Session, person, roles held, unread messages."""


def queries_of(client: Client, address: str) -> int:
    """Statements that a page costs once everything that is kept is warm."""
    client.get(address)  # what is kept for good (packs, calendars, templates) is not counted
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def multiply(item: WorkItem, times: int) -> None:
    """More open items like this one, each with a time limit of its own."""
    deadline = item.deadline
    for _copy in range(times):
        if deadline is not None:
            deadline.pk, deadline.public_id = None, uuid.uuid4()
            deadline.save(force_insert=True)
        item.pk, item.public_id, item.deadline = None, uuid.uuid4(), deadline
        item.save(force_insert=True)


# -- states -------------------------------------------------------------------------------------------------------


def sheet_data(world: World, share: float = 0.9) -> Data:
    """A full score sheet as a browser sends it."""
    sheet = world.sheet(share)
    points = {f"points.{key}": value for key, value in sheet["points"].items()}
    return points | {f"answers.{key}": "yes" for key in sheet["answers"]} | {"comment": "建设成效明显。"}


def full_intake(world: World) -> Case:
    """A filled draft of an edition that wants a recommendation and an intake check."""
    files = packs.read_directory(GY_DIRECTORY)
    text = files["programme.yaml"].decode()
    text = text.replace(
        "      next: {submitted: filing}\n",
        "      params: {recommendation: true, intake: true}\n"
        "      next: {submitted: filing, not_recommended: {close: not_selected}, declined: {close: declined}}\n",
        1,
    )
    text = text.replace(
        "  approver:\n    title: {zh: 市大数据发展",
        f"{RECOMMENDER}  approver:\n    title: {{zh: 市大数据发展",
        1,
    )
    world.declare_under(files | {"programme.yaml": text.encode()}, number="2020.2", name="推荐批次")
    recommender(world)  # the unit is there before anything is sent
    return world.fill(world.draft())


RECOMMENDER = (
    "  recommender:\n    title: {zh: 推荐单位, en: Recommending unit}\n    clause: 003·附件6·第二条\n"
)


def waivable(world: World) -> Case:
    """Selected under an edition that lets publicity be waived."""
    files = packs.read_directory(GY_DIRECTORY)
    text = files["programme.yaml"].decode()
    text = text.replace(
        "      params: {length: publicity_length, start: same_day}\n",
        "      params: {length: publicity_length, start: same_day, waivable: true}\n",
        1,
    )
    text = text.replace(
        "      next: {cleared: approval, upheld:",
        "      next: {cleared: approval, waived: approval, upheld:",
        1,
    )
    world.declare_under(files | {"programme.yaml": text.encode()}, number="2020.3", name="可免公示批次")
    return world.selected()


def recommender(world: World) -> Actor:
    """Somebody of the recommending unit; the same one each time."""
    known = world.__dict__.get("recommender")
    if known is None:
        unit = make_organisation("市发展改革委", kind=OrganisationKind.DEPARTMENT, parent=world.authority)
        known = world.__dict__["recommender"] = make_actor(Role.RECOMMENDER, unit)
    actor: Actor = known
    return actor


def sent_for_recommendation(world: World) -> Case:
    return world.do(full_intake(world), "declare.submit", statement=True)


def sent_for_intake(world: World) -> Case:
    return world.do(sent_for_recommendation(world), "declare.recommend", recommender(world))


def examined(world: World) -> Case:
    return world.do(world.submitted(), "file.file")


def asked_for_review(world: World) -> Case:
    return world.do(world.building(), "build.request_review", summary="已按方案完成建设。")


def one_recused(world: World) -> Case:
    return world.do(world.with_panel(), "review.recuse", world.experts[0], reason="与申报单位有合作。")


def objected(world: World) -> Case:
    case = world.publicized()
    lodge_objection(
        notice=case.notices.get(), kind="unit", name="某公司", contact="0851-12345678", content="数据不实。"
    )
    return world.reread(case)


def reported(world: World) -> Case:
    return world.do(world.in_approval(), "accredit.report_for_approval", opinion="公示无异议，提请审批。")


def approved(world: World) -> Case:
    return world.do(reported(world), "accredit.approve")


def appraising(world: World) -> Case:
    return world.do(world.accredited(), "command.start_appraisal", period=2020, kind="composite")


def items_of_appraisal(world: World) -> list[str]:
    return list(world.edition.pack.programme.side["appraisal"].items["composite"])


def appraisal_sent(world: World) -> Case:
    items = dict.fromkeys(items_of_appraisal(world), "本年度工作情况。")
    return world.do(appraising(world), "appraise.submit_appraisal", items=items)


def appraisal_checked(world: World) -> Case:
    return world.do(appraisal_sent(world), "appraise.check_appraisal", methods=["doc_check"])


def rectifying(world: World) -> Case:
    return world.do(appraisal_checked(world), "appraise.conclude_unqualified", reason="未达到要求。")


def rectified(world: World) -> Case:
    return world.do(rectifying(world), "appraise.submit_rectification", report="已整改。")


def failed(world: World) -> Case:
    return world.do(rectified(world), "appraise.fail_rectification", reason="整改不到位。")


def revoking(world: World) -> Case:
    return world.do(failed(world), "command.propose_revocation", reason="整改验收不合格。")


def suspected(world: World) -> Case:
    case = world.scored()
    expert = world.experts[0].user
    assert expert is not None
    return world.do(
        case, "command.report_misconduct", expert=[str(expert.public_id)], reason="与申报单位有往来。"
    )
