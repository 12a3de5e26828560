"""Pages that stand by themselves: print pages and letters that open without us and without a network. 独立网页"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from workflows.documents.markup import sheets
from workflows.documents.paper import Paper


def standing_alone(paper: Paper) -> str:
    """The print page with its styles in it: opens without us, and without a network."""
    context = {
        "title": paper.title,
        "stamp": paper.stamp,
        "sheets": sheets(paper),
        "style": page_style() + margin_style(paper.mark, paper.foot),
    }
    return render_to_string("cases/dossier/paper.html", context)


def page(template: str, title: str, context: dict[str, object]) -> str:
    return render_to_string(template, context | {"title": title, "style": page_style()})


def page_style() -> str:
    """The style sheet of paper, as text."""
    found = finders.find("css/paper.css")
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")


def margin_style(mark: str, lines: Sequence[str]) -> str:
    """What stands in the margins of a document's pages: the draft's mark, the page's number, what it is bound to."""
    foot = "".join(f'"\\a {_quoted(line)}"' for line in lines)
    number = '"第" counter(page) "页　共" counter(pages) "页"'
    boxes = f"@bottom-center {{ content: {number}{f' {foot}' if foot else ''}; white-space: pre; }}"
    if mark:
        boxes += f' @top-center {{ content: "{_quoted(mark)}"; }}'
    return "".join(f"@page {name} {{ {boxes} }}\n" for name in ("pp", "pp-wide"))


def _quoted(text: str) -> str:
    """Inside a CSS string: everything but plain letters and digits as code points."""
    return "".join(each if each.isalnum() and each.isascii() else f"\\{ord(each):x} " for each in text)
