"""``manage.py rehearse``: plays scenarios, says what held and what did not. 演练

Exit code 0 when every expectation held, else 1. The database of the settings it is called with is not touched.
"""

from __future__ import annotations

import json
import sys
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from workflows.rehearsal.collecting import Collected, collect
from workflows.rehearsal.report import Printed, Report, mark
from workflows.rehearsal.running import RehearsalFailed, rehearse
from workflows.rehearsal.working import work


class Command(BaseCommand):
    """Files, or all scenarios of the packs; in parallel with ``-j``."""

    help = "演练：在独立的演练库上按脚本逐步办理，核对每一项预期。"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="脚本文件")
        parser.add_argument(
            "--all", action="store_true", help="全部政策包的全部脚本（与 --pack 同用：该包的全部脚本）"
        )
        parser.add_argument("--pack", type=Path, metavar="DIR", help="政策包目录（默认：脚本所在的政策包）")
        parser.add_argument("-j", "--jobs", type=int, default=1, metavar="N", help="同时演练的进程数")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")
        parser.add_argument("--worker", type=Path, metavar="TEMPLATE", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect, rehearse, tell."""
        if options["worker"]:
            work(options["worker"])
            return
        if not options["files"] and not options["all"]:
            raise CommandError(_("请给出脚本文件，或者使用 --all。"))
        if options["jobs"] < 1:
            raise CommandError(_("进程数应不小于1。"))
        collected = collect(options["files"], pack=options["pack"], everything=options["all"])
        if not collected.jobs and not collected.problems:
            raise CommandError(_("没有找到脚本。"))
        self._whole = options["verbosity"] > 0
        self._told, self._total, self._json = 0, len(collected.jobs), options["json"]
        self._waiting: dict[int, Report] = {}
        self._next = 0
        try:
            reports = rehearse(collected.jobs, processes=options["jobs"], on_report=self._progress)
        except RehearsalFailed as failure:
            raise CommandError(_("演练未能进行：%(why)s") % {"why": failure}) from failure
        sound = self._summary(collected, reports)
        if not sound:
            sys.exit(1)

    def _progress(self, index: int, report: Report) -> None:
        """A line as each play ends; the reports themselves in the order they were asked for."""
        self._told += 1
        self.stderr.write(f"[{self._told}/{self._total}] {mark(report.ok)} {report.name}", style_func=str)
        self._waiting[index] = report
        while not self._json and self._next in self._waiting:
            for line in Printed(whole=self._whole).report(self._waiting.pop(self._next)):
                self.stdout.write(line)
            self._next += 1

    def _summary(self, collected: Collected, reports: list[Report]) -> bool:
        failed = [report for report in reports if not report.ok]
        sound = not failed and not collected.problems
        if self._json:
            self.stdout.write(json.dumps(_document(collected, reports, sound), ensure_ascii=False, indent=1))
            return sound
        for problem in collected.problems:
            self.stdout.write(f"✗ {problem.place}  {problem.where}\n    {problem.message}")
            if problem.hint:
                self.stdout.write(f"    {problem.hint}")
        counts = {
            "played": len(reports),
            "good": len(reports) - len(failed),
            "looked": sum(1 for report in reports for _finding in report.findings),
            "bad": sum(len(report.failed) for report in reports),
        }
        self.stdout.write(
            _("演练%(played)s项，符合预期%(good)s项；核对%(looked)s处，不符%(bad)s处。") % counts
        )
        if collected.problems:
            self.stdout.write(_("脚本文件有%(count)s处问题，未能演练。") % {"count": len(collected.problems)})
        for report in failed:
            self.stdout.write(f"  {mark(False)} {report.name}  {report.file}")
        return sound


def _document(collected: Collected, reports: list[Report], sound: bool) -> dict[str, Any]:
    problems = [
        {"file": p.file, "line": p.line, "where": p.where, "message": p.message, "hint": p.hint}
        for p in collected.problems
    ]
    return {"ok": sound, "problems": problems, "reports": [report.to_json() for report in reports]}
