"""首页与待办: what a person finds when they come to work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.enums import ADMINISTRATORS, Role
from accounts.requests import ActorRequest
from audit import clock
from workflows import homes, recommending
from workflows.addresses import address
from workflows.views.refusals import PersonAtWork, for_actors
from workflows.worklist import Wanted, due_choices, worklist

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Build = Callable[[Actor], Any]

HOMES: dict[Role, tuple[str, Build]] = {
    Role.APPLICANT: ("workflows/home_applicant.html", homes.applicant_home),
    Role.OPERATOR: ("workflows/home_applicant.html", homes.applicant_home),
    Role.RECOMMENDER: ("workflows/home_recommender.html", recommending.recommender_home),
    Role.OFFICER: ("workflows/home_office.html", homes.office_home),
    Role.CHIEF: ("workflows/home_office.html", homes.office_home),
    Role.EXPERT: ("workflows/home_expert.html", homes.expert_home),
    Role.APPROVER: ("workflows/home_approver.html", homes.approver_home),
    Role.SUPERVISOR: ("workflows/home_supervisor.html", homes.supervisor_home),
}
ELSEWHERE: dict[Role, str] = {Role.SUPERVISOR: "supervision:home", Role.POLICY_ADMIN: "workshop:programmes"}
"""Roles that are at home in another room, where the installation has it."""

ADMINISTRATION: dict[Role, tuple[tuple[_StrPromise, str], ...]] = {
    Role.SYSTEM_ADMIN: ((_("人员账号"), "accounts:people"), (_("机构目录"), "accounts:units")),
    Role.SECURITY_ADMIN: (
        (_("任职授权"), "accounts:grants"),
        (_("人员账号"), "accounts:people"),
        (_("机构目录"), "accounts:units"),
        (_("签章人登记"), "accounts:signers"),
    ),
    Role.AUDIT_ADMIN: ((_("管理留痕"), "supervision:administration"),),
}
"""Where each administrator works, as far as the installation has it."""


@require_safe
@login_required
def home(request: ActorRequest) -> HttpResponseBase:
    """首页: the answer to the first question of whoever is acting; whoever holds no role is told so."""
    if request.actor is None:
        return render(request, "workflows/home_nobody.html")
    return _home(request)


@for_actors
def _home(request: PersonAtWork) -> HttpResponse:
    actor = request.actor
    assert actor.role is not None
    elsewhere = address(ELSEWHERE[actor.role]) if actor.role in ELSEWHERE else ""
    if elsewhere:
        return redirect(elsewhere)
    if actor.role not in HOMES:
        return render(request, "workflows/home_administrator.html", _administrator(actor.role))
    template, build = HOMES[actor.role]
    return render(request, template, {"home": build(actor), "actor": actor, "today": clock.today()})


def _administrator(role: Role) -> dict[str, Any]:
    return {
        "role": role,
        "separated": role in ADMINISTRATORS,
        "doors": [(label, url) for label, route in ADMINISTRATION.get(role, ()) if (url := address(route))],
    }


@require_safe
@for_actors
def work_list(request: PersonAtWork) -> HttpResponse:
    """待办清单: everything that waits for the actor, the most urgent first."""
    listed = worklist(request.actor, Wanted.read(request.GET.dict()), request.GET.get("page", "1"))
    context = {"list": listed, "due_choices": due_choices(), "today": clock.today()}
    return render(request, "workflows/worklist.html", context)
