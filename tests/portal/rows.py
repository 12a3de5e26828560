"""Rows for the rooms that only look on: a programme with its edition and round, cases, notices, plaques.

The engine is not asked: these tests are about what is shown of what lies in the tables.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from audit import clock
from audit.chain import open_chain
from cases import deadlines, door
from cases.enums import NoticeKind, NoticeStatus, StandingStatus
from cases.ids import new_public_id
from cases.models import Case, Decision, Plaque, PublicNotice, Standing
from programmes import packs
from programmes.calendar import Duration
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Edition, Programme, Round
from tests.factories.accounts import make_authority, make_organisation, make_user
from workflows.models import StageRun, WorkItem

CODE = "gy-cluster-base"
FIVE_DAYS = "5 working_day"
_numbers = itertools.count(1)
_source: dict[str, bytes] = {}


def pack_source() -> bytes:
    """The archive of the pack of the demonstration bases, read once."""
    if CODE not in _source:
        _source[CODE] = packs.archive(packs.read_directory(packs.packs_directory() / CODE))
    return _source[CODE]


def make_edition(
    authority: Organisation | None = None,
    *,
    code: str = CODE,
    number: str = "2020.1",
    status: EditionStatus = EditionStatus.PUBLISHED,
) -> Edition:
    """An edition of the pack, under the programme ``code`` of the authority; made by the first who asks."""
    authority = authority or make_authority()
    programme, _created = Programme.objects.get_or_create(
        authority=authority, code=code, defaults={"title_zh": "产业集聚示范基地", "title_en": "Cluster bases"}
    )
    edition = Edition.objects.filter(programme=programme, number=number).first()
    if edition is not None:
        return edition
    source = pack_source()
    return Edition.objects.create(
        programme=programme,
        number=number,
        status=status,
        digest=packs.digest(source),
        source=source,
        published_at=clock.now() if status == EditionStatus.PUBLISHED else None,
        published_by=make_user("李发布") if status == EditionStatus.PUBLISHED else None,
    )


def make_round(
    edition: Edition | None = None, *, name: str = "", status: RoundStatus = RoundStatus.OPEN, **fields: Any
) -> Round:
    """An open round of the edition."""
    edition = edition or make_edition()
    name = name or f"第{next(_numbers)}批次"
    existing = Round.objects.filter(programme=edition.programme, name=name).first()
    if existing is not None:
        return existing
    values = {"year": 2026, "opens_on": dt.date(2026, 1, 5), **fields}
    return Round.objects.create(
        programme=edition.programme,
        edition=edition,
        authority=edition.programme.authority,
        name=name,
        status=status,
        **values,
    )


def make_case(round: Round | None = None, *, title: str = "", **fields: Any) -> Case:
    """A case that has been sent, standing in publicity, of a county of its own."""
    round = round or make_round(name="2026年度")
    number = next(_numbers)
    public_id = new_public_id()
    applicant = fields.pop("applicant", None) or make_organisation(
        f"第{number}区", kind=OrganisationKind.COUNTY, parent=round.authority
    )
    values = {"stage": "publicize", "step": "publicity", "submitted_at": clock.now(), **fields}
    case = Case(
        public_id=public_id,
        authority=round.authority,
        programme=round.programme,
        edition=round.edition,
        round=round,
        chain=open_chain(kind="case", key=str(public_id), authority=round.authority.code),
        case_no=f"GYJJ-2026-{number:04d}",
        title=title or f"第{number}号示范基地",
        applicant=applicant,
        created_by=make_user("填报人", organisation=applicant),
        **values,
    )
    with door.opened(0):
        case.save()
    return case


def make_notice(
    case: Case | None = None,
    *,
    kind: NoticeKind = NoticeKind.PUBLICITY,
    status: NoticeStatus | None = None,
    length: str = FIVE_DAYS,
    **fields: Any,
) -> PublicNotice:
    """A notice; a publicity notice comes with its window, its run and the item that waits for its end."""
    case = case or make_case()
    publicity = kind == NoticeKind.PUBLICITY
    values: dict[str, Any] = {
        "title": f"关于{case.title}的公示",
        "body": "<p>现将拟认定名单予以公示。</p>",
        **fields,
    }
    if publicity and "deadline" not in values:
        values |= _window(case, length)
    return PublicNotice.objects.create(
        case=case,
        authority=case.authority,
        run_no=case.run_no,
        kind=kind,
        status=status or (NoticeStatus.OPEN if publicity else NoticeStatus.PUBLISHED),
        **values,
    )


def _window(case: Case, length: str) -> dict[str, Any]:
    run = make_run(case, "publicize", "publicity")
    deadline = deadlines.arm(
        case=case,
        run_key=str(run.public_id),
        duty="window",
        length=Duration.parse(length),
        start=clock.today(),
        start_rule="same_day",
        action="end_publicity",
        clause="003·附件6·第四条(五)",
    )
    make_item(
        case, "publicize", "window", Role.SUPERVISOR, run=run, deadline=deadline, due_on=deadline.due_on
    )
    WorkItem.objects.filter(run=run).update(role="system", organisation=None)
    return {"starts_on": clock.today(), "deadline": deadline}


def make_run(case: Case, procedure: str, step: str) -> StageRun:
    """A run of the main track, without its flow."""
    from workflows.flows import FLOWS

    return StageRun.objects.create(
        flow_class=FLOWS[procedure], case=case, run_no=case.run_no, procedure=procedure, step=step
    )


def make_item(case: Case, procedure: str, duty: str, role: Role, **fields: Any) -> WorkItem:
    """An open work item."""
    return WorkItem.objects.create(
        case=case, programme=case.programme, procedure=procedure, duty=duty, role=role.value, **fields
    )


def make_standing(
    case: Case | None = None,
    *,
    status: StandingStatus = StandingStatus.ACCREDITED,
    since: dt.date = dt.date(2026, 3, 2),
    tier: str = "10e8",
    plaque: bool = True,
) -> Standing:
    """What the case legally is, with the decision it rests on and (for an accreditation) its plaque."""
    case = case or make_case()
    decision = Decision.objects.create(
        case=case,
        run_no=case.run_no,
        procedure="accredit" if status == StandingStatus.ACCREDITED else "revoke",
        action="approve" if status == StandingStatus.ACCREDITED else "agree_revocation",
        role=Role.APPROVER.value,
        organisation=case.authority,
        clause="003·附件6·第四条(六)",
    )
    number = ""
    if status == StandingStatus.ACCREDITED and plaque:
        number = f"GYSJ-2026-{case.pk:03d}"
        Plaque.objects.create(
            case=case,
            authority=case.authority,
            number=number,
            title="大数据产业集聚示范基地",
            tier=tier,
            issued_on=since,
        )
    if status == StandingStatus.WITHDRAWN:
        Plaque.objects.filter(case=case, withdrawn_on=None).update(withdrawn_on=since)
    Standing.objects.filter(case=case, current=True).update(current=False, until=since)
    return Standing.objects.create(
        case=case,
        authority=case.authority,
        programme=case.programme,
        status=status,
        holder=case.applicant,
        number=number,
        tier=tier if status == StandingStatus.ACCREDITED else "",
        since=since,
        decision=decision,
        clause=decision.clause,
    )
