"""The receipt of an objection: a number, and a code that only whoever holds the receipt knows. 回执

Sixteen symbols (80 bits) made of the objection's random id under the installation's secret, so that sending the same
form again yields the same receipt. The row holds a hash of the code; the code itself is stored nowhere.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Final

from django.core import signing
from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac

from cases.models import Objection

SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing that is read as something else."""
MISREAD: Final = str.maketrans("OIL", "011")
LENGTH: Final = 16
GROUP: Final = 4
SALT: Final = "portal.receipt"
VALID_SECONDS: Final = 30 * 60


def new_number(case_no: str) -> str:
    """A receipt number: the case's, and six symbols that cannot be counted up."""
    return f"YY-{case_no}-{uuid.uuid4().hex[:6].upper()}"


def check_code(public_id: uuid.UUID) -> str:
    """The code of an objection, in groups of four."""
    made = salted_hmac("workflows.receipts", str(public_id), algorithm="sha256").digest()
    bits = int.from_bytes(made, "big")
    symbols = "".join(SYMBOLS[bits >> (5 * place) & 31] for place in range(LENGTH))
    return "-".join(symbols[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def hash_of(code: str) -> str:
    """What is stored of a code: SHA-256. Eighty random bits need no slower one."""
    plain = "".join(code.upper().translate(MISREAD).split()).replace("-", "")
    return hashlib.sha256(f"licheng-objection:{plain}".encode()).hexdigest()


def opens(objection: Objection | None, code: str) -> bool:
    """Whether the code is the objection's own; takes as long for no objection at all."""
    return constant_time_compare(objection.check_hash if objection is not None else "", hash_of(code))


def receipt_token(objection: Objection) -> str:
    """A token that opens the receipt: signed, good for half an hour. It names no number and no code."""
    return signing.dumps([str(objection.public_id), uuid.uuid4().hex], salt=SALT)


def open_receipt(token: str) -> Objection | None:
    """The objection of a token that nobody has opened yet; None when it is not genuine, too old, or opened before.

    Opening uses the token up: the page tells the check code, and an address stays in histories and logs. Whoever sends
    the same form again gets a token anew, and the same receipt.
    """
    try:
        public_id, once = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    if not cache.add(f"portal:receipt:{once}", True, VALID_SECONDS):
        return None
    case = "notice__case"
    rows = Objection.objects.select_related("notice__authority", f"{case}__edition", f"{case}__authority")
    return rows.filter(public_id=public_id).first()
