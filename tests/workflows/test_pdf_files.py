"""The PDF itself: the official form's words in their order, A4, fonts inside, the same bytes each time, nothing fetched."""

from __future__ import annotations

import http.server
import io
import os
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from cases.models import Case
from tests.factories.cases import World
from tests.workflows.papers import BREAK
from tests.workflows.test_paper_golden import FORMS, GOLDEN, pack_of, paper_of
from workflows.documents import pdf
from workflows.documents.declaration import blank_document
from workflows.documents.layout import lay_out
from workflows.documents.paper import Paper, PaperForm, Prose, said
from workflows.documents.pdf import PdfFailed, pdf_file, pdf_of_page
from workflows.documents.printing import paper_of as declared_paper
from workflows.documents.standalone import standing_alone

pytestmark = pytest.mark.pdf
A4 = {595, 842}
LOWEST_QUARTER = 842 / 4


@cache
def printed(code: str, state: str = "filled") -> bytes:
    return pdf_file(paper_of(code, state))


def reader(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def squeezed(text: str) -> str:
    """Without anything between the letters: where a line is broken is no part of what it says."""
    return "".join(text.split())


def words_of(content: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in reader(content).pages))


def pieces(lines: list[str]) -> list[str]:
    """What an outline says, piece by piece: paragraphs, and the cells of tables."""
    found = []
    for line in lines:
        if line.startswith("[") and "列，表头" in line:
            continue
        cells = line.strip("| ").split(" | ") if line.startswith("|") else [line.lstrip("# ")]
        for cell in cells:
            found += [squeezed(part.split("↔")[0].split("↕")[0]) for part in cell.split(BREAK)]
    return [piece for piece in found if piece not in ("", "^")]


@pytest.mark.parametrize("state", ["blank", "filled"])
@pytest.mark.parametrize("code", list(FORMS))
def test_it_says_what_the_golden_outline_says_in_its_order(code: str, state: str) -> None:
    lines = (GOLDEN / f"{code}.{state}.txt").read_text(encoding="utf-8").splitlines()
    text, at = words_of(printed(code, state)), 0
    for piece in pieces(lines):
        found = text.find(piece, at)
        assert found >= 0, f"{piece!r} is not behind {text[max(0, at - 30) : at]!r}"
        at = found + len(piece)


@pytest.mark.parametrize("code", list(FORMS))
def test_it_is_a4_with_every_font_inside(code: str) -> None:
    made = reader(printed(code))
    for page in made.pages:
        assert {round(float(page.mediabox.width)), round(float(page.mediabox.height))} == A4
    fonts = list(_fonts(made))
    assert fonts
    for font in fonts:
        below = font["/DescendantFonts"][0].get_object()
        described = below["/FontDescriptor"].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]
        assert "/ToUnicode" in font, "its text could not be taken out"


def _fonts(made: PdfReader) -> Iterator[DictionaryObject]:
    for page in made.pages:
        for found in page["/Resources"]["/Font"].get_object().values():  # type: ignore[index]
            yield found.get_object()


def test_a_wide_table_lies_across_its_page_and_repeats_its_headings() -> None:
    form = pack_of("gy-cluster-base").forms["GY_KEY_ENT"]
    rows = [{"name": f"企业{n}", "total_assets_wan": str(n)} for n in range(1, 61)]
    paper = Paper(form.title.zh, "", (), None, (lay_out(form, {"rows": rows}),), "")
    made = reader(pdf_file(paper))
    assert len(made.pages) > 1
    for page in made.pages:
        assert page.mediabox.width > page.mediabox.height
        assert "资产总计" in squeezed(page.extract_text())
    text = squeezed("".join(page.extract_text() for page in made.pages))
    assert [n for n in range(1, 61) if f"企业{n}" not in text] == []


def test_the_bytes_are_the_same_each_time() -> None:
    first = printed("GD_2_1")
    assert pdf_file(paper_of("GD_2_1", "filled")) == first
    told = reader(first).metadata
    assert told is not None
    assert str(told.creation_date) == "2020-03-20 02:00:00+00:00", "when its content was settled, not now"
    assert printed("GY_OVERALL") != first


