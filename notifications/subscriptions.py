"""开放时通知我: telling whoever has asked for it that a programme takes declarations again.

A round is announced when it is opened and takes declarations from its first day on; people are told then, once, by the
channels they have chosen. Who subscribes while a round is open is told of the next one.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.models import User
from audit import clock
from notifications import hints
from notifications.catalogue import ROUND_OPENED
from notifications.enums import Kind
from notifications.letters import queue_letters
from notifications.messages import group_of
from notifications.models import Notification, RoundNews, Subscription
from notifications.preferences import choices_of
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Programme, Round
from workflows.events import write_event
from workflows.models import Event


def programmes_to_watch() -> QuerySet[Programme]:
    """The programmes that the public can read about: one of their editions is published."""
    return Programme.objects.filter(editions__status=EditionStatus.PUBLISHED).distinct()


def subscriptions_of(user: User) -> list[Subscription]:
    """What the person wants to be told of, the newest first. One query."""
    rows = Subscription.objects.filter(user=user).select_related("programme__authority")
    return list(rows.order_by("-created_at", "-pk"))


def is_subscribed(user: User, programme_id: uuid.UUID) -> bool:
    """Whether the person has asked to be told of this programme. One query."""
    return Subscription.objects.filter(user=user, programme__public_id=programme_id).exists()


@transaction.atomic
def subscribe(*, programme: Programme, actor: Actor) -> Subscription:
    """Tell this person when the programme takes declarations again; a second time changes nothing.

    Raises Refusal ``not_published`` for a programme that the public does not see.
    """
    assert actor.user is not None
    if not programmes_to_watch().filter(pk=programme.pk).exists():
        raise Refusal("not_published", _("该事项尚未公布。"))
    row, _made = Subscription.objects.get_or_create(user=actor.user, programme=programme)
    return row


@transaction.atomic
def unsubscribe(*, programme: Programme, actor: Actor) -> None:
    """Tell this person no more; nothing happens where they were not to be told."""
    assert actor.user is not None
    Subscription.objects.filter(user=actor.user, programme=programme).delete()


# -- telling -----------------------------------------------------------------------------------------------------------


def tell_of_rounds() -> int:
    """Tell of every round that takes declarations now and has not been told of; how many messages and letters' people.

    One query when there is nothing to tell.
    """
    today = clock.today()
    rounds = Round.objects.filter(
        Q(closes_on__isnull=True) | Q(closes_on__gte=today),
        status=RoundStatus.OPEN,
        opens_on__lte=today,
        news__isnull=True,
        programme__subscriptions__isnull=False,
    )
    return sum(_tell_of(round_) for round_ in rounds.select_related("programme").distinct().order_by("pk"))


def began(round_: Round) -> dt.datetime:
    """When the round began to take declarations: on its first day, or when it was opened after that."""
    first = dt.datetime.combine(round_.opens_on, dt.time(), tzinfo=clock.SHANGHAI)
    return max(first, round_.opened_at) if round_.opened_at is not None else first


@transaction.atomic
def _tell_of(round_: Round) -> int:
    """Everybody in one transaction with the mark that it was done: neither twice nor only some of them."""
    _row, first = RoundNews.objects.get_or_create(round=round_)
    if not first:
        return 0
    asked = Subscription.objects.filter(programme=round_.programme_id, user__is_active=True)
    people = list(
        asked.filter(created_at__lt=began(round_)).order_by("user_id").values_list("user_id", flat=True)
    )
    if not people:
        return 0
    event = write_event(kind=ROUND_OPENED, case=None, data={"round": str(round_.public_id)})
    _write(event, _messages(event, round_, people))
    transaction.on_commit(hints.give, robust=True)
    return len(people)


def _messages(event: Event, round_: Round, people: Iterable[int]) -> list[Notification]:
    programme = round_.programme
    data = {
        "code": ROUND_OPENED,
        "programme": str(programme.public_id),
        "title": {"zh": programme.title_zh, "en": programme.title_en},
        "round": round_.name,
        "closes": round_.closes_on.isoformat() if round_.closes_on else "",
    }
    return [
        Notification(user_id=user_id, event=event, kind=Kind.SUBSCRIBER, data=data, created_at=event.at)
        for user_id in people
    ]


def _write(event: Event, messages: list[Notification]) -> None:
    """The messages of those who want them in the system, and a letter for those who want one."""
    choices = choices_of(message.user_id for message in messages)
    shown = [one for one in messages if choices.in_app(one.user_id, group_of(one))]
    Notification.objects.bulk_create(shown)
    queue_letters(event, messages, choices)
