"""登录与退出."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse

from accounts.forms import SignInForm
from accounts.models import RoleAssignment, User
from audit import clock


class SignIn(LoginView):
    """登录. Wrong credentials are counted by axes, which answers with accounts/locked.html at the limit."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """In a demonstration, the people one may sign in as, and their password."""
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context["people"] = people_of_the_demonstration()
            context["demo_password"] = settings.DEMO_PASSWORD
        return context


class SignOut(LogoutView):
    """退出. POST only: a link must not sign anybody out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out, and leave nothing of this person in the browser (``settings.SIGN_OUT_COOKIES``)."""
        answer = super().post(request, *args, **kwargs)
        for name in settings.SIGN_OUT_COOKIES:
            answer.delete_cookie(name, samesite="Lax")
        return answer


def people_of_the_demonstration() -> QuerySet[User]:
    """Everybody active who holds a role today, with ``roles_today`` and the unit. Two queries."""
    today = RoleAssignment.objects.valid_on(clock.today())
    return (
        User.objects.filter(is_active=True, pk__in=today.values("user"))
        .select_related("organisation")
        .prefetch_related(
            Prefetch(
                "role_assignments",
                queryset=today.select_related("organisation", "authority").order_by("pk"),
                to_attr="roles_today",
            )
        )
        .order_by("pk")
    )
