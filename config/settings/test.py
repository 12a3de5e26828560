"""The test suite: SQLite in memory by default, PostgreSQL and Redis when DATABASE_URL / REDIS_URL are set."""

import os
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, TASKS

SECRET_KEY = "test-only-" + "k" * 50
ALLOWED_HOSTS = ["*"]
VAR_DIR = Path(tempfile.gettempdir()) / f"licheng-test-{os.getpid()}"
MEDIA_ROOT = VAR_DIR / "files"
# The scratch databases of rehearsals depend on the models alone: every run of the suite may use what an earlier one made.
REHEARSAL_TEMPLATES = Path(tempfile.gettempdir()) / f"licheng-test-rehearsal-{os.getuid()}"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = False
REHEARSAL = True  # tests set the clock
WHITENOISE_AUTOREFRESH = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
TASKS = {"default": {**TASKS["default"]}}
CLAMD_URL = ""  # whatever the environment says: tests that scan bring a scanner
LOGGING_CONFIG = None
