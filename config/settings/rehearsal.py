"""A rehearsal: a scratch database of its own, a clock that moves, nothing that leaves the machine.

The database is a SQLite file named by ``LICHENG_REHEARSAL_DB`` (``manage.py rehearse`` makes it and throws it away).
``DATABASE_URL`` and ``REDIS_URL`` are not looked at: a rehearsal never finds the real data.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import LOGGING

if not os.environ.get("LICHENG_REHEARSAL_DB"):
    raise ImproperlyConfigured("LICHENG_REHEARSAL_DB must name the scratch database of the rehearsal")
SCRATCH = Path(os.environ["LICHENG_REHEARSAL_DB"]).absolute()

REHEARSAL = True
SECRET_KEY = "rehearsal-only-" + "k" * 50
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": SCRATCH,
        # A crash loses a scratch copy and nothing else: no log, no waiting for the disk.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;",
        },
    }
}
VAR_DIR = SCRATCH.parent
MEDIA_ROOT = SCRATCH.parent / "files"
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
LOGGING = {**LOGGING, "root": {"handlers": ["console"], "level": "WARNING"}}
