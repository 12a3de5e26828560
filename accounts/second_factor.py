"""The second factor: enrolment, codes, what happens after wrong ones, and the proof that a door accepts. 动态口令

Codes of an authenticator app (RFC 6238: SHA-1, six digits, thirty seconds), one step early or late. A code is good once.
After :data:`TRIES` wrong ones nothing is taken for :data:`LOCKED`. :func:`verify` commits for itself, so that a refusal
further on cannot undo the count; what it has found is carried to a door by :func:`proof_for`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Final

import pyotp
from django.core import signing
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.guards import require_reason
from accounts.keeping import (
    require_factor_resettable,
    require_keeper_of,
    require_no_administrators_account,
    require_still_in_office,
)
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.records import record
from audit import clock

ISSUER: Final = "历程 Licheng"
STEP: Final = 30
DIGITS: Final = 6
DRIFT: Final = (0, -1, 1)
TRIES: Final = 5
LOCKED: Final = dt.timedelta(minutes=15)
CODES: Final = 10
SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD: Final = str.maketrans("OIL", "011")
WIDE: Final = str.maketrans("０１２３４５６７８９", "0123456789")
SYMBOLS_EACH: Final = 16
GROUP: Final = 4
PROOF_SALT: Final = "accounts.second_factor"
PROOF_SECONDS: Final = 120
TOTP, RECOVERY = "totp", "recovery"


def factor_of(user: User) -> SecondFactor | None:
    """The person's second factor once it has been confirmed; None before. One query."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def has_factor(user: User) -> bool:
    """Whether the person can be asked for a code. One query."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


# -- enrolment -----------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_enrolment(*, user: User) -> SecondFactor:
    """A new secret, not good before its first code has come back; the one in use stays until then.

    A page that is loaded again shows the same secret.
    """
    row, _created = SecondFactor.objects.select_for_update().get_or_create(user=user)
    if not row.candidate:
        row.candidate = pyotp.random_base32()
        row.save(update_fields=["candidate"])
    return row


def address_of(row: SecondFactor) -> str:
    """``otpauth://`` address of the secret being set up: what the enrolment's QR code says."""
    return pyotp.TOTP(row.candidate, digits=DIGITS, interval=STEP).provisioning_uri(
        name=row.user.username, issuer_name=ISSUER
    )


def confirm_enrolment(*, user: User, code: str, present: str = "") -> list[str]:
    """The first code of the new secret has come back: from now on it is the one, with new recovery codes (returned once).

    ``present``: a code of the factor in use, where there is one. Raises Refusal: no_enrolment, wrong_code (field
    ``code``), and what :func:`verify` raises for ``present`` (field ``present``).
    """
    if has_factor(user):
        verify(user=user, code=present, field="present")
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(user=user).first()
        if row is None or not row.candidate:
            raise Refusal("no_enrolment", _("请重新打开本页，扫描新的二维码。"))
        step = _step_of(row.candidate, _plain(code))
        if step is None:
            raise _wrong("code", _("动态口令不正确。请确认手机时间准确，输入手机上当前显示的6位数字。"))
        row.secret, row.candidate, row.confirmed_at = row.candidate, "", clock.now()
        row.last_step, row.failures, row.locked_until = step, 0, None
        row.save()
        codes = _new_codes(user)
        _record("second_factor.enrolled", user)
    return codes


def renew_recovery_codes(*, user: User, code: str) -> list[str]:
    """New recovery codes; the old ones are good no more. Raises what :func:`verify` raises."""
    verify(user=user, code=code)
    with transaction.atomic():
        codes = _new_codes(user)
        _record("second_factor.codes_renewed", user)
    return codes


