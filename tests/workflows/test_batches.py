"""Many declarations from one file: template, preview, taking over, what is wrong told at the cell. 批量导入申报"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Role
from accounts.models import Organisation, RoleAssignment
from accounts.organisations import add_alias
from audit import clock
from audit.models import Entry
from cases.declarations import draft_of
from cases.enums import Closure
from cases.models import Case, DeclarationForm
from programmes import packs
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Edition, Programme, Round
from supervision.telling import rows_of
from tests.factories.accounts import make_actor, make_authority, make_organisation
from tests.factories.cases import World
from tests.factories.played import played
from tests.workflows.pages import browser, queries_of, read, text_of
from tests.workflows.test_case_pages import words
from tests.workflows.test_spreadsheet_pages import content_of
from tests.workflows.workbooks import opened, raw_workbook, workbook
from workflows.spreadsheets.batches import MOST_LINES, batch_columns
from workflows.spreadsheets.cells import Grain
from workflows.spreadsheets.matching import Headings

PACKS = Path(__file__).resolve().parents[2] / "programmes" / "packs"
FORM = "GZ_PROJECT"
HEADS = ["申报单位", "项目名称", "所属专项行动", "建设地点", "开工年度", "总投资（万元）"]
GOOD = ["大方县", "智慧物流园", "（七）“互联网+”高效物流", "大方县", 2016, 1200]


@dataclass
class Library:
    """贵州省的项目库: an open round, a city that declares for its counties and firms, and one firm by itself."""

    authority: Organisation
    round: Round
    city: Actor
    county: Organisation
    firm: Organisation
    alone: Actor


def library_round(authority: Organisation, name: str, number: str = "2015.1", **fields: Any) -> Round:
    files = packs.read_directory(PACKS / "gz-project-library")
    text = files["programme.yaml"].decode().replace("edition: '2015.1'", f"edition: '{number}'", 1)
    source = packs.archive(files | {"programme.yaml": text.encode()})
    programme, _new = Programme.objects.get_or_create(
        authority=authority, code="gz-project-library", defaults={"title_zh": "项目库", "title_en": "Library"}
    )
    edition, _new = Edition.objects.get_or_create(
        programme=programme,
        number=number,
        defaults={
            "status": EditionStatus.PUBLISHED,
            "digest": packs.digest(source),
            "source": source,
            "published_at": clock.now(),
        },
    )
    values = {"opens_on": dt.date(2020, 3, 2), "status": RoundStatus.OPEN, "year": 2020} | fields
    return Round.objects.create(
        programme=programme, edition=edition, authority=authority, name=name, **values
    )


@pytest.fixture
def library(db: None) -> Library:
    """20 March 2020, 10:00."""
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    authority = make_authority("贵州省", code="gz", kind=OrganisationKind.PROVINCE)
    make_organisation("省发展改革委", parent=authority)
    city = make_organisation("毕节市", kind=OrganisationKind.CITY, parent=authority)
    county = make_organisation("大方县", kind=OrganisationKind.COUNTY, parent=city)
    firm = make_organisation(
        "大方智云科技有限公司",
        kind=OrganisationKind.ENTERPRISE,
        parent=county,
        short_name="智云",
        uscc="91520000MA6DK7XY3R",
    )
    return Library(
        authority=authority,
        round=library_round(authority, "2020年度“互联网+”项目入库"),
        city=make_actor(Role.APPLICANT, city, subtree=True),
        county=county,
        firm=firm,
        alone=make_actor(Role.APPLICANT, firm),
    )


def address(round_: Round, name: str = "batch") -> str:
    return reverse(f"cases:{name}", args=[round_.public_id])


def send(actor: Actor, round_: Round, content: bytes, name: str = "申报.xlsx") -> HttpResponse:
    return browser(actor).post(address(round_), {"file": SimpleUploadedFile(name, content)})


def preview(actor: Actor, round_: Round, *rows: Sequence[Any], heads: Sequence[str] = HEADS) -> HttpResponse:
    answer = send(actor, round_, workbook([heads, *rows]))
    assert answer.status_code == 200, words(text_of(answer))
    return answer


def carried(page: HttpResponse) -> str:
    found = re.search(r'<textarea name="_batch"[^>]*>(.*?)</textarea>', text_of(page), re.S)
    assert found
    return html.unescape(found[1])


def ticked(page: HttpResponse) -> list[str]:
    return re.findall(r'name="take" value="(\d+)" checked', text_of(page))


def confirm(actor: Actor, round_: Round, page: HttpResponse, take: list[str] | None = None) -> HttpResponse:
    sent = {"_batch": carried(page), "take": ticked(page) if take is None else take}
    return browser(actor).post(address(round_), sent)


def data_of(case: Case) -> dict[str, Any]:
    draft = draft_of(case)
    assert draft is not None
    return draft.data().get(FORM, {})


# -- the template ---------------------------------------------------------------------------------------------------


def test_the_start_page_leads_to_the_import_of_many(library: Library) -> None:
    page = read(browser(library.city), reverse("cases:start"))
    assert address(library.round) in page
    text = words(read(browser(library.city), address(library.round)))
    for said in (
        "批量导入申报",
        "下载模板",
        "附件2项不在模板中",
        "每个单位不限",
        "申报单位",
        "总投资（万元）",
    ):
        assert said in text


def test_a_round_that_is_not_open_offers_no_import(library: Library) -> None:
    Round.objects.filter(pk=library.round.pk).update(closes_on=dt.date(2020, 3, 10))
    assert address(library.round) not in read(browser(library.city), reverse("cases:start"))


def test_the_template_has_units_title_items_choices_a_guide_and_the_mark(library: Library) -> None:
    book = opened(content_of(browser(library.city).get(address(library.round, "batch_template"))))
    sheet = book["批量导入"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["申报单位", "项目名称", "所属专项行动"]
    assert "总投资（万元）" in heads
    assert "牵头单位" not in heads, "it is calculated"
    assert sheet.max_row == 1
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["A2:A201"].type == rules["C2:C201"].type == "list"
    assert not rules["A2:A201"].showErrorMessage, "a credit code may be typed as well"
    offered = {value for row in book["_choices"].values for value in row}
    assert "大方县" in offered
    assert "省发展改革委" not in offered, "not in reach"
    guide = " ".join(str(value) for row in book["填写说明"].values for value in row if value)
    for said in ("统一社会信用代码", "提交前必填", "万元", "例：1200", "附件不在本文件中", "200行"):
        assert said in guide
    mark = [cell.value for cell in book["_licheng"][1]]
    assert mark == [
        "licheng-table",
        "批量导入",
        "*",
        str(library.round.public_id),
        library.round.edition.digest,
    ]


def test_who_declares_for_one_unit_need_not_name_it(library: Library) -> None:
    content = content_of(browser(library.alone).get(address(library.round, "batch_template")))
    assert opened(content)["批量导入"]["A1"].value == "项目名称"
    page = preview(library.alone, library.round, ["物流园", 1], heads=["项目名称", "总投资（万元）"])
    confirm(library.alone, library.round, page)
    assert Case.objects.get().applicant == library.firm


@pytest.mark.parametrize("directory", sorted(p.parent.name for p in PACKS.glob("*/programme.yaml")))
def test_every_edition_knows_its_own_headings_again(directory: str) -> None:
    pack = packs.parse(packs.archive(packs.read_directory(PACKS / directory)))
    columns = batch_columns(pack)
    headings = Headings(columns)
    for language in ("zh-hans", "en"):
        with override(language):
            heads = [column.heading for column in batch_columns(pack)]
        found = headings.match([Grain(head) for head in heads])
        assert [found.columns[place].key for place in range(len(heads))] == [c.key for c in columns]


# -- the preview ----------------------------------------------------------------------------------------------------


def test_a_preview_tells_each_line_and_writes_nothing(library: Library) -> None:
    page = preview(
        library.city,
        library.round,
        GOOD,
        ["大方县", "", "", "", "", ""],
        ["没有的单位", "云平台", "", "", "", ""],
        ["大方县", "数据中心", "第十三类", "", 2050, "约三百"],
    )
    text = words(text_of(page))
    for said in (
        "可导入1行",
        "有问题3行",
        "“项目名称”：请填写项目名称。",
        "“申报单位”填写为“没有的单位”：没有找到该单位",
        "“所属专项行动”填写为“第十三类”：请从所列选项中选择",
        "“开工年度”填写为“2050”：不得大于2030",
        "“总投资（万元）”填写为“约三百”：请填写数字，以“万元”为单位",
        "必填项尚缺",
    ):
        assert said in text
    assert ticked(page) == ["2"]
    assert not Case.objects.exists()


@pytest.mark.parametrize("others", [False, True])
def test_other_lines_are_offered_where_there_are_others(library: Library, others: bool) -> None:
    faulty = [*GOOD[:1], "坏行", "", "", "", "约三百"]
    page = words(text_of(preview(library.city, library.round, *([GOOD] if others else []), faulty)))
    assert ("可先导入其余各行" in page) is others
    assert ("没有可以导入的行" in page) is not others


def test_how_much_is_still_missing_counts_every_form(world: World) -> None:
    """Of Guiyang's four forms the file fills in little: grids, tables and files are missing as well."""
    page = preview(world.applicant, world.round, ["基地甲"], ["基地乙"], heads=["项目名称"])
    assert len(set(re.findall(r"必填项尚缺(\d+)项", text_of(page)))) == 1
    from programmes.forms import is_complete
    from workflows.spreadsheets.batches import forms_of

    lacking = sum(len(is_complete(form, {})) for form in forms_of(world.edition.pack))
    assert f"必填项尚缺{lacking}项" in text_of(page)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("１２００．５", "1200.5"),
        ("12,345", "12345"),
        ("1200万元", "1200"),
        (1200.5, "1200.5"),
        (" 300 ", "300"),
    ],
)
def test_numbers_are_read_as_people_write_them(library: Library, typed: Any, stored: str) -> None:
    page = preview(library.city, library.round, [*GOOD[:5], typed])
    confirm(library.city, library.round, page)
    assert data_of(Case.objects.get())["total_investment_wan"] == stored


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.2亿", "是否应填12000（单位：万元）？"),
        ("5000元", "是否应填0.5（单位：万元）？"),
        ("12,34", "千位分隔符位置有误"),
        ("-1", "不得小于0"),
        ("12%", "不是百分比"),
    ],
)
def test_numbers_that_could_be_meant_otherwise_are_asked_about(
    library: Library, typed: str, said: str
) -> None:
    page = preview(library.city, library.round, [*GOOD[:5], typed])
    assert said in words(text_of(page))
    assert ticked(page) == []


