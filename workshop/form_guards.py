"""What a change of a form would take from under rules, steps and scenarios, and codes that it would give twice. 引用核对

Asked by the door on the form before and after, however the change came about: a field that goes or has another code,
a column, a further number of a cell, an option, the kind of the form. What other files name stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.errors import Refusal
from audit.punctuation import listed
from programmes.schema import Choice, Form, FormField
from workshop.form_uses import Index, Use, Uses, stored_names

NAMED: Final = 6
"""Places that are named in a refusal; the rest is counted."""
LIST: Final = "materials"


class StillUsed(Refusal):
    """仍被引用: what other files name is neither taken out nor renamed. ``field``: the setting at fault."""

    def __init__(self, uses: Uses, what: str, field: str = "") -> None:
        told = {"what": what, "places": places_text(uses)}
        if field == "type":
            message = _("%(what)s仍被引用，不能改为该类型：%(places)s。") % told
        else:
            message = _("%(what)s仍被引用，不能删除或者改代码：%(places)s。") % told
        super().__init__("still_used", message, fields={field: message} if field else None)
        self.uses = uses


class KindUsed(Refusal):
    """种类不能改: a form that is named becomes no list of materials, nor the other way round."""

    def __init__(self, uses: Uses) -> None:
        message = _("本表单仍被引用，不能改为或者改自材料清单：%(places)s。") % {"places": places_text(uses)}
        super().__init__("still_used", message, fields={"kind": message})
        self.uses = uses


class Uncertain(Refusal):
    """无法核对: files that cannot be read may name it. ``field``: the setting at fault."""

    def __init__(self, files: tuple[str, ...], field: str = "") -> None:
        message = unread_text(files)
        super().__init__("unread_files", message, fields={field: message} if field else None)
        self.files = files


@dataclass(frozen=True, slots=True)
class Loss:
    """失去的内容: what a change takes away. ``uses``: how to ask where it is named; ``field``: the setting that did it."""

    what: str
    uses: Callable[[Index], Uses]
    field: str = ""


def losses(before: Form, after: Form) -> Iterator[Loss]:
    """Everything that may be named and is there no longer."""
    kept = {entry.key: entry for entry in after.fields}
    code = before.code
    for entry in before.fields:
        new = kept.get(entry.key)
        if new is None:
            yield Loss(_quoted(entry), _of_field(code, entry), "key")
        else:
            yield from _columns(code, entry, new)
            if gone := _gone(entry.choices, new.choices):
                yield from _options(code, entry, "", gone)


def _columns(code: str, entry: FormField, new: FormField) -> Iterator[Loss]:
    same = entry.type == new.type
    if not same and (gone := set(stored_names(entry)) - set(stored_names(new))):
        yield Loss(_quoted(entry), _of_cells(code, entry, gone), "type")
    kept = {column.key: column for column in new.columns} if same else {}
    for column in entry.columns:
        other = kept.get(column.key)
        if other is None:
            yield Loss(_quoted(column), _of_column(code, entry, column.key), "key" if same else "type")
            continue
        for part in [part for part in column.parts if part not in other.parts]:
            yield Loss(f"“{part}”", _of_part(code, entry, column.key, part), "parts")
        if gone_options := _gone(column.choices, other.choices):
            yield from _options(code, entry, column.key, gone_options)


def _options(code: str, entry: FormField, column: str, gone: list[str]) -> Iterator[Loss]:
    for choice in gone:
        what = _("选项“%(code)s”") % {"code": choice}
        yield Loss(what, lambda index, choice=choice: index.choice(code, entry, column, choice))


def _gone(before: tuple[Choice, ...], after: tuple[Choice, ...]) -> list[str]:
    kept = {choice.code for choice in after}
    return [choice.code for choice in before if choice.code not in kept]


def _of_field(code: str, entry: FormField) -> Callable[[Index], Uses]:
    return lambda index: index.field(code, entry)


def _of_cells(code: str, entry: FormField, names: set[str]) -> Callable[[Index], Uses]:
    return lambda index: index.cells(code, entry, names)


def _of_column(code: str, entry: FormField, key: str) -> Callable[[Index], Uses]:
    return lambda index: index.column(code, entry, key)


def _of_part(code: str, entry: FormField, key: str, part: str) -> Callable[[Index], Uses]:
    if entry.type == "grid":
        return lambda index: index.cells(code, entry, {f"{entry.key}_{key}_{part}"})
    return lambda index: index.column(code, entry, f"{key}_{part}")


def _quoted(item: Any) -> str:
    return _("“%(label)s”") % {"label": item.label}


def new_names(before: Form, after: Form) -> dict[str, int]:
    """The codes under which the form stores something it did not, with how many of its fields and columns do."""
    old, new = counted_names(before), counted_names(after)
    return {name: number for name, number in new.items() if number > old.get(name, 0)}


def counted_names(form: Form) -> dict[str, int]:
    """How often each code is given: by fields and by the cells of grids."""
    found: dict[str, int] = {}
    for entry in form.fields:
        for name in stored_names(entry):
            found[name] = found.get(name, 0) + 1
    return found


def guard(before: Form, after: Form, index: Callable[[], Index]) -> None:
    """Refuse a change that takes away what is named, or that gives a code twice.

    Raises StillUsed, KindUsed, Uncertain (a file that might name it cannot be read) and Refusal ``code_taken``.
    """
    for loss in losses(before, after):
        require_unused(index(), loss.uses(index()), loss.what, loss.field)
    if (before.kind == LIST) != (after.kind == LIST):
        if uses := index().form(before.code):
            raise KindUsed(uses)
        require_read(index(), "kind")
    for name, number in new_names(before, after).items():
        if number > 1:
            message = _("本表单已有代码为“%(key)s”的项。") % {"key": name}
            raise Refusal("code_taken", message, fields={"key": message})
        if uses := index().bare(name):
            text = _("其他表单已有代码为“%(key)s”的项，且被引用时未写明表单（%(places)s），请改用其他代码。")
            message = text % {"key": name, "places": places_text(uses)}
            raise Refusal("code_taken", message, fields={"key": message})


def require_unused(index: Index, uses: Uses, what: str, field: str = "") -> None:
    """StillUsed when it is named; Uncertain when that cannot be told."""
    if uses:
        raise StillUsed(uses, what, field)
    require_read(index, field)


def require_read(index: Index, field: str = "") -> None:
    """Uncertain when a file cannot be read: it may name anything."""
    if index.unread:
        raise Uncertain(index.unread, field)


def unread_text(files: tuple[str, ...]) -> str:
    """Why nothing can be taken out or renamed."""
    return _("%(files)s 尚有格式问题，无法核对引用，改正后方可删除或者改代码。") % {"files": listed(files)}


def places_text(uses: tuple[Use, ...]) -> str:
    """The places in one line: rules.yaml 第7行、…"""
    told = [_("%(file)s第%(line)s行") % {"file": use.file, "line": use.line} for use in uses[:NAMED]]
    more = len(uses) - NAMED
    text = listed(told)
    return _("%(places)s等%(n)s处") % {"places": text, "n": len(uses)} if more > 0 else text
