"""Names that people give to files, made harmless and still theirs. 文件名"""

from __future__ import annotations

import re
import unicodedata

from cases.file_types import suffixes_of

LONGEST = 200
DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode categories that nobody types on purpose: control characters, direction overrides, lone surrogates."""
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")
SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}$")
NOTHING = "file"


def harmless_name(name: str) -> str:
    """The name as the record keeps it: no folders, nothing invisible, no name that Windows reserves, at most 200

    characters with the ending kept; ``file`` when nothing is left.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(_shown(each) for each in last)
    kept = re.sub(r"\s+", " ", kept).strip(" ").rstrip(". ").lstrip(".")
    kept = RESERVED.sub(r"_\1", kept)
    if len(kept) > LONGEST:
        found = SUFFIX.search(kept)
        ending = found.group() if found else ""
        kept = kept[: LONGEST - len(ending) - 1] + "…" + ending
    return kept or NOTHING


def _shown(each: str) -> str:
    category = unicodedata.category(each)
    if category.startswith("Z") or each in "\t\r\n":
        return " "
    return "" if category in DROPPED else each


def name_to_save(name: str, kind: str) -> str:
    """The name under which a file of this type is handed out: its ending tells what it is, so that no program but the

    right one opens it (``年报.html`` that is a PDF becomes ``年报.html.pdf``).
    """
    fitting = suffixes_of(kind)
    return name if name.lower().endswith(fitting) else name + fitting[0]
