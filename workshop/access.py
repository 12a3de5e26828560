"""Who may enter the workshop, and whose programmes they find there. 工作台权限"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from audit.punctuation import listed
from programmes.guards import EDITORS, OPENERS
from programmes.models import Edition, Programme, Round, Trial, WorkingCopy

View = Callable[..., HttpResponse]


class BenchRequest(HttpRequest):
    """A request of somebody who may be here."""

    actor: Actor


def editors_only(view: View) -> View:
    """The view, for policy administrators."""
    return _only(view, EDITORS)


def openers_only(view: View) -> View:
    """The view, for those who may open rounds: policy administrators and officers."""
    return _only(view, OPENERS)


def _only(view: View, roles: frozenset[Role]) -> View:
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or actor.role not in roles:
            names = listed(role.label for role in Role if role in roles)
            raise PermissionDenied(_("本页面仅供%(roles)s使用。") % {"roles": names})
        return view(request, *args, **kwargs)

    return guarded


def programmes_of(actor: Actor) -> QuerySet[Programme]:
    """The programmes of the actor's authority that the assignment covers."""
    rows = Programme.objects.filter(authority=actor.authority_id).order_by("title_zh", "pk")
    return rows.filter(code=actor.programme_code) if actor.programme_code else rows


def editions_of(actor: Actor) -> QuerySet[Edition]:
    """The editions of those programmes, without their archives."""
    rows = Edition.objects.filter(programme__in=programmes_of(actor))
    return rows.select_related("programme__authority", "published_by", "created_by").defer("source")


def rounds_of(actor: Actor) -> QuerySet[Round]:
    """The rounds of those programmes, the latest first."""
    rows = Round.objects.filter(programme__in=programmes_of(actor)).select_related(
        "programme", "edition", "opened_by", "authority"
    )
    return rows.defer("edition__source").order_by("-opens_on", "-pk")


def copies_of(actor: Actor) -> QuerySet[WorkingCopy]:
    """The working copies of the actor's authority that the assignment covers, the last changed first."""
    rows = WorkingCopy.objects.filter(authority=actor.authority_id).order_by("-changed_at", "-pk")
    rows = rows.filter(code=actor.programme_code) if actor.programme_code else rows
    return rows.select_related(
        "authority", "programme", "base", "edition", "changed_by", "submitted_by"
    ).defer("base__source", "edition__source")


def trials_of(actor: Actor) -> QuerySet[Trial]:
    """The trials of those copies, without their archives."""
    return (
        Trial.objects.filter(copy__in=copies_of(actor))
        .select_related("copy__programme", "asked_by")
        .defer("source")
    )
