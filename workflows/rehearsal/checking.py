"""Do the names in a scenario mean something in its pack? Asked before anything is played. 脚本检查"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from programmes.citations import unresolved
from programmes.problems import Problem
from programmes.schema import Pack
from workflows.rehearsal import companions
from workflows.rehearsal import vocabulary as words
from workflows.rehearsal.checking_cues import CueChecker
from workflows.rehearsal.naming import declaration_problems, unknown
from workflows.rehearsal.schema import Person, RoundIs, Step, Unit
from workflows.rehearsal.script import Place, Repertoire, Script


def common_problems(repertoire: Repertoire) -> Iterator[Problem]:
    """What is wrong with the pack's common file; what passages do is checked where they are played."""
    common, place = repertoire.common, repertoire.place
    for name, steps in common.passages.items():
        here = place.inner("passages", name)
        yield from _played(steps, here, common.passages)
        if _circles(name, common.passages, frozenset()):
            yield here.problem(f"段落“{name}”引用了自身", f"the passage {name!r} plays itself")
    yield from _cast(common.units, common.people, place, common.units)
    yield from declaration_problems([repertoire.pack], common.declaration, place.inner("declaration"))
    if common.round is not None:
        yield from _round(repertoire.pack, common.round, place.inner("round"), common.people)


def script_problems(script: Script) -> list[Problem]:
    """What is wrong with a scenario: each problem once, in the order of the lines."""
    found = dict.fromkeys(_script(script))
    return sorted(found, key=lambda problem: (problem.file != script.place.file, problem.line or 0))


def _script(script: Script) -> Iterator[Problem]:
    scenario, place, pack = script.scenario, script.place, script.pack
    if scenario.pack and scenario.pack != pack.programme.id:
        zh = f"该脚本属于政策包“{scenario.pack}”，不是“{pack.programme.id}”"
        en = f"this scenario belongs to the pack {scenario.pack!r}, not to {pack.programme.id!r}"
        yield place.inner("pack").problem(zh, en)
    for index, name in enumerate(scenario.beside):
        if name not in companions.names():
            yield unknown(place.inner("beside", index), "政策包", "pack", name, companions.names())
    for index, citation in enumerate(scenario.clauses):
        for clause in unresolved(citation, pack.clauses):
            yield unknown(place.inner("clauses", index), "条款", "clause", clause, pack.clauses)
    yield from _cast(scenario.units, scenario.people, place, script.units)
    yield from _offices(script)
    yield from declaration_problems(script.packs, scenario.declaration, place.inner("declaration"))
    if scenario.round is not None:
        yield from _round(pack, scenario.round, place.inner("round"), script.people)
    yield from _played(scenario.steps, place.inner("steps"), script.repertoire.common.passages)
    for branch in scenario.branches:
        here = script.branch_place(branch)
        yield from _played(branch.steps, here.inner("steps"), script.repertoire.common.passages)
        if branch.declaration is not None:
            yield from declaration_problems(script.packs, branch.declaration, here.inner("declaration"))
        if branch.round is not None:
            yield from _round(pack, branch.round, here.inner("round"), script.people)
    for name in script.branches:
        yield from CueChecker(script).problems(script.cues(name))


def _own_ancestor(key: str, units: Mapping[str, Unit]) -> bool:
    above, seen = units[key].parent, set[str]()
    while above in units and above not in seen:
        if above == key:
            return True
        seen.add(above)
        above = units[above].parent
    return False


def _played(
    steps: tuple[Step, ...], place: Place, passages: Mapping[str, tuple[Step, ...]]
) -> Iterator[Problem]:
    for index, step in enumerate(steps):
        if step.play and step.play not in passages:
            yield unknown(place.inner(index, "play"), "段落", "passage", step.play, passages)


def _circles(name: str, passages: Mapping[str, tuple[Step, ...]], above: frozenset[str]) -> bool:
    if name in above:
        return True
    played = (step.play for step in passages.get(name, ()) if step.play)
    return any(_circles(inner, passages, above | {name}) for inner in played)


def _cast(
    units: dict[str, Unit], people: dict[str, Person], place: Place, known: Mapping[str, Unit]
) -> Iterator[Problem]:
    for key, unit in units.items():
        here = place.inner("units", key, "parent")
        if unit.parent and unit.parent not in {*known, words.AUTHORITY}:
            yield unknown(here, "单位", "unit", unit.parent, known)
        if _own_ancestor(key, known):
            yield here.problem(f"单位“{key}”是自己的上级", f"the unit {key!r} stands above itself")
    for key, person in people.items():
        if person.unit not in {*known, words.AUTHORITY}:
            yield unknown(place.inner("people", key, "unit"), "单位", "unit", person.unit, known)


def _offices(script: Script) -> Iterator[Problem]:
    """The offices that the policy names must be in the cast, or nobody can act for them."""
    names = {name for unit in script.units.values() for name in (unit.name, *unit.aliases)}
    for code, role in script.pack.programme.roles.items():
        if role.organization and role.organization not in names:
            zh = f"班底中没有“{role.organization}”（角色 {code}）"
            en = f"no unit of the cast is called {role.organization} (role {code})"
            yield script.place.problem(
                zh, en, "请在 common.yaml 的 units 中补充", "add it to units in common.yaml"
            )


def _round(pack: Pack, round: RoundIs, place: Place, people: Collection[str]) -> Iterator[Problem]:
    if round.who and round.who not in people:
        yield unknown(place.inner("who"), "人员", "person", round.who, people)
    for name in round.slots:
        if name not in pack.programme.slots:
            yield unknown(place.inner("slots", name), "待定值", "slot", name, pack.programme.slots)
