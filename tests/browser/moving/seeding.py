"""``python -m tests.browser.moving.seeding``: the demonstration's units and people, and its policy in force.

No round, no case: what happens is the story's business.
"""

from __future__ import annotations

import datetime as dt

import django
import yaml


def seed() -> None:
    """Everybody has held their role since the year began."""
    from audit import clock
    from config.demo.people import make_people, make_units
    from config.management.commands.demo import CODE, DATA
    from programmes.editions import publish_edition
    from programmes.models import Programme

    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    programme = Programme.objects.select_related("authority").get(code=CODE)
    units = make_units(data["units"], programme.authority)
    actors = make_people(data["people"], units, dt.date(clock.today().year, 1, 1))
    for edition in programme.editions.all():
        publish_edition(edition=edition, actor=actors["heyan"])


if __name__ == "__main__":
    django.setup()
    seed()
