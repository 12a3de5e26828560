"""What a page of a declaration is told after each save, and now and then: what is wrong, what is missing, what others
did, what the rules say. 填报答复

One answer brings the page up to date: the script draws nothing by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User
from audit import clock, punctuation
from cases.cells import Content, Places, content_of, places_of
from cases.confirmations import Question, questions_of
from cases.drafting import Clash
from cases.models import DeclarationForm
from cases.reasons import reason_versions, reasons_kept
from cases.relations import relations_of
from cases.saving import Others, Saved
from programmes.form_content import visible_fields
from programmes.forms import Cleaned, display_value, inputs_of
from programmes.schema import Form
from workflows.clause_links import clause_url
from workflows.declaration_checks import Check, FormProgress, checks_of, judge, progress_from
from workflows.drafts import Draft
from workflows.form_notes import ClashShown, Notes, cell_checks, shown, to_paths, to_places
from workflows.form_sections import open_sections
from workflows.prefill import source_words
from workflows.presence import Present
from workflows.views.refusals import PersonAtWork

MOST_CHECKS = 50
"""Of one rule beside a form: a column left blank in a long table is told of for so many lines, and how many more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one form stands: its progress, what the rules say of it, what stands beside its cells."""

    progress: FormProgress
    checks: list[Check]
    notes: Notes


def standing_of_form(
    request: PersonAtWork, draft: Draft, form: Form, data: Mapping[str, Any], cleaned: Cleaned
) -> Standing:
    """Judge the draft as it is with ``data`` in this form. Queries: those of the rules' facts."""
    case = draft.case
    contents = draft.declaration.data() | {form.code: dict(data)}
    verdicts = judge(case, contents, actor=request.actor, relations=relations_of(request.actor, case))
    mine = [v for v in verdicts if any(path.partition(".")[0] == form.code for path in v.fields)]
    checks = checks_of(case, mine, most=MOST_CHECKS)
    reasons = reasons_kept(draft.declaration)
    beside = cell_checks(form.code, checks, data, reasons, reason_versions(draft.declaration))
    row = draft.forms.get(form.code)
    ids = ids_of(form, row)
    sources = to_places(row.sources, ids) if row is not None else {}
    notes = replace(
        notes_of_questions(questions_of(form, row, cleaned)),
        checks=beside,
        sources={path: source_words(source, case) for path, source in sources.items()},
        ids=ids,
        conditional=frozenset(entry.key for entry in form.fields if entry.visible_when),
        clause_urls={clause: clause_url(case, clause) for clause in {entry.clause for entry in form.fields}},
    )
    return Standing(progress_from(case, form, data, cleaned, row), checks, notes)


def notes_of_questions(questions: Mapping[str, Question]) -> Notes:
    """What stands beside the cells that are asked about: what confirms an open question, what was confirmed."""
    said = _("已确认填写无误（%(at)s）")
    return Notes(
        sure={place: each.token for place, each in questions.items() if each.path and each.answer is None},
        confirmed={
            place: said % {"at": each.answer.at[:16].replace("T", " ")}
            for place, each in questions.items()
            if each.answer is not None
        },
    )


def ids_of(form: Form, row: DeclarationForm | None) -> dict[str, list[str]]:
    """Table → the ids of its lines, as the page shows them. No query."""
    return content_of(places_of(form), row).ids()


def names_of(keys: Iterable[int | None]) -> dict[int, str]:
    """The names of people. One query, none for nobody."""
    wanted = {key for key in keys if key is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def clashes_shown(clashes: Iterable[Clash], places: Places) -> list[ClashShown]:
    """Clashes in words. One query, none without clashes."""
    listed = list(clashes)
    names = names_of(clash.user_id for clash in listed)
    return [shown(clash, places.find(clash.path), names) for clash in listed]


def answer_of(
    request: PersonAtWork, draft: Draft, form: Form, saved: Saved, people: list[Present]
) -> dict[str, Any]:
    """The answer to a save."""
    row, cleaned, places = saved.row, saved.cleaned, places_of(form)
    standing = standing_of_form(request, draft, form, row.data, cleaned)
    return {
        "version": row.version,
        "saved_at": clock.local(row.updated_at).isoformat(timespec="seconds"),
        "errors": to_paths(cleaned.errors, saved.content, places),
        **doubts_told(standing.notes, cleaned, saved.content, places),
        "clashes": [_told(clash, mine) for clash, mine in _with_values(saved.clashes, places)],
        "others": others_told(saved.others),
        "reasons": reason_versions(draft.declaration),
        "people": people_told(people),
    } | state_of(request, draft, form, row.data, standing)


def doubts_told(notes: Notes, cleaned: Cleaned, content: Content, places: Places) -> dict[str, Any]:
    """What is asked about values, by path: the open questions, what confirms each, and what was confirmed."""
    open_ones = {place: text for place, text in cleaned.warnings.items() if place not in notes.confirmed}
    return {
        "warnings": to_paths(open_ones, content, places),
        "sure": to_paths(notes.sure, content, places),
        "confirmed": to_paths(notes.confirmed, content, places),
    }


def state_of(
    request: PersonAtWork, draft: Draft, form: Form, data: Mapping[str, Any], standing: Standing
) -> dict[str, Any]:
    """What follows from the content: progress, calculated values, hidden fields, the rules' words (as drawn)."""
    asked = {entry.key for entry in visible_fields(form, data)}
    context = {"case": draft.case, "form": form, "checks": standing.checks, "notes": standing.notes}
    return {
        "missing": standing.progress.open,
        "percent": standing.progress.percent,
        "sections": [section.open for section in open_sections(form, standing.progress)],
        "open": [cell.path for cell in standing.progress.missing[:1]],
        "calculated": calculated(form, data),
        "hidden": [entry.key for entry in form.fields if entry.key not in asked],
        "checks": render_to_string("cases/form_checks.html", context, request=request),
    }


def calculated(form: Form, data: Mapping[str, Any]) -> dict[str, str]:
    """The calculated cells as they read."""
    return {
        cell.key: display_value(cell, data.get(cell.key))
        for entry in form.fields
        if entry.calculated
        for cell in inputs_of(entry)
    }


def others_told(others: Others) -> dict[str, Any]:
    """What colleagues changed, and who they are. One query, none when nothing changed."""
    names = names_of(others.savers.values())
    return {
        "cells": dict(others.cells),
        "lines": {table: list(ids) for table, ids in others.order.items()},
        "who": punctuation.listed(sorted(set(names.values()))),
    }


def people_told(people: list[Present]) -> list[dict[str, str]]:
    """Who is at the form."""
    return [{"name": one.name, "field": one.field} for one in people]


def _with_values(clashes: Iterable[Clash], places: Places) -> list[tuple[ClashShown, Clash]]:
    listed = list(clashes)
    return list(zip(clashes_shown(listed, places), listed, strict=True))


def _told(clash: ClashShown, found: Clash) -> dict[str, Any]:
    return {
        "path": clash.path,
        "kind": clash.kind,
        "version": clash.version,
        "who": clash.who,
        "at": clash.at,
        "text": clash.theirs,
        "theirs": found.theirs,
    }
