"""What the page of signatures shows: the places, what has changed since the person last looked, who is asked. 签章页"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.actors import Actor
from audit import clock
from audit.models import ReadEntry
from cases.models import Case, Declaration, DeclarationForm, Material
from cases.signatures import SEAL_PREFIX, SUBMIT, Place, Statement, barred, statement_of, who_signs
from programmes.schema import Form
from workflows.case_pages import READ_KIND

LOOKED = "case.sign"
"""What reading the page of signatures is logged as."""
MOST_CHANGES = 40


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """签章处 as a page shows it; ``why_not`` says why this person cannot sign there electronically ('' = they can)."""

    place: Place
    statement: Statement
    who: str
    scan: bool
    signer: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Since:
    """改动: what was changed in the draft since the person last looked."""

    at: dt.datetime
    lines: tuple[str, ...]
    more: int


def place_lines(case: Case, places: Iterable[Place], actor: Actor, writers: set[int]) -> list[PlaceLine]:
    """Each place, and what the person may do there. No query."""
    return [
        PlaceLine(
            place=place,
            statement=statement_of(case, SUBMIT, place.spec),
            who=who_signs(place.spec, case.applicant),
            scan="scan" in place.spec.ways,
            signer="signer" in place.spec.ways,
            why_not=barred(place.spec, actor, writers),
        )
        for place in places
    ]


def last_look(case: Case, actor: Actor) -> dt.datetime | None:
    """When the person last saw this page of the case; None: never. One query."""
    if actor.user is None:
        return None
    rows = ReadEntry.objects.filter(
        kind=READ_KIND, key=str(case.public_id), what=LOOKED, actor_id=actor.user.pk
    )
    return rows.order_by("-at").values_list("at", flat=True).first()


def changes_since(
    case: Case, draft: Declaration, files: Iterable[Material], since: dt.datetime
) -> Since | None:
    """Fields and files of the draft that somebody changed after ``since``; None when nothing was. No query."""
    pack, lines = case.edition.pack, []
    for row in draft.forms.all():
        if row.form_code in pack.forms and row.updated_at > since:
            lines += _fields_of(pack.forms[row.form_code], row, since)
    for file in files:
        if file.item.startswith(SEAL_PREFIX):
            continue
        if file.uploaded_at > since or (file.removed_at is not None and file.removed_at > since):
            lines.append(file.name)
    return Since(since, tuple(lines[:MOST_CHANGES]), max(0, len(lines) - MOST_CHANGES)) if lines else None


def _fields_of(form: Form, row: DeclarationForm, since: dt.datetime) -> list[str]:
    """The fields changed since, by their labels; the form itself where it is not known which."""
    newer = {version for version, save in row.saves.items() if _moment(save[1]) > since}
    keys = {path.partition(".")[0] for path, version in row.cells.items() if str(version) in newer and path}
    labels = [str(field.label) for field in form.fields if _touched(field.key, keys)]
    return [f"{form.title} · {label}" for label in labels] or [str(form.title)]


def _touched(key: str, keys: set[str]) -> bool:
    """A grid's cells are stored under ``<field>_<column>``."""
    return key in keys or any(each.startswith(f"{key}_") for each in keys)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=clock.SHANGHAI)
