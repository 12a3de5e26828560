"""Playing one way through a scenario on its own clock, in an empty database. 演练"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import Refusal
from audit import clock
from audit.punctuation import listed, parted
from audit.verify import verify_all
from cases.models import Case
from programmes.errors import PackRefused
from workflows.rehearsal import vocabulary as words
from workflows.rehearsal.acting import Ledger, Outcome, Player
from workflows.rehearsal.cast import NotEmpty, assemble
from workflows.rehearsal.clockwork import advance, shanghai, stuck
from workflows.rehearsal.expecting import Scene, done, look
from workflows.rehearsal.report import Finding, Played, Report
from workflows.rehearsal.script import Cue, Place, Script

logger = logging.getLogger(__name__)
LANGUAGE = "zh-hans"
"""Doors speak the language of the record, in which scenarios expect their messages; reports speak the reader's."""


def play(script: Script, *, branch: str = "") -> Report:
    """Play the scenario (the branch of it) and say what came of it. The database must be empty and the clock movable.

    Raises ClockRefused outside a rehearsal, NotEmpty, KeyError for an unknown branch. What goes wrong within the
    scenario is told in the report. The clock runs again afterwards; the rows stay.
    """
    if not settings.REHEARSAL:
        raise clock.ClockRefused("scenarios are played in a rehearsal only")
    try:
        return _Performance(script, branch).report()
    finally:
        clock.set_clock(None)


class _Performance:
    def __init__(self, script: Script, branch: str) -> None:
        self.script = script
        self.branch = branch
        self.cues = script.cues(branch)
        self.steps: list[Played] = []
        self.error = ""

    def report(self) -> Report:
        scenario, branch = self.script.scenario, self.script.branch(self.branch)
        title = f"{scenario.title}：{branch.title}" if branch and branch.title else str(scenario.title)
        self._perform()
        return Report(
            id=scenario.id,
            branch=self.branch,
            title=title,
            file=self.script.place.file,
            steps=tuple(self.steps),
            error=self.error,
            left=len(self.cues) - len(self.steps),
        )

    def _perform(self) -> None:
        first = self.cues[0].moment
        assert first is not None
        clock.set_clock(shanghai(first))
        try:
            with translation.override(LANGUAGE):
                cast = assemble(self.script)
        except NotEmpty:
            raise
        except PackRefused as refusal:
            told = parted(f"{problem.place} {problem.message}" for problem in refusal.problems[:5])
            self.error = f"{refusal.message}{told}"
            return
        except Refusal as refusal:
            self.error = _("班底未能建立：%(why)s") % {"why": refusal}
            return
        self.player = Player(cast, self.script.declaration(self.branch), Ledger())
        for cue in self.cues:
            if not self._cue(cue):
                return
        self._verify()

    def _cue(self, cue: Cue) -> bool:
        """Play one cue; False when what follows has lost its ground."""
        if cue.moment is not None:
            with translation.override(LANGUAGE):
                advance(shanghai(cue.moment))
        now = f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"
        outcome, who, findings = None, "", list(_stuck(cue.place))
        try:
            if not cue.is_wait:
                people = self.player.people(cue.step)
                who = listed(people)
                before = self._footprint(cue)
                with translation.override(LANGUAGE):
                    outcome = self.player.act(cue.step)
                if outcome.codes and len(people) == 1:
                    findings += self._nothing_moved(cue, before)
            findings += look(
                cue.step.expect, Scene(self.player.cast, self._case(cue), outcome), cue.place.inner("expect")
            )
        except Refusal as refusal:
            findings.append(_broken(str(refusal), cue.place))
            outcome = Outcome(codes=(refusal.code,))
        except Exception as error:
            logger.exception("%s", cue.place)
            told = _("内部错误 %(kind)s：%(error)s") % {"kind": type(error).__name__, "error": error}
            findings.append(_broken(told, cue.place))
            outcome = Outcome(codes=("error",))
        self.steps.append(
            Played(now, who, cue.step.do or "wait_until", cue.place.file, cue.place.line, tuple(findings))
        )
        return outcome is None or set(outcome.codes) == set(cue.step.expect.refused)

    def _case(self, cue: Cue) -> Case | None:
        ledger = self.player.ledger
        name = cue.step.case or (cue.step.named if words.full_name(cue.step.do) in words.BEGINNINGS else "")
        if not ledger.cases or (name and name not in ledger.cases) or (not name and len(ledger.cases) > 1):
            return None
        return ledger.case(name)

    def _footprint(self, cue: Cue) -> tuple[object, ...]:
        """What a refusal must leave as it was."""
        case = self._case(cue)
        return (case.pk, case.version, case.chain.head_seq, case.stage, case.step) if case else ()

    def _nothing_moved(self, cue: Cue, before: tuple[object, ...]) -> Iterator[Finding]:
        after = self._footprint(cue)
        if after != before:
            yield Finding(
                False, "unchanged", str(before), str(after), cue.place.file, cue.place.inner("do").line
            )

    def _verify(self) -> None:
        """Whatever was played, its record stands."""
        report = verify_all()
        if not report.ok:
            faults = parted(f"{fault.chain} {fault.seq} {fault.reason}" for fault in report.faults)
            self.error = _("留痕核验发现问题：%(faults)s") % {"faults": faults}


def _stuck(place: Place) -> Iterator[Finding]:
    """Time limits that fell due before the step, and that the system could not carry out."""
    for duty, error in stuck():
        yield Finding(False, f"time_limit.{duty}", done(), error, place.file, place.line)


def _broken(told: str, place: Place) -> Finding:
    return Finding(False, "ok", done(), told, place.file, place.inner("do").line)
