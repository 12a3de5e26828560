"""Rehearsals: a pack's scenarios played through the product's own doors, on a clock of their own. 演练

* :func:`play` — one way through one scenario, in this process, in an empty database.
* :mod:`workflows.rehearsal.running` — many, in processes of their own, each on a scratch copy of an empty database.
* :mod:`workflows.rehearsal.reading` — scenario files. The format: docs/scenarios.md.
"""

from workflows.rehearsal.performing import play
from workflows.rehearsal.report import Finding, Played, Report
from workflows.rehearsal.script import Repertoire, Script

__all__ = ["Finding", "Played", "Repertoire", "Report", "Script", "play"]
