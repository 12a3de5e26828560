"""Certificates: whether a plaque is good today, since when not, and the code that leads here. 证书核验"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from enum import StrEnum

import segno
from django.conf import settings
from django.urls import reverse

from accounts.models import Organisation
from cases.enums import StandingStatus
from cases.models import Plaque, Standing
from portal.register import tier_label


class Validity(StrEnum):
    """核验结论. Codes are stable."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A plaque as its certificate tells it. ``since`` is when it ceased to be good, None while it is; ``granted`` is the

    recognition that it rests on, which may have been another holder's (a succession).
    """

    plaque: Plaque
    standing: Standing | None
    granted: Standing | None
    validity: Validity
    since: dt.date | None

    @property
    def valid(self) -> bool:
        """Whether the accreditation stands."""
        return self.validity is Validity.VALID

    @property
    def holder(self) -> Organisation:
        """Who was accredited."""
        return self.standing.holder if self.standing is not None else self.plaque.case.applicant

    @property
    def tier(self) -> str:
        """The tier in words, '' without. In Chinese: the certificate is a Chinese document."""
        return tier_label(self.plaque.case.edition, self.plaque.tier, "zh")

    @property
    def approver(self) -> str:
        """Who approved, by the record of the decision; else the authority."""
        decided = self.granted.decision.organisation if self.granted is not None else None
        return decided.name if decided is not None else self.plaque.authority.name


def certificate(plaque: Plaque) -> Certificate:
    """The certificate of ``plaque`` as of now. One query; two for one that was taken back."""
    results = list(
        Standing.objects.filter(case=plaque.case_id)
        .select_related("holder", "case__edition", "decision__organisation")
        .defer("case__edition__source", "decision__letter", "decision__reason")
        .order_by("since", "id")
    )
    granted = [row for row in results if row.status == StandingStatus.ACCREDITED]
    mine = next((row for row in granted if row.number == plaque.number), granted[0] if granted else None)
    first = next((row for row in granted if row.tier == plaque.tier), mine)
    validity, since = _validity(plaque, next((row for row in reversed(results) if row.current), None))
    return Certificate(plaque, mine, first, validity, since)


def _validity(plaque: Plaque, now: Standing | None) -> tuple[Validity, dt.date | None]:
    """The plaque's own withdrawal decides first; else what the case legally is."""
    if plaque.withdrawn_on is not None:
        newer = Plaque.objects.filter(case=plaque.case_id, pk__gt=plaque.pk, issued_on=plaque.withdrawn_on)
        return Validity.REPLACED if newer.exists() else Validity.WITHDRAWN, plaque.withdrawn_on
    match now.status if now is not None else None:
        case StandingStatus.WITHDRAWN:
            assert now is not None
            return Validity.WITHDRAWN, now.since
        case StandingStatus.SUSPENDED:
            assert now is not None
            return Validity.SUSPENDED, now.since
        case StandingStatus.LAPSED:
            assert now is not None
            return Validity.LAPSED, now.since
        case StandingStatus.ACCREDITED:
            return Validity.VALID, None
    return Validity.LAPSED, None  # nothing accredits the holder (any more)


def address(plaque: Plaque) -> str:
    """Where the certificate can be checked, in full: what the code on it says."""
    path = reverse("portal:certificate", args=[plaque.public_id])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def qr_svg(plaque: Plaque) -> bytes:
    """The QR code of :func:`address` as SVG: medium error correction, a quiet zone of four modules."""
    buffer = io.BytesIO()
    code = segno.make_qr(address(plaque), error="m")
    code.save(buffer, kind="svg", border=4, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return buffer.getvalue()
