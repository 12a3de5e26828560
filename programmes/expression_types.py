"""The types that expressions are checked against, and what is said when they do not fit. 表达式类型"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from rule_engine import errors as engine_errors
from rule_engine.types import DataType

from programmes.expression_nodes import attribute_of
from programmes.schema import FactType, Text


@dataclass(frozen=True, slots=True)
class Record:
    """A thing with named, typed parts: ``GY_OVERALL.main_revenue_y2021``."""

    name: str
    fields: Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: a list of rows with typed columns."""

    name: str
    columns: Mapping[str, Type]


Type = FactType | Record | Rows

SCALARS: dict[str, Any] = {
    "text": DataType.STRING,
    "integer": DataType.FLOAT,
    "decimal": DataType.FLOAT,
    "boolean": DataType.BOOLEAN,
    "date": DataType.DATETIME,
    "datetime": DataType.DATETIME,
    "list[text]": DataType.ARRAY(DataType.STRING),
    "list[integer]": DataType.ARRAY(DataType.FLOAT),
    "list[decimal]": DataType.ARRAY(DataType.FLOAT),
    "mapping[decimal]": DataType.MAPPING(DataType.STRING, DataType.FLOAT),
}

NAMES: dict[str, Text] = {
    "STRING": Text(zh="文字", en="text"),
    "FLOAT": Text(zh="数字", en="a number"),
    "BOOLEAN": Text(zh="是否判断", en="true or false"),
    "DATETIME": Text(zh="日期", en="a date"),
    "TIMEDELTA": Text(zh="时长", en="a span of time"),
    "ARRAY": Text(zh="列表", en="a list"),
    "SET": Text(zh="集合", en="a set"),
    "MAPPING": Text(zh="对照表", en="a mapping"),
    "NULL": Text(zh="空", en="null"),
    "OBJECT": Text(zh="表单", en="a record"),
}


class ExpressionError(ValueError):
    """An expression that does not compile. ``message`` in both languages; ``place`` is the offset, if known."""

    def __init__(
        self, message: Text, *, place: int | None = None, text: str = "", unknown_name: str = ""
    ) -> None:
        super().__init__(message.en)
        self.message = message
        self.place = place
        self.text = text
        self.unknown_name = unknown_name

    @property
    def column(self) -> int | None:
        """The place as people count: 1 is the first character."""
        return None if self.place is None else self.place + 1


def engine_type(declared: Type) -> Any:
    """The engine's type for a declared one. An untyped ``table`` offers its length and nothing of its rows."""
    if isinstance(declared, Record):
        return _record(declared.name, declared.fields)
    if isinstance(declared, Rows):
        return DataType.ARRAY(_record(f"{declared.name} row", declared.columns))
    if declared == "table":
        return DataType.ARRAY(_record("untyped row", {}))
    return SCALARS[declared]


def _record(name: str, fields: Mapping[str, Type]) -> Any:
    attributes = {key: engine_type(kind) for key, kind in fields.items()}
    return DataType.OBJECT(name, attributes=attributes, accessor=attribute_of)


def resolver(types: Mapping[str, Type]) -> Callable[[str], Any]:
    """The engine's question "of which type is this name?"; converts on demand, for packs have hundreds of names."""

    def resolve_type(name: str) -> Any:
        if name not in types:
            raise engine_errors.SymbolResolutionError(name)
        return engine_type(types[name])

    return resolve_type


def mappings(types: Mapping[str, Type]) -> frozenset[str]:
    """The names declared as mappings: their values are the engine's own, with keys that are looked up (``w["a"]``)."""
    return frozenset(name for name, kind in types.items() if kind == "mapping[decimal]")


def unknown(name: str, text: str, types: Mapping[str, Type]) -> ExpressionError:
    """A name that the pack does not define, with the nearest that it does."""
    near = difflib.get_close_matches(name, types, n=1)
    zh, en = f"未定义的名称“{name}”", f"unknown name {name!r}"
    if near:
        zh, en = f"{zh}，是否应为“{near[0]}”？", f"{en}; did you mean {near[0]!r}?"
    return ExpressionError(Text(zh=zh, en=en), place=_place_of(name, text), text=text, unknown_name=name)


def unknown_attribute(error: Any, text: str) -> ExpressionError:
    """A field, column or property that is not there."""
    name = str(error.attribute_name)
    zh, en = f"没有名为“{name}”的项", f"there is no {name!r}"
    if error.suggestion:
        zh, en = f"{zh}，是否应为“{error.suggestion}”？", f"{en}; did you mean {error.suggestion!r}?"
    return ExpressionError(Text(zh=zh, en=en), place=_place_of(name, text), text=text)


def require(found: Any, expects: FactType, text: str) -> None:
    """ExpressionError unless the engine's type ``found`` is what ``expects`` declares."""
    wanted = engine_type(expects)
    if DataType.is_type(found, DataType.NULLABLE):
        found = DataType.NULLABLE.unwrap(found)
    if found != DataType.UNDEFINED and DataType.is_compatible(found, wanted):
        return
    has, should = name_of(found), name_of(wanted)
    raise ExpressionError(
        Text(zh=f"结果应为{should.zh}，实为{has.zh}", en=f"gives {has.en}, should give {should.en}"),
        text=text,
    )


def name_of(engine: Any) -> Text:
    """What people call a type of the engine."""
    kind = "OBJECT" if DataType.is_type(engine, DataType.OBJECT) else str(engine.name)
    return NAMES.get(kind, Text(zh="不确定的类型", en="an uncertain type"))


def _place_of(name: str, text: str) -> int | None:
    found = re.search(rf"\b{re.escape(name)}\b", text)
    return found.start() if found else None


def fact_type_of(field_type: str) -> FactType:
    """The fact type of a form field's or column's type; ``table`` and ``grid`` are expanded by the caller."""
    return cast(FactType, FIELD_FACTS[field_type])


FIELD_FACTS: dict[str, str] = {
    "text": "text",
    "rich_text": "text",
    "integer": "integer",
    "decimal": "decimal",
    "percent": "decimal",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "choice": "text",
    "multi_choice": "list[text]",
    "file": "text",
    "files": "list[text]",
    "form_link": "boolean",
    "table": "table",
}