def test_contents_name_the_page_on_which_a_form_begins(world: World) -> None:
    case = world.submitted()
    made = reader(pdf_file(_declared(case)))
    texts = [squeezed(page.extract_text()) for page in made.pages]
    listed = texts[1]
    assert listed.startswith("目录")
    paper = _declared(case)
    starts = {
        form.title: next(
            n for n, text in enumerate(texts, 1) if n > 2 and squeezed("".join(form.lines)) in text
        )
        for form in paper.forms
    }
    at = 0
    for title, number in starts.items():
        at = listed.index(squeezed(title), at) + len(squeezed(title))
        after = listed[at:].lstrip(".…")
        assert after.startswith(str(number)), (title, number, after[:20])
    version = case.declarations.get()
    for number, text in enumerate(texts, 1):
        assert f"第{number}页共{len(texts)}页" in text
        assert version.digest in text
        assert case.case_no in text


def _declared(case: Case) -> Paper:
    return declared_paper(case, case.declarations.get(), ())


def test_a_draft_says_so_on_every_page(world: World) -> None:
    case = world.fill(world.draft())
    for page in reader(pdf_file(_declared(case))).pages:
        assert "草稿·未提交" in squeezed(page.extract_text())


# -- nothing is fetched --------------------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and the paths that anybody has asked it for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hostile(address: str, secret: Path) -> str:
    return (
        f'<img src="{address}/a.png"><img src="{secret.as_uri()}"><object data="{secret.as_uri()}"></object>'
        f'<link rel="stylesheet" href="{address}/b.css"><link rel="attachment" href="{secret.as_uri()}">'
        f'<style>@import url("{address}/c.css"); @font-face {{ font-family: X; src: url("{address}/d.woff") }}'
        f'p {{ font-family: X; background: url("{address}/e.png") }}</style>'
        f'<a rel="attachment" href="{secret.as_uri()}">附件</a><svg><image href="{address}/f.png"/></svg>'
    )


def test_what_a_value_says_is_printed_and_not_obeyed(listener: tuple[str, list[str]], tmp_path: Path) -> None:
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("不得外传的内容", encoding="utf-8")
    value = hostile(address, secret)
    form = PaperForm("X", "表", ("表",), "", False, False, (Prose("prose", (said(value),)),))
    content = pdf_file(Paper("表", "", (), None, (form,), ""))
    assert asked == []
    assert squeezed(value) in words_of(content)
    assert not reader(content).attachments


def test_even_markup_fetches_nothing_from_the_network_or_the_disk(
    listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    """Behind the escaping stands the press: it gets no address at all."""
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("不得外传的内容", encoding="utf-8")
    page = standing_alone(paper_of("GD_2_1", "blank")).replace(
        "</body>", f"{hostile(address, secret)}</body>"
    )
    content = pdf_of_page(page)
    assert asked == []
    assert not reader(content).attachments
    assert "不得外传的内容" not in words_of(content)


def test_the_press_is_told_no_key_and_no_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "k" * 50)
    monkeypatch.setenv("DATABASE_URL", "postgres://licheng:geheim@db/licheng")
    parrot = tmp_path / "parrot.py"
    parrot.write_text("import os, sys\nsys.stdout.write('%PDF-' + repr(dict(os.environ)))", encoding="utf-8")
    monkeypatch.setattr(pdf, "PRESS", parrot)
    told = pdf_of_page("").decode()
    assert os.environ["PATH"] in told
    assert "geheim" not in told
    assert "kkkk" not in told


def test_a_press_that_breaks_is_told_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('cannot load library pango')", encoding="utf-8")
    monkeypatch.setattr(pdf, "PRESS", broken)
    with pytest.raises(PdfFailed, match="exit status 1: cannot load library pango"):
        pdf_of_page("<p>x</p>")
    broken.write_text("print('not a document')", encoding="utf-8")
    with pytest.raises(PdfFailed, match="exit status 0"):
        pdf_of_page("<p>x</p>")
    broken.write_text("import time; time.sleep(60)", encoding="utf-8")
    monkeypatch.setattr(pdf, "MOST_SECONDS", 0.5)
    with pytest.raises(PdfFailed, match="not ready"):
        pdf_of_page("<p>x</p>")


@pytest.mark.parametrize("name", ["gd-town-industry", "gd-town-application"])
def test_a_blank_cover_is_one_page_with_the_imprint_at_its_foot(name: str) -> None:
    forms = pack_of(name).forms.values()
    form = next(form for form in forms if form.paper is not None and form.paper.layout == "cover")
    assert form.paper is not None
    (page,) = reader(pdf_file(blank_document(form))).pages
    low: list[str] = []

    def see(text: str, ctm: list[float], tm: list[float], *_font: object) -> None:
        if ctm[5] + ctm[3] * tm[5] < LOWEST_QUARTER:
            low.append(text)

    page.extract_text(visitor_text=see)
    assert squeezed("".join(form.paper.imprint)) in squeezed("".join(low))
