"""Where to go next: only ever to an address of this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def safe_next(request: HttpRequest, default: str) -> str:
    """``next`` of the form or the query when it stays on this site; else ``default`` (a URL or the name of
    one).
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if _stays_here(request, wanted) else resolve_url(default)


def redirect_next(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Redirect to :func:`safe_next`."""
    return HttpResponseRedirect(safe_next(request, default))


def redirect_back(request: HttpRequest, default: str) -> HttpResponseRedirect:
    """Redirect to ``next``, else to the page the form was on, else to ``default``."""
    referrer = request.META.get("HTTP_REFERER", "")
    if _stays_here(request, referrer):
        parts = urlsplit(referrer)
        default = "/" + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
    return redirect_next(request, default)


def _stays_here(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
