"""称号的延续、晋级、变更持有单位；缺席考评；监督报告: what is done to a title while it is held."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.organisations import find_organisation
from audit import clock
from cases.enums import AppraisalStatus, Capacity, StandingStatus
from cases.errors import Invalid, NotAllowed
from cases.models import Appraisal, Case, CaseParty, Plaque
from cases.relations import add_party
from cases.standings import current_standing, set_standing
from cases.titles import absences
from workflows.acts.accredit import replace_plaque
from workflows.acts.appraise import propose_item
from workflows.acts.registry import act, pending, waits
from workflows.enums import ItemStatus
from workflows.models import WorkItem
from workflows.steps import stop_side
from workflows.turn import Turn

ENDED = frozenset({StandingStatus.WITHDRAWN, StandingStatus.LAPSED})


@act("command.request_renewal")
def request_renewal(turn: Turn) -> None:
    """The unit asks for another term; the title stands until it is decided."""
    turn.message = _("已提交延续申请。")


@act("command.request_upgrade")
def request_upgrade(turn: Turn) -> None:
    """The unit asks for a higher tier; it keeps the one it has until that is decided."""
    turn.message = _("已提交晋级申请，批准前原等级继续有效。")


@act("command.file_supervision_report")
def file_supervision_report(turn: Turn) -> None:
    """What the supervisor has found, for whoever decides next."""
    turn.message = _("监督报告已提交。")


# -- another holder ----------------------------------------------------------------------------------------------


@pending("command.transfer_holder")
def holder_fits(turn: Turn) -> None:
    """A unit in use, of a kind that may declare, other than the holder; and something that is held."""
    case, name = turn.case, str(turn.data["holder"])
    standing = current_standing(case)
    if standing is None or standing.status in ENDED:
        raise NotAllowed("nothing_held", _("本案没有可以变更持有单位的称号或者登记。"), turn.clause)
    unit, message = _unit(case, name), ""
    if unit is None:
        message = _("机构目录中没有“%(name)s”，请先由系统管理员登记。") % {"name": name}
    elif unit.pk == case.applicant_id:
        message = _("承继单位与现持有单位相同。")
    elif unit.kind not in turn.pack.programme.applicant.kinds:
        message = _("该单位的类别不符合申报主体要求。")
    if message:
        raise Invalid("bad_holder", message, fields={"holder": message})
    turn.prepared = unit


def _unit(case: Case, name: str) -> Organisation | None:
    """A unit in use, by its code or by its name."""
    coded = Organisation.objects.filter(
        authority=case.authority_id, uscc=name.upper(), is_active=True
    ).first()
    found = coded or find_organisation(authority=case.authority, name=name)
    return found if found is not None and found.is_active else None


@act("command.transfer_holder")
def transfer_holder(turn: Turn) -> None:
    """The title goes over to another unit on the day of the decision: party, register and certificate.

    What the old holder did stays on the record under its name; it has no part in the case any more.
    """
    assert isinstance(turn.prepared, Organisation) and turn.decision is not None
    case, old, new = turn.case, turn.case.applicant, turn.prepared
    standing = current_standing(case)
    assert standing is not None
    end_parties(case, old)
    add_party(case=case, organisation=new, capacity=Capacity.TRANSFEREE)
    case.applicant = new
    case.__dict__.pop("_above_applicant", None)
    WorkItem.objects.filter(case=case, role="applicant", organisation=old, status=ItemStatus.OPEN).update(
        organisation=new
    )
    set_standing(case=case, status=StandingStatus(standing.status), decision=turn.decision, on=clock.today())
    turn.record |= {"holder_before": old.name, "holder": new.name}
    plaque = Plaque.objects.filter(case=case, withdrawn_on__isnull=True).first()
    if plaque is not None:
        replace_plaque(turn, plaque.tier)
    turn.letter_values |= {"applicant": new.name}
    turn.message = _("持有单位已由“%(old)s”变更为“%(new)s”。") % {"old": old.name, "new": new.name}


def end_parties(case: Case, unit: Organisation) -> None:
    """The unit holds the case no longer. One UPDATE."""
    held = (Capacity.APPLICANT, Capacity.TRANSFEREE)
    rows = CaseParty.objects.filter(case=case, organisation=unit, capacity__in=held, until__isnull=True)
    rows.update(until=clock.today())
    case.__dict__.pop("_parties", None)


# -- absent from an appraisal ------------------------------------------------------------------------------------


def missed_appraisal(case: Case) -> Appraisal | None:
    """The appraisal whose report is overdue, the oldest first; one without a limit never is. Two queries."""
    waiting = WorkItem.objects.filter(
        case=case, procedure="appraise", duty="report_data", status=ItemStatus.OPEN
    ).select_related("run__appraisal")
    for item in waiting.order_by("pk"):
        overdue = item.due_on is not None and item.due_on < clock.today()
        if overdue and item.run is not None and item.run.appraisal is not None:
            appraisal: Appraisal = item.run.appraisal
            if appraisal.status == AppraisalStatus.OPEN:
                return appraisal
    return None


@waits("command.record_absence")
def nobody_absent(case: Case) -> str:
    """Only once the time for reporting is up. Two queries."""
    return "" if missed_appraisal(case) is not None else _("没有逾期未报送材料的考评，不能记为缺席。")


@pending("command.record_absence")
def is_absent(turn: Turn) -> None:
    """Only once the time for reporting is up; the rules see the absence as counted."""
    appraisal = missed_appraisal(turn.case)
    if appraisal is None:
        raise NotAllowed("not_absent", _("没有逾期未报送材料的考评，不能记为缺席。"), turn.clause)
    turn.prepared = appraisal
    side = turn.pack.programme.side[appraisal.side]
    turn.pending |= {"appraisal.absences": absences(turn.case, appraisal.side, side) + 1}


@act("command.record_absence")
def record_absence(turn: Turn) -> None:
    """The appraisal ends without a report. So many within the window count as a failed one, which opens the way that

    the policy lays down (``escalate_to``).
    """
    appraisal = turn.prepared
    assert isinstance(appraisal, Appraisal)
    side = turn.pack.programme.side[appraisal.side]
    count = turn.pending["appraisal.absences"]
    failed = bool(side.absence_limit) and count >= side.absence_limit
    appraisal.decision = turn.decision
    appraisal.miss(failed=failed)
    appraisal.save()
    stop_side(turn.case, appraisal, "absent")
    turn.record |= {"period": appraisal.period, "absences": count, "failed": failed}
    turn.letter_values |= {"period": appraisal.period}
    turn.message = _("已将%(year)s年度考评记为缺席。") % {"year": appraisal.period}
    if failed:
        propose_item(turn, side)
        turn.message = _("已将%(year)s年度考评记为缺席；规定期间内缺席%(n)s次，视为考评不合格。") % {
            "year": appraisal.period,
            "n": count,
        }
