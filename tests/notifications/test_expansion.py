"""After the commit: everybody who must know, once, and what was forgotten."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from audit import clock
from cases.models import Objection
from notifications.enums import Group, Kind
from notifications.expansion import LOOK_BACK, SETTLE, expand, expand_forgotten
from notifications.models import Expansion, Notification, Outbox
from notifications.preferences import Choice, set_preferences
from notifications.sentences import headline_of, sentence_of
from tests.factories.cases import World
from tests.notifications.conftest import Work
from tests.notifications.rows import make_event, sentences, told, user_of
from workflows.events import DEADLINE_FAILED, write_event
from workflows.models import Event
from workflows.objections import lodge_objection

OBJECTOR = {"kind": "person", "name": "钱一鸣", "contact": "13800138000", "content": "入驻企业数量不实。"}


def test_the_applicants_people_hear_of_every_visible_step(world: World, work: Work) -> None:
    case = world.selected()
    work()
    codes = [code for _kind, code in told(world.applicant)]
    assert codes == [
        "declare.submit",
        "file.file",
        "file.notify_filing",
        "file.begin_construction",
        "build.request_review",
        "review.pass_initial",
        "review.assign_experts",
        "review.select",
    ]
    assert sentences(world.applicant)[-1] == f"“{case.title}”评审通过，已列入入选名单。"
    assert told(world.other_applicant) == told(world.supervisor) == []


def test_who_has_a_to_do_gets_no_second_message(world: World, work: Work) -> None:
    """The news stand in front of the to-do."""
    world.filed()
    work()
    kinds = {code: kind for kind, code in told(world.applicant)}
    assert kinds == {
        "declare.submit": "applicant",
        "file.file": "applicant",
        "file.notify_filing": "todo",
    }
    assert sentences(world.applicant)[-1] == (
        "“白云大数据产业集聚示范基地”的备案通知已发出，请登录查看。待办理：启动建设，办理期限至2020-04-03。"
    )


def test_expanding_again_changes_nothing(world: World, work: Work) -> None:
    world.in_review()
    work()
    before = list(Notification.objects.order_by("pk").values_list("pk", flat=True))
    letters = Outbox.objects.count()
    assert [expand(event.pk) for event in Event.objects.all()] == [False] * Event.objects.count()
    assert list(Notification.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert Outbox.objects.count() == letters


def test_expanding_anew_after_a_lost_mark_repeats_nothing(world: World, work: Work) -> None:
    """The mark and the rows are one transaction; even without the mark, each row is unique."""
    world.in_review()
    work()
    rows = Notification.objects.count()
    Expansion.objects.all().delete()
    assert all(expand(event.pk) for event in Event.objects.exclude(data__action="review.submit_score"))
    assert Notification.objects.count() == rows


def test_the_task_comes_with_the_event_and_marks_it(world: World, work: Work) -> None:
    world.submitted()
    event = Event.objects.get()
    assert not Expansion.objects.exists()
    work()
    assert Expansion.objects.get().event_id == event.pk
    assert DBTaskResult.objects.get(queue_name="default").status == "SUCCESSFUL"


def test_an_objection_is_told_to_the_office_and_without_its_author(world: World, work: Work) -> None:
    case = world.publicized()
    lodged = lodge_objection(notice=case.notices.get(), **OBJECTOR)
    work()
    number = lodged.objection.number
    assert sentences(world.officer)[-1].startswith(
        f"“{case.title}”在公示期内收到异议（编号{number}）。待办理：核查处理异议"
    )
    assert (
        sentences(world.applicant)[-1]
        == f"“{case.title}”在公示期内收到异议，主管部门正在核查，公示暂停计时。"
    )
    assert number not in json.dumps(
        list(Notification.objects.filter(user=world.applicant.user).values("data"))
    )


def test_an_anonymous_objection_is_known_to_the_office_alone(world: World, work: Work) -> None:
    case = world.publicized()
    work()
    before = told(world.applicant)
    lodge_objection(notice=case.notices.get(), **{**OBJECTOR, "kind": "anonymous", "name": "", "contact": ""})
    work()
    assert told(world.officer)[-1] == ("officers", "objection_recorded")
    assert told(world.applicant) == before


def _everything_said(*, to: set[int]) -> str:
    rows = Notification.objects.filter(user_id__in=to).select_related("case")
    letters = Outbox.objects.filter(key__in=[f"mail:{row.event_id}:{row.user_id}" for row in rows])
    said = [sentence_of(row) + headline_of(row) + json.dumps(row.data, ensure_ascii=False) for row in rows]
    return "\n".join([*said, *(letter.subject + letter.body for letter in letters)])


def _an_eventful_life(world: World) -> Objection:
    """A recusal, misconduct with a second review, and an objection."""
    seats = [str(user_of(expert).public_id) for expert in world.experts]
    case = world.do(world.with_panel(), "review.recuse", world.experts[0], reason="本人曾任该园区顾问。")
    case = world.do(case, "review.replace_expert", experts=[seats[5]])
    for expert in world.experts[1:6]:
        case = world.score(case, expert)
    case = world.do(case, "command.report_misconduct", expert=[seats[1]], reason="评审期间接受宴请。")
    report = str(case.misconducts.get().public_id)
    case = world.do(case, "command.confirm_misconduct", misconduct=report, reason="经查属实。")
    case = world.do(case, "review.assign_experts", experts=seats[2:7])
    for expert in world.experts[2:7]:
        case = world.score(case, expert)
    case = world.do(world.do(case, "review.select"), "publicize.publish_notice")
    lodge_objection(notice=case.notices.get(kind="publicity"), **OBJECTOR)
    objection = Objection.objects.get()
    world.do(case, "publicize.dismiss_objection", objection=objection.number, reason="查无实据。")
    return objection


def test_nobody_is_named_who_must_not_be(world: World, work: Work) -> None:
    """What applicants get names no expert; nothing at all names the objector. Letters included."""
    everybody = [world.applicant, world.officer, world.chief, world.supervisor, *world.experts]
    for actor in everybody:
        User.objects.filter(pk=user_of(actor).pk).update(email=f"u{user_of(actor).pk}@example.cn")
    objection = _an_eventful_life(world)
    work()
    applicants = _everything_said(to={user_of(world.applicant).pk})
    assert "review.assign_experts" in applicants and "command.confirm_misconduct" in applicants
    for word in ("违纪", "回避", objection.number, *(user_of(expert).name for expert in world.experts)):
        assert word not in applicants
    all_said = _everything_said(to={user_of(actor).pk for actor in everybody})
    for secret in (OBJECTOR["name"], OBJECTOR["contact"], OBJECTOR["content"]):
        assert secret not in all_said
    assert Outbox.objects.filter(to=f"u{user_of(world.applicant).pk}@example.cn").count() > 5
    assert ("supervisors", "command.report_misconduct") in told(world.supervisor)


def test_a_message_bears_the_time_of_the_event(world: World, work: Work) -> None:
    world.submitted()
    happened_at = clock.now()
    clock.set_clock(happened_at + dt.timedelta(hours=3))
    work()
    assert set(Notification.objects.values_list("created_at", flat=True)) == {happened_at}
    assert told(world.applicant)


def test_supervision_hears_of_overdue_work(world: World, work: Work) -> None:
    case = world.submitted()
    deadline = case.deadlines.get(duty="examine")
    world.let_time_pass(deadline.due_at)
    work()
    assert told(world.supervisor) == [("supervisors", "item_overdue")]
    assert sentences(world.supervisor) == [
        f"“{case.title}”的“备案审核”超过办理期限（{deadline.due_on}），尚未办结。"
    ]
    assert ("overdue", "item_overdue") in told(world.officer)
    assert ("applicant", "item_overdue") not in told(world.applicant)


@pytest.mark.parametrize(("attempts", "heard"), [(1, True), (2, False)])
def test_a_failing_limit_is_told_to_office_and_supervision(
    world: World, work: Work, attempts: int, heard: bool
) -> None:
    case = world.publicized()
    write_event(
        kind=DEADLINE_FAILED,
        case=case,
        data={"duty": "window", "action": "end_publicity", "attempts": attempts},
    )
    work()
    assert (("officers", DEADLINE_FAILED) in told(world.officer)) is heard
    assert (("supervisors", DEADLINE_FAILED) in told(world.supervisor)) is heard
    if heard:
        assert "公示期满" in sentences(world.supervisor)[-1]


def test_progress_can_be_switched_off_inside_the_system_and_duties_cannot(world: World, work: Work) -> None:
    set_preferences(choices=[Choice(Group.PROGRESS, in_app=False)], actor=world.applicant)
    world.filed()
    work()
    assert told(world.applicant) == [("todo", "file.notify_filing")]


def test_an_item_that_was_done_meanwhile_is_no_to_do_any_more(world: World, work: Work) -> None:
    """The receiver failed, the office has acted since: making up for it does not ask for it again."""
    world.filed()
    Notification.objects.all().delete()
    work()
    assert not Notification.objects.filter(kind=Kind.TODO).exclude(data__code="file.notify_filing").exists()
    assert ("applicant", "declare.submit") in told(world.applicant)


def test_forgotten_events_are_made_up_for(world: World) -> None:
    """The announcement failed and no task was left: reap finds the event."""
    world.submitted()
    Notification.objects.all().delete()
    DBTaskResult.objects.all().delete()
    assert expand_forgotten() == 0  # its task may still be on its way
    clock.set_clock(clock.now() + SETTLE + dt.timedelta(seconds=1))
    assert expand_forgotten() == 1
    assert told(world.officer) == [("todo", "declare.submit")]
    assert told(world.applicant) == [("applicant", "declare.submit")]
    assert expand_forgotten() == 0


def test_what_concerns_nobody_or_is_long_past_is_not_forgotten(world: World) -> None:
    case = world.submitted()
    Notification.objects.all().delete()
    Event.objects.all().delete()
    make_event(case, "review.submit_score")
    make_event(case, "file.file")
    clock.set_clock(clock.now() + LOOK_BACK + dt.timedelta(minutes=1))
    assert expand_forgotten() == 0


def test_one_event_that_cannot_be_expanded_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = world.submitted()
    broken, whole = make_event(case, "accredit.approve"), make_event(case, "file.file")

    def expand_some(event_id: int) -> bool:
        if event_id == broken.pk:
            raise RuntimeError("out of order")
        return expand(event_id)

    monkeypatch.setattr("notifications.expansion.expand", expand_some)
    clock.set_clock(clock.now() + SETTLE + dt.timedelta(seconds=1))
    assert expand_forgotten() == 2  # the submission, and the one that works
    assert Expansion.objects.filter(event=whole).exists()
    assert f"event {broken.pk} could not be expanded" in caplog.text


def test_reap_command_tells_what_was_forgotten(world: World, capsys: Any) -> None:
    world.submitted()
    DBTaskResult.objects.all().delete()
    clock.set_clock(clock.now() + SETTLE + dt.timedelta(seconds=1))
    call_command("reap")
    assert "补发事件消息 1 件" in capsys.readouterr().out
    call_command("reap")
    assert capsys.readouterr().out == ""
