"""The fields of the administrators' forms: a unit or a person by name, a telephone, a day, a reason. 管理表单字段"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import ADMINISTRATORS, Role
from accounts.models import User
from accounts.models.organisation import OrganisationQuerySet
from accounts.reach import NAMED, people_named, units_named
from accounts.validators import clean_phone

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2999, 12, 31)
TOO_FAR = gettext_lazy("日期应在1900年至2999年之间。")


def day_field(**options: Any) -> forms.DateField:
    """A day, by the browser's own control."""
    validators = [MinValueValidator(EARLIEST, TOO_FAR), MaxValueValidator(LATEST, TOO_FAR)]
    return forms.DateField(
        validators=validators, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), **options
    )


def reason_field(label: Any = None, help_text: Any = "") -> forms.CharField:
    """事由: why, or on what ground."""
    return forms.CharField(label=label or gettext_lazy("事由或者依据"), max_length=300, help_text=help_text)


def seen_field() -> forms.CharField:
    """The version of what the form has shown (``accounts.versions``); hidden."""
    return forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())


class UnitField(forms.CharField):
    """A unit by any of its names, or its 统一社会信用代码; cleaned to the unit. ``units`` is set by the form."""

    units: OrganisationQuerySet

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=120,
            help_text=options.pop(
                "help_text", gettext_lazy("填写单位名称、简称、曾用名或者统一社会信用代码。")
            ),
            **options,
        )

    def clean(self, value: Any) -> Any:
        """The unit; None where the field may stay empty and does."""
        text = super().clean(value)
        if not text:
            return None
        found = units_named(self.units, text)
        if not found:
            raise forms.ValidationError(_("管理范围内没有该单位，请核对名称。"), code="unknown")
        if len(found) > 1:
            raise forms.ValidationError(
                _("有多个单位与此相符，请填写全称：%(names)s。")
                % {"names": _candidates([unit.name for unit in found])},
                code="several",
            )
        return found[0]


class PersonField(forms.CharField):
    """A person by user name, or by a name that only one has; cleaned to the user. ``people`` is set by the form."""

    people: QuerySet[User]

    def clean(self, value: Any) -> Any:
        """The person, account in use or not: the doors say what may be done."""
        text = super().clean(value)
        if not text:
            return None
        found = people_named(self.people, text)
        if not found:
            raise forms.ValidationError(_("管理范围内没有该用户，请核对用户名。"), code="unknown")
        if len(found) > 1:
            names = [
                f"{person.username}（{person.organisation.label}）" for person in found if person.organisation
            ]
            raise forms.ValidationError(
                _("有多人同名，请填写用户名：%(names)s。") % {"names": _candidates(names)}, code="several"
            )
        return found[0]


def _candidates(names: list[str]) -> str:
    shown = "、".join(names[:NAMED])
    return _("%(names)s等") % {"names": shown} if len(names) > NAMED else shown


class PhoneField(forms.CharField):
    """联系电话: half-width. Its shape is asked for by the doors, of what has changed: see :func:`clean_changed_phone`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, required=False, **options)

    def to_python(self, value: Any) -> str:
        """As it is stored."""
        return clean_phone(super().to_python(value) or "")


def clean_changed_phone(form: forms.Form, name: str, validate: Callable[[str], None]) -> str:
    """The number in ``name``, of the shape that ``validate`` asks for unless it stays as the form began."""
    number: str = form.cleaned_data[name]
    if number and number != clean_phone(form.get_initial_for_field(form.fields[name], name) or ""):
        validate(number)
    return number


def role_choices() -> list[tuple[str, Any]]:
    """The roles, those of the three administrators apart."""
    acting = [(role.value, role.label) for role in Role if role not in ADMINISTRATORS]
    keeping = [(role.value, role.label) for role in Role if role in ADMINISTRATORS]
    return [(_("业务角色"), acting), (_("三员（不得兼任其他角色）"), keeping)]
