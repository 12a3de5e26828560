"""One draft for one line of a file: opened, filled in and remembered in one transaction, once. 批量建立草稿"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from cases.drafting import Edits
from cases.errors import Conflict
from cases.models import Case
from cases.saving import save_cells
from programmes.models import Round
from workflows.batch_lines import Line, title_of, values_by_form
from workflows.models import Submission
from workflows.opening import alike, live_cases, open_case
from workflows.prefill import FILE

ACTION = "case.open"


@dataclass(frozen=True, slots=True)
class Origin:
    """From which upload the lines come: its own key, what the file was called, and the SHA-256 of its bytes."""

    key: str
    name: str
    sha256: str

    def line_key(self, number: int) -> str:
        """The idempotency key of a line: the same however often the upload is confirmed."""
        return hashlib.sha256(f"batch:{self.key}:{number}".encode()).hexdigest()


class Declared(Conflict):
    """The unit has a declaration of this title in the round already; ``case`` is the one."""

    def __init__(self, case: Case) -> None:
        super().__init__("declared_already", _("该单位在本批次已有同名申报，未重复建立。"))
        self.case = case


@dataclass(slots=True)
class Opened:
    """The draft of a line; ``new`` is False when it was made at an earlier confirmation."""

    case: Case
    new: bool = False


def opened_before(origin: Origin, numbers: Iterable[int]) -> dict[int, Case]:
    """The drafts that earlier confirmations of this upload made, by line. One query."""
    keys = {origin.line_key(number): number for number in numbers}
    used = Submission.objects.filter(key__in=keys, action=ACTION).select_related("case__applicant")
    return {keys[seen.key]: seen.case for seen in used}


def open_line(
    *, round: Round, line: Line, applicant: Organisation, actor: Actor, origin: Origin, again: bool = False
) -> Opened:
    """Open the draft of a line and fill in its cells. One transaction; confirmed again, it gives the same draft.

    ``again``: the person was told of another declaration of this title and wants this one beside it. Order under the
    round's lock: used keys, other declarations, limits, the case, its cells, the key.

    Raises Declared, and what :func:`workflows.opening.open_case` and :func:`cases.saving.save_cells` raise.
    """
    key, title = origin.line_key(line.number), title_of(line.values)
    opened: list[Case] = []

    def already() -> Case | None:
        seen = Submission.objects.filter(key=key, action=ACTION).select_related("case").first()
        if seen is not None:
            return seen.case
        if not again and (other := _declared(round, applicant, title)):
            raise Declared(other)
        return None

    def fill(case: Case) -> None:
        source = f"{FILE}:{line.number}:{origin.name}"
        for code, values in sorted(values_by_form(round.edition.pack, line.values).items()):
            sources = dict.fromkeys(values, source)
            save_cells(case=case, form_code=code, edits=Edits(None, values), actor=actor, sources=sources)
        Submission.objects.create(key=key, user=actor.user, case=case, action=ACTION)
        opened.append(case)

    case = open_case(
        round=round,
        applicant=applicant,
        title=title,
        actor=actor,
        already=already,
        fill=fill,
        origin={"import": {"sha256": origin.sha256, "line": line.number}},
    )
    return Opened(case, new=bool(opened))


def _declared(round: Round, applicant: Organisation, title: str) -> Case | None:
    """A declaration of the unit in the round whose title is alike, as the preview compares them. One query, two if so."""
    theirs = live_cases(round).filter(applicant=applicant).order_by("pk").values_list("pk", "title")
    same = next((pk for pk, there in theirs if alike(there) == alike(title)), None)
    return None if same is None else Case.objects.get(pk=same)
