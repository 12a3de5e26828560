"""Telephone numbers, mail addresses and codes in a form's cells: refused where the form says so, asked where its label does."""

from __future__ import annotations

from typing import Any

import pytest

from programmes.check_content import _field
from programmes.contacts import KINDS, told_by
from programmes.form_values import read
from programmes.forms import clean_form, is_complete
from programmes.schema import Form
from programmes.schema.forms import Holds
from programmes.specimens import specimen_form
from tests.programmes.test_form_values import entry


def form(**fields: str) -> Form:
    """A form of texts: key → what it holds ('' = nothing said), labelled as the key says."""
    labels = {"phone": "联系电话", "email": "电子邮箱", "name": "单位名称"}
    return Form.model_validate(
        {
            "code": "F",
            "title": {"zh": "表"},
            "clause": "c",
            "fields": [
                {"key": key, "label": {"zh": labels.get(key, key)}, "type": "text", "clause": "c"}
                | ({"holds": holds} if holds else {})
                for key, holds in fields.items()
            ]
            + [
                {
                    "key": "rows",
                    "label": {"zh": "联系人"},
                    "type": "table",
                    "clause": "c",
                    "required": False,
                    "columns": [{"key": "tel", "label": {"zh": "电话"}, "type": "text", "holds": "phone"}],
                }
            ],
        }
    )


@pytest.mark.parametrize(
    ("holds", "typed", "stored"),
    [
        ("phone", "１３８００１３８０００", "13800138000"),
        ("phone", "+86 138 0013 8000", "+86 138 0013 8000"),
        ("phone", "0851-87989000", "0851-87989000"),
        ("phone", "（０８５１）８７９８９０００转８０１２", "(0851)87989000转8012"),
        ("phone", "0851—87989000-8012", "0851-87989000-8012"),
        ("phone", "400-820-8820", "400-820-8820"),
        ("phone", "0851-87989000、13800138000/010-62000000，4008208820；800-8208820", None),
        ("phone", "0851-87989000 13800138000", "0851-87989000 13800138000"),
        ("mobile", "13800138000/13900139000", "13800138000/13900139000"),
        ("landline", "0851-87989000", "0851-87989000"),
        ("email", "ｚｈａｎｇ@example.cn", "zhang@example.cn"),
        ("email", "a@example.cn；b@example.cn", "a@example.cn;b@example.cn"),
        ("postcode", "５５０ ００１", "550001"),
        ("uscc", " 9152 0100 6669 1234 5F", None),
    ],
)
def test_what_people_write_is_understood(holds: str, typed: str, stored: str | None) -> None:
    if holds == "uscc":
        typed, stored = "９１３５０１００Ｍ０００１００Ｙ４３", "91350100M000100Y43"
    reading = read(entry("text", holds=holds, max_length=100), typed)
    assert (reading.error, reading.warning) == ("", "")
    if stored is not None:
        assert reading.value == stored


@pytest.mark.parametrize(
    ("holds", "typed", "said"),
    [
        ("phone", "123", "手机号码为11位"),
        ("phone", "87989000", "固定电话请加区号"),
        ("phone", "1380013800", "电话号码格式不正确"),
        ("phone", "0851-87989000、123", "电话号码格式不正确"),
        ("phone", "张三13800138000", "电话号码格式不正确"),
        ("phone", "、", "请填写电话号码"),
        ("mobile", "0851-87989000", "不是手机号码"),
        ("mobile", "12345678901", "不是手机号码"),
        ("landline", "13800138000", "本项应填固定电话"),
        ("email", "a@b", "“a@b”不是电子邮箱地址"),
        ("email", "a@example.cn；b", "“b”不是电子邮箱地址"),
        ("email", ",", "不是电子邮箱地址"),
        ("postcode", "55001", "邮政编码应为6位数字"),
        ("uscc", "91350100M000100Y44", "校验码不正确"),
    ],
)
def test_what_is_none_is_refused_with_what_is_wrong(holds: str, typed: str, said: str) -> None:
    assert said in read(entry("text", holds=holds, max_length=100), typed).error


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("联系电话", "phone"),
        ("联系电话（手机）", "phone"),
        ("联系电话(座机和手机)—座机", "landline"),
        ("联系电话(座机和手机)—手机", "mobile"),
        ("传真", "landline"),
        ("电子邮箱", "email"),
        ("E-mail：", "email"),
        ("邮政编码", "postcode"),
        ("统一社会信用代码", "uscc"),
        ("联系人及电话", None),
        ("电话/邮箱", None),
        ("电话会议次数", None),
        ("单位名称", None),
        ("联系方式", None),
    ],
)
def test_what_a_label_tells(label: str, kind: str | None) -> None:
    assert told_by(label) == kind


def test_a_form_that_says_what_a_cell_holds_refuses_and_keeps_what_was_typed() -> None:
    cleaned = clean_form(form(phone="phone", email="email"), {"phone": "123", "email": "a@b"}, partial=True)
    assert cleaned.data == {"phone": "123", "email": "a@b"}
    assert set(cleaned.errors) == {"phone", "email"}
    assert not cleaned.warnings


def test_a_label_alone_asks_and_refuses_nothing() -> None:
    spec = form(phone="", email="", name="")
    typed: dict[str, Any] = {"phone": "123", "email": "a@b", "name": "123"}
    cleaned = clean_form(spec, typed, partial=False)
    assert cleaned.ok
    assert set(cleaned.warnings) == {"phone", "email"}
    assert cleaned.warnings["email"].endswith("。请核对是否填写有误。")
    assert cleaned.data == typed
    assert is_complete(spec, cleaned.data) == []


def test_a_column_of_a_table_is_refused_at_its_cell() -> None:
    rows = [{"tel": "13800138000"}, {"tel": "12"}]
    cleaned = clean_form(form(name=""), {"name": "某公司", "rows": rows}, partial=True)
    assert list(cleaned.errors) == ["rows.1.tel"]


def test_only_a_text_says_what_it_holds() -> None:
    spec = form(phone="phone")
    number = spec.fields[0].model_copy(update={"type": "integer"})
    (column,) = spec.fields[1].columns
    table = spec.fields[1].model_copy(update={"columns": (column.model_copy(update={"type": "date"}),)})
    assert [each.message_zh for each in _field(spec, number)] == ["只有 text 可以写 holds"]
    assert [each.message_zh for each in _field(spec, table)] == ["只有 text 可以写 holds"]
    assert list(_field(spec, spec.fields[0])) == []


@pytest.mark.parametrize("holds", KINDS)
def test_specimens_hold_what_is_asked(holds: Holds) -> None:
    spec = form(value=holds)
    assert clean_form(spec, specimen_form(spec), partial=False).ok
