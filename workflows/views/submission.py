"""提交申报: what is missing, what the rules say, the statement of truth, the receipt; and discarding a draft."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Refusal
from audit import clock
from cases import policy
from cases.declarations import content_mark, last_sent
from cases.errors import Conflict, Gate, Invalid, NotAllowed
from cases.models import Case, Decision, Declaration
from cases.reasons import reasons_kept
from cases.receipts import Receipt, grouped, qr_of
from cases.relations import SEES_DRAFTS, Relations, is_nominated, relations_of
from cases.signatures import SEAL_PREFIX, places_of, standing_signatures, statement_of
from programmes.lifecycle import Stage
from programmes.procedures import action_of
from workflows import engine
from workflows.addresses import address
from workflows.asks import RECORDED
from workflows.case_pages import find_case, frame, note_read, require_part
from workflows.declaration_checks import SUBMIT, Progress, progress_of
from workflows.drafts import Draft, live_materials, open_draft
from workflows.forms import ActionForm, Part, messages_of, raw_of
from workflows.items import open_items_of
from workflows.sent_versions import chosen, files_of, versions_of
from workflows.turn import Turn, own_asks
from workflows.typed import name_fields
from workflows.views.confirming import confirm_ticked
from workflows.views.refusals import PersonAtWork, for_actors, status_of
from workflows.waiting import waiting_of

EXPLANATION = "explanation."
ACTION = action_of("declare", "submit")
DISCARD = "command.discard"
LONGEST_DECLINE = 1000


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Everything that stands in the way, reasons for what needs them, the statement; then through the door."""
    if request.method != "POST":
        draft = open_draft(request.actor, public_id)
        policy.require(request.actor, SUBMIT, draft.case)
        return _page(request, draft, reasons_kept(draft.declaration), None)
    case = find_case(request.actor, public_id)
    rules = case.edition.pack.rules
    name_fields(request, {f"{EXPLANATION}{code}": rule.title for code, rule in rules.items()})
    explanations = {
        name.removeprefix(EXPLANATION): str(text).strip()
        for name, text in request.POST.items()
        if name.startswith(EXPLANATION)
    }
    refused = _confirm(request, case)
    if "_sure" in request.POST:  # asked to confirm only
        if refused is not None:
            return _again(request, public_id, explanations, refused)
        draft = open_draft(request.actor, public_id)
        policy.require(request.actor, SUBMIT, draft.case)
        return _page(request, draft, explanations, None)
    try:
        result = engine.act(
            public_id,
            SUBMIT,
            actor=request.actor,
            data={
                "statement": request.POST.get("statement") == "on",
                "explanations": explanations,
                "draft": request.POST.get("draft", ""),
                "statement_digest": request.POST.get("statement_digest", ""),
                RECORDED: raw_of(ACTION, request.POST)[RECORDED],
            },
            idempotency_key=request.POST.get("idempotency_key", "")[:64],
        )
    except (Invalid, Gate, NotAllowed) as refusal:
        return _again(request, public_id, explanations, refusal)
    except Conflict as conflict:
        if conflict.code != "draft_changed":
            raise
        return _again(request, public_id, explanations, conflict)
    messages.success(request, result.message)
    return redirect("cases:receipt", public_id)


def _confirm(request: PersonAtWork, case: Case) -> Refusal | None:
    """Confirm the numbers that were ticked, sent or not; the refusal where nothing is open for editing any more."""
    ticked = request.POST.getlist("sure")
    if "_sure" in request.POST and not ticked:
        messages.info(request, _("请先勾选确认无误的数据。"))
    try:
        confirm_ticked(request, case, ticked)
    except NotAllowed as refusal:
        return refusal
    return None


def _again(
    request: PersonAtWork, public_id: uuid.UUID, explanations: dict[str, str], refusal: Refusal
) -> HttpResponse:
    """The page once more with what was typed. Where there is no draft any more because somebody has sent it, they are

    led to its receipt: whoever presses twice, or after a colleague, learns that it was sent. Else the refusal is the page.
    """
    try:
        draft = open_draft(request.actor, public_id)
    except Refusal:
        case = find_case(request.actor, public_id)
        sent = last_sent(case)
        if (
            sent is None
            or sent.submitted_by is None
            or sent.submitted_at is None
            or request.actor.role not in SEES_DRAFTS
            or case.stage == Stage.CLOSED  # withdrawn, or decided: the refusal says so
        ):
            raise refusal from None
        told = {"who": sent.submitted_by.name, "when": f"{clock.local(sent.submitted_at):%Y-%m-%d %H:%M}"}
        messages.info(request, _("申报材料已由%(who)s于%(when)s提交，无需重复提交。") % told)
        return redirect("cases:receipt", public_id)
    return _page(request, draft, explanations, refusal)


