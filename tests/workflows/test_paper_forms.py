"""Every form of every pack on paper: labels, units and columns in the order of its definition, everywhere the same; and

a Word file that Word can open.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document

from accounts.models import Organisation
from cases.models import Case, Declaration
from programmes import packs
from programmes.models import Edition, Programme, Round
from programmes.schema import Form, FormField
from programmes.specimens import specimen_declaration, specimen_form
from tests.workflows.papers import outline_of_page, outline_of_word
from tests.workflows.test_paper_golden import form_of, pack_of
from workflows.documents.declaration import blank_document, document_of, is_cover
from workflows.documents.layout import DATE_PRINTED, lay_out, printed_label
from workflows.documents.markup import sheets
from workflows.documents.paper import Cover, CoverLine, Paper, Seal
from workflows.documents.word import word_file
from workflows.forms_ui import picture_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EVERY = [
    (pack.name, form.stem)
    for pack in sorted(packs.packs_directory().iterdir())
    if (pack / "forms").is_dir()
    for form in sorted((pack / "forms").glob("*.yaml"))
    if "\nkind: materials\n" not in form.read_text(encoding="utf-8")
]
"""The lists of materials are drawn with their files: test_documents."""
CELL_ORDER = ("tcW", "gridSpan", "vMerge", "shd", "vAlign")
PARAGRAPH_ORDER = ("pStyle", "keepNext", "tabs", "spacing", "ind", "jc", "outlineLvl", "sectPr")
RUN_ORDER = ("rFonts", "b", "color", "sz", "szCs", "u")
SECTION_ORDER = ("headerReference", "footerReference", "type", "pgSz", "pgMar")


def whole(form: Form, data: dict[str, Any]) -> Paper:
    if is_cover(form):
        return blank_document(form)
    return Paper(form.title.zh, "草稿 · 未提交", (), None, (lay_out(form, data),), "")


def data_of(form: Form, state: str) -> dict[str, Any]:
    return specimen_form(form) if state == "filled" else {}


def shown_fields(form: Form, data: dict[str, Any]) -> list[FormField]:
    """The fields that are asked, in printed order: under no heading first, then heading by heading."""
    keys = {row.row.key for row in picture_of(form, data, editing=False).rows}
    fields = {field.key: field for field in form.fields if field.key in keys}
    return [fields[key] for key in order_of(form) if key in fields]


def order_of(form: Form) -> list[str]:
    grouped = [key for section in form.sections for key in section.fields]
    return [field.key for field in form.fields if field.key not in grouped] + grouped


def words_of(form: Form, field: FormField) -> Iterator[str]:
    """What of a field must be on paper, in order."""
    if is_cover(form) and field.type in ("file", "files"):
        return  # the place of the seal
    if field.type == "grid":
        yield (field.path or (str(field.label),))[-1]
        return
    yield printed_label(field).partition(DATE_PRINTED)[0]
    if field.type == "table":
        columns = field.columns[1:] if field.printed_as == "list" else field.columns
        for column in columns:
            yield str(column.label)
            if column.unit and column.unit not in str(column.label) and field.printed_as == "table":
                yield column.unit


def assert_in_order(text: str, words: list[str]) -> None:
    place = 0
    for word in words:
        found = text.find(word, place)
        assert found >= 0, f"{word!r} does not stand after {text[max(0, place - 60) : place]!r}"
        place = found + (0 if word == words[0] else len(word))


@pytest.mark.parametrize("state", ["blank", "filled"])
@pytest.mark.parametrize(("pack", "code"), EVERY)
def test_every_form_stands_on_paper_as_it_is_defined(pack: str, code: str, state: str) -> None:
    form = pack_of(pack).forms[code]
    data = data_of(form, state)
    paper = whole(form, data)
    word, page = outline_of_word(word_file(paper)), outline_of_page(sheets(paper))
    if paper.mark:
        assert page[0] == paper.mark
        page = page[1:]
    words = [each for field in shown_fields(form, data) for each in words_of(form, field)]
    assert words
    assert_in_order("\n".join(word), words)
    assert_in_order("\n".join(page), words)
    if paper.cover is None:
        assert page == word
    assert_sound(word_file(paper))


@pytest.mark.parametrize(("pack", "code"), EVERY)
def test_the_screen_has_the_order_of_the_definition(pack: str, code: str) -> None:
    """For filling in and for reading; and with it that of the paper, which is held to the definition above."""
    form = pack_of(pack).forms[code]
    data = specimen_form(form)
    order = order_of(form)
    for editing in (True, False):
        rows = list(picture_of(form, data, editing=editing).rows)
        keys = [row.row.key for row in rows]
        assert keys == [key for key in order if key in keys]
        assert [str(row.row.label) for row in rows] == [
            str(next(f.label for f in form.fields if f.key == key)) for key in keys
        ]


def assert_sound(content: bytes) -> None:
    """What Word refuses: cells without a paragraph, rows that do not fill the grid, properties out of order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for text in parts.values():
        ElementTree.fromstring(text)
    body = ElementTree.fromstring(parts["word/document.xml"])
    for table in body.iter(f"{W}tbl"):
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.findall(f"{W}tr"):
            cells = row.findall(f"{W}tc")
            assert sum(span_of(cell) for cell in cells) == columns
            assert all(cell[-1].tag == f"{W}p" for cell in cells)
    for kind, order in (
        ("tcPr", CELL_ORDER),
        ("pPr", PARAGRAPH_ORDER),
        ("rPr", RUN_ORDER),
        ("sectPr", SECTION_ORDER),
    ):
        for properties in body.iter(f"{W}{kind}"):
            places = [order.index(each.tag.removeprefix(W)) for each in properties]
            assert places == sorted(places)
    assert body[0][-1].tag == f"{W}sectPr"
    begun = [each.get(f"{W}fldCharType") for each in body.iter(f"{W}fldChar")]
    assert begun.count("begin") == begun.count("separate") == begun.count("end")


