"""A person who may sign in."""

from __future__ import annotations

from typing import ClassVar, Final

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from accounts.encryption import EncryptedTextField
from accounts.enums import Language
from accounts.models.permanence import Permanent, PermanentQuerySet
from accounts.validators import validate_phone
from audit import clock

SESSION_SALT: Final = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
"""The framework's own, so that sessions of before go on."""


class UserManager(DjangoUserManager["User"]):
    """Creates users; deletes none."""

    use_in_migrations = True

    def get_queryset(self) -> PermanentQuerySet[User]:
        """Rows that are not deleted."""
        return PermanentQuerySet(self.model, using=self._db)


class User(Permanent, AbstractUser):
    """用户: a person who may sign in. Deactivated, never deleted (网络安全法 asks for traceable real users).

    What a person may do comes from role assignments alone. ``is_superuser`` and ``is_staff`` exist because
    Django expects them; they give no right over any case.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    public_id = models.UUIDField(_("公开编号"), default=uuid7, unique=True, editable=False)
    name = models.CharField(_("姓名"), max_length=60)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = EncryptedTextField(
        _("联系电话"), blank=True, default="", validators=[MaxLengthValidator(30), validate_phone]
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        verbose_name=_("所在单位"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
    )
    language = models.CharField(
        _("界面语言"), max_length=10, choices=Language.choices, default=Language.ZH_HANS
    )
    must_change_password = models.BooleanField(_("下次登录须修改密码"), default=False)
    session_epoch = models.PositiveIntegerField(_("会话批次"), default=0, editable=False)
    date_joined = models.DateTimeField(_("建立时间"), default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions hold as long as this stays: they end with a new password, and with ``session_epoch``, for good."""
        value = f"{self.password}:{self.session_epoch}" if self.session_epoch else self.password
        return salted_hmac(SESSION_SALT, value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        """姓名, written as one word: Chinese names have no first and last."""
        return self.name

    def get_short_name(self) -> str:
        """The same as the full name."""
        return self.name
