"""This room's tests need no other room's pages."""

from __future__ import annotations

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def _no_other_rooms(settings: LazySettings) -> None:
    """Signing out leads to the public's room, which this one does not know."""
    settings.LOGOUT_REDIRECT_URL = "accounts:sign_in"
