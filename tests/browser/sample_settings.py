"""The sample pages of tests/config, served without a database: for the frame and its script alone."""

from pathlib import Path

from config.settings.test import *  # noqa: F403
from config.settings.test import DATABASES, TEMPLATES

ROOT_URLCONF = "tests.config.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parents[1] / "config" / "templates")
WHITENOISE_USE_FINDERS = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["NAME"] = ":memory:"  # the health check asks one question of it, nothing else does
