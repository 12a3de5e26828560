"""What a case gathers on its way, in its dossier: each reader gets what its pages show them, and nothing more."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from audit.models import ReadEntry
from cases.enums import Capacity, Part
from cases.materials import add_material
from cases.models import Appraisal, Case, Decision, IntakeEntry, Objection, ProgressReport, Rectification
from cases.relations import add_participation, add_party
from tests.factories.accounts import make_actor
from tests.factories.cases import World
from tests.factories.files import pdf
from tests.factories.played import played
from tests.workflows.pages import browser, objected, post, recommender, rectified
from tests.workflows.test_appraisal_form_pages import ACTION, CODES, FORM, ITEMS
from tests.workflows.test_dossier import dossier, folders
from tests.workflows.test_intake import PAPER
from tests.workflows.trials import APPRAISED
from tests.workflows.variants import sent_under
from workflows import engine

OBJECTIONS = "05-公示公布/异议及处理.html"
REGISTER = "08-收件与补正/收件登记簿.html"
BUILT = "10-建设进展/建设进展.html"
NAME, CONTACT, CONTENT = "某公司", "0851-12345678", "数据不实。"
DEFECT = {"target": "material:m7_license", "problem": "证照扫描件不清晰", "remedy": "重新扫描后上传"}


def everything(files: dict[str, bytes]) -> str:
    return b"\n".join(files.values()).decode(errors="ignore")


def lines_of(files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    return {line["path"]: line for line in json.loads(files["清单.json"])["files"]}


def told_of_objectors(actor: Actor) -> int:
    assert actor.user is not None
    return ReadEntry.objects.filter(actor_id=actor.user.pk, what="case.objectors").count()


def with_recommender(world: World, case: Case) -> Actor:
    """Somebody of a unit that recommended the case."""
    actor = recommender(world)
    assert actor.organisation is not None
    add_party(case=case, organisation=actor.organisation, capacity=Capacity.RECOMMENDER)
    return actor


def _expert(world: World, case: Case) -> Actor:
    """Somebody of the case's panel."""
    expert = world.experts[6]
    assert expert.user is not None
    add_participation(case=case, user=expert.user, part=Part.EXPERT)
    return expert


# -- objections ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "chief", "supervisor"])
def test_who_may_read_the_objectors_gets_them_and_that_is_logged(world: World, who: str) -> None:
    case, actor = objected(world), getattr(world, who)
    files = dossier(actor, case)
    sheet = files[OBJECTIONS].decode()
    for text in (NAME, CONTACT, CONTENT, "应予保密"):
        assert text in sheet
    assert told_of_objectors(actor) == 1
    assert "应予保密" in lines_of(files)[OBJECTIONS]["confidential"]
    assert everything({k: v for k, v in files.items() if k != OBJECTIONS}).count(CONTACT) == 0


def test_the_applicant_learns_that_there_is_one_and_no_more(world: World) -> None:
    case = objected(world)
    files = dossier(world.applicant, case)
    sheet = files[OBJECTIONS].decode()
    assert "异议人身份和异议内容依法保密" in sheet
    for secret in (NAME, CONTACT, CONTENT):
        assert secret not in everything(files)
    assert told_of_objectors(world.applicant) == 0
    assert "confidential" not in lines_of(files)[OBJECTIONS]


def test_the_approving_body_reads_the_objection_and_not_who_objects(world: World) -> None:
    case = objected(world)
    add_party(case=case, organisation=world.office, capacity=Capacity.APPROVER)
    files = dossier(world.approver, case)
    assert CONTENT in files[OBJECTIONS].decode()
    assert NAME not in everything(files)
    assert CONTACT not in everything(files)
    assert told_of_objectors(world.approver) == 0


def test_experts_and_recommending_units_get_no_objections(world: World) -> None:
    case = objected(world)
    for actor in (_expert(world, case), with_recommender(world, case)):
        files = dossier(actor, case)
        assert OBJECTIONS not in files
        for secret in (NAME, CONTACT, CONTENT):
            assert secret not in everything(files)


