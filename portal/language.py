"""The reader's language as packs and the calendar know it. 语言"""

from __future__ import annotations

from django.utils.translation import get_language


def language() -> str:
    """``zh`` or ``en``."""
    return "en" if (get_language() or "").startswith("en") else "zh"
