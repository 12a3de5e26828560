"""Virus scanning: nothing is handed out before it was scanned, nothing with a virus stays, nothing is lost meanwhile."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from audit import clock
from cases.enums import ScanState
from cases.errors import Invalid, NotAllowed
from cases.materials import add_material
from cases.models import Case, Material
from cases.scanning import NotScanned, due_for_scan, scan_file
from notifications.models import Notification
from notifications.tasks import expand_event
from tests.factories.cases import PDF, World
from tests.factories.clamd import EICAR, FakeClamd, fake_clamd, nobody_there
from tests.factories.files import pdf
from tests.workflows.pages import browser
from tests.workflows.test_case_pages import page, words
from tests.workflows.test_material_pages import fetch
from workflows.dispatcher import run_once
from workflows.models import Event
from workflows.scans import look_after_files, scan_material

SICK = pdf(b"% " + EICAR + b"\n")


@pytest.fixture
def clamd(settings: Any) -> Iterator[FakeClamd]:
    with fake_clamd() as running:
        settings.CLAMD_URL, settings.CLAMD_TIMEOUT = running.url, 0.2
        yield running


def add(world: World, case: Case, content: bytes = PDF, item: str = "m8_policy") -> Material:
    upload = SimpleUploadedFile("证照.pdf", content)
    return add_material(case=case, item=item, upload=upload, tags=[], actor=world.applicant)


def after(minutes: float) -> None:
    clock.set_clock(clock.now() + dt.timedelta(minutes=minutes))


def carry_out() -> int:
    """What the dispatcher hands over and the worker then does; returns how many scans were handed over."""
    handed = look_after_files()
    for key in list(DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs", flat=True)):
        scan_material.func(*key["args"])
    DBTaskResult.objects.all().delete()
    return handed


# -- at once ----------------------------------------------------------------------------------------------------------


def test_a_small_file_is_scanned_before_it_is_taken(world: World, clamd: FakeClamd) -> None:
    case = world.draft()
    row = add(world, case)
    assert (row.scan, clamd.scanned) == (ScanState.CLEAN, [PDF])
    assert fetch(world.applicant, row).status_code == 200
    assert "未发现病毒" in words(page(world.applicant, case, "materials"))


def test_a_virus_is_refused_by_name(world: World, clamd: FakeClamd) -> None:
    with pytest.raises(Invalid, match=re.escape("检出病毒（Eicar-Signature）")):
        add(world, world.draft(), SICK)
    assert not Material.objects.exists()


def test_a_scanner_may_listen_at_a_socket(world: World, settings: Any, tmp_path: Path) -> None:
    with fake_clamd(tmp_path / "clamd ctl") as running:
        settings.CLAMD_URL = running.url
        assert add(world, world.draft()).scan == ScanState.CLEAN


def test_without_a_scanner_files_are_taken_and_handed_out(world: World, settings: Any) -> None:
    settings.CLAMD_URL = ""
    row = add(world, world.draft(), SICK)
    assert row.scan == ScanState.OFF
    assert fetch(world.applicant, row).status_code == 200


@pytest.mark.parametrize("url", ["http://clamd", "clamd:3310", "tcp:///x"])
def test_a_scanner_s_address_that_makes_no_sense_is_told(world: World, settings: Any, url: str) -> None:
    settings.CLAMD_URL = url
    with pytest.raises(ImproperlyConfigured):
        add(world, world.draft())


# -- in the background --------------------------------------------------------------------------------------------------


def test_a_large_file_is_scanned_in_the_background(world: World, settings: Any, clamd: FakeClamd) -> None:
    settings.CLAMD_QUICK_BYTES = 10
    case = world.draft()
    row = add(world, case)
    assert (row.scan, clamd.scanned) == (ScanState.PENDING, [])
    answer = fetch(world.applicant, row)
    assert (answer.status_code, "正在进行病毒扫描" in answer.content.decode()) == (403, True)
    text = words(page(world.applicant, case, "materials"))
    assert "正在扫描" in text
    assert carry_out() == 1
    row.refresh_from_db()
    assert row.scan == ScanState.CLEAN
    assert row.scanned_at == clock.now()
    assert fetch(world.applicant, row).status_code == 200
    assert carry_out() == 0


@pytest.mark.parametrize("mode", ["silent", "error", "full", "garbage", "gone", "nobody"])
def test_a_scanner_that_does_not_answer_loses_nothing(
    world: World, settings: Any, clamd: FakeClamd, mode: str
) -> None:
    clamd.mode = mode
    running = settings.CLAMD_URL
    if mode == "nobody":
        settings.CLAMD_URL = nobody_there()
    row = add(world, world.draft())
    assert row.scan == ScanState.PENDING
    settings.CLAMD_TIMEOUT = 0.05
    assert carry_out() == 1
    row.refresh_from_db()
    assert (row.scan, row.scan_tries) == (ScanState.PENDING, 1)
    after(0.5)
    assert carry_out() == 0, "tried again a minute later, not at once"
    clamd.mode, settings.CLAMD_URL, settings.CLAMD_TIMEOUT = "ok", running, 5
    clamd.free.set()
    after(0.6)
    assert carry_out() == 1
    row.refresh_from_db()
    assert row.scan == ScanState.CLEAN


def test_waiting_grows_to_an_hour_and_no_further(world: World, settings: Any) -> None:
    settings.CLAMD_URL = nobody_there()
    row = add(world, world.draft())
    waits = []
    for _try in range(9):
        scan_material.func(row.pk)
        row.refresh_from_db()
        assert row.scan_after is not None
        waits.append((row.scan_after - clock.now()).total_seconds() / 60)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_virus_found_later_takes_the_file_out_and_tells_the_applicant(
    world: World, settings: Any, clamd: FakeClamd
) -> None:
    settings.CLAMD_QUICK_BYTES = 10
    case = world.draft()
    row = add(world, case, SICK)
    carry_out()
    row.refresh_from_db()
    assert (row.scan, row.scan_found, row.removed_at) == (
        ScanState.INFECTED,
        "Eicar-Signature",
        clock.now(),
    )
    answer = fetch(world.applicant, row)
    assert (answer.status_code, "检出病毒" in answer.content.decode()) == (403, True)
    text = words(page(world.applicant, case, "materials"))
    assert "以下文件检出病毒，已从申报材料中移除" in text
    assert "证照.pdf" in text
    event = Event.objects.get(kind="material_infected")
    assert event.data["virus"] == "Eicar-Signature"
    expand_event.func(event.pk)
    assert [row.user for row in Notification.objects.filter(event=event)] == [world.applicant.user]
    scan_material.func(row.pk)
    assert Event.objects.filter(kind="material_infected").count() == 1


def test_sending_waits_for_the_scanner(world: World, settings: Any, clamd: FakeClamd) -> None:
    case = world.fill(world.draft())
    clamd.mode, settings.CLAMD_TIMEOUT = "gone", 5
    add(world, case, PDF + b"late")
    with pytest.raises(NotAllowed, match="还有1个文件正在进行病毒扫描"):
        world.do(case, "declare.submit", statement=True)
    answer = browser(world.applicant).post(
        reverse("cases:submit", args=[case.public_id]), {"statement": "on", "idempotency_key": "k"}
    )
    assert "正在进行病毒扫描" in answer.content.decode()
    clamd.mode = "ok"
    carry_out()
    assert world.do(case, "declare.submit", statement=True).case_no


def test_scanning_given_up_lets_the_waiting_files_go(world: World, settings: Any) -> None:
    settings.CLAMD_URL = nobody_there()
    row = add(world, world.draft())
    settings.CLAMD_URL = ""
    carry_out()
    row.refresh_from_db()
    assert row.scan == ScanState.OFF


def test_a_file_that_is_in_hand_is_not_handed_over_twice(world: World, settings: Any) -> None:
    settings.CLAMD_URL = nobody_there()
    row = add(world, world.draft())
    assert due_for_scan(10) == [row.pk]
    assert run_once() == 1
    assert (run_once(), DBTaskResult.objects.count()) == (0, 1)
    after(11)
    assert run_once() == 1, "a worker that died with it is no loss"


def test_trouble_with_files_never_holds_a_time_limit_up(world: World, monkeypatch: Any) -> None:
    def broken() -> int:
        raise OSError("no disk")

    monkeypatch.setattr("workflows.dispatcher.look_after_files", broken)
    assert run_once() == 0


def test_a_timeout_is_a_timeout(clamd: FakeClamd, tmp_path: Path) -> None:
    clamd.mode = "silent"
    (tmp_path / "x").write_bytes(b"x" * 5000)
    with (tmp_path / "x").open("rb") as file:
        with pytest.raises(NotScanned, match="timed out"):
            scan_file(file, timeout=0.05)
        assert file.tell() == 0
