"""案件: one declaration's whole life."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models
from django_fsm import FSMField, transition

from audit import clock
from cases import door
from cases.enums import Closure, Stage
from cases.ids import new_public_id
from programmes.lifecycle import sources_of

MOVING = frozenset({"stage", "step", "run_no", "closure"})
_M = TypeVar("_M", bound=models.Model)


class CaseQuerySet(models.QuerySet["Case"]):
    """Refuses the ways around the door that Django leaves open."""

    def update(self, **kwargs: Any) -> int:
        if MOVING & set(kwargs):
            raise door.DoorClosed("only the engine moves a case")
        return super().update(**kwargs)

    def bulk_update(self, objs: Iterable[Case], fields: Iterable[str], batch_size: int | None = None) -> int:
        names = list(fields)
        if MOVING & set(names):
            raise door.DoorClosed("only the engine moves a case")
        return super().bulk_update(objs, names, batch_size)

    def bulk_create(self, objs: Iterable[Case], *args: Any, **kwargs: Any) -> list[Case]:
        raise door.DoorClosed("cases are opened one by one, through the engine")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise door.DoorClosed("cases are never deleted; drafts are discarded")


class Case(models.Model):
    """案件. Procedure in ``stage`` and ``step``; the legal result is in :class:`cases.models.Standing`.

    Pins its edition. ``version`` is raised by each door; ``run_no`` names the live main run.
    """

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    authority = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="cases")
    edition = models.ForeignKey("programmes.Edition", on_delete=models.PROTECT, related_name="cases")
    round = models.ForeignKey("programmes.Round", on_delete=models.PROTECT, related_name="cases")
    chain = models.OneToOneField("audit.Chain", on_delete=models.PROTECT, related_name="+")
    case_no = models.CharField(max_length=64, blank=True, default="", db_index=True)
    title = models.CharField(max_length=200)
    applicant = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="declared_cases"
    )
    stage = FSMField(max_length=16, choices=Stage.choices, default=Stage.DECLARE, protected=True)
    step = models.CharField(max_length=64)
    run_no = models.PositiveIntegerField(default=0)
    closure = models.CharField(max_length=16, choices=Closure.choices, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-moved_at", "-id"], name="case_recent"),
            models.Index(fields=["programme", "stage", "-moved_at"], name="case_programme_stage"),
            models.Index(fields=["authority", "-moved_at"], name="case_authority"),
            models.Index(fields=["applicant", "-moved_at"], name="case_applicant"),
            models.Index(fields=["round", "stage"], name="case_round_stage"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["authority", "case_no"], condition=~models.Q(case_no=""), name="case_no_once"
            ),
            models.CheckConstraint(
                condition=models.Q(stage="closed", closure__gt="")
                | (~models.Q(stage="closed") & models.Q(closure="")),
                name="case_closed_has_closure",
            ),
        ]

    def __str__(self) -> str:
        return self.case_no or self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; refuses to move a case while the engine is not at work on it (DoorClosed)."""
        stored = getattr(self, "_as_stored", None)
        if not door.is_open(self.pk or 0):
            if stored is None:
                raise door.DoorClosed("cases are opened by the engine")
            changed = [
                name
                for name, value in stored.items()
                if value is not None and self.__dict__.get(name) != value
            ]
            if changed:
                raise door.DoorClosed(f"only the engine moves a case ({', '.join(changed)})")
        super().save(*args, **kwargs)
        self._remember()

    @property
    def is_draft(self) -> bool:
        """Never sent yet: nobody but the applicant's unit sees it."""
        return self.submitted_at is None

    # -- persistence guards ------------------------------------------------------------------------------------

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Case:
        case = super().from_db(*args, **kwargs)
        case._remember()
        return case

    def _remember(self) -> None:
        self._as_stored = {name: self.__dict__.get(name) for name in MOVING}

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise door.DoorClosed("cases are never deleted; drafts are discarded")

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Re-read. The protected field is set aside on this instance only and put back if reading fails."""
        held = self.__dict__.pop("stage", None)
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            if "stage" not in self.__dict__ and held is not None:
                self.__dict__["stage"] = held
        for kept in ("_parties", "_parts", "_done_by", "_decided"):
            self.__dict__.pop(kept, None)
        self._remember()

    # -- the named transitions (workflows.engine calls them, nobody else) ----------------------------------------

    def _enter(self, step: str) -> None:
        self.step = step
        self.run_no += 1
        self.moved_at = clock.now()

    @transition(field=stage, source=sources_of("declare"), target=Stage.DECLARE.value)
    def declare(self, step: str) -> None:
        """申报: (again) with the applicant."""
        self._enter(step)

    @transition(field=stage, source=sources_of("file"), target=Stage.FILE.value)
    def file(self, step: str) -> None:
        """备案"""
        self._enter(step)

    @transition(field=stage, source=sources_of("build"), target=Stage.BUILD.value)
    def build(self, step: str) -> None:
        """建设"""
        self._enter(step)

    @transition(field=stage, source=sources_of("review"), target=Stage.REVIEW.value)
    def review(self, step: str) -> None:
        """评审"""
        self._enter(step)

    @transition(field=stage, source=sources_of("publicize"), target=Stage.PUBLICIZE.value)
    def publicize(self, step: str) -> None:
        """公示"""
        self._enter(step)

    @transition(field=stage, source=sources_of("accredit"), target=Stage.ACCREDIT.value)
    def accredit(self, step: str) -> None:
        """认定授牌"""
        self._enter(step)

    @transition(field=stage, source=sources_of("in_force"), target=Stage.IN_FORCE.value)
    def hold(self, step: str) -> None:
        """在册管理"""
        self._enter(step)

    @transition(field=stage, source=sources_of("revoke"), target=Stage.REVOKE.value)
    def revoke(self, step: str) -> None:
        """取消授牌程序"""
        self._enter(step)

    @transition(field=stage, source=sources_of("closed"), target=Stage.CLOSED.value)
    def close(self, closure: str) -> None:
        """办结"""
        self.closure = Closure(closure).value
        self.closed_at = self.moved_at = clock.now()


VERBS: dict[str, str] = {
    "declare": "declare",
    "file": "file",
    "build": "build",
    "review": "review",
    "publicize": "publicize",
    "accredit": "accredit",
    "in_force": "hold",
    "revoke": "revoke",
}
"""Stage → name of the transition that enters it."""
