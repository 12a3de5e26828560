"""``manage.py check --deploy``: what a deployment must have chosen before anybody relies on it. 部署检查"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, register

from cases.materials import NAMES
from config.settings.environment import NEW_KEY

GOES_NOWHERE = frozenset({"console", "dummy", "filebased", "locmem"})
"""Django's mail backends that deliver to nobody."""


@register(Tags.security, deploy=True)
def keys_are_chosen(**_given: Any) -> list[Error]:
    """The keys of sealed fields are the deployment's own, not derived from ``SECRET_KEY``."""
    if settings.FIELD_KEYS:
        return []
    return [
        Error(
            "FIELD_KEYS is not set: the names of objectors and other sealed fields have no key of their own.",
            hint=f"Set FIELD_KEYS=<key id>:<key>, the newest first, and keep every key ever used. A new one: {NEW_KEY}",
            id="licheng.E001",
        )
    ]


@register(Tags.compatibility)
def materials_can_be_taken(**_given: Any) -> list[Error]:
    """Every type of file that is to be taken can be told by its contents."""
    known = set(NAMES.values())
    unknown = [name for name in settings.MATERIAL_TYPES if name not in known]
    if not unknown and settings.MATERIAL_TYPES:
        return []
    return [
        Error(
            f"MATERIAL_TYPES names {', '.join(unknown) or 'no type at all'}.",
            hint=f"Choose among {', '.join(sorted(known))}.",
            id="licheng.E005",
        )
    ]


@register(Tags.compatibility)
def scanner_can_be_asked(**_given: Any) -> list[Error]:
    """The virus scanner's address is one that can be understood, where there is one."""
    where = urlsplit(settings.CLAMD_URL)
    named = where.path if where.scheme == "unix" else where.hostname if where.scheme == "tcp" else ""
    if named or not settings.CLAMD_URL:
        return []
    return [
        Error(
            f"CLAMD_URL is {settings.CLAMD_URL!r}.",
            hint="Write tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl; leave it empty to scan nothing.",
            id="licheng.E006",
        )
    ]


@register(Tags.urls, deploy=True)
def site_is_named(**_given: Any) -> list[Error]:
    """The address in mails, certificates and QR codes is one that readers can reach."""
    site = urlsplit(settings.SITE_URL)
    local = site.hostname in ("localhost", "127.0.0.1", "::1", "0.0.0.0")
    if site.scheme == "https" and site.hostname and not local:
        return []
    return [
        Error(
            f"SITE_URL is {settings.SITE_URL!r}: links in mails, certificates and QR codes would lead nowhere.",
            hint="Set SITE_URL to the address under which people reach the site, for example https://licheng.example.cn",
            id="licheng.E002",
        )
    ]


@register(Tags.compatibility, deploy=True)
def mail_is_delivered(**_given: Any) -> list[Error]:
    """Mails leave the machine, and name a sender that can be answered."""
    errors = []
    backend = settings.EMAIL_BACKEND.split(".")
    if settings.EMAIL_BACKEND.startswith("django.core.mail.backends.") and backend[-2] in GOES_NOWHERE:
        errors.append(
            Error(
                f"Mails go nowhere: EMAIL_BACKEND is {settings.EMAIL_BACKEND}.",
                hint="Set EMAIL_URL, for example smtp+tls://user:password@smtp.example.cn:587",
                id="licheng.E003",
            )
        )
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        errors.append(
            Error(
                f"DEFAULT_FROM_EMAIL is {settings.DEFAULT_FROM_EMAIL!r}: mail servers refuse such a sender.",
                hint="Set DEFAULT_FROM_EMAIL, for example licheng@example.cn",
                id="licheng.E004",
            )
        )
    return errors
