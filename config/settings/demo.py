"""The demonstration: SQLite, one machine, everything under one command. Never for real data."""

from config.settings.base import *  # noqa: F403
from config.settings.base import VAR_DIR

VAR_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = "demo-only-" + "k" * 50
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
DEMO = True
DEMO_PASSWORD = "licheng-2026"  # shown on the sign-in page, for everybody in the demonstration
# The password is public, so nothing is lost by a hasher that lets thirty people be made at once.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None  # type: ignore[assignment]  # nothing is collected:
WHITENOISE_USE_FINDERS = True  # static files are served from where they lie
