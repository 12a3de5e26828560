"""登录锁定: accounts whose sign-in is locked after too many wrong passwords, and the door that unlocks one.

django-axes counts by user name and address together; an account is shown as locked while it is locked from any address.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.guards import require_reason
from accounts.keeping import require_keeper_of, require_no_administrators_account, require_still_in_office
from accounts.models import User
from accounts.records import record
from audit import clock


def locked_names(usernames: Iterable[str] | QuerySet[Any]) -> dict[str, dt.datetime]:
    """Until when sign-in is locked, by user name, of those asked for (names, or a query of them). One query."""
    cool_off: dt.timedelta = get_cool_off()
    names = usernames if isinstance(usernames, QuerySet) else list(usernames)
    rows = AccessAttempt.objects.filter(attempt_time__gt=clock.now() - cool_off, username__in=names)
    failures: dict[tuple[str, str | None], int] = defaultdict(int)
    last: dict[tuple[str, str | None], dt.datetime] = {}
    for name, address, count, at in rows.order_by("attempt_time").values_list(
        "username", "ip_address", "failures_since_start", "attempt_time"
    ):
        failures[name, address] += count
        last[name, address] = at
    locked: dict[str, dt.datetime] = {}
    for (name, address), count in failures.items():
        if count >= settings.AXES_FAILURE_LIMIT:
            until = last[name, address] + cool_off
            locked[name] = max(until, locked.get(name, until))
    return locked


def locked_until(user: User) -> dt.datetime | None:
    """Until when ``user`` cannot sign in from some address; None: not locked. One query."""
    return locked_names([user.username]).get(user.username)


@transaction.atomic
def unlock_user(*, user: User, reason: str, actor: Actor) -> None:
    """解除登录锁定: the count of wrong passwords begins anew; the password stays. By the system administrator.

    Raises Refusal: own_account, not_permitted, beyond_reach, administrators_account, reason_missing, not_locked. Order:
    lock the account, check, rows, record.
    """
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refusal("own_account", _("不得解除本人账号的登录锁定。"))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require_keeper_of(user, actor)
    require_still_in_office(actor)
    require_no_administrators_account(user, actor)
    home = user.organisation
    authority = home.authority if home else None
    reason = require_reason(reason)
    if locked_until(user) is None:
        raise Refusal("not_locked", _("该账号的登录未被锁定。"))
    reset(username=user.username)
    record(
        authority=authority,
        action="user.unlocked",
        actor=actor,
        subject=user.public_id,
        data={"reason": reason},
    )
