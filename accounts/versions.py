"""Two people at one form: what somebody else has changed meanwhile is not overwritten unseen. 版本核对"""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.errors import Refusal


def version_of(values: Sequence[object]) -> str:
    """A digest of ``values``, which tells nothing of them: what a form carries of the state that it has shown."""
    text = json.dumps([str(value) for value in values], ensure_ascii=False)
    return salted_hmac("accounts.versions", text, algorithm="sha256").hexdigest()


def require_unchanged(seen: str, present: str) -> None:
    """Raise Refusal ``changed_meanwhile`` unless what the form has shown is what is there; '' has shown nothing."""
    if seen and seen != present:
        raise Refusal("changed_meanwhile", _("本页打开后，有关信息已由他人更改，请核对现有信息后再次提交。"))
