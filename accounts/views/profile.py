"""个人中心: who one is here, how one is reached, what one may act as, who stands in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.forms import ContactForm, EndSubstitutionForm, SubstituteForm, add_refusal
from accounts.models import RoleAssignment, Substitution
from accounts.requests import ActorRequest
from accounts.substitutions import appoint_substitute, end_substitution
from accounts.users import update_contact
from audit import clock


class Profile(LoginRequiredMixin, FormView):  # type: ignore[type-arg]
    """个人中心: shows everything this room knows about the person, and lets them correct how they are
    reached.
    """

    template_name = "accounts/profile.html"
    form_class = ContactForm
    success_url = reverse_lazy("accounts:profile")
    request: ActorRequest

    def get_initial(self) -> dict[str, Any]:
        """What is stored now."""
        return {"email": self.request.user.email, "phone": self.request.user.phone}

    def form_valid(self, form: ContactForm) -> HttpResponse:
        """Through the door; its refusals appear beside the fields."""
        person = self.request.user
        try:
            update_contact(user=person, actor=Actor.as_person(person), **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("联系方式已更新。"))
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The assignments of today and later, and the substitutions on both sides. Three queries."""
        person, today = self.request.user, clock.today()
        current = RoleAssignment.objects.exclude(valid_until__lt=today).filter(voided_at__isnull=True)
        standing_in = Substitution.objects.filter(voided_at__isnull=True, valid_until__gte=today)
        standing_in = standing_in.select_related("substitute", "assignment__user", "assignment__organisation")
        return super().get_context_data(
            assignments=current.filter(user=person).select_related("organisation"),
            given=standing_in.filter(assignment__user=person),
            taken=standing_in.filter(substitute=person),
            **kwargs,
        )


class AppointSubstitute(LoginRequiredMixin, FormView):  # type: ignore[type-arg]
    """指定代办人."""

    template_name = "accounts/substitute.html"
    form_class = SubstituteForm
    success_url = reverse_lazy("accounts:profile")
    request: ActorRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        """Only one's own assignments are offered."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form: SubstituteForm) -> HttpResponse:
        """Through the door; its refusals appear beside the fields."""
        try:
            row = appoint_substitute(actor=Actor.as_person(self.request.user), **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
            return self.form_invalid(form)
        messages.success(self.request, _("已指定%(name)s代办。") % {"name": row.substitute.name})
        return super().form_valid(form)


@require_POST
@login_required
def end_substitute(request: ActorRequest, public_id: uuid.UUID) -> HttpResponse:
    """终止代办, at once. Somebody else's assignment is invisible here: 404."""
    rows = Substitution.objects.select_related("assignment__authority", "assignment__organisation")
    row = get_object_or_404(rows, public_id=public_id, assignment__user=request.user)
    form = EndSubstitutionForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    yesterday = clock.today() - dt.timedelta(days=1)
    try:
        end_substitution(substitution=row, on=yesterday, reason=reason, actor=Actor.as_person(request.user))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("代办已终止。"))
    return redirect("accounts:profile")
