"""消息: the list, opening and reading, the channels a person wants."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.generic import FormView

from accounts.actors import Actor
from accounts.enums import Role
from accounts.requests import ActorRequest
from cases import policy
from cases.models import Case
from notifications.enums import Group
from notifications.forms import PreferencesForm
from notifications.inbox import (
    mark_all_read,
    mark_read,
    messages_of,
    newest_unread,
    settled_items,
    unread_count,
)
from notifications.links import case_address, message_address, target_of
from notifications.models import Notification
from notifications.preferences import choices_for, choices_of, set_preferences
from notifications.sentences import sentence_of
from notifications.subscriptions import (
    is_subscribed,
    programmes_to_watch,
    subscribe,
    subscriptions_of,
    unsubscribe,
)
from workflows.addresses import address

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Row:
    """A message as a list shows it. ``settled``: nobody waits any more for what it asked to do."""

    message: Notification
    sentence: str
    address: str
    settled: bool

    @property
    def unread(self) -> bool:
        """Whether the person has yet to read it."""
        return self.message.read_at is None


def rows_of(messages: list[Notification]) -> list[Row]:
    """The rows of these messages. One query, or none."""
    settled = settled_items(messages)

    def is_settled(message: Notification) -> bool:
        ids = {item["id"] for item in message.data.get("items", ()) if "id" in item}
        return bool(ids) and ids <= settled

    return [Row(one, sentence_of(one), message_address(one), is_settled(one)) for one in messages]


@require_GET
@never_cache
@login_required
def message_list(request: ActorRequest) -> HttpResponse:
    """我的消息, the newest first; ``?show=unread`` for those not read yet."""
    unread_only = request.GET.get("show") == "unread"
    page: Page[Notification] = Paginator(
        messages_of(request.user, unread_only=unread_only), PAGE_SIZE
    ).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": rows_of(list(page.object_list)),
        "newest": newest_unread(request.user),
        "unread_only": unread_only,
        "unread": unread_count(request.user),
    }
    return render(request, "notifications/list.html", context)


@require_GET
@never_cache
@login_required
def open_message(request: ActorRequest, public_id: uuid.UUID) -> HttpResponse:
    """Read the message and go to its case. Where the case is seen under another of one's roles, offer that role."""
    message = _own(request, public_id)
    mark_read(message=message, actor=Actor.as_person(request.user))
    case = message.case
    if case is None:
        return redirect(target_of(message))
    address = target_of(message)
    reaches = partial(policy.can_see, case=case) if address == case_address(case) else _recommends
    if request.actor is not None and reaches(request.actor):
        return redirect(address)
    able = [actor for actor in request.actors if reaches(actor)]
    if not able:
        flash.warning(request, _("该案件您目前无权查看。"))
        return redirect("notifications:list")
    return _offer_roles(request, message, case, able, address)


def _recommends(actor: Actor) -> bool:
    """Whether the list of nominations is the actor's: what is being filled in is nobody's but the nominee's."""
    return actor.role == Role.RECOMMENDER


def _offer_roles(
    request: ActorRequest, message: Notification, case: Case, able: list[Actor], address: str
) -> HttpResponse:
    context = {"case": case, "sentence": sentence_of(message), "able": able, "address": address}
    return render(request, "notifications/roles.html", context)


@require_POST
@login_required
def read(request: ActorRequest, public_id: uuid.UUID) -> HttpResponse:
    """标为已读. htmx gets the row as it is now, and the bell its new count."""
    message = _own(request, public_id)
    mark_read(message=message, actor=Actor.as_person(request.user))
    if not request.headers.get("HX-Request"):
        return redirect("notifications:list")
    response = render(request, "notifications/row.html", {"row": rows_of([message])[0], "answered": True})
    return _with_count(response, request)


@require_POST
@login_required
def read_all(request: ActorRequest) -> HttpResponse:
    """全部标为已读: all that there were when the person looked at the list, not what has come since."""
    newest = None
    if "newest" in request.POST:
        newest = _own(request, request.POST["newest"])
    count = mark_all_read(newest=newest, actor=Actor.as_person(request.user))
    flash.success(request, _("已将%(count)s条消息标为已读。") % {"count": count})
    return redirect("notifications:list")


@require_GET
@never_cache
@login_required
def badge(request: ActorRequest) -> HttpResponse:
    """The count at the bell."""
    return render(request, "partials/bell_count.html", {"unread": unread_count(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def watch(request: ActorRequest, public_id: uuid.UUID) -> HttpResponse:
    """开放时通知我: ask to be told when a programme takes declarations, or no more. Works without script."""
    programme = get_object_or_404(programmes_to_watch().select_related("authority"), public_id=public_id)
    actor = Actor.as_person(request.user)
    if request.method == "POST":
        if request.POST.get("do") == "off":
            unsubscribe(programme=programme, actor=actor)
            flash.success(request, _("已取消开放提醒：%(title)s。") % {"title": programme.title})
        else:
            subscribe(programme=programme, actor=actor)
            flash.success(request, _("已设置开放提醒：%(title)s。") % {"title": programme.title})
        return redirect("notifications:preferences")
    context = {
        "programme": programme,
        "subscribed": is_subscribed(request.user, programme.public_id),
        "read_url": address("portal:programme", programme.public_id),
        "mail": choices_of([request.user.pk]).mail(request.user.pk, Group.ROUNDS),
    }
    return render(request, "notifications/watch.html", context)


class Preferences(LoginRequiredMixin, FormView):  # type: ignore[type-arg]
    """通知设置: by which channels the person hears of what."""

    template_name = "notifications/preferences.html"
    form_class = PreferencesForm
    success_url = reverse_lazy("notifications:preferences")
    request: ActorRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows what is stored now."""
        return {**super().get_form_kwargs(), "choices": choices_for(self.request.user)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Beside the channels: the programmes that the person is told of."""
        return super().get_context_data(**kwargs) | {"subscriptions": subscriptions_of(self.request.user)}

    def form_valid(self, form: PreferencesForm) -> HttpResponse:
        """Through the door."""
        set_preferences(choices=form.chosen(), actor=Actor.as_person(self.request.user))
        flash.success(self.request, _("通知设置已保存。"))
        return super().form_valid(form)


def _own(request: ActorRequest, public_id: uuid.UUID | str) -> Notification:
    """The person's own message; somebody else's does not exist: 404."""
    try:
        return messages_of(request.user).get(public_id=uuid.UUID(str(public_id)))
    except (Notification.DoesNotExist, ValueError):
        raise Http404 from None


def _with_count(response: HttpResponse, request: ActorRequest) -> HttpResponse:
    response["HX-Trigger"] = json.dumps({"licheng:unread": {"unread": unread_count(request.user)}})
    return response
