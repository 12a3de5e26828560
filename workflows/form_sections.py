"""The printed sections of a form, and how much is open in each. 填报进度"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from programmes.forms import inputs_of
from programmes.schema import Form, Text
from workflows.declaration_checks import FormProgress


@dataclass(frozen=True, slots=True)
class Section:
    """A printed heading: where it is on the page, and how many required cells under it are blank or unreadable."""

    title: Text
    anchor: str
    open: int


def anchor_of(place: int) -> str:
    """The id of the ``place``-th printed heading of a form on its page, counted from 1."""
    return f"part-{place}"


def open_sections(form: Form, progress: FormProgress) -> list[Section]:
    """The printed headings of ``form`` in order; none when it has none. No query."""
    if not form.sections:
        return []
    grids = {
        cell.key: entry.key for entry in form.fields if entry.type == "grid" for cell in inputs_of(entry)
    }
    open_in: dict[str, int] = {}
    for path in _open_paths(progress):
        head = path.partition(".")[0]
        key = grids.get(head, head)
        open_in[key] = open_in.get(key, 0) + 1
    return [
        Section(section.title, anchor_of(place), sum(open_in.get(key, 0) for key in section.fields))
        for place, section in enumerate(form.sections, start=1)
    ]


def _open_paths(progress: FormProgress) -> Iterable[str]:
    yield from (cell.path for cell in progress.missing)
    yield from progress.faulty
