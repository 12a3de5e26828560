"""How often one address may knock: counted in the cache, by the hour. 频次限制"""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

HOUR = 3600
PER_HOUR = {"objection": 10, "status": 30, "number": 20, "receipt": 60, "precheck": 1200}
"""What is counted → how many an hour; ``number``: wrong codes for one receipt number, from wherever they come.

``settings.PORTAL_PER_HOUR`` overrides single entries."""


def allowed(request: HttpRequest, what: str) -> bool:
    """Count one more ``what`` of the request's address; False once the hour's number is used up.

    The address is kept only as a keyed digest, and only for the hour.
    """
    key = _key(request, what)
    cache.add(key, 0, HOUR)
    try:
        used = cache.incr(key)
    except ValueError:  # the hour ended between the two lines
        cache.set(key, 1, HOUR)
        used = 1
    return used <= per_hour(what)


def guessed(number: str) -> bool:
    """Whether so many wrong codes were tried for this number in the last hour that no more are looked at."""
    return int(cache.get(_number_key(number)) or 0) >= per_hour("number")


def note_guess(number: str) -> None:
    """Count a wrong code for this number."""
    key = _number_key(number)
    cache.add(key, 0, HOUR)
    try:
        cache.incr(key)
    except ValueError:  # the hour ended between the two lines
        cache.set(key, 1, HOUR)


def _number_key(number: str) -> str:
    return f"portal:number:{salted_hmac('portal.limits', number).hexdigest()[:32]}"


def per_hour(what: str) -> int:
    """How many an hour are allowed."""
    overrides: dict[str, int] = getattr(settings, "PORTAL_PER_HOUR", {})
    return overrides.get(what, PER_HOUR[what])


def _key(request: HttpRequest, what: str) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    return f"portal:{what}:{salted_hmac('portal.limits', address).hexdigest()[:32]}"
