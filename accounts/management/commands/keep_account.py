"""``manage.py keep_account``: what is not done in the browser with the account of an administrator, or across authorities."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.first_passwords import new_first_password
from accounts.lockouts import unlock_user
from accounts.models import Organisation, User
from accounts.organisations import find_organisation
from accounts.second_factor import reset_factor
from accounts.users import amend_user, reset_password


class Command(BaseCommand):
    """Through the same doors as the pages, as the system; recorded with the reason on the authority's chain."""

    help = "Keep an account that no administrator keeps in the browser: reset its password or second factor, unlock, amend it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose account, what, and why."""
        parser.add_argument("username")
        parser.add_argument("act", choices=("password", "factor", "unlock", "amend"))
        parser.add_argument("--reason", required=True, help="who asked for it, on what ground")
        parser.add_argument("--name", help="amend: the person's name")
        parser.add_argument("--unit", help="amend: another unit of the same authority, by any of its names")
        parser.add_argument("--email", help="amend: e-mail")
        parser.add_argument("--phone", help="amend: telephone")

    def handle(self, *args: Any, **options: Any) -> None:
        """A new first password is printed, once."""
        rows = User.objects.select_related("organisation__authority")
        user = rows.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account {options['username']}")
        try:
            said = self._keep(user, options)
        except Refusal as refusal:
            detail = " ".join(str(message) for message in refusal.fields.values())
            raise CommandError(f"{refusal} {detail}".rstrip()) from refusal
        self.stdout.write(said)

    def _keep(self, user: User, options: dict[str, Any]) -> str:
        system, reason = Actor.system_actor(), options["reason"]
        match options["act"]:
            case "password":
                password = new_first_password()
                reset_password(user=user, password=password, reason=reason, actor=system)
                return f"{user.username}\t{password}"
            case "factor":
                reset_factor(user=user, reason=reason, actor=system)
            case "unlock":
                unlock_user(user=user, reason=reason, actor=system)
            case "amend":
                given = {key: options[key] for key in ("name", "email", "phone") if options[key] is not None}
                facts = {"name": user.name, "email": user.email, "phone": user.phone, **given}
                unit = _unit_of(user, options["unit"])
                amend_user(user=user, organisation=unit, reason=reason, actor=system, **facts)
        return user.username


def _unit_of(user: User, name: str | None) -> Organisation:
    """The unit named, of the person's authority; without a name, their own."""
    home = user.organisation
    if home is None or home.authority is None:
        raise CommandError(f"{user.username} belongs to no authority")
    found = find_organisation(authority=home.authority, name=name) if name else home
    if found is None:
        raise CommandError(f"no unit {name} in {home.authority.name}")
    return found
