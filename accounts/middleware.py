"""Who acts in this request, in which language, and whether the password must be changed first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from accounts.actors import Actor, actor_for, actors_from
from accounts.models import RoleAssignment, User
from accounts.sessions import ACTING_KEY
from audit import clock

OPEN_BEFORE_PASSWORD_CHANGE: Final = frozenset(
    {"accounts:password_change", "accounts:sign_out", "accounts:set_language"}
)


class ActorMiddleware:
    """Sets ``request.actor`` (Actor or None) and ``request.actors`` (all of them, when first looked at).

    Two queries for the actor at most: the assignments held, and the subtree when the one acted under covers
    it. ``request.actor`` is not lazy: a lazy object around None is not None, and the views ask.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        request.actor, request.actors = None, ()  # type: ignore[attr-defined]
        if user.is_authenticated:
            self._set_actor(request, user)
            self._activate_language(request, user)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Send a person with a first password to the page that changes it, whatever they asked for."""
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return None
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_BEFORE_PASSWORD_CHANGE:
            return None
        page = resolve_url("accounts:password_change")
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": page})
        return HttpResponseRedirect(page)

    @staticmethod
    def _set_actor(request: HttpRequest, user: User) -> None:
        held = list(RoleAssignment.objects.held_by(user, clock.today()))
        chosen = _chosen(held, request.session.get(ACTING_KEY, ""))
        actor = actor_for(chosen, user=user) if chosen is not None else None

        def everybody() -> Sequence[Actor]:
            return actors_from(held, user)

        request.actor = actor  # type: ignore[attr-defined]
        request.actors = SimpleLazyObject(everybody)  # type: ignore[attr-defined]

    @staticmethod
    def _activate_language(request: HttpRequest, user: User) -> None:
        """The person's language, unless this browser was switched: LocaleMiddleware has taken the cookie
        already.
        """
        if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in dict(settings.LANGUAGES):
            return
        translation.activate(user.language)
        request.LANGUAGE_CODE = translation.get_language()


def _chosen(held: list[RoleAssignment], public_id: str) -> RoleAssignment | None:
    """The assignment chosen in the session while it is held; else the first; None when nothing is held."""
    for assignment in held:
        if str(assignment.public_id) == public_id:
            return assignment
    return held[0] if held else None