def test_an_answered_objection_names_the_letter_that_answered_it(world: World) -> None:
    case = objected(world)
    number = case.objections.get().number
    case = world.do(case, "publicize.dismiss_objection", objection=number, reason="经核查，数据属实。")
    answered = Objection.objects.get().decision
    assert answered is not None
    assert "答复文书" not in dossier(world.officer, case)[OBJECTIONS].decode(), "this policy sends no letter"
    Decision.objects.filter(pk=answered.pk).update(letter="<p>经核查，异议不成立。</p>")
    for actor, finding in ((world.officer, True), (world.applicant, False)):
        files = dossier(actor, case)
        sheet = files[OBJECTIONS].decode()
        assert ("核查处理" in sheet) is finding
        letters = [path for path in files if path.startswith("04-决定与文书/") and path in sheet]
        assert len(letters) == 1
        assert "经核查，异议不成立。" in files[letters[0]].decode()


# -- received and to be mended -------------------------------------------------------------------------------------------


def test_the_register_and_the_lists_of_corrections(world: World) -> None:
    case = sent_under(world, params="recommendation: true, intake: true")
    case = world.do(case, "declare.recommend", recommender(world))
    engine.command(case.public_id, "register_intake", actor=world.officer, data=PAPER)
    number = IntakeEntry.objects.get().number
    case = world.do(case, "declare.return_for_correction", defects=[DEFECT])
    for actor in (world.officer, world.supervisor, world.applicant, recommender(world)):
        files = dossier(actor, case)
        assert number in files[REGISTER].decode()
        [path] = [path for path in files if "补正清单" in path]
        assert DEFECT["problem"] in files[path].decode()
        assert "尚未提交补正后的申报材料" in files[path].decode()
        assert path in lines_of(files)
    case = world.do(case, "declare.submit", statement=True)
    files = dossier(world.officer, case)
    [path] = [path for path in files if "补正清单" in path]
    assert "未见修改" in files[path].decode()
    assert "已提交第2版申报材料" in files[path].decode()


def test_an_expert_gets_the_answered_list_and_no_register(world: World) -> None:
    case = world.submitted()
    case = world.do(case, "file.return_for_correction", defects=[DEFECT])
    world.do(case, "declare.submit", statement=True)
    files = dossier(_expert(world, case), case)
    assert REGISTER not in files
    [path] = [path for path in files if "补正清单" in path]
    assert DEFECT["problem"] in files[path].decode()
    assert folders(files) <= {
        "01-申报材料",
        "02-附件材料",
        "03-以前版本的附件",
        "06-评审",
        "07-办理记录",
        "08-收件与补正",
    }


# -- the draft -----------------------------------------------------------------------------------------------------------


