"""Which programmes fit a unit: those it may declare for, and those it may not, each with the clause that decides. 事项查找"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Organisation
from portal.precheck import HERE, OTHER, PLACES, Control, kinds_offered
from portal.programmes import Guide, guides


@dataclass(frozen=True, slots=True)
class Fit:
    """A programme, and why it is out of the question ('' when it is not)."""

    guide: Guide
    reason: str
    clause: str
    region: str = ""
    """Where the unit is, as the programme's pre-check asks for it."""

    @property
    def questions(self) -> int:
        """How many questions the pre-check has beside who asks."""
        return len(self.guide.pack.eligibility.questions)


def places() -> dict[str, Organisation]:
    """Every place that the directory of units names, by its public id; the higher before the lower. One query."""
    units = Organisation.objects.filter(kind__in=PLACES, is_active=True).order_by("region_code", "path")
    return {str(unit.public_id): unit for unit in units}


def covers(authority: Organisation, place: Organisation | None) -> bool:
    """Does a place lie in the authority's region? It is under it, or its code is (5201 is within 52)."""
    if place is None:
        return False
    if place.is_within(authority):
        return True
    stem = authority.region_code
    while stem.endswith("00"):
        stem = stem[:-2]
    return bool(stem) and place.region_code.startswith(stem)


def fits(kind: Control, place: Organisation | None) -> tuple[list[Fit], list[Fit]]:
    """What is possible for such a unit, and what is not. Three queries."""
    possible: list[Fit] = []
    excluded: list[Fit] = []
    for guide in guides():
        applicant = guide.pack.programme.applicant
        authority = guide.programme.authority
        if kind.value not in applicant.kinds:
            told = _("申报主体应为：%(kinds)s。") % {"kinds": guide.applicants}
            excluded.append(Fit(guide, told, applicant.clause))
        elif not covers(authority, place):
            told = _("本事项由%(place)s组织实施，面向本地区的单位。") % {"place": authority.name}
            excluded.append(Fit(guide, told, applicant.clause))
        else:
            assert place is not None
            inside = place.region_code and place.is_within(authority) and place.kind in PLACES
            possible.append(Fit(guide, "", "", place.region_code if inside else HERE))
    return possible, excluded


def asks(kind: str, region: str, known: dict[str, Organisation], *, sent: bool) -> tuple[Control, Control]:
    """The two questions with what was chosen."""
    offered = [*((key, unit.label) for key, unit in known.items()), (OTHER, _("其他地区"))]
    return (
        _control("kind", _("贵单位属于哪一类？"), kinds_offered(), kind, sent),
        _control("region", _("贵单位在哪里？"), offered, region, sent),
    )


def _control(name: str, text: str, options: list[tuple[str, str]], value: str, sent: bool) -> Control:
    good = value in dict(options)
    error = "" if good or not sent else _("请选择一项。")
    return Control(name, text, options=tuple(options), values=(value,) if good else (), error=error)
