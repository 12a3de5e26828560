"""A further round of voting: the panel that has voted votes again. 多轮表决"""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.enums import Part
from cases.errors import NotAllowed
from cases.models import Case
from cases.relations import add_participation
from cases.sheets import forget_sheets, review_sheets
from programmes.schema import Step
from workflows import held_slots
from workflows.models import StageRun


def seat_again(case: Case, step: Step, run: StageRun) -> None:
    """Seat those whose votes counted in the round before, and hold what the round has decided for this one.

    Raises NotAllowed when nobody has voted yet.
    """
    forget_sheets(case)
    counted = [sheet for sheet in review_sheets(case) if sheet.voided_at is None]
    newest = counted[0].run_no if counted else 0
    panel = [sheet.expert for sheet in counted if sheet.run_no == newest]
    if not panel:
        raise NotAllowed("no_panel", _("没有可以继续表决的专家组。"), step.clause)
    for expert in panel:
        add_participation(case=case, user=expert, part=Part.EXPERT)
    rubric = case.edition.pack.rubrics[step.rubric] if step.rubric else None
    held = held_slots.hold(case, rubric.slots.values() if rubric is not None else ())
    run.params = run.params | {"seats": [expert.pk for expert in panel]} | held
    run.save(update_fields=["params"])
