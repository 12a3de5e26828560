"""申报: sending, recommending, accepting, returning."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.organisations import find_organisation, unit_above
from audit import clock
from audit.canonical import dumps
from cases import door
from cases.confirmations import count_questions
from cases.declarations import draft_of, require_unchanged, writers_of
from cases.enums import Capacity, DeclarationStatus, Part
from cases.errors import Invalid, NotAllowed
from cases.materials import require_scanned
from cases.models import Declaration, Material
from cases.numbers import formatted
from cases.receipts import receipt_number
from cases.relations import add_participation, add_party, parts_of
from cases.signatures import statement_of
from programmes.forms import is_complete
from programmes.schema import RoleSpec
from workflows.acts.registry import act, pending
from workflows.acts.signing import require_signatures
from workflows.documents.printing import print_sent
from workflows.turn import Turn


@pending("declare.submit")
def judge_the_draft(turn: Turn) -> None:
    """The rules look at the draft that is being sent; inside the door nobody changes it any more."""
    turn.draft = draft = draft_of(turn.case, hold=door.is_open(turn.case.pk))
    if draft is None:
        raise NotAllowed("nothing_to_send", _("没有可提交的申报材料。"))
    round_ = turn.case.round
    if turn.case.is_draft and not round_.is_open_on(clock.today()):
        raise NotAllowed("round_closed", _("“%(name)s”目前不接受申报。") % {"name": round_.name})
    turn.form_data = draft.data()
    require_unchanged(draft, str(turn.raw.get("draft") or ""))


def freeze(turn: Turn, draft: Declaration) -> dict[str, dict[str, Any]]:
    """Make the draft a version that was sent: what it says, who filled it in and its digest go on the record."""
    require_scanned(turn.case)
    _require_complete(turn, draft)
    data = draft.data()
    everything = list(turn.case.materials.order_by("uploaded_at", "pk"))
    files = [file for file in everything if file.removed_at is None]
    turn.now = _after_the_files(turn.now, everything)
    draft.status, draft.submitted_at, draft.submitted_by = (
        DeclarationStatus.SUBMITTED,
        turn.now,
        turn.actor.user,
    )
    draft.digest = hashlib.sha256(dumps(data).encode()).hexdigest()
    draft.save()
    print_sent.enqueue(draft.pk)
    wrote = writers_of(draft, files)
    wrote |= {person.pk for person in (turn.actor.on_behalf_of,) if person is not None}
    wrote -= {user_id for user_id, part in parts_of(turn.case) if part == Part.DRAFTER}
    for user in User.objects.filter(pk__in=wrote).order_by("pk"):
        add_participation(case=turn.case, user=user, part=Part.DRAFTER)
    turn.record |= {
        "declaration": {"version": draft.version_no, "digest": draft.digest},
        "materials": {str(m.public_id): {"item": m.item, "sha256": m.sha256} for m in files},
    }
    if questions := count_questions(turn.pack, draft):
        turn.record |= {"questions": questions}
    return data


def _after_the_files(now: dt.datetime, files: Iterable[Material]) -> dt.datetime:
    """When the version is sent: not before any file came or went. The draft's lock was waited for, during which files

    were still being kept, and another process's clock may be ahead; a version has the files that lie there now.
    """
    told = (at for file in files for at in (file.uploaded_at, file.removed_at))
    return max([now, *(at for at in told if at is not None)])


@act("declare.submit")
def send(turn: Turn) -> None:
    """Freeze the draft as a version, number the case, remember who filled it in."""
    assert turn.draft is not None
    data = freeze(turn, turn.draft)
    require_signatures(turn, turn.draft)
    _state_truth(turn)
    case = turn.case
    if not case.case_no:
        template = turn.pack.programme.case_no
        case.case_no = formatted(
            template, key=f"case:{case.authority_id}:{case.programme_id}", year=case.round.year
        )
    case.submitted_at = case.submitted_at or turn.now
    _bring_in_operator(turn, data)
    _bring_in_recommender(turn, data)
    turn.draft.case = case
    number = receipt_number(turn.draft)
    turn.letter_values |= {"receipt_no": number}
    turn.record |= {"case_no": case.case_no, "receipt": number}
    turn.message = _("申报材料已提交，受理编号%(no)s。") % {"no": case.case_no}


def _state_truth(turn: Turn) -> None:
    """The statement that was ticked goes on the record word for word, with its digest; it is ticked for each sending.

    Invalid when the page showed another text.
    """
    statement = statement_of(turn.case, turn.gate)
    shown = str(turn.raw.get("statement_digest") or statement.digest)
    if shown != statement.digest:
        message = _("承诺内容已更新，请重新阅读并确认。")
        raise Invalid("statement_changed", message, fields={"statement": message})
    turn.record |= {
        "statement": {"text": statement.text, "sha256": statement.digest, "clause": statement.clause}
    }


def _bring_in_recommender(turn: Turn, data: Mapping[str, Mapping[str, Any]]) -> None:
    """The unit that recommends takes part once there is something to recommend: the one that the edition or the

    declaration names, else the nearest above the applicant. A declaration that now names another unit leaves the
    former one. NotAllowed when nobody holds the role.
    """
    assert turn.run is not None
    if not turn.run.params.get("recommendation"):
        return
    spec = turn.pack.programme.roles["recommender"]
    name = spec.organization or _named(spec, data)
    unit = (
        find_organisation(authority=turn.case.authority, name=name)
        if name or spec.named_in
        else unit_above(
            organisation=turn.case.applicant,
            role=Role.RECOMMENDER,
            programme_code=turn.pack.programme.id,
        )
    )
    if unit is None:
        raise NotAllowed("no_recommender", _("未找到本单位的推荐单位，请联系系统管理员登记。"), spec.clause)
    if unit.pk == turn.case.applicant_id and not spec.may_be_applicant:
        raise NotAllowed(
            "self_recommendation",
            _("申报单位不得自行推荐，请填写或者联系系统管理员登记其他推荐单位。"),
            spec.clause,
        )
    former = turn.case.parties.filter(capacity=Capacity.RECOMMENDER, until__isnull=True)
    former.exclude(organisation=unit).update(until=clock.today())
    add_party(case=turn.case, organisation=unit, capacity=Capacity.RECOMMENDER)


def _named(spec: RoleSpec, data: Mapping[str, Mapping[str, Any]]) -> str:
    """The name that the declaration gives for a role; '' when it gives none."""
    code, _dot, key = spec.named_in.partition(".")
    return str(data.get(code, {}).get(key) or "")


def _bring_in_operator(turn: Turn, data: Mapping[str, Mapping[str, Any]]) -> None:
    """The management body that the declaration names takes part, if the directory knows it."""
    spec = turn.pack.programme.roles.get("operator")
    if spec is None or not spec.named_in:
        return
    name = _named(spec, data)
    found = find_organisation(authority=turn.case.authority, name=name) if name else None
    if found is not None:
        add_party(case=turn.case, organisation=found, capacity=Capacity.OPERATOR)


def _require_complete(turn: Turn, draft: Declaration) -> None:
    data = draft.data()
    fields: dict[str, str] = {}
    lifecycle = turn.pack.programme.lifecycle
    step = turn.step if turn.step.stage == "declare" else lifecycle.steps[lifecycle.start]
    for code in step.forms:
        form = turn.pack.forms[code]
        for missing in is_complete(form, data.get(code, {})):
            fields[f"{code}.{missing.path}"] = _("“%(label)s”为必填项。") % {"label": missing.label}
    if fields:
        raise Invalid("incomplete", _("还有%(n)s处必填内容未填写。") % {"n": len(fields)}, fields=fields)