@pytest.mark.parametrize("typed", ["=1+1", "<script>alert(1)</script>", "@SUM(A1)", "+86-1", "-2+3"])
def test_formulas_and_markup_are_texts_everywhere(library: Library, typed: str) -> None:
    content = raw_workbook(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>申报单位</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>项目名称</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>建设地点</t></is></c></row>'
        f'<row r="2"><c r="A2" t="inlineStr"><is><t>大方县</t></is></c>'
        f'<c r="B2" t="inlineStr"><is><t>{html.escape(typed)}</t></is></c>'
        f'<c r="C2" t="inlineStr"><is><t>{html.escape(typed)}</t></is></c></row>'
    )
    page = send(library.city, library.round, content)
    assert html.escape(typed) in text_of(page)
    assert "<script>alert" not in text_of(page)
    done = confirm(library.city, library.round, page)
    assert "<script>alert" not in text_of(done)
    case = Case.objects.get()
    assert (case.title, data_of(case)["place"]) == (typed, typed)


def test_a_formula_gives_its_result_and_one_without_is_told(library: Library) -> None:
    head = "".join(
        f'<c r="{chr(65 + n)}1" t="inlineStr"><is><t>{name}</t></is></c>' for n, name in enumerate(HEADS)
    )
    row = (
        '<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>大方县</t></is></c>'
        '<c r="B{n}" t="inlineStr"><is><t>项目{n}</t></is></c><c r="F{n}"><f>600*2</f>{v}</c></row>'
    )
    rows = row.format(n=2, v="<v>1200</v>") + row.format(n=3, v="")
    page = send(library.city, library.round, raw_workbook(f'<row r="1">{head}</row>{rows}'))
    assert "“总投资（万元）”：公式没有计算结果" in words(text_of(page))
    assert ticked(page) == ["2"]
    confirm(library.city, library.round, page)
    assert data_of(Case.objects.get())["total_investment_wan"] == "1200"


