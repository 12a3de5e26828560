"""For which units somebody may declare, and which of them a line of a file names. 批量导入的申报单位"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.models import Organisation, OrganisationAlias
from accounts.models.organisation import OrganisationQuerySet
from accounts.validators import clean_name, compact_uscc
from audit.punctuation import listed


def units_in_reach(actor: Actor) -> OrganisationQuerySet:
    """The units in whose name the actor may declare, of any kind, in the order of the directory."""
    units = Organisation.objects.filter(is_active=True)
    if actor.organisation is None or actor.assignment is None:
        return units.none()
    if actor.assignment.subtree:
        return units.within(actor.organisation).order_by("path")
    return units.filter(pk=actor.organisation.pk)


@dataclass(frozen=True, slots=True)
class Named:
    """What a line's unit came to: the unit, or why there is none."""

    unit: Organisation | None = None
    problem: str = ""


@dataclass(slots=True)
class NamedUnits:
    """The units that a file names, by every name under which they are known."""

    kinds: Collection[str]
    own: Organisation | None
    """The only unit in reach: a line need not name it. None where there are several."""
    found: dict[str, list[Organisation]] = field(default_factory=dict)

    def named(self, typed: str) -> Named:
        """The unit meant by what was typed."""
        if not typed.strip():
            return Named(self.own) if self.own is not None else Named(problem=_("请填写申报单位。"))
        units = self.found.get(clean_name(typed)) or self.found.get(compact_uscc(typed)) or []
        if not units:
            return Named(
                problem=_("没有找到该单位，或不在您可代为申报的范围内。请填写单位全称或统一社会信用代码。")
            )
        if len(units) > 1:
            return Named(
                problem=_("有%(n)s个单位使用这一简称，请填写单位全称或统一社会信用代码。") % {"n": len(units)}
            )
        if units[0].kind not in self.kinds:
            kinds = listed(OrganisationKind(k).label for k in self.kinds if k in OrganisationKind.values)
            return Named(
                problem=_("该单位不属于本事项的申报主体（%(kinds)s），不能申报。") % {"kinds": kinds}
            )
        return Named(units[0])


def named_units(
    actor: Actor, kinds: Collection[str], own: Organisation | None, typed: Iterable[str]
) -> NamedUnits:
    """The units that ``typed`` may mean, as far as they are in the actor's reach: full name, then former or other name,

    then short name; or credit code. Two queries, none when nothing was typed.
    """
    result = NamedUnits(kinds, own)
    wanted = {text.strip() for text in typed if text.strip()}
    if not wanted:
        return result
    names, codes = {clean_name(text) for text in wanted}, {compact_uscc(text) for text in wanted}
    reach = units_in_reach(actor)
    aliases = list(OrganisationAlias.objects.filter(name__in=names).values_list("name", "organisation_id"))
    called = Q(name__in=names) | Q(uscc__in=codes) | Q(short_name__in=names)
    units = list(reach.filter(called | Q(pk__in=[pk for _name, pk in aliases])))
    by_key = {unit.pk: unit for unit in units}
    ways = (
        [(unit.name, unit) for unit in units] + [(unit.uscc, unit) for unit in units if unit.uscc],
        [(name, by_key[pk]) for name, pk in aliases if pk in by_key],
        [(unit.short_name, unit) for unit in units if unit.short_name],
    )
    for way in ways:
        better = set(result.found)
        for name, unit in way:
            if name not in better:
                result.found.setdefault(name, []).append(unit)
    return result
