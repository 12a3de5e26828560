"""File names that any system takes and none misreads: made from what people typed. 文件名"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from cases.file_names import RESERVED, name_to_save

FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')
MOST_BYTES = 150
"""Of one name in UTF-8: archivers on Windows fail on paths of more than 260 characters."""
MOST_LETTERS = 60


def safe_name(text: str, default: str = "文件") -> str:
    """``text`` as the name of a file or folder: no path, no control or direction characters, not too long."""
    plain = unicodedata.normalize("NFC", text)
    plain = "".join(each for each in plain if unicodedata.category(each)[0] != "C")
    plain = FORBIDDEN.sub("_", " ".join(plain.split())).strip(" ._")
    if RESERVED.match(plain):
        plain = f"{default}-{plain}"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) > 5 or not stem:
        stem, suffix = plain, ""
    return f"{_cut(stem, suffix)}{f'.{suffix}' if suffix else ''}" or default


def _cut(stem: str, suffix: str) -> str:
    kept = stem[: MOST_LETTERS - len(suffix)]
    while len(kept.encode()) > MOST_BYTES - len(suffix):
        kept = kept[:-1]
    return kept.strip(" ._")


def material_name(name: str, content_type: str) -> str:
    """A material's name that ends as its contents demand: what is called .exe and is a PDF gets .pdf behind it."""
    made = safe_name(name)
    ending = name_to_save(made, content_type).removeprefix(made)
    return safe_name(made[: MOST_LETTERS - 6] + ending) if ending else made


class Names:
    """The names given out in one archive; the same one (whatever its case) is given only once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def unique(self, folder: str, name: str) -> str:
        """``folder/name``, with a number before the ending where it is taken already."""
        path = PurePosixPath(name)
        stem, suffix, number = path.stem, path.suffix, 1
        wanted = f"{folder}/{name}" if folder else name
        while wanted.casefold() in self.taken:
            number += 1
            again = f"{stem}（{number}）{suffix}"
            wanted = f"{folder}/{again}" if folder else again
        self.taken.add(wanted.casefold())
        return wanted
