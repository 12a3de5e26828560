"""Further programmes of the product that a scenario is played with: packs that share a quota or a ranking. 同台项目"""

from __future__ import annotations

import functools

from programmes import packs
from programmes.schema import Pack


def names() -> list[str]:
    """The programmes that the product has packs of."""
    return sorted(path.parent.name for path in packs.packs_directory().glob("*/programme.yaml"))


def archive_of(name: str) -> bytes:
    """The pack of that programme as an edition stores it. KeyError: the product has none of that name."""
    if name not in names():
        raise KeyError(name)
    return packs.archive(packs.read_directory(packs.packs_directory() / name))


def pack_of(name: str) -> Pack:
    """The pack itself. KeyError as above; PackError when it is not well formed."""
    return _parsed(archive_of(name))


@functools.lru_cache(maxsize=4)
def _parsed(archive: bytes) -> Pack:
    return packs.parse(archive)
