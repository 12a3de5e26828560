"""Encryption of sensitive columns with a key id. 敏感字段加密

Stored as ``<key id>:<Fernet token>``. ``settings.FIELD_KEYS`` (environment: deploy/env.example) maps key ids to 32-byte
url-safe base64 keys, newest first; the newest encrypts, all decrypt, so keys rotate without touching rows. A key that
was ever the newest stays listed. What was written before there were any, under the key derived from ``SECRET_KEY``
(``k0``), is still read.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models

DERIVED = "k0"
"""The key id of what is written without ``FIELD_KEYS``."""


def _keys() -> dict[str, str]:
    """All keys, the one that encrypts first."""
    keys: dict[str, str] = dict(settings.FIELD_KEYS)
    derived = hashlib.sha256(b"licheng-field:" + settings.SECRET_KEY.encode()).digest()
    keys.setdefault(DERIVED, base64.urlsafe_b64encode(derived).decode())
    return keys


def encrypt(text: str) -> str:
    """``text`` under the newest key; '' stays ''."""
    if not text:
        return ""
    key_id, key = next(iter(_keys().items()))
    return f"{key_id}:{Fernet(key).encrypt(text.encode()).decode()}"


def decrypt(stored: str) -> str:
    """The clear text. Raises ValueError when the key is not there or the value was altered."""
    if not stored:
        return ""
    key_id, _, token = stored.partition(":")
    try:
        return Fernet(_keys()[key_id]).decrypt(token.encode()).decode()
    except (KeyError, InvalidToken) as error:
        raise ValueError(f"cannot decrypt with key {key_id!r}") from error


class EncryptedTextField(models.TextField[str, str]):
    """A text column that lies encrypted in the database. Cannot be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(str(value)) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value) if value else value
