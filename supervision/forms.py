"""Filters of the room. An unknown value is left out of account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from programmes.models import Programme
from supervision.administration import choices as administration_choices
from supervision.lateness import Lateness
from supervision.wording import action_choices

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)],
    )


class EntryFilter(forms.Form):
    """留痕筛选."""

    action = forms.ChoiceField(label=_("办理事项"), required=False)
    actor = forms.CharField(label=_("行为人"), required=False, max_length=60)
    unit = forms.CharField(label=_("单位"), required=False, max_length=120)
    case = forms.CharField(label=_("案件编号或名称"), required=False, max_length=200)
    since = _day(_("起始日期"))
    until = _day(_("截止日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["action"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *action_choices()]


class AdministrationFilter(forms.Form):
    """管理留痕筛选."""

    action = forms.ChoiceField(label=_("管理行为"), required=False)
    actor = forms.CharField(label=_("行为人"), required=False, max_length=60)
    subject = forms.CharField(label=_("涉及的人员或机构"), required=False, max_length=120)
    since = _day(_("起始日期"))
    until = _day(_("截止日期"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["action"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = administration_choices()


class CardFilter(forms.Form):
    """红黄牌筛选."""

    card = forms.ChoiceField(label=_("类别"), required=False)
    unit = forms.CharField(label=_("单位"), required=False, max_length=120)
    programme = forms.ModelChoiceField(
        label=_("事项"),
        required=False,
        queryset=Programme.objects.none(),
        to_field_name="public_id",
        empty_label=_("全部事项"),
    )

    def __init__(self, *args: Any, watcher: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        card, programme = self.fields["card"], self.fields["programme"]
        assert isinstance(card, forms.ChoiceField) and isinstance(programme, forms.ModelChoiceField)
        card.choices = [("", _("全部")), *((each.value, each.label) for each in Lateness)]
        rows = Programme.objects.filter(authority=watcher.authority_id).order_by("title_zh", "pk")
        programme.queryset = rows.filter(code=watcher.programme_code) if watcher.programme_code else rows
