"""Word's paragraphs, runs and fields; the pages they stand on. 段落与页面"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from workflows.documents.paper import Para, Piece
from workflows.documents.word_parts import NAMESPACES

PORTRAIT, LANDSCAPE = (11906, 16838), (16838, 11906)
MARGIN_SIDE, MARGIN_TOP, MARGIN_WIDE = 1304, 1440, 1134
"""Twentieths of a point: 23 mm, 25.4 mm; 20 mm around a page across."""
UNREADABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""
BOXES = re.compile("([☑☐])")
ALIGN = {"center": "center", "right": "right"}


def clean(text: str) -> str:
    """A text as XML may hold it."""
    return escape(UNREADABLE.sub("", text))


# -- paragraphs ----------------------------------------------------------------------------------------------------------


def paragraph(para: Para, style: str) -> str:
    align = f'<w:jc w:val="{ALIGN[para.align]}"/>' if para.align in ALIGN else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{align}</w:pPr>{"".join(map(_piece, para.pieces))}</w:p>'


def _piece(piece: Piece) -> str:
    if piece.role == "value":
        return "".join(
            run(part, BOX) if BOXES.fullmatch(part) else run(part, FILLED)
            for part in BOXES.split(piece.text)
            if part
        )
    return run(piece.text, HINT if piece.role == "hint" else "")


FILLED = '<w:rFonts w:eastAsia="仿宋"/>'
HINT = '<w:rFonts w:eastAsia="楷体"/><w:sz w:val="18"/>'
BOX = '<w:rFonts w:ascii="Segoe UI Symbol" w:hAnsi="Segoe UI Symbol" w:eastAsia="Segoe UI Symbol"/>'


def run(text: str, properties: str = "") -> str:
    """A run; a line feed in the text becomes a break."""
    if not text:
        return ""
    lines = clean(text).replace("\r", "").split("\n")
    body = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{body}</w:r>"


def para(style: str, text: str, before: int = 0) -> str:
    return wrapped(style, run(text), before)


def wrapped(style: str, runs: str, before: int = 0) -> str:
    spacing = f'<w:spacing w:before="{before}"/>' if before else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{spacing}</w:pPr>{runs}</w:p>'


def field(code: str, shown: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


# -- pages ---------------------------------------------------------------------------------------------------------------


def section_end(*, landscape: bool, cover: bool = False) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="Gap"/>{section(landscape=landscape, cover=cover)}</w:pPr></w:p>'


def section(*, landscape: bool, cover: bool = False) -> str:
    wide, high = LANDSCAPE if landscape else PORTRAIT
    side, top = (MARGIN_WIDE, MARGIN_WIDE) if landscape else (MARGIN_SIDE, MARGIN_TOP)
    turned = ' w:orient="landscape"' if landscape else ""
    footer = "rIdFooter2" if cover else "rIdFooter1"
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader1"/>'
        f'<w:footerReference w:type="default" r:id="{footer}"/><w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{wide}" w:h="{high}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{side}" w:bottom="{top}" w:left="{side}" w:header="720" w:footer="567" '
        'w:gutter="0"/></w:sectPr>'
    )


def header(mark: str) -> str:
    return _part("hdr", para("Mark", mark) if mark else para("Header", ""))


def footer(lines: Iterable[str], *, numbered: bool) -> str:
    pages = ""
    if numbered:
        pages = wrapped(
            "Footer", run("第") + field("PAGE", "1") + run("页　共") + field("NUMPAGES", "1") + run("页")
        )
    return _part("ftr", pages + "".join(para("Foot", line) for line in lines) or para("Footer", ""))


def _part(kind: str, body: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:{kind} {NAMESPACES}>{body}</w:{kind}>'
    )
