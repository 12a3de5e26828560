"""The PDF of a declaration on its way: asked for, made once by a worker, kept, handed to whoever may read it."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from accounts.actors import Actor
from audit import clock
from audit.models import ReadEntry
from cases.declaration_pdfs import IN_HAND, ask, keep
from cases.declarations import save_form
from cases.models import Case, DeclarationPdf, Signature
from cases.signatures import content_of
from tests.factories.cases import World
from tests.workflows.pages import browser
from tests.workflows.test_documents import address, status
from tests.workflows.test_dossier import dossier
from workflows.documents import printing
from workflows.documents.pdf import PdfFailed, page_digest
from workflows.documents.printing import QUEUE_PDF, make, print_asked, print_sent

MISSING = "服务器未安装 PDF 组件"


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A press that is quick: its files say what page they were made of. The list of pages that it has set."""
    pressed: list[str] = []

    def quickly(html: str) -> bytes:
        pressed.append(html)
        return b"%PDF-1.7 " + page_digest(html).encode()

    monkeypatch.setattr(printing, "pdf_of_page", quickly)
    _able(monkeypatch, True)
    return pressed


def _able(monkeypatch: pytest.MonkeyPatch, able: bool) -> None:
    for place in ("documents.printing", "views.documents", "templatetags.papers"):
        monkeypatch.setattr(f"workflows.{place}.can_print", lambda: able)


def queued() -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(queue_name=QUEUE_PDF).order_by("enqueued_at"))


def work() -> int:
    """What the worker does with its queue; how many tasks there were."""
    done = queued()
    for task in done:
        func = print_sent.func if task.task_path.endswith("print_sent") else print_asked.func
        func(*task.args_kwargs["args"])
        task.delete()
    return len(done)


def read(answer: Any) -> Any:
    """The answer with its file read (``body``) and closed."""
    if answer.streaming:
        answer.body = b"".join(answer.streaming_content)
        for close in answer._resource_closers:  # answer.close() would end the test's connection, too
            close()
    return answer


def get(actor: Actor, case: Case, **asked: str) -> Any:
    return read(browser(actor).get(address(case, "pdf", **asked)))


def taken(actor: Actor, case: Case, **asked: str) -> bytes:
    """The file, handed over for saving."""
    answer = get(actor, case, **asked)
    assert answer.status_code == 200
    content: bytes = answer.body
    return content


