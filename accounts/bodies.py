"""Which units are one legal body, and whose territory a unit lies in. 法人与辖区"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.organisations import TERRITORIES

PLACES = frozenset(TERRITORIES)
OFFICES = frozenset({OrganisationKind.DEPARTMENT, OrganisationKind.LEADING_GROUP_OFFICE})


Units = Mapping[int, Organisation]


def same_body(one: Organisation, other: Organisation, above: Units | None = None) -> bool:
    """Whether two units of the directory are one legal body (同一法人). At most one query, none given who stands ``above``

    both (:func:`above_all`).

    The same unit is, and units with the same 统一社会信用代码 are. A unit *with* a credit code of its own is a body of its
    own, wherever it stands. A unit without one is an inner part (内设机构、分支机构) of the enterprise, institution,
    department or office that it stands under, with all the other parts of it. A government's department or office
    without a credit code of its own is one with the government above it, not with that government's other departments.
    Provinces, cities, counties, towns and zones are each a body of their own.
    """
    if one.pk == other.pk:
        return True
    above = above if above is not None else above_all([one, other])
    first, second = _body(one, above), _body(other, above)
    return (
        first.pk == second.pk
        or bool(first.uscc and first.uscc == second.uscc)
        or _serves(first, second)
        or _serves(second, first)
    )


def above_all(units: Iterable[Organisation]) -> dict[int, Organisation]:
    """The units themselves and whatever stands above them, by key. One query."""
    keys = {key for unit in units for key in unit.lineage}
    return {unit.pk: unit for unit in Organisation.objects.filter(pk__in=keys)}


def territory_of(unit: Organisation) -> Organisation | None:
    """The territory that a unit acts for: its own, or that of the government it belongs to. One query."""
    lineage = Organisation.objects.filter(pk__in=unit.lineage, kind__in=PLACES)
    return lineage.order_by("-path").first()


def _body(unit: Organisation, above: Units) -> Organisation:
    """The unit that a part is part of, up to one with a credit code or under a government."""
    while not unit.uscc and unit.kind not in PLACES and unit.parent_id is not None:
        parent = above[unit.parent_id]
        if parent.kind in PLACES:
            break
        unit = parent
    return unit


def _serves(office: Organisation, government: Organisation) -> bool:
    """Whether ``office`` is a department of that very government, and not registered as a body of its own."""
    return office.kind in OFFICES and not office.uscc and office.parent_id == government.pk
