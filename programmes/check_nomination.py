"""Checks of what a pack says of nominations. 政策包检查：提名"""

from __future__ import annotations

from collections.abc import Iterator

from accounts.enums import OrganisationKind, Role
from programmes.check_codes import FILE, unknown_codes
from programmes.nominations import PLACELESS
from programmes.problems import Problem, problem
from programmes.schema import NominationSpec, Pack, Text

WHERE = "applicant.nomination"
DECLINES = "discard"
"""The command by which the unit that was nominated declines."""


def check(pack: Pack) -> list[Problem]:
    """Problems with the nominations of a pack; none where it has none."""
    spec = pack.programme.applicant.nomination
    return [] if spec is None else list(_problems(pack, spec))


def _problems(pack: Pack, spec: NominationSpec) -> Iterator[Problem]:
    yield from _by(spec)
    yield from _limit(pack, spec)
    programme = pack.programme
    recommender = programme.roles.get(Role.RECOMMENDER)
    if recommender is None:
        yield problem(
            FILE,
            f"{WHERE}.by",
            Text(zh="缺少角色“recommender”，没有人能提名", en="no role recommender: nobody could nominate"),
            Text(
                zh="请在 roles 中写明 recommender，例如 recommender: {title: {zh: 提名单位}, clause: …}",
                en="name it under roles: recommender: {title: {zh: 提名单位}, clause: …}",
            ),
        )
    elif spec.only and recommender.may_be_applicant:
        yield problem(
            FILE,
            f"{WHERE}.only",
            Text(
                zh="只能由他方提名的，推荐单位不能推荐本单位，与 roles.recommender.may_be_applicant 矛盾",
                en="where others nominate, no unit puts itself forward: roles.recommender.may_be_applicant says it may",
            ),
            Text(
                zh="请删去 may_be_applicant，或者写明 only: false",
                en="leave may_be_applicant out, or write only: false",
            ),
        )
    start = programme.lifecycle.steps.get(programme.lifecycle.start)
    if start is not None and DECLINES not in start.commands:
        yield problem(
            FILE,
            f"{WHERE}",
            Text(
                zh="被提名单位无法谢绝提名：起始环节没有指令 discard",
                en="the unit that was nominated could not decline: the first step has no command discard",
            ),
            Text(
                zh="请在起始环节的 commands 中写明 discard: {to: {close: discarded}, source: proposed}",
                en="give the first step the command discard: {to: {close: discarded}, source: proposed}",
            ),
        )


def _by(spec: NominationSpec) -> Iterator[Problem]:
    if not spec.by:
        yield problem(
            FILE,
            f"{WHERE}.by",
            Text(zh="没有可以提名的单位", en="nobody may nominate"),
            Text(
                zh="请写明单位类别，例如 by: [county, department]", en="name kinds: by: [county, department]"
            ),
        )
    yield from unknown_codes(f"{WHERE}.by", spec.by, set(OrganisationKind.values), "单位类别", "kind")
    for kind in sorted({kind for kind in spec.by if spec.by.count(kind) > 1}):
        yield problem(
            FILE, f"{WHERE}.by.{kind}", Text(zh=f"“{kind}”重复", en=f"{kind!r} is written more than once")
        )
    if spec.within == "territory":
        for kind in (code.value for code in sorted(PLACELESS) if code.value in spec.by):
            yield problem(
                FILE,
                f"{WHERE}.by.{kind}",
                Text(
                    zh=f"“{kind}”没有辖区，不能限定提名本辖区的单位",
                    en=f"{kind!r} has no territory of its own to keep to",
                ),
                Text(
                    zh="请写明 within: authority，或者从 by 中删去该类单位",
                    en="write within: authority, or take the kind out of by",
                ),
            )


def _limit(pack: Pack, spec: NominationSpec) -> Iterator[Problem]:
    if not spec.limit:
        return
    where = f"{WHERE}.limit"
    if spec.limit.isascii() and spec.limit.isdigit():
        if not int(spec.limit):
            yield problem(
                FILE,
                where,
                Text(zh="限额为0，没有人能提名", en="with a limit of 0 nobody could nominate"),
                Text(zh="不限数量的，请删去 limit", en="leave limit out where there is none"),
            )
        return
    slot = pack.programme.slots.get(spec.limit)
    if slot is None or slot.type != "integer":
        yield problem(
            FILE,
            where,
            Text(
                zh=f"“{spec.limit}”不是数字，也不是整数型待定值",
                en=f"{spec.limit!r} is neither a number nor a slot of type integer",
            ),
            Text(zh='例如 limit: "5"', en='for instance limit: "5"'),
        )
