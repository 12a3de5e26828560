"""What a pack says of nominations: what is checked, how it is compared, how it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from programmes.checks import check_pack
from programmes.comparison import compare
from programmes.nominations import nomination_of, nomination_told, only_nominated
from tests.programmes.test_titles import found, read

PACK = "zj-laureates"
Data = dict[str, Any]


def nomination(data: Data) -> Data:
    return data["applicant"]["nomination"]  # type: ignore[no-any-return]


def test_the_fictional_pack_is_sound() -> None:
    assert check_pack(read(PACK)) == []


WRONG: list[tuple[str, str, Callable[[Data], object]]] = [
    ("applicant.nomination.by", "没有可以提名的单位", lambda d: nomination(d).update(by=[])),
    ("applicant.nomination.by.club", "没有名为“club”的单位类别", lambda d: nomination(d).update(by=["club"])),
    (
        "applicant.nomination.by.county",
        "重复",
        lambda d: nomination(d).update(by=["county", "department", "county"]),
    ),
    (
        "applicant.nomination.by.enterprise",
        "没有辖区",
        lambda d: nomination(d).update(by=["county", "enterprise"]),
    ),
    ("applicant.nomination.by", "缺少角色“recommender”", lambda d: d["roles"].pop("recommender")),
    (
        "applicant.nomination.only",
        "矛盾",
        lambda d: d["roles"]["recommender"].update(may_be_applicant=True),
    ),
    (
        "applicant.nomination",
        "无法谢绝提名",
        lambda d: d["lifecycle"]["steps"]["declare"]["commands"].pop("discard"),
    ),
    ("applicant.nomination.limit", "没有人能提名", lambda d: nomination(d).update(limit="0")),
    ("applicant.nomination.limit", "不是数字", lambda d: nomination(d).update(limit="many")),
    (
        "applicant.nomination.limit",
        "不是数字",
        lambda d: d["slots"]["places_each"].update(type="duration"),
    ),
    ("separation.case.nominate", "没有名为", lambda d: d["applicant"].pop("nomination")),
    ("separation.case.open", "没有名为", lambda d: d["separation"].append(["case.open", "accredit.approve"])),
    ("applicant.nomination.clause", "tm·第九十条", lambda d: nomination(d).update(clause="tm·第九十条")),
    ("applicant.nomination.clause", "缺少条款依据", lambda d: nomination(d).update(clause="")),
]


@pytest.mark.parametrize(("where", "said", "change"), WRONG)
def test_what_contradicts_itself_is_refused_with_its_place(
    where: str, said: str, change: Callable[[Data], object]
) -> None:
    assert any(place == where and said in message for place, message in found(PACK, change))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: nomination(d).update(only=False),
        lambda d: nomination(d).update(within="authority", by=["enterprise", "institution"]),
        lambda d: nomination(d).update(limit="3"),
        lambda d: nomination(d).pop("limit"),
        lambda d: nomination(d).update(clause="", source="proposed"),
    ],
)
def test_what_may_be_said(change: Callable[[Data], object]) -> None:
    assert check_pack(read(PACK, change)) == []


def test_it_is_told_in_a_sentence() -> None:
    spec = nomination_of(read(PACK))
    assert spec is not None
    assert nomination_told(spec) == "本事项由县（市、区）、政府部门提名，不接受单位自行申报。"
    both = nomination_of(read(PACK, lambda d: nomination(d).update(only=False)))
    assert both is not None
    assert nomination_told(both) == "本事项可以由县（市、区）、政府部门提名，也可以自行申报。"
    assert only_nominated(read(PACK)) and not only_nominated(read("zj-teams"))


def test_a_change_is_told_in_the_words_of_the_policy() -> None:
    def changed(data: Data) -> None:
        nomination(data).update(only=False, within="authority", limit="2", reason=False)

    rows = [row for row in compare(read(PACK), read(PACK, changed)) if row.code == "nomination"]
    assert [(row.before.zh, row.after.zh, row.clause) for row in rows] == [
        (
            "由县（市、区）、政府部门提名，不得自荐；限本辖区的单位；每个提名单位每批次最多 可提名数；须写明理由；依据 tm·第四条",
            "由县（市、区）、政府部门提名，也可以自行申报；主管地区内的单位；每个提名单位每批次最多 2；理由可以不写；依据 tm·第四条",
            "tm·第四条",
        )
    ]
    rest = [row for row in compare(read(PACK), read(PACK, changed)) if row.code != "nomination"]
    assert rest == [], "told once, in its own sentence"


def test_where_none_was_before_it_is_new() -> None:
    rows = compare(read(PACK, lambda d: d["applicant"].pop("nomination")), read(PACK))
    assert [(row.code, row.before.zh) for row in rows] == [("nomination", "（无）")]
