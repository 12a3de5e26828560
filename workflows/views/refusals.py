"""Every refusal of a door becomes a page, a partial answer or JSON in this one place. 拒绝办理的答复

``@answers_refusals`` for views that anybody may reach; ``@for_actors`` for views of people at work: signed
in, acting under a role (``request.actor`` is an :class:`accounts.actors.Actor`), refusals answered.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Concatenate, NamedTuple, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.requests import ActorRequest
from cases.errors import Conflict, Gate, Invalid, NotAllowed, NotVisible, TooLarge, Unavailable
from programmes.rules import Verdict
from workflows.typed import sent_again, typed_in

P = ParamSpec("P")

STATUSES: tuple[tuple[type[Refusal], HTTPStatus], ...] = (
    (NotVisible, HTTPStatus.NOT_FOUND),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (Conflict, HTTPStatus.CONFLICT),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
    (TooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Gate, HTTPStatus.UNPROCESSABLE_ENTITY),
)


class Reason(NamedTuple):
    """One reason of a refusal, with the clause it rests on."""

    text: str
    clause: str


class PersonAtWork(ActorRequest):
    """A request that has passed ``@for_actors``: somebody signed in, acting under a role."""

    actor: Actor


def status_of(refusal: Refusal) -> HTTPStatus:
    """404 invisible, 403 not allowed, 409 somebody was faster, 503 the installation, 422 input or rules.

    A refusal of another room is 422 when it names fields, else 403.
    """
    for kind, status in STATUSES:
        if isinstance(refusal, kind):
            return status
    return HTTPStatus.UNPROCESSABLE_ENTITY if refusal.fields else HTTPStatus.FORBIDDEN


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks (``fetch`` with ``Accept: application/json``), rather than a person's browser."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def reasons_of(refusal: Refusal) -> list[Reason]:
    """The refusal as reasons one by one: every rule that refused, or the one message."""
    verdicts = [v for v in getattr(refusal, "verdicts", ()) if isinstance(v, Verdict)]
    if not verdicts:
        return [Reason(str(refusal.message), refusal.clause)]
    lines = str(refusal.message).split("\n")
    told = lines if len(lines) == len(verdicts) else [str(v.message) for v in verdicts]
    return [
        Reason(text.removesuffix(f"（{verdict.clause}）"), verdict.clause)
        for text, verdict in zip(told, verdicts, strict=True)
    ]


def as_json(refusal: Refusal) -> dict[str, Any]:
    """``{code, message, clause, fields, reasons}``: what a script is told."""
    return {
        "code": refusal.code,
        "message": str(refusal.message),
        "clause": refusal.clause,
        "fields": {name: str(text) for name, text in refusal.fields.items()},
        "reasons": [reason._asdict() for reason in reasons_of(refusal)],
    }


def answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The refusal as the asker can use it: JSON for a script, bare text for htmx, otherwise a page."""
    status = status_of(refusal)
    if wants_json(request):
        return JsonResponse(as_json(refusal), status=status)
    if request.headers.get("HX-Request"):
        return HttpResponse(str(refusal.message), status=status, content_type="text/plain; charset=utf-8")
    if status == HTTPStatus.NOT_FOUND:
        reason = _("未找到所请求的内容，可能已被移除或您无权查看。")
        return render(request, "404.html", {"reason": reason}, status=status)
    context = {
        "status": status.value,
        "title": _title(refusal, status),
        "reasons": reasons_of(refusal),
        "fields": [str(text) for text in refusal.fields.values() if str(text) != str(refusal.message)],
        "back": _back(request),
    }
    return render(request, "cases/refused.html", context, status=status)


def answers_refusals(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Let a view (its first argument is the request) raise: any Refusal is answered by :func:`answer`."""

    @functools.wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(*args, **kwargs)
        except Refusal as refusal:
            request = args[0]
            assert isinstance(request, HttpRequest)
            return answer(request, refusal)

    return answered


def for_actors(
    view: Callable[Concatenate[PersonAtWork, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Only for people signed in under a role; refusals are answered.

    Others go to sign in (a script is told 401), or get 403 when they hold no role.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _signed_out(request)
        if getattr(request, "actor", None) is None:
            message = _("您目前没有有效的任职授权，请与本单位系统管理员联系。")
            return answer(request, NotAllowed("no_role", message))
        at_work = cast(PersonAtWork, request)
        _share_unit(at_work)
        try:
            return view(at_work, *args, **kwargs)
        except Refusal as refusal:
            return answer(request, refusal)

    return guarded


def _share_unit(request: PersonAtWork) -> None:
    """The frame shows the person's home unit: mostly the one they act for, which is at hand. One query less."""
    actor, user = request.actor, request.user
    if actor.organisation is not None and user.organisation_id == actor.organisation.pk:
        user.organisation = actor.organisation


def _signed_out(request: HttpRequest) -> HttpResponseBase:
    """To sign in; whoever was sending something keeps it, to send it again once signed in."""
    if wants_json(request):
        message = _("登录已超时，请重新登录；已填写的内容保留在本机。")
        told = {"code": "signed_out", "message": message, "sign_in": reverse("accounts:sign_in")}
        return JsonResponse(told, status=HTTPStatus.UNAUTHORIZED)
    if typed_in(request):
        back = urlencode({"next": reverse("home")})
        context = {"again": sent_again(request), "sign_in": f"{reverse('accounts:sign_in')}?{back}"}
        return render(request, "cases/signed_out.html", context, status=HTTPStatus.UNAUTHORIZED)
    return redirect_to_login(request.get_full_path(), reverse("accounts:sign_in"))


def _title(refusal: Refusal, status: HTTPStatus) -> str:
    if isinstance(refusal, Gate):
        return _("尚不符合办理条件")
    match status:
        case HTTPStatus.CONFLICT:
            return _("内容已有变化")
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return _("填写内容有误")
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return _("暂时无法提供")
    return _("不能办理此事项")


def _back(request: HttpRequest) -> str:
    """The page they came from, when it is one of ours and not this one; else ''."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if referer.netloc != request.get_host() or referer.path == request.path:
        return ""
    return "/" + referer.path.lstrip("/") + (f"?{referer.query}" if referer.query else "")
