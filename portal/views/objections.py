"""异议: lodging one, its receipt, and what has become of it."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import Refusal
from accounts.forms import add_refusal
from cases.errors import Conflict, Invalid
from cases.models import Objection
from portal.forms import ObjectionForm, ObjectionStatusForm
from portal.limits import allowed, guessed, note_guess, per_hour
from portal.lodging import lodge_once
from portal.masking import mask_contact, mask_name
from portal.notices import Bulletin, bulletin, published
from portal.receipts import handling_office
from portal.views.notices import notice_page
from workflows.receipts import check_code, open_receipt, opens, receipt_token


@require_http_methods(["GET", "HEAD", "POST"])
def lodge(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Lodge an objection; on to its receipt. Whatever is refused comes back with everything that was typed."""
    shown = bulletin(get_object_or_404(published(), public_id=public_id))
    if request.method != "POST":
        return redirect(f"{reverse('portal:notice', args=[public_id])}#objection")
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return notice_page(request, shown, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not allowed(request, "objection"):
        reason = _("同一网络地址每小时最多提交%(n)d件异议，请稍后再提交；所填内容已保留在下方。") % {
            "n": per_hour("objection")
        }
        return notice_page(request, shown, form, refused=reason, status=HTTPStatus.TOO_MANY_REQUESTS)
    return _lodged(request, shown, form)


def _lodged(request: HttpRequest, shown: Bulletin, form: ObjectionForm) -> HttpResponse:
    said = form.cleaned_data
    try:
        objection = lodge_once(
            notice=shown.notice,
            key=form.key,
            kind=said["kind"],
            name=said["name"],
            contact=said["contact"],
            content=said["content"],
        )
    except Invalid as refusal:
        add_refusal(form, refusal)
        return notice_page(request, shown, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except Refusal as refusal:
        status = HTTPStatus.CONFLICT if isinstance(refusal, Conflict) else HTTPStatus.FORBIDDEN
        return notice_page(request, shown, form, refused=str(refusal.message), status=status)
    return redirect("portal:receipt", token=receipt_token(objection))


@require_GET  # not HEAD: looking whether the page is there must not use the token up
@never_cache
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, once; afterwards only a pointer to the page that asks for number and code."""
    objection = open_receipt(token)
    code = check_code(objection.public_id) if objection is not None else ""
    if objection is None or not opens(objection, code):
        return _private(render(request, "portal/receipt_gone.html", status=HTTPStatus.GONE))
    context = {
        "objection": objection,
        "code": code,
        "office": handling_office(objection),
        "name": mask_name(objection.name or ""),
        "contact": mask_contact(objection.contact or ""),
    }
    return _private(render(request, "portal/receipt.html", context))


@require_http_methods(["GET", "POST"])
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """What has become of an objection, for whoever has number and check code. They never stand in an address."""
    if request.method != "POST":
        return render(request, "portal/objection_status.html", {"form": ObjectionStatusForm()})
    form = ObjectionStatusForm(request.POST)
    found, code = None, HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        number = form.cleaned_data["number"].strip().upper()
        if guessed(number) or not allowed(request, "status"):
            form.add_error(None, _("查询过于频繁，请一小时后再试。"))
            code = HTTPStatus.TOO_MANY_REQUESTS
        else:
            found = _find(number, form.cleaned_data["check_code"])
            if found is None:
                note_guess(number)
                form.add_error(None, _("受理编号或者查询码有误，请与回执核对。"))
    context = {"form": ObjectionStatusForm() if found else form, "objection": found}
    if found:
        context["office"] = handling_office(found)
    return _private(
        render(request, "portal/objection_status.html", context, status=HTTPStatus.OK if found else code)
    )


def _find(number: str, code: str) -> Objection | None:
    """The objection of that number, if the code is its own. Identity and contents stay in the database."""
    objection = (
        Objection.objects.select_related(
            "notice__authority", "notice__case__edition", "notice__case__authority"
        )
        .defer("name", "contact", "content")
        .filter(number=number)
        .first()
    )
    return objection if opens(objection, code) else None


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response
