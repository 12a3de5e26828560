"""How far a declaration is: what is filled in, what is missing, and what the rules say of it so far. 填报进度与核对

The rules are those of the gate ``declare.submit``, asked of the draft as it stands: nobody meets one for the first time
at the moment of sending.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Literal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from cases.cells import split
from cases.confirmations import Question, questions_of
from cases.models import Case, Declaration, DeclarationForm, Material
from cases.relations import Relations
from programmes.form_cells import field_of, row_inputs
from programmes.forms import Cleaned, MissingCell, clean_form, count_filled, inputs_of, is_complete, label_of
from programmes.procedures import action_of
from programmes.rules import Blocking, Verdict, blocking
from programmes.schema import Form, FormField, Pack, Step
from workflows import gates
from workflows.clause_links import clause_url
from workflows.form_controls import id_of
from workflows.turn import Turn
from workflows.verdict_groups import VerdictGroup, in_lines, together

SUBMIT = "declare.submit"
MOST_ASKED = 20
MOST_LINES = 50
"""Of one rule and table so many lines can be opened one by one."""
Weight = Literal["hard", "soft", "told"]


@dataclass(frozen=True, slots=True)
class FormProgress:
    """填报进度 of one form."""

    form: Form
    url: str
    filled: int
    missing: tuple[MissingCell, ...]
    faulty: tuple[str, ...]
    """The places that hold something that cannot be read."""
    doubts: Mapping[str, Question]
    """Place → what is asked about its value (hardly in the right unit) and nobody has confirmed."""
    saved_at: dt.datetime | None
    saved_by: str

    @property
    def bad(self) -> int:
        """How many cells hold something that cannot be read."""
        return len(self.faulty)

    @property
    def gaps(self) -> list[Gap]:
        """What is blank, a column of a table once however many lines lack it."""
        found: dict[tuple[str, str], list[MissingCell]] = {}
        for cell in self.missing:
            table, _line, column = split(cell.path)
            found.setdefault((table, column), []).append(cell)
        return [
            Gap(self._gap(cells, table, column), f"{self.url}#{id_of(cells[0].path)}")
            for (table, column), cells in found.items()
        ]

    def _gap(self, cells: Sequence[MissingCell], table: str, column: str) -> str:
        field = field_of(self.form, table)
        if len(cells) == 1 or field is None:
            return cells[0].label
        where = in_lines(str(field.label), [int(split(cell.path)[1]) for cell in cells])
        label = next((str(each.label) for each in row_inputs(field) if each.key == column), column)
        return _("%(where)s未填写“%(column)s”") % {"where": where, "column": label}

    def asked(self, most: int) -> list[Place]:
        """The questions about single places, the first ``most`` of them, each with its label and address."""
        return [
            Place(
                f"{label_of(self.form, path)}：{doubt.text}",
                f"{self.url}#{id_of(path)}",
                self.form.code,
                path,
                f"{self.form.code}:{doubt.token}",
            )
            for path, doubt in islice(self.doubts.items(), most)
        ]

    @property
    def first(self) -> str:
        """The place to go on at: the first that cannot be read or is blank; '' when there is none."""
        return next(iter((*self.faulty, *(cell.path for cell in self.missing))), "")

    @property
    def done(self) -> bool:
        """Nothing is missing, nothing unreadable."""
        return not self.missing and not self.bad

    @property
    def open(self) -> int:
        """How many cells are still to be filled in or put right."""
        return len(self.missing) + self.bad

    @property
    def percent(self) -> int:
        """Share of the cells that are filled in, 0 to 100; 100 only when nothing is missing."""
        wanted = self.filled + len(self.missing)
        return 100 if self.done else min(99, self.filled * 100 // max(wanted, 1))


@dataclass(frozen=True, slots=True)
class MaterialProgress:
    """One item of the list of materials: files, or the forms that it stands for."""

    item: FormField
    files: tuple[Material, ...]
    forms: tuple[FormProgress, ...]
    anchor: str

    @property
    def takes_files(self) -> bool:
        """Whether files are uploaded for it."""
        return self.item.type in ("file", "files")

    @property
    def done(self) -> bool:
        """Whether it is there."""
        return bool(self.files) if self.takes_files else all(form.done for form in self.forms)

    @property
    def wanted(self) -> bool:
        """Whether the declaration is incomplete without it."""
        return self.item.required and not self.done


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be put right: ``path`` is the cell, table or field of ``form``; ``token`` confirms its value."""

    label: str
    url: str
    form: str = ""
    path: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """核对结果: what one rule says of the draft; ``weight``: hard refuses, soft asks for a reason, told is shown."""

    rule_id: str
    title: str
    text: str
    undecided: bool
    weight: Weight
    clause: str
    clause_url: str
    places: tuple[Place, ...]
    more: int = 0
    """How many further verdicts of the same rule are not listed."""
    where: str = ""
    """The lines of a table that it holds for, when it speaks for several (:mod:`workflows.verdict_groups`)."""
    lines: tuple[Place, ...] = ()
    """The first of those lines, each to be opened where it is."""


