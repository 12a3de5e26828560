"""Small helpers of the shared templates."""

from __future__ import annotations

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import QueryDict
from django.utils.safestring import SafeString

register = template.Library()

CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """The field's widget in the look of the house; ``extra`` adds classes. Django adds ARIA."""
    look = next(name for widget, name in CONTROL_CLASSES if isinstance(field.field.widget, widget))
    invalid = "is-invalid" if field.errors else ""
    own = field.field.widget.attrs.get("class", "")
    classes = " ".join(part for part in (look, own, extra, invalid) if part)
    return field.as_widget(attrs={"class": classes} if classes else None)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether the field is several controls (radio buttons, check boxes), labelled by a legend."""
    return bool(field.field.widget.use_fieldset)


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the field is one check box, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, param: str, number: int) -> str:
    """This page's query string with ``param`` set to ``number`` and everything else kept."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    query[param] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def page_numbers(page: Page[object]) -> list[int | str]:
    """The numbers to offer around the present page, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
