"""An objection on paper counts by its postmark: registered after the window when it was posted within, else refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from audit import clock
from audit.models import Entry
from cases.enums import NoticeStatus, ObjectionStatus
from cases.errors import Invalid, NotAllowed
from cases.models import Case, Objection
from tests.factories.cases import World
from tests.workflows.pages import browser, post, text_of
from workflows import engine
from workflows.dispatcher import run_once
from workflows.models import Submission
from workflows.receipts import check_code

SAID = {"kind": "person", "name": "王小明", "contact": "13812345678", "content": "营业收入与实际不符。"}


@pytest.fixture
def late(world: World) -> tuple[Case, dt.date, dt.date]:
    """A case whose window is over and has not been ended yet; the first and the last day of the window."""
    case = world.publicized()
    notice = case.notices.select_related("deadline").get()
    assert notice.starts_on is not None
    assert notice.deadline is not None
    last = notice.deadline.due_on
    assert last is not None
    clock.set_clock(clock.start_of(last + dt.timedelta(days=3)))
    return case, notice.starts_on, last


def register(world: World, case: Case, **fields: Any) -> Case:
    return world.do(case, "command.register_objection", **(SAID | fields))


def test_posted_on_the_last_day_it_is_registered_and_examined(
    world: World, late: tuple[Case, dt.date, dt.date]
) -> None:
    case, _first, last = late
    case = register(world, case, channel="post", received_on=clock.today(), postmarked_on=last)
    row = Objection.objects.get()
    assert (row.channel, row.received_on, row.postmarked_on) == ("post", clock.today(), last)
    assert row.status == ObjectionStatus.OPEN
    assert case.notices.get().status == NoticeStatus.PAUSED
    assert "handle" in world.items(case)
    told = Entry.objects.get(chain=case.chain, action="command.register_objection").content["data"]
    assert (told["channel"], told["postmarked_on"]) == ("post", last.isoformat())
    while run_once():
        continue
    assert world.reread(case).stage == "publicize", "the window does not end while it is examined"
    case = world.do(case, "publicize.dismiss_objection", objection=row.number, reason="经核查，数据属实。")
    # A limit that could not be met is tried again later.
    world.let_time_pass(clock.today() + dt.timedelta(days=2))
    assert world.reread(case).stage == "accredit"


@pytest.mark.parametrize(
    ("channel", "received", "posted", "field", "said"),
    [
        ("post", 3, 1, "postmarked_on", "晚于公示期满日"),
        ("post", 3, None, "postmarked_on", "请填写邮戳日期"),
        ("post", 4, 0, "received_on", "收到日期不能晚于今日"),
        ("post", 2, 3, "postmarked_on", "邮戳日期不能晚于收到日期"),
        ("in_person", 3, None, "received_on", "晚于公示期满日"),
        ("post", 3, -60, "postmarked_on", "早于公示开始日"),
        ("online", 0, None, "channel", "请选择收到方式"),
    ],
)
def test_what_did_not_come_in_time_is_refused_with_the_reason(
    world: World,
    late: tuple[Case, dt.date, dt.date],
    channel: str,
    received: int,
    posted: int | None,
    field: str,
    said: str,
) -> None:
    case, _first, last = late
    days = {"received_on": last + dt.timedelta(days=received)}
    if posted is not None:
        days["postmarked_on"] = last + dt.timedelta(days=posted)
    with pytest.raises(Invalid) as refused:
        register(world, case, channel=channel, **days)
    assert said in refused.value.fields[field]
    assert not Objection.objects.exists()
    assert case.notices.get().status == NoticeStatus.OPEN


def test_handed_in_within_the_window_it_may_be_registered_afterwards(
    world: World, late: tuple[Case, dt.date, dt.date]
) -> None:
    case, first, _last = late
    register(world, case, channel="in_person", received_on=first)
    assert Objection.objects.get().status == ObjectionStatus.OPEN


def test_without_any_date_the_window_must_be_open(world: World, late: tuple[Case, dt.date, dt.date]) -> None:
    case, _first, _last = late
    with pytest.raises(NotAllowed, match="公示期已结束"):
        register(world, case)


def test_the_form_asks_and_the_refusal_stands_beside_the_date(
    world: World, late: tuple[Case, dt.date, dt.date]
) -> None:
    case, _first, last = late
    address = reverse("workflows:act", args=[case.public_id, "command.register_objection"])
    page = text_of(browser(world.officer).get(address))
    for label in ("收到方式", "收到日期", "邮戳日期", "邮寄", "当面递交"):
        assert label in page
    assert "网上提交" not in page
    days = {
        "received_on": clock.today().isoformat(),
        "postmarked_on": (last + dt.timedelta(days=1)).isoformat(),
    }
    refused = post(world.officer, case, "command.register_objection", SAID | {"channel": "post"} | days)
    assert refused.status_code == 422
    assert f"晚于公示期满日{last}" in text_of(refused)
    assert SAID["content"] in text_of(refused)


def test_the_office_gets_the_receipt_to_print_once_and_the_code_is_kept_nowhere(world: World) -> None:
    case = world.publicized()
    done = post(world.officer, case, "command.register_objection", SAID, key="k" * 32)
    code = check_code(Objection.objects.get().public_id)
    client = browser(world.officer)
    receipt = text_of(client.get(done["Location"]))
    assert code in receipt
    assert Objection.objects.get().number in receipt
    assert client.get(done["Location"]).status_code == 410
    assert code not in str(
        [*Submission.objects.values(), *Objection.objects.values(), *Entry.objects.values()]
    )
    again = engine.command(
        case.public_id, "register_objection", actor=world.officer, data=SAID, idempotency_key="k" * 32
    )
    assert again.replayed
    assert code not in again.message


def test_the_offices_read_how_it_came_and_the_applicant_does_not(world: World) -> None:
    case = world.publicized()
    today = clock.today()
    register(world, case, channel="post", received_on=today, postmarked_on=today)
    address = reverse("cases:notices", args=[case.public_id])
    assert f"邮戳{today}" in text_of(browser(world.officer).get(address))
    assert "邮戳" not in text_of(browser(world.applicant).get(address))
