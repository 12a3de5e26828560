"""The forms of the room. What the door checks is checked by the door: these say what may be typed."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from cases.enums import NoticeKind, ObjectorKind, StandingStatus
from cases.errors import Invalid
from portal.register import GOOD, TierChoice
from programmes.models import Programme
from workflows.acts.objections import MAX_CONTENT, Objector
from workflows.programme_kinds import KINDS

OBJECTOR = ("kind", "name", "contact", "content")


class ObjectionForm(forms.Form):
    """异议: who objects and why. Name and contact are asked of units and persons (the door insists)."""

    kind = forms.ChoiceField(
        label=_("异议人类别"),
        choices=ObjectorKind.choices,
        initial=ObjectorKind.PERSON,
        widget=forms.RadioSelect,
        help_text=_("匿名异议只作登记备查，不予受理，不影响公示计时。"),
    )
    name = forms.CharField(
        label=_("姓名或单位全称"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text=_("单位或个人提出异议的须填写真实名称；异议人身份依法保密。"),
    )
    contact = forms.CharField(
        label=_("联系方式"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel"}),
        help_text=_("电话或电子邮箱，仅用于核查和答复。"),
    )
    content = forms.CharField(
        label=_("异议内容和依据"),
        max_length=MAX_CONTENT,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("请写明异议内容和依据。")},
        help_text=_("请写明对象、事实和依据，5000字以内；请勿填写与异议无关的个人信息。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.get("idempotency_key", "") if self.is_bound else ""
        self.key = _key_or_new(given)
        """The key of this submission: what was sent, else a new one."""

    def clean(self) -> dict[str, Any]:
        """Say at once, beside each field, what the door would say about it (real-name rule)."""
        given = Objector(*(self.cleaned_data.get(name, "").strip() for name in OBJECTOR))
        try:
            given.check()
        except Invalid as refusal:
            for name in set(refusal.fields) - set(self.errors):
                self.add_error(name, str(refusal.fields[name]))
        return self.cleaned_data


class ObjectionStatusForm(forms.Form):
    """异议查询: the number and the check code on the receipt."""

    number = forms.CharField(
        label=_("受理编号"), max_length=64, widget=forms.TextInput({"autocomplete": "off"})
    )
    check_code = forms.CharField(
        label=_("查询码"), max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )


class NoticeFilter(forms.Form):
    """公示公告筛选. An unknown value is left out of account."""

    kind = forms.ChoiceField(
        label=_("类别"), required=False, choices=[("", _("全部类别")), *NoticeKind.choices]
    )
    programme = forms.ModelChoiceField(
        label=_("事项"),
        required=False,
        queryset=Programme.objects.order_by("title_zh", "pk"),
        to_field_name="public_id",
        empty_label=_("全部事项"),
    )
    open = forms.BooleanField(label=_("仅看公示中"), required=False)


class GuideFilter(forms.Form):
    """申报指南筛选. An unknown value is left out of account."""

    q = forms.CharField(
        label=_("事项名称或关键词"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    authority = forms.ChoiceField(label=_("地区"), required=False)
    kind = forms.ChoiceField(
        label=_("申报主体"), required=False, choices=[("", _("全部单位")), *OrganisationKind.choices]
    )
    gives = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部类别")), *KINDS.items()])
    open = forms.BooleanField(label=_("只看正在受理的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        assert isinstance(field, forms.ChoiceField)
        places = Organisation.objects.exclude(code="").filter(is_active=True).order_by("path")
        field.choices = [("", _("全部地区")), *((str(each.public_id), each.name) for each in places)]


class RegisterFilter(forms.Form):
    """在册名录筛选. An unknown value is left out of account."""

    q = forms.CharField(
        label=_("单位名称或编号"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    programme = forms.ModelChoiceField(
        label=_("事项"),
        required=False,
        queryset=Programme.objects.order_by("title_zh", "pk"),
        to_field_name="public_id",
        empty_label=_("全部事项"),
    )
    region = forms.ModelChoiceField(
        label=_("地区"),
        required=False,
        queryset=Organisation.objects.filter(
            kind__in=(OrganisationKind.CITY, OrganisationKind.COUNTY, OrganisationKind.ZONE), is_active=True
        ).order_by("path"),
        to_field_name="public_id",
        empty_label=_("全部地区"),
    )
    tier = forms.ChoiceField(label=_("等级"), required=False)
    status = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[
            ("", _("在册有效（认定及列入名单）")),
            *((status.value, status.label) for status in GOOD),
            (StandingStatus.FILED.value, StandingStatus.FILED.label),
            (StandingStatus.SUSPENDED.value, StandingStatus.SUSPENDED.label),
            (StandingStatus.WITHDRAWN.value, StandingStatus.WITHDRAWN.label),
            (StandingStatus.LAPSED.value, StandingStatus.LAPSED.label),
            ("all", _("全部（含历史）")),
        ],
    )

    def __init__(self, *args: Any, tiers: list[TierChoice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["tier"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部等级")), *((tier.code, tier.label) for tier in tiers)]


class ReceiptForm(forms.Form):
    """回执查验: what stands on the receipt."""

    number = forms.CharField(
        label=_("回执编号"),
        max_length=80,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("查验码"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


def _key_or_new(given: str) -> str:
    try:
        return str(uuid.UUID(given))
    except ValueError:
        return str(uuid.uuid4())
