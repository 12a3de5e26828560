"""What forms say is said in our words, whichever form it is."""

from __future__ import annotations

import pytest
from django import forms
from django.utils.translation import override

from accounts.forms import ContactForm
from portal.forms import ObjectionForm


class Sample(forms.Form):
    day = forms.DateField()
    number = forms.IntegerField(min_value=0)
    amount = forms.DecimalField(max_value=10)
    kind = forms.ChoiceField(choices=[("a", "甲")])
    kinds = forms.MultipleChoiceField(choices=[("a", "甲")])
    paper = forms.FileField()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({}, "number", "请填写此项。"),
        ({}, "paper", "请选择文件。"),
        ({"day": "2026-02-30"}, "day", "日期无效，请按“2026-03-02”的格式填写。"),
        ({"number": "三"}, "number", "请填写整数。"),
        ({"number": "-1"}, "number", "不得小于0。"),
        ({"amount": "abc"}, "amount", "请填写数字。"),
        ({"amount": "11"}, "amount", "不得大于10。"),
        ({"kind": "b"}, "kind", "没有这个选项，请重新选择。"),
        ({"kinds": ["b"]}, "kinds", "没有这个选项，请重新选择。"),
    ],
)
def test_what_cannot_be_taken_is_told_plainly(typed: dict[str, object], field: str, said: str) -> None:
    with override("zh-hans"):
        assert Sample(typed).errors[field] == [said]


def test_the_products_own_forms_say_it_too() -> None:
    with override("zh-hans"):
        objection = ObjectionForm({"kind": "person", "name": "张" * 101, "contact": "1", "content": "不实。"})
        assert objection.errors["name"] == ["不得超过100字，现有101字。"]
        assert ContactForm({"email": "a@b"}).errors["email"] == ["电子邮箱格式不正确。"]


def test_a_forms_own_message_comes_first() -> None:
    with override("zh-hans"):
        assert ObjectionForm({"kind": "person"}).errors["content"] == ["请写明异议内容和依据。"]
