"""What the administrators' pages share: who may enter, and how one act is asked for and done. 管理页面"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.forms import add_refusal
from accounts.models import Organisation, User
from accounts.reach import people_in_reach, units_in_reach
from accounts.requests import ActorRequest

PAGE = 50
FORBIDDEN: Final = frozenset({"not_permitted", "beyond_reach"})


class AdministratorRequest(ActorRequest):
    """A request of somebody who acts as one of the administrators."""

    actor: Actor


def administrators_only(*roles: Role) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The view, for people acting in one of ``roles``: others get 403 with the reason, strangers the sign-in page."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None or actor.role not in roles or actor.assignment is None:
                names = "、".join(str(role.label) for role in roles)
                raise PermissionDenied(
                    _("本页面供%(roles)s使用；您担任该角色的，请先切换身份。") % {"roles": names}
                )
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def unit_asked_for(request: AdministratorRequest, name: str = "unit") -> Organisation | None:
    """The unit whose public id the address has under ``name``; None without. 404 for one out of reach."""
    key = _key(request, name)
    return get_object_or_404(units_in_reach(request.actor), public_id=key) if key is not None else None


def person_asked_for(request: AdministratorRequest, name: str = "person") -> User | None:
    """The person whose public id the address has under ``name``; None without. 404 for one out of reach."""
    key = _key(request, name)
    return get_object_or_404(people_in_reach(request.actor), public_id=key) if key is not None else None


def _key(request: HttpRequest, name: str) -> uuid.UUID | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)  # names nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One act as its page shows it: what it is about, what is to be known before, and the button."""

    title: str
    submit: str
    back_url: str
    back_label: str
    text: str = ""
    facts: Sequence[dict[str, Any]] = ()
    open: Sequence[str] = ()
    """What is still open there, a line each."""
    open_title: str = ""
    danger: bool = False
    refused: str = ""
    """Why the act would be refused whatever is filled in; the button says so."""
    present: Callable[[], dict[str, Any]] | None = None
    """What the form would begin with now, its version among it; asked when somebody else has changed it meanwhile."""


def answer(
    request: HttpRequest,
    form: forms.Form,
    done: Callable[[dict[str, Any]], HttpResponse],
    sheet: Sheet,
) -> HttpResponse:
    """The page of an act; sent, the door by ``done``. A refusal comes back with what was typed, beside its field.

    A refusal ``not_permitted`` or ``beyond_reach`` answers 403: there is nothing to mend in the form. After
    ``changed_meanwhile`` the page names what is there now and differs from what was typed; sent again, it is taken.
    """
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                return done(form.cleaned_data)
            except Refusal as refusal:
                if refusal.code in FORBIDDEN:
                    raise PermissionDenied(refusal.message) from refusal
                add_refusal(form, refusal)
                if refusal.code == "changed_meanwhile" and sheet.present is not None:
                    _tell_present(form, sheet.present())
    return render(request, "accounts/administer.html", {"form": form, "sheet": sheet}, status=status)


def _tell_present(form: forms.Form, present: dict[str, Any]) -> None:
    """Beside each field that differs, what is there now; the form takes the version of now."""
    for name, value in present.items():
        typed = form[name].value() if name in form.fields else value
        if name != "seen" and str(typed or "") != str(value or ""):
            said = dict(getattr(form.fields[name], "choices", [])).get(value, value)
            form.add_error(name, _("现为：%(value)s") % {"value": said or _("（空）")})
    data = form.data.copy()
    data["seen"] = present["seen"]
    form.data = data
