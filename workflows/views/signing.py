"""签章: what is to be signed, asking for it, signing by scan or electronically; and the page that is printed and sealed."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.second_factor import current_code, has_factor, proof_for, verify
from accounts.signers import is_signer
from audit import clock
from cases import policy
from cases.declarations import writers_of
from cases.enums import SignatureWay
from cases.errors import Invalid, NotAllowed
from cases.materials import add_material, remove_material
from cases.models import Case, Material
from cases.signatures import (
    SEAL_PREFIX,
    SUBMIT,
    Place,
    check_digits,
    content_of,
    item_of,
    places_of,
    statement_of,
)
from workflows import engine
from workflows.acts.signing import eligible_signers, open_requests, purpose
from workflows.case_pages import frame, note_read
from workflows.declaration_checks import draft_step, materials_form
from workflows.drafts import Draft, live_materials, open_draft
from workflows.sent_versions import read_forms
from workflows.signing_pages import LOOKED, changes_since, last_look, place_lines
from workflows.typed import name_fields
from workflows.views.refusals import PersonAtWork, for_actors, status_of

SIGN, REQUEST = "command.sign_declaration", "command.request_signature"


@sensitive_post_parameters("password_code")
@never_cache
@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The declaration as it would be signed, what has changed since the person last looked, and the signing of it."""
    draft = open_draft(request.actor, public_id)
    policy.require(request.actor, SIGN, draft.case)
    places = places_of(draft.case, draft.declaration)
    if not places:
        raise NotAllowed("nothing_to_sign", _("本项目的申报材料不需要签章。"))
    if request.method != "POST":
        return _page(request, draft, places, None)
    name_fields(request, {"sealed_by": _("盖章经手人姓名"), "note": _("附言"), "key": _("签章处")})
    try:
        message = _done(request, draft, places)
    except Refusal as refusal:
        fresh = open_draft(request.actor, public_id)
        return _page(request, fresh, places_of(fresh.case, fresh.declaration), refusal)
    messages.success(request, message)
    return redirect("cases:sign", public_id)


def _done(request: PersonAtWork, draft: Draft, places: list[Place]) -> str:
    """Ask for signatures, or sign one place; what the door says."""
    post, case = request.POST, draft.case
    key = post.get("idempotency_key", "")[:64]
    if post.get("do") == "request":
        data = {"note": post.get("note", "")[:500]}
        return engine.act(
            case.public_id, REQUEST, actor=request.actor, data=data, idempotency_key=key
        ).message
    place = next((one for one in places if one.spec.key == post.get("key")), None)
    if place is None:
        raise Invalid("no_such_place", _("没有这一签章处。"), fields={"key": _("没有这一签章处。")})
    said: dict[str, Any] = {
        "key": place.spec.key,
        "seen": post.get("seen", ""),
        "statement": post.get("statement") == "on",
        "sealed_by": post.get("sealed_by", ""),
    }
    if not said["statement"]:
        message = _("请勾选确认已核对所签内容。")
        raise Invalid("not_stated", message, fields={"statement": message})
    if post.get("do") == "scan":
        return _by_scan(request, draft, place, said, key)
    return _electronically(request, case, place, said, key)


def _electronically(request: PersonAtWork, case: Case, place: Place, data: dict[str, Any], key: str) -> str:
    """The code is used up before the door is asked, for exactly what the page showed."""
    meant = purpose(case, place.spec.key, str(data["seen"]))
    method = verify(user=request.user, code=request.POST.get("password_code", ""))
    proof = proof_for(request.user, meant, method)
    data |= {"way": SignatureWay.SIGNER.value, "proof": proof}
    return engine.act(case.public_id, SIGN, actor=request.actor, data=data, idempotency_key=key).message


