"""What somebody typed into a form that could not be taken: shown again wherever the answer leaves the form. 已填内容"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from programmes.procedures import Action
from programmes.schema import Form

SECRET = "password"
"""What is never shown again: a field whose name contains this."""
CARRIED = frozenset({"csrfmiddlewaretoken", "idempotency_key", "version", "item", "draft", "draw_seed"})
"""What a form carries beside what people type; so is every name that begins with ``_``."""
LONG = 60


@dataclass(frozen=True, slots=True)
class Typed:
    """One control: its label (its name, where nobody has said what it is called) and what was typed or chosen."""

    name: str
    label: str
    value: str

    @property
    def long(self) -> bool:
        """Whether it wants more than a line."""
        return len(self.value) > LONG or "\n" in self.value


def typed_in(request: HttpRequest) -> list[Typed]:
    """Everything that was typed into the form, in its order, blanks left out; nothing unless it was sent."""
    if request.method != "POST":
        return []
    labels: Mapping[str, str] = getattr(request, "typed_labels", {})
    return [
        Typed(name, _label(name, labels), "\n".join(values))
        for name, sent in request.POST.lists()
        if name not in CARRIED and not name.startswith("_") and SECRET not in name
        for values in [[str(value) for value in sent if str(value).strip()]]
        if values
    ]


def _label(name: str, labels: Mapping[str, str]) -> str:
    """``rows.0.name`` is told by what ``rows`` is called, and the rest."""
    if name in labels:
        return labels[name]
    head, _dot, rest = name.partition(".")
    return f"{labels[head]} {rest}" if head in labels else name


def sent_again(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and value of everything that sending the form once more has to carry; the token is the page's own."""
    return [
        (name, str(value))
        for name, sent in request.POST.lists()
        for value in sent
        if name != "csrfmiddlewaretoken" and SECRET not in name
    ]


def name_fields(request: HttpRequest, labels: Mapping[str, object]) -> None:
    """Say what the controls of the form are called, for whoever has to read them outside it."""
    request.typed_labels = {name: str(label) for name, label in labels.items()}  # type: ignore[attr-defined]


def labels_of_action(action: Action) -> dict[str, str]:
    """What the controls of an action's form are called."""
    return {ask.key: str(ask.label) for ask in action.asks}


def labels_of_form(form: Form) -> dict[str, str]:
    """What the controls of a declaration's form are called."""
    return {entry.key: str(entry.label) for entry in form.fields}
