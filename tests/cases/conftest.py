from __future__ import annotations

from tests.workflows.conftest import world

__all__ = ["world"]
