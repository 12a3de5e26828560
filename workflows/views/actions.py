"""办理: one page for whatever may be done to a case, and the lot that draws experts."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actors import Actor
from accounts.errors import Refusal
from audit.models import Entry
from cases import policy
from cases.declarations import content_mark
from cases.errors import Conflict, Gate, NotVisible
from cases.models import Objection
from programmes.schema import SideProcedure, Step
from workflows import addresses, engine
from workflows.acts.appraise import rectification_term
from workflows.acts.corrections import RETURNS
from workflows.acts.review import rubric_that_holds
from workflows.asks import RECORDED
from workflows.background import background_of
from workflows.case_pages import note_read, require_visible
from workflows.correction_pages import READS, Answer, answer_to_correction, clock_effect
from workflows.drawing import draw_experts, pool_of
from workflows.draws import draw_of, drawn, new_draw
from workflows.due import told
from workflows.explain import SIGNING
from workflows.forms import ActionForm, messages_of, raw_of
from workflows.items import mark_opened
from workflows.models import WorkItem
from workflows.preview import Preview, case_for, preview_of, spec_of, turn_for
from workflows.receipts import receipt_token
from workflows.recommending import list_url_of
from workflows.turn import FORM, Turn, own_asks
from workflows.typed import labels_of_action, labels_of_form, name_fields
from workflows.views.refusals import PersonAtWork, for_actors, reasons_of, status_of, wants_json

REREAD = frozenset({"stale", "draft_changed"})
"""Conflicts after which the same form is shown once more, over what is there now."""
ITEM = "item"
REGISTER_OBJECTION = "command.register_objection"
INTAKE_GATES = frozenset({"declare.accept", "declare.return_for_correction", "declare.decline"})
"""What the office decides on a case that a unit may have recommended."""
REGISTERING = frozenset({"command.register_intake", "command.correct_intake"})
DRAWN_FOR = frozenset({"review.assign_experts", "review.replace_expert"})


@require_http_methods(["GET", "HEAD", "POST"])
@for_actors
def act(request: PersonAtWork, public_id: uuid.UUID, action: str) -> HttpResponse:
    """办理页: what the action would do, its form, and the doing of it."""
    spec_of(action)
    if request.method == "POST":
        return _do(request, public_id, action)
    return _show(request, public_id, action)


@require_POST
@for_actors
def draw(request: PersonAtWork, public_id: uuid.UUID) -> HttpResponse:
    """随机抽取: draw for a work item, write the draw down, and show it where the panel is decided."""
    draw_experts(item_id=public_id, actor=request.actor)
    item = WorkItem.objects.select_related("case").get(public_id=public_id)
    count = _number(request.POST.get("count", ""))
    return redirect(addresses.of_item(item) + (f"&count={count}" if count else ""))


def _show(request: PersonAtWork, public_id: uuid.UUID, name: str) -> HttpResponse:
    case, relations = case_for(public_id, request.actor)
    turn = turn_for(case, relations, name, actor=request.actor, item_id=_uuid(request.GET.get("item", "")))
    if name in SIGNING:
        return redirect(addresses.own_page(case, name))
    note_read(request.actor, case, f"action.{name}")
    if turn.item is not None:
        mark_opened(item=turn.item, actor=request.actor)
        if addresses.is_sheet(turn.action):
            return redirect(addresses.score(turn.item.public_id))
    return _page(request, turn, ActionForm(turn))


def _do(request: PersonAtWork, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Through the door; what it refuses stands beside the fields, with everything that was typed."""
    name_fields(request, labels_of_action(spec_of(name)) | _own_labels(request, public_id, name))
    try:
        result = _through_door(request, public_id, name)
    except Refusal as refusal:
        require_visible(request.actor, public_id)  # the door may have asked something else first
        if wants_json(request) or isinstance(refusal, NotVisible):
            raise
        return _again(request, public_id, name, refusal)
    message = result.message or _("“%(label)s”已办理。") % {"label": spec_of(name).label}
    where = _receipt_of(request.actor, public_id, name) or landing(public_id, request.actor)
    if name in REGISTERING:
        where = addresses.address("cases:intake", public_id) or where
    if wants_json(request):
        return JsonResponse({"message": message, "location": where})
    messages.success(request, message)
    return redirect(where)


def _own_labels(request: PersonAtWork, public_id: uuid.UUID, name: str) -> dict[str, str]:
    """What the blanks are called that the policy itself asks. One query, and only where some were sent."""
    if not any(sent.startswith((f"{RECORDED}.", f"{FORM}.")) for sent in request.POST):
        return {}
    case = policy.visible(request.actor).select_related("edition").filter(public_id=public_id).first()
    if case is None:
        return {}
    programme = case.edition.pack.programme
    owners: list[Step | SideProcedure] = [*programme.lifecycle.steps.values(), *programme.side.values()]
    labels = {f"{RECORDED}.{ask.key}": str(ask.label) for owner in owners for ask in own_asks(owner, name)}
    for side in programme.side.values():
        if side.form:
            labels |= {
                f"{FORM}.{key}": text
                for key, text in labels_of_form(case.edition.pack.forms[side.form]).items()
            }
    return labels


def _through_door(request: PersonAtWork, public_id: uuid.UUID, name: str) -> engine.Result:
    post, item_id = request.POST, _item_sent(request, name)
    code = name.partition(".")[2]
    sent: dict[str, Any] = {
        "actor": request.actor,
        "data": raw_of(spec_of(name), post),
        "idempotency_key": post.get("idempotency_key", "")[:64],
    }
    version = _number(post.get("version", ""))
    if item_id is None:
        is_command = name.startswith("command.")
        return engine.act(public_id, name, expected_version=version if is_command else None, **sent)
    if not WorkItem.objects.filter(public_id=item_id, case__public_id=public_id).exists():
        raise NotVisible("invisible", _("未找到该事项。"))
    return engine.complete(item_id, code, expected_version=version, **sent)


