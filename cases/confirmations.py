"""Questions about amounts that are hardly meant, and their answers: 填写无误. 数值核对

A question (``programmes.plausibility``) holds nothing up. Whoever fills the declaration in may answer it; the answer is
kept with the form, for the value that stood there, and goes with the version that is sent. Another value is asked about
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from audit import clock
from cases.cells import content_of, mark, paths_of, places_of, split
from cases.drafting import Edits
from cases.models import Case, Declaration, DeclarationForm
from cases.saving import editable_form, held_draft, require_known
from programmes.forms import Cleaned, clean_form
from programmes.schema import Form, Pack


@dataclass(frozen=True, slots=True)
class Answer:
    """确认: by whom (key of the user) and when (ISO) a value was said to be right."""

    user_id: int | None
    at: str


@dataclass(frozen=True, slots=True)
class Question:
    """数值疑问: the question at one place, the cell's ``path`` in the draft, a ``mark`` of the value that it is about."""

    text: str
    path: str
    mark: str
    answer: Answer | None

    @property
    def token(self) -> str:
        """What a page sends back to confirm just this value: ``path:mark``."""
        return f"{self.path}:{self.mark}"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What confirming came to: the stored form, and the paths whose value is no longer what the page showed."""

    row: DeclarationForm
    changed: tuple[str, ...]


def questions_of(form: Form, row: DeclarationForm | None, cleaned: Cleaned) -> dict[str, Question]:
    """Place (``rows.0.name``) → the question that the content as read raises there, answered or open.

    A question where something cannot be read at all is part of that message, and none of these. No query.
    """
    asked = {place: text for place, text in cleaned.warnings.items() if place not in cleaned.errors}
    if not asked:
        return {}
    ids = content_of(places_of(form), row).ids()
    known = row.confirmed if row is not None else {}
    found = {}
    for place, text in asked.items():
        path, value = _path(place, ids), _value(cleaned.data, place)
        held = known.get(path)
        answer = Answer(held["user"], held["at"]) if held is not None and held["value"] == value else None
        found[place] = Question(text, path, mark(value), answer)
    return found


def answered_in(form: Form, row: DeclarationForm | None) -> dict[str, Question]:
    """The questions of a stored form that were answered, by place. No query; nothing is read where none was."""
    if row is None or not row.confirmed:
        return {}
    asked = questions_of(form, row, clean_form(form, row.data, partial=True))
    return {place: question for place, question in asked.items() if question.answer is not None}


def confirm_figures(*, case: Case, form_code: str, seen: Mapping[str, str], actor: Actor) -> Confirmed:
    """Keep that these numbers are right: path → the mark of the value that the person saw.

    Locks what saving locks and changes no content: the form keeps its version, and who confirms has not filled in (the
    signer may check a number without becoming a drafter). A value that somebody has changed since
    is not confirmed and is named in the result. Raises as ``save_cells`` does.
    """
    form = editable_form(case, form_code, actor)
    places = places_of(form)
    require_known(form, places, Edits(None, dict.fromkeys(seen)))
    with transaction.atomic():
        _draft, row = held_draft(case, form_code)
        content = content_of(places, row)
        cleaned = clean_form(form, row.data, partial=True)
        asked = {each.path: each for each in questions_of(form, row, cleaned).values()}
        now = {path: asked[path].mark if path in asked else mark(content.get(path)) for path in seen}
        changed = tuple(path for path in seen if now[path] != seen[path])
        fresh = [path for path in asked if path in seen and path not in changed and not asked[path].answer]
        if fresh:
            entry = {
                "user": actor.user.pk if actor.user else None,
                "behalf": actor.on_behalf_of.pk if actor.on_behalf_of else None,
                "at": clock.local(clock.now()).isoformat(timespec="seconds"),
            }
            there = set(paths_of(places, content))
            kept = {path: held for path, held in row.confirmed.items() if path in there}
            row.confirmed = kept | {path: {"value": content.get(path)} | entry for path in fresh}
            DeclarationForm.objects.filter(pk=row.pk).update(confirmed=row.confirmed)
    return Confirmed(row, changed)


def count_questions(pack: Pack, draft: Declaration) -> dict[str, int]:
    """How many questions the declaration raises: ``confirmed`` and ``open``; empty without any. No query when the forms

    are prefetched.
    """
    found = [
        question
        for row in draft.forms.all()
        if (form := pack.forms.get(row.form_code)) is not None
        for question in questions_of(form, row, clean_form(form, row.data, partial=True)).values()
    ]
    confirmed = sum(question.answer is not None for question in found)
    return {"confirmed": confirmed, "open": len(found) - confirmed} if found else {}


def _path(place: str, ids: Mapping[str, list[str]]) -> str:
    """From a place in the stored data to the cell's path; '' for a line that is not stored."""
    table, number, column = split(place)
    if not number:
        return place
    lines = ids.get(table, [])
    return f"{table}.{lines[int(number)]}.{column}" if number.isdigit() and int(number) < len(lines) else ""


def _value(data: Mapping[str, Any], place: str) -> Any:
    table, number, column = split(place)
    return data[table][int(number)].get(column) if number else data.get(place)
