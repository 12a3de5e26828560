"""A document as HTML for print, drawn without templates: a table has thousands of cells. 打印页

Every text goes through :func:`html.escape`; classes only, so that it stands under the pages' content policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from django.utils.safestring import SafeString

from workflows.documents.paper import (
    Block,
    Cover,
    Heading,
    Paper,
    PaperCell,
    PaperForm,
    PaperTable,
    Para,
    Prose,
)

ROLES = {"label": "pp-l", "value": "pp-v", "hint": "pp-h"}


def sheets(paper: Paper) -> SafeString:
    """The document's pages: cover, contents, forms."""
    return SafeString("".join(_sheets(paper)))


def _sheets(paper: Paper) -> Iterator[str]:
    if paper.mark:
        yield f'<p class="pp-mark">{escape(paper.mark)}</p>'
    if paper.cover is not None:
        yield from _cover(paper.cover, paper)
    if len(paper.forms) > 1:
        yield '<nav class="pp-page pp-contents" aria-label="目录"><h2>目　录</h2><ol>'
        for form in paper.forms:
            yield f'<li><a href="#form-{escape(form.code)}">{escape(form.title)}</a></li>'
        yield "</ol></nav>"
    for form in paper.forms:
        yield from _form(form)
    if paper.foot:
        yield f'<div class="pp-foot">{"".join(f"<p>{escape(line)}</p>" for line in paper.foot)}</div>'


def _cover(cover: Cover, paper: Paper) -> Iterator[str]:
    yield '<section class="pp-page pp-cover">'
    if cover.annex:
        yield f'<p class="pp-annex">{escape(cover.annex)}</p>'
    yield f"<h1>{'<br>'.join(escape(line) for line in cover.lines)}</h1><dl>"
    for blank in cover.blanks:
        seal = f'<span class="pp-seal">{escape(blank.seal)}</span>' if blank.seal else ""
        yield (
            f"<div><dt>{escape(blank.label)}：</dt><dd><span>{escape(blank.value)}</span>{seal}</dd></div>"
        )
    for told in paper.seals:
        yield f"<div><dt>{escape(told.place)}：</dt><dd><span>{escape(told.text)}</span></dd></div>"
    yield "</dl>"
    if cover.imprint:
        yield f'<p class="pp-imprint">{"<br>".join(escape(line) for line in cover.imprint)}</p>'
    yield "</section>"


def _form(form: PaperForm) -> Iterator[str]:
    wide = " pp-wide" if form.landscape else ""
    yield f'<section class="pp-page pp-form{wide}" id="form-{escape(form.code)}">'
    if form.annex:
        yield f'<p class="pp-annex">{escape(form.annex)}</p>'
    yield f"<h2>{'<br>'.join(escape(line) for line in form.lines)}</h2>"
    if form.supplementary:
        yield '<p class="pp-remark">（补充表，非通知所附表格）</p>'
    for block in form.blocks:
        yield from _block(block)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
        case Prose():
            yield f'<div class="{"pp-running" if block.running else "pp-note"}">'
            yield "".join(_para(para) for para in block.paras)
            yield "</div>"
        case PaperTable():
            yield from _table(block)


def _table(table: PaperTable) -> Iterator[str]:
    yield f'<div class="pp-scroll" tabindex="0" role="region" aria-label="{escape(table.name)}">'
    yield f'<table class="pp-table{" pp-small" if table.small else ""}"><colgroup>'
    yield "".join(f'<col width="{width}">' for width in table.percents)
    yield "</colgroup>"
    if table.head:
        yield f"<thead>{''.join(_row(row) for row in table.heading_rows)}</thead>"
    yield "<tbody>"
    for row in table.body_rows:
        yield _row(row)
    yield "</tbody></table></div>"


def _row(row: tuple[PaperCell, ...]) -> str:
    return f"<tr>{''.join(_cell(each) for each in row if each.rowspan)}</tr>"


def _cell(each: PaperCell) -> str:
    spans = f' colspan="{each.colspan}"' if each.colspan > 1 else ""
    spans += f' rowspan="{each.rowspan}"' if each.rowspan > 1 else ""
    body = "".join(_para(para) for para in each.paras)
    if each.scope:
        return f'<th scope="{each.scope}"{spans}>{body}</th>'
    return f"<td{spans}>{body}</td>"


def _para(para: Para) -> str:
    align = f' class="pp-{para.align}"' if para.align else ""
    pieces = "".join(
        f'<span class="{ROLES[piece.role]}">{escape(piece.text)}</span>'
        for piece in para.pieces
        if piece.text
    )
    return f"<p{align}>{pieces}</p>"
