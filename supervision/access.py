"""Who may watch, and what. 监察权限"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from audit.reads import record_read
from cases import policy
from cases.models import Case

READ_KIND = "case"
"""Reads of a case are filed under the kind of its chain."""


class WatchRequest(HttpRequest):
    """A request of somebody who acts as a supervisor."""

    actor: Actor


def supervisor_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, for people acting as 监察员: others get 403 with the reason, strangers the sign-in page."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None or actor.role != Role.SUPERVISOR:
            raise PermissionDenied(_("本页面仅供监察员查阅；您持有监察员角色的，请先切换身份。"))
        return view(request, *args, **kwargs)

    return guarded


def watched_case(actor: Actor, public_id: uuid.UUID) -> Case:
    """The case, if it is within the supervisor's authority and programme; 404 otherwise. One query."""
    rows = policy.visible(actor).select_related("authority", "programme", "applicant", "edition", "chain")
    return get_object_or_404(rows.defer("edition__source"), public_id=public_id)


def note_read(actor: Actor, case: Case, what: str) -> None:
    """Write down that the supervisor has seen ``what`` of the case's record. One INSERT."""
    record_read(actor=actor.stamp(), kind=READ_KIND, key=str(case.public_id), what=what)


def note_overview(actor: Actor, what: str) -> None:
    """Write down that the supervisor has looked over the record of the whole authority. One INSERT."""
    assert actor.assignment is not None
    record_read(actor=actor.stamp(), kind="authority", key=actor.assignment.authority.code, what=what)
