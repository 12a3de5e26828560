"""界面语言与身份切换."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Language
from accounts.forms import LanguageForm
from accounts.requests import ActorRequest
from accounts.sessions import act_as
from accounts.users import choose_language
from accounts.views.redirects import redirect_back, redirect_next


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """界面语言: for this browser by cookie, and for the person when somebody is signed in."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("不支持该语言。"))
    language = Language(form.cleaned_data["language"])
    if request.user.is_authenticated:
        choose_language(user=request.user, language=language)
    response = redirect_back(request, "/")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=request.is_secure(),
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE or "Lax",
    )
    return response


@require_POST
@login_required
def switch_actor(request: ActorRequest, public_id: uuid.UUID) -> HttpResponse:
    """身份切换: act under another of one's assignments. One that is not held, or no longer, does not exist:
    404.
    """
    actor = next((one for one in request.actors if one.public_id == public_id), None)
    if actor is None or actor.role is None or actor.organisation is None:
        raise Http404
    act_as(request=request, actor=actor)
    messages.success(
        request,
        _("当前身份：%(organisation)s %(role)s")
        % {"organisation": actor.organisation.name, "role": actor.role.label},
    )
    return redirect_next(request, "home")
