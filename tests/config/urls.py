"""Pages that show every shared piece, for the tests of the frame alone."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path

from accounts.errors import Refusal
from config import views


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="申报单位名称", help_text="与营业执照一致。")
    revenue = forms.DecimalField(label="主营业务收入")
    kind = forms.ChoiceField(
        label="单位类别", choices=[("a", "企业"), ("b", "事业单位")], widget=forms.RadioSelect
    )
    area = forms.ChoiceField(label="所在区县", choices=[("", "请选择"), ("520115", "观山湖区")])
    promise = forms.BooleanField(label="承诺内容真实")
    token = forms.CharField(widget=forms.HiddenInput)


def framed(request: HttpRequest) -> HttpResponse:
    """A page inside the frame of somebody signed in."""
    return render(request, "config_tests/framed.html", sample_context(request))


def plain(request: HttpRequest) -> HttpResponse:
    """A page of the public."""
    return render(request, "config_tests/plain.html")


def sample_context(request: HttpRequest) -> dict[str, Any]:
    """What the pieces of the sample page show."""
    return {
        "form": SampleForm({"name": "", "revenue": "x"} if "bound" in request.GET else None),
        "page": Paginator(range(230), 10).page(4),
        "steps": [
            SimpleNamespace(label="申报", status="done"),
            SimpleNamespace(label="备案", status="current", note="剩 2 个工作日"),
            SimpleNamespace(label="建设", status="upcoming"),
        ],
    }


def denied(request: HttpRequest) -> HttpResponse:
    """A door's refusal, raised as Django knows it."""
    raise PermissionDenied(Refusal("drafter", "起草人不得审批本人起草的事项。", "003·附件6·第四条"))


def denied_plainly(request: HttpRequest) -> HttpResponse:
    """A refusal in words alone."""
    raise PermissionDenied("您未参与本案件的办理。")


def broken(request: HttpRequest) -> HttpResponse:
    """What must not happen."""
    raise RuntimeError("secret detail")


RECEIVED: list[dict[str, Any]] = []
"""What the page of forms has sent to this process."""


def forms_page(request: HttpRequest) -> HttpResponse:
    """Forms of every kind that the script looks after; POST keeps what was sent."""
    if request.method == "POST":
        RECEIVED.append(request.POST.dict())
        time.sleep(float(request.POST.get("seconds", "0")))
        if request.headers.get("HX-Request"):
            return HttpResponse(f'<p id="answer">第 {len(RECEIVED)} 次</p>')
        return render(request, "config_tests/forms.html", {"done": True})
    return render(request, "config_tests/forms.html")


def received(request: HttpRequest) -> HttpResponse:
    """What the page of forms has sent so far."""
    return JsonResponse(RECEIVED, safe=False)


def _empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


def _room(name: str, *routes: str) -> Any:
    return include(([path(f"{route}/", _empty, name=route) for route in routes], name))


urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("framed", framed),
    path("plain", plain),
    path("forms", forms_page),
    path("received", received),
    path("denied", denied),
    path("denied-plainly", denied_plainly),
    path("broken", broken),
    path("accounts/", include("accounts.urls")),
    path("work/", _room("workflows", "home", "worklist", "act")),
    path("cases/", _room("cases", "list", "detail")),
    path("public/", _room("portal", "index")),
    path("supervision/", _room("supervision", "home", "entries")),
    path("notices/", _room("notifications", "list")),
]
handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
