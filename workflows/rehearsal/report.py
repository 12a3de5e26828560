"""What came of a rehearsal: each expectation, held or not, with what was expected and what was found. 演练报告"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Finding:
    """核对: one expectation at one line."""

    ok: bool
    what: str
    """The expectation's key in the file: ``stage``, ``due.window``."""
    expected: str
    found: str
    file: str
    line: int | None

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Played:
    """一步: when, who, what, and what was looked at afterwards."""

    at: str
    who: str
    do: str
    file: str
    line: int | None
    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Everything was as expected."""
        return all(finding.ok for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Report:
    """演练报告: one way through one scenario. Two rehearsals of the same files give equal reports."""

    id: str
    branch: str
    title: str
    file: str
    steps: tuple[Played, ...] = ()
    error: str = ""
    """Why it could not be played to its end ('' = it was)."""
    left: int = 0
    """Steps that were not played any more."""

    @property
    def ok(self) -> bool:
        """Played to the end, and everything was as expected."""
        return not self.error and not self.left and all(step.ok for step in self.steps)

    @property
    def name(self) -> str:
        """``S17 (i)``."""
        return f"{self.id} ({self.branch})" if self.branch else self.id

    @property
    def findings(self) -> Iterator[Finding]:
        """Everything that was looked at, in order."""
        for step in self.steps:
            yield from step.findings

    @property
    def failed(self) -> list[Finding]:
        """What was not as expected."""
        return [finding for finding in self.findings if not finding.ok]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {"ok": self.ok, **asdict(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Report:
        """The report that :meth:`to_json` wrote."""
        parts = {key: value for key, value in stored.items() if key != "ok"}
        steps = tuple(
            Played(**{**step, "findings": tuple(Finding(**finding) for finding in step["findings"])})
            for step in parts.pop("steps")
        )
        return cls(steps=steps, **parts)


@dataclass(frozen=True, slots=True)
class Printed:
    """How a report is told on a terminal. ``whole``: also what was as expected."""

    whole: bool = True
    lines: list[str] = field(default_factory=list)

    def report(self, report: Report) -> list[str]:
        """The lines of one report."""
        counts = {"steps": len(report.steps), "looked": sum(1 for _finding in report.findings)}
        told = _("%(steps)s步，核对%(looked)s项") % counts
        lines = [f"{mark(report.ok)} {report.name}  {report.title}  [{told}]  {report.file}"]
        for step in report.steps:
            if self.whole or not step.ok:
                lines += self._step(step)
        if report.error:
            lines.append("  ✗ " + report.error)
        if report.left:
            lines.append("  " + _("其后%(left)s步未演练。") % {"left": report.left})
        return lines

    def _step(self, step: Played) -> Iterator[str]:
        yield f"  {step.at}  {step.who + '  ' if step.who else ''}{step.do}"
        for finding in step.findings:
            if finding.ok and self.whole:
                yield f"    ✓ {finding.what}: {finding.found}"
            elif not finding.ok:
                yield f"    ✗ {finding.place}  {finding.what}"
                yield "        " + _("预期：%(expected)s") % {"expected": finding.expected}
                yield "        " + _("实际：%(found)s") % {"found": finding.found}


def mark(ok: bool) -> str:
    """✓ or ✗."""
    return "✓" if ok else "✗"
