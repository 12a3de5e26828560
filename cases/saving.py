"""Saving a draft, cell by cell or a form as a whole: the one place that writes what people fill in. 草稿保存

Locks the draft's row and those of its forms, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from audit import clock
from cases.cells import (
    WHOLE,
    Content,
    Places,
    changed_in,
    places_of,
    saver_of,
    split,
    stamps_of,
)
from cases.drafting import Clash, Edits, Merged, merge
from cases.enums import DeclarationStatus
from cases.errors import Conflict, Invalid, NotAllowed, NotVisible
from cases.models import Case, Declaration, DeclarationForm
from cases.policy import can_see
from cases.reasons import Reason, bring_in
from cases.relations import SEES_DRAFTS
from cases.whole_forms import whole
from programmes.forms import Cleaned, clean_form
from programmes.schema import Form

EDITABLE_STAGES = frozenset({"declare", "build"})
"""While declaring, and while building: what was built is reported with the request for review."""
KEPT_SAVES = 200
"""Versions whose saver is remembered although nothing names them any more."""
KEPT_GONE = 500
"""Lines of a form that were taken away and are still remembered, for whoever is writing in them."""
LINES_OVER = 2
"""How many times the lines of a table are kept, with a message; more are refused."""


@dataclass(frozen=True, slots=True)
class Others:
    """What colleagues have changed since the page was drawn: values by path, order of lines by table."""

    cells: Mapping[str, Any] = field(default_factory=dict)
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)
    savers: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving came to: the stored row, what was understood, what clashed, what others did."""

    row: DeclarationForm
    cleaned: Cleaned
    content: Content
    clashes: tuple[Clash, ...]
    others: Others
    draft: Declaration


def may_edit(actor: Actor, case: Case) -> bool:
    """The applicant's (or operator's) own people, while a draft is open. Whether one is open is the caller's query."""
    return actor.role in SEES_DRAFTS and case.stage in EDITABLE_STAGES and can_see(actor, case)


def save_form(
    *, case: Case, form_code: str, raw: Mapping[str, Any], expected_version: int | None, actor: Actor
) -> tuple[DeclarationForm, Cleaned]:
    """Save one form of the open draft as a whole; returns the row and what was understood, with messages by field.

    What cannot be understood is kept as typed, so nothing is lost. Raises NotVisible, NotAllowed when nothing is open
    for editing, Conflict when a colleague has changed something since ``expected_version`` that would be overwritten
    (then nothing is saved; None asks nobody).
    """
    form = editable_form(case, form_code, actor)
    cleaned = clean_form(form, raw, partial=True)
    places = places_of(form)
    with transaction.atomic():
        draft, row = held_draft(case, form_code)
        merged = merge(places, row, whole(places, row, cleaned.data, expected_version))
        if merged.clashes:
            saver = User.objects.filter(pk=merged.clashes[0].user_id or 0)
            who = saver.values_list("name", flat=True).first() or ""
            text = _("%(who)s刚刚修改过本表，请先核对再保存。") % {"who": who}
            raise Conflict("form_changed", text)
        _write(form, row, merged, actor=actor, tab="", sources={})
        _touch(draft, merged.touched, actor)
    return row, cleaned


