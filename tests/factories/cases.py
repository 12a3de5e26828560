"""A small Guiyang with a person for every role, and cases moved by the real door."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor, actor_for
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation
from audit import clock
from cases.declarations import save_form
from cases.materials import add_material
from cases.models import Case
from programmes import packs
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Edition, Programme, Round
from programmes.schema import Pack
from programmes.specimens import specimen_declaration
from tests.factories.accounts import make_actor, make_assignment, make_authority, make_organisation, make_user
from workflows import engine
from workflows.models import WorkItem
from workflows.opening import open_case

GY_DIRECTORY = Path(__file__).resolve().parents[2] / "programmes" / "packs" / "gy-cluster-base"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
OVERRIDES: dict[str, dict[str, Any]] = {"GY_SUPP": {"mgmt_reg_place": "贵阳市"}}


@functools.lru_cache(maxsize=1)
def gy_archive() -> bytes:
    """The Guiyang pack as an edition stores it."""
    return packs.archive(packs.read_directory(GY_DIRECTORY))


@functools.lru_cache(maxsize=1)
def gy_pack() -> Pack:
    """The Guiyang pack, parsed once."""
    return packs.parse(gy_archive())


@dataclass
class World:
    """贵阳市: units, people and an open round."""

    authority: Organisation
    zone: Organisation
    bureau: Organisation
    office: Organisation
    programme: Programme
    edition: Edition
    round: Round
    applicant: Actor
    officer: Actor
    officer2: Actor
    chief: Actor
    approver: Actor
    supervisor: Actor
    other_zone: Organisation
    other_applicant: Actor
    experts: list[Actor] = field(default_factory=list)

    def declare_under(self, files: dict[str, bytes], *, number: str, name: str, **of_round: Any) -> None:
        """From now on people declare in a round of its own (``name``), under an edition of these files of that number."""
        text = files["programme.yaml"].decode().replace("edition: '2020.1'", f"edition: '{number}'", 1)
        source = packs.archive(files | {"programme.yaml": text.encode()})
        edition = Edition.objects.create(
            programme=self.programme,
            number=number,
            status=EditionStatus.PUBLISHED,
            digest=packs.digest(source),
            source=source,
        )
        old = self.round
        self.round = Round.objects.create(
            programme=old.programme,
            edition=edition,
            authority=old.authority,
            year=old.year,
            name=name,
            opens_on=old.opens_on,
            status=old.status,
            **of_round,
        )

    # -- moving a case along ---------------------------------------------------------------------------------------

    def draft(self, title: str = "白云大数据产业集聚示范基地", actor: Actor | None = None) -> Case:
        """A draft that nobody has filled in."""
        actor = actor or self.applicant
        assert actor.organisation is not None
        return open_case(round=self.round, applicant=actor.organisation, title=title, actor=actor)

    def fill(
        self, case: Case, overrides: dict[str, dict[str, Any]] | None = None, *, skip: tuple[str, ...] = ()
    ) -> Case:
        """Fill every form in and upload every file of the list (``skip``: item keys left out)."""
        merged = {
            code: {**OVERRIDES.get(code, {}), **(overrides or {}).get(code, {})}
            for code in (*OVERRIDES, *(overrides or {}))
        }
        for code, data in specimen_declaration(case.edition.pack, merged).items():
            save_form(case=case, form_code=code, raw=data, expected_version=None, actor=self.applicant)
        for form in case.edition.pack.forms.values():
            if form.kind != "materials":
                continue
            for item in form.fields:
                if item.type in ("file", "files") and item.key not in skip and not self._has(case, item.key):
                    upload = SimpleUploadedFile(f"{item.key}.pdf", PDF + item.key.encode())
                    add_material(case=case, item=item.key, upload=upload, tags=[], actor=self.applicant)
        return case

    def _has(self, case: Case, item: str) -> bool:
        return case.materials.filter(item=item, removed_at__isnull=True).exists()

    def do(self, case: Case, action: str, actor: Actor | None = None, **data: Any) -> Case:
        """Act on the case as whoever's turn it is, and return it re-read."""
        engine.act(case.public_id, action, actor=actor or self.actor_for(action), data=data)
        return self.reread(case)

    def reread(self, case: Case) -> Case:
        """The case as it is stored now."""
        return Case.objects.select_related(
            "programme", "edition", "round", "applicant", "authority", "chain"
        ).get(pk=case.pk)

    def actor_for(self, action: str) -> Actor:
        """Who does this action in Guiyang."""
        from cases.policy import roles_for

        roles = roles_for(action)
        for role, actor in (
            (Role.OFFICER, self.officer),
            (Role.APPLICANT, self.applicant),
            (Role.APPROVER, self.approver),
            (Role.SUPERVISOR, self.supervisor),
        ):
            if role in roles:
                return actor
        raise LookupError(action)

    def submitted(self, title: str = "白云大数据产业集聚示范基地", **overrides: Any) -> Case:
        """A case that waits for the filing examination."""
        return self.do(self.fill(self.draft(title), overrides), "declare.submit", statement=True)

    def filed(self, **kw: Any) -> Case:
        """Filed and notified; the applicant may begin to build."""
        case = self.do(self.submitted(**kw), "file.file")
        return self.do(case, "file.notify_filing")

    def building(self, **kw: Any) -> Case:
        """Under construction."""
        return self.do(self.filed(**kw), "file.begin_construction")

    def in_review(self, **kw: Any) -> Case:
        """Waiting for the panel to be formed."""
        case = self.do(self.building(**kw), "build.request_review", summary="已按方案完成建设。")
        return self.do(case, "review.pass_initial")

    def with_panel(self, **kw: Any) -> Case:
        """Five experts have seats."""
        return self.do(
            self.in_review(**kw),
            "review.assign_experts",
            experts=[str(e.user.public_id) for e in self.experts[:5] if e.user],
        )

    def sheet(self, share: float = 0.9) -> dict[str, Any]:
        """A full score sheet; ``share`` of the maximum for each line, rounded to the rubric's step."""
        rubric = self.edition.pack.rubrics["review"]
        points = {
            i.key: str((i.maximum * int(share * 10) / 10 // rubric.step) * rubric.step)
            for i in rubric.indicators
        }
        return {"points": points, "answers": {q.key: True for q in rubric.questions}}

    def score(self, case: Case, expert: Actor, share: float = 0.9) -> Case:
        """One expert's sheet."""
        return self.do(case, "review.submit_score", expert, sheet=self.sheet(share), comment="建设成效明显。")

    def scored(self, share: float = 0.9, **kw: Any) -> Case:
        """All five sheets are in."""
        case = self.with_panel(**kw)
        for expert in self.experts[:5]:
            case = self.score(case, expert, share)
        return case

    def selected(self, **kw: Any) -> Case:
        """On the list; the notice is to be published."""
        return self.do(self.scored(**kw), "review.select")

    def publicized(self, **kw: Any) -> Case:
        """In its publicity window."""
        return self.do(self.selected(**kw), "publicize.publish_notice")

    def let_time_pass(self, until: dt.datetime | dt.date) -> None:
        """Move the clock and fire what has fallen due."""
        from workflows.dispatcher import run_once

        moment = until if isinstance(until, dt.datetime) else clock.start_of(until)
        clock.set_clock(moment)
        while run_once():
            continue

    def in_approval(self, **kw: Any) -> Case:
        """Publicity is over; to be reported for approval."""
        case = self.publicized(**kw)
        notice = case.notices.select_related("deadline").get()
        assert notice.deadline and notice.deadline.due_at
        self.let_time_pass(notice.deadline.due_at)
        return self.reread(case)

    def accredited(self, **kw: Any) -> Case:
        """Approved, plaque issued, in force."""
        case = self.do(self.in_approval(**kw), "accredit.report_for_approval")
        return self.do(self.do(case, "accredit.approve"), "accredit.issue_plaque")

    def items(self, case: Case) -> list[str]:
        """Duties that the case waits for."""
        return list(
            WorkItem.objects.filter(case=case, status="open").order_by("id").values_list("duty", flat=True)
        )


def make_world() -> World:
    """Build Guiyang: published edition of the real pack, an open round of 2020, people for every role."""
    authority = make_authority("贵阳市", code="guiyang")
    bureau = make_organisation("市大数据局", kind=OrganisationKind.DEPARTMENT, parent=authority)
    office = make_organisation(
        "市大数据发展工作领导小组办公室", kind=OrganisationKind.LEADING_GROUP_OFFICE, parent=authority
    )
    zone = make_organisation("贵阳国家高新技术产业开发区", kind=OrganisationKind.ZONE, parent=authority)
    other_zone = make_organisation("贵阳经济技术开发区", kind=OrganisationKind.ZONE, parent=authority)
    source = gy_archive()
    pack = gy_pack()
    programme = Programme.objects.create(
        authority=authority,
        code=pack.programme.id,
        title_zh=pack.programme.title.zh,
        title_en=pack.programme.title.en,
    )
    edition = Edition.objects.create(
        programme=programme,
        number=pack.programme.edition,
        status=EditionStatus.PUBLISHED,
        digest=packs.digest(source),
        source=source,
        published_at=clock.now(),
    )
    round_ = Round.objects.create(
        programme=programme,
        edition=edition,
        authority=authority,
        year=2020,
        name="2020年度产业集聚示范基地申报",
        opens_on=dt.date(2020, 3, 2),
        status=RoundStatus.OPEN,
    )
    university = make_organisation("贵州大学", kind=OrganisationKind.INSTITUTION, parent=authority)
    experts = [
        actor_for(
            make_assignment(Role.EXPERT, university, user=make_user(f"专家{number}", organisation=university))
        )
        for number in range(1, 8)
    ]
    return World(
        authority=authority,
        zone=zone,
        bureau=bureau,
        office=office,
        programme=programme,
        edition=edition,
        round=round_,
        applicant=make_actor(Role.APPLICANT, zone),
        officer=make_actor(Role.OFFICER, bureau),
        officer2=make_actor(Role.OFFICER, bureau),
        chief=make_actor(Role.CHIEF, bureau),
        approver=make_actor(Role.APPROVER, office),
        supervisor=make_actor(Role.SUPERVISOR, authority),
        other_zone=other_zone,
        other_applicant=make_actor(Role.APPLICANT, other_zone),
        experts=experts,
    )
