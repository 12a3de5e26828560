"""Uploading by script, looking at a file on its page, and what its address gives to whom."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from audit.models import ReadEntry
from cases.materials import add_material
from cases.models import Case, Material, UploadSession
from tests.factories.cases import PDF, World
from tests.factories.files import docx, pdf, png
from tests.workflows.pages import FRAME, browser, queries_of
from tests.workflows.test_case_pages import page, words

JSON = {"HTTP_ACCEPT": "application/json"}


def begin(actor: Actor, case: Case, content: bytes, client: Client | None = None, **more: Any) -> Any:
    sent = {
        "item": "m8_policy",
        "name": "政策.pdf",
        "size": len(content),
        "fingerprint": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    client = client or browser(actor)
    return client.post(reverse("cases:uploads", args=[case.public_id]), sent | more, **JSON)


def patch(actor: Actor, url: str, offset: object, content: bytes, **more: Any) -> Any:
    headers = {"HTTP_UPLOAD_OFFSET": str(offset)} | JSON | more
    return browser(actor).patch(url, content, content_type="application/octet-stream", **headers)


def add(world: World, case: Case, content: bytes = PDF, name: str = "证照.pdf", **more: Any) -> Material:
    given = {"item": "m8_policy", "tags": [], "actor": world.applicant} | more
    return add_material(case=case, upload=SimpleUploadedFile(name, content), **given)


def body_of(answer: Any) -> bytes:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in getattr(answer, "_resource_closers", ()):
        close()
    return content


# -- piece by piece -------------------------------------------------------------------------------------------------------


def test_a_file_goes_up_in_pieces(world: World, settings: Any) -> None:
    settings.MATERIAL_CHUNK_BYTES = 64
    case, content = world.draft(), pdf(b"%" * 100 + b"\n")
    answer = begin(world.applicant, case, content)
    told = answer.json()
    assert (answer.status_code, told["received"], told["piece"]) == (201, 0, 64)
    for at in range(0, len(content), 64):
        answer = patch(world.applicant, told["url"], at, content[at : at + 64])
        assert answer.json()["received"] == min(at + 64, len(content))
    assert browser(world.applicant).get(told["url"], **JSON).json()["received"] == len(content)
    answer = browser(world.applicant).post(told["url"], **JSON)
    row = Material.objects.get()
    assert answer.json() == {
        "id": str(row.public_id),
        "name": "政策.pdf",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "scan": "off",
        "notes": [],
    }
    assert browser(world.applicant).get(told["url"], **JSON).json()["done"] is True
    assert browser(world.applicant).post(told["url"], **JSON).json()["id"] == str(row.public_id)


def test_the_page_offers_to_go_on(world: World, settings: Any) -> None:
    settings.MATERIAL_CHUNK_BYTES = 64
    case, content = world.draft(), pdf(b"%" * 100 + b"\n")
    url = begin(world.applicant, case, content).json()["url"]
    patch(world.applicant, url, 0, content[:64])
    text = page(world.applicant, case, "materials")
    assert f'data-session="{url}"' in text
    assert "重新选择同一文件即可继续" in text
    answer = begin(world.applicant, case, content)
    assert (answer.status_code, answer.json()["received"], answer.json()["url"]) == (200, 64, url)
    assert browser(world.applicant).delete(url, **JSON).status_code == 204
    assert "data-session" not in page(world.applicant, case, "materials")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"size": "0"}, "文件是空的"),
        ({"size": "-1"}, "无效"),
        ({"size": "9" * 16}, "无效"),
        ({"size": "１２"}, "无效"),
        ({"size": str(10**14)}, "文件超过"),
        ({"item": "m1_report"}, "没有这一项材料"),
        ({"item": ""}, "没有这一项材料"),
    ],
)
def test_a_beginning_that_makes_no_sense_is_refused(world: World, sent: dict[str, str], message: str) -> None:
    answer = begin(world.applicant, world.draft(), PDF, **sent)
    assert (answer.status_code, message in answer.json()["message"]) == (422, True)
    assert not UploadSession.objects.exists()


def test_a_wrong_place_is_told_the_right_one(world: World) -> None:
    case = world.draft()
    url = begin(world.applicant, case, PDF).json()["url"]
    patch(world.applicant, url, 0, PDF[:10])
    for offset in (0, 11, 99):
        answer = patch(world.applicant, url, offset, PDF[10:20])
        assert (answer.status_code, answer.json()["received"]) == (409, 10)
    for offset in ("", "x", "-1", "1e3"):
        assert patch(world.applicant, url, offset, PDF[10:20]).status_code == 422


def test_a_piece_larger_than_a_request_may_be_is_answered(world: World, settings: Any) -> None:
    url = begin(world.applicant, world.draft(), b"", size=5000).json()["url"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = patch(world.applicant, url, 0, b"%PDF-" + b"x" * 200)
    assert (answer.status_code, "片段过大" in answer.json()["message"]) == (422, True)


def test_a_session_belongs_to_one_person_in_one_case(world: World) -> None:
    case, other = world.draft(), world.draft("另一个")
    told = begin(world.applicant, case, PDF).json()
    elsewhere = reverse("cases:upload", args=[other.public_id, told["id"]])
    nowhere = reverse("cases:upload", args=[case.public_id, uuid.uuid4()])
    for actor, url in (
        (world.other_applicant, told["url"]),
        (world.officer, told["url"]),
        (world.applicant, elsewhere),
        (world.applicant, nowhere),
    ):
        assert patch(actor, url, 0, PDF).status_code == 404
        for call in (browser(actor).get, browser(actor).post, browser(actor).delete):
            assert call(url, **JSON).status_code == 404
    assert UploadSession.objects.get().received == 0


def test_who_is_signed_out_is_told_so_and_loses_nothing(world: World) -> None:
    case = world.draft()
    url = begin(world.applicant, case, PDF).json()["url"]
    patch(world.applicant, url, 0, PDF[:10])
    headers = {"HTTP_UPLOAD_OFFSET": "10"} | JSON
    answer = Client().patch(url, PDF[10:], content_type="application/octet-stream", **headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert begin(world.applicant, case, PDF).json()["received"] == 10


def test_pieces_carry_the_token_like_any_form(world: World) -> None:
    assert world.applicant.user is not None
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.applicant.user)
    assert begin(world.applicant, world.draft(), PDF, client).status_code == 403


def test_what_was_sent_takes_no_pieces(world: World) -> None:
    case = world.submitted()
    assert begin(world.applicant, case, PDF + b"2").status_code == 403
    assert begin(world.officer, case, PDF + b"2").status_code == 403


# -- the list -------------------------------------------------------------------------------------------------------------


def test_the_same_content_under_another_item_is_pointed_out(world: World) -> None:
    case = world.draft()
    add(world, case)
    told = begin(world.applicant, case, PDF, item="m9_evidence").json()
    patch(world.applicant, told["url"], 0, PDF)
    (note,) = browser(world.applicant).post(told["url"], **JSON).json()["notes"]
    assert "的“证照.pdf”内容相同" in note
    text = words(page(world.applicant, case, "materials"))
    assert text.count("内容相同") == 2
    sent = {"item": "m7_license", "file": SimpleUploadedFile("三.pdf", PDF)}
    address = reverse("cases:materials", args=[case.public_id])
    assert "“三.pdf”与“" in words(browser(world.applicant).post(address, sent, follow=True).content.decode())


def test_a_strange_name_is_kept_harmless(world: World) -> None:
    case = world.draft()
    told = begin(world.applicant, case, PDF, name="../..\\证\u202e照.pdf").json()
    assert told["name"] == "证照.pdf"


def test_every_item_tells_its_state(world: World) -> None:
    case = world.fill(world.draft(), skip=("m7_license",))
    text = words(page(world.applicant, case, "materials"))
    for said in ("未上传", "已上传1个", "已填写", "与表单对应"):
        assert said in text


@pytest.mark.parametrize("files", [1, 30])
def test_the_page_costs_the_same_whatever_lies_there(world: World, settings: Any, files: int) -> None:
    settings.MATERIAL_MAX_PER_ITEM = 50
    case = world.draft()
    for number in range(files):
        add(world, case, PDF + str(number).encode(), f"{number}.pdf")
    url = reverse("cases:materials", args=[case.public_id])
    assert queries_of(browser(world.applicant), url) == FRAME + LIST


LIST = 7
"""The case, the draft, its forms, twice how the person stands to the case, the files, their unfinished uploads."""


# -- looking at a file --------------------------------------------------------------------------------------------------------


def test_files_are_leafed_through_in_the_order_of_the_list(world: World) -> None:
    case = world.fill(world.draft())
    files = {row.item: row for row in case.materials.all()}
    license_, policy = files["m7_license"], files["m8_policy"]
    text = page_of(world.applicant, license_)
    assert reverse("cases:material_view", args=[case.public_id, policy.public_id]) in text
    assert 'rel="prev"' not in text
    assert "第 1 个" in words(text)
    assert 'rel="prev"' in page_of(world.applicant, policy)
    assert license_.sha256 in text
    assert f"{reverse('cases:material', args=[case.public_id, license_.public_id])}?frame=1" in text


def page_of(actor: Actor, row: Material, **query: str) -> str:
    answer = browser(actor).get(
        reverse("cases:material_view", args=[row.case.public_id, row.public_id]), query
    )
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def orders_of(asked: CaptureQueriesContext) -> list[bool]:
    """Of every statement that reads whole files of a case: whether it says in which order."""
    reading = [
        query["sql"]
        for query in asked.captured_queries
        if re.search(r'^SELECT (?!1 ).*"cases_material"\."sha256".* FROM "cases_material"', query["sql"])
        and " LIMIT " not in query["sql"]
        and '"cases_material"."id" = ' not in query["sql"]
    ]
    return [" ORDER BY " in sql for sql in reading]


def test_files_are_always_read_in_an_order(world: World) -> None:
    """Sending, leafing through and pointing out twins: no database owes anybody an order that was not asked for."""
    case = world.fill(world.draft())
    url = reverse("cases:materials", args=[case.public_id])
    with case.materials.order_by("pk")[0].file.open() as lies:
        twin = SimpleUploadedFile("乙.pdf", lies.read())
    with CaptureQueriesContext(connection) as asked:
        browser(world.applicant).post(url, {"item": "m7_license", "files": [twin]})
        world.do(case, "declare.submit", statement=True)
        page_of(world.officer, case.materials.filter(item="m8_policy").order_by("pk")[0], v="1")
    found = orders_of(asked)
    assert len(found) >= 3
    assert all(found)


def test_a_picture_is_a_picture_and_a_document_is_for_saving(world: World) -> None:
    case = world.draft()
    assert "<img src=" in page_of(world.applicant, add(world, case, png(), "照片.png"))
    text = page_of(world.applicant, add(world, case, docx(), "说明.docx"))
    assert "不能在页面内预览" in text
    assert "<iframe" not in text


def test_readers_leaf_through_the_version_they_read(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", reason="请更换证照。")
    clock.set_clock(dt.datetime(2020, 3, 23, 9, 0, tzinfo=clock.SHANGHAI))
    new = add(world, case, PDF + b"new", "新.pdf")
    old = case.materials.filter(item="m8_policy").order_by("pk")[0]
    assert "新.pdf" not in page_of(world.officer, old, v="1")
    assert "新.pdf" not in page_of(world.officer, old)
    assert "?v=1" in page_of(world.officer, old, v="1")
    assert "?v=" not in page_of(world.applicant, old), "whoever fills in leafs through the draft"
    where = reverse("cases:material_view", args=[case.public_id, new.public_id])
    assert browser(world.officer).get(where).status_code == 404
    assert "第 1 个，共 1 个" not in words(page_of(world.applicant, new))


# -- handing out ------------------------------------------------------------------------------------------------------------


def address(row: Material) -> str:
    return reverse("cases:material", args=[row.case.public_id, row.public_id])


def test_a_link_opens_nothing_by_itself(world: World) -> None:
    row = add(world, world.draft())
    answer = Client().get(address(row))
    assert answer.status_code == 302
    assert reverse("accounts:sign_in") in answer["Location"]
    assert browser(world.other_applicant).get(address(row)).status_code == 404


def test_a_link_dies_with_the_session_and_with_the_right(world: World) -> None:
    row = add(world, world.draft())
    client = browser(world.applicant)
    assert body_of(client.get(address(row))) == PDF
    client.logout()
    assert client.get(address(row)).status_code == 302
    assert world.applicant.assignment is not None
    client = browser(world.applicant)
    type(world.applicant.assignment).objects.filter(pk=world.applicant.assignment.pk).update(
        voided_at=clock.now()
    )
    assert client.get(address(row)).status_code in (403, 404)


@pytest.mark.parametrize(("query", "frame"), [({}, "DENY"), ({"frame": "1"}, "SAMEORIGIN")])
def test_a_hostile_file_is_kept_harmless(world: World, query: dict[str, str], frame: str) -> None:
    row = add(world, world.draft(), name="年报.html")
    answer = browser(world.applicant).get(address(row), query)
    body_of(answer)
    assert answer["X-Frame-Options"] == frame
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].endswith("%E5%B9%B4%E6%8A%A5.html.pdf")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "form-action 'none'; base-uri 'none'" in policy
    assert "sandbox" not in policy, "older browsers do not start their PDF viewer in a sandbox"
    assert policy.endswith("frame-ancestors 'self'" if query else "frame-ancestors 'none'")
    saved = browser(world.applicant).get(address(row), query | {"save": "1"})
    body_of(saved)
    assert "sandbox" in saved["Content-Security-Policy"]


def test_pictures_and_documents_are_never_let_out_of_the_sandbox(world: World) -> None:
    case = world.draft()
    for content, name in ((png(), "a.png"), (docx(), "a.docx")):
        answer = browser(world.applicant).get(address(add(world, case, content, name)), {"frame": "1"})
        body_of(answer)
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("asked", "status", "told", "part"),
    [
        ("bytes=0-9", 206, "bytes 0-9/{size}", slice(0, 10)),
        ("bytes=10-", 206, "bytes 10-{last}/{size}", slice(10, None)),
        ("bytes=-5", 206, "bytes {tail}-{last}/{size}", slice(-5, None)),
        ("bytes=5-99999", 206, "bytes 5-{last}/{size}", slice(5, None)),
        ("bytes=99999-", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=9-3", 416, "bytes */{size}", slice(0, 0)),
        ("bytes=0-1,4-5", 200, "", slice(None)),
        ("bytes=-", 200, "", slice(None)),
        ("lines=1-2", 200, "", slice(None)),
    ],
)
def test_a_part_of_a_file(world: World, asked: str, status: int, told: str, part: slice) -> None:
    row = add(world, world.draft())
    answer = browser(world.applicant).get(address(row), HTTP_RANGE=asked)
    size = len(PDF)
    assert answer.status_code == status
    assert answer.headers.get("Content-Range", "") == told.format(size=size, last=size - 1, tail=size - 5)
    assert body_of(answer) == PDF[part]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_reading_is_written_down_once_for_all_parts(world: World) -> None:
    row = add(world, world.draft())
    before = ReadEntry.objects.count()
    for asked in ("bytes=0-9", "bytes=10-19", "bytes=20-"):
        body_of(browser(world.applicant).get(address(row), HTTP_RANGE=asked))
    assert ReadEntry.objects.count() == before + 1


@pytest.mark.parametrize("asked", ["bytes=00-", "bytes=1-", "bytes=-5", "bytes=-99999", "bytes=1-2"])
def test_no_range_escapes_the_read_log(world: World, asked: str) -> None:
    case = world.draft()
    row, other = add(world, case), add(world, case, PDF + b"other", "另.pdf")
    what = [f"material.m8_policy.{each.public_id.hex}" for each in (row, other)]
    rows = ReadEntry.objects.filter(what__startswith="material.").order_by("pk")
    client = browser(world.applicant)
    body_of(client.get(address(row), HTTP_RANGE=asked))
    assert [each.what for each in rows] == what[:1]
    body_of(client.get(address(other), HTTP_RANGE=asked))
    assert [each.what for each in rows.all()] == what, "another file of the same item is another reading"
    clock.set_clock(clock.now() + dt.timedelta(minutes=61))
    body_of(client.get(address(row), HTTP_RANGE=asked))
    assert rows.all().count() == 3
    body_of(client.get(address(row), HTTP_RANGE="bytes=2-3"))
    assert rows.all().count() == 3


def test_a_range_beyond_the_end_reads_nothing_unnoticed(world: World) -> None:
    row = add(world, world.draft())
    assert browser(world.applicant).get(address(row), HTTP_RANGE="bytes=99999-").status_code == 416
    assert ReadEntry.objects.filter(what__startswith="material.").count() == 1


@pytest.mark.parametrize("asked", ["", "bytes=1-2"])
def test_a_file_that_the_storage_has_lost_is_said_to_be_lost(world: World, asked: str) -> None:
    row = add(world, world.draft())
    row.file.storage.delete(row.file.name)
    answer = browser(world.applicant).get(address(row), **({"HTTP_RANGE": asked} if asked else {}))
    assert answer.status_code == 503
    assert "存储中读不到该文件，请与管理员联系" in answer.content.decode()
    text = page_of(world.applicant, row)
    assert "存储中读不到该文件" in text
    assert "<iframe" not in text