def save_cells(
    *,
    case: Case,
    form_code: str,
    edits: Edits,
    actor: Actor,
    reasons: Mapping[str, Reason] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Saved:
    """Save the cells and lines that a person changed, and their reasons; what clashes stays as it is and is returned.

    ``sources``: path → where the value comes from, for values taken over. Raises NotVisible, NotAllowed when nothing is
    open for editing, Invalid for a place that the form does not have and for far too many lines.
    """
    form = editable_form(case, form_code, actor)
    places = places_of(form)
    require_known(form, places, edits)
    with transaction.atomic():
        draft, row = held_draft(case, form_code)
        merged = merge(places, row, edits)
        others = _others(places, row, merged, edits)
        cleaned = _write(form, row, merged, actor=actor, tab=edits.tab, sources=sources or {})
        before = draft.explanations
        clashes = bring_in(draft, reasons or {}, tab=edits.tab, actor=actor)
        _touch(draft, merged.touched or draft.explanations != before, actor)
    return Saved(row, cleaned, merged.content, (*merged.clashes, *clashes), others, draft)


def require_known(form: Form, places: Places, edits: Edits) -> None:
    """Raise Invalid when ``edits`` name something that the form does not have."""
    unknown = [path for path in edits.cells if places.find(path) is None]
    unknown += [table for table in edits.lines if table not in places.tables]
    if unknown:
        told = _("表单中没有此项")
        text = _("提交的内容与现行表单不一致，请刷新页面后继续填写。")
        raise Invalid("unknown_cell", text, fields={path[:80]: told for path in unknown[:20]})
    for entry in form.fields:
        lines = edits.lines.get(entry.key)
        if lines is not None and len(lines.now) > entry.max_rows * LINES_OVER:
            told = _("“%(table)s”不得超过%(limit)s行，现为%(count)s行，未能保存。") % {
                "table": entry.label,
                "limit": entry.max_rows,
                "count": len(lines.now),
            }
            raise Invalid("too_many_lines", told, fields={entry.key: told})


def changes_since(form: Form, row: DeclarationForm, base: int, tab: str) -> Others:
    """What others have changed since ``base``, for a page that has nothing to save. No query."""
    places = places_of(form)
    nothing = Edits(base=base, tab=tab)
    return _others(places, row, merge(places, row, nothing), nothing)


def editable_form(case: Case, form_code: str, actor: Actor) -> Form:
    """The form that ``actor`` is about to save. Raises NotVisible, NotAllowed. Queries: those of visibility."""
    if not can_see(actor, case):
        raise NotVisible("invisible", _("未找到该案件。"))
    if not may_edit(actor, case):
        raise NotAllowed("not_editable", _("申报材料当前不可修改。"))
    return case.edition.pack.forms[form_code]


def held_draft(case: Case, form_code: str) -> tuple[Declaration, DeclarationForm]:
    """The draft with its forms, and the one that is being saved, all held until the transaction ends. One query, three

    more when the form is begun.
    """
    rows = list(
        DeclarationForm.objects.select_for_update()
        .select_related("declaration")
        .filter(declaration__case=case, declaration__status=DeclarationStatus.DRAFT)
        .order_by("pk")
    )
    if rows:
        draft = rows[0].declaration
    else:
        held = case.declarations.select_for_update().filter(status=DeclarationStatus.DRAFT).first()
        if held is None:
            raise NotAllowed("not_editable", _("申报材料当前不可修改。"))
        draft = held
    row = next((each for each in rows if each.form_code == form_code), None)
    if row is None:
        row, _created = DeclarationForm.objects.get_or_create(
            declaration=draft, form_code=form_code, defaults={"version": 0}
        )
        rows.append(row)
    draft.case = case
    draft._prefetched_objects_cache = {"forms": rows}  # type: ignore[attr-defined]
    return draft, row


def _write(
    form: Form,
    row: DeclarationForm,
    merged: Merged,
    *,
    actor: Actor,
    tab: str,
    sources: Mapping[str, str],
) -> Cleaned:
    """Store what was merged; a form in which nothing changed keeps its version."""
    cleaned = clean_form(form, merged.content.data(), partial=True)
    if not merged.touched and row.version:
        return cleaned
    stamps = stamps_of(row) or {WHOLE: 0}
    row.version += 1
    row.data, row.rows = cleaned.data, merged.content.ids()
    row.updated_at, row.updated_by = clock.now(), actor.user
    row.cells = _stamped(row, stamps, merged)
    who = actor.user.pk if actor.user else None
    at = clock.local(row.updated_at).isoformat(timespec="seconds")
    named = set(row.cells.values())
    kept = {version: save for version, save in row.saves.items() if int(version) in named}
    row.saves = (kept if len(row.saves) > KEPT_SAVES else row.saves) | {str(row.version): [who, at, tab]}
    stale = merged.changed | {path for path in row.sources if _line(path) in merged.gone}
    row.sources = {path: said for path, said in row.sources.items() if path not in stale} | {
        path: said for path, said in sources.items() if path in merged.changed
    }
    in_whose_name = actor.on_behalf_of.pk if actor.on_behalf_of else None
    row.writers = sorted({*row.writers, *(key for key in (who, in_whose_name) if key is not None)})
    row.save()
    return cleaned


def _stamped(row: DeclarationForm, stamps: dict[str, int], merged: Merged) -> dict[str, int]:
    version = row.version
    if merged.gone:
        stamps = {path: at for path, at in stamps.items() if _line(path) not in merged.gone}
    stamps |= {path: version for path in merged.changed if _line(path) not in merged.added}
    lines = merged.added | merged.gone
    stamps |= dict.fromkeys(lines | {split(line)[0] for line in lines} | merged.moved, version)
    there = {f"{table}.{line}" for table, ids in row.rows.items() for line in ids}
    gone = [path for path in stamps if split(path)[1] and not split(path)[2] and path not in there]
    for path in sorted(gone, key=stamps.__getitem__)[: max(len(gone) - KEPT_GONE, 0)]:
        del stamps[path]
    return stamps


def _line(path: str) -> str:
    table, line, _column = split(path)
    return f"{table}.{line}" if line else ""


def _touch(draft: Declaration, changed: bool, actor: Actor) -> None:
    if not changed:
        return
    Declaration.objects.filter(pk=draft.pk).update(
        updated_at=clock.now(), updated_by=actor.user, explanations=draft.explanations
    )


def _others(places: Places, row: DeclarationForm, merged: Merged, edits: Edits) -> Others:
    """Read off the row as it was before this save; values and order as they are after it."""
    if edits.base is None:
        return Others()
    stamps, after = stamps_of(row), merged.content
    own = {str(row_version) for row_version, save in row.saves.items() if edits.tab and save[2] == edits.tab}
    newer = {path: at for path, at in stamps.items() if at > edits.base and str(at) not in own}
    paths: set[str] = set()
    for path in newer:
        table, line, column = split(path)
        if path == WHOLE:
            paths |= {*places.simple}
            paths |= {
                f"{t}.{i}.{c}" for t, ids in after.tables.items() for i in ids for c in places.tables[t]
            }
        elif line and line in after.tables.get(table, {}):
            paths |= {path} if column else {f"{path}.{c}" for c in places.tables[table]}
        elif not line and path in places.simple:
            paths.add(path)
    clashing = {clash.path for clash in merged.clashes}
    paths -= merged.changed | clashing
    savers = {path: saver_of(row, changed_in(stamps, path)).user_id for path in paths}
    kept = [clash.path for clash in merged.clashes if clash.kind == "edited"]  # of these it has nothing
    paths |= {f"{line}.{c}" for line in kept for c in places.tables[split(line)[0]]}
    order = {
        table: list(lines)
        for table, lines in after.tables.items()
        if stamps.get(table, 0) > edits.base
        or stamps.get(WHOLE, 0) > edits.base
        or (table in edits.lines and list(lines) != list(edits.lines[table].now))
    }
    return Others({path: after.get(path) for path in paths}, order, savers)
