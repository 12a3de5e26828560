"""Production: PostgreSQL, Redis, TLS in front. Refuses to start without what it needs, and says what that is."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, SECRET_KEY
from config.settings.environment import NEW_KEY

NEEDED = {
    "SECRET_KEY": "at least 50 random characters",
    "FIELD_KEYS": f"the keys of sealed fields; a new one: {NEW_KEY}",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://host:6379/0",
    "ALLOWED_HOSTS": "the names under which people reach the site",
    "SITE_URL": "the address written into mails, certificates and QR codes",
}
missing = [f"{name} ({what})" for name, what in NEEDED.items() if not os.environ.get(name)]
if not (os.environ.get("EMAIL_URL") or os.environ.get("EMAIL_BACKEND")):
    missing.append("EMAIL_URL (smtp+tls://user:password@host:587; or EMAIL_BACKEND and EMAIL_HOST…)")
if missing:
    raise ImproperlyConfigured("must be set in production (deploy/env.example): " + "; ".join(missing))
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    raise ImproperlyConfigured("production runs on PostgreSQL")

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
