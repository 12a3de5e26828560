"""What the form designer does to a form: fields, columns and headings put in, changed, moved, taken out. 表单的改动

Each works on the form as plain data (what its YAML says); :mod:`workshop.designing` writes the file. A form either has
no headings or has every field under one: the headings follow what happens to the fields.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from programmes.schema import Column, Form, FormField, Section

Data = dict[str, Any]
FIRST: Final = ("key", "label", "type", "required", "unit", "help", "clause", "origin", "source")


def _order(model: Any, first: Iterable[str] = ()) -> tuple[str, ...]:
    names = list(model.model_fields)
    return tuple(dict.fromkeys([*(name for name in first if name in names), *names]))


ORDER: Final[dict[str, tuple[str, ...]]] = {
    "field": _order(FormField, FIRST),
    "column": _order(Column, FIRST),
    "section": _order(Section),
    "form": _order(Form, ("code", "title", "clause", "kind", "origin", "note", "paper")),
}
"""The keys of each in the order in which they are written."""


def ordered(kind: str, item: Data) -> Data:
    """The item with its keys in the usual order."""
    known = {key: item[key] for key in ORDER[kind] if key in item}
    return known | item


def field_in(form: Data, key: str) -> Data | None:
    """The field of that code, as it is written."""
    return next((each for each in form["fields"] if str(each.get("key")) == key), None)


def column_in(entry: Data, key: str) -> Data | None:
    """The column of that code, as it is written."""
    return next((each for each in entry.get("columns") or () if str(each.get("key")) == key), None)


def section_of(form: Data, key: str) -> int | None:
    """The number (from 0) of the heading that a field stands under."""
    for number, section in enumerate(form.get("sections") or ()):
        if key in section["fields"]:
            return number
    return None


# -- fields --------------------------------------------------------------------------------------------------------------


def add_field(form: Data, item: Data, *, after: str = "", section: int | None = None) -> None:
    """A new field behind ``after`` ('' = at the end), under a heading where there are any."""
    keys = [str(each["key"]) for each in form["fields"]]
    place = keys.index(after) + 1 if after in keys else len(keys)
    form["fields"].insert(place, ordered("field", item))
    sections = form.get("sections") or []
    if sections:
        near = section_of(form, after)
        number = section if section is not None else near if near is not None else len(sections) - 1
        listed = sections[number]["fields"]
        listed.insert(listed.index(after) + 1 if after in listed else len(listed), item["key"])


def change_field(form: Data, key: str, item: Data, *, section: int | None = None) -> None:
    """Another content (and, if need be, another code) for a field; ``section``: the heading it goes to."""
    place = next(n for n, each in enumerate(form["fields"]) if str(each["key"]) == key)
    form["fields"][place] = ordered("field", item)
    for each in form.get("sections") or ():
        each["fields"] = [item["key"] if listed == key else listed for listed in each["fields"]]
    here = section_of(form, item["key"])
    if section is not None and section != here:
        if here is not None:
            form["sections"][here]["fields"].remove(item["key"])
        form["sections"][section]["fields"].append(item["key"])


def remove_field(form: Data, key: str) -> None:
    """A field is taken out, from its heading as well."""
    form["fields"] = [each for each in form["fields"] if str(each["key"]) != key]
    for section in form.get("sections") or ():
        section["fields"] = [listed for listed in section["fields"] if listed != key]


def move_field(form: Data, key: str, step: int) -> None:
    """One place up (-1) or down (1); from the edge of a heading to the next one. At the end nothing happens."""
    sections = form.get("sections") or []
    number = section_of(form, key)
    if number is None:
        loose = [str(each["key"]) for each in form["fields"] if section_of(form, str(each["key"])) is None]
        _beside(form, loose, key, step)
        return
    listed = sections[number]["fields"]
    place = listed.index(key) + step
    if 0 <= place < len(listed):
        _beside(form, listed, key, step)
        listed.remove(key)
        listed.insert(place, key)
    elif 0 <= number + step < len(sections):
        listed.remove(key)
        target = sections[number + step]["fields"]
        target.insert(len(target) if step < 0 else 0, key)


def _beside(form: Data, listed: list[str], key: str, step: int) -> None:
    """Let the order in which the form stores its fields follow, where the two do not stand so already."""
    place = listed.index(key) + step
    if not 0 <= place < len(listed):
        return
    keys = [str(each["key"]) for each in form["fields"]]
    mine, other = keys.index(key), keys.index(listed[place])
    if (mine < other) == (step > 0):
        moved = form["fields"].pop(mine)
        form["fields"].insert(other, moved)


# -- columns -------------------------------------------------------------------------------------------------------------


def add_column(entry: Data, item: Data, *, after: str = "") -> None:
    """A new column behind ``after`` ('' = at the end)."""
    columns = entry.setdefault("columns", [])
    keys = [str(each["key"]) for each in columns]
    columns.insert(keys.index(after) + 1 if after in keys else len(keys), ordered("column", item))


def change_column(entry: Data, key: str, item: Data) -> None:
    """Another content for a column."""
    entry["columns"] = [
        ordered("column", item) if str(each["key"]) == key else each for each in entry["columns"]
    ]


def remove_column(entry: Data, key: str) -> None:
    """A column is taken out."""
    entry["columns"] = [each for each in entry["columns"] if str(each["key"]) != key]


def move_column(entry: Data, key: str, step: int) -> None:
    """One place to the left (-1) or to the right (1)."""
    _swap(entry["columns"], [str(each["key"]) for each in entry["columns"]].index(key), step)


# -- headings ------------------------------------------------------------------------------------------------------------


def add_section(form: Data, item: Data) -> None:
    """A new heading at the end. The first one takes all fields; each later one begins empty."""
    sections = form.setdefault("sections", [])
    fields = [] if sections else [str(each["key"]) for each in form["fields"]]
    sections.append(ordered("section", item | {"fields": fields}))


def change_section(form: Data, number: int, item: Data) -> None:
    """Another wording for a heading."""
    form["sections"][number] = ordered("section", item)


def remove_section(form: Data, number: int) -> None:
    """A heading is taken out; its fields go to the one before, or to the one behind the first."""
    gone = form["sections"].pop(number)
    if not form["sections"]:
        del form["sections"]
    elif number:
        form["sections"][number - 1]["fields"] += gone["fields"]
    else:
        form["sections"][0]["fields"] = [*gone["fields"], *form["sections"][0]["fields"]]


def move_section(form: Data, number: int, step: int) -> None:
    """One place up (-1) or down (1)."""
    _swap(form["sections"], number, step)


def _swap(items: list[Any], place: int, step: int) -> None:
    if 0 <= place + step < len(items):
        items[place], items[place + step] = items[place + step], items[place]
