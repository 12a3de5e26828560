"""The forms of the room: opening a round, closing it, deciding a value that the policy leaves open."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.guards import REASON_LENGTH
from audit import clock
from programmes.calendar import Duration, Unit
from programmes.schema import Slot

UNITS = [
    (Unit.WORKING_DAY.value, _("工作日")),
    (Unit.DAY.value, _("日")),
    (Unit.MONTH.value, _("个月")),
    (Unit.YEAR.value, _("年")),
]


def _date_input() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class OpenRoundForm(forms.Form):
    """启动批次."""

    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    name = forms.CharField(
        label=_("批次名称"), max_length=200, required=False, help_text=_("不填写的，按政策包规定的名称生成。")
    )
    opens_on = forms.DateField(label=_("开始日期"), widget=_date_input())
    closes_on = forms.DateField(
        label=_("截止日期"),
        required=False,
        widget=_date_input(),
        help_text=_("当日仍可申报；不填写的，不设截止日期。"),
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("与“原则上”的规定不一致时须填写，并记入留痕。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        kwargs.setdefault("initial", {"year": today.year, "opens_on": today})
        super().__init__(*args, **kwargs)


class CloseRoundForm(forms.Form):
    """截止批次."""

    reason = forms.CharField(label=_("理由"), required=False, max_length=REASON_LENGTH)


class CloneForm(forms.Form):
    """克隆版本."""

    number = forms.CharField(
        label=_("新版本号"),
        max_length=32,
        help_text=_("已按现有版本拟定，可以修改；发布后不得更改。"),
    )
    code = forms.CharField(
        label=_("新事项代码"),
        max_length=64,
        required=False,
        help_text=_("仅在以本版本为蓝本另立新事项时填写，由小写字母、数字和连字符组成。"),
    )


class UploadForm(forms.Form):
    """上传政策包."""

    pack = forms.FileField(
        label=_("政策包文件"),
        max_length=200,
        widget=forms.ClearableFileInput({"accept": ".zip,application/zip"}),
        help_text=_("由本系统或者其他地区的同类系统下载的 zip 文件。"),
    )


class FileNameForm(forms.Form):
    """新增文件、文件改名."""

    path = forms.CharField(label=_("文件名"), max_length=120)


class RetireForm(forms.Form):
    """停用版本."""

    reason = forms.CharField(
        label=_("停用理由"), max_length=REASON_LENGTH, widget=forms.Textarea({"rows": 2})
    )


class NoteForm(forms.Form):
    """退回修改."""

    note = forms.CharField(
        label=_("退回意见"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("逐项写明应当修改的内容，编写人可以看到。"),
    )


class DiscardForm(forms.Form):
    """作废工作副本."""

    reason = forms.CharField(label=_("作废理由"), max_length=REASON_LENGTH)


class MoveForm(forms.Form):
    """迁移案件."""

    reason = forms.CharField(
        label=_("迁移理由"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("写明为何改按新版本办理，记入每个案件的留痕。"),
    )


class SlotForm(forms.Form):
    """决定待定值: the value in the slot's own type, and why.

    ``value`` gives it as the door reads it; a duration is typed as a number and a unit.
    """

    def __init__(self, name: str, slot: Slot, now: object, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", name)
        super().__init__(*args, **kwargs)
        self.slot = slot
        self.fields.update(_inputs(slot, now))
        self.fields["reason"] = forms.CharField(
            label=_("依据或者理由"), max_length=REASON_LENGTH, widget=forms.Textarea({"rows": 2})
        )

    @property
    def value(self) -> Any:
        """What was decided: ``5 working_day``, ``60``, a date, True."""
        given = self.cleaned_data
        if self.slot.type == "duration":
            return f"{given['value']} {given['unit']}"
        return given["value"] == "yes" if self.slot.type == "boolean" else given["value"]


def _inputs(slot: Slot, now: object) -> dict[str, forms.Field]:
    label = _("取值")
    match slot.type:
        case "duration":
            length = now if isinstance(now, Duration) else None
            return {
                "value": forms.IntegerField(
                    label=label, min_value=1, max_value=25_000, initial=length.amount if length else None
                ),
                "unit": forms.ChoiceField(
                    label=_("期限单位"), choices=UNITS, initial=length.unit.value if length else None
                ),
            }
        case "integer":
            return {"value": forms.IntegerField(label=label, initial=now)}
        case "decimal":
            return {"value": forms.DecimalField(label=label, initial=now)}
        case "date":
            return {"value": forms.DateField(label=label, initial=now, widget=_date_input())}
        case "boolean":
            yes_no = [("yes", _("是")), ("no", _("否"))]
            return {
                "value": forms.ChoiceField(
                    label=label, choices=yes_no, initial="yes" if now else "no", widget=forms.RadioSelect
                )
            }
        case "text" if slot.choices:
            offered = [(choice.code, str(choice.label)) for choice in slot.choices]
            return {
                "value": forms.ChoiceField(
                    label=label, choices=offered, initial=now, widget=forms.RadioSelect
                )
            }
        case "text":
            return {"value": forms.CharField(label=label, max_length=500, initial=now)}
