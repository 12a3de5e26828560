"""Help beside the editor: the keys a file may have, their types and meaning, and the codes they may name. 编写说明

Keys and types are read from the schema itself, so that the help cannot fall behind it.
"""

from __future__ import annotations

import datetime as dt
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from accounts.enums import OrganisationKind, Role
from programmes import schema
from programmes.facts import FACTS
from programmes.lifecycle import STRAIGHT_LINE
from programmes.procedures import COMMANDS, PROCEDURES, gates
from programmes.schema import Spec
from workflows.rehearsal import schema as scenario
from workshop.display import ROUND_GATE, gate_title
from workshop.meanings import MODELS, meaning_of

ROOTS: Final[tuple[tuple[str, type[Spec], str], ...]] = (
    (r"programme\.yaml", schema.Programme, ""),
    (r"clauses\.yaml", schema.Clause, "list"),
    (r"context\.yaml", schema.ContextFact, "mapping"),
    (r"rules\.yaml", schema.Rule, "list"),
    (r"rubrics\.yaml", schema.Rubric, "mapping"),
    (r"eligibility\.yaml", schema.Eligibility, ""),
    (r"forms/.*", schema.Form, ""),
    (r"letters/.*", schema.Letter, ""),
    (r"scenarios/common\.yaml", scenario.Common, ""),
    (r"scenarios/.*", scenario.Scenario, ""),
)
"""File → what it holds: one, a list of them, or a mapping by code."""


@dataclass(frozen=True, slots=True)
class KeyHelp:
    """键: what may be written under it."""

    key: str
    type: str
    required: bool
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class ModelHelp:
    """结构: its keys."""

    name: str
    title: str
    keys: tuple[KeyHelp, ...]


@dataclass(frozen=True, slots=True)
class CodeList:
    """代码: what may be named, each with what people call it."""

    title: str
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FileHelp:
    """编写说明 of one file. ``shape``: '' one, ``list`` or ``mapping`` of the first model."""

    shape: str
    models: tuple[ModelHelp, ...]
    lists: tuple[CodeList, ...]


def help_for(path: str) -> FileHelp | None:
    """What may stand in a file of that name; None for a README."""
    for pattern, model, shape in ROOTS:
        if re.fullmatch(pattern, path):
            models = tuple(_model(each) for each in _below(model))
            return FileHelp(shape, models, tuple(_lists(path)))
    return None


def models_of(root: type[Spec]) -> list[type[Spec]]:
    """A model and those inside it."""
    return list(_below(root))


def _below(root: type[Spec]) -> Iterator[type[Spec]]:
    """The model, then every model that its fields may hold, each once, the nearest first. Wordings are left out."""
    seen, waiting = {schema.Text}, [root]
    while waiting:
        model = waiting.pop(0)
        if model in seen:
            continue
        seen.add(model)
        yield model
        for field in model.model_fields.values():
            waiting += [each for each in _inside(field.annotation) if each not in seen]


def _inside(annotation: Any) -> Iterator[type[Spec]]:
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        yield annotation
    for each in typing.get_args(annotation):
        yield from _inside(each)


def _model(model: type[Spec]) -> ModelHelp:
    title = MODELS.get(model.__name__, "")
    keys = tuple(_key(model.__name__, name, field) for name, field in model.model_fields.items())
    return ModelHelp(model.__name__, str(title), keys)


def _key(model: str, name: str, field: FieldInfo) -> KeyHelp:
    default = "" if field.default in (PydanticUndefined, None, "", ()) else _default(field.default)
    return KeyHelp(
        field.alias or name,
        type_text(field.annotation),
        field.is_required(),
        default,
        meaning_of(model, name),
    )


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if isinstance(value, Spec) else str(value)


def type_text(annotation: Any) -> str:
    """A type as people say it: 文字, 整数, 列表（条款）."""
    if annotation in PLAIN:
        return str(PLAIN[annotation]())
    if isinstance(annotation, type) and issubclass(annotation, Spec):
        return annotation.__name__
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return type_text(args[0])
    if origin is typing.Literal:
        return " | ".join(str(arg) for arg in args)
    if origin in (typing.Union, types.UnionType):
        return " / ".join(dict.fromkeys(type_text(arg) for arg in args if arg is not type(None)))
    if origin is tuple:
        inner = type_text(args[0])
        return _("列表（%(of)s）") % {"of": inner}
    if origin is dict:
        return _("键值（%(key)s: %(value)s）") % {"key": type_text(args[0]), "value": type_text(args[1])}
    return getattr(annotation, "__name__", str(annotation))


PLAIN: dict[Any, Any] = {
    str: lambda: _("文字"),
    int: lambda: _("整数"),
    bool: lambda: _("true / false"),
    object: lambda: _("任意值"),
    Any: lambda: _("任意值"),
    Decimal: lambda: _("数字"),
    schema.Text: lambda: _("用语（zh、en）"),
    type(None): lambda: "null",
    dt.date: lambda: _("日期"),
    dt.datetime: lambda: _("时间"),
}


def _lists(path: str) -> Iterator[CodeList]:
    """The codes that this file may name."""
    if path in ("programme.yaml", "rules.yaml") or path.startswith("scenarios/"):
        order = sorted(gates() | {ROUND_GATE})
        yield CodeList(_("关口与动作"), tuple((name, gate_title(name)) for name in order))
    if path == "programme.yaml":
        yield CodeList(_("阶段"), tuple((stage.value, str(stage.label)) for stage in STRAIGHT_LINE[:-1]))
        yield CodeList(_("程序与结果"), tuple(_procedures()))
        yield CodeList(_("指令"), tuple((code, str(each.label)) for code, each in COMMANDS.items()))
        yield CodeList(_("角色"), tuple((role.value, str(role.label)) for role in Role))
        kinds = OrganisationKind
        yield CodeList(_("单位类别"), tuple((kind.value, str(kind.label)) for kind in kinds))
    if path == "context.yaml":
        yield CodeList(_("事实目录"), tuple((name, str(kind)) for name, kind in FACTS.items()))


def _procedures() -> Iterator[tuple[str, str]]:
    joint = ", " if (get_language() or "").startswith("en") else "、"
    for procedure in PROCEDURES.values():
        told = _("结果：%(outcomes)s；待办：%(duties)s；参数：%(params)s") % {
            "outcomes": joint.join(procedure.outcomes) or "—",
            "duties": joint.join(duty.code for duty in procedure.duties),
            "params": joint.join(procedure.params) or "—",
        }
        yield procedure.code, f"{procedure.title}——{told}"
