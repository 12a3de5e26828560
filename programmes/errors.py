"""Refusals of this room that carry more than a reason."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.errors import Refusal
from programmes.problems import Problem


class PackRefused(Refusal):
    """政策包未通过检查: an edition that may not be published. ``problems`` says what is wrong where."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        message = _("政策包有%(count)s处问题，改正后方可发布。") % {"count": len(problems)}
        super().__init__("pack_unsound", message)
        self.problems = list(problems)
