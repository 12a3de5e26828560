"""The forms of the Guiyang pack are the printed ones: labels, columns, order, 39 cells, nine materials."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import programmes
from programmes import forms
from programmes.packs import parse_files, read_directory
from programmes.schema import Form

FOLDER = Path(programmes.__file__).parent / "packs" / "gy-cluster-base"
PACK = parse_files(read_directory(FOLDER))

PRINTED_TABLES = {
    "GY_KEY_ENT": (
        5,
        "序号|企业名称|资产总计(万元)|股东权益合计(含少数股东权益,万元)|营业总收入(万元)|利润总额(万元)|净利润(万元)"
        "|主营业务收入构成(%)|从业人数(人)",
    ),
    "GY_SERVICE_ORG": (
        10,
        "序号|机构名称|机构类型|从业人数(人)|业务范围|资质认证|相关产业服务平台基本情况|拟重点建设项目基本情况",
    ),
    "GY_KEY_PROJECT": (
        6,
        "序号|项目单位|项目名称|建设地点|项目主要建设内容|绩效目标|项目前期工作或建设进度"
        "|是否已获得国家资金支持或正在申报国家资金支持|总投资(万元)|备注",
    ),
}
OVERALL = [
    ("行业指标", "主营业务收入", "绝对值(万元)", "定量"),
    ("行业指标", "主营业务收入", "增长率(%)", "定量"),
    ("行业指标", "利润", "绝对值(万元)", "定量"),
    ("行业指标", "利润", "增长率(%)", "定量"),
    ("企业指标", "规模以上企业数量", "绝对值(个)", "定量"),
    ("企业指标", "规模以上企业数量", "增长率(%)", "定量"),
    ("就业指标", "就业人数", "绝对值(个)", "定量"),
    ("就业指标", "就业人数", "增长率(%)", "定量"),
    ("就业指标", "科研人员数量", "绝对值(个,高级职称人员数)", "定量"),
    ("就业指标", "科研人员数量", "占贵阳市行业就业人员比重(%)", "定量"),
    ("创新指标", "技术储备", "专利、标准、创新平台", "定性"),
    ("创新指标", "创新能力", "研发投入及重大核心技术研发情况", "定性"),
    ("集聚示范基地总投资", "固定投资", "绝对值(万元)", "定量"),
]


@pytest.mark.parametrize("code", PRINTED_TABLES)
def test_tables_have_the_printed_columns_and_rows(code: str) -> None:
    rows, printed = PRINTED_TABLES[code]
    table = PACK.forms[code].fields[0]
    assert table.type == "table"
    assert "|".join(column.label.zh for column in table.columns) == printed
    assert table.printed_rows == rows


@pytest.mark.parametrize("code", ["GY_KEY_ENT", "GY_SERVICE_ORG"])
def test_tables_of_data_end_with_their_cut_off_date(code: str) -> None:
    note = PACK.forms[code].fields[-1]
    assert (note.key, note.type, note.required) == ("as_of_date", "date", True)
    assert note.label.zh == "以上数据统计截至XXXX年X月X日"


def test_the_overall_table_has_the_printed_indicators() -> None:
    form = PACK.forms["GY_OVERALL"]
    assert form.kind == "grid"
    assert [(*field.path, field.indicator_kind) for field in form.fields] == OVERALL
    assert {tuple(c.label.zh for c in f.columns) for f in form.fields} == {("2020年", "2021年", "2022年")}


def full_overall() -> dict[str, Any]:
    words = {"rich_text": "情况说明", "integer": "10", "decimal": "100000.00", "percent": "5"}
    return {
        cell.key: words[cell.type] for f in PACK.forms["GY_OVERALL"].fields for cell in forms.inputs_of(f)
    }


def test_the_overall_table_has_39_cells() -> None:
    form = PACK.forms["GY_OVERALL"]
    data = full_overall()
    assert len(data) == 42  # a researchers' cell holds two numbers
    assert forms.count_filled(form, data) == 39
    assert forms.count_filled(form, data | {"main_revenue_2020": ""}) == 38
    assert forms.count_filled(form, data | {"researchers_2021_senior": ""}) == 38
    assert forms.is_complete(form, data) == []


def test_researchers_are_two_inputs_in_one_cell() -> None:
    field = next(field for field in PACK.forms["GY_OVERALL"].fields if field.key == "researchers")
    keys = [cell.key for cell in forms.inputs_of(field)]
    assert keys[:2] == ["researchers_2020", "researchers_2020_senior"]
    assert field.part_labels["senior"].zh == "其中高级职称人员数"


def test_the_plan_follows_the_outline() -> None:
    form = PACK.forms["GY_PLAN"]
    outline = [
        ("一、产业集聚示范基地整体现状", ["(一)行业发展情况", "(二)企业及公共服务机构发展情况"]),
        ("二、产业集聚示范基地生态情况", ["(一)发展环境", "(二)政策支持", "(三)产业协同"]),
        ("三、当前发展形势及面临的主要问题", ["(一)发展形势", "(二)面临的主要问题"]),
        ("四、集聚示范基地建设的目标和任务", ["(一)总体思路与发展目标", "(二)主要任务"]),
        ("五、组织实施与保障措施", ["五、组织实施与保障措施"]),
    ]
    labels = {field.key: field.label.zh for field in form.fields}
    assert [(s.title.zh, [labels[key] for key in s.fields]) for s in form.sections] == outline
    assert forms.count_filled(form, dict.fromkeys(labels, "内容")) == 10


def test_the_report_has_its_six_parts() -> None:
    assert [field.label.zh for field in PACK.forms["GY_REPORT"].fields] == [
        "产业集聚示范基地基本情况",
        "建设方案概况",
        "重点企业",
        "项目概况",
        "公共服务机构概况",
        "产业集聚示范基地管理机构介绍",
    ]


def test_there_are_nine_materials() -> None:
    fields = PACK.forms["GY_MATERIALS"].fields
    assert [field.number for field in fields] == list(range(1, 10))
    assert [field.type for field in fields] == ["form_link"] * 6 + ["file", "files", "files"]
    assert all(field.required for field in fields)
    assert [link for field in fields for link in field.links] == [
        "GY_REPORT", "GY_PLAN", "GY_OVERALL", "GY_KEY_ENT", "GY_SERVICE_ORG", "GY_KEY_PROJECT",
    ]  # fmt: skip
    assert [choice.code for choice in fields[8].choices] == [f"item_{number}" for number in range(2, 9)]
    assert [field.clause for field in fields] == [f"003·附件6·第三条({n})" for n in "一二三四五六七八九"]


def test_supplementary_blanks_stand_apart_from_the_printed_forms() -> None:
    origins = {
        form.code: {form.origin, *(field.origin for field in form.fields)} for form in PACK.forms.values()
    }
    supplementary = {code for code, found in origins.items() if "supplementary" in found}
    assert supplementary == {"GY_SUPP", "GY_SUPP_EXTRA"}
    assert all(len(found) == 1 for found in origins.values())
    assert {field.source for field in PACK.forms["GY_SUPP_EXTRA"].fields} == {"proposed"}


@pytest.mark.parametrize("form", PACK.forms.values(), ids=lambda form: form.code)
def test_sections_show_every_field_once(form: Form) -> None:
    shown = [key for section in form.sections for key in section.fields]
    assert not shown or shown == [field.key for field in form.fields]


def test_declaration_asks_for_every_form() -> None:
    assert {
        *PACK.programme.lifecycle.steps["declare"].forms,
        PACK.programme.lifecycle.steps["declare"].materials,
    } == set(PACK.forms)