def test_a_title_that_came_to_an_error_is_none(library: Library) -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>申报单位</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>项目名称</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>大方县</t></is></c>'
        '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    page = send(library.city, library.round, raw_workbook(rows))
    assert "“项目名称”填写为“#DIV/0!”：公式结果有误" in words(text_of(page))
    assert ticked(page) == []


def test_a_text_file_as_excel_saves_it_is_read_as_well(library: Library) -> None:
    content = '项目名称,申报单位,总投资(万元)\r\n物流园,大方县,"1,200"\r\n合计,,1200\r\n'.encode("gb18030")
    page = send(library.city, library.round, content, "申报.csv")
    assert ticked(page) == ["2"]
    confirm(library.city, library.round, page)
    assert data_of(Case.objects.get())["total_investment_wan"] == "1200"


def test_a_long_title_is_told(library: Library) -> None:
    page = preview(library.city, library.round, ["大方县", "长" * 201], heads=HEADS[:2])
    assert text_of(page).count("项目名称不得超过200字，现为201字") == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "x.xlsx", "文件是空的"),
        (b"PK\x03\x04 nothing", "x.xlsx", "文件已损坏或不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "x.xls", "旧格式文件"),
        (b"<html><table></table></html>", "x.xlsx", "实际上是网页"),
        (workbook([HEADS]), "x.xlsx", "只有列名，没有数据行"),
        (workbook([["姓名", "电话"], ["甲", 1]]), "x.xlsx", "没有找到列名行"),
        (workbook([["申报单位", "建设地点"], ["大方县", "某地"]]), "x.xlsx", "没有“项目名称”列"),
        (workbook([["项目名称", "建设地点"], ["甲", "某地"]]), "x.xlsx", "没有“申报单位”列"),
        (
            workbook([["申报单位", "项目名称", "总投资（亿元）"], ["大方县", "甲", 1]]),
            "x.xlsx",
            "以亿元为单位",
        ),
        (workbook([["申报单位", "项目名称", "项目名称"], ["大方县", "甲", "乙"]]), "x.xlsx", "不止一次"),
    ],
)
def test_files_that_cannot_be_used_are_refused_with_the_reason(
    library: Library, content: bytes, name: str, said: str
) -> None:
    answer = send(library.city, library.round, content, name)
    assert answer.status_code == 422
    assert said in words(text_of(answer))
    assert not Case.objects.exists()


def test_no_file_at_all(library: Library) -> None:
    answer = browser(library.city).post(address(library.round))
    assert (answer.status_code, "请选择文件。" in text_of(answer)) == (422, True)


@pytest.mark.parametrize("count", [MOST_LINES + 1, 10_000])
def test_more_lines_than_one_file_may_hold(library: Library, count: int) -> None:
    content = workbook([HEADS, *([*GOOD[:1], f"项目{n}"] for n in range(count))])
    answer = send(library.city, library.round, content)
    assert answer.status_code == 422
    assert f"文件有{count:,}行，一次最多导入200行；未读取任何内容" in words(text_of(answer))


def test_another_editions_template_is_refused_and_named(library: Library) -> None:
    newer = library_round(library.authority, "2021年度入库", number="2021.1")
    content = content_of(browser(library.city).get(address(newer, "batch_template")))
    answer = send(library.city, library.round, content)
    assert answer.status_code == 422
    assert "这个文件是“项目库（2021.1版）”的模板，与本批次的表单不同" in words(text_of(answer))


