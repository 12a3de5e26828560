"""The sample pages of tests/config/urls.py."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def samples(settings: Any) -> None:
    """The frame with sample pages instead of the rooms."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.config.urls"
