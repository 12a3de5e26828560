"""``manage.py open_authority``: the first thing a new deployment does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import Actor
from accounts.authorities import open_authority
from accounts.enums import ADMINISTRATORS, OrganisationKind, Role
from accounts.errors import Refusal


class Command(BaseCommand):
    """Opens an authority and prints the first passwords of its three administrators, once."""

    help = "Open an authority (a province or city) with its system, security and audit administrators."

    def add_arguments(self, parser: CommandParser) -> None:
        """The authority, and three people."""
        parser.add_argument("--code", required=True, help="stable short code, e.g. guiyang")
        parser.add_argument("--name", required=True, help="official name, e.g. 贵阳市")
        parser.add_argument("--kind", choices=OrganisationKind.values, default=OrganisationKind.CITY.value)
        parser.add_argument("--region-code", default="", help="GB/T 2260, six digits")
        for role in sorted(ADMINISTRATORS):
            parser.add_argument(
                f"--{role.replace('_', '-')}",
                dest=role.value,
                required=True,
                nargs=2,
                metavar=("USERNAME", "NAME"),
            )

    def handle(self, *args: Any, **options: Any) -> None:
        """Through the door, as the system."""
        people: dict[Role, tuple[str, str]] = {
            role: (options[role.value][0], options[role.value][1]) for role in ADMINISTRATORS
        }
        try:
            opened = open_authority(
                code=options["code"],
                name=options["name"],
                kind=OrganisationKind(options["kind"]),
                region_code=options["region_code"],
                administrators=people,
                actor=Actor.system_actor(),
            )
        except Refusal as refusal:
            detail = " ".join(str(message) for message in refusal.fields.values())
            raise CommandError(f"{refusal} {detail}".rstrip()) from refusal
        self.stdout.write(f"{opened.authority.name} ({opened.authority.code})")
        for username, password in opened.passwords.items():
            self.stdout.write(f"{username}\t{password}")