def test_another_rounds_template_of_the_same_edition_is_told(library: Library) -> None:
    other = library_round(library.authority, "2020年度第二批入库")
    book = opened(content_of(browser(library.city).get(address(other, "batch_template"))))
    book["批量导入"].append(["大方县", "物流园"])
    from tests.workflows.workbooks import saved

    page = send(library.city, library.round, saved(book))
    assert page.status_code == 200
    assert "按其他批次下载的模板填写的，表单相同；各行将导入“2020年度“互联网+”项目入库”" in words(
        text_of(page)
    )


def test_a_tables_template_is_no_template_for_many(world: World) -> None:
    where = reverse("cases:sheet_template", args=[world.draft().public_id, "GY_KEY_PROJECT", "rows"])
    answer = send(world.applicant, world.round, content_of(browser(world.applicant).get(where)))
    assert answer.status_code == 422
    assert "某张表的导入模板，不是批量导入模板" in words(text_of(answer))


# -- units ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "大方智云科技有限公司",
        "91520000ma6dk7xy3r",
        "９１５２００００MA6DK7XY3R",
        "智云",
        "大方县智云网络公司",
    ],
)
def test_a_unit_is_known_by_name_code_short_or_other_name(library: Library, typed: str) -> None:
    add_alias(organisation=library.firm, name="大方县智云网络公司", actor=Actor.system_actor())
    page = preview(library.city, library.round, [typed, "物流园"], heads=HEADS[:2])
    confirm(library.city, library.round, page)
    assert Case.objects.get().applicant == library.firm


def test_units_out_of_reach_or_use_are_not_found_whatever_their_name(library: Library) -> None:
    foreign = make_organisation("六盘水市", kind=OrganisationKind.CITY, parent=library.authority)
    closed = make_organisation("毕节旧厂", kind=OrganisationKind.ENTERPRISE, parent=library.county)
    Organisation.objects.filter(pk=closed.pk).update(is_active=False)
    page = preview(library.city, library.round, [foreign.name, "甲"], [closed.name, "乙"], heads=HEADS[:2])
    assert text_of(page).count("没有找到该单位，或不在您可代为申报的范围内") == 2
    assert ticked(page) == []


def test_a_unit_of_a_kind_that_does_not_declare_is_told(library: Library) -> None:
    town = make_organisation("猫场镇", kind=OrganisationKind.TOWN, parent=library.county)
    page = preview(library.city, library.round, [town.name, "甲"], heads=HEADS[:2])
    assert "该单位不属于本事项的申报主体" in text_of(page)


def test_a_short_name_of_two_units_is_asked_about(library: Library) -> None:
    make_organisation("智云二厂", kind=OrganisationKind.ENTERPRISE, parent=library.county, short_name="智云")
    page = preview(library.city, library.round, ["智云", "甲"], heads=HEADS[:2])
    assert "有2个单位使用这一简称" in text_of(page)


def test_nobody_brings_another_units_projects_in_under_their_own(library: Library) -> None:
    page = preview(library.alone, library.round, ["大方县", "物流园"], ["", "云平台"], heads=HEADS[:2])
    assert "没有找到该单位" in text_of(page)
    assert ticked(page) == ["3"]


# -- what is declared already, and limits -----------------------------------------------------------------------------


def test_what_is_there_already_and_what_stands_twice_is_left_out_unless_wanted(library: Library) -> None:
    confirm(library.city, library.round, preview(library.city, library.round, GOOD))
    page = preview(
        library.city,
        library.round,
        ["大方县", "智慧 物流园"],
        ["大方县", "云平台(一期)"],
        ["大方县", "云平台（一期）"],
        ["智云", "云平台（一期）"],
        heads=HEADS[:2],
    )
    text = words(text_of(page))
    assert "重复2行" in text
    assert "该单位在本批次已有同名申报。" in text
    assert "与第3行的单位和项目名称相同。" in text
    assert ticked(page) == ["3", "5"], "another unit's project of the same name is another one"
    confirm(library.city, library.round, page, take=["2", "3"])
    assert sorted(Case.objects.values_list("title", flat=True)) == [
        "云平台(一期)",
        "智慧 物流园",
        "智慧物流园",
    ]


def test_a_discarded_draft_is_no_repetition(library: Library) -> None:
    confirm(library.city, library.round, preview(library.city, library.round, GOOD))
    case = Case.objects.get()
    browser(library.city).post(reverse("cases:discard", args=[case.public_id]), {"reason": "填错了"})
    case.refresh_from_db()
    assert case.closure == "discarded"
    assert ticked(preview(library.city, library.round, GOOD)) == ["2"]


def test_the_limit_of_drafts_is_told_beforehand_and_kept(world: World) -> None:
    for number in range(3):
        world.draft(f"第{number}个")
    assert "每个单位最多5件，还可申报2件" in words(read(browser(world.applicant), address(world.round)))
    page = preview(world.applicant, world.round, ["甲"], ["乙"], ["丙"], heads=["项目名称"])
    assert ticked(page) == ["2", "3"]
    assert "超出限额：每个单位在本批次最多申报5件（含已有的申报）" in text_of(page)
    world.draft("同事刚建的")
    done = words(text_of(confirm(world.applicant, world.round, page)))
    assert "新建草稿1份" in done
    assert "未能导入（1行）" in done
    assert "第3行，" in done and "超出限额：每个单位在本批次最多申报5件（含已有的申报）。" in done
    assert "贵单位在本批次已有申报" not in done
    assert Case.objects.count() == 5