def _page(
    request: PersonAtWork, draft: Draft, explanations: dict[str, str], refusal: Refusal | None
) -> HttpResponse:
    case, actor = draft.case, request.actor
    relations = relations_of(actor, case)
    progress = progress_of(case, draft.declaration, live_materials(case), actor=actor, relations=relations)
    fields = refusal.fields if refusal else {}
    places = places_of(case, draft.declaration)
    context = frame(case, actor, "") | {
        "draft": draft.declaration,
        "progress": progress,
        "asked": _asked(progress, explanations, tried=refusal is not None),
        "refusal": refusal,
        "statement_error": fields.get("statement", ""),
        # What has changed has not been vouched for.
        "statement": request.POST.get("statement") == "on" and not isinstance(refusal, Conflict),
        "truth": statement_of(case, SUBMIT),
        "places": places,
        "unsigned": [place for place in places if place.valid is None],
        "asks": _own_asks(request, draft, relations, refusal),
        "draft_mark": content_mark(draft.declaration),
        "key": request.POST.get("idempotency_key", "") or str(uuid.uuid4()),
    }
    status = status_of(refusal) if refusal else HTTPStatus.OK
    return render(request, "cases/submit.html", context, status=status)


def _own_asks(
    request: PersonAtWork, draft: Draft, relations: Relations, refusal: Refusal | None
) -> list[Part]:
    """What the policy itself asks with the sending, as typed, with the door's messages. No query."""
    turn = Turn(draft.case, request.actor, "declare", ACTION, clock.now(), {}, relations)
    if not own_asks(turn.owner, SUBMIT):
        return []
    form = ActionForm(turn, request.POST if request.method == "POST" else None, messages_of(refusal))
    return [part for part in form.parts if part.ask.field is not None]


def _asked(progress: Progress, explanations: dict[str, str], *, tried: bool) -> list[dict[str, object]]:
    """The soft rules that are not met, each once however many lines it names, with the reason given so far."""
    asked: dict[str, dict[str, object]] = {}
    for check in progress.soft:
        entry = asked.setdefault(
            check.rule_id,
            {
                "name": f"{EXPLANATION}{check.rule_id}",
                "title": check.title,
                "clause": check.clause,
                "clause_url": check.clause_url,
                "checks": [],
                "given": explanations.get(check.rule_id, ""),
                "missing": tried and not explanations.get(check.rule_id),
            },
        )
        listed = entry["checks"]
        assert isinstance(listed, list)
        listed.append(check)
    return list(asked.values())


@for_actors
@require_safe
def receipt(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """The receipt of a version that was sent (``v``; without it the last): number, time, digest, files, check code."""
    actor = request.actor
    case = find_case(actor, public_id)
    readable = require_part(actor, case, "decisions")
    versions = versions_of(case)
    if not versions:
        raise NotAllowed("not_sent", _("申报材料尚未提交，还没有回执。"))
    version = chosen(versions, request.GET.get("v", ""))
    assert version is not None
    version.case = case
    newest = version.pk == versions[0].pk
    note_read(actor, case, "case.receipt")
    files = files_of(list(case.materials.order_by("uploaded_at", "pk")), version)
    paper = Receipt(version, not newest)
    check = _check_address(paper)
    context = frame(case, actor, "") | {
        "version": version,
        "versions": versions,
        "receipt": paper,
        "check_url": check,
        "qr": qr_of(check) if check else "",
        "digest": grouped(version.digest),
        "letter": _letter_of(case, version),
        "files": [(file, grouped(file.sha256)) for file in files if not file.item.startswith(SEAL_PREFIX)],
        "signatures": standing_signatures(version) if "contacts" in readable else [],
        "waiting": waiting_of(case, open_items_of(case), actor, readable) if newest else [],
    }
    return render(request, "cases/receipt.html", context)


def _check_address(paper: Receipt) -> str:
    """Where the receipt can be checked, in full, with number and code: what its QR code says; '' without the portal."""
    path = address("portal:receipt_check")
    query = urlencode({"number": paper.number, "code": paper.code})
    return f"{settings.SITE_URL.rstrip('/')}{path}?{query}" if path else ""


def _letter_of(case: Case, version: Declaration) -> Decision | None:
    """The letter that went out with this very version."""
    letters = case.decisions.filter(procedure="declare", action="submit").exclude(letter="")
    return letters.filter(decided_at__gte=version.submitted_at).order_by("pk").first()


@for_actors
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """Ask once more, then discard the draft; it is kept, marked as discarded. A unit that was nominated declines by it,

    and may say why.
    """
    name_fields(request, {"reason": _("谢绝的理由")})
    case = find_case(request.actor, public_id)
    policy.require(request.actor, DISCARD, case)
    if not case.is_draft:
        raise NotAllowed("already_sent", _("申报材料已提交，不能作废，可以撤回。"))
    nominated = is_nominated(case)
    reason = request.POST.get("reason", "").replace("\r\n", "\n").strip() if nominated else ""
    context = {"key": str(uuid.uuid4()), "nominated": nominated, "longest": LONGEST_DECLINE, "reason": reason}
    if request.method != "POST":
        return render(request, "cases/discard.html", frame(case, request.actor, "") | context)
    if len(reason) > LONGEST_DECLINE:
        context["errors"] = {"reason": _("理由不得超过%(most)s字。") % {"most": LONGEST_DECLINE}}
        page = frame(case, request.actor, "") | context
        return render(request, "cases/discard.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    result = engine.act(
        public_id,
        DISCARD,
        actor=request.actor,
        data={"reason": reason} if reason else None,
        idempotency_key=request.POST.get("idempotency_key", "")[:64],
    )
    messages.success(request, result.message)
    return redirect("cases:detail", public_id)
