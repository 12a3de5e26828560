"""The public: a client without a name."""

from __future__ import annotations

import pytest

from cases.models import PublicNotice
from tests.conftest import Freeze
from tests.portal.rows import make_notice


@pytest.fixture
def notice(db: None, frozen_clock: Freeze) -> PublicNotice:
    """A notice published on Monday 2 March 2026, open until Friday."""
    frozen_clock("2026-03-02 09:00")
    return make_notice()