def test_the_last_confirmation_before_the_limit_may_be_replayed(world: World) -> None:
    page = preview(world.applicant, world.round, *[[f"第{n}个"] for n in range(5)], heads=["项目名称"])
    for said in ("新建草稿5份", "另有5行此前已经导入，未重复建立。"):
        answer = confirm(world.applicant, world.round, page)
        assert (answer.status_code, said in words(text_of(answer))) == (200, True)
    assert Case.objects.count() == 5


def test_who_has_reached_the_limit_is_told_why_at_once(world: World) -> None:
    for number in range(5):
        world.draft(f"第{number}个")
    answer = browser(world.applicant).get(address(world.round))
    assert (answer.status_code, "不能重复申报" in text_of(answer)) == (403, True)


# -- taking over ----------------------------------------------------------------------------------------------------


def test_taking_over_opens_fills_and_records_each_draft(library: Library) -> None:
    page = preview(library.city, library.round, GOOD, ["智云", "云平台", "", "大方县", "", ""])
    done = confirm(library.city, library.round, page)
    assert "新建草稿2份" in words(text_of(done))
    first, second = Case.objects.order_by("pk")
    for case in (first, second):
        assert reverse("cases:declaration", args=[case.public_id]) in text_of(done)
    assert data_of(first) == {
        "special_action": "a07",
        "lead_unit": "省发展改革委",
        "place": "大方县",
        "start_year": 2016,
        "total_investment_wan": "1200",
    }
    row = DeclarationForm.objects.get(declaration__case=first)
    assert (row.version, row.updated_by, row.writers) == (1, library.city.user, [library.city.user.pk])  # type: ignore[union-attr]
    assert row.cells["place"] == 1
    assert row.sources["place"] == "file:2:申报.xlsx"
    entry = Entry.objects.get(chain=first.chain, action="case.open")
    assert re.search(r'"import":\{"line":2,"sha256":"[0-9a-f]{64}"\}', entry.body)
    told = {row.label: row.value for row in rows_of(entry, first)}
    assert told["批量导入文件 · 行号"] == "2"
    form = read(browser(library.city), reverse("cases:form", args=[first.public_id, FORM]))
    assert "取自批量导入文件“申报.xlsx”第2行" in form


def test_only_lines_that_are_ticked_are_taken(library: Library) -> None:
    page = preview(library.city, library.round, *[["大方县", f"项目{n}", "", "", "", ""] for n in range(3)])
    done = words(text_of(confirm(library.city, library.round, page, take=["3", "99", "x"])))
    assert list(Case.objects.values_list("title", flat=True)) == ["项目1"]
    assert "2行未勾选，未导入。" in done
    answer = confirm(library.city, library.round, page, take=[])
    assert (answer.status_code, "没有勾选要导入的行" in text_of(answer)) == (422, True)
    confirm(library.city, library.round, answer, take=["2"])  # the preview is still there
    assert sorted(Case.objects.values_list("title", flat=True)) == ["项目0", "项目1"]


def test_a_faulty_line_is_not_taken_even_when_it_is_sent(library: Library) -> None:
    page = preview(library.city, library.round, GOOD, [*GOOD[:1], "坏行", "", "", "", "约三百"])
    confirm(library.city, library.round, page, take=["2", "3"])
    assert Case.objects.get().title == "智慧物流园"


def test_confirming_twice_makes_nothing_twice(library: Library) -> None:
    page = preview(library.city, library.round, GOOD, ["智云", "云平台", "", "", "", ""])
    confirm(library.city, library.round, page, take=["2"])
    again = words(text_of(confirm(library.city, library.round, page)))
    assert "新建草稿1份" in again
    assert "另有1行此前已经导入，未重复建立。" in again
    third = words(text_of(confirm(library.city, library.round, page)))
    assert "新建草稿0份" in third
    assert Case.objects.count() == 2


def test_a_repetition_that_was_wanted_is_made_once_as_well(library: Library) -> None:
    page = preview(library.city, library.round, GOOD, GOOD)
    for _time in range(2):
        confirm(library.city, library.round, page, take=["2", "3"])
    assert Case.objects.count() == 2


def test_a_draft_that_was_discarded_does_not_come_back_by_a_replay(library: Library) -> None:
    page = preview(library.city, library.round, GOOD)
    confirm(library.city, library.round, page)
    case = Case.objects.get()
    browser(library.city).post(reverse("cases:discard", args=[case.public_id]), {"reason": "填错了"})
    done = words(text_of(confirm(library.city, library.round, page)))
    assert "草稿作废" in done
    assert Case.objects.count() == 1


def test_two_people_with_the_same_file_make_it_once(library: Library) -> None:
    colleague = make_actor(Role.APPLICANT, library.city.organisation, subtree=True)
    pages = [preview(who, library.round, GOOD, [*GOOD[:1], "云平台"]) for who in (library.city, colleague)]
    confirm(library.city, library.round, pages[0])
    done = text_of(confirm(colleague, library.round, pages[1]))
    assert "未能导入（2行）" in words(done)
    assert "该单位在本批次已有同名申报，未重复建立。" in done
    case = Case.objects.get(title="智慧物流园")
    assert reverse("cases:detail", args=[case.public_id]) in done
    assert Case.objects.count() == 2


