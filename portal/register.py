"""The register of the accredited: read from Standing, never from a case's stage. 在册名录"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Organisation
from audit import clock
from cases.enums import StandingStatus
from cases.models import Plaque, Standing
from portal.language import language
from programmes.models import Edition, Programme
from programmes.models.edition import load_by_digest

LISTED: Final = (
    StandingStatus.LISTED,
    StandingStatus.LISTED_CREATION,
    StandingStatus.LISTED_CULTIVATION,
)
"""On an announced list: to be created or cultivated, or in a library of projects."""
GOOD: Final = (StandingStatus.ACCREDITED, *LISTED)
"""What counts as standing in the register now."""
SHOWN: Final = (
    *GOOD,
    StandingStatus.SUSPENDED,
    StandingStatus.WITHDRAWN,
    StandingStatus.LAPSED,
)
"""What the public reads. A filing is in the register where its edition says so (:data:`FILED_PUBLICLY`)."""
FILED_PUBLICLY: Final = Q(status=StandingStatus.FILED, in_register=True)
"""On file under an edition whose result is the filing, and which has the public read it."""

TONES: Final[dict[StandingStatus, str]] = {
    StandingStatus.ACCREDITED: "success",
    StandingStatus.FILED: "info",
    StandingStatus.LISTED: "info",
    StandingStatus.LISTED_CREATION: "info",
    StandingStatus.LISTED_CULTIVATION: "info",
    StandingStatus.SUSPENDED: "warning",
    StandingStatus.WITHDRAWN: "danger",
    StandingStatus.LAPSED: "neutral",
}


@dataclass(frozen=True, slots=True)
class TierChoice:
    """A tier as its edition names it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the register: the standing, and the plaque that belongs to it."""

    standing: Standing
    plaque: Plaque | None

    @property
    def status(self) -> StandingStatus:
        """The legal result."""
        return StandingStatus(self.standing.status)

    @property
    def tone(self) -> str:
        """The badge's tone."""
        return TONES.get(self.status, "neutral")

    @property
    def number(self) -> str:
        """The plaque's number; '' where the programme gives no plaque."""
        return self.standing.number or (self.plaque.number if self.plaque else "")

    @property
    def tier(self) -> str:
        """The tier in words; '' when there is none."""
        code = self.standing.tier or (self.plaque.tier if self.plaque else "")
        return tier_label(self.standing.case.edition, code, language())


def entries(
    *,
    q: str = "",
    programme: Programme | None = None,
    region: Organisation | None = None,
    tier: str = "",
    status: str = "",
) -> QuerySet[Standing]:
    """The entries that match, the latest first. Two queries when evaluated (the second: plaques).

    ``status`` '' is what is accredited or listed now, ``all`` includes what has ended; ``q`` is part of a holder's name, of a
    region's name, of the case's title, or of a plaque's number.
    """
    rows = with_plaques(Standing.objects.filter(Q(status__in=SHOWN) | FILED_PUBLICLY, current=True))
    # Withdrawn or lapsed without ever having been accredited or listed: no entry of this register.
    good = Q(status__in=GOOD) | FILED_PUBLICLY
    once = Standing.objects.filter(good, case=OuterRef("case"))
    rows = rows.filter(good | Exists(once))
    if status != "all":
        rows = rows.filter(Q(status=status) if status else good)
    if programme is not None:
        rows = rows.filter(programme=programme)
    if region is not None:
        rows = rows.filter(holder__path__startswith=region.path)
    if tier:
        mine = Plaque.objects.filter(case=OuterRef("case"), tier=tier)
        rows = rows.filter(Q(tier=tier) | Q(tier="") & Exists(mine))
    if q := q.strip():
        rows = rows.filter(_matching(q))
    return rows.order_by("-since", "-id")


def with_plaques(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """``rows`` with what a page shows of them: holder, programme, edition, decision, plaques (the latest first)."""
    plaques = Plaque.objects.order_by("-issued_on", "-id")
    return (
        rows.select_related("holder", "authority", "programme", "case__edition", "decision__organisation")
        .defer("case__edition__source", "decision__letter", "decision__reason")
        .prefetch_related(Prefetch("case__plaques", queryset=plaques, to_attr="plaques_shown"))
    )


def line(standing: Standing) -> Line:
    """``standing`` of :func:`with_plaques` with its plaque: the one of its number, else the latest. No query."""
    plaques: list[Plaque] = standing.case.plaques_shown  # type: ignore[attr-defined]
    named = next((plaque for plaque in plaques if standing.number and plaque.number == standing.number), None)
    return Line(standing, named or (plaques[0] if plaques else None))


@dataclass(frozen=True, slots=True)
class Held:
    """A plaque of an entry; ``replaced``: another one was given on the day on which it was taken back."""

    plaque: Plaque
    replaced: bool


def held(plaques: list[Plaque]) -> list[Held]:
    """The plaques, the latest first, each with whether the next one replaced it. No query."""
    newer = [None, *plaques[:-1]]
    return [
        Held(plaque, next_one is not None and plaque.withdrawn_on == next_one.issued_on)
        for plaque, next_one in zip(plaques, newer, strict=False)
    ]


@dataclass(frozen=True, slots=True)
class End:
    """The last day of the measure that an entry rests on, and what follows it ('' = nothing is named)."""

    day: dt.date
    successor: str
    over: bool


def end_of(standing: Standing) -> End | None:
    """Until when the measure of the entry is in force; None where it sets no day. One query where a successor is named."""
    programme = load_by_digest(standing.case.edition.digest).programme
    if not programme.effective_until:
        return None
    day = dt.date.fromisoformat(programme.effective_until)
    successor = ""
    if programme.succeeded_by:
        rows = Programme.objects.filter(authority=standing.authority_id, code=programme.succeeded_by)
        found = rows.first()
        successor = str(found.title) if found is not None else ""
    return End(day, successor, clock.today() > day)


def history(standing: Standing) -> list[Standing]:
    """The public results of the same case, the latest first. One query."""
    rows = Standing.objects.filter(Q(status__in=SHOWN) | FILED_PUBLICLY, case=standing.case_id)
    return list(rows.select_related("decision__organisation", "holder").order_by("-since", "-id"))


def tiers_known(programme: Programme | None) -> list[TierChoice]:
    """The tiers that have been given, by the words of the edition they were given under. One query, and one per

    edition that this process has not read yet.
    """
    given = Plaque.objects.exclude(tier="")
    if programme is not None:
        given = given.filter(case__programme=programme)
    pairs = given.values_list("tier", "case__edition__digest").order_by("tier").distinct()
    return list({code: TierChoice(code, _label(digest, code, language())) for code, digest in pairs}.values())


def tier_label(edition: Edition, code: str, lang: str) -> str:
    """A tier's name in the words of the edition; the code itself when the edition has none. '' for ''."""
    return _label(edition.digest, code, lang) if code else ""


def _label(digest: str, code: str, lang: str) -> str:
    plaque = load_by_digest(digest).programme.plaque
    named = next((tier for tier in plaque.tiers if tier.code == code), None) if plaque else None
    return named.label.in_language(lang) if named else code


def _matching(q: str) -> Q:
    found = (
        Q(holder__name__icontains=q)
        | Q(holder__short_name__icontains=q)
        | Q(holder__parent__name__icontains=q)
        | Q(case__title__icontains=q)
        | Q(number__icontains=q)
    )
    return found | Q(Exists(Plaque.objects.filter(case=OuterRef("case"), number__icontains=q)))
