"""What the environment says, understood: keys and the way mails leave. Knows Django's names, not its settings."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_ID = re.compile(r"[A-Za-z0-9_.-]{1,32}")
NEW_KEY = (
    "python3 -c 'import base64, secrets; "
    'print("k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())\''
)
"""How a new key is made."""
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def words(text: str) -> list[str]:
    """Values separated by commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def field_keys(text: str) -> dict[str, str]:
    """``FIELD_KEYS``: ``<key id>:<32 bytes, url-safe base64>``, separated by commas, the newest first.

    Raises ImproperlyConfigured for an id that is missing, doubled or odd, and for a key of another length; the message
    never repeats a key.
    """
    keys: dict[str, str] = {}
    for place, word in enumerate(words(text), start=1):
        key_id, colon, key = word.partition(":")
        if not colon or not KEY_ID.fullmatch(key_id):
            raise ImproperlyConfigured(
                f"FIELD_KEYS, entry {place}: write <key id>:<key>. A new one: {NEW_KEY}"
            )
        if key_id in keys:
            raise ImproperlyConfigured(f"FIELD_KEYS: the key id {key_id!r} is given twice")
        try:
            length = len(base64.b64decode(key, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if length != 32:
            raise ImproperlyConfigured(
                f"FIELD_KEYS: the key {key_id!r} is not 32 bytes in url-safe base64. A new one: {NEW_KEY}"
            )
        keys[key_id] = key
    return keys


def email(url: str) -> dict[str, Any]:
    """``EMAIL_URL`` as Django's settings: ``smtp://`` plain, ``smtp+tls://`` STARTTLS, ``smtps://`` TLS from the start;

    user and password percent-encoded; ``?timeout=10``. Raises ImproperlyConfigured for anything else.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtp+tls", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(
            "EMAIL_URL: write smtp+tls://user:password@host:587, smtps://user:password@host:465 or smtp://host:25"
        )
    return {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": int(parse_qs(parts.query).get("timeout", ["10"])[0]),
    }
