"""Filters by which templates tell work items and what belongs to them: names, limits, addresses, points."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.http import HttpRequest
from django.utils.translation import gettext as _

from audit.punctuation import parted
from cases.models import Case, Deadline, Decision, ScoreSheet
from programmes.default_letters import letter_of
from workflows import addresses, clause_links, labels
from workflows.due import Due, due_of
from workflows.forms import plain
from workflows.homes import ExpertHome
from workflows.models import WorkItem
from workflows.typed import Typed, typed_in

register = template.Library()


@register.filter
def due(subject: WorkItem | Deadline | Due) -> Due:
    """The limit of an item or a deadline (:func:`workflows.due.due_of`)."""
    return subject if isinstance(subject, Due) else due_of(subject)


@register.filter
def typed(request: HttpRequest | None) -> list[Typed]:
    """What somebody typed into the form that was sent with this request (:func:`workflows.typed.typed_in`)."""
    return typed_in(request) if request is not None else []


@register.filter
def one_sentence(statements: list[str]) -> str:
    """Statements as one sentence: 甲；乙。"""
    return parted(statements) + _("。")


@register.filter
def duty_name(item: WorkItem) -> str:
    """What an open item is called (:func:`workflows.labels.duty_name`)."""
    return labels.duty_name(item)


@register.filter
def step_name(case: Case) -> str:
    """The title of the case's step."""
    return labels.step_name(case)


@register.filter
def case_address(case: Case) -> str:
    """The page of the case."""
    return addresses.of_case(case)


@register.filter
def item_address(item: WorkItem) -> str:
    """Where an item is worked on."""
    return addresses.of_item(item)


@register.filter
def clause_address(case: Case, citation: str) -> str:
    """Where the words of a clause can be read."""
    return clause_links.clause_url(case, citation)


@register.filter
def letter_title(decision: Decision) -> str:
    """The title of the letter that went with a decision."""
    letter = letter_of(decision.case.edition.pack, decision.letter_code)
    return str(letter.title) if letter is not None else labels.deed(f"{decision.procedure}.{decision.action}")


@register.filter
def letter_address(decision: Decision) -> str:
    """Where the letter can be read."""
    return addresses.of_letter(decision)


@register.filter
def own_sheet(home: ExpertHome, sheet: ScoreSheet) -> str:
    """Where the expert reads a sheet of theirs again; '' when its seat is not known."""
    item = home.done_items.get((sheet.case_id, sheet.run_no))
    return addresses.score(item.public_id) if item is not None else ""


@register.filter
def points(number: Decimal) -> str:
    """Points as people write them: no trailing zeros."""
    return plain(number)
