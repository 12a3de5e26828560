"""Sending what leaves the system: each letter once, with patience. 外发

A row is claimed in a commit of its own before the mail server is spoken to. A refusal puts it back with a later
date; a claim that nobody settled (the machine went down in between) is given up, because the letter may have gone.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet

from audit import clock
from notifications.enums import OutboxStatus
from notifications.models import Outbox

logger = logging.getLogger(__name__)

DELAYS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait after the first, second… refusal; after the last one the letter has failed."""
CLAIM = dt.timedelta(minutes=10)
"""How long a claim may stay unsettled: longer than any mail server may keep us waiting."""
BATCH = 200
UNSETTLED = "unsettled: the sender stopped while the mail server was being spoken to"


@dataclass(slots=True)
class Sent:
    """What one round of sending came to. ``refused``: to be tried again, from ``retry_at`` on; ``failed``: given up."""

    sent: int = 0
    refused: int = 0
    failed: int = 0
    retry_at: dt.datetime | None = None


def send_due() -> Sent:
    """Send what is due now, one by one; any number of senders may work side by side.

    A letter that is refused waits alone. When the mail server does not answer at all, the round ends.
    """
    result = Sent(failed=_give_up_unsettled())
    connection: BaseEmailBackend = get_connection()
    try:
        for letter in _claims():
            reached = False
            try:
                connection.open()
                reached = True
                _message(letter, connection).send()
            except Exception as error:
                logger.warning("letter %s was not sent: %s", letter.key, type(error).__name__)
                _put_back(letter, error, result)
                connection.close()
                if not reached:
                    break
            else:
                _settle(letter)
                result.sent += 1
    finally:
        connection.close()
    return result


def _settle(letter: Outbox) -> None:
    Outbox.objects.filter(pk=letter.pk).update(status=OutboxStatus.SENT, sent_at=clock.now(), last_error="")


def is_anything_due() -> bool:
    """Whether a letter waits to be sent now."""
    return _due().exists()


def retry_failed() -> int:
    """Queue the letters that were given up, for another full round of attempts; how many there are.

    For the administrator, after the mail server was put right. An unsettled letter may then arrive a second time.
    """
    return Outbox.objects.filter(status=OutboxStatus.FAILED).update(
        status=OutboxStatus.QUEUED, attempts=0, next_attempt_at=clock.now()
    )


def _due() -> QuerySet[Outbox]:
    return Outbox.objects.filter(status=OutboxStatus.QUEUED, next_attempt_at__lte=clock.now())


def _claims() -> Iterator[Outbox]:
    """The letters that are due, each taken by this sender alone. The UPDATE decides who has it."""
    for pk in _due().order_by("next_attempt_at", "pk").values_list("pk", flat=True)[:BATCH]:
        now = clock.now()
        taken = Outbox.objects.filter(pk=pk, status=OutboxStatus.QUEUED, next_attempt_at__lte=now).update(
            status=OutboxStatus.SENDING, attempts=F("attempts") + 1, next_attempt_at=now + CLAIM
        )
        if taken:
            yield Outbox.objects.get(pk=pk)


def _put_back(letter: Outbox, error: Exception, result: Sent) -> None:
    over = letter.attempts > len(DELAYS)
    later = clock.now() + DELAYS[min(letter.attempts, len(DELAYS)) - 1]
    if over:
        result.failed += 1
    else:
        result.refused += 1
        result.retry_at = min(result.retry_at or later, later)
    Outbox.objects.filter(pk=letter.pk, status=OutboxStatus.SENDING).update(
        status=OutboxStatus.FAILED if over else OutboxStatus.QUEUED,
        next_attempt_at=later,
        last_error=f"{type(error).__name__}: {error}"[:300],
    )


def _give_up_unsettled() -> int:
    stale = Q(status=OutboxStatus.SENDING, next_attempt_at__lte=clock.now())
    return Outbox.objects.filter(stale).update(status=OutboxStatus.FAILED, last_error=UNSETTLED)


def _message(letter: Outbox, connection: BaseEmailBackend) -> EmailMessage:
    """The same letter has the same Message-ID, so that even the mail server can tell a repetition."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[letter.to],
        headers={
            "Message-ID": f"<{letter.key.replace(':', '.')}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
