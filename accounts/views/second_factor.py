"""动态口令: setting it up with an authenticator app, and the recovery codes."""

from __future__ import annotations

from http import HTTPStatus

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.errors import Refusal
from accounts.forms import ConfirmFactorForm, CurrentCodeForm, add_refusal
from accounts.requests import ActorRequest
from accounts.second_factor import (
    address_of,
    begin_enrolment,
    codes_left,
    confirm_enrolment,
    current_code,
    factor_of,
    renew_recovery_codes,
)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: ActorRequest) -> HttpResponse:
    """Whether it is set up, how many recovery codes are left, and new ones for a code."""
    form = CurrentCodeForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                codes = renew_recovery_codes(user=request.user, code=form.cleaned_data["code"])
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                return _codes(request, codes)
    context = {
        "form": form,
        "factor": factor_of(request.user),
        "left": codes_left(request.user),
        "demo_code": current_code(request.user) if settings.DEMO else "",
    }
    return render(request, "accounts/second_factor.html", context, status=status)


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: ActorRequest) -> HttpResponse:
    """The secret as a QR code and as text; it counts once its first code has come back."""
    present = factor_of(request.user)
    form = ConfirmFactorForm(request.POST or None, replacing=present is not None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                codes = confirm_enrolment(
                    user=request.user,
                    code=form.cleaned_data["code"],
                    present=form.cleaned_data.get("present", ""),
                )
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, _("动态口令已启用。"))
                return _codes(request, codes)
    row = begin_enrolment(user=request.user)
    if not row.candidate:
        return redirect("accounts:second_factor")
    code = segno.make_qr(address_of(row), error="m")
    context = {
        "form": form,
        "present": present,
        "secret": " ".join(row.candidate[at : at + 4] for at in range(0, len(row.candidate), 4)),
        "qr": code.svg_inline(border=4, svgclass=None, lineclass=None, omitsize=True),
        "demo_code": current_code(request.user) if settings.DEMO and present is not None else "",
    }
    return render(request, "accounts/second_factor_enrol.html", context, status=status)


def _codes(request: ActorRequest, codes: list[str]) -> HttpResponse:
    """Shown once; nobody can read them afterwards."""
    return render(request, "accounts/recovery_codes.html", {"codes": codes})
