"""补正: what pages tell of it — to the applicant as a list to work through, to reviewers beside what was changed.

And the clocks: which limit ends with a return, which begins, until when, and what happens when it passes.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit import clock
from cases.enums import Closure
from cases.models import Case, Declaration, DeclarationForm
from programmes import calendar as cal
from programmes.schema import Close, DeadlineSpec, Step
from workflows.declaration_changes import changes_in
from workflows.defects import Mended, defects_of, forms_of, mended
from workflows.enums import ItemStatus
from workflows.limits import CORRECT, length_of
from workflows.models import WorkItem
from workflows.sent_versions import before, file_changes
from workflows.turn import Turn

LAPSED = "correction_lapsed"
NOT_CORRECTED = "not_corrected"
READS = frozenset({"declare", "file", "review", "award"})
"""Procedures whose officers judge a declaration that may have been corrected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """补正情况: the newest version beside the one before it."""

    version: Declaration
    earlier: Declaration
    items: list[Mended]
    changes: int


def answer_to_correction(case: Case) -> Answer | None:
    """What was asked with the last return and what has changed; None for a first version. One query, else four."""
    forms = Prefetch("forms", queryset=DeclarationForm.objects.all())
    sent = list(
        case.declarations.filter(submitted_at__isnull=False)
        .order_by("-version_no")
        .prefetch_related(forms)[:2]
    )
    if len(sent) < 2:
        return None
    version, earlier = sent[0], before(sent, sent[0])
    assert earlier is not None
    return _answer(case, version, earlier)


def draft_to_correct(case: Case, draft: Declaration) -> Answer | None:
    """What the open draft has to mend, and how far it has been; None for a draft that answers no return."""
    if not draft.note or draft.version_no < 2:
        return None
    rows = case.declarations.filter(submitted_at__isnull=False).order_by("-version_no")
    earlier = rows.prefetch_related("forms").first()
    return _answer(case, draft, earlier) if earlier is not None else None


def correction_context(case: Case, draft: Declaration) -> dict[str, object]:
    """What the page of an open draft shows of the return it answers; nothing, and no query, for any other draft."""
    correction = draft_to_correct(case, draft)
    if correction is None:
        return {}
    waiting = WorkItem.objects.filter(case=case, duty="draft", status=ItemStatus.OPEN)
    return {"correction": correction, "correction_clock": draft_clock(case, waiting.first())}


def _answer(case: Case, version: Declaration, earlier: Declaration) -> Answer:
    materials = list(case.materials.order_by("uploaded_at", "pk"))
    items = mended(case, defects_of(case, version), version, earlier, materials)
    then, now = earlier.data(), version.data()
    count = sum(
        len(changes_in(form, then.get(form.code, {}), now.get(form.code, {})).changes)
        for form in forms_of(case)
    )
    return Answer(version, earlier, items, count + len(file_changes(materials, version, earlier)))


# -- clocks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One sentence about a limit, with its clause; ``proposed``: its length is not the policy's."""

    text: str
    clause: str = ""
    proposed: bool = False


def clock_effect(turn: Turn) -> list[ClockLine]:
    """What a return for correction does to the limits, before it is done. A query where a slot gives a length."""
    lines = []
    deadline = turn.item.deadline if turn.item is not None else None
    if deadline is not None:
        text = _(
            "本环节办理期限（至%(day)s）自退回之日终止，不计入补正时间；申报单位重新提交后，自收到之日起重新计算。"
        )
        day = deadline.due_on.isoformat() if deadline.due_on else "—"
        lines.append(ClockLine(text % {"day": day}, deadline.clause, deadline.source == "proposed"))
    spec, step = _correct_spec(turn)
    length = length_of(turn.case, spec.within) if spec is not None else None
    if spec is None or length is None or step is None:
        lines.append(ClockLine(_("政策未规定补正期限；请在补正要求中写明时间。"), turn.clause))
        return lines
    term = cal.compute(
        start=clock.today(),
        duration=length,
        calendar=cal.WorkCalendar.load(),
        start_rule=cal.StartRule(spec.start),
        roll=spec.roll,
    )
    due = term.due_on.isoformat() if term.due_on else "—"
    told = _("申报单位补正期限为%(length)s，今日退回的，至%(day)s止。") % {
        "length": _length(length),
        "day": due,
    }
    lines.append(ClockLine(told + consequence(step, spec), spec.clause, spec.source == "proposed"))
    return lines


def _length(length: cal.Duration) -> str:
    """A length of time as people write it: 5个工作日."""
    return length.label(get_language() or "zh-hans")


def draft_clock(case: Case, item: WorkItem | None) -> ClockLine | None:
    """Until when the applicant may mend, and what follows; None where no limit runs. No query with the deadline loaded."""
    step = case.edition.pack.programme.lifecycle.steps.get(case.step)
    spec = step.deadlines.get(CORRECT) if step is not None else None
    if item is None or item.due_on is None or spec is None or step is None:
        return None
    text = _("补正期限至%(day)s止。") % {"day": item.due_on.isoformat()} + consequence(step, spec)
    return ClockLine(text, spec.clause, spec.source == "proposed")


def _correct_spec(turn: Turn) -> tuple[DeadlineSpec | None, Step | None]:
    """The limit for mending in the step that a return leads to."""
    steps = turn.pack.programme.lifecycle.steps
    here = turn.step
    if here.procedure != "declare":
        target = here.next.get("returned")
        here = steps[target] if isinstance(target, str) else here
    return here.deadlines.get(CORRECT), here


def consequence(step: Step, spec: DeadlineSpec) -> str:
    """What happens when the time for mending passes."""
    if spec.on_due != LAPSED:
        return _("逾期未补正的，由受理机关依据现有材料依法处理。")
    target = step.next.get(NOT_CORRECTED)
    if isinstance(target, Close):
        return _("逾期未补正的，由系统按期办结（%(how)s）。") % {"how": Closure(target.close).label}
    return _("逾期未补正的，由系统按期转入下一环节。")
