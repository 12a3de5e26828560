"""Every key of a pack deleted, every text blanked, every number spoilt, every entry dropped: the checker says so, never breaks.

The variants are made from what the files say, so that reading YAML (tested elsewhere) does not cost its time each time.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from programmes import packs, yaml_source
from programmes.checks import check_pack
from programmes.places import placed
from programmes.problems import PackError
from programmes.yaml_source import Source
from tests.factories.programmes import mini_files

Way = tuple[str | int, ...]
HUGE = 10**30


def places_in(value: Any, way: Way = ()) -> Iterator[tuple[Way, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield (*way, key), item
        yield from places_in(item, (*way, key))


def spoilt(value: Any) -> list[Any]:
    """What may stand where ``value`` stood, and should not."""
    match value:
        case bool():
            return [not value, ""]
        case int() | Decimal():
            return [0, -1, HUGE]
        case str():
            return ["", HUGE, []] if value else []
        case dict() | list():
            return [type(value)(), "", None] if value else []
    return []


def variants_of(root: Any) -> Iterator[Any]:
    for way, value in places_in(root):
        for new in (KeyError, *spoilt(value)):
            changed = copy.deepcopy(root)
            inside = changed
            for key in way[:-1]:
                inside = inside[key]
            if new is KeyError:
                del inside[way[-1]]
            else:
                inside[way[-1]] = new
            yield changed


def test_no_variant_breaks_the_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    files = mini_files()
    spoiled: dict[str, Any] = {}
    read = yaml_source.load

    def load(text: str, *, file: str) -> Source:
        source = read(text, file=file)
        return Source(spoiled[file], source.lines) if file in spoiled else source

    monkeypatch.setattr(yaml_source, "load", load)
    names = [name for name in files if name.endswith((".yaml", ".md"))]
    roots = {name: _head(files[name], name) for name in names}
    refused = tried = 0
    for name, root in roots.items():
        for changed in variants_of(root):
            spoiled.clear()
            spoiled[name] = changed
            tried += 1
            try:
                found = check_pack(packs.parse_files(files))
            except PackError as error:
                found = error.problems
            assert all(p.message_zh and p.message_en for p in placed(found, files))
            refused += bool(found)
    assert tried > 1000
    assert refused > 0.75 * tried


def _head(data: bytes, name: str) -> Any:
    text = data.decode()
    if name.endswith(".md"):
        text = text.split("---\n")[1]
    return yaml_source.load(text, file=name).value
