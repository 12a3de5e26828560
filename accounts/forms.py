"""The forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.errors import Refusal
from accounts.models import Organisation, RoleAssignment, User


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Show a door's refusal on ``form``: by its fields where it names some that the form has, else above them
    all.
    """
    named = {name: message for name, message in refusal.fields.items() if name in form.fields}
    for name, message in named.items():
        form.add_error(name, message)
    if not named:
        form.add_error(None, refusal.message)


class SignInForm(AuthenticationForm):
    """登录. The one error tells a guesser nothing: wrong name, wrong password and closed account read the
    same.
    """

    error_messages = {
        "invalid_login": _("用户名或者密码不正确，或者该账号已停用。"),
        "inactive": _("用户名或者密码不正确，或者该账号已停用。"),
    }
    username = UsernameField(
        label=_("用户名"), widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ChangePasswordForm(PasswordChangeForm):
    """修改密码: the old one, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("原密码")
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password2"].label = _("再次输入新密码")


class ContactForm(forms.Form):
    """联系方式."""

    email = forms.EmailField(label=_("电子邮箱"), required=False, max_length=254)
    phone = forms.CharField(label=_("联系电话"), required=False, max_length=30)


class LanguageForm(forms.Form):
    """界面语言."""

    language = forms.ChoiceField(choices=Language.choices)


class SubstituteForm(forms.Form):
    """指定代办人: which of one's own assignments, who stands in, from when until when, and why."""

    assignment = forms.ModelChoiceField(
        label=_("代办的任职"), queryset=RoleAssignment.objects.none(), to_field_name="public_id"
    )
    substitute = forms.CharField(
        label=_("代办人用户名"), max_length=150, help_text=_("填写代办人的登录用户名。")
    )
    valid_from = forms.DateField(label=_("起始日期"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    valid_until = forms.DateField(
        label=_("截止日期"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_("代办权限至当日24时止。"),
    )
    reason = forms.CharField(label=_("事由"), max_length=300)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignment"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            RoleAssignment.objects.filter(user=user)
            .select_related("user", "organisation")
            .order_by("valid_from")
        )

    def clean_substitute(self) -> User:
        """The person of that user name, working at the same authority or not: the door decides what they may
        hold.
        """
        username = self.cleaned_data["substitute"].strip()
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise forms.ValidationError(_("没有该用户名的在用账号，请核对。"))
        return person


class EndSubstitutionForm(forms.Form):
    """终止代办: why."""

    reason = forms.CharField(label=_("终止事由"), max_length=300)


class CurrentCodeForm(forms.Form):
    """动态口令 of now, or a recovery code."""

    code = forms.CharField(
        label=_("当前动态口令（或者恢复码）"),
        max_length=24,
        widget=forms.TextInput({"autocomplete": "one-time-code"}),
    )


class ConfirmFactorForm(forms.Form):
    """启用动态口令: the new app's first code, and a present one where another app is replaced."""

    code = forms.CharField(
        label=_("新验证器显示的6位数字"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    present = forms.CharField(
        label=_("原动态口令（或者恢复码）"),
        max_length=24,
        help_text=_("手机遗失的，输入一个恢复码；恢复码也遗失的，请系统管理员停用后重新启用。"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, replacing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not replacing:
            del self.fields["present"]


class SignerForm(forms.Form):
    """登记签章人: who, from when until when, on which letter of the unit."""

    user = forms.CharField(
        label=_("签章人用户名"), max_length=150, help_text=_("填写签章人的登录用户名；为其所在单位签章。")
    )
    valid_from = forms.DateField(label=_("起始日期"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    valid_until = forms.DateField(
        label=_("截止日期"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=_("当日24时止；长期有效的不填。"),
    )
    reason = forms.CharField(label=_("登记依据"), max_length=300, help_text=_("单位来函的文号和日期。"))

    def __init__(self, *args: Any, authority: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authority = authority

    def clean_user(self) -> User:
        """The person of that user name, of a unit of this authority."""
        username = self.cleaned_data["user"].strip()
        rows = User.objects.filter(username=username, is_active=True, organisation__authority=self.authority)
        person = rows.select_related("organisation__authority").first()
        if person is None:
            raise forms.ValidationError(_("本地区没有该用户名的在用账号，请核对。"))
        return person
