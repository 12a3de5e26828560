"""``manage.py check_rules FILE.json``: judge a table of cases by the rules of the packs that come with the product."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from programmes import packs
from programmes.exact_json import DataError, read_json
from programmes.problems import PackError
from programmes.rule_tables import Checked, Finding, Judgement, RuleBook, plain, read_entries
from programmes.schema import Pack


class Command(BaseCommand):
    """Prints a line for each entry and ends with ``N passed, N failed``; exit status 1 when any failed."""

    help = "Check that rules say yes to `ok` and no to `bad`, with the right amounts: [{id, ok, bad, …}, …]."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.json", help="'-' reads standard input")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit 1 when an entry fails, no pack has its rule, or the file cannot be read."""
        try:
            entries = read_entries(read_json(options["file"]))
        except DataError as error:
            raise CommandError(str(error)) from None
        book = RuleBook(self._packs({entry.rule_id for entry in entries}))
        checked = [book.check(entry) for entry in entries]
        for entry in checked:
            self._print(entry)
        failed = sum(not entry.passed for entry in checked)
        self.stdout.write(f"{len(checked) - failed} passed, {failed} failed")
        if failed:
            sys.exit(1)

    def _packs(self, wanted: set[str]) -> list[Pack]:
        """The packs whose rules speak of a wanted number; the others are not read any further."""
        found = []
        for path in sorted(packs.packs_directory().glob("*/programme.yaml")):
            files = packs.read_directory(path.parent)
            if not any(rule_id.encode() in files.get("rules.yaml", b"") for rule_id in wanted):
                continue
            try:
                found.append(packs.parse_files(files))
            except PackError as error:
                self.stderr.write(
                    _("政策包“%(name)s”无法读取：%(reason)s") % {"name": path.parent.name, "reason": error}
                )
        return found

    def _print(self, entry: Checked) -> None:
        style = self.style.SUCCESS if entry.passed else self.style.ERROR
        verdict = style("passed" if entry.passed else "FAILED")
        if not entry.findings:
            self.stdout.write(f"{entry.rule_id}  {verdict}  " + _("没有政策包有此规则"))
            return
        self.stdout.write(f"{entry.rule_id}  {verdict}  " + "  ".join(_told(f) for f in entry.findings))
        for name in entry.unknown:
            self.stderr.write(
                _("%(id)s：规则未用到输入项“%(name)s”，已忽略") % {"id": entry.rule_id, "name": name}
            )


def _told(finding: Finding) -> str:
    """``ok: yes, 150``; each pack for itself where they differ; what is wrong in brackets."""
    answers = {name: _answer(judgement) for name, judgement in finding.judgements.items()}
    apart = "; ".join(f"{name}: {answer}" for name, answer in answers.items())
    told = apart if len(set(answers.values())) > 1 else next(iter(answers.values()))
    wrong = f" [{'; '.join(finding.problems)}]" if finding.problems else ""
    return f"{finding.side}: {told}{wrong}"


def _answer(judgement: Judgement) -> str:
    told: str = judgement.answer
    if judgement.reason is not None:
        told += f" ({judgement.reason})"
    return told if judgement.award is None else f"{told}, {plain(judgement.award)}"
