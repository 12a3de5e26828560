"""The official forms as they come out on paper, line by line: the Word file and the print page say the same.

The expected outlines lie in golden/; what changed on purpose is written anew with LICHENG_GOLDEN=write, and read before
it is committed. ``*.labels.txt`` are the labels of the notices' forms in their printed order.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from programmes import packs
from programmes.schema import Form, Pack
from programmes.specimens import specimen_form
from tests.workflows.papers import outline_of_page, outline_of_word
from workflows.documents.declaration import blank_document
from workflows.documents.layout import lay_out
from workflows.documents.markup import sheets
from workflows.documents.paper import Paper
from workflows.documents.word import word_file

GOLDEN = Path(__file__).parent / "golden"
FORMS = {"GD_2_1": "gd-town-industry", "GD_3_1": "gd-town-application", "GY_OVERALL": "gy-cluster-base"}
FIRMS = [
    {"name": "甲信息技术有限公司", "output_wan": "35000.5"},
    {"name": "乙数据服务有限公司", "output_wan": "21000"},
]
FILLED: dict[str, dict[str, Any]] = {
    "GD_2_1": {
        "basic_info": "小镇规划面积3.2平方公里。\n主导产业为软件和信息技术服务业。",
        "planned_area_mu": "4800",
        "has_ops_team": False,
        "ent_ge_200m_count": "2",
        "ent_ge_200m": FIRMS,
        "ent_30m_200m_count": "0",
        "ent_30m_200m": [],
        "rd_ent_share_pct": "37.50",
        "contact_fax": None,
    },
    "GD_3_1": {
        "internet_ent_count": "2",
        "internet_ents": FIRMS,
        "rd_coop_ents": [
            {"ent_name": "甲公司", "rd_field": "工业互联网"},
            {"ent_name": "乙公司", "rd_field": "物流"},
        ],
        "traditional_ent_rd_it_pct": "12.34",
    },
    "GY_OVERALL": {
        "profit_2021": "-120.5",
        "researchers_2020": "310",
        "researchers_2020_senior": "45",
        "tech_reserve_2020": "发明专利12件；\n参与制定行业标准2项。",
        "fixed_investment_2022": None,
    },
}


@cache
def pack_of(name: str) -> Pack:
    return packs.parse_files(packs.read_directory(packs.packs_directory() / name))


def form_of(code: str) -> Form:
    return pack_of(FORMS[code]).forms[code]


def paper_of(code: str, state: str) -> Paper:
    form = form_of(code)
    if state == "blank":
        return blank_document(form)
    data = specimen_form(form, FILLED[code])
    return Paper(form.title.zh, "", (), None, (lay_out(form, data),), "2020-03-20T02:00:00Z")


def expected(name: str, lines: list[str]) -> list[str]:
    path = GOLDEN / name
    if os.environ.get("LICHENG_GOLDEN") == "write":
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("state", ["blank", "filled"])
@pytest.mark.parametrize("code", list(FORMS))
def test_word_and_print_are_as_the_golden_file_has_them(code: str, state: str) -> None:
    paper = paper_of(code, state)
    word = outline_of_word(word_file(paper))
    assert word == expected(f"{code}.{state}.txt", word)
    assert outline_of_page(sheets(paper)) == word


@pytest.mark.parametrize("code", list(FORMS))
def test_the_labels_stand_in_the_order_of_the_notice(code: str) -> None:
    """The list was taken from the notice's form, field by field."""
    printed = (GOLDEN / f"{code}.labels.txt").read_text(encoding="utf-8").splitlines()
    assert [str(field.label) for field in form_of(code).fields] == printed


@pytest.mark.parametrize("code", list(FORMS))
def test_the_bytes_are_the_same_each_time(code: str) -> None:
    assert word_file(paper_of(code, "filled")) == word_file(paper_of(code, "filled"))


def test_the_grid_is_headed_as_printed() -> None:
    outline = outline_of_word(word_file(paper_of("GY_OVERALL", "blank")))
    assert "| 一级指标 | 二级指标 | 三级指标 | 2020年 | 2021年 | 2022年 | 指标类型 |" in outline
    assert any(line.startswith("| 行业指标↕4 | 主营业务收入↕2 | 绝对值(万元) |") for line in outline)
