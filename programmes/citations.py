"""Citations: from ``003·方案·三(三);附件6·第二条`` to the clauses it names. 条款引用

Parts are separated by ``;``. A part after the first may leave out the document's code, as people do in writing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from programmes.schema import Clause, Pack

SEPARATOR = re.compile(r"\s*[;；]\s*")
DOT = "·"


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
