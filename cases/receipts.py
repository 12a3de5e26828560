"""The receipt of a version that was sent: its number, and a code by which anybody can check that it is genuine. 接收回执

Both follow from the version, so that every version ever sent has its receipt, and it is always the same one. The code is
made of the version's random id under the installation's secret (sixteen symbols, 80 bits); after the secret was changed
the former ones (``SECRET_KEY_FALLBACKS``) still answer for paper that was printed under them.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Final

import segno
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from cases.models import Declaration

SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing that is read as something else."""
MISREAD: Final = str.maketrans("OIL", "011")
LENGTH: Final = 16
GROUP: Final = 4
SALT: Final = "cases.receipts"
NUMBER: Final = re.compile(r"HZ-(?P<case_no>.{1,64})-(?P<version>\d{2,4})")
NOBODY: Final = uuid.UUID(int=0)
DIGEST_GROUP: Final = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """回执: of one version that was sent. ``newer``: another version has been sent since."""

    version: Declaration
    newer: bool

    @property
    def number(self) -> str:
        """回执编号: the case's number and the version's."""
        return receipt_number(self.version)

    @property
    def code(self) -> str:
        """查验码, in groups of four."""
        return check_code(self.version.public_id)


def receipt_number(version: Declaration) -> str:
    """The number of a version's receipt; its case has a number once it was sent."""
    return f"HZ-{version.case.case_no}-{version.version_no:02d}"


def check_code(public_id: uuid.UUID, secret: str | None = None) -> str:
    """The code of a version, in groups of four; under another ``secret`` than the installation's."""
    made = salted_hmac(SALT, str(public_id), secret=secret, algorithm="sha256").digest()
    bits = int.from_bytes(made, "big")
    symbols = "".join(SYMBOLS[bits >> (5 * place) & 31] for place in range(LENGTH))
    return "-".join(symbols[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def find_receipt(number: str, code: str) -> Receipt | None:
    """The receipt with this number and this code; None for any other pair, after the same work."""
    found = NUMBER.fullmatch(number.strip().upper())
    rows: list[Declaration] = []
    if found is not None:
        sent = Declaration.objects.filter(
            case__case_no=found["case_no"], version_no=int(found["version"]), submitted_at__isnull=False
        )
        sent = sent.select_related("case__programme", "case__round", "case__edition")
        rows = list(sent.defer("case__edition__source").order_by("pk"))
    answers = [_opens(row.public_id, code) for row in rows] or [_opens(NOBODY, code) and False]
    version = next((row for row, good in zip(rows, answers, strict=False) if good), None)
    if version is None:
        return None
    newer = version.case.declarations.filter(submitted_at__isnull=False, version_no__gt=version.version_no)
    return Receipt(version, newer.exists())


def _opens(public_id: uuid.UUID, code: str) -> bool:
    plain = _plain(code)
    secrets = [None, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return any(constant_time_compare(_plain(check_code(public_id, one)), plain) for one in secrets)


def _plain(code: str) -> str:
    return "".join(code.upper().translate(MISREAD).split()).replace("-", "")


def grouped(digest: str) -> str:
    """A digest in groups of eight, as paper shows it and people compare it."""
    return " ".join(digest[at : at + DIGEST_GROUP] for at in range(0, len(digest), DIGEST_GROUP))


def qr_of(text: str) -> str:
    """A QR code as SVG to stand in a page: medium error correction, a quiet zone of four modules."""
    code = segno.make_qr(text, error="m")
    return code.svg_inline(border=4, svgclass=None, lineclass=None, omitsize=True)