@dataclass(frozen=True, slots=True)
class Gap:
    """未填处: a blank cell, or a column that is blank in several lines; ``url`` leads to the first."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything that the overview of a declaration tells."""

    forms: tuple[FormProgress, ...]
    materials: tuple[MaterialProgress, ...]
    checks: tuple[Check, ...]
    passed: int

    @property
    def missing(self) -> int:
        """Blank required cells and items of material."""
        cells = sum(form.open for form in self.forms)
        return cells + sum(item.wanted for item in self.materials if item.takes_files)

    @property
    def hard(self) -> list[Check]:
        """What would be refused."""
        return [check for check in self.checks if check.weight == "hard"]

    @property
    def asked(self) -> list[Place]:
        """Open questions about single places, the first of them, for a last look before sending; they hinder nothing."""
        return [place for form in self.forms for place in form.asked(MOST_ASKED)][:MOST_ASKED]

    @property
    def doubts(self) -> int:
        """How many such questions are open."""
        return sum(len(form.doubts) for form in self.forms)

    @property
    def soft(self) -> list[Check]:
        """What needs a reason; what a rule says of many lines is one."""
        return [check for check in self.checks if check.weight == "soft"]

    @property
    def told(self) -> list[Check]:
        """What is only pointed out."""
        return [check for check in self.checks if check.weight == "told"]

    @property
    def ready(self) -> bool:
        """May it be sent (with reasons for the soft rules)?"""
        return not self.missing and not self.hard


def progress_of(
    case: Case, draft: Declaration, materials: Sequence[Material], *, actor: Actor, relations: Relations
) -> Progress:
    """How far ``draft`` (its forms prefetched, with who saved them) is. Queries: those of the rules' facts alone."""
    step = draft_step(case)
    pack, data = case.edition.pack, draft.data()
    rows = {row.form_code: row for row in draft.forms.all()}
    forms = {}
    for code in step.forms:
        row = rows.get(code)
        forms[code] = form_progress(case, pack.forms[code], data.get(code, {}), row)
        if row is not None:
            who = row.updated_by.name if row.updated_by else ""
            forms[code] = _saved(forms[code], row.updated_at, who)
    verdicts = judge(case, data, actor=actor, relations=relations)
    return Progress(
        forms=tuple(forms.values()),
        materials=tuple(materials_progress(case, step, forms, materials)),
        checks=tuple(checks_together(case, verdicts)),
        passed=sum(verdict.outcome == "passed" for verdict in verdicts),
    )


def draft_step(case: Case) -> Step:
    """The step at which this case's declaration is filled in."""
    steps = case.edition.pack.programme.lifecycle.steps
    here = steps.get(case.step)
    return (
        here
        if here is not None and here.stage == "declare"
        else steps[case.edition.pack.programme.lifecycle.start]
    )


def form_progress(
    case: Case, form: Form, data: Mapping[str, object], row: DeclarationForm | None = None
) -> FormProgress:
    """How far one form is; ``row`` knows which questions were answered. No query."""
    return progress_from(case, form, data, clean_form(form, data, partial=True), row)


def progress_from(
    case: Case,
    form: Form,
    data: Mapping[str, object],
    cleaned: Cleaned,
    row: DeclarationForm | None = None,
) -> FormProgress:
    """:func:`form_progress` where ``data`` have just been read. No query."""
    faulty = cleaned.errors
    missing = tuple(cell for cell in is_complete(form, data, faulty=faulty) if cell.path not in faulty)
    url = reverse("cases:form", args=[case.public_id, form.code])
    doubts = {path: asked for path, asked in questions_of(form, row, cleaned).items() if asked.answer is None}
    return FormProgress(
        form, url, count_filled(form, data, faulty=faulty), missing, tuple(faulty), doubts, None, ""
    )


def _saved(progress: FormProgress, at: dt.datetime, who: str) -> FormProgress:
    return replace(progress, saved_at=at, saved_by=who)


def materials_form(pack: Pack, step: Step) -> Form | None:
    """The list of materials that belongs to a declaring step."""
    return pack.forms.get(step.materials) if step.materials else None


