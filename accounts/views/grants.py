"""任职授权: who holds what, granted and ended by the security administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.administration_filters import GrantFilter
from accounts.administration_forms import EndGrantForm, GrantForm
from accounts.assignments import end_role, grant_role
from accounts.enums import Role
from accounts.models import RoleAssignment
from accounts.models.assignment import RoleAssignmentQuerySet
from accounts.neighbours import programmes_of
from accounts.reach import SOON, assignments_in_reach, standing_assignments
from accounts.views.administering import (
    PAGE,
    AdministratorRequest,
    Sheet,
    administrators_only,
    answer,
    person_asked_for,
    unit_asked_for,
)
from audit import clock

KEEPER = Role.SECURITY_ADMIN


@require_safe
@administrators_only(KEEPER)
def grants(request: AdministratorRequest) -> HttpResponse:
    """任职授权, by unit and role; of one person or unit where the address names it. Three queries, one more each."""
    form = GrantFilter(request.GET)
    chosen = form.chosen()
    today = clock.today()
    person, unit = person_asked_for(request), unit_asked_for(request)
    rows = _searched(assignments_in_reach(request.actor), chosen["q"])
    if chosen["role"]:
        rows = rows.filter(role=chosen["role"])
    if person is not None:
        rows = rows.filter(user=person)
    if unit is not None:
        rows = rows.filter(organisation=unit)
    rows = _in_term(rows, chosen["term"], today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    titles = _titles(request) if any(row.programme_code for row in page) else {}
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "person": person,
        "unit": unit,
        "rows": [_told(row, today, titles) for row in page],
        "soon": _in_term(assignments_in_reach(request.actor), "soon", today).count(),
    }
    return render(request, "accounts/grants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def new_grant(request: AdministratorRequest) -> HttpResponse:
    """授予角色; ``person`` and ``unit`` in the address begin the form."""
    actor = request.actor
    person, unit = person_asked_for(request), unit_asked_for(request)
    home = unit or (person.organisation if person is not None else None)
    initial = {
        "user": person.username if person is not None else "",
        "organisation": home.name if home is not None else "",
        "valid_from": clock.today(),
    }
    form = GrantForm(request.POST or None, actor=actor, initial=initial)

    def done(typed: dict[str, Any]) -> HttpResponse:
        row = grant_role(actor=actor, **{**typed, "role": Role(typed["role"])})
        said = {"name": row.user.name, "unit": row.organisation.name, "role": row.get_role_display()}
        messages.success(request, _("已授予%(name)s“%(unit)s”%(role)s角色。") % said)
        return redirect("accounts:person", row.user.public_id)

    sheet = Sheet(
        title=_("授予角色"),
        text=_(
            "每一项授权均须写明依据。不得为本人授权；系统、安全、审计管理员由不同人员担任，不得兼任其他角色；同一单位的监察员与经办人不得为同一人。"
        ),
        submit=_("授予"),
        back_url=reverse("accounts:grants"),
        back_label=_("任职授权"),
    )
    return answer(request, form, done, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def end_grant(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """终止任职授权, at once or with the end of a day."""
    rows = assignments_in_reach(request.actor).filter(voided_at__isnull=True)
    row = get_object_or_404(rows, public_id=public_id)
    form = EndGrantForm(request.POST or None, assignment=row)

    def done(typed: dict[str, Any]) -> HttpResponse:
        on = typed["on"] or clock.today() - dt.timedelta(days=1)
        ended = end_role(assignment=row, on=on, reason=typed["reason"], actor=request.actor)
        messages.success(request, _("任职授权已作废。") if ended.voided_at else _("任职授权已终止。"))
        return redirect("accounts:grants")

    sheet = Sheet(
        title=_("终止任职授权"),
        text=_(
            "终止后，本人及其代办人不再以该角色办理；已办事项不受影响，名下未办结的事项由同单位其他人员办理或者另行指派。"
        ),
        submit=_("终止"),
        back_url=reverse("accounts:grants"),
        back_label=_("任职授权"),
        facts=[
            {"label": _("姓名"), "value": f"{row.user.name}（{row.user.username}）"},
            {"label": _("角色"), "value": row.get_role_display()},
            {"label": _("任职单位"), "value": row.organisation.name},
            {"label": _("有效期"), "value": _term(row)},
        ],
        danger=True,
        refused=_("本人的授权由其他安全管理员终止") if row.user_id == request.user.pk else "",
    )
    return answer(request, form, done, sheet)


def _searched(rows: RoleAssignmentQuerySet, text: str) -> RoleAssignmentQuerySet:
    text = " ".join(text.split())
    if not text:
        return rows
    return rows.filter(
        Q(user__name__icontains=text)
        | Q(user__username__icontains=text)
        | Q(organisation__name__icontains=text)
        | Q(organisation__short_name__icontains=text)
    )


def _in_term(rows: RoleAssignmentQuerySet, term: str, today: dt.date) -> RoleAssignmentQuerySet:
    """``rows`` by their term, in the order that the term asks for."""
    by_unit = ("organisation__path", "role", "valid_from", "pk")
    match term:
        case "soon":
            rows = rows.valid_on(today).filter(valid_until__lte=today + SOON)
            return rows.order_by("valid_until", *by_unit)
        case "later":
            return rows.filter(voided_at__isnull=True, valid_from__gt=today).order_by(*by_unit)
        case "over":
            rows = rows.filter(Q(voided_at__isnull=False) | Q(valid_until__lt=today))
            return rows.order_by(F("valid_until").desc(nulls_last=True), *by_unit)
        case "all":
            return rows.order_by(*by_unit)
    return standing_assignments(rows, today).order_by(*by_unit)


def _titles(request: AdministratorRequest) -> dict[str, str]:
    assert request.actor.assignment is not None
    return dict(programmes_of(request.actor.assignment.authority))


def _told(row: RoleAssignment, today: dt.date, titles: dict[str, str]) -> dict[str, Any]:
    """A row with how it stands, and why it cannot be ended where it cannot."""
    if row.voided_at is not None:
        standing, tone = _("已作废"), "neutral"
    elif row.valid_until is not None and row.valid_until < today:
        standing, tone = _("已终止"), "neutral"
    elif row.valid_from > today:
        standing, tone = _("待生效"), "info"
    elif row.valid_until is not None and row.valid_until <= today + SOON:
        standing, tone = _("即将到期"), "warning"
    else:
        standing, tone = _("有效"), "success"
    return {
        "row": row,
        "standing": standing,
        "tone": tone,
        "over": tone == "neutral",
        "programme": titles.get(row.programme_code, row.programme_code) if row.programme_code else "",
        "term": _term(row),
    }


def _term(row: RoleAssignment) -> str:
    if row.valid_until is None:
        return _("%(since)s起长期有效") % {"since": row.valid_from}
    return _("%(since)s至%(until)s") % {"since": row.valid_from, "until": row.valid_until}
