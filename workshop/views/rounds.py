"""批次: opening and closing rounds, and deciding what the policy leaves open in each."""

from __future__ import annotations

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Refusal
from accounts.forms import add_refusal
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.rounds import close_round, fill_slot, open_round, slots
from programmes.rules import blocking
from workshop.access import BenchRequest, openers_only, programmes_of, rounds_of
from workshop.display import value_text
from workshop.forms import CloseRoundForm, OpenRoundForm, SlotForm

PAGE = 30


@require_safe
@openers_only
def round_list(request: BenchRequest) -> HttpResponse:
    """The rounds of the authority's programmes, and where a new one is opened. Three queries."""
    page = Paginator(rounds_of(request.actor), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "programmes": programmes_of(request.actor)}
    return render(request, "workshop/rounds.html", context)


@require_http_methods(["GET", "POST"])
@openers_only
def open_new(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Open a round of a programme, through the door."""
    programme = get_object_or_404(programmes_of(request.actor), public_id=public_id)
    form = OpenRoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened, verdicts = open_round(programme=programme, actor=request.actor, **form.cleaned_data)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            for verdict in blocking(verdicts).shown:
                messages.warning(request, str(verdict.message))
            messages.success(request, _("“%(name)s”已启动。") % {"name": opened.name})
            return redirect("workshop:round", opened.public_id)
    context = {"programme": programme, "form": form, "edition": programme.current_edition()}
    return render(request, "workshop/open_round.html", context, status=_status(form))


@require_safe
@openers_only
def one_round(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """A round: its dates, and every value that the policy leaves open with what was decided."""
    return _page(request, get_object_or_404(rounds_of(request.actor), public_id=public_id))


@require_POST
@openers_only
def fill(request: BenchRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Decide a value for the round, through the door."""
    shown = get_object_or_404(rounds_of(request.actor), public_id=public_id)
    spec = shown.edition.pack.programme.slots.get(name)
    if spec is None:
        raise Http404
    form = SlotForm(name, spec, None, request.POST)
    if form.is_valid():
        try:
            fill_slot(
                round=shown,
                name=name,
                value=form.value,
                reason=form.cleaned_data["reason"],
                actor=request.actor,
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(title)s”已确定。") % {"title": spec.title})
            return redirect("workshop:round", shown.public_id)
    return _page(request, shown, filling=form)


@require_POST
@openers_only
def close(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Close the round, through the door."""
    shown = get_object_or_404(rounds_of(request.actor), public_id=public_id)
    form = CloseRoundForm(request.POST)
    if form.is_valid():
        try:
            close_round(round=shown, actor=request.actor, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("“%(name)s”已截止。") % {"name": shown.name})
            return redirect("workshop:round", shown.public_id)
    return _page(request, shown, closing=form)


def _page(
    request: BenchRequest,
    shown: Round,
    *,
    filling: SlotForm | None = None,
    closing: CloseRoundForm | None = None,
) -> HttpResponse:
    specs = shown.edition.pack.programme.slots
    rows = [
        {
            "name": name,
            "slot": specs[name],
            "reading": reading,
            "text": value_text(specs[name], reading.value),
            "form": filling
            if filling is not None and filling.prefix == name
            else SlotForm(name, specs[name], reading.value),
        }
        for name, reading in slots(shown).items()
    ]
    context = {
        "round": shown,
        "slots": rows,
        "closing": closing or CloseRoundForm(),
        "is_open": shown.status == RoundStatus.OPEN,
    }
    return render(request, "workshop/round.html", context, status=_status(filling or closing))


def _status(form: OpenRoundForm | SlotForm | CloseRoundForm | None) -> int:
    refused = form is not None and form.is_bound and bool(form.errors)
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