def materials_progress(
    case: Case, step: Step, forms: Mapping[str, FormProgress], files: Sequence[Material]
) -> Iterable[MaterialProgress]:
    """The items of the list, each with its files or the forms it stands for. No query."""
    form = materials_form(case.edition.pack, step)
    for item in form.fields if form else ():
        own = tuple(file for file in files if file.item == item.key)
        linked = tuple(forms[code] for code in item.links if code in forms)
        yield MaterialProgress(item, own, linked, f"m-{item.key}")


def judge(
    case: Case, data: dict[str, dict[str, object]], *, actor: Actor, relations: Relations
) -> list[Verdict]:
    """What the rules say of sending these contents now."""
    turn = Turn(
        case, actor, "declare", action_of("declare", "submit"), clock.now(), {}, relations, form_data=data
    )
    return gates.verdicts_at(turn)


def checks_together(case: Case, verdicts: Sequence[Verdict]) -> list[Check]:
    """:func:`checks_of`, what a rule says of several lines of a table as one. No query."""
    found = blocking(verdicts)
    return [
        _one_check(case, group, weight)
        for weight, some in _weighed(found)
        for group in together(case.edition.pack, some)
    ]


def _one_check(case: Case, group: VerdictGroup, weight: Weight) -> Check:
    if not group.where:
        return _check(case, group.first, weight)
    lines = []
    for verdict in group.verdicts[:MOST_LINES]:
        place = next(iter(_places(case, verdict.fields)), None)
        if place is not None:
            lines.append(replace(place, label=str(verdict.label or place.label)))
    check = _check(case, replace(group.first, label=group.first.binding), weight)
    return replace(check, where=group.where, lines=tuple(lines), more=len(group.verdicts) - len(lines))


def _weighed(found: Blocking) -> tuple[tuple[Weight, tuple[Verdict, ...]], ...]:
    return ("hard", found.refused), ("soft", found.needs_reason), ("told", found.shown)


def checks_of(case: Case, verdicts: Sequence[Verdict], *, most: int | None = None) -> list[Check]:
    """Verdicts that did not plainly pass, the weightiest first. No query.

    ``most``: so many of one rule, what failed before what is undecided; the last one tells how many more there are.
    """
    found = blocking(verdicts)
    return [check for weight, some in _weighed(found) for check in _of_weight(case, some, weight, most)]


def _of_weight(case: Case, verdicts: Iterable[Verdict], weight: Weight, most: int | None) -> Iterable[Check]:
    for _rule, some in groupby(verdicts, key=lambda verdict: verdict.rule_id):
        listed = list(some)
        if most is None or len(listed) <= most:
            yield from (_check(case, verdict, weight) for verdict in listed)
            continue
        listed.sort(key=lambda verdict: verdict.outcome == "undecided")
        yield from (_check(case, verdict, weight) for verdict in listed[: most - 1])
        yield replace(_check(case, listed[most - 1], weight), more=len(listed) - most)


def _check(case: Case, verdict: Verdict, weight: Weight) -> Check:
    rule = case.edition.pack.rules.get(verdict.rule_id)
    text = str(verdict.message)
    if verdict.label:
        text = f"{verdict.label}：{text}"
    if verdict.outcome == "undecided" and verdict.reason_undecided:
        text += _("（暂无法判定：%(why)s）") % {"why": verdict.reason_undecided}
    return Check(
        rule_id=verdict.rule_id,
        title=str(rule.title) if rule else verdict.rule_id,
        text=text,
        undecided=verdict.outcome == "undecided",
        weight=weight,
        clause=verdict.clause,
        clause_url=clause_url(case, verdict.clause),
        places=tuple(_places(case, verdict.fields)),
    )


def _places(case: Case, paths: Iterable[str]) -> Iterable[Place]:
    """``FORM.field`` paths as links to the cells."""
    pack = case.edition.pack
    for path in paths:
        code, _dot, rest = path.partition(".")
        form = pack.forms.get(code)
        if form is None:
            continue
        key = rest.partition(".")[0]
        field = _field_at(form, key)
        label = str(field.label) if field else str(form.title)
        if form.kind == "materials":
            yield Place(label, f"{reverse('cases:materials', args=[case.public_id])}#m-{key}")
        else:
            anchor = f"f-{key}" if field is not None and rest == field.key else id_of(rest)
            url = reverse("cases:form", args=[case.public_id, code])
            yield Place(label, f"{url}#{anchor}", code, rest)


def _field_at(form: Form, key: str) -> FormField | None:
    """The field with this key, or the grid that has this cell."""
    grids = (each for each in form.fields if each.type == "grid")
    return field_of(form, key) or next((g for g in grids if any(c.key == key for c in inputs_of(g))), None)