def text_of(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


# -- what was sent -----------------------------------------------------------------------------------------------------


def test_sending_lets_the_worker_make_the_file_once(world: World, press: list[str]) -> None:
    case = world.submitted()
    version = case.declarations.get()
    assert [task.args_kwargs["args"] for task in queued()] == [[version.pk]]
    assert not version.pdfs.exists(), "the sending itself waits for nothing"
    work()
    row = version.pdfs.get()
    content = taken(world.officer, case)
    assert content.startswith(b"%PDF-")
    assert (row.sha256, row.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert row.source == version.digest
    print_sent.func(version.pk)
    clock.set_clock(clock.now() + dt.timedelta(days=3))
    assert taken(world.supervisor, case) == content
    assert len(press) == 1
    assert version.pdfs.get().file.name == row.file.name


@pytest.mark.pdf
def test_the_worker_makes_a_real_one(world: World) -> None:
    case = world.submitted()
    work()
    content = taken(world.officer, case)
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    row = case.declarations.get().pdfs.get()
    default_storage.delete(row.file.name)
    assert get(world.officer, case).status_code == 202
    work()
    assert taken(world.officer, case) == content, "the same version gives the same bytes"


def test_it_is_handed_over_harmlessly_and_that_is_written_down(world: World, press: list[str]) -> None:
    case = world.submitted()
    work()
    answer = get(world.officer, case)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert int(answer["Content-Length"]) == len(answer.body)
    assert ReadEntry.objects.filter(
        key=str(case.public_id), actor_id=world.officer.user.pk, what="case.pdf"
    ).exists()


def test_what_is_not_there_yet_is_asked_for_once_and_the_page_says_so(world: World, press: list[str]) -> None:
    case = world.submitted()
    DBTaskResult.objects.filter(queue_name=QUEUE_PDF).delete()
    first = get(world.officer, case)
    assert first.status_code == 202
    page = text_of(first)
    assert "正在生成 PDF" in page
    assert address(case, "print", v="1") in page
    assert [get(world.supervisor, case).status_code for _ in range(3)] == [202] * 3
    assert len(queued()) == 1
    poll = re.search(r'hx-get="([^"]+)"', page)
    assert poll is not None
    asked = poll.group(1).replace("&amp;", "&")
    assert asked.endswith("?v=1&ask=1")
    waiting = browser(world.officer).get(asked, headers={"HX-Request": "true"})
    assert (waiting.status_code, "hx-get" in text_of(waiting), "<html" in text_of(waiting)) == (
        200,
        True,
        False,
    )
    assert len(queued()) == 1
    work()
    ready = text_of(browser(world.officer).get(asked, headers={"HX-Request": "true"}))
    assert "PDF 已生成" in ready
    assert "hx-get" not in ready
    assert case.declarations.get().pdfs.get().sha256 in ready
    assert read(browser(world.officer).get(asked))["Content-Type"] == "application/pdf"


def test_a_single_form_is_asked_for_alone(world: World, press: list[str]) -> None:
    case = world.submitted()
    work()
    assert get(world.officer, case, form="GY_OVERALL").status_code == 202
    work()
    answer = get(world.officer, case, form="GY_OVERALL")
    assert answer["Content-Type"] == "application/pdf"
    assert 'id="form-GY_OVERALL"' in press[-1]
    assert 'id="form-GY_PLAN"' not in press[-1]
    assert get(world.officer, case, form="GY_SECRET").status_code == 404
    assert DeclarationPdf.objects.count() == 2


def test_a_request_that_nobody_answered_is_made_again(world: World, press: list[str]) -> None:
    case = world.submitted()
    work()
    get(world.officer, case, form="GY_OVERALL")
    clock.set_clock(clock.now() + IN_HAND)
    get(world.officer, case, form="GY_OVERALL", ask="1")
    assert len(queued()) == 2
    work()
    assert len(press) == 2, "the first makes it, the second finds it made"


def test_a_failure_is_told_and_can_be_tried_again(
    world: World, press: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(html: str) -> bytes:
        raise PdfFailed("exit status 1")

    case = world.submitted()
    with monkeypatch.context() as patch:
        patch.setattr(printing, "pdf_of_page", broken)
        work()
        get(world.officer, case)
        work()
        page = get(world.officer, case, v="1", ask="2")
        assert page.status_code == 200
        assert "PDF 未能生成" in text_of(page)
        assert queued() == [], "looking asks for nothing"
    again = get(world.officer, case, v="1")
    assert (again.status_code, len(queued())) == (202, 1)
    work()
    assert taken(world.officer, case).startswith(b"%PDF-")


@pytest.mark.parametrize("number", ["0", "7", "-1", "x", "9" * 40, "１"])
def test_a_made_up_number_gets_nothing_special(world: World, press: list[str], number: str) -> None:
    case = world.submitted()
    assert get(world.officer, case, ask=number).status_code == 202
    work()
    assert get(world.officer, case, ask=number)["Content-Type"] == "application/pdf"


def test_a_file_that_the_storage_has_lost_is_made_anew(world: World, press: list[str]) -> None:
    case = world.submitted()
    work()
    first = taken(world.officer, case)
    default_storage.delete(case.declarations.get().pdfs.get().file.name)
    assert get(world.officer, case).status_code == 202
    work()
    assert taken(world.officer, case) == first


# -- who gets which ----------------------------------------------------------------------------------------------------


def test_it_is_for_whoever_may_read_the_declaration(world: World, press: list[str]) -> None:
    case = world.submitted()
    work()
    assert get(world.other_applicant, case).status_code == 404
    assert get(world.experts[6], case).status_code == 404
    assert get(world.applicant, case).status_code == 200


def test_names_of_signers_are_in_the_file_of_those_who_may_read_them(world: World, press: list[str]) -> None:
    case = world.with_panel()
    version = case.declarations.order_by("-version_no")[0]
    Signature.objects.create(
        case=case,
        declaration=version,
        gate="declare.submit",
        key="applicant_seal",
        label="(盖章) 申报单位",
        way="signer",
        content=content_of(version),
        statement="属实。",
        statement_digest="0" * 64,
        organisation=case.applicant,
        signer=world.applicant.user,
        second_factor="totp",
    )
    work()
    assert version.pdfs.count() == 2
    named = f"签章人{world.applicant.user.name}"
    by_page = {page_digest(html): named in html for html in press}

    def names(content: bytes) -> bool:
        return by_page[content.removeprefix(b"%PDF-1.7 ").decode()]

    assert names(taken(world.officer, case))
    assert not names(taken(world.experts[0], case))
    for actor, expected in ((world.officer, True), (world.experts[0], False)):
        assert names(dossier(actor, case)["01-申报材料/申报材料-第2版.pdf"]) is expected


def test_the_dossier_holds_it_where_it_is_made(world: World, press: list[str]) -> None:
    case = world.submitted()
    path = "01-申报材料/申报材料-第1版.pdf"
    assert path not in dossier(world.officer, case)
    work()
    files = dossier(world.officer, case)
    assert files[path] == taken(world.officer, case)
    assert path in files["SHA256SUMS.txt"].decode()


@pytest.mark.parametrize("name", ["detail", "declared", "receipt", "print"])
def test_it_is_offered_where_the_paper_is(world: World, press: list[str], name: str) -> None:
    case = world.submitted()
    assert address(case, "pdf") in text_of(browser(world.applicant).get(address(case, name)))


# -- drafts ------------------------------------------------------------------------------------------------------------


def _ready_of_draft(world: World, case: Case) -> bytes:
    """Ask, let the worker work, take what answers the request."""
    page = get(world.applicant, case)
    assert page.status_code == 202
    number = re.search(r"ask=(\d+)", text_of(page))
    assert number is not None
    work()
    return taken(world.applicant, case, v="1", ask=number.group(1))


def test_a_draft_is_made_for_its_applicant_and_anew_when_it_has_changed(
    world: World, press: list[str]
) -> None:
    case = world.fill(world.draft())
    for actor in (world.officer, world.supervisor, world.other_applicant):
        assert get(actor, case).status_code == 404
    first = _ready_of_draft(world, case)
    assert "草稿 · 未提交" in press[0]
    assert taken(world.applicant, case) == first, "unchanged: nothing is made"
    _change(world, case)
    second = _ready_of_draft(world, case)
    assert second != first
    assert len(press) == 2
    assert DeclarationPdf.objects.count() == 1


def _change(world: World, case: Case) -> None:
    form = case.declarations.get().forms.get(form_code="GY_OVERALL")
    save_form(
        case=case,
        form_code="GY_OVERALL",
        raw=form.data | {"profit_2021": "-7.25"},
        expected_version=None,
        actor=world.applicant,
    )


def test_what_was_asked_of_a_draft_is_given_though_somebody_types_on(world: World, press: list[str]) -> None:
    case = world.fill(world.draft())
    get(world.applicant, case)
    work()
    _change(world, case)
    assert get(world.applicant, case, v="1", ask="1")["Content-Type"] == "application/pdf"
    assert get(world.applicant, case, v="1").status_code == 202


def test_a_new_request_never_gets_what_was_asked_for_before_a_correction(
    world: World, press: list[str]
) -> None:
    case = world.fill(world.draft())
    get(world.applicant, case)  # asked for; the worker has not come to it
    _change(world, case)
    get(world.applicant, case)
    work()
    taken(world.applicant, case, v="1", ask="2")
    assert len(press) == 1
    assert "-7.25" in press[-1]


def test_who_waits_for_a_draft_has_it_laid_out_once(
    world: World, press: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.fill(world.draft())
    get(world.applicant, case)
    monkeypatch.setattr("workflows.views.documents.source_of", lambda *_given: pytest.fail("laid out again"))
    assert get(world.applicant, case, v="1", ask="1").status_code == 202


def test_whatever_goes_wrong_is_told_to_who_waits(
    world: World, press: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise OSError("no space left")

    case = world.fill(world.draft())
    get(world.applicant, case)
    monkeypatch.setattr("workflows.documents.printing.keep", full)
    with pytest.raises(OSError, match="no space"):
        work()
    assert "重新生成" in get(world.applicant, case, v="1", ask="1").content.decode()


def test_a_drafts_file_is_never_taken_for_the_version_that_was_sent(world: World, press: list[str]) -> None:
    case = world.fill(world.draft())
    draft = _ready_of_draft(world, case)
    case = world.do(case, "declare.submit", statement=True)
    assert get(world.applicant, case, v="1", ask="1").status_code == 202
    work()
    assert taken(world.applicant, case, v="1", ask="1") != draft
    assert "草稿" not in press[-1]


# -- cut short, at once --------------------------------------------------------------------------------------------------


def test_what_a_killed_worker_left_in_the_storage_is_overwritten(world: World, press: list[str]) -> None:
    case = world.submitted()
    version = case.declarations.get()
    row, _mine = ask(version, named=False, source=version.digest)
    content = b"%PDF-1.7 whole"
    name = f"declarations/{row.public_id.hex[-2:]}/{row.public_id}-{hashlib.sha256(content).hexdigest()[:16]}.pdf"
    assert default_storage.save(name, ContentFile(b"%PDF-1.7 wh")) == name
    kept = keep(row, 1, version.digest, content)
    assert kept.file.name == name
    with default_storage.open(name) as file:
        assert file.read() == content
    assert keep(row, 1, version.digest, b"%PDF-1.7 late").sha256 == kept.sha256, "answered already"


def test_the_file_before_goes_once_the_new_one_is_kept(
    world: World, press: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    case = world.fill(world.draft())
    _ready_of_draft(world, case)
    old = DeclarationPdf.objects.get().file.name
    _change(world, case)
    get(world.applicant, case)
    with django_capture_on_commit_callbacks(execute=True):
        work()
    new = DeclarationPdf.objects.get().file.name
    assert new != old
    assert default_storage.exists(new)
    assert not default_storage.exists(old)


# -- where it cannot be done ---------------------------------------------------------------------------------------------


def test_without_the_renderer_everything_else_goes_on(
    world: World, press: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _able(monkeypatch, False)
    case = world.submitted()
    work()
    assert press == []
    assert not DeclarationPdf.objects.exists()
    for name in ("detail", "declared", "receipt", "print"):
        page = text_of(browser(world.applicant).get(address(case, name)))
        assert MISSING in page
        assert 'aria-disabled="true"' in page
        assert address(case, "pdf") not in page
    refused = get(world.applicant, case)
    assert refused.status_code == 503
    assert MISSING in text_of(refused)
    assert status(world.applicant, case, "word") == 200
    assert status(world.applicant, case, "print") == 200


def test_what_another_machine_made_is_given_without_the_renderer(
    world: World, press: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.submitted()
    work()
    _able(monkeypatch, False)
    assert taken(world.officer, case).startswith(b"%PDF-")


# -- what it costs -------------------------------------------------------------------------------------------------------


def test_what_handing_it_out_costs(world: World, press: list[str]) -> None:
    """Session, person, role; case, parties, versions and their forms, whether anybody signed, the row, the read log."""
    case = world.submitted()
    work()
    client, where = browser(world.officer), address(case, "pdf")
    read(client.get(where))
    with CaptureQueriesContext(connection) as ran:
        assert read(client.get(where)).status_code == 200
    assert len(ran) == 10, [query["sql"][:90] for query in ran]


def test_what_making_it_costs(world: World, press: list[str], django_assert_num_queries: Any) -> None:
    """The row, its forms, the files, two for what is signed; the row under lock and changed, in a transaction.

    However long the declaration is.
    """
    case = world.submitted()
    version = case.declarations.get()
    row, _mine = ask(version, named=False, source=version.digest)
    with django_assert_num_queries(9):
        make(row.pk)
