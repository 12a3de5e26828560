"""A comparison as it is shown: area by area, with the words of the clauses. 版本对比"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.citations import clauses_of
from programmes.comparison import Area, Change, Kind, compare
from programmes.models import Edition, Programme
from programmes.schema import Clause, Pack
from workflows.clause_links import anchor_of

AREAS: dict[Area, str | Promise] = {
    Area.IDENTITY: _("事项"),
    Area.LIFECYCLE: _("环节与时限"),
    Area.RULES: _("规则"),
    Area.ELIGIBILITY: _("申报预审"),
    Area.FORMS: _("表单"),
    Area.RUBRICS: _("评分表"),
    Area.SLOTS: _("待定值"),
    Area.LETTERS: _("文书"),
    Area.CLAUSES: _("条款"),
    Area.CONTEXT: _("取值来源"),
}
TONES = {Kind.ADDED: "success", Kind.REMOVED: "danger", Kind.CHANGED: "info"}
KINDS: dict[Kind, str | Promise] = {
    Kind.ADDED: _("新增"),
    Kind.REMOVED: _("删除"),
    Kind.CHANGED: _("修改"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """An edition that may be compared with."""

    public_id: uuid.UUID
    number: str
    status: str
    published: dt.datetime | None
    edition: Edition

    @classmethod
    def of_edition(cls, edition: Edition) -> Side:
        """An edition as one side."""
        return cls(
            edition.public_id, edition.number, edition.get_status_display(), edition.published_at, edition
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One difference."""

    change: Change
    kind: str
    tone: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Group:
    """The differences of one part of the policy."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause that a difference rests on, with its place on the page."""

    anchor: str
    clause: Clause


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs, and the clauses concerned."""

    groups: tuple[Group, ...]
    cited: tuple[Cited, ...]
    total: int


def sides_of(programme: Programme, *, but: Edition | None = None) -> list[Side]:
    """The programme's editions, the latest first, without ``but``. One query."""
    rows = programme.editions.defer("source").order_by("-created_at", "-pk")
    return [Side.of_edition(row) for row in rows if but is None or row.pk != but.pk]


def differences(old: Pack, new: Pack) -> Differences:
    """Everything that a reader of the policy would notice between two packs, by area."""
    changes = compare(old, new)
    cited: dict[str, Cited] = {}
    groups = []
    for area, title in AREAS.items():
        rows = tuple(_row(change, old, new, cited) for change in changes if change.area == area)
        if rows:
            groups.append(Group(str(title), rows))
    return Differences(tuple(groups), tuple(cited.values()), len(changes))


def _row(change: Change, old: Pack, new: Pack, cited: dict[str, Cited]) -> Row:
    found = _clauses(change.clause, (new, old))
    for clause in found:
        cited.setdefault(clause.id, Cited(anchor_of(clause.id), clause))
    anchor = anchor_of(found[0].id) if found else ""
    return Row(change, str(KINDS[change.kind]), TONES[change.kind], anchor)


def _clauses(citation: str, sources: Iterable[Pack]) -> list[Clause]:
    for pack in sources:
        if citation and (found := list(clauses_of(pack, citation))):
            return found
    return []
