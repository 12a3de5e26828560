"""签章人登记: who signs electronically for which unit; kept by the security administrator."""

from __future__ import annotations

import datetime as dt
import uuid
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.forms import EndSubstitutionForm, SignerForm, add_refusal
from accounts.models import Organisation, SignerRegistration
from accounts.requests import ActorRequest
from accounts.signers import end_signer, register_signer, registered_under
from audit import clock

PAGE = 50


def _administrator(request: ActorRequest) -> tuple[Actor, Organisation]:
    """The security administrator who asks, and their authority. 403 for anybody else."""
    actor = request.actor
    if actor is None or actor.role != Role.SECURITY_ADMIN or actor.assignment is None:
        raise PermissionDenied(_("签章人由本地区的安全管理员登记。"))
    return actor, actor.assignment.authority


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signers(request: ActorRequest) -> HttpResponse:
    """The registrations that hold or begin later, and the form for another one."""
    actor, authority = _administrator(request)
    form = SignerForm(request.POST or None, authority=authority)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            user = form.cleaned_data["user"]
            try:
                row = register_signer(
                    organisation=user.organisation,
                    actor=actor,
                    **form.cleaned_data,
                )
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                said = {"name": row.user.name, "unit": row.organisation.name}
                messages.success(request, _("已登记%(name)s为“%(unit)s”的签章人。") % said)
                return redirect("accounts:signers")
    rows = registered_under(authority, clock.today())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/signers.html", {"form": form, "page": page}, status=status)


@require_POST
@login_required
def end(request: ActorRequest, public_id: uuid.UUID) -> HttpResponse:
    """终止登记, at once. Another authority's registration is invisible here: 404."""
    rows = SignerRegistration.objects.select_related("organisation__authority")
    row = rows.filter(public_id=public_id).first()
    actor = request.actor
    if row is None or actor is None or row.authority_id != actor.authority_id:
        raise Http404
    actor, _authority = _administrator(request)
    form = EndSubstitutionForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    yesterday = clock.today() - dt.timedelta(days=1)
    try:
        end_signer(registration=row, on=yesterday, reason=reason, actor=actor)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("签章人登记已终止。"))
    return redirect("accounts:signers")
