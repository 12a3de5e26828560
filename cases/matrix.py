"""The permission matrix, generated from :mod:`cases.policy`: role × relation × stage × action. 权限矩阵

Committed as ``docs/permissions.csv`` (``manage.py permissions``); a test regenerates it and compares.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from accounts.enums import Role
from cases import policy
from cases.enums import Capacity, Part, Stage
from cases.relations import CAPACITIES, Relations

RELATIONS = ("own", "consulted", "nominator", "assigned", "drafter", "recused", "other")
DRAFT = "draft"
STAGES = (DRAFT, *(stage.value for stage in Stage))
"""``draft`` is the declare stage before anything was sent."""


def relations_named(relation: str, role: Role) -> Relations:
    """The relation of the matrix as the policy sees it: the unit is party in the role's own capacity, or not at all."""
    unit = frozenset(c.value for c in CAPACITIES.get(role, frozenset()))
    match relation:
        case "own":
            return Relations(unit, frozenset())
        case "consulted":
            return Relations(frozenset({Capacity.CONSULTED.value}), frozenset())
        case "nominator":
            return Relations(frozenset({Capacity.NOMINATOR.value}), frozenset())
        case "assigned":
            return Relations(frozenset(), frozenset({Part.EXPERT.value}))
        case "drafter":
            return Relations(unit, frozenset({Part.DRAFTER.value}))
        case "recused":
            return Relations(unit, frozenset({Part.RECUSED.value, Part.EXPERT.value}))
        case _:
            return Relations(frozenset(), frozenset())


def cell(role: Role, relation: str, stage: str, action: str) -> str:
    """``yes``, or the code of the refusal."""
    relations = relations_named(relation, role)
    same_authority = relation != "other"
    if not policy.sees(role, relations, draft=stage == DRAFT, same_authority=same_authority):
        return "invisible"
    return policy.permitted(role, relations, action, stage="declare" if stage == DRAFT else stage) or "yes"


def rows() -> Iterator[list[str]]:
    """Header, then one row for each action × role × relation with a cell for each stage."""
    yield ["action", "role", "relation", *STAGES]
    for action in policy.all_actions():
        for role in Role:
            for relation in RELATIONS:
                yield [
                    action,
                    role.value,
                    relation,
                    *(cell(role, relation, stage, action) for stage in STAGES),
                ]


def as_csv() -> str:
    """The matrix as the text of ``docs/permissions.csv``; rows that refuse everywhere for one reason are left out."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows()):
        if number == 0 or len(set(row[3:])) > 1 or row[3] == "yes":
            writer.writerow(row)
    return out.getvalue()
