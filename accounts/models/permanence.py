"""What the record refers to is never deleted."""

from __future__ import annotations

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.errors import Refusal

_M = TypeVar("_M", bound=models.Model, covariant=True)


def _refuse() -> NoReturn:
    raise Refusal("never_deleted", _("用户、单位和任职授权须留存备查，只能停用或者终止，不得删除。"))


class PermanentQuerySet(models.QuerySet[_M]):
    """Rows that can be read and changed, not deleted."""

    def delete(self) -> NoReturn:
        """Always Refusal ``never_deleted``."""
        _refuse()

    # Django marks its own delete() so, to keep it off managers; without the mark, managers would offer ours.
    delete.queryset_only = True  # type: ignore[attr-defined]
    delete.alters_data = True  # type: ignore[attr-defined]


class Permanent(models.Model):
    """留存: a row that may be ended, never deleted."""

    class Meta:
        abstract = True

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always Refusal ``never_deleted``."""
        _refuse()

    delete.alters_data = True  # type: ignore[attr-defined]
