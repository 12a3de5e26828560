"""Fill the demonstration, once: units, people, rounds and cases in different stages. 演示数据"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from accounts.actors import Actor
from accounts.models import Organisation, RoleAssignment, User
from audit import clock
from config.demo import elsewhere
from config.demo.people import give_addresses, make_people, make_units
from config.demo.stories import Stage, tell
from notifications.models import Notification
from programmes.editions import publish_edition
from programmes.enums import EditionStatus
from programmes.models import Programme
from programmes.rounds import open_round
from workflows.documents.printing import QUEUE_PDF

DATA = Path(__file__).resolve().parents[2] / "demo" / "guiyang.yaml"
ELSEWHERE = DATA.with_name("elsewhere.yaml")
CODE = "gy-cluster-base"


class Command(BaseCommand):
    help = "建立演示数据（贵阳市产业集聚示范基地及其他地区的事项）；已有数据时只列出可登录人员。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("演示数据只能写入演示环境（config.settings.demo）。")
        if not User.objects.filter(username="wangjing").exists():
            self._seed()
        self._tell_who()

    def _seed(self) -> None:
        """The stories are a rehearsal in this process: its clock is moved, nobody else's."""
        programme = Programme.objects.select_related("authority").get(code=CODE)
        data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
        settings.REHEARSAL = True
        try:
            today = clock.today()
            year = today.year if today.month >= 6 else today.year - 1
            self._play(programme, data, today, year)
        finally:
            clock.set_clock(None)
            settings.REHEARSAL = False

    def _play(self, programme: Programme, data: dict[str, Any], today: dt.date, year: int) -> None:
        authority: Organisation = programme.authority
        since = dt.date(year - 1, 1, 4)
        clock.set_clock(clock.start_of(since))
        units = make_units(data["units"], authority)
        actors = make_people(data["people"], units, since)
        for edition in programme.editions.filter(status=EditionStatus.DRAFT):
            publish_edition(edition=edition, actor=actors["heyan"])
        rounds = []
        for opened in (year - 1, year):
            opens_on = dt.date(opened, 3, 2)
            clock.set_clock(clock.start_of(opens_on))
            rounds.append(
                open_round(programme=programme, year=opened, opens_on=opens_on, actor=actors["heyan"])[0]
            )
        stage = Stage(actors, data, today)
        tell(stage, *rounds)
        stage.end(rounds[0], actors["heyan"])
        years = (year - 1, year)
        others = yaml.safe_load(ELSEWHERE.read_text(encoding="utf-8"))
        elsewhere.tell(elsewhere.settle(stage, others, since, years), years)
        stage.play()
        clock.set_clock(None)
        self._tell_the_past(actors)

    def _tell_the_past(self, actors: dict[str, Actor]) -> None:
        """Messages about what has happened are written now; those older than a week have been read."""
        call_command(
            "db_worker", batch=True, queue_name="*", exclude_queues=QUEUE_PDF, verbosity=0, reload=False
        )
        week_ago = clock.now() - dt.timedelta(days=7)
        Notification.objects.filter(created_at__lt=week_ago, read_at__isnull=True).update(
            read_at=F("created_at")
        )
        give_addresses(actors)

    def _tell_who(self) -> None:
        self.stdout.write("")
        self.stdout.write(f"演示人员（密码均为 {settings.DEMO_PASSWORD}）：")
        rows = RoleAssignment.objects.select_related("user", "organisation", "authority").order_by("id")
        place = ""
        for row in rows:
            if row.authority.name != place:
                place = row.authority.name
                self.stdout.write(f"{place}")
            self.stdout.write(
                f"  {row.user.username:<15}{row.user.name}  {row.get_role_display()}  {row.organisation.name}"
            )
        self.stdout.write("")
