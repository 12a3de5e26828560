"""What somebody answered before they had an account or a draft, on its way into the draft. 预审答案带入草稿

The answers stay in the person's own browser: a signed cookie that a script cannot read, good for two hours and for one
programme; given to somebody signed in, for that person alone. It goes when a declaration is begun and at signing out
(``settings.SIGN_OUT_COOKIES``). Nothing is kept on the server. The answers are saved as any typing is (:mod:`cases.saving`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor
from cases.declarations import draft_of
from cases.drafting import Edits
from cases.models import Case
from cases.saving import save_cells
from programmes.eligibility import input_at
from programmes.form_values import read
from programmes.models import Programme
from programmes.schema import Pack

COOKIE: Final = "licheng_precheck"
SALT: Final = "licheng.precheck"
GOOD_FOR: Final = dt.timedelta(hours=2)
SOURCE: Final = "预审问卷"
"""Where the form says that such a value comes from."""


def carry(
    request: HttpRequest, response: HttpResponse, programme: Programme, answers: Mapping[str, Any]
) -> None:
    """Give the browser the answers (by ``FORM.field``, as stored) for a draft of this programme."""
    content = {
        "programme": str(programme.public_id),
        "answers": dict(answers),
        "person": request.user.pk if request.user.is_authenticated else None,
    }
    response.set_cookie(
        COOKIE,
        signing.dumps(content, salt=SALT, compress=True),
        max_age=int(GOOD_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def carried(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    """The programme (public id) and answers that the browser brings; nothing when none, too old, tampered with or

    somebody else's.
    """
    try:
        content = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=GOOD_FOR)
        if content["person"] not in (None, request.user.pk):
            return "", {}
        return str(content["programme"]), dict(content["answers"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return "", {}


def usable(pack: Pack, answers: Mapping[str, Any], forms: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """The answers by form that this edition still asks and understands: others are left out."""
    found: dict[str, dict[str, Any]] = {}
    for place, value in answers.items():
        code, _dot, key = place.partition(".")
        entry = input_at(pack, place)
        if entry is None or code not in forms or read(entry, value).error:
            continue
        found.setdefault(code, {})[key] = value
    return found


def bring_in(case: Case, answers: Mapping[str, Any], actor: Actor) -> int:
    """Save the answers into the new draft's forms, beside what is there already; how many were.

    Raises what :func:`cases.saving.save_cells` raises.
    """
    pack = case.edition.pack
    step = pack.programme.lifecycle.steps[pack.programme.lifecycle.start]
    draft = draft_of(case)
    there = draft.data() if draft is not None else {}
    count = 0
    for code, values in usable(pack, answers, step.forms).items():
        new = {key: value for key, value in values.items() if not there.get(code, {}).get(key)}
        if new:
            sources = dict.fromkeys(new, SOURCE)
            save_cells(case=case, form_code=code, edits=Edits(None, new), actor=actor, sources=sources)
            count += len(new)
    return count
