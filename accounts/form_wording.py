"""What every form says when something typed cannot be taken: in our words, in place of the framework's. 填写提示"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

TOO_LONG = ngettext_lazy(
    "不得超过%(limit_value)d字，现有%(show_value)d字。",
    "不得超过%(limit_value)d字，现有%(show_value)d字。",
    "limit_value",
)
FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("请填写此项。")},
    forms.IntegerField: {"invalid": _("请填写整数。")},
    forms.DecimalField: {"invalid": _("请填写数字。")},
    forms.DateField: {"invalid": _("日期无效，请按“2026-03-02”的格式填写。")},
    forms.ChoiceField: {"invalid_choice": _("没有这个选项，请重新选择。")},
    forms.MultipleChoiceField: {"invalid_choice": _("没有这个选项，请重新选择。")},
    forms.FileField: {"required": _("请选择文件。"), "empty": _("文件是空的，请重新选择。")},
}
VALIDATORS: dict[Any, Any] = {
    validators.MaxLengthValidator: TOO_LONG,
    validators.MinValueValidator: _("不得小于%(limit_value)s。"),
    validators.MaxValueValidator: _("不得大于%(limit_value)s。"),
    validators.EmailValidator: _("电子邮箱格式不正确。"),
    validators.ProhibitNullCharactersValidator: _("含有不能识别的字符，请重新输入。"),
}


def use_our_words() -> None:
    """Put the sentences in place, before any form is declared. A form's own ``error_messages`` still come first."""
    for field, messages in FIELDS.items():
        field.default_error_messages = field.default_error_messages | messages
    for validator, message in VALIDATORS.items():
        validator.message = message
