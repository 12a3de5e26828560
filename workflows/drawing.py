"""The door for drawing experts by lot. 随机抽取办理"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from audit.chain import append
from cases import policy
from cases.errors import Conflict, NotAllowed, NotVisible
from cases.models import Case
from workflows.acts.review import candidates, sitting
from workflows.draws import DRAWN, Draw, draw_of, new_draw
from workflows.enums import ItemStatus
from workflows.lock import lock_case
from workflows.models import WorkItem

ACTION_OF_DUTY = {"assign": "review.assign_experts", "replace": "review.replace_expert"}


def draw_experts(*, item_id: uuid.UUID, actor: Actor) -> Draw:
    """Draw for the work item ``item_id`` (public id) and write the draw into the case's record.

    A draw made before over the same pool stands: it is returned again, and nothing is written. Raises NotVisible,
    NotAllowed (also when nobody may be drawn), Conflict when the item has been dealt with.
    """
    case_id = WorkItem.objects.filter(public_id=item_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise NotVisible("invisible", _("未找到该事项。"))
    with transaction.atomic(durable=True):
        case = lock_case(case_id)
        item = WorkItem.objects.get(public_id=item_id)
        if not policy.can_see(actor, case):
            raise NotVisible("invisible", _("未找到该事项。"))
        action = ACTION_OF_DUTY.get(item.duty) if item.procedure == "review" else None
        if action is None:
            raise NotAllowed("not_by_lot", _("该事项不需要抽取专家。"))
        policy.require(actor, action, case)
        if item.status != ItemStatus.OPEN:
            raise Conflict("already_done", _("该事项已办结，请刷新页面。"))
        pool = pool_of(case, item)
        if not pool:
            raise NotAllowed("nobody_to_draw", _("没有可供抽取的专家，请先由管理部门补充专家库。"))
        fresh = new_draw(pool)
        before = draw_of(case, item_id)
        if before is not None and before.pool == fresh.pool:
            return before
        append(
            chain=case.chain,
            action=DRAWN,
            actor=actor.stamp(),
            subject=str(item_id),
            data={"seed": fresh.seed, "pool": list(fresh.pool), "order": "sha256(seed:public_id)"},
            clause=case.edition.pack.programme.lifecycle.steps[case.step].clause,
        )
        return fresh


def pool_of(case: Case, item: WorkItem) -> list[User]:
    """Who may be drawn for the item: eligible, and for a replacement not on the panel already. Three queries at most."""
    seated = sitting(case) if item.duty == "replace" else set()
    return [user for user in candidates(case) if user.pk not in seated]
