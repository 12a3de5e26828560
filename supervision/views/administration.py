"""管理留痕: the record of sign-ins, accounts, units and assignments, for the audit administrator."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.actors import Actor
from accounts.enums import Role
from audit import clock
from audit.models import Entry
from audit.verify import verify_chain
from supervision.access import WatchRequest, note_overview
from supervision.administration import Slice, TooMany, chain_of, matching, page_of
from supervision.forms import AdministrationFilter


def auditors_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, for the audit administrator of the authority itself: others get 403 with the reason."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or actor.role != Role.AUDIT_ADMIN or not actor.at_the_top:
            raise PermissionDenied(_("管理留痕由本地区的审计管理员查阅。"))
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@auditors_only
def administration(request: WatchRequest) -> HttpResponse:
    """Who did what in keeping accounts, units and rights, the latest first."""
    form = AdministrationFilter(request.GET)
    form.is_valid()
    chosen = {name: form.cleaned_data.get(name) for name in form.fields}
    narrowed = {name: value for name, value in chosen.items() if value}
    after = request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdigit() and len(after) < 16 else 0
    note_overview(request.actor, "supervision.administration")
    assert request.actor.assignment is not None
    authority = request.actor.assignment.authority
    try:
        page = page_of(matching(_entries(request), authority=authority, **narrowed), number)
    except TooMany:
        page = Slice([], 0)
        form.add_error("subject", _("符合条件的人员、机构过多，请填写得更完整，缩小范围。"))
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "form": form,
        "filtered": bool(narrowed),
        "page": page,
        "first": not number,
        "query": query.urlencode(),
    }
    return render(request, "supervision/administration.html", context)


@require_POST
@auditors_only
def verify_administration(request: WatchRequest) -> HttpResponse:
    """Read the authority's chain from its first entry to its head and say whether it stands."""
    assert request.actor.assignment is not None
    note_overview(request.actor, "supervision.verify")
    chain = chain_of(request.actor.assignment.authority)
    context = {
        "chain": chain,
        "fault": verify_chain(chain) if chain is not None else None,
        "verified_at": clock.now(),
    }
    return render(request, "supervision/administration_verified.html", context)


def _entries(request: WatchRequest) -> Any:
    assert request.actor.assignment is not None
    chain = chain_of(request.actor.assignment.authority)
    return chain.entries.all() if chain is not None else Entry.objects.none()
