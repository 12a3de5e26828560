"""The form of the room."""

from __future__ import annotations

from typing import Any

from django import forms

from notifications.enums import Group
from notifications.preferences import Choice


class PreferencesForm(forms.Form):
    """通知设置: two boxes for each group. One that may not be switched off is shown ticked and disabled."""

    def __init__(self, *args: Any, choices: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._groups = [choice.group for choice in choices]
        for choice in choices:
            label = choice.group.label
            self.fields[f"in_app_{choice.group.value}"] = forms.BooleanField(
                label=label,
                required=False,
                initial=choice.in_app or choice.always_shown,
                disabled=choice.always_shown,
            )
            self.fields[f"mail_{choice.group.value}"] = forms.BooleanField(
                label=label, required=False, initial=choice.mail
            )

    @property
    def rows(self) -> list[tuple[Group, forms.BoundField, forms.BoundField]]:
        """Group, its box for messages inside the system, its box for mail."""
        return [(group, self[f"in_app_{group.value}"], self[f"mail_{group.value}"]) for group in self._groups]

    def chosen(self) -> list[Choice]:
        """What was ticked, once the form is valid."""
        data = self.cleaned_data
        return [
            Choice(group, in_app=data[f"in_app_{group.value}"], mail=data[f"mail_{group.value}"])
            for group in self._groups
        ]
