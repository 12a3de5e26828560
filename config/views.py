"""The front door, the health check and the pages for what goes wrong."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts.errors import Refusal

logger = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponseRedirect:
    """Where a person starts: their own home when signed in, otherwise the public's room."""
    return redirect("workflows:home" if request.user.is_authenticated else "portal:index")


@require_GET
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process can serve: 200 with the database reachable, 503 without. Tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("health check: the database does not answer")
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for more than the server takes. The exception's text may echo what an attacker sent: it is not shown."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        text = _("一次提交的内容过多，未作任何更改。请返回上一页，减少表格行数或者分次填写后再提交。")
        return _failed(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
    return _failed(request, HTTPStatus.BAD_REQUEST, _("请求有误，未作任何更改。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the reason: the exception's text, or message and clause of the refusal raised with it."""
    raised_with = (exception, *exception.args, exception.__cause__)
    refusal = next((one for one in raised_with if isinstance(one, Refusal)), None)
    reason = refusal.message if refusal else str(exception)
    return _failed(
        request,
        HTTPStatus.FORBIDDEN,
        str(reason) or _("您当前的角色没有办理此事项的权限。"),
        refusal.clause if refusal else "",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404. What is invisible to somebody and what does not exist look the same."""
    return _failed(request, HTTPStatus.NOT_FOUND, _("未找到所请求的内容，可能已被移除或您无权查看。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, rendered without context processors: they may be what failed."""
    return HttpResponse(loader.render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _failed(request: HttpRequest, status: HTTPStatus, reason: str, clause: str = "") -> HttpResponse:
    """A partial update is answered with the bare reason, which the page shows as a toast."""
    if request.headers.get("HX-Request"):
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    return render(request, f"{status.value}.html", {"reason": reason, "clause": clause}, status=status)
