"""Where a message leads. 链接"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from cases.models import Case
from notifications.enums import Kind
from notifications.models import Notification
from workflows import addresses


def case_address(case: Case) -> str:
    """The page of the case."""
    return addresses.of_case(case)


def message_address(message: Notification) -> str:
    """Opens the message's case and marks the message as read."""
    return reverse("notifications:open", kwargs={"public_id": message.public_id})


def round_address(message: Notification) -> str:
    """Where the public reads about the programme of a round that has opened; the list of messages without that room."""
    found = addresses.address("portal:programme", message.data.get("programme", ""))
    return found or reverse("notifications:list")


def target_of(message: Notification) -> str:
    """Where a message leads in the end. Who nominated follows a draft from the list of nominations alone."""
    if message.case is not None:
        if message.kind == Kind.NOMINATOR and message.case.is_draft:
            return reverse("cases:nominations")
        return case_address(message.case)
    return round_address(message) if message.kind == Kind.SUBSCRIBER else reverse("notifications:list")


def absolute(path: str) -> str:
    """``path`` of this site as an address for letters."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"
