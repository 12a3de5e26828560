"""The forms of the administrators: units, accounts, assignments. 管理员表单"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.actors import Actor
from accounts.administration_fields import (
    PersonField,
    PhoneField,
    UnitField,
    clean_changed_phone,
    day_field,
    reason_field,
    role_choices,
    seen_field,
)
from accounts.enums import OrganisationKind
from accounts.models import Organisation, OrganisationAlias, RoleAssignment
from accounts.neighbours import programmes_of
from accounts.reach import people_in_reach, units_in_reach
from accounts.validators import (
    clean_name,
    compact_uscc,
    validate_phone,
    validate_region_code,
    validate_unit_phone,
    validate_uscc,
)
from audit import clock

# -- units -----------------------------------------------------------------------------------------------------------


class _UnitFacts(forms.Form):
    """What a unit is, its name and place apart."""

    kind = forms.ChoiceField(
        label=gettext_lazy("单位类别"),
        choices=[("", gettext_lazy("请选择")), *OrganisationKind.choices],
        error_messages={"required": gettext_lazy("请选择单位类别。")},
    )
    short_name = forms.CharField(label=gettext_lazy("简称"), max_length=60, required=False)
    region_code = forms.CharField(
        label=gettext_lazy("行政区划代码"),
        max_length=6,
        required=False,
        validators=[validate_region_code],
        help_text=gettext_lazy("6位数字（GB/T 2260）。"),
    )
    uscc = forms.CharField(
        label=gettext_lazy("统一社会信用代码"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("18位，录入后校验；没有的不填。"),
    )
    contact_name = forms.CharField(label=gettext_lazy("联系人"), max_length=60, required=False)
    contact_phone = PhoneField(label=gettext_lazy("联系电话"))

    def clean_contact_phone(self) -> str:
        """In the shape that is asked for, unless it stays."""
        return clean_changed_phone(self, "contact_phone", validate_unit_phone)

    def clean_uscc(self) -> str:
        """As it is stored, with a right check character."""
        number = compact_uscc(self.cleaned_data["uscc"])
        if number:
            validate_uscc(number)
        return number


class NewUnitForm(_UnitFacts):
    """新增机构."""

    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=120)
    parent = UnitField(label=gettext_lazy("上级单位"))
    aliases = forms.CharField(
        label=gettext_lazy("别名"),
        required=False,
        max_length=1200,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("曾用名、政策文件中的称谓等，每行一个。"),
    )
    field_order = [
        "name",
        "parent",
        "kind",
        "short_name",
        "region_code",
        "uscc",
        "contact_name",
        "contact_phone",
    ]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].units = units_in_reach(actor)  # type: ignore[attr-defined]

    def clean_aliases(self) -> tuple[str, ...]:
        """The names, each once, none longer than its column."""
        names = tuple(dict.fromkeys(filter(None, map(clean_name, self.cleaned_data["aliases"].splitlines()))))
        longest = OrganisationAlias._meta.get_field("name").max_length or 0
        if any(len(name) > longest for name in names):
            raise forms.ValidationError(_("每个别名不得超过%(n)d字。") % {"n": longest})
        return names


class UnitForm(_UnitFacts):
    """更正机构信息."""

    reason = reason_field()
    seen = seen_field()


class RenameForm(forms.Form):
    """机构更名."""

    name = forms.CharField(label=gettext_lazy("新名称"), max_length=120)
    short_name = forms.CharField(
        label=gettext_lazy("新简称"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("没有简称的不填。"),
    )
    reason = reason_field(help_text=gettext_lazy("更名文件的文号和日期。"))


class MoveForm(forms.Form):
    """调整隶属关系."""

    parent = UnitField(label=gettext_lazy("新的上级单位"))
    reason = reason_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].units = units_in_reach(actor)  # type: ignore[attr-defined]


class AliasForm(forms.Form):
    """登记别名."""

    name = forms.CharField(label=gettext_lazy("别名"), max_length=120)


class ReasonForm(forms.Form):
    """An act that asks for its reason only."""

    reason = reason_field()


class StatusForm(ReasonForm):
    """停用 or 恢复: sent is what the page was for, however things stand by then."""

    CLOSE, REOPEN = "close", "reopen"

    act = forms.ChoiceField(
        label=gettext_lazy("办理"),
        choices=[(CLOSE, pgettext_lazy("unit or account", "停用")), (REOPEN, gettext_lazy("恢复使用"))],
        widget=forms.HiddenInput(),
        error_messages={"required": gettext_lazy("请重新打开本页后办理。")},
    )


# -- people ----------------------------------------------------------------------------------------------------------


class _PersonFacts(forms.Form):
    """Who a person is, the user name apart."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    organisation = UnitField(label=gettext_lazy("所在单位"))
    email = forms.EmailField(label=gettext_lazy("电子邮箱"), required=False, max_length=254)
    phone = PhoneField(label=gettext_lazy("联系电话"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].units = units_in_reach(actor)  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """In the shape that is asked for, unless it stays."""
        return clean_changed_phone(self, "phone", validate_phone)


class NewPersonForm(_PersonFacts):
    """新增账号."""

    username = forms.CharField(
        label=gettext_lazy("用户名"),
        max_length=150,
        validators=[
            UnicodeUsernameValidator(message=gettext_lazy("用户名只能使用文字、字母、数字和@ . + - _。"))
        ],
        help_text=gettext_lazy("用于登录，建立后不得更改；一人一号，不得共用。"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["username", "name", "organisation", "email", "phone"]


class PersonForm(_PersonFacts):
    """更正账号信息."""

    reason = reason_field()
    seen = seen_field()


# -- assignments -----------------------------------------------------------------------------------------------------


class GrantForm(forms.Form):
    """授予角色: who, as what, for which unit, in which programme, from when until when, on what ground."""

    user = PersonField(
        label=gettext_lazy("被授权人"),
        max_length=150,
        help_text=gettext_lazy("填写用户名；没有同名人员的，可以填写姓名。"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), error_messages={"required": gettext_lazy("请选择角色。")}
    )
    organisation = UnitField(label=gettext_lazy("任职单位"))
    subtree = forms.BooleanField(label=gettext_lazy("含下级单位"), required=False)
    programme_code = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    valid_from = day_field(label=gettext_lazy("起始日期"), help_text=gettext_lazy("不得早于今日。"))
    valid_until = day_field(
        label=gettext_lazy("截止日期"),
        required=False,
        help_text=gettext_lazy("当日24时止；长期有效的不填。"),
    )
    reason = reason_field(gettext_lazy("授权依据"), gettext_lazy("任职文件或者来函的文号和日期。"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert actor.assignment is not None
        fields: dict[str, Any] = self.fields
        fields["user"].people = people_in_reach(actor)
        fields["organisation"].units = units_in_reach(actor)
        fields["role"].choices = [("", _("请选择")), *role_choices()]
        known = [(code, f"{title}（{code}）") for code, title in programmes_of(actor.assignment.authority)]
        fields["programme_code"].choices = [("", _("全部事项")), *known]

    def clean_valid_from(self) -> Any:
        """A right is not given for days gone by: what was done then was done without it."""
        day = self.cleaned_data["valid_from"]
        if day < clock.today():
            raise forms.ValidationError(_("起始日期不得早于今日。"))
        return day

    def clean(self) -> dict[str, Any] | None:
        """The last day is not before the first."""
        cleaned = super().clean()
        first, last = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("截止日期不得早于起始日期。"))
        return cleaned


class EndGrantForm(forms.Form):
    """终止任职授权."""

    on = day_field(
        label=gettext_lazy("最后有效日期"),
        required=False,
        help_text=gettext_lazy("当日24时止；立即终止的不填。"),
    )
    reason = reason_field(gettext_lazy("终止事由"))

    def __init__(self, *args: Any, assignment: RoleAssignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.assignment = assignment

    def clean_on(self) -> Any:
        """Earlier than the day on which it ends anyhow."""
        day, last = self.cleaned_data["on"], self.assignment.valid_until
        if day is not None and last is not None and day >= last:
            raise forms.ValidationError(_("应早于原截止日期%(last)s。") % {"last": last})
        return day


def initial_of(unit: Organisation) -> dict[str, Any]:
    """The unit as the form for its facts begins."""
    return {name: getattr(unit, name) for name in _UnitFacts.base_fields}