PACKS = sorted({pack for pack, _code in EVERY})


def declared(name: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Case, Declaration]:
    """A draft of this programme with every form filled in; nothing of it is in a database."""
    pack = pack_of(name)
    monkeypatch.setattr("programmes.models.edition.load_by_digest", lambda _digest: pack)
    case = Case(title="某项目", step=pack.programme.lifecycle.start, edition=Edition(number="1"))
    case.programme = Programme(title_zh=pack.programme.title.zh)
    case.applicant, case.round = Organisation(name="某单位"), Round(name="某批次")
    version = Declaration(case=case, version_no=1)
    monkeypatch.setattr(version, "data", lambda: specimen_declaration(pack))
    return case, version


@pytest.mark.parametrize("name", PACKS)
def test_the_whole_declaration_of_every_programme(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cover, contents, every form in the step's order, the list of materials as printed."""
    case, version = declared(name, monkeypatch)
    pack = pack_of(name)
    step = pack.programme.lifecycle.steps[pack.programme.lifecycle.start]
    paper = document_of(case, version, [])
    assert paper.cover is not None
    codes = [code for code in step.forms if not is_cover(pack.forms[code])]
    assert [form.code for form in paper.forms] == [*codes, *([step.materials] if step.materials else [])]
    content = word_file(paper)
    assert_sound(content)
    word = outline_of_word(content)
    titles = [line for line in word if line.startswith("# ")]
    assert titles == ["# " + "⏎".join(form.lines) for form in paper.forms]
    if step.materials:
        for item in pack.forms[step.materials].fields:
            assert any(item.label.zh in line for line in word), item.label.zh
    if len(paper.forms) > 1:
        start = word.index("目　录")
        assert word[start + 1 : start + 1 + len(paper.forms)] == [form.title for form in paper.forms]


def span_of(cell: ElementTree.Element) -> int:
    found = cell.find(f"{W}tcPr/{W}gridSpan")
    return int(found.get(f"{W}val") or 1) if found is not None else 1


def test_two_thousand_rows_are_all_there_with_repeated_headings() -> None:
    form = pack_of("gy-cluster-base").forms["GY_KEY_ENT"]
    rows = [{"name": f"企业{n}", "total_assets_wan": str(n)} for n in range(1, 2001)]
    paper = whole(form, {"rows": rows, "as_of_date": "2021-12-31"})
    began = time.perf_counter()
    content, page = word_file(paper), sheets(paper)
    assert time.perf_counter() - began < 5, "about 0.2 s; five seconds hold on a slow machine"
    word = outline_of_word(content)
    assert "[9列，表头1行]" in word
    assert [line for line in word if "| 企业" in line][:2][0].startswith("| 序号 |")
    lines = [line for line in word if line.startswith("|")][1:]
    assert len(lines) == 2000
    assert lines[0].startswith("| 1 | 企业1 | 1 |")
    assert lines[-1].startswith("| 2000 | 企业2000 | 2,000 |")
    assert word[-1] == "注：以上数据统计截至2021年12月31日"
    assert outline_of_page(page)[1:] == word


def test_a_wide_table_lies_across_the_page() -> None:
    wide = blank_document(pack_of("gy-cluster-base").forms["GY_KEY_PROJECT"])
    upright = blank_document(form_of("GY_OVERALL"))
    for paper, turned in ((wide, True), (upright, False)):
        section = Document(io.BytesIO(word_file(paper))).sections[-1]
        assert (section.page_width > section.page_height) is turned
        assert {round(section.page_width.mm), round(section.page_height.mm)} == {210, 297}
        assert ('class="pp-page pp-form pp-wide"' in sheets(paper)) is turned


def test_what_somebody_typed_breaks_neither_file() -> None:
    form = form_of("GD_2_1")
    nasty = "<w:p>&amp;\x00\x0b\ud800]]> <script>alert(1)</script>"
    paper = whole(form, {"town_name": nasty, "basic_info": f"一\r\n{nasty}"})
    word, page = word_file(paper), sheets(paper)
    assert_sound(word)
    assert "<w:p>&amp;]]> <script>alert(1)</script>" in "\n".join(outline_of_word(word))
    assert "<script>" not in page


def test_cover_contents_and_margins() -> None:
    cover = Cover(
        "附件2", ("某镇", "申报材料"), (CoverLine("申报单位", "甲区", "（盖章）"),), ("某委员会制",)
    )
    forms = tuple(lay_out(form_of(code), {}) for code in ("GD_2_1", "GY_OVERALL"))
    foot = ("编号 A-1　第1版", f"SHA-256 {'0' * 64}")
    paper = Paper(
        "某镇",
        "",
        foot,
        cover,
        forms,
        "2020-03-20T02:00:00Z",
        (Seal("(盖章) 申报单位", "2020年3月20日已盖章"),),
    )
    word = outline_of_word(word_file(paper))
    assert word[:5] == [
        "附件2",
        "某镇",
        "申报材料",
        "申报单位： 甲区 （盖章）",
        "(盖章) 申报单位：2020年3月20日已盖章",
    ]
    assert word[5:9] == ["某委员会制", "目　录", *(form.title for form in forms)]
    document = Document(io.BytesIO(word_file(paper)))
    assert 'TOC \\o "1-1"' in document.element.xml
    assert document.core_properties.created.isoformat() == "2020-03-20T02:00:00+00:00"
    feet = "".join(p.text for p in document.sections[-1].footer.paragraphs)
    assert "第1页　共1页" in feet
    assert foot[1] in feet
    assert "草稿" not in "".join(p.text for p in document.sections[0].header.paragraphs)
    assert_sound(word_file(paper))
    page = sheets(paper)
    assert '<a href="#form-GD_2_1">' in page
    assert "（盖章）" in page


def test_a_draft_says_so_on_every_page() -> None:
    paper = whole(form_of("GD_2_1"), {})
    for section in Document(io.BytesIO(word_file(paper))).sections:
        assert [p.text for p in section.header.paragraphs] == ["草稿 · 未提交"]


def test_chinese_faces_are_named_for_chinese_text() -> None:
    styles = Document(io.BytesIO(word_file(whole(form_of("GD_2_1"), {})))).styles
    faces = {
        style.element.find(f".//{W}rFonts").get(f"{W}eastAsia")
        for style in styles
        if style.element.find(f".//{W}rFonts") is not None
    }
    assert {"宋体", "黑体", "仿宋", "楷体"} <= faces
