"""Does a pack mean something? Everything that must hold before it may be published. 政策包检查

Shape is checked when a pack is read (:mod:`programmes.packs`); here: citations, references, types, examples, arithmetic,
roles that somebody can hold, and the soundness of the lifecycle. Each problem says where it is and how to mend it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from programmes import (
    check_award,
    check_commands,
    check_content,
    check_context,
    check_eligibility,
    check_endings,
    check_letters,
    check_lifecycle,
    check_nomination,
    check_numbers,
    check_prefill,
    check_reach,
    check_roles,
    check_rules,
    check_scenarios,
    check_sizes,
    check_titles,
    check_values,
)
from programmes.citations import unresolved
from programmes.problems import PackError, Problem, problem
from programmes.rule_examples import check_examples
from programmes.schema import Pack, Slot, Spec, Text
from programmes.soundness import check_soundness

__all__ = ["check_pack", "require_sound"]


def check_pack(pack: Pack) -> list[Problem]:
    """Everything wrong with a pack, file by file in a fixed order. Empty: it may be published."""
    return [
        *check_citations(pack),
        *check_lifecycle.check(pack),
        *check_roles.check(pack),
        *check_commands.check(pack),
        *check_nomination.check(pack),
        *check_titles.check(pack),
        *check_numbers.check(pack),
        *check_values.check(pack),
        *check_sizes.check(pack),
        *check_soundness(pack),
        *check_endings.check(pack),
        *check_content.check(pack),
        *check_letters.check(pack),
        *check_prefill.check(pack),
        *check_context.check(pack),
        *check_award.check(pack),
        *check_rules.check(pack),
        *check_examples(pack),
        *check_reach.check(pack),
        *check_scenarios.check(pack),
        *(check_eligibility.check(pack) if check_values.slots_readable(pack) else ()),
    ]


def require_sound(pack: Pack) -> None:
    """PackError with everything wrong, if anything is."""
    problems = check_pack(pack)
    if problems:
        raise PackError(problems)


def check_citations(pack: Pack) -> list[Problem]:
    """Citations that name no clause, clauses of unknown documents, and what must cite but does not."""
    documents = {document.code for document in pack.programme.documents}
    found = [
        problem(
            "clauses.yaml",
            clause.id,
            Text(
                zh=f"政策文件“{clause.document}”未在 documents 中列出",
                en=f"unknown document {clause.document!r}",
            ),
        )
        for clause in pack.clauses.values()
        if clause.document not in documents
    ]
    for file, where, citation in _citations(pack):
        found += [
            problem(
                file,
                where,
                Text(zh=f"条款“{part}”不在 clauses.yaml 中", en=f"no clause {part!r} in clauses.yaml"),
                Text(zh="请补充该条款，或者更正引用", en="add the clause or mend the citation"),
            )
            for part in unresolved(citation, pack.clauses)
        ]
        if not citation:
            found.append(problem(file, where, Text(zh="缺少条款依据", en="cites no clause"), PROPOSED))
    return found


PROPOSED = Text(
    zh="请写明条款；原文没有规定的，标注 source: proposed",
    en="cite the clause; what the text does not give is source: proposed",
)


def _citations(pack: Pack) -> Iterator[tuple[str, str, str]]:
    """(file, where, citation) of everything that cites; an empty citation only where one is required."""
    yield from _walk("programme.yaml", "", pack.programme)
    for code, form in pack.forms.items():
        yield from _walk(f"forms/{code}.yaml", "", form)
    for code, rule in pack.rules.items():
        yield from _walk("rules.yaml", code, rule)
    for code, rubric in pack.rubrics.items():
        yield from _walk("rubrics.yaml", code, rubric)
    for code, letter in pack.letters.items():
        yield from _walk(f"letters/{code}.md", "", letter)


def _walk(file: str, where: str, value: Any) -> Iterator[tuple[str, str, str]]:
    match value:
        case Spec():
            yield from _own_citation(file, where, value)
            for name in type(value).model_fields:
                yield from _walk(file, f"{where}.{name}" if where else name, getattr(value, name))
        case Mapping():
            for key, item in value.items():
                if where.rpartition(".")[2] == "clauses" and isinstance(item, str):
                    yield file, f"{where}.{key}", item
                yield from _walk(file, f"{where}.{key}", item)
        case tuple():
            for number, item in enumerate(value):
                name = getattr(item, "key", "") or getattr(item, "code", "") or f"[{number + 1}]"
                yield from _walk(file, f"{where}.{name}", item)


def _own_citation(file: str, where: str, value: Spec) -> Iterator[tuple[str, str, str]]:
    field = type(value).model_fields.get("clause")
    if field is None:
        return
    citation = str(getattr(value, "clause", ""))
    if citation or not _may_be_silent(value, required=field.is_required()):
        yield file, f"{where}.clause" if where else "clause", citation


def _may_be_silent(value: Spec, *, required: bool) -> bool:
    """Need this cite nothing? What is marked as proposed need not; nor need what has no source to tell.

    A value that the policy leaves open says where that stands, or that it is proposed: silence is neither.
    """
    source = getattr(value, "source", None)
    if source == "proposed":
        return not isinstance(value, Slot) or "source" in value.model_fields_set
    return source is None and not required
