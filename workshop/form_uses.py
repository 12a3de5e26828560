"""Where a form, a field, a column or an option is used in a pack, with file and line. 引用之处

Read from the files themselves, so that it can be told while other files are broken. Expressions name a field by its
bare code or as ``FORM.code``; scenarios and the pre-check by form and code. What a wording says counts for nothing. What
is missed here (it cannot be much) is found by the checks afterwards.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from programmes import yaml_source
from programmes.form_cells import inputs_of
from programmes.problems import Loc, PackError
from programmes.schema import Form, FormField
from programmes.yaml_source import Source

EXPRESSIONS: Final = frozenset(
    {"expr", "when", "award", "amount", "tier_expr", "points", "visible_when", "calculated"}
)
CODES: Final = frozenset(
    {"fields", "named_in", "ask", "prefill", "material_present", "count_filled", "form", "forms", "materials"}
) | {"links", "table", "label", "omit"}
"""Keys under which fields or forms are named."""
NAMING: Final = frozenset({"inputs", "yes", "no", "derive", "facts"})
"""Mappings whose keys are names."""
OWN: Final = ("visible_when", "calculated")
TOKEN: Final = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*", re.ASCII)
NUMBER: Final = re.compile(r"(?<![\w.])[0-9]+(?![\w.])")
QUOTED: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")

Unit = tuple[str, int | str]


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """引用: a place that names it. ``unit``: the rule, fact or question that the place belongs to."""

    file: str
    line: int
    unit: Unit = field(default=("", ""), compare=False)


Uses = tuple[Use, ...]


class Index:
    """Every name in a pack's files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.named: dict[str, list[Use]] = defaultdict(list)
        self.own: dict[tuple[str, str], list[Use]] = defaultdict(list)
        self.quoted: dict[str, list[Use]] = defaultdict(list)
        self.valued: dict[tuple[str, str], list[Use]] = defaultdict(list)
        self.names: dict[str, set[str]] = {}
        """The codes of each form's fields."""
        self.numbered: list[tuple[set[str], Use]] = []
        """Expressions over the numbers of the materials handed in, with the numbers they name."""
        sources = dict(_sources(files))
        self.unread = tuple(sorted(name for name in files if name.endswith(".yaml") and name not in sources))
        """Files that cannot be read: they may name anything."""
        context = _mapping(sources, "context.yaml")
        self.context = set(context)
        self.numbers = {
            name
            for name, fact in context.items()
            if isinstance(fact, dict) and fact.get("fact") == "materials.numbers"
        }
        for name, source in sources.items():
            if name.startswith("forms/"):
                self._form(name, source)
        for name, source in sources.items():
            if not name.startswith("forms/"):
                self._walk(name, source, source.value, (), ("", ""))

    def _form(self, name: str, source: Source) -> None:
        if not isinstance(source.value, dict):
            return
        code = str(source.value.get("code", ""))
        keys = self.names.setdefault(code, set())
        for place, each in enumerate(_dicts(source.value.get("fields"))):
            key = str(each.get("key", ""))
            keys |= {key, *_grid_keys(each)}
            unit = (name, key)
            for expression in OWN:
                text, loc = each.get(expression), ("fields", place, expression)
                if isinstance(text, str):
                    for token in _tokens(text):
                        self.own[(code, token)].append(Use(name, source.lines.get(loc, 1), unit))
                    self._quotes(text, Use(name, source.lines.get(loc, 1), unit))
            self._scalar(name, source, each.get("prefill"), ("fields", place, "prefill"), unit)
            for number, link in enumerate(_list(each.get("links"))):
                self._scalar(name, source, link, ("fields", place, "links", number), unit)

    def _walk(self, file: str, source: Source, value: Any, loc: Loc, unit: Unit) -> None:
        if len(loc) == (2 if file in ("eligibility.yaml", "programme.yaml") else 1):
            unit = (file, ".".join(map(str, loc)))
        if isinstance(value, dict):
            for key, each in value.items():
                here = (*loc, key)
                if key in self.names and isinstance(each, dict):
                    self._filled(file, source, key, each, here, unit)
                elif loc and loc[-1] in NAMING:
                    use = Use(file, source.lines.get(here, 1), unit)
                    self._name(key, use)
                    self._values(key, each, use)
                if key in self.names:
                    self._name(key, Use(file, source.lines.get(here, 1), unit))
                self._walk(file, source, each, here, unit)
        elif isinstance(value, list):
            for number, each in enumerate(value):
                self._walk(file, source, each, (*loc, number), unit)
        else:
            self._scalar(file, source, value, loc, unit)

    def _filled(
        self, file: str, source: Source, code: str, data: dict[str, Any], loc: Loc, unit: Unit
    ) -> None:
        """What a scenario fills in: form → field → value, of a table its lines."""
        for key, value in data.items():
            use = Use(file, source.lines.get((*loc, key), 1), unit)
            self.named[f"{code}.{key}"].append(use)
            self._values(f"{code}.{key}", value, use)
            for row in _dicts(value):
                for column, inner in row.items():
                    self.named[f"{code}.{key}.{column}"].append(use)
                    self._values(f"{code}.{key}.{column}", inner, use)

    def _scalar(self, file: str, source: Source, value: Any, loc: Loc, unit: Unit) -> None:
        keys = [element for element in loc if isinstance(element, str)]
        if not isinstance(value, str) or not keys:
            return
        use = Use(file, source.lines.get(loc, 1), unit)
        last = keys[-1]
        scenario = file.startswith("scenarios/")
        binding = len(keys) > 1 and keys[-2] in ("inputs", "derive")
        award = last == "stage" and "award" in keys
        if (last in EXPRESSIONS and not scenario) or binding or award:
            tokens = _tokens(value)
            for token in tokens:
                self._name(token, use)
            if tokens & self.numbers:
                self.numbered.append((set(NUMBER.findall(value)), use))
            self._quotes(value, use)
        elif last in CODES and TOKEN.fullmatch(value):
            self._name(value, use)

    def _name(self, token: str, use: Use) -> None:
        """``A.b.c`` names A, A.b and A.b.c."""
        parts = token.split(".")
        for length in range(1, len(parts) + 1):
            self.named[".".join(parts[:length])].append(use)

    def _values(self, name: str, value: Any, use: Use) -> None:
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str):
                self.valued[(name, each)].append(use)

    def _quotes(self, text: str, use: Use) -> None:
        for match in QUOTED.finditer(text):
            self.quoted[match[1] or match[2] or ""].append(use)

    # -- questions -----------------------------------------------------------------------------------------------------

    def form(self, code: str) -> Uses:
        """Where a form is named."""
        return _listed(self.named[code])

    def field(self, code: str, entry: FormField) -> Uses:
        """Where a field is named, by other fields of its form as well; not where it stands in a heading."""
        found = self._names_of(code, entry.key, stored_names(entry))
        if entry.number is None:
            return found
        return _listed([*found, *(use for numbers, use in self.numbered if str(entry.number) in numbers)])

    def column(self, code: str, entry: FormField, key: str) -> Uses:
        """Where a column of a table or grid is named."""
        if entry.type == "grid":
            names = [cell.key for cell in inputs_of(entry) if cell.cell == f"{entry.key}_{key}"]
            return self._names_of(code, entry.key, names)
        units = {use.unit for use in self.field(code, entry)}
        near = [use for use in (*self.named[key], *self.own[(code, key)]) if use.unit in units]
        return _listed([*self.named[f"{code}.{entry.key}.{key}"], *near])

    def cells(self, code: str, entry: FormField, names: Iterable[str]) -> Uses:
        """Where some of the codes are named under which a field is stored."""
        return self._names_of(code, entry.key, names)

    def choice(self, code: str, entry: FormField, column: str, choice: str) -> Uses:
        """Where an option of a field (or of a table's column) is named."""
        table = bool(column) and entry.type == "table"
        uses = self.column(code, entry, column) if column else self.field(code, entry)
        units = {use.unit for use in uses}
        named = (
            [f"{entry.key}.{column}", column] if table else [f"{entry.key}_{column}" if column else entry.key]
        )
        found = [use for use in self.quoted[choice] if use.unit in units]
        for name in named:
            found += self.valued[(f"{code}.{name}", choice)]
            found += [use for use in self.valued[(name, choice)] if use.unit in units]
        return _listed(found)

    def bare(self, key: str) -> Uses:
        """Where a code is named without its form: it would be ambiguous if a second form had it."""
        if key in self.context:
            return ()
        return _listed(self.named[key]) if any(key in names for names in self.names.values()) else ()

    def _names_of(self, code: str, owner: str, names: Iterable[str]) -> Uses:
        found: list[Use] = []
        for name in names:
            found += self.named[f"{code}.{name}"]
            found += [use for use in self.own[(code, name)] if use.unit[1] != owner]
            others = (other for other, keys in self.names.items() if other != code)
            if name not in self.context and not any(name in self.names[other] for other in others):
                found += self.named[name]
        return _listed(found)


