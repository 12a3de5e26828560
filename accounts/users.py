"""The doors of users: create, amend, deactivate, reactivate, passwords, contact, language."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Language, Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_plain, require_reason, require_valid
from accounts.keeping import (
    lock_authorities,
    require_keeper_of,
    require_no_administrators_account,
    require_replaceable,
    require_signature_out_of_reach,
    require_still_in_office,
)
from accounts.models import Organisation, SignerRegistration, User
from accounts.records import record
from accounts.validators import clean_phone
from accounts.versions import require_unchanged, version_of
from audit import clock

KEPT: Final = ("name", "organisation", "email", "phone")
"""What :func:`amend_user` changes."""


def version_of_user(user: User) -> str:
    """How the account stands: what a form carries, so that it overwrites nothing that it has not shown."""
    return version_of([str(user.public_id), user.name, user.organisation_id, user.email, user.phone])


@transaction.atomic
def create_user(
    *,
    username: str,
    name: str,
    password: str,
    organisation: Organisation | None,
    email: str = "",
    phone: str = "",
    language: Language = Language.ZH_HANS,
    must_change_password: bool = True,
    actor: Actor,
) -> User:
    """新增用户: an account for one real person, with a first password to be changed at the first sign-in.

    Only the system administrator of the unit's authority creates accounts. An account alone may do nothing.

    Raises Refusal: not_permitted, organisation_inactive, username_taken (in any capitals), password_weak
    (not asked in a demonstration), invalid. Order: lock (user names are unique over all authorities), check, row,
    record.
    """
    lock_authorities()
    authority = organisation.authority if organisation else None
    require_administrator(actor, Role.SYSTEM_ADMIN, authority=authority, organisation=organisation)
    require_still_in_office(actor)
    if organisation is not None:
        _require_active(organisation)
    require_plain(name=name)
    user = User(
        username=User.normalize_username(username.strip()),
        name=name.strip(),
        organisation=organisation,
        email=User.objects.normalize_email(email),
        phone=clean_phone(phone),
        language=Language(language),
        must_change_password=must_change_password,
    )
    if User.objects.filter(username__iexact=user.username).exists():
        message = _("该用户名已被使用。")
        raise Refusal("username_taken", message, fields={"username": message})
    _set_password(user, password)
    require_valid(user)
    user.save()
    record(
        authority=authority,
        action="user.created",
        actor=actor,
        subject=user.public_id,
        data={"organisation": organisation.public_id if organisation else None},
    )
    return user


@transaction.atomic
def amend_user(
    *,
    user: User,
    name: str,
    organisation: Organisation,
    email: str,
    phone: str,
    reason: str,
    seen: str = "",
    actor: Actor,
) -> User:
    """更正用户信息: name, unit and how the person is reached. Nothing changed, nothing recorded.

    Roles are held for units of their own and stay as they are. The record says what changed, and of the name and the unit
    from which to which. ``seen``: the version that the form has shown. Raises Refusal: own_account, not_permitted (of
    either unit), beyond_reach, administrators_account, reason_missing, changed_meanwhile, organisation_inactive,
    registered_signer (signs for the unit that would be left), invalid. Order: lock, check, row, record.
    """
    require_administrator(
        actor, Role.SYSTEM_ADMIN, authority=organisation.authority, organisation=organisation
    )
    if _is_own(user, actor):
        raise Refusal("own_account", _("不得更正本人账号信息；联系方式请在个人中心更正。"))
    user, reason = _open(user, reason, actor)
    require_no_administrators_account(user, actor)
    require_unchanged(seen, version_of_user(user))
    before = {key: getattr(user, key) for key in KEPT}
    user.name, user.organisation = name.strip(), organisation
    user.email, user.phone = User.objects.normalize_email(email), clean_phone(phone)
    changed = sorted(key for key, value in before.items() if getattr(user, key) != value)
    if "name" in changed:
        require_plain(name=name)
    if "organisation" in changed:
        _require_active(organisation)
        _require_no_signer(user, before["organisation"])
    # What stays as it is need not be in the shape that is asked for today.
    require_valid(user, exclude={field.name for field in User._meta.fields} - set(changed) - {"name"})
    if not changed:
        return user
    user.save(update_fields=changed)
    data: dict[str, object] = {"changed": changed, "reason": reason}
    if "organisation" in changed:
        left = before["organisation"]
        data |= {"from": left.public_id if left else None, "to": organisation.public_id}
    if "name" in changed:
        data |= {"name_from": before["name"], "name_to": user.name}
    record(
        authority=organisation.authority,
        action="user.amended",
        actor=actor,
        subject=user.public_id,
        data=data,
    )
    return user


@transaction.atomic
def deactivate_user(*, user: User, reason: str, actor: Actor) -> User:
    """停用用户: the person may no longer sign in; open sessions end with their next request, for good. Everything else
    stays.

    Raises Refusal: own_account, not_permitted, beyond_reach, reason_missing, already_inactive, last_administrator (of
    an authority). Order: lock the authorities and the account, check, row, record.
    """
    if _is_own(user, actor):
        raise Refusal("own_account", _("不得停用本人账号。"))
    lock_authorities()
    user, reason = _open(user, reason, actor)
    if not user.is_active:
        raise Refusal("already_inactive", _("该用户已停用。"))
    require_replaceable(user)
    user.is_active = False
    user.session_epoch += 1
    user.save(update_fields=["is_active", "session_epoch"])
    _record("user.deactivated", user, actor, reason=reason)
    return user


@transaction.atomic
def reactivate_user(*, user: User, reason: str, actor: Actor) -> User:
    """恢复用户: the person signs in anew. Raises Refusal: not_permitted, beyond_reach, reason_missing, already_active,
    organisation_inactive. Order: lock, check, row, record.
    """
    user, reason = _open(user, reason, actor)
    if user.is_active:
        raise Refusal("already_active", _("该用户未停用。"))
    if user.organisation is not None:
        _require_active(user.organisation)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("user.reactivated", user, actor, reason=reason)
    return user


@transaction.atomic
def reset_password(*, user: User, password: str, reason: str, actor: Actor) -> User:
    """重置密码: a new first password, given by the system administrator, to be changed at the next sign-in.

    Open sessions of the account end. One's own is changed with the old one, not reset. Raises Refusal:
    own_account, not_permitted, beyond_reach, administrators_account, reason_missing, registered_signer (without a second
    factor: whoever knows the password could set one up and sign), password_weak. Order: lock, check, row, record.
    """
    if _is_own(user, actor):
        raise Refusal("own_account", _("不得重置本人密码，请在个人中心修改。"))
    user, reason = _open(user, reason, actor)
    require_no_administrators_account(user, actor)
    require_signature_out_of_reach(user)
    _set_password(user, password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _record("user.password_reset", user, actor, reason=reason)
    return user


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    """修改密码: by the person, who has just proved the old one. Other sessions of the account end.

    Raises Refusal: password_unchanged, password_weak. Order: lock, check, row, record.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.check_password(password):
        message = _("新密码不得与原密码相同。")
        raise Refusal("password_unchanged", message, fields={"new_password1": message})
    _set_password(user, password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _record("user.password_changed", user, Actor.as_person(user))
    return user


@transaction.atomic
def update_contact(*, user: User, email: str, phone: str, actor: Actor) -> User:
    """更正联系方式: by the person (个人信息保护法第四十六条) or the system administrator. The record has no
    values.

    Raises Refusal: not_permitted, beyond_reach, administrators_account, invalid. Order: lock, check, row, record.
    """
    own = _is_own(user, actor)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not own:
        require_keeper_of(user, actor)
        require_no_administrators_account(user, actor)
    before = {"email": user.email, "phone": user.phone}
    user.email, user.phone = User.objects.normalize_email(email), clean_phone(phone)
    # What stays as it is need not be in the shape that is asked for today.
    require_valid(user, exclude={field for field, value in before.items() if getattr(user, field) == value})
    changed = sorted(field for field, value in before.items() if getattr(user, field) != value)
    if changed:
        user.save(update_fields=changed)
        record(
            authority=_authority_of(user),
            action="user.contact_updated",
            actor=actor,
            subject=user.public_id,
            data={"changed": changed},
        )
    return user


def choose_language(*, user: User, language: Language) -> None:
    """界面语言: a taste, not an act; nothing is recorded. One UPDATE."""
    User.objects.filter(pk=user.pk).update(language=Language(language))


def _open(user: User, reason: str, actor: Actor) -> tuple[User, str]:
    """The user, locked and read again, once the actor and the reason are in order."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    require_keeper_of(user, actor)
    require_still_in_office(actor)
    return user, require_reason(reason)


def _is_own(user: User, actor: Actor) -> bool:
    return actor.user is not None and actor.user.pk == user.pk


def _require_active(organisation: Organisation) -> None:
    if not organisation.is_active:
        message = _("“%(name)s”已停用。") % {"name": organisation.name}
        raise Refusal("organisation_inactive", message, fields={"organisation": message})


def _require_no_signer(user: User, left: Organisation | None) -> None:
    """Who signs for a unit belongs to it. One query."""
    rows = SignerRegistration.objects.filter(user=user, organisation=left, voided_at__isnull=True)
    if left is not None and rows.exclude(valid_until__lt=clock.today()).exists():
        message = _("该用户是“%(unit)s”的在册签章人，请先由安全管理员终止签章人登记。") % {"unit": left.name}
        raise Refusal("registered_signer", message, fields={"organisation": message})


def _authority_of(user: User) -> Organisation | None:
    return user.organisation.authority if user.organisation else None


def _set_password(user: User, password: str) -> None:
    """Hash ``password`` into the row, not saved. Raises Refusal ``password_weak`` with what the validators
    say.
    """
    if not settings.DEMO:
        try:
            validate_password(password, user)
        except ValidationError as error:
            message = "".join(error.messages)
            raise Refusal("password_weak", message, fields={"new_password1": message}) from error
    user.set_password(password)


def _record(action: str, user: User, actor: Actor, **data: str) -> None:
    record(authority=_authority_of(user), action=action, actor=actor, subject=user.public_id, data=data)
