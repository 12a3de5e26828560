"""回执查验: whether a receipt of a declaration is genuine. Number and code are on the receipt; its QR code brings both."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.receipts import Receipt, find_receipt, grouped
from portal.forms import ReceiptForm
from portal.limits import allowed, guessed, note_guess


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Genuine, since when, for which programme, with which digest: no name, nothing of what it says or came to."""
    given = request.POST if request.method == "POST" else request.GET
    asked = request.method == "POST" or "number" in given
    form = ReceiptForm(given) if asked else ReceiptForm()
    found: Receipt | None = None
    status = HTTPStatus.OK
    if asked:
        found, status = _looked_up(request, form)
    context = {
        "form": ReceiptForm() if found else form,
        "receipt": found,
        "digest": grouped(found.version.digest) if found else "",
    }
    response = render(request, "portal/receipt_check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _looked_up(request: HttpRequest, form: ReceiptForm) -> tuple[Receipt | None, HTTPStatus]:
    """The receipt, or the one answer to everything that is none."""
    if not form.is_valid():
        return None, HTTPStatus.UNPROCESSABLE_ENTITY
    number = form.cleaned_data["number"].strip().upper()
    if guessed(number) or not allowed(request, "receipt"):
        form.add_error(None, _("查询过于频繁，请一小时后再试。"))
        return None, HTTPStatus.TOO_MANY_REQUESTS
    found = find_receipt(number, form.cleaned_data["code"])
    if found is None:
        note_guess(number)
        form.add_error(None, _("查无此回执：编号或者查验码与系统记载不符。请与纸面核对后再查。"))
        return None, HTTPStatus.NOT_FOUND
    return found, HTTPStatus.OK