def test_one_line_that_fails_leaves_the_others(library: Library) -> None:
    page = preview(
        library.city, library.round, ["智云", "甲"], ["大方县", "乙"], ["智云", "丙"], heads=HEADS[:2]
    )
    Organisation.objects.filter(pk=library.county.pk).update(kind=OrganisationKind.TOWN)
    done = words(text_of(confirm(library.city, library.round, page)))
    assert sorted(Case.objects.values_list("title", flat=True)) == ["丙", "甲"]
    assert "未能导入（1行）" in done
    assert "下载需改正的1行" in done


def test_a_line_is_opened_whole_or_not_at_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    from cases.errors import Conflict
    from workflows import batch_opening

    real = batch_opening.save_cells

    def failing(**given: Any) -> Any:
        if given["case"].title == "乙":
            raise Conflict("broken", "存不下")
        return real(**given)

    monkeypatch.setattr(batch_opening, "save_cells", failing)
    rows = [["智云", name, "", "大方", "", ""] for name in ("甲", "乙", "丙")]
    page = preview(library.city, library.round, *rows)
    done = words(text_of(confirm(library.city, library.round, page)))
    assert sorted(Case.objects.values_list("title", flat=True)) == ["丙", "甲"]
    assert "存不下" in done
    monkeypatch.undo()
    confirm(library.city, library.round, page)
    assert sorted(Case.objects.values_list("title", flat=True)) == ["丙", "乙", "甲"]


def test_the_faulty_lines_come_back_as_a_file_that_can_be_uploaded_again(library: Library) -> None:
    page = preview(
        library.city, library.round, GOOD, ["大方县", "数据中心", "第十三类", "@SUM(A1)", 2016, "约三百"]
    )
    answer = browser(library.city).post(address(library.round, "batch_mend"), {"_batch": carried(page)})
    assert answer.status_code == 200
    book = opened(content_of(answer))
    sheet = book["批量导入"]
    heads = [cell.value for cell in sheet[1]]
    line = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert sheet.max_row == 2
    assert (line["项目名称"], line["总投资（万元）"], line["建设地点"]) == ("数据中心", "约三百", "@SUM(A1)")
    assert "请从所列选项中选择" in line["问题及改正办法"]
    assert "\n“总投资（万元）”填写为“约三百”：请填写数字" in line["问题及改正办法"]
    assert {cell.data_type for cell in sheet[2] if cell.value is not None} == {"s", "n"}
    place = {head: number for number, head in enumerate(heads, start=1)}
    sheet.cell(2, place["总投资（万元）"]).value = 300
    sheet.cell(2, place["所属专项行动"]).value = "（一）“互联网+”创业创新"
    from tests.workflows.workbooks import saved

    again = send(library.city, library.round, saved(book))
    assert ticked(again) == ["2"]
    assert "问题及改正办法" not in text_of(again)
    confirm(library.city, library.round, again)
    assert data_of(Case.objects.get())["place"] == "@SUM(A1)"


# -- who may, and for how long ----------------------------------------------------------------------------------------


def test_an_old_preview_writes_nothing(library: Library) -> None:
    page = preview(library.city, library.round, GOOD)
    clock.set_clock(clock.now() + dt.timedelta(hours=24, minutes=1))
    answer = confirm(library.city, library.round, page)
    assert (answer.status_code, "预览已超过24小时" in text_of(answer)) == (422, True)
    assert not Case.objects.exists()


@pytest.mark.parametrize("sent", ["", "x", "eyJhIjoxfQ:1abc:def"])
def test_a_preview_that_is_none_of_ours_is_refused(library: Library, sent: str) -> None:
    for name in ("batch", "batch_mend"):
        answer = browser(library.city).post(address(library.round, name), {"_batch": sent, "take": ["2"]})
        assert answer.status_code == 422
    assert not Case.objects.exists()


def test_a_preview_is_for_one_person_and_one_round(library: Library) -> None:
    page = preview(library.city, library.round, GOOD)
    colleague = make_actor(Role.APPLICANT, library.city.organisation, subtree=True)
    other = library_round(library.authority, "2020年度第二批入库")

    def is_refused(actor: Actor, round_: Round, *, at: HttpResponse) -> None:
        sent = {"_batch": carried(at), "take": ["2"]}
        for name, method in (("batch", "post"), ("batch_mend", "post")):
            answer = getattr(browser(actor), method)(address(round_, name), sent)
            assert (answer.status_code, "不属于本批次或您当前的身份" in text_of(answer)) == (422, True)

    is_refused(colleague, library.round, at=page)
    is_refused(library.city, other, at=page)
    again = RoleAssignment.objects.get(user=library.city.user)
    RoleAssignment.objects.filter(pk=again.pk).update(valid_until=dt.date(2020, 3, 19))
    same_person = make_actor(Role.APPLICANT, library.city.organisation, user=library.city.user, subtree=True)
    is_refused(same_person, library.round, at=page)
    newer = library_round(library.authority, "2021年度入库", number="2021.1")
    page = preview(same_person, library.round, GOOD)
    Round.objects.filter(pk=library.round.pk).update(edition=newer.edition)
    is_refused(same_person, library.round, at=page)
    Round.objects.filter(pk=library.round.pk).update(edition=library.round.edition)
    assert not Case.objects.exists()
    confirm(same_person, library.round, page)
    assert Case.objects.count() == 1


