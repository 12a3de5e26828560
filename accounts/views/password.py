"""修改密码."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts.errors import Refusal
from accounts.forms import ChangePasswordForm, add_refusal
from accounts.requests import ActorRequest
from accounts.users import change_password
from accounts.views.redirects import redirect_next


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class ChangePassword(LoginRequiredMixin, FormView):  # type: ignore[type-arg]
    """修改密码: this session stays, the account's other sessions end."""

    template_name = "accounts/password_change.html"
    form_class = ChangePasswordForm
    request: ActorRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form proves the old password against the person who is signed in."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: ChangePasswordForm) -> HttpResponse:
        """Through the door; its refusals appear beside the fields."""
        try:
            user = change_password(user=self.request.user, password=form.cleaned_data["new_password1"])
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("密码已修改，其他设备上的登录已失效。"))
        return redirect_next(self.request, "home")
