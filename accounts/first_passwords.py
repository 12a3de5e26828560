"""The first password of an account: made here, shown once to who hands it over, kept nowhere. 初始密码"""

from __future__ import annotations

import secrets
from typing import Final

SYMBOLS: Final = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
"""Nothing that is misread on paper or on the telephone: no 0 and O, no 1, I and l."""
GROUPS, EACH = 4, 4


def new_first_password() -> str:
    """Sixteen random symbols in groups of four (about 92 bits), with a digit and a letter among them."""
    while True:
        plain = "".join(secrets.choice(SYMBOLS) for _symbol in range(GROUPS * EACH))
        if any(symbol.isdigit() for symbol in plain) and any(symbol.isalpha() for symbol in plain):
            return "-".join(plain[at : at + EACH] for at in range(0, GROUPS * EACH, EACH))
