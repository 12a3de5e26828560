"""Checks of who acts: a unit that can be found for each role. 政策包检查：由谁办理"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from programmes.check_codes import FILE
from programmes.problems import Problem, problem
from programmes.schema import Pack, RoleSpec, Text

NAMED_BY_DECLARATION: Final = frozenset({"operator", "recommender"})
"""Roles whose unit the declaration may name."""
HELD_BY_A_UNIT: Final = frozenset({"recommender", "officer", "approver"})
"""Roles that one unit of a case holds: the policy names it, the declaration does, or it goes with the applicant's place.
(Experts and supervisors are persons; a chief belongs to the officer's unit.)"""


def check(pack: Pack) -> Iterator[Problem]:
    """Roles and deciding bodies that no unit could ever be found for."""
    for role, spec in pack.programme.roles.items():
        yield from _role(f"roles.{role}", role, spec)
        yield from _source(pack, f"roles.{role}", role, spec)
    for name, step in pack.programme.lifecycle.steps.items():
        if "body" in step.model_fields_set and not step.body.strip():
            yield _blank(f"lifecycle.steps.{name}.body", "approver")


def _role(where: str, role: str, spec: RoleSpec) -> Iterator[Problem]:
    for key in ("organization", "named_in"):
        if key in spec.model_fields_set and not getattr(spec, key).strip():
            yield _blank(f"{where}.{key}", role)
    if role == "operator" and not spec.named_in.strip():
        yield problem(
            FILE,
            where,
            Text(
                zh="没有写明由哪个单位担任，无人能够办理",
                en="no unit is named for it: nobody could ever act in this role",
            ),
            Text(
                zh="请写明 named_in: 表单.字段（申报材料中填写该单位名称之处），或者删去该角色",
                en="give named_in: FORM.field, where the declaration names the unit, or remove the role",
            ),
        )
    if spec.named_in.strip() and role not in NAMED_BY_DECLARATION:
        yield problem(
            FILE,
            f"{where}.named_in",
            Text(
                zh=f"角色“{role}”的单位不能由申报材料指定，该项不起作用",
                en=f"a declaration cannot name the unit of the role {role!r}",
            ),
            Text(
                zh="请改写 organization: 单位名称；由申报单位所在地的单位担任的，写明 nearest: true",
                en="give organization, or nearest: true for the nearest office above the applicant",
            ),
        )
    if role == "applicant" and spec.organization.strip():
        yield problem(
            FILE,
            f"{where}.organization",
            Text(
                zh="申报单位是提出申报的单位，不能写明为某一单位",
                en="the applicant is whoever declares, not a unit named here",
            ),
            Text(zh="请删去 organization", en="remove organization"),
        )


def _source(pack: Pack, where: str, role: str, spec: RoleSpec) -> Iterator[Problem]:
    """One unit holds the role, and exactly one way is given to find it."""
    given = [key for key in ("organization", "named_in", "nearest") if getattr(spec, key)]
    if role not in HELD_BY_A_UNIT:
        if spec.nearest:
            yield problem(
                FILE,
                f"{where}.nearest",
                Text(
                    zh=f"角色“{role}”不按所在地确定单位，该项不起作用",
                    en=f"the unit of the role {role!r} is not found by place",
                ),
                Text(zh="请删去 nearest", en="remove nearest"),
            )
    elif not given and not (role == "recommender" and pack.programme.applicant.nomination is not None):
        yield problem(
            FILE,
            where,
            Text(
                zh=f"角色“{role}”没有写明由哪个单位担任，无人能够办理",
                en=f"no unit is named for the role {role!r}: nobody could act",
            ),
            Text(
                zh="请写明 organization: 单位名称或者别名；由申报单位所在地的单位担任的，写明 nearest: true"
                + ("；由申报材料指定的，写明 named_in: 表单.字段" if role in NAMED_BY_DECLARATION else ""),
                en="give organization: its name or alias, or nearest: true for the nearest office above the applicant",
            ),
        )
    elif spec.nearest and len(given) > 1:
        yield problem(
            FILE,
            f"{where}.nearest",
            Text(zh=f"与 {given[0]} 只能写一项", en=f"give either this or {given[0]}"),
            Text(zh="请删去其中一项", en="remove one of them"),
        )


def _blank(where: str, role: str) -> Problem:
    return problem(
        FILE,
        where,
        Text(zh="单位为空，无人能够办理", en="names no unit: nobody could act"),
        Text(
            zh="请填写单位的名称或者别名；由申报单位所在地的单位担任的，删去该项，写明 nearest: true"
            if role in HELD_BY_A_UNIT and not where.endswith(".body")
            else "请填写，或者删去该项",
            en="give the unit's name or alias, or remove the key",
        ),
    )
