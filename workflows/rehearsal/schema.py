"""What a scenario file may say. 演练脚本

Shape only; whether the names in it mean something in the pack is the business of
:mod:`workflows.rehearsal.checking`. The format is described in docs/scenarios.md.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from accounts.enums import OrganisationKind, Role
from programmes.schema import Spec, Text
from workflows.rehearsal.expected import Day, Expect, Key, Midnight, Moment, Names, complaint, one_of


class Unit(Spec):
    """A unit of the cast. ``parent``: another unit of it; the authority when empty. 单位"""

    name: str
    kind: Annotated[str, BeforeValidator(one_of(OrganisationKind.values))]
    parent: str = ""
    uscc: str = ""
    region_code: str = ""
    aliases: tuple[str, ...] = ()


class Person(Spec):
    """A person of the cast: acts in one role for one unit (``authority``: the authority itself). 人员"""

    name: str
    role: Annotated[str, BeforeValidator(one_of(Role.values))]
    unit: str


class DeclarationData(Spec):
    """What is filled in, beside the specimen. 申报内容

    ``forms``: form → field → value (null leaves it blank). ``materials``: upload these items only; ``omit``: all but
    these.
    """

    title: str = ""
    forms: dict[str, dict[str, Any]] = Field(default_factory=dict)
    materials: tuple[str, ...] | None = None
    omit: tuple[str, ...] = ()
    seals: bool = True
    """Whether the filled declaration is sealed as well, by scan, where the edition asks for it."""


class Step(Spec):
    """Something is done, time passes, or a passage of the pack's common file is played. 步骤"""

    at: Moment | None = None
    wait_until: Midnight | None = None
    play: str = ""
    who: Names = ()
    do: str = ""
    case: str = ""
    given: dict[str, Any] = Field(default_factory=dict, alias="with")
    named: str = Field(default="", alias="as")
    note: Text | None = None
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _one_kind(self) -> Step:
        kinds = [bool(self.do), bool(self.play), self.wait_until is not None]
        if sum(kinds) != 1:
            raise complaint(
                "每一步须且只能写 do、wait_until、play 之一",
                "a step has exactly one of do, wait_until and play",
            )
        beside = {
            "do": (),
            "play": ("at", "who", "case", "with", "as", "expect"),
            "wait_until": ("at", "who", "with", "as"),
        }
        kind = "do" if self.do else "play" if self.play else "wait_until"
        given = {"with": "given", "as": "named"}
        extra = [name for name in beside[kind] if given.get(name, name) in self.model_fields_set]
        if extra:
            listed = "、".join(extra)
            raise complaint(f"{kind} 步骤不能带 {listed}", f"a step with {kind} has no {', '.join(extra)}")
        return self


class RoundIs(Spec):
    """The round of the scenario, opened at 09:00 of ``opens_on``. ``slots``: values decided for it. 批次"""

    programme: str = ""
    """Another programme's round: one that the scenario is played ``beside``."""
    year: int
    opens_on: Day
    closes_on: Day | None = None
    name: str = ""
    who: str = ""
    reason: str = ""
    slots: dict[str, Any] = Field(default_factory=dict)
    expect: Expect = Expect()


class Branch(Spec):
    """How the scenario goes on after its common steps; every branch plays those again. 分支"""

    id: Key
    title: Text | None = None
    declaration: DeclarationData | None = None
    round: RoundIs | None = None
    steps: tuple[Step, ...] = ()


class Common(Spec):
    """``scenarios/common.yaml``: the pack's standing cast, and passages that several scenarios share. 常用班底"""

    units: dict[Key, Unit] = Field(default_factory=dict)
    people: dict[Key, Person] = Field(default_factory=dict)
    round: RoundIs | None = None
    declaration: DeclarationData = DeclarationData()
    passages: dict[Key, tuple[Step, ...]] = Field(default_factory=dict)


class Scenario(Spec):
    """One scenario: who does what when, and what must come of it. 演练脚本"""

    id: Key
    title: Text
    clauses: Names = ()
    note: Text | None = None
    pack: str = ""
    beside: Names = ()
    """Further programmes of the product, published in the same authority."""
    units: dict[Key, Unit] = Field(default_factory=dict)
    people: dict[Key, Person] = Field(default_factory=dict)
    round: RoundIs | None = None
    declaration: DeclarationData = DeclarationData()
    steps: tuple[Step, ...] = ()
    branches: tuple[Branch, ...] = ()

    @model_validator(mode="after")
    def _something_happens(self) -> Scenario:
        if not self.steps and not any(branch.steps for branch in self.branches):
            raise complaint("没有任何步骤", "nothing happens: there are no steps")
        ids = [branch.id for branch in self.branches]
        if len(ids) != len(set(ids)):
            raise complaint("分支编号重复", "two branches have the same id")
        return self
