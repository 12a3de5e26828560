"""Materials: taken by content, told apart by checksum, handed out to those who may read them and to nobody else."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from audit.models import ReadEntry
from cases.errors import Invalid
from cases.materials import add_material
from cases.models import Case, Material
from tests.factories.cases import PDF, World
from tests.factories.files import png
from tests.workflows.pages import browser
from tests.workflows.test_case_pages import page, words

PNG = png()
HTML = b"<!doctype html><script>alert(1)</script>"


def docx() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return held.getvalue()


def address(case: Case) -> str:
    return reverse("cases:materials", args=[case.public_id])


def upload(actor: Actor, case: Case, item: str, *files: SimpleUploadedFile, **more: Any) -> HttpResponse:
    return browser(actor).post(address(case), {"item": item, "file": list(files), **more})


def fetch(actor: Actor, row: Material, **query: str) -> Any:
    where = reverse("cases:material", args=[row.case.public_id, row.public_id])
    answer = browser(actor).get(where, query)
    if answer.streaming:
        answer.body = b"".join(answer.streaming_content)
        for close in (
            answer._resource_closers
        ):  # answer.close() would end the request, and the test's connection with it
            close()
    return answer


def file(name: str = "证照.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# -- uploading -------------------------------------------------------------------------------------------------------


def test_the_list_shows_every_item_with_its_state(world: World) -> None:
    case = world.fill(world.draft(), skip=("m9_evidence",))
    text = words(page(world.applicant, case, "materials"))
    for said in (
        "申请报告",
        "已齐备",
        "m7_license.pdf",
        "涉及第(二)至(八)条中相关内容明细及佐证材料",
        "未上传",
    ):
        assert said in text
    assert Material.objects.get(item="m7_license").sha256[:12] in text


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("证照.pdf", PDF, "application/pdf"),
        ("照片.png", PNG, "image/png"),
        ("其实是图片.pdf", PNG, "image/png"),
        ("说明.docx", docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_a_file_is_taken_for_what_it_is(world: World, name: str, content: bytes, kind: str) -> None:
    case = world.draft()
    answer = upload(world.applicant, case, "m7_license", file(name, content))
    row = Material.objects.get()
    assert answer["Location"] == f"{address(case)}#m-m7_license"
    assert (row.name, row.content_type, row.size) == (name, kind, len(content))


@pytest.mark.parametrize(
    ("item", "content", "message"),
    [
        ("m7_license", b"", "文件是空的"),
        ("m7_license", HTML, "只接收PDF、OFD、PNG、JPEG、DOCX、XLSX文件"),
        ("m7_license", b"PK\x03\x04broken", "只接收PDF"),
        ("m7_license", PDF + b"x" * 2000, "文件超过"),
    ],
    ids=["empty", "html", "broken zip", "too large"],
)
def test_a_file_that_cannot_be_taken_is_refused_by_name(
    world: World, settings: Any, item: str, content: bytes, message: str
) -> None:
    settings.MATERIAL_MAX_BYTES = 1024
    answer = upload(world.applicant, world.draft(), item, file("假的.pdf", content))
    text = words(answer.content.decode())
    assert answer.status_code == 422
    assert "“假的.pdf”" in text
    assert message in text
    assert not Material.objects.exists()


def test_no_file_at_all_is_answered(world: World) -> None:
    answer = browser(world.applicant).post(address(world.draft()), {"item": "m7_license"})
    assert (answer.status_code, "请选择文件。" in answer.content.decode()) == (422, True)


def test_of_several_files_the_good_ones_are_kept(world: World) -> None:
    case = world.draft()
    answer = upload(
        world.applicant, case, "m8_policy", file("一.pdf"), file("二.html", HTML), file("三.png", PNG)
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sorted(Material.objects.values_list("name", flat=True)) == ["一.pdf", "三.png"]
    assert "“二.html”" in text
    assert "一.pdf" in text


def test_the_same_content_is_not_taken_twice(world: World) -> None:
    case = world.draft()
    upload(world.applicant, case, "m8_policy", file("一.pdf"))
    answer = upload(world.applicant, case, "m8_policy", file("改了名.pdf"))
    assert (answer.status_code, Material.objects.count()) == (422, 1)


def test_one_file_means_one_file(world: World) -> None:
    answer = upload(world.applicant, world.draft(), "m7_license", file("一.pdf"), file("二.png", PNG))
    assert (answer.status_code, Material.objects.count()) == (422, 0)


def test_an_item_takes_so_many_files_and_no_more(world: World, settings: Any) -> None:
    settings.MATERIAL_MAX_PER_ITEM = 2
    case = world.draft()
    files = [file(f"{n}.pdf", PDF + str(n).encode()) for n in range(3)]
    answer = upload(world.applicant, case, "m8_policy", *files)
    assert answer.status_code == 422
    assert "“2.pdf”：本项最多上传2个文件" in words(answer.content.decode())
    assert Material.objects.count() == 2
    remove = reverse("cases:material_remove", args=[case.public_id, Material.objects.all()[0].public_id])
    browser(world.applicant).post(remove)
    again = file("2.pdf", PDF + b"2")
    assert upload(world.applicant, case, "m8_policy", again).status_code == 302, (
        "what was taken out counts no more"
    )


def test_a_single_file_is_replaced_only_after_it_was_taken_out(world: World) -> None:
    case = world.draft()
    assert upload(world.applicant, case, "m7_license", file("一.pdf")).status_code == 302
    answer = upload(world.applicant, case, "m7_license", file("二.png", PNG))
    assert (answer.status_code, Material.objects.count()) == (422, 1)
    assert "请先移除已上传的文件" in answer.content.decode()


def test_all_files_of_a_case_together_have_a_limit(world: World, settings: Any) -> None:
    settings.MATERIAL_MAX_CASE_BYTES = 3 * 1024
    case, other = world.draft(), world.draft("另一个示范基地")
    big = PDF + b"x" * 2000
    assert upload(world.applicant, case, "m8_policy", file("一.pdf", big)).status_code == 302
    answer = upload(world.applicant, case, "m9_evidence", file("二.pdf", big + b"2"))
    assert answer.status_code == 422
    assert "合计不得超过3.0 KB，目前已有2.0 KB" in words(answer.content.decode()).replace("\xa0", " ")
    assert upload(world.applicant, other, "m9_evidence", file("二.pdf", big + b"2")).status_code == 302


def test_two_uploads_at_once_do_not_pass_the_limit_together(world: World, settings: Any) -> None:
    """The second arrives while the first is being written to disk: it is counted again under the lock."""
    settings.MATERIAL_MAX_PER_ITEM = 1
    case = world.draft()

    class Slow(SimpleUploadedFile):
        def chunks(self, chunk_size: int | None = None) -> Any:
            if not Material.objects.exists():
                add_material(
                    case=case, item="m8_policy", upload=file("先.pdf"), tags=[], actor=world.applicant
                )
            return super().chunks(chunk_size)

    with pytest.raises(Invalid):
        add_material(
            case=case, item="m8_policy", upload=Slow("后.pdf", PDF + b"2"), tags=[], actor=world.applicant
        )
    assert [row.name for row in Material.objects.all()] == ["先.pdf"]


def test_types_are_what_the_installation_takes(world: World, settings: Any) -> None:
    settings.MATERIAL_TYPES = ["PDF", "JPEG"]
    case = world.draft()
    answer = upload(world.applicant, case, "m8_policy", file("图.png", PNG))
    assert answer.status_code == 422
    assert "只接收PDF、JPEG文件" in answer.content.decode()
    text = page(world.applicant, case, "materials")
    assert 'accept=".pdf,.jpg,.jpeg"' in text


def test_the_page_tells_the_limits_and_what_is_used(world: World, settings: Any) -> None:
    settings.MATERIAL_MAX_BYTES, settings.MATERIAL_MAX_PER_ITEM = 7 * 1024 * 1024, 9
    settings.MATERIAL_MAX_CASE_BYTES = 90 * 1024 * 1024
    case = world.draft()
    upload(world.applicant, case, "m8_policy", file("一.pdf", PDF + b"x" * 2048))
    text = words(page(world.applicant, case, "materials")).replace("\xa0", " ")
    for said in ("单个文件不超过7.0 MB", "每项不超过9个文件", "合计不超过90.0 MB", "已用2.0 KB"):
        assert said in text


@pytest.mark.parametrize("item", ["m1_report", "no_such", ""])
def test_files_belong_to_items_that_take_files(world: World, item: str) -> None:
    answer = upload(world.applicant, world.draft(), item, file())
    assert (answer.status_code, Material.objects.count()) == (422, 0)


def test_evidence_says_what_it_is_evidence_for(world: World) -> None:
    case = world.draft()
    upload(world.applicant, case, "m9_evidence", file(), tags=["item_3", "made_up"])
    assert Material.objects.get().tags == ["item_3"]
    assert "(三)发展总体情况表" in words(page(world.applicant, case, "materials"))


def test_a_file_name_is_text_not_markup(world: World) -> None:
    case = world.draft()
    name = '"><img src=x onerror=alert(1)>.pdf'
    assert upload(world.applicant, case, "m7_license", file(name)).status_code == 302
    text = page(world.applicant, case, "materials")
    assert "<img src=x" not in text
    assert "&lt;img" in text


# -- taking out ------------------------------------------------------------------------------------------------------


def test_taking_a_file_out_keeps_the_row(world: World) -> None:
    case = world.fill(world.draft())
    row = Material.objects.get(item="m7_license")
    where = reverse("cases:material_remove", args=[case.public_id, row.public_id])
    assert browser(world.applicant).get(where).status_code == 405
    assert browser(world.other_applicant).post(where).status_code == 404
    assert browser(world.applicant).post(where)["Location"] == address(case)
    row.refresh_from_db()
    assert row.removed_at is not None
    assert browser(world.applicant).post(where).status_code == 404


def test_what_was_sent_is_not_taken_out(world: World) -> None:
    case = world.submitted()
    row = Material.objects.get(item="m7_license")
    where = reverse("cases:material_remove", args=[case.public_id, row.public_id])
    assert browser(world.applicant).post(where).status_code == 403
    assert browser(world.officer).post(where).status_code == 403


# -- handing out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "query", "disposition"),
    [
        (PDF, {}, "inline"),
        (PNG, {}, "inline"),
        (docx(), {}, "attachment"),
        (PDF, {"save": "1"}, "attachment"),
    ],
    ids=["pdf", "png", "docx", "pdf to save"],
)
def test_a_file_comes_with_its_name_and_can_do_nothing(
    world: World, content: bytes, query: dict[str, str], disposition: str
) -> None:
    case = world.draft()
    row = add_material(
        case=case, item="m7_license", upload=file("证 照\r\n.pdf", content), tags=[], actor=world.applicant
    )
    answer = fetch(world.applicant, row, **query)
    assert answer.body == content
    assert answer["Content-Disposition"].startswith(f"{disposition}; filename*=utf-8''%E8%AF%81")
    viewer = content == PDF and disposition == "inline"
    held = "frame-ancestors 'none'" if viewer else "sandbox"
    assert held in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == row.content_type


READERS: list[tuple[str, Callable[[World], Actor], int]] = [
    ("the applicant", lambda w: w.applicant, 200),
    ("the office", lambda w: w.officer, 200),
    ("the supervisor", lambda w: w.supervisor, 200),
    ("an expert of the panel", lambda w: w.experts[0], 200),
    ("an expert of no panel", lambda w: w.experts[6], 404),
    ("another unit", lambda w: w.other_applicant, 404),
]


@pytest.mark.parametrize(("who", "reader", "status"), READERS, ids=[row[0] for row in READERS])
def test_files_are_read_by_those_who_read_the_declaration(
    world: World, who: str, reader: Callable[[World], Actor], status: int
) -> None:
    world.with_panel()
    row = Material.objects.select_related("case").get(item="m7_license")
    before = ReadEntry.objects.count()
    assert fetch(reader(world), row).status_code == status
    assert ReadEntry.objects.count() == before + (status == 200)


def test_a_draft_s_files_are_not_read_before_they_are_sent(world: World) -> None:
    case = world.do(world.submitted(), "file.return_for_correction", reason="请更换证照。")
    old = Material.objects.select_related("case").get(item="m7_license")
    clock.set_clock(dt.datetime(2020, 3, 23, 9, 0, tzinfo=clock.SHANGHAI))
    browser(world.applicant).post(reverse("cases:material_remove", args=[case.public_id, old.public_id]))
    new = add_material(
        case=case, item="m7_license", upload=file("新证照.pdf", PDF + b"2"), tags=[], actor=world.applicant
    )
    assert (fetch(world.officer, old).status_code, fetch(world.officer, new).status_code) == (200, 404)
    assert fetch(world.applicant, new).status_code == 200
    assert "新证照.pdf" not in page(world.officer, case, "declared")
    clock.set_clock(dt.datetime(2020, 3, 23, 10, 0, tzinfo=clock.SHANGHAI))
    case = world.do(case, "declare.submit", statement=True)
    assert fetch(world.officer, new).status_code == 200
    text = words(page(world.officer, case, "declared"))
    assert "与第 1 版相比，修改 2 处" in text
    assert "新证照.pdf" in text


def test_an_item_that_must_be_handed_in_is_called_so(world: World) -> None:
    text = page(world.applicant, world.draft(), "materials")
    assert 'title="必交"' in text
    assert "必填" not in text


def test_a_file_that_was_never_sent_stays_the_applicant_s(world: World) -> None:
    case = world.draft()
    row = add_material(case=case, item="m7_license", upload=file(), tags=[], actor=world.applicant)
    clock.set_clock(dt.datetime(2020, 3, 20, 11, 0, tzinfo=clock.SHANGHAI))
    browser(world.applicant).post(reverse("cases:material_remove", args=[case.public_id, row.public_id]))
    clock.set_clock(dt.datetime(2020, 3, 20, 12, 0, tzinfo=clock.SHANGHAI))
    world.do(world.fill(case), "declare.submit", statement=True)
    assert fetch(world.officer, row).status_code == 404


def test_a_file_of_another_case_is_not_found_under_this_one(world: World) -> None:
    one, two = world.draft("一"), world.draft("二")
    row = add_material(case=one, item="m7_license", upload=file(), tags=[], actor=world.applicant)
    where = reverse("cases:material", args=[two.public_id, row.public_id])
    assert browser(world.applicant).get(where).status_code == 404
