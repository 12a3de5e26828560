"""The room ``accounts``."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """用户与机构: who there is, where they belong, and in which role they may act."""

    name = "accounts"
    verbose_name = _("用户与机构")

    def ready(self) -> None:
        """Let every form speak our words; connect the receivers that put every sign-in and sign-out on the record."""
        from accounts.form_wording import use_our_words

        use_our_words()
        from accounts import receivers  # noqa: F401