def index_of(files: Mapping[str, bytes]) -> Index:
    """The names in a copy's files; what was read last is kept a while."""
    return _indexed(tuple(sorted(files.items())))


@functools.lru_cache(maxsize=8)
def _indexed(items: tuple[tuple[str, bytes], ...]) -> Index:
    return Index(dict(items))


def _sources(files: Mapping[str, bytes]) -> Iterator[tuple[str, Source]]:
    for name, data in files.items():
        if name.endswith(".yaml"):
            try:
                yield name, yaml_source.load(data.decode("utf-8-sig").replace("\r\n", "\n"), file=name)
            except (PackError, UnicodeDecodeError):
                continue


def _mapping(sources: Mapping[str, Source], name: str) -> dict[str, Any]:
    source = sources.get(name)
    return source.value if source is not None and isinstance(source.value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _tokens(text: str) -> set[str]:
    return set(TOKEN.findall(QUOTED.sub("''", text)))


def _grid_keys(each: dict[str, Any]) -> Iterator[str]:
    if each.get("type") == "grid":
        for column in _dicts(each.get("columns")):
            key = f"{each.get('key')}_{column.get('key')}"
            yield key
            yield from (f"{key}_{part}" for part in _list(column.get("parts")))


def stored_names(entry: FormField) -> list[str]:
    """The field's own code, and those of its cells where it is a grid."""
    names = [] if entry.type == "table" else [cell.key for cell in inputs_of(entry)]
    return names if entry.key in names else [entry.key, *names]


def _listed(uses: Iterable[Use]) -> Uses:
    return tuple(sorted(set(uses)))


def codes_of(form: Form) -> set[str]:
    """The codes under which a form stores something."""
    return {name for entry in form.fields for name in stored_names(entry)}
