"""Where a message leads. 链接"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from cases.models import Case
from notifications.models import Notification
from workflows import addresses


def case_address(case: Case) -> str:
    """The page of the case."""
    return addresses.of_case(case)


def message_address(message: Notification) -> str:
    """Opens the message's case and marks the message as read."""
    return reverse("notifications:open", kwargs={"public_id": message.public_id})


def absolute(path: str) -> str:
    """``path`` of this site as an address for letters."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"
