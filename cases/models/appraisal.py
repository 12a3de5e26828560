"""年度考核与整改"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django_fsm import FSMField, transition

from audit import clock
from cases.enums import AppraisalStatus as S
from cases.enums import RectificationStatus
from cases.ids import new_public_id


class Appraisal(models.Model):
    """年度考核: a side run with its own status; it touches the main line only through its outcome."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="appraisals")
    run_no = models.PositiveIntegerField()
    side = models.CharField(max_length=64)
    period = models.PositiveIntegerField()
    """The year appraised."""
    kind = models.CharField(max_length=32)
    status = FSMField(max_length=16, choices=S.choices, default=S.OPEN, protected=True)
    items = models.JSONField(default=dict)
    """Content item → what the unit reported."""
    form_data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)
    """What the unit filled in on the side procedure's form, as stored."""
    scores = models.JSONField(default=dict)
    total = models.DecimalField(max_digits=9, decimal_places=3, null=True, blank=True)
    methods = models.JSONField(default=list)
    result = models.CharField(max_length=16, blank=True, default="")
    """qualified | unqualified | scored | absent"""
    opened_at = models.DateTimeField(default=clock.now)
    concluded_at = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "period", "kind"],
                condition=~models.Q(status="cancelled"),
                name="appraisal_once_a_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.period} {self.kind}"

    @transition(field=status, source=S.OPEN.value, target=S.SUBMITTED.value)
    def submit(self) -> None:
        """报送"""

    @transition(field=status, source=S.SUBMITTED.value, target=S.OPEN.value)
    def send_back(self) -> None:
        """退回补充"""

    @transition(field=status, source=S.SUBMITTED.value, target=S.CHECKED.value)
    def check_material(self) -> None:
        """核查"""

    @transition(field=status, source=S.CHECKED.value, target=S.CONCLUDED.value)
    def confirm(self) -> None:
        """合格,予以确认"""
        self.result = "qualified"
        self.concluded_at = clock.now()

    @transition(field=status, source=S.CHECKED.value, target=S.CONCLUDED.value)
    def confirm_score(self) -> None:
        """得分确认 (a programme without pass or failure)"""
        self.result = "scored"
        self.concluded_at = clock.now()

    @transition(field=status, source=[S.CHECKED.value, S.FAILED.value], target=S.RECTIFYING.value)
    def order_rectification(self) -> None:
        """不合格,限期整改 (again, when the approving body refuses a revocation)"""
        self.result = "unqualified"
        self.concluded_at = self.concluded_at or clock.now()

    @transition(field=status, source=S.RECTIFYING.value, target=S.ACCEPTED.value)
    def accept_rectification(self) -> None:
        """整改验收合格"""

    @transition(field=status, source=S.RECTIFYING.value, target=S.FAILED.value)
    def fail_rectification(self) -> None:
        """整改验收不合格"""

    @transition(field=status, source=S.OPEN.value, target=S.ABSENT.value)
    def miss(self, *, failed: bool) -> None:
        """缺席考评: the unit did not report; ``failed``: so often within the window that it counts as unqualified"""
        self.result = "unqualified" if failed else "absent"
        self.concluded_at = clock.now()

    @transition(
        field=status,
        source=[S.OPEN.value, S.SUBMITTED.value, S.CHECKED.value, S.RECTIFYING.value, S.FAILED.value],
        target=S.CANCELLED.value,
    )
    def cancel(self) -> None:
        """随取消授牌终止"""


class Rectification(models.Model):
    """限期整改: opened by an unqualified result, with a due date; accepted or not."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    appraisal = models.ForeignKey(Appraisal, on_delete=models.PROTECT, related_name="rectifications")
    status = models.CharField(
        max_length=16, choices=RectificationStatus.choices, default=RectificationStatus.OPEN
    )
    opened_on = models.DateField()
    due_on = models.DateField()
    report = models.TextField(blank=True, default="")
    reported_at = models.DateTimeField(null=True, blank=True)
    accepted_on = models.DateField(null=True, blank=True)
    decision = models.ForeignKey("cases.Decision", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["appraisal"],
                condition=models.Q(status__in=["open", "reported"]),
                name="one_rectification_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.appraisal_id} {self.due_on}"
