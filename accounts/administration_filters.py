"""The filters of the administrators' lists. 管理列表筛选"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.administration_fields import role_choices
from accounts.enums import OrganisationKind


class _Filter(forms.Form):
    """What is not understood is left out of account."""

    def chosen(self) -> dict[str, Any]:
        """What was asked for, '' where nothing was."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or "" for name in self.fields}


class UnitFilter(_Filter):
    """机构筛选."""

    q = forms.CharField(
        label=gettext_lazy("名称或者代码"),
        required=False,
        max_length=120,
        help_text="",
        widget=forms.TextInput({"type": "search"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("单位类别"),
        required=False,
        choices=[("", gettext_lazy("全部")), *OrganisationKind.choices],
    )
    active = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", gettext_lazy("全部")), ("yes", gettext_lazy("在用")), ("no", gettext_lazy("已停用"))],
    )


class PeopleFilter(_Filter):
    """账号筛选."""

    q = forms.CharField(
        label=gettext_lazy("姓名、用户名或者单位"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search"}),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            ("active", gettext_lazy("在用")),
            ("closed", gettext_lazy("已停用")),
            ("locked", gettext_lazy("登录已锁定")),
            ("first", gettext_lazy("未修改初始密码")),
        ],
    )


class GrantFilter(_Filter):
    """任职授权筛选."""

    q = forms.CharField(
        label=gettext_lazy("姓名、用户名或者单位"),
        required=False,
        max_length=120,
        widget=forms.TextInput({"type": "search"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("角色"), required=False)
    term = forms.ChoiceField(
        label=gettext_lazy("有效期"),
        required=False,
        choices=[
            ("", gettext_lazy("有效和待生效")),
            ("soon", gettext_lazy("30日内到期")),
            ("later", gettext_lazy("待生效")),
            ("over", gettext_lazy("已终止或者作废")),
            ("all", gettext_lazy("全部")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = [("", _("全部")), *role_choices()]