def _again(request: PersonAtWork, public_id: uuid.UUID, name: str, refusal: Refusal) -> HttpResponse:
    """The form once more. When the case no longer waits for this at all, the refusal itself is the page."""
    if addresses.is_sheet(spec_of(name)) or (isinstance(refusal, Conflict) and refusal.code not in REREAD):
        raise refusal
    try:
        case, relations = case_for(public_id, request.actor)
        turn = turn_for(case, relations, name, actor=request.actor, item_id=_item_sent(request, name))
        form = ActionForm(turn, request.POST, messages_of(refusal))
        return _page(request, turn, form, refusal)
    except Refusal:
        raise refusal from None


def _page(
    request: PersonAtWork, turn: Turn, form: ActionForm, refusal: Refusal | None = None
) -> HttpResponse:
    preview = preview_of(turn, raw_of(turn.action, request.POST) if refusal is not None else None)
    context = {
        "case": turn.case,
        "turn": turn,
        "form": form,
        "preview": preview,
        "reasons": _reasons(preview, form, isinstance(refusal, Gate)),
        "background": background_of(turn),
        "refusal": reasons_of(refusal) if refusal is not None else [],
        "draft_mark": content_mark(turn.draft) if turn.draft is not None else "",
        "version": turn.item.version if turn.item is not None else turn.case.version,
        "idempotency_key": request.POST.get("idempotency_key") or uuid.uuid4().hex,
        "term": _term(turn),
        "reads_declaration": "declaration" in policy.fields(request.actor, turn.case),
        "answer": _answer(turn, request.actor),
        "list_url": list_url_of(turn.case) if turn.gate in INTAKE_GATES else "",
        "clocks": clock_effect(turn) if turn.gate in RETURNS else [],
        **_lot(turn, request),
    }
    status = status_of(refusal).value if refusal is not None else 422 if preview.blocked else 200
    return render(request, "workflows/act.html", context, status=status)


def _answer(turn: Turn, actor: Actor) -> Answer | None:
    """What was changed since the last return, for those who judge the declaration."""
    if turn.procedure not in READS or turn.item is None or turn.case.is_draft or turn.item.duty == "draft":
        return None
    return answer_to_correction(turn.case) if "declaration" in policy.fields(actor, turn.case) else None


def _reasons(preview: Preview, form: ActionForm, asked: bool) -> list[dict[str, Any]]:
    """The soft rules that ask for a reason, once each, with what was typed and whether it was missed."""
    rules = {rule.rule_id: rule for rule in preview.judged if rule.asks_reason and preview.settled}
    typed = {rule_id: form.explanation(rule_id) for rule_id in rules}
    return [
        {"rule": rule, "value": typed[rule_id], "missing": asked and not typed[rule_id].strip()}
        for rule_id, rule in rules.items()
    ]


def _term(turn: Turn) -> list[str]:
    """How the proposed time limit of a rectification was reckoned."""
    if turn.gate != "appraise.conclude_unqualified":
        return []
    term = rectification_term(turn)
    return told(term) if term is not None else []


def _lot(turn: Turn, request: PersonAtWork) -> dict[str, Any]:
    """The draw made for this item, with those it names; nothing for actions without a panel."""
    if turn.item is None or turn.gate not in DRAWN_FOR:
        return {}
    single = turn.action.code == "replace_expert"
    count = 1 if single else _number(request.GET.get("count", "")) or rubric_that_holds(turn).panel_minimum
    context: dict[str, Any] = {"single": single, "panel_size": count}
    lot = draw_of(turn.case, turn.item.public_id)
    if lot is None or "by_hand" in request.GET or "by_hand" in request.POST:
        return context
    pool = pool_of(turn.case, turn.item)
    if lot.pool != new_draw(pool).pool:
        return context | {"lot_is_stale": True}
    by_id = {str(user.public_id): user for user in pool}
    return context | {
        "lot": lot,
        "drawn": drawn(lot, pool, count),
        "order": [by_id[key] for key in lot.order],
    }


def _receipt_of(actor: Actor, public_id: uuid.UUID, name: str) -> str:
    """The receipt of the objection that this person has just registered, to be printed once; '' for other actions."""
    if name != REGISTER_OBJECTION or actor.user is None:
        return ""
    entries = Entry.objects.filter(
        chain__kind="case", chain__key=str(public_id), action=name, actor_id=actor.user.pk
    )
    entry = entries.order_by("-seq").first()
    number = entry.content["data"].get("objection") if entry is not None else None
    objection = Objection.objects.filter(number=number).first() if number else None
    return addresses.address("portal:receipt", receipt_token(objection)) if objection is not None else ""


def landing(public_id: uuid.UUID, actor: Actor) -> str:
    """Where a person is taken after acting: the case, unless it is no longer theirs to see."""
    try:
        case, _relations = case_for(public_id, actor)
    except NotVisible:
        return addresses.address("workflows:home")
    return addresses.of_case(case)


def _item_sent(request: PersonAtWork, name: str) -> uuid.UUID | None:
    """The work item that the form names; none for an action that asks something under that very name (审议事项)."""
    if any(ask.key == ITEM for ask in spec_of(name).asks):
        return None
    return _uuid(request.POST.get(ITEM, ""))


def _uuid(text: str) -> uuid.UUID | None:
    """A public id as sent; None for none. NotVisible for what is none."""
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotVisible("invisible", _("未找到该事项。")) from None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
