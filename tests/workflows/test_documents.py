"""The print page and the Word file of a declaration: who gets them, what is in them, and what is not."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from audit.models import ReadEntry
from cases.models import Case, Signature
from cases.signatures import content_of
from tests.factories.cases import World
from tests.workflows.pages import FRAME, browser, queries_of
from tests.workflows.papers import outline_of_page, outline_of_word

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def address(case: Case, name: str, **asked: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return reverse(f"cases:{name}", args=[case.public_id]) + (f"?{query}" if query else "")


def taken(actor: Actor, case: Case, name: str, **asked: str) -> bytes:
    """What is handed over for saving."""
    ask = browser(actor).post if name == "dossier" else browser(actor).get
    answer = ask(address(case, name, **asked))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    content: bytes = b"".join(answer.streaming_content)
    return content


def status(actor: Actor, case: Case, name: str) -> int:
    return browser(actor).get(address(case, name)).status_code


# -- paper ---------------------------------------------------------------------------------------------------------------


def test_word_and_print_page_of_a_declaration_say_the_same(world: World) -> None:
    case = world.submitted()
    page = browser(world.officer).get(address(case, "print"))
    article = page.content.decode().partition('<article class="pp-sheets"')[2].partition("</article>")[0]
    shown = outline_of_page(f"<article{article}")
    word = outline_of_word(taken(world.officer, case, "word"))
    forms = word[word.index("目　录") :]
    printed = shown[next(n for n, line in enumerate(shown) if line.endswith("目　录")) :]
    assert printed[1 : len(forms)] == forms[1:]
    assert printed[len(forms) :] == [
        f"编号 {case.case_no}　第1版　{_sent(case)} 提交",
        f"SHA-256 {_digest(case)}",
    ]
    listed = next(line for line in word if "m7_license.pdf" in line)
    assert "管理机构企业营业执照" in listed


def _sent(case: Case) -> str:
    at = case.declarations.get().submitted_at
    assert at is not None
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


def _digest(case: Case) -> str:
    return case.declarations.get().digest


def test_the_file_is_the_same_each_time_it_is_taken(world: World) -> None:
    case = world.submitted()
    first = taken(world.officer, case, "word")
    clock.set_clock(clock.now() + dt.timedelta(days=3))
    assert taken(world.supervisor, case, "word") == first


def test_official_forms_are_chinese_for_a_reader_in_english(world: World) -> None:
    case = world.submitted()
    chinese = taken(world.officer, case, "word")
    client = browser(world.officer)
    client.cookies["django_language"] = "en"
    answer = client.get(address(case, "word"))
    assert b"".join(answer.streaming_content) == chinese


def test_a_single_form_is_printed_and_taken_alone(world: World) -> None:
    case = world.submitted()
    word = outline_of_word(taken(world.officer, case, "word", form="GY_OVERALL"))
    assert word[:2] == ["附件2", "# 贵阳市大数据及软件和信息技术服务产业集聚示范基地发展总体情况表"]
    assert "目　录" not in word
    page = browser(world.officer).get(address(case, "print", form="GY_OVERALL")).content.decode()
    assert 'id="form-GY_OVERALL"' in page
    assert 'id="form-GY_PLAN"' not in page
    for name in ("word", "print"):
        assert browser(world.officer).get(address(case, name, form="GY_SECRET")).status_code == 404


def test_a_draft_is_for_its_applicant_and_says_that_it_is_one(world: World) -> None:
    case = world.fill(world.draft())
    content = taken(world.applicant, case, "word")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "草稿 · 未提交" in archive.read("word/header1.xml").decode()
        assert "SHA-256" not in archive.read("word/footer1.xml").decode()
    assert "草稿 · 未提交" in browser(world.applicant).get(address(case, "print")).content.decode()
    assert "\\8349 \\7a3f " in browser(world.applicant).get(address(case, "print_style")).content.decode()
    for actor in (world.officer, world.supervisor, world.other_applicant):
        for name in ("word", "print", "print_style", "dossier"):
            assert status(actor, case, name) == 404
    assert status(world.applicant, case, "dossier") == 403


def test_the_margins_name_number_and_digest_and_nothing_that_was_typed(world: World) -> None:
    case = world.submitted(title='红" } body { display: none } /*')
    style = browser(world.officer).get(address(case, "print_style"))
    assert style["Content-Type"].startswith("text/css")
    text = style.content.decode()
    assert "counter(pages)" in text
    assert _digest(case) in text
    assert "display" not in text


def test_taking_paper_is_written_down(world: World) -> None:
    case = world.submitted()
    taken(world.officer, case, "word")
    taken(world.officer, case, "dossier")
    assert status(world.officer, case, "print") == 200
    noted = ReadEntry.objects.filter(key=str(case.public_id), actor_id=world.officer.user.pk)
    assert {"case.word", "case.print", "case.dossier"} <= set(noted.values_list("what", flat=True))


@pytest.mark.parametrize(("name", "most"), [("print", 8), ("word", 7), ("print_style", 3)])
def test_what_paper_costs(world: World, name: str, most: int) -> None:
    """Case, parties, versions and their forms, files, signatures, the read log; however long the declaration is."""
    case = world.submitted()
    assert queries_of(browser(world.officer), address(case, name)) - FRAME == most


def test_seals_are_told_on_the_cover_and_people_to_those_who_may_read_names(world: World) -> None:
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
    officer = outline_of_word(taken(world.officer, case, "word"))
    expert = outline_of_word(taken(world.experts[0], case, "word"))
    told = f"(盖章) 申报单位：2020年3月20日已电子签章（{case.applicant.name}"
    assert f"{told}，签章人{world.applicant.user.name}）" in officer
    assert f"{told}）" in expert
