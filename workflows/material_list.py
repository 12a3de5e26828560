"""The list of materials as pages show it: each item with its files, its state, and what goes before and after. 材料清单"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actors import Actor
from cases.enums import ScanState
from cases.materials import material_items, twins_of
from cases.models import Case, Material
from cases.relations import SEES_DRAFTS
from programmes.schema import FormField
from workflows.declaration_checks import MaterialProgress, draft_step, materials_form
from workflows.drafts import live_materials
from workflows.sent_versions import chosen, files_of, versions_of


@dataclass(frozen=True, slots=True)
class State:
    """状态 of one item, as a badge; ``tone`` and ``icon`` as partials/badge.html takes them."""

    text: str
    tone: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of the draft; ``twins`` says under which other items the same content lies."""

    file: Material
    twins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """材料项 as the page for filling in shows it; ``defect``: what the office wants corrected."""

    progress: MaterialProgress
    state: State
    files: tuple[FileLine, ...]
    defect: str


def item_lines(
    items: Iterable[MaterialProgress],
    everything: Sequence[Material],
    defects: Mapping[str, str],
    since: dt.datetime,
) -> list[ItemLine]:
    """The items with their states; ``everything``: the files of the case, those taken out too; ``since``: when this

    draft was opened. No query.
    """
    rows = list(items)
    files = [file for file in everything if file.removed_at is None]
    touched = _touched(everything, since)
    labels = {row.item.key: str(row.item.label) for row in rows}
    return [
        ItemLine(
            row,
            _state(row, row.item.key in defects and row.item.key not in touched),
            tuple(FileLine(file, _twins(file, files, labels)) for file in row.files),
            defects.get(row.item.key, ""),
        )
        for row in rows
    ]


def twin_notes(case: Case, file: Material, files: Sequence[Material]) -> list[str]:
    """Under which other items the same content lies, a sentence each. No query."""
    labels = {item.key: str(item.label) for item in material_items(case.edition.pack)}
    return list(_twins(file, files, labels))


def _twins(file: Material, files: Sequence[Material], labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        _("与“%(item)s”的“%(name)s”内容相同") % {"item": labels.get(twin.item, twin.item), "name": twin.name}
        for twin in twins_of(file, files)
    )


def _touched(everything: Sequence[Material], since: dt.datetime) -> set[str]:
    """The items to which a file came that lies there still, or from which one of the earlier version went."""
    came = {file.item for file in everything if file.removed_at is None and file.uploaded_at > since}
    went = {
        file.item
        for file in everything
        if file.removed_at is not None and file.uploaded_at <= since < file.removed_at
    }
    return came | went


def _state(row: MaterialProgress, wanting: bool) -> State:
    if not row.takes_files:
        if row.done:
            return State(_("已填写"), "success", "check")
        return State(_("填写中"), "warning")
    if wanting:
        return State(_("待补正"), "danger", "arrow-back-up")
    if any(file.scan == ScanState.PENDING for file in row.files):
        return State(_("正在扫描"), "info", "clock")
    if row.files:
        return State(_("已上传%(n)s个") % {"n": len(row.files)}, "success", "check")
    return State(_("未上传"), "warning") if row.item.required else State(_("选交，未上传"), "neutral")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For leafing through the files of a list: this one's place, the one before and the one after."""

    number: int
    total: int
    before: Material | None
    after: Material | None
    item: FormField | None


def neighbours_of(case: Case, file: Material, actor: Actor, version: str) -> Neighbours:
    """Where ``file`` stands among the files that the actor is reading: those of the version with this number, else

    the draft's for those who fill it in, else those of the version last sent. At most three queries.
    """
    listed = materials_form(case.edition.pack, draft_step(case))
    order = {item.key: place for place, item in enumerate(listed.fields if listed else ())}
    files = _read_now(case, actor, version)
    files.sort(key=lambda each: (order.get(each.item, len(order)), each.uploaded_at, each.pk))
    keys = [each.pk for each in files]
    place = keys.index(file.pk) if file.pk in keys else None
    item = next((each for each in (listed.fields if listed else ()) if each.key == file.item), None)
    if place is None:
        return Neighbours(1, 1, None, None, item)
    return Neighbours(
        place + 1,
        len(files),
        files[place - 1] if place else None,
        files[place + 1] if place + 1 < len(files) else None,
        item,
    )


def _read_now(case: Case, actor: Actor, version: str) -> list[Material]:
    if actor.role in SEES_DRAFTS and not version:
        return live_materials(case)
    found = chosen(versions_of(case), version)
    return files_of(list(case.materials.order_by("uploaded_at", "pk")), found) if found is not None else []
