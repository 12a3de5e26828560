"""The doors of users: create, deactivate, reactivate, passwords, contact, language."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Language, Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_reason, require_valid
from accounts.models import Organisation, User
from accounts.records import record


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

    Raises Refusal: not_permitted, username_taken (in any capitals), password_weak (not asked in a
    demonstration), invalid. Order: check, row, record.
    """
    authority = organisation.authority if organisation else None
    require_administrator(actor, Role.SYSTEM_ADMIN, authority=authority, organisation=organisation)
    user = User(
        username=User.normalize_username(username.strip()),
        name=name.strip(),
        organisation=organisation,
        email=User.objects.normalize_email(email),
        phone=phone.strip(),
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
def deactivate_user(*, user: User, reason: str, actor: Actor) -> User:
    """停用用户: the person may no longer sign in; open sessions end with their next request. Everything else
    stays.

    Raises Refusal: not_permitted, own_account, reason_missing, already_inactive. Order: lock, check, row,
    record.
    """
    if actor.user is not None and actor.user.pk == user.pk:
        raise Refusal("own_account", _("不得停用本人账号。"))
    user, reason = _open(user, reason, actor)
    if not user.is_active:
        raise Refusal("already_inactive", _("该用户已停用。"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    _record("user.deactivated", user, actor, reason=reason)
    return user


@transaction.atomic
def reactivate_user(*, user: User, reason: str, actor: Actor) -> User:
    """恢复用户. Raises Refusal: not_permitted, reason_missing, already_active. Order: lock, check, row,
    record.
    """
    user, reason = _open(user, reason, actor)
    if user.is_active:
        raise Refusal("already_active", _("该用户未停用。"))
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("user.reactivated", user, actor, reason=reason)
    return user


@transaction.atomic
def reset_password(*, user: User, password: str, reason: str, actor: Actor) -> User:
    """重置密码: a new first password, given by the system administrator, to be changed at the next sign-in.

    Raises Refusal: not_permitted, reason_missing, password_weak. Order: lock, check, row, record.
    """
    user, reason = _open(user, reason, actor)
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

    Raises Refusal: not_permitted, invalid. Order: lock, check, row, record.
    """
    if actor.user is None or actor.user.pk != user.pk:
        _require_administrator_of(user, actor)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before = {"email": user.email, "phone": user.phone}
    user.email, user.phone = User.objects.normalize_email(email), phone.strip()
    require_valid(user)
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
    _require_administrator_of(user, actor)
    return User.objects.select_for_update(no_key=True).get(pk=user.pk), require_reason(reason)


def _require_administrator_of(user: User, actor: Actor) -> None:
    require_administrator(
        actor, Role.SYSTEM_ADMIN, authority=_authority_of(user), organisation=user.organisation
    )


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
