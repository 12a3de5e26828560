"""Names that nothing has: complaints with the nearest name that something has. 名称核对"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from programmes.problems import Problem
from programmes.schema import Pack
from workflows.rehearsal.schema import DeclarationData
from workflows.rehearsal.script import Place

SHARE: Final = re.compile(r"[0-9]{1,3}(\.[0-9]+)?%")


def all_known(
    names: Iterable[str], known: Collection[str], place: Place, zh: str, en: str
) -> Iterator[Problem]:
    """A complaint for every name that is not among ``known``."""
    for name in names:
        if name not in known:
            yield unknown(place.inner(name), zh, en, name, known)


def unknown(place: Place, zh: str, en: str, name: str, known: Iterable[str]) -> Problem:
    """A name that nothing has, with the nearest one that something has."""
    listed = [str(one) for one in known]
    begun = [one for one in listed if name and one.startswith(name)][:3]
    near = begun or difflib.get_close_matches(name, listed, n=3, cutoff=0.5) or sorted(listed)[:8]
    hint_zh = f"是否应为：{'、'.join(near)}" if near else ""
    return place.problem(
        f"没有名为“{name}”的{zh}",
        f"there is no {en} {name!r}",
        hint_zh,
        f"did you mean: {', '.join(near)}" if near else "",
    )


def material_files(pack: Pack) -> list[str]:
    """Keys of the materials that are uploaded (others are forms of the declaration)."""
    fields = (field for form in pack.forms.values() if form.kind == "materials" for field in form.fields)
    return [field.key for field in fields if field.type in ("file", "files")]


def declaration_problems(packs: Sequence[Pack], data: DeclarationData, place: Place) -> Iterator[Problem]:
    """Forms, fields and materials that none of the packs has."""
    forms = {code: form for pack in reversed(packs) for code, form in pack.forms.items()}
    for code, fields in data.forms.items():
        if code not in forms:
            yield unknown(place.inner("forms", code), "表单", "form", code, forms)
            continue
        form = forms[code]
        known = {field.key for field in form.fields} | {
            f"{field.key}_{column.key}" for field in form.fields for column in field.columns
        }
        parts = {f"{field.key}_{c.key}_{p}" for field in form.fields for c in field.columns for p in c.parts}
        for key in fields:
            if key not in known | parts:
                yield unknown(place.inner("forms", code, key), "表单项", "field", key, known | parts)
    items = {item for pack in packs for item in material_files(pack)}
    for name, listed in (("materials", data.materials or ()), ("omit", data.omit)):
        for index, item in enumerate(listed):
            if item not in items:
                yield unknown(place.inner(name, index), "材料项", "material", item, items)


def share_problems(value: Any, place: Place) -> Iterator[Problem]:
    """``90%``, or points by indicator; a sheet may name a ``share`` beside them."""
    share = value.get("share", "0%") if isinstance(value, Mapping) else value
    if share is not None and not SHARE.fullmatch(str(share)):
        yield place.problem(
            f"“{share}”不是百分比",
            f"{share!r} is no percentage",
            "写作 90%，或者逐项写分数",
            "write 90%, or points line by line",
        )