def test_a_round_that_closes_meanwhile_takes_nothing(library: Library) -> None:
    page = preview(library.city, library.round, GOOD)
    Round.objects.filter(pk=library.round.pk).update(closes_on=dt.date(2020, 3, 19))
    answer = confirm(library.city, library.round, page)
    assert (answer.status_code, "目前不接受申报" in text_of(answer)) == (403, True)
    assert not Case.objects.exists()


def test_offices_do_not_import_and_other_authorities_do_not_know_the_round(
    library: Library, world: World
) -> None:
    for name in ("batch", "batch_template", "batch_mend"):
        method = "post" if name == "batch_mend" else "get"
        told = [
            getattr(browser(actor), method)(address(library.round, name)).status_code
            for actor in (make_actor(Role.OFFICER, library.county), world.applicant)
        ]
        assert told == [403, 404], name


def test_an_assignment_for_another_programme_does_not_know_the_round(library: Library) -> None:
    actor = make_actor(Role.APPLICANT, library.firm, programme_code="other")
    assert browser(actor).get(address(library.round)).status_code == 404


def test_a_unit_of_the_wrong_kind_is_refused_with_the_clause(library: Library) -> None:
    town = make_organisation("猫场镇", kind=OrganisationKind.TOWN, parent=library.county)
    answer = browser(make_actor(Role.APPLICANT, town)).get(address(library.round))
    assert answer.status_code == 403
    assert "贵单位的类别不符合申报主体要求。 依据" in words(text_of(answer))


