"""What can be declared for: every programme in force, who may declare, and the rounds that are open. 申报指南"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from accounts.enums import OrganisationKind
from audit import clock
from audit.punctuation import listed
from portal.programme_page import OPEN, OVER, SOON, Call, call_of
from programmes.enums import EditionStatus
from programmes.models import Edition, Programme, Round
from programmes.nominations import nomination_of, nomination_told, only_nominated
from programmes.schema import Pack
from workflows.programme_kinds import kind_of

OVER_SHOWN = 3
"""So many rounds that are over stay on a programme's page."""


@dataclass(frozen=True, slots=True)
class Guide:
    """事项: a programme as the public reads it, with its rounds as of today."""

    programme: Programme
    edition: Edition
    applicants: str
    clause: str
    summary: str
    calls: tuple[Call, ...]

    @property
    def pack(self) -> Pack:
        """The policy in force."""
        return self.edition.pack

    @property
    def open(self) -> list[Call]:
        """The rounds that take declarations today."""
        return [call for call in self.calls if call.status == OPEN]

    @property
    def coming(self) -> list[Call]:
        """The rounds that will."""
        return [call for call in self.calls if call.status == SOON]

    @property
    def over(self) -> list[Call]:
        """The last rounds that no longer do."""
        return [call for call in self.calls if call.status == OVER][:OVER_SHOWN]

    @property
    def checkable(self) -> bool:
        """Whether the pack has questions of its own for the pre-check."""
        return bool(self.pack.eligibility.questions)

    @property
    def nomination(self) -> str:
        """Who nominates, in a sentence; '' where units declare by themselves alone."""
        spec = nomination_of(self.pack)
        return nomination_told(spec) if spec is not None else ""

    @property
    def only_nominated(self) -> bool:
        """Whether nobody declares without having been nominated."""
        return only_nominated(self.pack)


def guides(
    *,
    q: str = "",
    authority: str = "",
    kind: str = "",
    gives: str = "",
    open_only: bool = False,
) -> list[Guide]:
    """The programmes in force that meet the filter, those taking declarations first. Three queries.

    ``authority`` is a public id, ``kind`` a kind of unit that may declare, ``gives`` a kind of programme; ``q`` is looked
    for in title and summary.
    """
    rows = [guide for guide in map(guide_of, programmes_shown()) if guide is not None]
    kept = [
        row
        for row in rows
        if (not authority or str(row.programme.authority.public_id) == authority)
        and (not kind or kind in row.pack.programme.applicant.kinds)
        and (not gives or kind_of(row.pack) == gives)
        and (not open_only or row.open)
        and _found(row, q)
    ]
    return sorted(kept, key=lambda row: (not row.open, not row.coming))


def programmes_shown() -> QuerySet[Programme]:
    """Programmes with an edition in force, by authority, with what a guide shows. Three queries."""
    in_effect = Q(effective_from__isnull=True) | Q(effective_from__lte=clock.today())
    editions = Edition.objects.filter(in_effect, status=EditionStatus.PUBLISHED).defer("source")
    return (
        Programme.objects.filter(editions__status=EditionStatus.PUBLISHED)
        .distinct()
        .select_related("authority")
        .prefetch_related(
            Prefetch("rounds", queryset=Round.objects.order_by("-opens_on", "-pk"), to_attr="running"),
            Prefetch("editions", queryset=editions.order_by("-published_at", "-pk"), to_attr="published"),
        )
        .order_by("authority__path", "code")
    )


def guide_at(public_id: uuid.UUID) -> Guide | None:
    """One programme; None when there is none in force. Three queries."""
    programme = programmes_shown().filter(public_id=public_id).first()
    return guide_of(programme) if programme is not None else None


def guide_of(programme: Programme) -> Guide | None:
    """A programme of :func:`programmes_shown` for reading; None when none of its editions is in force yet."""
    editions: list[Edition] = programme.published  # type: ignore[attr-defined]
    if not editions:
        return None
    rounds: Iterable[Round] = programme.running  # type: ignore[attr-defined]
    today = clock.today()
    spec = editions[0].pack.programme
    return Guide(
        programme,
        editions[0],
        applicants_of(editions[0].pack),
        spec.applicant.clause,
        str(spec.summary) if spec.summary else "",
        tuple(call_of(round_, today) for round_ in rounds),
    )


def applicants_of(pack: Pack) -> str:
    """Who may declare, in words."""
    kinds = pack.programme.applicant.kinds
    return listed(OrganisationKind(kind).label for kind in kinds if kind in OrganisationKind.values)


def _found(row: Guide, q: str) -> bool:
    text = " ".join(
        [row.programme.title, row.programme.title_zh, row.summary, row.programme.authority.name]
    ).lower()
    return all(word in text for word in q.lower().split())