def _by_scan(request: PersonAtWork, draft: Draft, place: Place, data: dict[str, Any], key: str) -> str:
    """The file is taken as any material is; when the door refuses, it does not stay behind.

    An earlier scan goes only when the new one has been accepted: what a standing signature names is never lost.
    """
    upload = request.FILES.get("file")
    if upload is None:
        message = _("请上传盖章后的扫描件。")
        raise Invalid("no_scan", message, fields={"file": message})
    if request.POST.get("digits") != "on":
        message = _("请核对扫描件上印制的校验码并勾选确认。")
        raise Invalid("digits_unread", message, fields={"digits": message})
    case, item, actor = draft.case, item_of(place.spec), request.actor
    data |= {"way": SignatureWay.SCAN.value}
    if place.valid is not None:  # the door refuses, or says again what it said when this was sent before
        return engine.act(case.public_id, SIGN, actor=actor, data=data, idempotency_key=key).message
    earlier = list(case.materials.filter(item=item, removed_at__isnull=True).order_by("uploaded_at", "pk"))
    replaced = [old.pk for old in earlier]
    row = add_material(case=case, item=item, upload=upload, tags=[], actor=actor, replaced=replaced)
    data |= {"material": str(row.public_id)}
    try:
        done = engine.act(case.public_id, SIGN, actor=actor, data=data, idempotency_key=key)
    except Exception:
        _take_out(case, [row], actor)
        raise
    _take_out(case, [row] if done.replayed else earlier, actor)
    return done.message


def _take_out(case: Case, rows: list[Material], actor: Actor) -> None:
    for row in rows:
        row.case = case
        remove_material(material=row, actor=actor)


def _page(request: PersonAtWork, draft: Draft, places: list[Place], refusal: Refusal | None) -> HttpResponse:
    case, actor = draft.case, request.actor
    writers, content = writers_of(draft.declaration), content_of(draft.declaration)
    seen = last_look(case, actor)
    everything = list(case.materials.order_by("uploaded_at", "pk"))
    open_places = [place for place in places if place.valid is None]
    wanted = [place.spec for place in open_places if "signer" in place.spec.ways]
    signers = {user.pk: user for spec in wanted for user in eligible_signers(case, spec, writers)}
    asked = open_requests(case)
    context = frame(case, actor, "") | {
        "draft": draft.declaration,
        "version": None,
        "lines": place_lines(case, places, actor, writers),
        "all_signed": not open_places,
        "content": content,
        "digits": check_digits(content),
        "statement": statement_of(case, SUBMIT),
        "changes": changes_since(case, draft.declaration, everything, seen) if seen else None,
        "first_look": seen is None,
        "forms": read_forms(case, draft.declaration, None),
        **_listed(case, everything),
        "asked": asked,
        "signers": list(signers.values()),
        "line_signer": bool(wanted),
        "all_asked": signers.keys() <= {item.assignee_id for item in asked},
        "is_signer": is_signer(request.user, case.applicant_id, clock.today()),
        "has_factor": has_factor(request.user),
        "demo_code": current_code(request.user) if settings.DEMO else "",
        "refusal": refusal,
        "errors": refusal.fields if refusal else {},
        "typed": request.POST if refusal else {},
        "key": str(uuid.uuid4()),
    }
    context["titles"] = {form.picture.code: form.picture.title for form in context["forms"]}
    note_read(actor, case, LOOKED)
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "cases/sign.html", context, status=status)


def _listed(case: Case, everything: list[Material]) -> dict[str, Any]:
    """The list of materials with the files that lie with the draft. No query."""
    listed = materials_form(case.edition.pack, draft_step(case))
    files = [file for file in everything if file.removed_at is None]
    items = [
        (item, [file for file in files if file.item == item.key], item.links)
        for item in (listed.fields if listed else ())
    ]
    return {"list": listed, "items": items}


@for_actors
@require_safe
def seal_page(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The page to be printed and sealed: what is sealed by title, version, file list and check digits, and the places."""
    draft = open_draft(request.actor, public_id)
    case = draft.case
    policy.require(request.actor, SIGN, case)
    places = [place for place in places_of(case, draft.declaration) if "scan" in place.spec.ways]
    if not places:
        raise NotAllowed("nothing_to_seal", _("本项目的申报材料没有须盖章的页面。"))
    content = content_of(draft.declaration)
    files = [file for file in live_materials(case) if not file.item.startswith(SEAL_PREFIX)]
    context = {
        "case": case,
        "draft": draft.declaration,
        "places": [(place, statement_of(case, SUBMIT, place.spec)) for place in places],
        "content": content,
        "digits": check_digits(content),
        "files": files,
        "now": clock.now(),
    }
    note_read(request.actor, case, "case.seal_page")
    return render(request, "cases/seal_page.html", context)
