"""What is still open with a person or a unit: told to the administrator before an account or a unit is closed. 未办结事项"""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from cases.enums import Stage
from cases.models import Case
from workflows.enums import ItemStatus
from workflows.models import WorkItem


def person_holds(user: User) -> list[str]:
    """Open work items that are this very person's (an expert's scores, what was assigned). One query."""
    items = WorkItem.objects.filter(assignee=user, status=ItemStatus.OPEN).count()
    return [_("指派给本人的待办事项%(n)d项") % {"n": items}] if items else []


def unit_holds(organisation: Organisation) -> list[str]:
    """Open work items of the unit, and cases it has declared that are not closed. Two queries."""
    items = WorkItem.objects.filter(
        ~Q(role="system"), organisation=organisation, assignee=None, status=ItemStatus.OPEN
    ).count()
    cases = Case.objects.filter(applicant=organisation).exclude(stage=Stage.CLOSED).count()
    lines = ((items, _("待办事项%(n)d项")), (cases, _("作为申报单位的未办结案件%(n)d件")))
    return [text % {"n": n} for n, text in lines if n]
