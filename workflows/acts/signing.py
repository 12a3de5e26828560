"""签章: asking for a signature, signing, and what sending asks of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.second_factor import proven
from accounts.signers import is_signer, signers_of
from audit import clock
from audit.personal import commit_personal
from audit.punctuation import listed
from cases import door, policy
from cases.declarations import draft_of, writers_of
from cases.enums import SignatureWay
from cases.errors import Conflict, Invalid, NotAllowed
from cases.models import Case, Declaration, Material, Signature
from cases.signatures import (
    SUBMIT,
    Place,
    Statement,
    barred,
    bound_with,
    content_of,
    item_of,
    named_among,
    people_of,
    places_of,
    require_signed,
    statement_of,
)
from programmes.schema import SignatureSpec
from workflows import items
from workflows.acts.registry import act, pending
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.turn import Turn

DUTY = "sign_declaration"
NAME_LENGTH = 60


def purpose(case: Case, key: str, content: str) -> str:
    """What a proof of the second factor is good for: this place, over this content, of this case."""
    return f"{case.public_id}:{key}:{content}"


def eligible_signers(case: Case, spec: SignatureSpec, writers: set[int]) -> list[User]:
    """The registered signers of the applicant who may sign in this place, and whose role lets them do so in the case.

    Three queries at most.
    """
    able = policy.who_may(f"command.{DUTY}", case)
    rows = signers_of(case.applicant_id, clock.today()).filter(user__in=able)
    people = {row.user_id: row.user for row in rows}
    return [user for pk, user in people.items() if not (spec.by == "another_person" and pk in writers)]


def open_requests(case: Case) -> list[WorkItem]:
    """The signatures that were asked for and not given yet, with those who were asked. One query."""
    rows = WorkItem.objects.filter(case=case, procedure="command", duty=DUTY, status=ItemStatus.OPEN)
    return list(rows.select_related("assignee", "deadline").order_by("pk"))


@pending("command.request_signature", "command.sign_declaration")
def something_to_sign(turn: Turn) -> None:
    """There is a draft, and sending it asks for signatures."""
    turn.draft = draft_of(turn.case, hold=door.is_open(turn.case.pk))
    if turn.draft is None:
        raise NotAllowed("nothing_to_sign", _("目前没有待签章的申报材料。"))
    turn.prepared = places_of(turn.case, turn.draft)
    if not turn.prepared:
        raise NotAllowed("nothing_to_sign", _("本项目的申报材料不需要签章。"))


def _places(turn: Turn) -> list[Place]:
    assert isinstance(turn.prepared, list)
    return turn.prepared


@act("command.request_signature")
def request_signature(turn: Turn) -> None:
    """Every registered signer who may sign in an open place is asked; who has been asked already is not asked again."""
    assert turn.draft is not None
    writers = writers_of(turn.draft)
    wanted = [place.spec for place in _places(turn) if place.valid is None and "signer" in place.spec.ways]
    if not wanted:
        raise NotAllowed("signed_already", _("各签章处均已签章，或者只能上传盖章扫描件，无需送请签章。"))
    asked = {item.assignee_id for item in open_requests(turn.case)}
    people = {user.pk: user for spec in wanted for user in eligible_signers(turn.case, spec, writers)}
    if not people:
        raise NotAllowed(
            "no_signer",
            _(
                "“%(unit)s”没有可以签章的登记签章人（填报人除外）。请由安全管理员登记签章人，或者上传盖章扫描件。"
            )
            % {"unit": turn.case.applicant.name},
            wanted[0].clause,
        )
    for user in people.values():
        if user.pk not in asked:
            items.open_item(
                case=turn.case,
                procedure="command",
                duty=DUTY,
                role="applicant",
                assignee_id=user.pk,
                unit_id=turn.case.applicant_id,
            )
    turn.record |= {
        "content": content_of(turn.draft),
        "signers": [str(user.public_id) for user in people.values()],
        "note": turn.data.get("note") or "",
    }
    names = listed(user.name for user in people.values())
    turn.message = _("已送请%(names)s签章。") % {"names": names}


@act("command.sign_declaration")
def sign(turn: Turn) -> None:
    """One place is signed: by scan, or electronically with the second factor."""
    assert turn.draft is not None
    assert turn.actor.user is not None
    place = next((one for one in _places(turn) if one.spec.key == turn.data["key"]), None)
    if place is None:
        raise Invalid("no_such_place", _("没有这一签章处。"), fields={"key": _("没有这一签章处。")})
    spec, content = place.spec, content_of(turn.draft)
    if turn.data["way"] not in spec.ways:
        message = _("“%(label)s”不能以这种方式签章。") % {"label": spec.label}
        raise NotAllowed("wrong_way", message, spec.clause)
    if turn.data["seen"] != content:
        raise Conflict("draft_changed", _("您核对期间，申报内容有改动。请重新核对后再签章。"))
    if place.valid is not None:
        raise Conflict("signed_already", _("“%(label)s”已签章。") % {"label": spec.label})
    proof = _scanned(turn, spec) if turn.data["way"] == SignatureWay.SCAN else _proven(turn, spec, content)
    statement = statement_of(turn.case, SUBMIT, spec)
    row = _signature(turn, spec, content, statement, proof)
    turn.record |= {
        "signature": told_of(row) | {"public_id": str(row.public_id), "statement": statement.text}
    }
    if all(other.valid is not None or other.spec.key == spec.key for other in _places(turn)):
        close_requests(turn)
    turn.message = _("“%(label)s”已签章。") % {"label": spec.label}


def _signature(
    turn: Turn, spec: SignatureSpec, content: str, statement: Statement, proof: dict[str, Any]
) -> Signature:
    assert turn.draft is not None
    assert turn.actor.user is not None
    return Signature.objects.create(
        case=turn.case,
        declaration=turn.draft,
        gate=SUBMIT,
        key=spec.key,
        label=str(spec.label.zh)[:200],
        way=turn.data["way"],
        content=content,
        statement=statement.text,
        statement_digest=statement.digest,
        organisation=turn.case.applicant,
        signer=turn.actor.user,
        signed_at=turn.now,
        **proof,
    )


def _proven(turn: Turn, spec: SignatureSpec, content: str) -> dict[str, Any]:
    """Registered, nobody who filled it in, and just now proved by the second factor. NotAllowed otherwise."""
    assert turn.actor.user is not None
    assert turn.draft is not None
    reason = barred(spec, turn.actor, writers_of(turn.draft))
    if reason:
        raise NotAllowed("separation_of_duties", reason, spec.clause)
    if turn.actor.on_behalf_of is not None:
        raise NotAllowed("in_person", _("电子签章须由登记的签章人本人办理，不得代办。"), spec.clause)
    if not is_signer(turn.actor.user, turn.case.applicant_id, clock.today()):
        raise NotAllowed(
            "not_registered",
            _("您未登记为“%(unit)s”的签章人，不能电子签章。") % {"unit": turn.case.applicant.name},
            spec.clause,
        )
    method = proven(str(turn.data.get("proof") or ""), turn.actor.user, purpose(turn.case, spec.key, content))
    if not method:
        message = _("请输入动态口令完成身份核验。")
        raise Invalid("not_proven", message, fields={"code": message})
    return {"second_factor": method}


def _scanned(turn: Turn, spec: SignatureSpec) -> dict[str, Any]:
    """The scan lies with the draft, and names who put the seal on the page: nobody who filled the declaration in, and

    nobody who hands the scan in for one who did, or through one who did.
    """
    assert turn.draft is not None
    name = str(turn.data.get("sealed_by") or "").strip()
    if not 0 < len(name) <= NAME_LENGTH:
        message = _("请填写盖章经手人姓名（60字以内）。")
        raise Invalid("no_name", message, fields={"sealed_by": message})
    scan = _scan_of(turn.case, item_of(spec), str(turn.data.get("material") or ""))
    acting = [people_of(turn.actor), *([scan.people] if scan is not None else [])]
    if spec.by == "another_person" and named_among(name, bound_with(writers_of(turn.draft), *acting)):
        message = _("盖章经手人不得为填报人，也不得与填报人互为代办，须由其他人员签章。")
        raise Invalid("separation_of_duties", message, spec.clause, fields={"sealed_by": message})
    if scan is None:
        message = _("请上传盖章后的扫描件。")
        raise Invalid("no_scan", message, fields={"file": message})
    return {"sealed_by": name, "material": scan}


def _scan_of(case: Case, item: str, public_id: str) -> Material | None:
    live = case.materials.filter(item=item, removed_at__isnull=True)
    return next((row for row in live if str(row.public_id) == public_id), None)


def told_of(row: Signature) -> dict[str, Any]:
    """A signature as the record keeps it; the name written beside a scan is kept as a commitment."""
    told: dict[str, Any] = {
        "key": row.key,
        "way": row.way,
        "content": row.content,
        "statement_digest": row.statement_digest,
    }
    if row.material is not None:
        return told | {"sha256": row.material.sha256, "sealed_by": commit_personal(row.sealed_by)}
    return told | {"second_factor": row.second_factor}


def require_signatures(turn: Turn, draft: Declaration) -> None:
    """Sending asks that every place is signed over exactly what is sent; who has signed goes on the record."""
    stand = require_signed(turn.case, draft)
    if stand:
        turn.record |= {"signatures": [str(row.public_id) for row in stand]}
        close_requests(turn)


def close_requests(turn: Turn) -> None:
    """Nobody has to sign any more: whoever just did has done it, the others need not."""
    for item in open_requests(turn.case):
        if turn.actor.user is not None and item.assignee_id == turn.actor.user.pk:
            items.close_item(item=item, outcome=DUTY, actor=turn.actor)
    items.cancel_items(WorkItem.objects.filter(case=turn.case, procedure="command", duty=DUTY))
