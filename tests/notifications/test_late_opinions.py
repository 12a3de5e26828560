"""An opinion that is late: the unit is reminded, the lead unit and the supervision bureau are told, the record says by
how many days. S25."""

from __future__ import annotations

import pytest

from audit.models import Entry
from notifications.enums import Kind
from notifications.expansion import expand
from notifications.models import Notification
from notifications.sentences import sentence_of
from programmes import packs
from tests.workflows.rehearsal.conftest import repertoire_of
from workflows.events import ITEM_OVERDUE
from workflows.models import Event
from workflows.rehearsal import play
from workflows.rehearsal.reading import read_script

STORY = """
id: late
title: {zh: 并联意见逾期}
steps:
  - {play: running}
  - {at: 2017-03-01, who: officer, do: ask_opinions, with: {units: [市发改局, 市经信局], question: 二期方案。}}
  - {at: 2017-03-10, who: reform_officer, do: give_opinion, with: {opinion: 同意。}}
  - {wait_until: 2017-03-15 23:59}
  - {wait_until: 2017-03-16 00:00}
  - {at: 2017-03-16 10:00, who: economy_officer, do: give_opinion, with: {opinion: 同意。}}
"""


@pytest.mark.django_db
def test_who_is_told_when_an_opinion_is_late() -> None:
    repertoire = repertoire_of(packs.packs_directory() / "dg-plan-tasks")
    report = play(read_script(STORY, file="late.yaml", repertoire=repertoire))
    assert report.ok, report.failed
    event = Event.objects.get(kind=ITEM_OVERDUE)
    expand(event.pk)
    rows = Notification.objects.filter(event=event).select_related("user", "case")
    told = {row.user.name: row.kind for row in rows}
    assert told == {
        "市经信局经办人": Kind.OVERDUE,
        "市网建办经办人": Kind.APPLICANT,
        "市监察局监察员": Kind.SUPERVISORS,
    }
    lead = next(row for row in rows if row.kind == Kind.APPLICANT)
    assert "“反馈意见”超过办理期限（2017-03-15）" in sentence_of(lead)
    entries = Entry.objects.filter(chain=lead.case.chain_id).order_by("seq")
    answers = [entry.content["data"] for entry in entries if "overdue_days" in entry.content["data"]]
    assert [(data["unit"], data["overdue_days"]) for data in answers] == [("市发改局", 0), ("市经信局", 1)]
