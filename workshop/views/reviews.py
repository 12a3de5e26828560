"""Two persons: handing in, sending back, publishing, retiring. 送审与发布"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import Refusal
from accounts.forms import add_refusal
from programmes.editions import publish_edition, retire_edition
from programmes.enums import CopyStatus
from programmes.errors import PackRefused
from programmes.problems import PackError
from workshop import copies as doors
from workshop.access import BenchRequest, copies_of, editions_of, editors_only
from workshop.copies import files_of
from workshop.findings import examine
from workshop.forms import NoteForm, RetireForm
from workshop.views.copies import copy_page, version_in
from workshop.views.editions import edition_page


@require_POST
@editors_only
def submit(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Hand a copy in; with its problems it stays where it is."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    try:
        edition = doors.submit_copy(copy=shown, version=version_in(request), actor=request.actor)
    except (PackError, PackRefused):
        messages.error(request, _("政策包尚有问题，改正后方可送审。"))
        return copy_page(request, shown, problems=examine(files_of(shown)).problems)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(
            request,
            _("版本%(number)s已送审，由另一名政策管理员审核发布。") % {"number": edition.number},
        )
    return redirect("workshop:copy", shown.public_id)


@require_POST
@editors_only
def withdraw(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a copy back that waits."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    try:
        doors.withdraw_copy(copy=shown, actor=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("已撤回送审，可以继续编写。"))
    return redirect("workshop:copy", shown.public_id)


@require_POST
@editors_only
def reject(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Send a copy back to its authors, with what is to be mended."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            doors.reject_copy(copy=shown, note=form.cleaned_data["note"], actor=request.actor)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已退回修改。"))
            return redirect("workshop:copy", shown.public_id)
    return copy_page(request, shown, noting=form)


@require_POST
@editors_only
def publish(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Publish what another person handed in."""
    shown = get_object_or_404(copies_of(request.actor), public_id=public_id)
    try:
        edition = doors.publish_copy(
            copy=shown, digest=request.POST.get("digest", "") or "-", actor=request.actor
        )
    except PackRefused as refusal:
        messages.error(request, str(refusal.message))
        return copy_page(request, shown, problems=refusal.problems)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("workshop:copy", shown.public_id)
    messages.success(request, _("版本%(number)s已发布。") % {"number": edition.number})
    return redirect("workshop:edition", edition.public_id)


@require_POST
@editors_only
def publish_draft(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """Publish a draft that was loaded from the command line; one that was handed in is published with its copy."""
    shown = get_object_or_404(editions_of(request.actor), public_id=public_id)
    copy = shown.working_copies.filter(status=CopyStatus.SUBMITTED).first()
    digest = request.POST.get("digest", "") or "-"
    try:
        if copy is not None:
            doors.publish_copy(copy=copy, digest=digest, actor=request.actor)
        else:
            publish_edition(edition=shown, actor=request.actor, digest=digest)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("版本%(number)s已发布。") % {"number": shown.number})
    return redirect("workshop:edition", shown.public_id)


@require_POST
@editors_only
def retire(request: BenchRequest, public_id: uuid.UUID) -> HttpResponse:
    """No further round opens under an edition."""
    shown = get_object_or_404(editions_of(request.actor), public_id=public_id)
    form = RetireForm(request.POST)
    if form.is_valid():
        try:
            retire_edition(edition=shown, reason=form.cleaned_data["reason"], actor=request.actor)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("版本%(number)s已停用。") % {"number": shown.number})
            return redirect("workshop:edition", shown.public_id)
    return edition_page(request, shown, retiring=form)