def test_where_others_nominate_nothing_is_imported(db: None) -> None:
    cast = played(
        "zj-laureates",
        "round: {year: 2022, opens_on: 2022-03-01, slots: {places_each: 2}}\nsteps:\n- {wait_until: 2022-03-07}\n",
    )
    clock.set_clock(dt.datetime(2022, 3, 7, 10, 0, tzinfo=clock.SHANGHAI))
    round_, client = Round.objects.get(), browser(cast["applicant"])
    uploaded = SimpleUploadedFile("申报.xlsx", workbook([["项目名称"], ["自荐"]]))
    answers = [
        client.get(address(round_)),
        client.get(address(round_, "batch_template")),
        client.post(address(round_), {"file": uploaded}),
        client.post(address(round_), {"_batch": "x", "take": ["2"]}),
        client.post(address(round_, "batch_mend"), {"_batch": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    for answer in answers:
        assert "本事项由县（市、区）、政府部门提名，不接受单位自行申报。" in words(text_of(answer))
    assert not Case.objects.exists()


def test_a_name_that_changes_hands_does_not_carry_a_line_to_another_unit(library: Library) -> None:
    page = preview(library.city, library.round, ["智云", "物流园"], ["大方县", "云平台"], heads=HEADS[:2])
    make_organisation(
        "毕节智云二厂", kind=OrganisationKind.ENTERPRISE, parent=library.county, short_name="智云"
    )
    Organisation.objects.filter(pk=library.firm.pk).update(short_name="")
    done = words(text_of(confirm(library.city, library.round, page)))
    assert "未能导入（1行）" in done and "申报单位已有变化，请重新上传" in done
    assert Case.objects.get().applicant == library.county


def test_nor_does_a_blank_unit_when_the_person_declares_for_another_one(library: Library) -> None:
    page = preview(library.alone, library.round, ["物流园"], heads=["项目名称"])
    other = make_organisation("毕节新厂", kind=OrganisationKind.ENTERPRISE, parent=library.county)
    RoleAssignment.objects.filter(user=library.alone.user).update(organisation=other)
    done = words(text_of(confirm(library.alone, library.round, page)))
    assert "申报单位已有变化，请重新上传" in done
    assert not Case.objects.exists()


def test_a_confirmation_without_ticks_does_not_renew_the_preview_and_keeps_its_notes(
    library: Library,
) -> None:
    heads = [*HEADS[:2], "无关的列"]
    page = preview(library.city, library.round, ["大方县", "物流园", "甲"], heads=heads)
    assert "无关的列" in text_of(page)
    answer = confirm(library.city, library.round, page, take=[])
    assert carried(answer) == carried(page) and "无关的列" in text_of(answer)
    clock.set_clock(clock.now() + dt.timedelta(hours=23))
    answer = confirm(library.city, library.round, answer, take=[])
    assert answer.status_code == 422 and "没有勾选" in text_of(answer)
    clock.set_clock(clock.now() + dt.timedelta(hours=2))
    answer = confirm(library.city, library.round, answer, take=["2"])
    assert (answer.status_code, "预览已超过24小时" in text_of(answer)) == (422, True)
    assert not Case.objects.exists()


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\u202e", "\u2066\u2069"])
def test_signs_that_nobody_sees_are_no_title(library: Library, sign: str) -> None:
    page = preview(library.city, library.round, ["大方县", sign, "甲"], heads=[*HEADS[:2], "建设地点"])
    assert "“项目名称”" in words(text_of(page)) and "请填写项目名称。" in text_of(page)
    page = preview(
        library.city, library.round, ["大方县", f"物流{sign}园"], ["大方县", "物流园"], heads=HEADS[:2]
    )
    assert ticked(page) == ["2"]
    confirm(library.city, library.round, page)
    assert Case.objects.get().title == "物流园"
    typed = {"round": str(library.round.public_id), "unit": str(library.firm.public_id), "title": sign}
    answer = browser(library.alone).post(reverse("cases:start"), typed)
    assert (answer.status_code, "请填写项目名称" in text_of(answer)) == (422, True)
    assert Case.objects.count() == 1


def test_the_guard_at_confirmation_compares_titles_as_the_preview_does(library: Library) -> None:
    page = preview(library.city, library.round, ["大方县", "云平台（一期）"], heads=HEADS[:2])
    other = preview(library.city, library.round, ["大方县", "云平台 (一期)"], heads=HEADS[:2])
    confirm(library.city, library.round, other)
    done = text_of(confirm(library.city, library.round, page))
    assert "该单位在本批次已有同名申报，未重复建立。" in done
    assert reverse("cases:detail", args=[Case.objects.get().public_id]) in done


def test_what_ended_otherwise_than_by_discarding_is_named_and_linked(world: World) -> None:
    page = preview(world.applicant, world.round, ["基地甲"], heads=["项目名称"])
    confirm(world.applicant, world.round, page)
    case = world.do(world.fill(Case.objects.get()), "declare.submit", statement=True)
    world.do(case, "command.withdraw", world.applicant, reason="另行申报。")
    done = text_of(confirm(world.applicant, world.round, page))
    where = reverse("cases:detail", args=[case.public_id])
    assert where in done and str(Closure.WITHDRAWN.label) in words(done) and "作废" not in words(done)


def test_a_unit_out_of_use_is_told_so(library: Library) -> None:
    Organisation.objects.filter(pk=library.firm.pk).update(is_active=False)
    answer = browser(library.alone).get(address(library.round))
    assert (answer.status_code, "类别不符合" in text_of(answer)) == (403, False)
    assert "贵单位已停用，不能申报。" in text_of(answer)


def test_the_enter_key_confirms(library: Library) -> None:
    """A browser takes the first button of the form."""
    page = text_of(preview(library.city, library.round, GOOD, ["大方县", ""]))
    form = page[page.index('name="_batch"') :]
    first = form[form.index('<button class="btn') :]
    assert "确认导入" in first[: first.index("</button>")]
    assert "formaction" in form


# -- cost -----------------------------------------------------------------------------------------------------------


def posted(actor: Actor, round_: Round, sent: dict[str, Any]) -> tuple[int, HttpResponse]:
    client = browser(actor)
    client.get(address(round_))
    with CaptureQueriesContext(connection) as caught:
        answer = client.post(address(round_), sent)
    assert answer.status_code == 200
    return len(caught), answer


def lines(count: int, name: str) -> bytes:
    return workbook([HEADS, *(["大方县", f"{name}{n}", GOOD[2], "大方县", 2016, n] for n in range(count))])


def test_a_preview_costs_the_same_however_many_lines_it_has(library: Library) -> None:
    cost = [
        posted(library.city, library.round, {"file": SimpleUploadedFile("x.xlsx", lines(count, "项目"))})[0]
        for count in (1, 3, 40)
    ]
    assert cost == [PREVIEW] * 3


def test_each_line_costs_the_same(library: Library) -> None:
    cost = {}
    for count in (1, 3, 10):
        page = send(library.city, library.round, lines(count, f"第{count}批"))
        sent = {"_batch": carried(page), "take": ticked(page)}
        cost[count] = posted(library.city, library.round, sent)[0]
    per_line = (cost[3] - cost[1]) / 2
    assert (cost[10] - cost[3]) / 7 == per_line
    assert per_line == PER_LINE
    assert Case.objects.count() == 14


def test_what_takes_too_long_is_handed_back_and_gone_on_with(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.views.batches.PATIENCE", -1)
    page = send(library.city, library.round, lines(3, "项目"))
    for number in (1, 2, 3):
        page = browser(library.city).post(
            address(library.round),
            {
                "_batch": carried_whole(page) if number > 1 else carried(page),
                "take": ["2", "3", "4"],
            },
        )
        assert Case.objects.count() == number
        assert (f"还有{3 - number}行尚未处理" in words(text_of(page))) is (number < 3)
    assert "另有2行此前已经导入" in words(text_of(page))


def carried_whole(page: HttpResponse) -> str:
    """What the page that goes on sends: the file as it was, and every line that was ticked."""
    assert re.findall(r'type="hidden" name="take" value="(\d+)"', text_of(page)) == ["2", "3", "4"]
    return carried(page)


def test_replaying_a_confirmation_costs_no_more_than_looking(library: Library) -> None:
    page = send(library.city, library.round, lines(10, "项目"))
    sent = {"_batch": carried(page), "take": ticked(page)}
    posted(library.city, library.round, sent)
    assert posted(library.city, library.round, sent)[0] == PREVIEW


def test_the_pages_before_cost_little(library: Library) -> None:
    assert queries_of(browser(library.city), address(library.round)) == CHOOSE


CHOOSE, PREVIEW, PER_LINE = 8, 11, 44
