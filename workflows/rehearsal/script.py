"""A scenario together with its pack: what is played, in order, and where each line of it stands. 脚本"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from programmes.problems import Loc, Problem
from programmes.schema import Pack
from workflows.rehearsal import companions
from workflows.rehearsal.expected import OFFICE_HOURS
from workflows.rehearsal.schema import (
    Branch,
    Common,
    DeclarationData,
    Person,
    RoundIs,
    Scenario,
    Step,
    Unit,
)
from workflows.rehearsal.vocabulary import FILL_SLOT, OPEN_ROUND, THE_ROUND


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file: for naming the offending line."""

    file: str
    lines: Mapping[Loc, int] = field(repr=False)
    loc: Loc = ()

    def inner(self, *loc: int | str) -> Place:
        """A place further inside."""
        return Place(self.file, self.lines, (*self.loc, *loc))

    @property
    def line(self) -> int | None:
        """The line (1-based) of the place, or of what it stands in."""
        loc = self.loc
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc)

    @property
    def where(self) -> str:
        """The place as people read it: ``steps[2].expect.stage``, counted from one."""
        text = ""
        for element in self.loc:
            text += (
                f"[{element + 1}]" if isinstance(element, int) else f".{element}" if text else str(element)
            )
        return text or "."

    def problem(self, zh: str, en: str, hint_zh: str = "", hint_en: str = "") -> Problem:
        """Something wrong at this place."""
        return Problem(
            file=self.file,
            where=self.where,
            message_zh=zh,
            message_en=en,
            hint_zh=hint_zh,
            hint_en=hint_en,
            line=self.line,
        )

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Cue:
    """One thing to play: the step, where it stands, and when (None: as soon as the one before is over)."""

    step: Step
    place: Place
    moment: dt.datetime | None

    @property
    def is_wait(self) -> bool:
        """Time passes, nobody acts."""
        return self.step.wait_until is not None


@dataclass(frozen=True, slots=True)
class Repertoire:
    """A pack, as the bytes that an edition stores, with what its scenarios share."""

    pack: Pack
    archive: bytes = field(repr=False)
    common: Common
    place: Place


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario that can be played."""

    scenario: Scenario
    place: Place
    repertoire: Repertoire

    @property
    def pack(self) -> Pack:
        """The pack it is played with."""
        return self.repertoire.pack

    @property
    def beside(self) -> tuple[Pack, ...]:
        """The packs that it is played beside; names that the product does not have are left out."""
        there = companions.names()
        return tuple(companions.pack_of(name) for name in self.scenario.beside if name in there)

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Its own pack and those beside it."""
        return (self.pack, *self.beside)

    @property
    def branches(self) -> tuple[str, ...]:
        """The ways it may go; one nameless way when it has no branches."""
        return tuple(branch.id for branch in self.scenario.branches) or ("",)

    def branch(self, name: str) -> Branch | None:
        """The branch of that id; None for a scenario without branches. KeyError: no such branch."""
        if not name and not self.scenario.branches:
            return None
        for branch in self.scenario.branches:
            if branch.id == name:
                return branch
        raise KeyError(name)

    @property
    def units(self) -> dict[str, Unit]:
        """The cast's units: the pack's standing ones, then the scenario's own."""
        return {**self.repertoire.common.units, **self.scenario.units}

    @property
    def people(self) -> dict[str, Person]:
        """The cast's people, in the order of the files."""
        return {**self.repertoire.common.people, **self.scenario.people}

    def declaration(self, name: str) -> DeclarationData:
        """What is filled in: the common data, the scenario's, the branch's, each over the one before."""
        branch = self.branch(name)
        data = merged(self.repertoire.common.declaration, self.scenario.declaration)
        return merged(data, branch.declaration) if branch and branch.declaration else data

    def cues(self, name: str) -> list[Cue]:
        """Everything to play for the branch, passages spelled out, the opening of the round first."""
        branch = self.branch(name)
        cues = self._round(branch)
        cues += _spelled(self.scenario.steps, self.place.inner("steps"), self.repertoire)
        if branch is not None:
            cues += _spelled(branch.steps, self.branch_place(branch).inner("steps"), self.repertoire)
        return cues

    def branch_place(self, branch: Branch) -> Place:
        """Where the branch stands in the file."""
        return self.place.inner("branches", self.scenario.branches.index(branch))

    def _round(self, branch: Branch | None) -> list[Cue]:
        if branch is not None and branch.round is not None:
            return opening(branch.round, self.branch_place(branch).inner("round"))
        if self.scenario.round is not None:
            return opening(self.scenario.round, self.place.inner("round"))
        common = self.repertoire.common.round
        return opening(common, self.repertoire.place.inner("round")) if common else []


def opening(round: RoundIs, place: Place) -> list[Cue]:
    """The steps that a ``round`` stands for: it is opened, and what the policy left open is decided."""
    moment = dt.datetime.combine(round.opens_on, OFFICE_HOURS)
    who = (round.who,) if round.who else ()
    given = {
        name: value for name, value in round if name in ("year", "opens_on", "closes_on", "name", "reason")
    }
    first = Step.model_validate(
        {"do": OPEN_ROUND, "who": who, "with": given, "as": THE_ROUND, "expect": round.expect}
    )
    cues = [Cue(first, place, moment)]
    for name, value in round.slots.items():
        data = {"name": name, "value": value, "reason": round.reason}
        step = Step.model_validate({"do": FILL_SLOT, "who": who, "with": data})
        cues.append(Cue(step, place.inner("slots", name), None))
    return cues


def merged(under: DeclarationData, over: DeclarationData) -> DeclarationData:
    """``over`` laid on ``under``: fields one by one, lists as a whole where they are given."""
    forms = {code: dict(fields) for code, fields in under.forms.items()}
    for code, fields in over.forms.items():
        forms.setdefault(code, {}).update(fields)
    given = over.model_fields_set
    return DeclarationData(
        title=over.title or under.title,
        forms=forms,
        materials=over.materials if "materials" in given else under.materials,
        omit=over.omit if "omit" in given else under.omit,
        seals=over.seals if "seals" in given else under.seals,
    )


def _spelled(steps: tuple[Step, ...], place: Place, repertoire: Repertoire) -> list[Cue]:
    return list(_each(steps, place, repertoire))


def _each(steps: tuple[Step, ...], place: Place, repertoire: Repertoire) -> Iterator[Cue]:
    for index, step in enumerate(steps):
        here = place.inner(index)
        if not step.play:
            yield Cue(step, here, step.wait_until or step.at)
        elif passage := repertoire.common.passages.get(step.play):
            yield from _each(passage, repertoire.place.inner("passages", step.play), repertoire)
