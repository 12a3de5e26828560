"""The form of an action: one field for each thing it asks, kept as typed when the door refuses. 办理表单

The door understands and checks the values (:mod:`workflows.asks`); this form draws them, reads them off a request and
puts the door's messages beside the fields.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from cases.errors import Invalid
from programmes.form_cleaning import clean_form
from programmes.procedures import Action, Ask
from programmes.schema import Indicator, Rubric
from workflows.acts.appraise import pass_mark
from workflows.asks import RECORDED, name_of
from workflows.choices import Option, choices_for, initial_for
from workflows.defect_sheet import DefectSheet, defect_sheet
from workflows.forms_ui import Picture, picture_of
from workflows.turn import FORM, Turn

EXPLANATIONS, POINTS, ANSWERS = "explanations", "points", "answers"
FEW = 4
"""Up to this many choices are shown all at once."""
DRAWN = frozenset({"people", "units", "items", "scores", "sheet", "form", "defects"})
"""Asks that a partial of their own draws."""


def raw_of(action: Action, post: QueryDict) -> dict[str, Any]:
    """What was sent, by ask, as the door reads it (lists, and mappings for ``items`` and ``scores``)."""
    raw: dict[str, Any] = {}
    for ask in action.asks:
        if ask.type in ("multi_choice", "people", "units"):
            raw[ask.key] = post.getlist(ask.key)
        elif ask.type in ("items", "scores", "defects"):
            raw[ask.key] = part_of(ask.key, post)
        elif ask.type == "sheet":
            raw[ask.key] = {POINTS: part_of(POINTS, post), ANSWERS: part_of(ANSWERS, post)}
        else:
            raw[ask.key] = post.get(ask.key, "")
    raw[RECORDED] = _listed_part(RECORDED, post)
    raw[FORM] = _listed_part(FORM, post)
    raw[EXPLANATIONS] = part_of(EXPLANATIONS, post)
    raw["draw_seed"] = post.get("draw_seed", "")
    raw["draft"] = post.get("draft", "")
    return raw


def part_of(key: str, post: QueryDict) -> dict[str, str]:
    """What was sent under ``<key>.<name>``, by name."""
    start = f"{key}."
    return {name.removeprefix(start): str(value) for name, value in post.items() if name.startswith(start)}


def _listed_part(key: str, post: QueryDict) -> dict[str, Any]:
    """As :func:`part_of`; what was chosen several times is a list."""
    start = f"{key}."
    return {
        name.removeprefix(start): sent if len(sent) > 1 else sent[0]
        for name, sent in post.lists()
        if name.startswith(start) and sent
    }


def messages_of(refusal: Refusal | None) -> dict[str, str]:
    """The refusal's messages by field; none for a refusal that is not about what was filled in."""
    if not isinstance(refusal, Invalid):
        return {}
    return {name: str(text) for name, text in refusal.fields.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """评分项: one line of a score sheet or of an appraisal's report, as typed, with its message."""

    name: str
    indicator: Indicator
    value: str = ""
    error: str = ""

    @property
    def maximum(self) -> str:
        """The most points, as people write it."""
        return plain(self.indicator.maximum)


@dataclass(frozen=True, slots=True)
class Part:
    """One ask as the page draws it: ``kind`` names the partial."""

    kind: str
    ask: Ask
    bound: forms.BoundField | None = None
    options: list[Option] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    error: str = ""
    rubric: Rubric | None = None
    mark: Decimal | None = None
    """The pass mark that the points are compared with."""
    picture: Picture | None = None
    sheet: DefectSheet | None = None
    """The edition's form that is filled in with the action."""

    @property
    def unit(self) -> str:
        """The unit of a blank that the policy asks."""
        return self.ask.field.unit if self.ask.field is not None else ""

    @property
    def clause(self) -> str:
        """The clause that the policy's own blank rests on."""
        return self.ask.field.clause if self.ask.field is not None else ""

    @property
    def proposed(self) -> bool:
        """Whether the blank is proposed, not written in the policy."""
        return self.ask.field is not None and self.ask.field.source == "proposed"

    @property
    def reachable(self) -> Decimal:
        """The most points that the lines give; less than the rubric's total for a kind that asks fewer items."""
        return sum((line.indicator.maximum for line in self.lines), Decimal(0))

    @property
    def scaled(self) -> bool:
        """Whether the points are scaled to the rubric's total."""
        return self.rubric is not None and self.reachable != self.rubric.total

    @property
    def free(self) -> list[Option]:
        """Options that may be chosen."""
        return [option for option in self.options if not option.barred]

    @property
    def barred(self) -> list[Option]:
        """Options that may not, with the reason."""
        return [option for option in self.options if option.barred]


def plain(number: Any) -> str:
    """A decimal without trailing zeros or exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class ActionForm(forms.Form):
    """办理表单. Bound to what was posted, it shows that again; its errors are the door's and nobody else's."""

    def __init__(
        self, turn: Turn, post: QueryDict | None = None, errors: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(data=post)
        self.turn, self.given = turn, dict(errors or {})
        for ask in turn.asks:
            if ask.type not in DRAWN:
                self.fields[name_of(ask)] = _own_field(ask) if ask.field is not None else _field(turn, ask)

    def full_clean(self) -> None:
        """Nothing is judged here."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
        for name, message in self.given.items():
            if name in self.fields:
                self._errors[name] = self.error_class([message])

    @property
    def parts(self) -> Iterator[Part]:
        """The asks in their order, each as its partial draws it."""
        for ask in self.turn.asks:
            match ask.type:
                case "people" | "units":
                    yield self._chosen(ask)
                case "form":
                    yield Part("form", ask, picture=self.picture, error=self.given.get(FORM, ""))
                case "items" | "scores":
                    yield self._lines(ask)
                case "defects":
                    yield self._defects(ask)
                case _:
                    yield Part("field", ask, bound=self[name_of(ask)])

    def _chosen(self, ask: Ask) -> Part:
        chosen = self.data.getlist(ask.key) if isinstance(self.data, QueryDict) else []
        options = choices_for(self.turn, ask)
        return Part(ask.type, ask, options=options, chosen=chosen, error=self.given.get(ask.key, ""))

    def _defects(self, ask: Ask) -> Part:
        """The lines as typed; before that, those that the check of the materials and the rules propose."""
        sent = part_of(ask.key, self.data) if isinstance(self.data, QueryDict) else None
        sheet = defect_sheet(self.turn, sent)
        return Part("defects", ask, error=self.given.get(ask.key, ""), sheet=sheet)

    @functools.cached_property
    def picture(self) -> Picture | None:
        """The edition's form of the appraisal: as reported before, or as it was typed, with the door's messages."""
        code = self.turn.side.form if any(ask.type == "form" for ask in self.turn.asks) else None
        if not code:
            return None
        form, data = self.turn.pack.forms[code], self.turn.appraisal.form_data
        if isinstance(self.data, QueryDict) and self.is_bound:
            data = clean_form(form, _listed_part(FORM, self.data), partial=True).data
        start = f"{FORM}."
        errors = {n.removeprefix(start): text for n, text in self.given.items() if n.startswith(start)}
        return picture_of(form, data, errors=errors, editing=True, prefix=start)

    def _lines(self, ask: Ask) -> Part:
        """The lines of this kind of appraisal, in the rubric's order."""
        turn = self.turn
        rubric = turn.pack.rubrics[turn.side.rubric] if turn.side.rubric else None
        wanted = turn.side.items.get(turn.appraisal.kind, ())
        before = turn.appraisal.items if ask.type == "items" else turn.appraisal.scores
        lines = []
        for indicator in rubric.indicators if rubric else ():
            if wanted and indicator.key not in wanted:
                continue
            name = f"{ask.key}.{indicator.key}"
            value = self.data.get(name, "") if self.is_bound else str(before.get(indicator.key, ""))
            lines.append(Line(name, indicator, value, self.given.get(name, "")))
        mark = pass_mark(turn) if ask.type == "scores" else None
        return Part(ask.type, ask, lines=lines, error=self.given.get(ask.key, ""), rubric=rubric, mark=mark)

    def explanation(self, rule_id: str) -> str:
        """The reason typed for a soft rule."""
        return str(self.data.get(f"{EXPLANATIONS}.{rule_id}", ""))

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Every message as (id of the control, label, message), in the order of the form; the rest at the end."""
        told = {name_of(ask): str(ask.label) for ask in self.turn.asks}
        for part in self.parts:
            told |= {line.name: str(line.indicator.label) for line in part.lines}
        if self.picture is not None:
            told |= {f"{FORM}.{row.row.key}": str(row.row.label) for row in self.picture.rows}
            told |= {cell.key: cell.spoken for cell in self.picture.faults}
        known = [(f"id_{name}", told[name], self.given[name]) for name in told if name in self.given]
        return known + [("", "", text) for name, text in self.given.items() if name not in told]


def _field(turn: Turn, ask: Ask) -> forms.Field:
    options = choices_for(turn, ask)
    common: dict[str, Any] = {
        "label": ask.label,
        "required": ask.required,
        "help_text": ask.help,
        "initial": initial_for(turn, ask),
    }
    if ask.type == "boolean":
        return forms.BooleanField(**common)
    if ask.type == "multi_choice":
        pairs = [(option.value, option.label) for option in options]
        return forms.MultipleChoiceField(choices=pairs, widget=forms.CheckboxSelectMultiple, **common)
    if options or ask.type == "choice":
        return _choice(options, common)
    return forms.CharField(widget=_widget(ask), **common)


def _own_field(ask: Ask) -> forms.Field:
    """The control of a blank that the policy asks; yes-or-no questions can be answered either way."""
    assert ask.field is not None
    common: dict[str, Any] = {
        "label": str(ask.label),
        "required": ask.required,
        "help_text": str(ask.help) if ask.help else "",
    }
    match ask.type:
        case "boolean":
            pairs = [("true", _("是")), ("false", _("否"))]
            return forms.ChoiceField(choices=pairs, widget=forms.RadioSelect, **common)
        case "choice":
            return _choice([Option(c.code, str(c.label)) for c in ask.field.choices], common)
        case "multi_choice":
            pairs = [(c.code, str(c.label)) for c in ask.field.choices]
            return forms.MultipleChoiceField(choices=pairs, widget=forms.CheckboxSelectMultiple, **common)
    return forms.CharField(widget=_widget(ask), **common)


def _choice(options: list[Option], common: dict[str, Any]) -> forms.Field:
    pairs = [(option.value, option.label) for option in options]
    if len(pairs) == 1:
        common["initial"] = pairs[0][0]
    if len(pairs) <= FEW:
        return forms.ChoiceField(choices=pairs, widget=forms.RadioSelect, **common)
    return forms.ChoiceField(choices=[("", _("请选择")), *pairs], **common)


def _widget(ask: Ask) -> forms.Widget:
    match ask.type:
        case "rich_text":
            return forms.Textarea(attrs={"rows": 6, "data-grow": ""})
        case "date":
            return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        case "datetime":
            return forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "1"})
        case "integer":
            return forms.TextInput(attrs={"inputmode": "numeric"})
        case "decimal" | "percent":
            return forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.TextInput()