def codes_left(user: User) -> int:
    """How many recovery codes the person still has. One query."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True, replaced_at__isnull=True).count()


@transaction.atomic
def reset_factor(*, user: User, reason: str, actor: Actor) -> None:
    """停用动态口令: telephone and recovery codes are lost; the person sets a new one up. By the system administrator.

    Nobody does it for themselves: it would do without the code. Nor for a registered signer, whose signature it would
    give away together with a new password: the security administrator ends the registration first. Raises Refusal:
    own_account, not_permitted, beyond_reach, administrators_account, reason_missing, registered_signer,
    no_second_factor. Order: lock the account, check, rows, record.
    """
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refusal("own_account", _("不得停用本人的动态口令，请使用恢复码更换。"))
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require_keeper_of(user, actor)
    require_still_in_office(actor)
    require_no_administrators_account(user, actor)
    home = user.organisation
    authority = home.authority if home else None
    reason = require_reason(reason)
    require_factor_resettable(user)
    row = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if row is None:
        raise Refusal("no_second_factor", _("该用户未启用动态口令。"))
    row.secret, row.candidate, row.confirmed_at = "", "", None
    row.failures, row.locked_until = 0, None
    row.save()
    _live_codes(user).update(replaced_at=clock.now())
    data = {"reason": reason}
    record(authority=authority, action="second_factor.reset", actor=actor, subject=user.public_id, data=data)


# -- codes ---------------------------------------------------------------------------------------------------------


def verify(*, user: User, code: str, field: str = "code") -> str:
    """``totp`` or ``recovery`` when the code is the person's and was not used before; it is used up by this.

    Commits for itself. Raises Refusal (field ``field``): no_second_factor, code_locked, code_missing, code_used,
    wrong_code.
    """
    plain = _plain(code)
    if not plain:
        raise Refusal("code_missing", _("请输入动态口令。"), fields={field: _("请输入动态口令。")})
    with transaction.atomic():
        row = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
        if row is None:
            raise Refusal("no_second_factor", _("您尚未启用动态口令，请先在个人中心启用。"))
        refused = _refused_while_locked(row, field)
        if refused is None:
            method, refused = _tried(row, plain, field)
    if refused is not None:
        raise refused
    return method


def _tried(row: SecondFactor, plain: str, field: str) -> tuple[str, Refusal | None]:
    """Use the code up, or count the miss."""
    now = clock.now()
    method, refused = "", None
    if len(plain) == DIGITS and plain.isdecimal():
        step = _step_of(row.secret, plain)
        if step is not None and step > row.last_step:
            method, row.last_step = TOTP, step
        elif step is not None:
            refused = _wrong(field, _("该动态口令已使用过，请等待手机显示新的口令。"), "code_used")
    elif _live_codes(row.user).filter(digest=_digest(row.user, plain)).update(used_at=now):
        method = RECOVERY
    if method:
        row.failures, row.locked_until = 0, None
    else:
        row.failures += 1
        left = TRIES - row.failures
        if left <= 0:
            row.failures, row.locked_until = 0, now + LOCKED
            refused = _refused_while_locked(row, field)
        refused = refused or _wrong(field, _("动态口令不正确，还可以尝试%(n)d次。") % {"n": left})
    row.save(update_fields=["last_step", "failures", "locked_until"])
    return method, refused


def _refused_while_locked(row: SecondFactor, field: str) -> Refusal | None:
    if row.locked_until is None or row.locked_until <= clock.now():
        return None
    when = clock.local(row.locked_until).strftime("%H:%M")
    return _wrong(field, _("动态口令连续输错，已暂停使用，%(when)s后再试。") % {"when": when}, "code_locked")


def current_code(user: User) -> str:
    """The code that the person's telephone shows now; '' without a factor. For the demonstration and rehearsals only."""
    row = factor_of(user)
    return pyotp.TOTP(row.secret, digits=DIGITS, interval=STEP).at(clock.now()) if row is not None else ""


def _step_of(secret: str, plain: str) -> int | None:
    """The time step whose code this is, now or one step away; None: none."""
    now = int(clock.now().timestamp()) // STEP
    codes = pyotp.HOTP(secret, digits=DIGITS)
    found = [now + drift for drift in DRIFT if constant_time_compare(codes.at(now + drift), plain)]
    return found[0] if found else None


def _new_codes(user: User) -> list[str]:
    """Ten new recovery codes in groups of four; the earlier ones are replaced."""
    _live_codes(user).update(replaced_at=clock.now())
    plain = ["".join(secrets.choice(SYMBOLS) for _n in range(SYMBOLS_EACH)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in plain)
    return ["-".join(code[at : at + GROUP] for at in range(0, SYMBOLS_EACH, GROUP)) for code in plain]


def _live_codes(user: User):  # type: ignore[no-untyped-def]
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True, replaced_at__isnull=True)


def _digest(user: User, plain: str) -> str:
    """What is kept of a recovery code: SHA-256. Eighty random bits need no slower one."""
    return hashlib.sha256(f"licheng-recovery:{user.public_id}:{plain}".encode()).hexdigest()


def _plain(code: str) -> str:
    """A code as typed: spaces, hyphens, small letters and full-width digits are understood."""
    kept = "".join(code.translate(WIDE).split()).replace("-", "").upper()
    return kept if kept.isdecimal() else kept.translate(MISREAD)


def _wrong(field: str, message: str, code: str = "wrong_code") -> Refusal:
    return Refusal(code, message, fields={field: message})


def _record(action: str, user: User) -> None:
    home = user.organisation
    record(
        authority=home.authority if home else None,
        action=action,
        actor=Actor.as_person(user),
        subject=user.public_id,
        data={},
    )


# -- proof ---------------------------------------------------------------------------------------------------------


def proof_for(user: User, purpose: str, method: str) -> str:
    """What :func:`verify` has found, for one purpose only (``purpose`` names what is being signed), for two minutes."""
    return signing.dumps([str(user.public_id), purpose, method], salt=PROOF_SALT)


def proven(token: str, user: User, purpose: str) -> str:
    """The method by which the person has just proved themselves for this purpose; '' when they have not."""
    try:
        who, what, method = signing.loads(token, salt=PROOF_SALT, max_age=PROOF_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(method) if (who, what) == (str(user.public_id), purpose) else ""
