"""The one way in which any door of the product says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Refusal(Exception):
    """拒绝办理: a door was asked for something it must not do. Nothing has been changed.

    ``code`` is stable ASCII: tests, the API and the record use it. ``message`` is for the person, lazily
    translated. ``clause`` cites the policy when the policy is the reason. ``fields`` gives the messages by
    form field, when the input was at fault.
    """

    def __init__(
        self,
        code: str,
        message: str | _StrPromise,
        clause: str = "",
        fields: Mapping[str, str | _StrPromise] | None = None,
    ) -> None:
        super().__init__(code, message, clause)
        self.code = code
        self.message = message
        self.clause = clause
        self.fields: dict[str, str | _StrPromise] = dict(fields or {})

    def __str__(self) -> str:
        cited = f" [{self.clause}]" if self.clause else ""
        return f"{self.code}: {self.message}{cited}"

    def __repr__(self) -> str:
        return f"Refusal({self.code!r}, {str(self.message)!r}, clause={self.clause!r})"
