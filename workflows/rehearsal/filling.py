"""What a scenario leaves unsaid, filled in: specimen forms and files, score sheets, texts. 填充

A key that a scenario writes with ``null`` stays blank, so that a refusal for its sake can be rehearsed too.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.actors import Actor
from audit import clock
from cases.declarations import save_form
from cases.enums import MisconductStatus
from cases.materials import add_material
from cases.models import Case
from programmes.procedures import Ask
from programmes.schema import Form, FormField, Pack, Rubric, SideProcedure, side_with_flow
from programmes.slots import slot
from programmes.specimens import specimen_declaration, specimen_form
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.rehearsal.cast import Cast
from workflows.rehearsal.naming import material_files
from workflows.rehearsal.schema import DeclarationData

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
FULL_SHARE = "90%"
"""The share of the points that a sheet gives when the scenario does not say."""


def fill_declaration(case: Case, data: DeclarationData, actor: Actor) -> None:
    """Fill every form of the open draft in and upload what is missing of the materials, through the doors."""
    pack = case.edition.pack
    forms = {code: typed_in(fields) for code, fields in data.forms.items()}
    for code, content in specimen_declaration(pack, forms).items():
        save_form(case=case, form_code=code, raw=content, expected_version=None, actor=actor)
    for item in wanted_materials(pack, data):
        if not case.materials.filter(item=item, removed_at__isnull=True).exists():
            upload = SimpleUploadedFile(f"{item}.pdf", PDF + item.encode())
            add_material(case=case, item=item, upload=upload, tags=[], actor=actor)


def wanted_materials(pack: Pack, data: DeclarationData) -> list[str]:
    """Keys of the materials that are files and are to be handed in."""
    keys = material_files(pack)
    return [key for key in keys if key not in data.omit and (data.materials is None or key in data.materials)]


def typed_in(value: Any) -> Any:
    """A YAML value as a form receives it: numbers as text, exactly as written."""
    if isinstance(value, Mapping):
        return {key: typed_in(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [typed_in(inner) for inner in value]
    return value if isinstance(value, bool) or value is None else str(value)


class Filler:
    """Completes the data of one action."""

    def __init__(self, case: Case, cast: Cast, names: Mapping[str, str]) -> None:
        self.case = case
        self.pack: Pack = case.edition.pack
        self.cast = cast
        self.names = names
        """What the scenario has named (``as``) → public id."""

    def completed(self, asks: tuple[Ask, ...], given: Mapping[str, Any]) -> dict[str, Any]:
        """``given`` in the form the engine takes, with every required value that the scenario left out."""
        data = dict(given)
        for ask in asks:
            if ask.key in given:
                data[ask.key] = self._understood(ask, given[ask.key])
            elif ask.required:
                data[ask.key] = self._specimen(ask)
        return data

    def _understood(self, ask: Ask, value: Any) -> Any:
        if value is None:
            return None
        match ask.type:
            case "people":
                named = [value] if isinstance(value, str) else value
                return [self._person(str(name)) for name in named]
            case "sheet":
                return self._sheet(self._sheet_rubric(), value)
            case "form":
                return specimen_form(self._side_form(), typed_in(value))
            case "scores":
                rubric = self._side().rubric
                return points_of(self.pack.rubrics[rubric], value) if rubric else value
            case "text" if ask.key in ("objection", "misconduct"):
                return self.names.get(str(value), str(value))
            case _:
                return typed_in(value)

    def _person(self, name: str) -> str:
        actor = self.cast.actors.get(name)
        return str(actor.user.public_id) if actor and actor.user else name

    def _specimen(self, ask: Ask) -> Any:
        if ask.field is not None:
            return _specimen_of(ask.field)
        match ask.type:
            case "boolean":
                return True
            case "integer":
                return str(clock.today().year)
            case "date":
                return clock.today().isoformat()
            case "people":
                return self._experts(ask)
            case "sheet":
                return self._sheet(self._sheet_rubric(), None)
            case "form":
                return specimen_form(self._side_form())
            case "items":
                appraisal = self.case.appraisals.order_by("-pk").first()
                items = self._side().items.get(appraisal.kind, ()) if appraisal else ()
                return dict.fromkeys(items, "进展良好。")
            case "multi_choice":
                return [choice.code for choice in self._side().methods]
            case "choice" if ask.key == "kind" and self.pack.programme.side:
                side = self._side()
                return (side.counted or tuple(choice.code for choice in side.kinds))[0]
            case "text" if ask.key == "misconduct":
                row = self.case.misconducts.filter(status=MisconductStatus.REPORTED).order_by("-pk").first()
                return str(row.public_id) if row else ""
            case "text" | "rich_text":
                return f"{ask.label}：演练内容。"
            case _:
                return None

    def _experts(self, ask: Ask) -> list[str]:
        """A panel of the smallest size that is allowed; one person for anything else."""
        but = self.cast.void_experts(self.case)
        if ask.key != "experts":
            return self.cast.experts(1)
        rubric = self._sheet_rubric()
        code = rubric.slots.get("panel_minimum")
        decided = slot(self.case.round, code).value if code else None
        return self.cast.experts(decided if isinstance(decided, int) else rubric.panel_minimum, but=but)

    def _side_form(self) -> Form:
        """The form of the appraisal."""
        code = self._side().form
        assert code is not None
        return self.pack.forms[code]

    def _sheet_rubric(self) -> Rubric:
        """What is scored now: on the site of an appraisal that has a panel, else in the review."""
        waiting = WorkItem.objects.filter(
            case=self.case, status=ItemStatus.OPEN, duty__in=("assign_site", "site_score")
        )
        if not waiting.exists():
            return self._review_rubric()
        rubric = self._side().rubric
        assert rubric is not None
        return self.pack.rubrics[rubric]

    def _review_rubric(self) -> Rubric:
        """The rubric of the step the case stands in, else the lifecycle's first."""
        steps = self.pack.programme.lifecycle.steps
        here = steps[self.case.step]
        code = here.rubric or next(step.rubric for step in steps.values() if step.rubric)
        return self.pack.rubrics[code]

    def _side(self) -> SideProcedure:
        return self.pack.programme.side[side_with_flow(self.pack.programme, "appraise")]

    def _sheet(self, rubric: Rubric, value: Any) -> dict[str, Any]:
        parts = value if isinstance(value, Mapping) else {"share": value} if value is not None else {}
        answers = {question.key: True for question in rubric.questions} | dict(parts.get("answers") or {})
        points = points_of(rubric, parts.get("share", FULL_SHARE)) | points_of(
            rubric, parts.get("points") or {}
        )
        return {"points": points, "answers": answers}


def _specimen_of(field: FormField) -> Any:
    """A plausible value for what the policy asks with an action."""
    match field.type:
        case "boolean":
            return True
        case "integer" | "decimal" | "percent":
            return format(field.minimum if field.minimum is not None else Decimal(1), "f")
        case "date":
            return clock.today().isoformat()
        case "datetime":
            return clock.local(clock.now()).replace(tzinfo=None).isoformat(timespec="seconds")
        case "choice":
            return field.choices[0].code
        case "multi_choice":
            return [choice.code for choice in field.choices]
    return f"{field.label.zh}：演练内容。"


def points_of(rubric: Rubric, value: Any) -> dict[str, Any]:
    """Points by indicator: as given, or a share of each maximum (``90%``), down to the rubric's step."""
    if isinstance(value, Mapping):
        return {key: typed_in(points) for key, points in value.items()}
    share = share_of(value)
    return {line.key: str(line.maximum * share // rubric.step * rubric.step) for line in rubric.indicators}


def share_of(value: Any) -> Decimal:
    """``90%`` as a number (0.9)."""
    return Decimal(str(value).strip().removesuffix("%")) / 100
