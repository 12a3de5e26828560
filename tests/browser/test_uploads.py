"""Uploading in a browser: many at once, an interruption, a line that breaks, a session that ends, and looking at files."""

from __future__ import annotations

import os
import re
import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import CDPSession, FilePayload, Page, Request, Route, expect

from config.demo.declarations import pdf_of
from tests.browser.conftest import PageAs
from tests.browser.person import PATIENCE, Person

DRAFTING = "yunyan"
DRAFT = "云岩区信息技术服务产业集聚示范基地"
FAST, SLOW = 50_000_000, 2_000_000


def picture(side: int = 1400) -> bytes:
    """A picture of about six megabytes, so that it takes several pieces."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + os.urandom(side * 3) for _row in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def payload(name: str, content: bytes) -> FilePayload:
    return FilePayload(name=name, mimeType="application/octet-stream", buffer=content)


@pytest.fixture
def page(page_as: PageAs) -> Page:
    """The materials of a draft."""
    person = Person(page_as(DRAFTING), DRAFTING)
    person.opens(DRAFT)
    person.page.get_by_role("link", name="继续填报").click()
    person.sees("填报总览")
    person.page.goto(re.sub(r"declaration/.*", "materials/", person.page.url))
    return person.page


def line(page: Page, *, speed: int) -> CDPSession:
    """How good the line is, in bytes a second; until the session is detached."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    how = {"offline": False, "latency": 5, "downloadThroughput": FAST, "uploadThroughput": speed}
    session.send("Network.emulateNetworkConditions", how)
    return session


def choose(page: Page, *files: FilePayload, item: str = "m8_policy") -> None:
    page.locator(f"#m-{item} input[type=file]").set_input_files(list(files))


def lies_there(page: Page, name: str, item: str = "m8_policy") -> None:
    expect(page.locator(f"#m-{item}").get_by_role("link", name=name)).to_be_visible(timeout=PATIENCE)


def test_many_at_once_each_with_its_own_end(page: Page) -> None:
    choose(
        page,
        payload("甲.pdf", pdf_of("one")),
        payload("乙.pdf", pdf_of("two")),
        payload("网页.pdf", b"<!doctype html>" * 20),
        payload("空.pdf", b""),
    )
    lies_there(page, "甲.pdf")
    lies_there(page, "乙.pdf")
    told = page.locator("#m-m8_policy .lc-uploading")
    expect(told.filter(has_text="网页.pdf")).to_contain_text("文件内容是网页")
    expect(told.filter(has_text="空.pdf")).to_contain_text("文件是空的")
    page.get_by_role("button", name="知道了 空.pdf").click()
    expect(told).to_have_count(1)


def test_a_closed_page_goes_on_where_it_stopped(page: Page) -> None:
    content = picture()
    slow = line(page, speed=SLOW)
    choose(page, payload("航拍.png", content))
    bar = page.locator("#m-m8_policy .lc-uploading progress")
    page.wait_for_function("bar => bar.value > 3000000", arg=bar.element_handle(), timeout=PATIENCE)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    left = page.locator("#m-m8_policy [data-session]")
    expect(left).to_contain_text("重新选择同一文件即可继续")
    slow.detach()
    offsets: list[str] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(request.headers["upload-offset"])

    page.on("request", note)
    choose(page, payload("航拍.png", content))
    lies_there(page, "航拍.png")
    assert offsets
    assert int(offsets[0]) >= 2 * 1024 * 1024, "what had arrived was not sent again"
    expect(left).to_have_count(0)


def test_a_broken_line_mends_itself(page: Page) -> None:
    page.context.set_offline(True)
    choose(page, payload("断网.pdf", pdf_of("offline")))
    expect(page.locator("#m-m8_policy .lc-uploading")).to_contain_text("网络中断")
    page.context.set_offline(False)
    lies_there(page, "断网.pdf")


def test_an_ended_session_is_no_loss(page: Page) -> None:
    names = ("name", "value", "domain", "path")
    session: list[Any] = [
        {key: each.get(key) for key in names}
        for each in page.context.cookies()
        if each.get("name") == "sessionid"
    ]
    page.context.clear_cookies(name="sessionid")
    choose(page, payload("超时.pdf", pdf_of("signed out")))
    expect(page.locator("#m-m8_policy .lc-uploading")).to_contain_text("登录已超时")
    page.context.add_cookies(session)
    page.get_by_role("button", name="继续 超时.pdf").click()
    lies_there(page, "超时.pdf")


def test_cancelling_leaves_nothing(page: Page) -> None:
    slow = line(page, speed=SLOW // 4)
    choose(page, payload("取消.png", picture(700)))
    page.get_by_role("button", name="取消 取消.png").click()
    expect(page.locator("#m-m8_policy .lc-uploading")).to_have_count(0)
    slow.detach()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("[data-session]")).to_have_count(0)


def test_cancelled_too_late_the_page_shows_what_was_taken(page: Page) -> None:
    """The server has taken the file while its answer is still on the way."""

    kept: list[bool] = []

    def keep_the_answer(route: Route) -> None:
        if route.request.method == "POST":
            kept.append(route.fetch().ok)
        else:
            route.continue_()

    page.route(re.compile(r"/uploads/[0-9a-f-]{36}/$"), keep_the_answer)
    choose(page, payload("来不及.pdf", pdf_of("too late")))
    expect(page.locator("#m-m8_policy .lc-uploading")).to_contain_text("正在检查文件")
    for _moment in range(PATIENCE // 50):
        if kept:
            break
        page.wait_for_timeout(50)
    assert kept == [True]
    page.get_by_role("button", name="取消 来不及.pdf").click()
    lies_there(page, "来不及.pdf")
    expect(page.locator("#m-m8_policy .lc-uploading")).to_have_count(0)


def test_a_dragged_file_is_taken_and_one_means_one(page: Page) -> None:
    text = pdf_of("dragged").decode("latin-1")
    page.evaluate(
        """text => {
            const bytes = Uint8Array.from(text, (each) => each.charCodeAt(0));
            const held = new DataTransfer();
            held.items.add(new File([bytes], "拖入.pdf"));
            held.items.add(new File([bytes], "多余.pdf"));
            const zone = document.querySelector("#m-m7_license [data-drop]");
            const say = (name) => zone.dispatchEvent(
                new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: held }));
            ["dragover", "drop"].forEach(say);
        }""",
        text,
    )
    lies_there(page, "拖入.pdf", "m7_license")
    expect(page.locator("#m-m7_license .lc-uploading")).to_contain_text("本项只能上传1个文件")
    expect(page.locator("#m-m7_license")).to_contain_text("如需更换，请先移除已上传的文件")


def test_files_are_looked_at_one_after_the_other(page: Page) -> None:
    for name in ("看一.pdf", "看二.pdf"):
        choose(page, payload(name, pdf_of(name.encode().hex())))
        lies_there(page, name)
    page.locator("#m-m8_policy .lc-files").get_by_role("link", name="看一.pdf").first.click()
    frame = page.locator("iframe.lc-preview")
    expect(frame).to_be_visible()
    page.wait_for_timeout(500)
    assert not any(each.url.startswith("chrome-error") for each in page.frames), "the frame was refused"
    first = page.url
    page.get_by_role("link", name="下一个").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("看二.pdf")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("看一.pdf")
    assert page.url == first
