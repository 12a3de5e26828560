"""Writing the mails of an event: in each person's language, one for a person. 通知邮件"""

from __future__ import annotations

from collections.abc import Iterable

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.enums import Channel, Level
from notifications.links import absolute, target_of
from notifications.messages import group_of
from notifications.models import Notification, Outbox
from notifications.preferences import Choices
from notifications.sentences import headline_of, sentence_of
from workflows.models import Event

SUBJECT_LENGTH = 200
LOUDEST_FIRST = (Level.TODO, Level.WARN, Level.INFO)


def queue_letters(event: Event, messages: Iterable[Notification], choices: Choices) -> None:
    """Queue one letter for each person who wants one and has an address. Two queries, whatever their number."""
    wanted: dict[int, list[Notification]] = {}
    for message in messages:
        if choices.mail(message.user_id, group_of(message)):
            wanted.setdefault(message.user_id, []).append(message)
    people = User.objects.filter(pk__in=wanted, is_active=True).exclude(email="").order_by("pk")
    rows = [_letter(event, user, wanted[user.pk]) for user in people]
    Outbox.objects.bulk_create(rows, ignore_conflicts=True)


def key_of(channel: Channel, event_id: int, user_id: int) -> str:
    """What makes a letter the same letter."""
    return f"{channel.value}:{event_id}:{user_id}"


def _letter(event: Event, user: User, messages: list[Notification]) -> Outbox:
    messages = sorted(messages, key=lambda message: LOUDEST_FIRST.index(Level(message.level)))
    with translation.override(user.language):
        subject, body = _wording(user, messages)
    return Outbox(
        key=key_of(Channel.MAIL, event.pk, user.pk),
        channel=Channel.MAIL,
        to=user.email,
        subject=subject,
        body=body,
        event=event,
    )


def _wording(user: User, messages: list[Notification]) -> tuple[str, str]:
    first = messages[0]
    subject = _("【历程】%(headline)s") % {"headline": headline_of(first)}
    subject = " ".join(subject.split())  # a header has one line, whatever the case is called
    if len(subject) > SUBJECT_LENGTH:
        subject = subject[: SUBJECT_LENGTH - 1] + "…"
    context = {
        "user": user,
        "sentences": [sentence_of(message) for message in messages],
        "case": first.case,
        "address": absolute(target_of(first)),
        "preferences": absolute(reverse("notifications:preferences")),
    }
    return subject, render_to_string("notifications/mail.txt", context)
