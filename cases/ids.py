"""Public identifiers: UUIDv7, sortable by time, the only ids that appear in URLs."""

from __future__ import annotations

import uuid

import uuid6


def new_public_id() -> uuid.UUID:
    """A fresh UUIDv7."""
    return uuid.UUID(bytes=uuid6.uuid7().bytes)
