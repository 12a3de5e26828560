"""Where a case can stand, how long, and where each outcome leads. 环节"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from programmes.schema.awards import AwardSpec, Ranking
from programmes.schema.base import Choice, Code, Source, Spec, Text
from programmes.schema.forms import FormField
from programmes.schema.signing import SignatureSpec, StatementSpec


class DeadlineSpec(Spec):
    """A time limit. Exactly one of ``within`` (duration or slot name) and ``by`` (``MM-DD`` of the following year…)."""

    within: str
    start: Literal["next_day", "same_day"] = "next_day"
    warn_before: str = ""
    roll: bool = False
    on_due: str = "alert"
    """``alert``, or the action that the system performs when the time is up."""
    source: Source = "proposed"
    clause: str = ""
    since: str = ""
    """Of a rest: the action (``<procedure>.<action>``) whose decision the term is counted from; '' = from coming to rest."""


class Close(Spec):
    """An outcome that ends the case."""

    close: Literal[
        "withdrawn", "declined", "refused", "not_selected", "revoked", "completed", "exited", "lapsed", "discarded"
    ]  # fmt: skip


class CommandSpec(Spec):
    """A command a person may give while the case is in the step; ``to`` moves the case, otherwise it stays."""

    to: Code | Close | None = None
    clause: str = ""
    source: Source = "text"
    note: Text | None = None


class Step(Spec):
    """Where a case can stand. A procedure has a flow; a rest only waits. 环节"""

    title: Text
    stage: Literal["declare", "file", "build", "review", "publicize", "accredit", "in_force", "revoke"]
    kind: Literal["procedure", "rest"] = "procedure"
    flow: Code | None = None
    """The procedure that runs here, where it is not the one named like the stage: ``award`` in the stage ``review``."""
    clause: str
    source: Source = "text"
    params: dict[str, object] = Field(default_factory=dict)
    forms: tuple[Code, ...] = ()
    materials: Code | None = None
    rubric: Code | None = None
    body: str = ""
    """Who decides here, where it is another unit than the approver of ``roles``: name or alias."""
    grades: tuple[Choice, ...] = ()
    """Of a review: the lists or grades that it can end with; each is an outcome of its own, in place of ``selected``."""
    award: AwardSpec | None = None
    asks: dict[Code, tuple[FormField, ...]] = Field(default_factory=dict)
    """By action or command: what this policy has recorded with it (``ContextFact.recorded`` reads it)."""
    signatures: dict[Code, tuple[SignatureSpec, ...]] = Field(default_factory=dict)
    """By action: the signatures and seals without which it is refused."""
    statements: dict[Code, StatementSpec] = Field(default_factory=dict)
    """By action: the statement that goes with it, where the policy words it."""
    deadlines: dict[Code, DeadlineSpec] = Field(default_factory=dict)
    """By duty: ``examine: {within: 10 working_day}``; in a rest by command: ``end_term: {…, on_due: end_term}``."""
    next: dict[Code, Code | Close] = Field(default_factory=dict)
    standing: dict[
        Code,
        Literal[
            "filed", "listed", "listed_creation", "listed_cultivation", "accredited", "withdrawn", "lapsed"
        ],
    ] = Field(default_factory=dict)
    """By action: the legal result written at that moment."""
    renews: dict[Code, Literal["decision", "expiry"]] = Field(default_factory=dict)
    """By action: the term of the title begins anew with it, from the decision or from the day on which it would have ended."""
    commands: dict[Code, CommandSpec] = Field(default_factory=dict)
    letters: dict[Code, Code] = Field(default_factory=dict)
    """By action: the letter sent with it."""
    clauses: dict[Code, str] = Field(default_factory=dict)
    """By action: the clause a decision rests on."""
    labels: dict[Code, Text] = Field(default_factory=dict)
    """By action or duty: this policy's own wording, where it differs from the generic one."""

    @property
    def procedure(self) -> str:
        """Code of the procedure that runs here (a rest has none)."""
        return self.flow or self.stage


class SideProcedure(Spec):
    """A procedure beside the main line. 年度考核 and the like."""

    title: Text
    flow: Literal["appraise", "consult"]
    clause: str
    source: Source = "text"
    every: str = ""
    during: tuple[Code, ...] = ()
    kinds: tuple[Choice, ...] = ()
    counted: tuple[Code, ...] = ()
    """Which kinds count for ``consecutive unqualified``."""
    form: Code | None = None
    rubric: Code | None = None
    items: dict[Code, tuple[Code, ...]] = Field(default_factory=dict)
    """By kind: the content items that must be covered."""
    methods: tuple[Choice, ...] = ()
    params: dict[str, object] = Field(default_factory=dict)
    """Parameters of the procedure: ``upper_check``, ``panel``, ``graded`` (:mod:`programmes.procedures`)."""
    asks: dict[Code, tuple[FormField, ...]] = Field(default_factory=dict)
    """By action: what this policy has recorded with it."""
    ranking: Ranking | None = None
    pass_mark: str = ""
    rectify_within: str = ""
    consecutive_limit: int = 0
    absence_limit: int = 0
    """How many absences within ``absence_window`` count as a failed appraisal; 0: absences are only recorded."""
    absence_window: str = ""
    """Within which time absences are counted together: ``3 year``; '' = all of them."""
    deadlines: dict[Code, DeadlineSpec] = Field(default_factory=dict)
    escalate_to: str = ""
    """Command proposed to the officer when rectification fails or the limit is reached."""
    letters: dict[Code, Code] = Field(default_factory=dict)
    clauses: dict[Code, str] = Field(default_factory=dict)
    labels: dict[Code, Text] = Field(default_factory=dict)


class Lifecycle(Spec):
    """The steps and where each outcome leads."""

    start: Code
    steps: dict[Code, Step]
