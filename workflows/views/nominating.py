"""提名: a unit chooses a round and another unit, says why, and follows what becomes of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import users_with
from accounts.enums import Role
from accounts.models import Organisation
from audit import clock
from cases.errors import Invalid, NotAllowed
from cases.models import Case
from workflows.nominating import nominate
from workflows.nomination_pages import (
    FOUND,
    Found,
    NominationCall,
    calls_for,
    find_units,
    lines_of,
    page_of,
)
from workflows.typed import name_fields
from workflows.views.refusals import PersonAtWork, for_actors, reasons_of, status_of, wants_json

OF_THE_UNIT = frozenset(
    {
        "self_nomination",
        "wrong_applicant",
        "outside_territory",
        "draft_limit",
        "nominated_already",
        "unit_inactive",
    }
)
"""Refusals that are about the unit that was chosen."""


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def nominations(request: PersonAtWork) -> HttpResponse:
    """The rounds, a unit to nominate in one of them, and what was nominated before. At most twelve queries."""
    actor = request.actor
    labels = {"title": _("项目名称"), "round": _("批次"), "unit": _("被提名单位"), "reason": _("提名理由")}
    name_fields(request, labels)
    if actor.role != Role.RECOMMENDER or actor.organisation is None:
        raise NotAllowed("not_permitted", _("由提名单位的推荐人员办理提名；您当前的身份不能提名。"))
    calls = calls_for(actor)
    if request.method != "POST" or "find" in request.POST:
        return _page(request, calls)
    call = next((each for each in calls if str(each.round.public_id) == request.POST.get("round")), None)
    try:
        case = _nominate(request, call)
    except (Invalid, NotAllowed) as refusal:
        if wants_json(request):
            raise
        return _page(request, calls, refusal)
    name = {"unit": case.applicant.name}
    if users_with([(Role.APPLICANT, case.applicant)], case.programme.code, clock.today()):
        messages.success(request, _("已提名“%(unit)s”，并通知该单位填报。") % name)
    else:
        told = _("已提名“%(unit)s”。该单位目前没有填报人员的账号，未能通知，请转告该单位与系统管理员联系。")
        messages.warning(request, told % name)
    return redirect("cases:nominations")


def _nominate(request: PersonAtWork, call: NominationCall | None) -> Case:
    if call is None:
        message = _("请选择批次。")
        raise Invalid("no_round", message, fields={"round": message})
    unit = _chosen(request, call)
    if unit is None:
        message = _("请选择被提名单位。")
        raise Invalid("no_unit", message, fields={"unit": message})
    return nominate(
        round=call.round,
        nominee=unit,
        title=request.POST.get("title", ""),
        reason=request.POST.get("reason", ""),
        actor=request.actor,
        clicked=True,
    )


def _chosen(request: PersonAtWork, call: NominationCall) -> Organisation | None:
    """The unit that was chosen, if the round admits such units; the door says what else stands against it."""
    chosen = request.POST.get("unit", "")[:36]
    found = find_units(call, request.actor, _wanted(request), chosen)
    return next((each.unit for each in found.candidates if str(each.unit.public_id) == chosen), None)


def _wanted(request: PersonAtWork) -> str:
    return (request.POST.get("q") or request.GET.get("q") or "").strip()[:100]


def _page(
    request: PersonAtWork, calls: list[NominationCall], refusal: Invalid | NotAllowed | None = None
) -> HttpResponse:
    typed: dict[str, Any] = request.POST.dict()
    wanted = typed.get("round") or request.GET.get("round") or ""
    call = next((each for each in calls if str(each.round.public_id) == wanted), None)
    if call is None and len(calls) == 1:
        call = calls[0]
    found = Found()
    if call is not None and not call.reason:
        found = find_units(call, request.actor, _wanted(request), str(typed.get("unit", ""))[:36])
    page = page_of(request.actor, request.GET.get("page"))
    errors = {name: str(text) for name, text in refusal.fields.items()} if refusal is not None else {}
    about_unit = refusal is not None and refusal.code in OF_THE_UNIT
    if refusal is not None and about_unit:
        errors["unit"] = str(refusal.message)
    context = {
        "calls": calls,
        "call": call,
        "found": found,
        "most": FOUND,
        "typed": typed,
        "errors": errors,
        "refusal": reasons_of(refusal) if refusal is not None and not errors else [],
        "kept": refusal is not None and (call is None or bool(call.reason)),
        "page": page,
        "lines": lines_of(page),
    }
    status = status_of(refusal).value if refusal is not None else 200
    return render(request, "cases/nominations.html", context, status=status)
