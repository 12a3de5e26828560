"""A document as a Word file (.docx), written as XML at once: thousands of rows in a moment, the same bytes each time.

Whoever wants to check a file can: nothing in it depends on the clock or the machine (part order, times of the archive's
entries and the file's own dates are given by the document). Word, WPS and python-docx read it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from workflows.documents.paper import (
    Block,
    Cover,
    Heading,
    Paper,
    PaperCell,
    PaperForm,
    PaperTable,
    Prose,
    Seal,
)
from workflows.documents.word_parts import (
    CONTENT_TYPES,
    DOCUMENT_RELATIONS,
    FONTS,
    NAMESPACES,
    RELATIONS,
    SETTINGS,
    STYLES,
    app_properties,
    core_properties,
)
from workflows.documents.word_runs import (
    LANDSCAPE,
    MARGIN_SIDE,
    MARGIN_WIDE,
    PORTRAIT,
    clean,
    field,
    footer,
    header,
    para,
    paragraph,
    run,
    section,
    section_end,
    wrapped,
)

MOST_KEPT = 60
"""A row with fewer characters a cell than this is not broken between pages."""


def word_file(paper: Paper) -> bytes:
    """The document as .docx."""
    parts = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "docProps/app.xml": app_properties(),
        "docProps/core.xml": core_properties(clean(paper.title), paper.stamp),
        "word/document.xml": "".join(_document(paper)),
        "word/_rels/document.xml.rels": DOCUMENT_RELATIONS,
        "word/styles.xml": STYLES,
        "word/settings.xml": SETTINGS,
        "word/fontTable.xml": FONTS,
        "word/header1.xml": header(paper.mark),
        "word/footer1.xml": footer(paper.foot, numbered=True),
        "word/footer2.xml": footer(paper.foot, numbered=False),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, text.encode())
    return out.getvalue()


# -- the body ------------------------------------------------------------------------------------------------------------


def _document(paper: Paper) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {NAMESPACES}><w:body>'
    if paper.cover is not None:
        yield from _cover(paper.cover, paper.seals)
        yield section_end(landscape=False, cover=True)
    if len(paper.forms) > 1:
        yield from _contents(paper.forms)
        yield section_end(landscape=False)
    for number, form in enumerate(paper.forms):
        yield from _form(form, number)
        if number < len(paper.forms) - 1:
            yield section_end(landscape=form.landscape)
    last = paper.forms[-1].landscape if paper.forms else False
    yield section(landscape=last, cover=not paper.forms)
    yield "</w:body></w:document>"


def _cover(cover: Cover, seals: tuple[Seal, ...]) -> Iterator[str]:
    if cover.annex:
        yield para("Annex", cover.annex)
    first, *rest = cover.lines
    yield para("CoverTitle", first, before=2400)
    for line in rest:
        yield para("CoverTitle", line)
    for place, blank in enumerate(cover.blanks):
        texts = run(f"{blank.label}：") + run(f" {blank.value or '　' * 12} ", '<w:u w:val="single"/>')
        yield wrapped("CoverLine", texts + (run(blank.seal) if blank.seal else ""), 3000 if not place else 0)
    for seal in seals:
        yield para("CoverLine", f"{seal.place}：{seal.text}")
    for place, line in enumerate(cover.imprint):
        yield para("CoverImprint", line, before=0 if place else 2400)


def _contents(forms: tuple[PaperForm, ...]) -> Iterator[str]:
    """The contents: a field that Word fills, with the entries there already; page numbers come when it is opened."""
    yield (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
        "</w:docPartObj></w:sdtPr><w:sdtContent>"
    )
    yield para("ContentsTitle", "目　录")
    for number, form in enumerate(forms):
        begin = ""
        if not number:
            begin = (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z \\u </w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            )
        end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if number == len(forms) - 1 else ""
        page = field(f"PAGEREF {_anchor(number)} \\h", "")
        yield (
            f'<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr>{begin}'
            f'<w:hyperlink w:anchor="{_anchor(number)}" w:history="1">{run(form.title)}<w:r><w:tab/></w:r>'
            f"{page}</w:hyperlink>{end}</w:p>"
        )
    yield "</w:sdtContent></w:sdt>"


def _anchor(number: int) -> str:
    return f"_Toc{100000 + number}"


def _form(form: PaperForm, number: int) -> Iterator[str]:
    if form.annex:
        yield para("Annex", form.annex)
    mark = (
        f'<w:bookmarkStart w:id="{number}" w:name="{_anchor(number)}"/>',
        f'<w:bookmarkEnd w:id="{number}"/>',
    )
    titles = "<w:r><w:br/></w:r>".join(run(line) for line in form.lines)
    yield f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{mark[0]}{titles}{mark[1]}</w:p>'
    if form.supplementary:
        yield para("Remark", "（补充表，非通知所附表格）")
    page = LANDSCAPE if form.landscape else PORTRAIT
    width = page[0] - 2 * (MARGIN_WIDE if form.landscape else MARGIN_SIDE)
    for block in form.blocks:
        yield from _block(block, width)


def _block(block: Block, width: int) -> Iterator[str]:
    match block:
        case Heading():
            yield para(f"Heading{block.level}", block.text)
        case Prose():
            for each in block.paras:
                yield paragraph(each, "Running" if block.running else "Note")
        case PaperTable():
            yield from _table(block, width)
            yield '<w:p><w:pPr><w:pStyle w:val="Gap"/></w:pPr></w:p>'


# -- tables --------------------------------------------------------------------------------------------------------------


def _table(table: PaperTable, width: int) -> Iterator[str]:
    columns = [width * each // 1000 for each in table.widths]
    columns[-1] += width - sum(columns)
    style = "CellSmall" if table.small else "Cell"
    yield (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="Printed"/><w:tblW w:w="{width}" w:type="dxa"/>'
        '<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>'
    )
    yield "".join(f'<w:gridCol w:w="{each}"/>' for each in columns)
    yield "</w:tblGrid>"
    for number, row in enumerate(table.rows):
        yield _row(row, columns, style, head=number < table.head)
    yield "</w:tbl>"


def _row(row: tuple[PaperCell, ...], columns: list[int], style: str, *, head: bool) -> str:
    short = all(len(each.text) < MOST_KEPT for each in row)
    properties = ("<w:cantSplit/>" if short or head else "") + ("<w:tblHeader/>" if head else "")
    cells, place = [], 0
    for each in row:
        width = sum(columns[place : place + each.colspan])
        merge = ""
        if each.rowspan > 1:
            merge = '<w:vMerge w:val="restart"/>'
        elif each.rowspan == 0:
            merge = "<w:vMerge/>"
        cells.append(_cell(each, width, merge, style))
        place += each.colspan
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(cells)}</w:tr>"


def _cell(each: PaperCell, width: int, merge: str, style: str) -> str:
    span = f'<w:gridSpan w:val="{each.colspan}"/>' if each.colspan > 1 else ""
    heading = bool(each.scope) and each.scope in ("col", "colgroup")
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="F2F2F2"/>' if heading else ""
    centre = '<w:vAlign w:val="center"/>' if each.scope or not span else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}{shade}{centre}'
    covered = merge == "<w:vMerge/>"
    paras = "<w:p/>" if covered else "".join(paragraph(line, style) for line in each.paras)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paras or '<w:p/>'}</w:tc>"