def test_the_draft_is_for_its_own_people_and_says_what_it_is(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", defects=[DEFECT])
    clock.set_clock(clock.now() + dt.timedelta(minutes=5))
    upload = SimpleUploadedFile("新证照.pdf", pdf(b"% not sent yet\n"))
    add_material(case=case, item="m8_policy", upload=upload, tags=[], actor=world.applicant)
    files = dossier(world.applicant, case)
    drafts = {path for path in files if path.startswith("11-草稿/")}
    assert {"11-草稿/草稿-第2版.docx", "11-草稿/草稿-第2版.html"} < drafts
    [attached] = [path for path in drafts if path.endswith("新证照.pdf")]
    assert "草稿" in files["11-草稿/草稿-第2版.html"].decode()
    assert all(lines_of(files)[path]["draft"] is True for path in drafts)
    assert len(drafts) == 3, "files that were sent lie with the version that was sent"
    assert attached.startswith("11-草稿/")
    for actor in (world.officer, world.chief, world.supervisor):
        got = dossier(actor, case)
        assert not [path for path in got if path.startswith("11-") or "新证照" in path]
    page = browser(world.applicant).get(reverse("cases:dossier", args=[case.public_id])).content.decode()
    assert "标明“草稿”" in page
    assert (
        "标明“草稿”"
        not in browser(world.officer).get(reverse("cases:dossier", args=[case.public_id])).content.decode()
    )


# -- what was built, and appraised ---------------------------------------------------------------------------------------


def test_progress_appraisals_and_rectifications(world: World) -> None:
    case = world.building()
    case = world.do(case, "command.report_progress", period="2020年上半年", content="标准厂房封顶。")
    for actor, named in ((world.applicant, True), (world.officer, True), (world.supervisor, True)):
        sheet = dossier(actor, case)[BUILT].decode()
        assert "标准厂房封顶。" in sheet
        assert "2020年上半年" in sheet
        assert (f"，{world.applicant.user}" in sheet) is named
    for actor in (with_recommender(world, case), _expert(world, case)):
        files = dossier(actor, case)
        assert BUILT not in files
        assert "标准厂房封顶。" not in everything(files)


def test_an_appraisal_with_its_rectification(world: World) -> None:
    case = world.do(rectified(world), "appraise.accept_rectification")
    row, order = Appraisal.objects.get(), Rectification.objects.get()
    for actor in (world.applicant, world.officer, world.supervisor, world.approver):
        files = dossier(actor, case)
        [path] = [path for path in files if path.startswith("09-年度考核与整改/")]
        sheet = files[path].decode()
        assert path.startswith(f"09-年度考核与整改/{row.period}年度")
        for text in ("本年度工作情况。", "不合格", "已整改。", order.due_on.isoformat(), "验收合格日期"):
            assert text in sheet
        assert order.accepted_on is not None
        assert order.accepted_on.isoformat() in sheet
        letters = [name for name in files if name.startswith("04-决定与文书/") and name in sheet]
        assert letters
        assert path in lines_of(files)
    for actor in (with_recommender(world, case), _expert(world, case)):
        files = dossier(actor, case)
        assert "本年度工作情况。" not in everything(files)
        assert not [path for path in files if path.startswith(("09-", "10-"))]


@pytest.mark.django_db
def test_the_form_of_an_appraisal_is_a_sheet_of_its_own() -> None:
    cast = played("gd-town-industry", APPRAISED[0].partition("  - {at: 2019-12-02")[0])
    case = Case.objects.get()
    assert post(cast["county"], case, ACTION, ITEMS | FORM | CODES).status_code == 302
    for who in ("county", "officer"):
        files = dossier(cast[who], case)
        [form] = [path for path in files if path.endswith("-填报表.html")]
        assert "佛山云领互联科技有限公司" in files[form].decode()


def test_an_operator_gets_what_the_upkeep_page_shows(world: World) -> None:
    case = rectified(world)
    unit = make_actor(Role.OPERATOR, world.zone)
    add_party(case=case, organisation=world.zone, capacity=Capacity.OPERATOR)
    files = dossier(unit, case)
    assert [path for path in files if path.startswith("09-")]
    assert OBJECTIONS not in files, "there is none"


# -- how much is asked ---------------------------------------------------------------------------------------------------


def statements(actor: Actor, case: Case) -> int:
    dossier(actor, case)
    with CaptureQueriesContext(connection) as caught:
        dossier(actor, case)
    return len(caught)


def test_more_of_everything_asks_no_more_statements(world: World) -> None:
    case = world.do(rectified(world), "appraise.accept_rectification")
    user = world.applicant.user
    assert user is not None
    notice = case.notices.earliest("pk")
    _more(case, notice, user, 1)
    before = {name: statements(getattr(world, name), case) for name in ("applicant", "officer")}
    _more(case, notice, user, 3)
    after = {name: statements(getattr(world, name), case) for name in ("applicant", "officer")}
    assert after == before
    assert max(after.values()) <= 60


def _more(case: Case, notice: Any, user: Any, times: int) -> None:
    start = Objection.objects.count()
    for number in range(start, start + times):
        ProgressReport.objects.create(
            case=case, run_no=1, period=f"{number}", content="进展", reported_by=user
        )
        Objection.objects.create(
            notice=notice,
            case=case,
            number=f"YY-{number}",
            check_hash="0" * 64,
            kind="unit",
            name=NAME,
            contact=CONTACT,
            content=CONTENT,
        )
        appraisal = Appraisal.objects.create(
            case=case, run_no=1, side="appraisal", period=2030 + number, kind="composite"
        )
        Rectification.objects.create(
            appraisal=appraisal, opened_on="2030-01-01", due_on="2030-02-01", status="accepted"
        )
        now = clock.now()
        IntakeEntry.objects.create(
            case=case,
            number=f"SJ-{number}",
            kind="paper",
            copies=1,
            received_at=now,
            registered_at=now,
            registered_by=user,
        )
