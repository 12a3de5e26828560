"""The pages of the import of many declarations: for which round and units, choosing a file, the preview, the result.

批量导入的页面
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation
from audit.punctuation import listed
from cases.errors import NotAllowed, NotVisible
from cases.models import Case
from cases.relations import SEES_DRAFTS
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.schema import Pack
from workflows.batch_lines import Line
from workflows.batch_units import units_in_reach
from workflows.opening import drafts_of, require_open
from workflows.spreadsheets.batch_writing import LISTED_UNITS, Batch
from workflows.spreadsheets.batches import MOST_LINES, UNIT, batch_columns, items_of, left_out
from workflows.spreadsheets.guide import kind_name
from workflows.views.batch_preview import Preview, carried
from workflows.views.refusals import PersonAtWork


@dataclass(frozen=True, slots=True)
class Call:
    """The round, and the units for which the actor may declare in it: the first LISTED_UNITS and one more."""

    round: Round
    units: Sequence[Organisation]

    @property
    def several(self) -> bool:
        """Whether a line has to say for which unit it is."""
        return len(self.units) > 1

    @property
    def own(self) -> Organisation | None:
        """The only unit; None where there are several."""
        return None if self.several else self.units[0]


@dataclass(slots=True)
class Outcome:
    """What became of a line: its draft (``new``, or of an earlier confirmation), or why there is none."""

    line: Line
    case: Case | None = None
    new: bool = False
    reason: str = ""
    other: Case | None = field(default=None)
    """A declaration of the same title that is there already."""


def call_of(actor: Actor, public_id: uuid.UUID, *, full: bool = False) -> Call:
    """The round, once the actor may declare in it now. Two queries, three where the programme limits drafts.

    Raises NotAllowed (not an applicant; not open; not for such units; the unit is out of use; unless ``full`` may be: the only unit has reached
    its limit), NotVisible.
    """
    if actor.role not in SEES_DRAFTS:
        raise NotAllowed("not_permitted", _("由申报单位发起申报；您当前的身份不能发起。"))
    rounds = Round.objects.filter(
        public_id=public_id,
        authority_id=actor.authority_id,
        status__in=(RoundStatus.OPEN, RoundStatus.PLANNED),
    )
    round_ = rounds.select_related("programme", "edition", "authority").defer("edition__source").first()
    if round_ is None or not actor.covers_programme(round_.programme.code):
        raise NotVisible("invisible", _("未找到该批次。"))
    spec = round_.edition.pack.programme.applicant
    units = list(units_in_reach(actor).filter(kind__in=spec.kinds)[: LISTED_UNITS + 1])
    if not units:
        if actor.organisation is not None and not actor.organisation.is_active:
            raise NotAllowed("unit_inactive", _("贵单位已停用，不能申报。"))
        raise NotAllowed("wrong_applicant", _("贵单位的类别不符合申报主体要求。"), spec.clause)
    try:
        require_open(round_, units[0], actor)
    except NotAllowed as refusal:
        if refusal.code != "draft_limit" or not (full or len(units) > 1):  # another unit may still declare
            raise
    return Call(round_, units)


def batch_of(call: Call) -> Batch:
    """What the round's files are made for."""
    round_ = call.round
    return Batch(
        pack=round_.edition.pack,
        round=str(round_.public_id),
        name=round_.name,
        programme=str(round_.programme.title),
        edition=round_.edition.number,
        digest=round_.edition.digest,
        units=[unit.name for unit in call.units],
    )


def _about(call: Call) -> dict[str, Any]:
    limit = call.round.edition.pack.programme.round.drafts_per_applicant
    return {
        "round": call.round,
        "call": call,
        "most_lines": MOST_LINES,
        "limit": limit,
        "limit_clause": call.round.edition.pack.programme.round.clause,
    }


def choose_page(
    request: PersonAtWork,
    call: Call,
    told: dict[str, Any] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Choose a file; a query more where the programme limits drafts and there is one unit."""
    about = _about(call)
    pack = call.round.edition.pack
    columns = [column for column in batch_columns(pack) if call.several or column.key != UNIT]
    forms = {item.key: item.form.title for item in items_of(pack)}
    drafts = drafts_of(call.round, [call.own.pk]) if about["limit"] and call.own is not None else {}
    context = about | {
        "described": [(column, kind_name(column.entry), forms.get(column.key)) for column in columns],
        "many_forms": len(set(forms.values())) > 1,
        "left_out": _left_out(pack),
        "room": about["limit"] - sum(drafts.values()) if about["limit"] else 0,
        "limit_bytes": settings.SPREADSHEET_MAX_BYTES,
        "listed_units": LISTED_UNITS,
        **(told or {}),
    }
    return render(request, "cases/batch.html", context, status=status)


def _left_out(pack: Pack) -> str:
    """What of a declaration is not in such a file, for the reader; '' when all of it is."""
    tables, grids, files = left_out(pack)
    kinds = (
        (tables, _("明细表%(n)s张")),
        (grids, _("指标表的指标%(n)s项")),
        (files, _("附件%(n)s项")),
    )
    return listed(text % {"n": number} for number, text in kinds if number)


def preview_page(
    request: PersonAtWork, call: Call, preview: Preview, batch: str, refused: str = ""
) -> HttpResponse:
    """The preview, with ``batch``, what it carries. ``refused``: why a confirmation of it was none. No query."""
    lines = preview.lines
    groups = {state: [line for line in lines if line.state == state] for state in ("good", "bad", "again")}
    context = _about(call) | {
        "file_name": preview.origin.name,
        "notes": preview.notes,
        "lines": lines,
        **groups,
        "batch": batch,
        "refused": refused,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "cases/batch_preview.html", context, status=status)


def result_page(
    request: PersonAtWork, call: Call, preview: Preview, outcomes: list[Outcome], waiting: list[Line]
) -> HttpResponse:
    """What was made, what was there already, what was not made and why, what is still to be made. No query."""
    failed = [each for each in outcomes if each.case is None]
    mended = [line for line in preview.lines if line.state == "bad"]
    for each in failed:
        if each.other is None:
            mended.append(
                Line(each.line.number, each.line.title, None, each.line.values, "bad", [each.reason])
            )
    taken = {each.line.number for each in outcomes} | {line.number for line in waiting}
    context = _about(call) | {
        "file_name": preview.origin.name,
        "made": [each for each in outcomes if each.case is not None and each.new],
        "there": [each for each in outcomes if each.case is not None and not each.new],
        "failed": failed,
        "faulty": [line for line in preview.lines if line.state == "bad"],
        "unticked": sum(line.state != "bad" and line.number not in taken for line in preview.lines),
        "mended": len(mended),
        "batch": carried(call.round, preview.origin, mended, request.actor) if mended else "",
        "waiting": waiting,
        "taken": sorted(taken),
        "whole": request.POST["_batch"],
    }
    return render(request, "cases/batch_done.html", context)
