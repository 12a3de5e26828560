"""Citations: from ``003·方案·三(三);附件6·第二条`` to the clauses it names. 条款引用

Parts are separated by ``;``. A part after the first may leave out the document's code, as people do in writing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from programmes.schema import Clause, Document, Pack

SEPARATOR = re.compile(r"\s*[;；]\s*")
DOT = "·"
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]*")
"""A document's code, as a citation begins with it; places are named in Chinese."""
KINDS = (
    "管理办法", "暂行办法", "试行办法", "实施办法", "评定办法", "认定办法", "评审办法", "扶持办法", "实施方案",
    "行动方案", "工作方案", "建设方案", "行动计划", "实施细则", "实施意见", "指导意见", "若干措施", "若干政策", "若干规定",
    "暂行规定", "申报指南", "工作规程", "操作规程", "办法", "方案", "计划", "细则", "意见", "措施", "政策", "规定",
    "指南", "规程", "条例", "通知", "公告", "决定",
)  # fmt: skip
"""What documents are called by their kind, the longer names first."""
AFTERWORD = re.compile(r"[（(][^（）()]*[）)]$")


def parts_of(citation: str) -> list[str]:
    """The parts of a citation, each with its document's code."""
    parts = [part for part in SEPARATOR.split(citation.strip()) if part]
    if not parts:
        return []
    document = parts[0].partition(DOT)[0]
    return [
        parts[0],
        *(part if part.startswith(document + DOT) else f"{document}{DOT}{part}" for part in parts[1:]),
    ]


def unresolved(citation: str, clauses: Mapping[str, Clause]) -> list[str]:
    """The parts of a citation that no clause stands for."""
    given = [part for part in SEPARATOR.split(citation.strip()) if part]
    return [
        part
        for part, full in zip(given, parts_of(citation), strict=True)
        if full not in clauses and part not in clauses
    ]


def clauses_of(pack: Pack, citation: str) -> list[Clause]:
    """The clauses that a citation names, in its order: for showing the words a decision rests on."""
    given = [part for part in SEPARATOR.split(citation.strip()) if part]
    found = (
        pack.clauses.get(full) or pack.clauses.get(part)
        for part, full in zip(given, parts_of(citation), strict=True)
    )
    return [clause for clause in found if clause is not None]


def written_out(pack: Pack, citation: str) -> str:
    """A citation as official letters write it, in Chinese: 《…建设实施方案》附件6·第四条（五）. A part whose document the pack
    does not name stays as it is; the title of a document is given once.
    """
    titles = {document.code: document.title.zh for document in pack.programme.documents}
    told: list[str] = []
    before = ""
    for part in parts_of(citation):
        code, _dot, place = part.partition(DOT)
        if code not in titles:
            told.append(part)
            continue
        place = place.replace("(", "（").replace(")", "）")
        told.append(place if code == before and place else f"《{titles[code]}》{place}")
        before = code
    return "、".join(told)


def short_titles(documents: Sequence[Document]) -> dict[str, str]:
    """Code → what each document is called on a screen: its kind (管理办法); in full where two are of one kind."""
    kinds = {document.code: _kind(document.title.zh) for document in documents}
    alike = Counter(kinds.values())
    return {
        document.code: document.title.zh if alike[kinds[document.code]] > 1 else kinds[document.code]
        for document in documents
    }


def _kind(title: str) -> str:
    plain = AFTERWORD.sub("", title)
    return next((kind for kind in KINDS if plain.endswith(kind)), title)


def on_screen(citation: str, documents: Sequence[Document] = ()) -> str:
    """A citation as screens show it: 《管理办法》第七条 where there are several ``documents``, else the article alone.

    Codes of documents are for files and exports; a code that is not among several ``documents`` stays.
    """
    names = short_titles(documents) if len(documents) > 1 else None
    told: list[str] = []
    before = ""
    for part in parts_of(citation):
        code, dot, place = part.partition(DOT)
        inner, nested, rest = place.partition(DOT)
        if nested and names is not None and inner in names:  # a later part of another document
            code, place = inner, rest
        if not dot or not place or not CODE.fullmatch(code) or (names is not None and code not in names):
            told.append(part)
            continue
        told.append(place if names is None or code == before else f"《{names[code]}》{place}")
        before = code
    return "；".join(told)
