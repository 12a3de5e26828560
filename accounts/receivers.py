"""Whatever way somebody signs in by (password, single sign-on, a command), it goes on the record."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_failure_limit
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import sessions
from accounts.models import User


@receiver(user_logged_in, dispatch_uid="accounts.signed_in")
def signed_in(*, user: User, request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """A session was opened."""
    sessions.record_sign_in(user=user, request=request)


@receiver(user_logged_out, dispatch_uid="accounts.signed_out")
def signed_out(*, user: User | None, request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """A session was closed; of nobody, when an anonymous visitor signs out."""
    if user is not None:
        sessions.record_sign_out(user=user, request=request)


@receiver(user_login_failed, dispatch_uid="accounts.refused")
def refused(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Wrong credentials, or a closed account. Attempts during a lockout add nothing to the record."""
    if _failures_over_limit(request, credentials) <= 0:
        sessions.record_refused_sign_in(username=_username(credentials), request=request)


@receiver(user_locked_out, dispatch_uid="accounts.locked_out")
def locked_out(*, username: str | None, request: HttpRequest, **_kwargs: Any) -> None:
    """Too many refusals. Axes says so at every further attempt; the record hears it once."""
    if _failures_over_limit(request, {"username": username}) == 0:
        sessions.record_lockout(username=username or "", request=request)


def _failures_over_limit(request: HttpRequest | None, credentials: dict[str, Any]) -> int:
    """How far the count of failures is past the limit: below 0 not locked, 0 at the failure that locks.

    Anybody may try to sign in, so without a limit anybody could fill the append-only record. Axes counts in
    its own receiver, connected before ours: its app comes first in INSTALLED_APPS.
    """
    failures = getattr(request, "axes_failures_since_start", None)
    if request is None or failures is None:
        return -1
    limit: int = get_failure_limit(request, credentials)
    return int(failures) - limit


def _username(credentials: dict[str, Any]) -> str:
    return str(credentials.get("username") or "")
