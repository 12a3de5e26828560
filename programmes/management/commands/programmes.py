"""``manage.py programmes check | load | list | evaluate``: packs from the command line."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.errors import Refusal
from accounts.models import Organisation
from accounts.organisations import create_organisation
from programmes import packs
from programmes.checks import check_pack
from programmes.editions import load_pack, publish_edition
from programmes.errors import PackRefused
from programmes.exact_json import DataError, read_json
from programmes.models import Edition
from programmes.places import placed
from programmes.problems import PackError, Problem
from programmes.rule_evaluation import GateVerdict, as_json, read_data, verdicts
from programmes.rules import Outcome
from programmes.schema import Pack
from programmes.soundness import ARROW


class Command(BaseCommand):
    """Checks packs, loads them as editions, lists what is loaded, judges data by a pack's rules."""

    help = "Check policy packs, load them as editions, list the editions, judge data by their rules."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("check", help="print what is wrong with packs, and how to mend it")
        load = actions.add_parser("load", help="load packs as draft editions")
        actions.add_parser("list", help="list the editions that are loaded")
        for action in (check, load):
            action.add_argument("directories", nargs="*", type=Path, metavar="DIR", help="or a pack's id")
            action.add_argument("--all", action="store_true", help="all packs that come with the product")
        load.add_argument("--publish", action="store_true", help="publish what passes all checks")
        load.add_argument("--authority", default="", metavar="CODE", help="default: the one the pack names")
        judge = actions.add_parser(
            "evaluate", help="every verdict of a programme's rules about data in a file"
        )
        judge.add_argument("programme", type=Path, metavar="PROGRAMME", help="a pack's id or directory")
        judge.add_argument("file", type=Path, metavar="DATA.json", help="'-' reads standard input")
        judge.add_argument(
            "--stage", default="", help="a stage, a step or a gate (declare.submit); default: all"
        )
        judge.add_argument("--json", action="store_true", dest="as_json", help="a JSON list of verdicts")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Exit 1 when anything is wrong."""
        match options["action"]:
            case "check":
                self._check(self._directories(options))
            case "load":
                self._load_each(self._directories(options), options)
            case "list":
                self._list()
            case "evaluate":
                self._evaluate(_directory(options["programme"]), options)

    def _directories(self, options: dict[str, Any]) -> list[Path]:
        named = [_directory(path) for path in options["directories"]]
        if options["all"]:
            named += sorted(path.parent for path in packs.packs_directory().glob("*/programme.yaml"))
        if not named:
            raise CommandError(_("请给出政策包目录，或者使用 --all。"))
        return named

    def _check(self, directories: Iterable[Path]) -> None:
        faulty = 0
        for directory in directories:
            files: dict[str, bytes] = {}
            try:
                files = packs.read_directory(directory)
                problems = check_pack(packs.parse_files(files))
            except PackError as error:
                problems = error.problems
            faulty += bool(problems)
            self._print(directory, placed(problems, files))
        if faulty:
            raise CommandError(_("%(count)s个政策包未通过检查。") % {"count": faulty})

    def _print(self, directory: Path, problems: list[Problem]) -> None:
        if not problems:
            self.stdout.write(self.style.SUCCESS(f"{directory.name}: " + _("检查通过")))
            return
        self.stdout.write(
            self.style.ERROR(f"{directory.name}: " + _("%(count)s处问题") % {"count": len(problems)})
        )
        for problem in problems:
            where = "" if problem.where in ("", ".") else f" [{problem.where}]"
            self.stdout.write(f"  {problem.place}: {problem.message}{where}")
            if problem.hint:
                self.stdout.write(f"    {problem.hint}")
            if problem.path:
                self.stdout.write("    " + ARROW.join(problem.path))

    def _load_each(self, directories: Iterable[Path], options: dict[str, Any]) -> None:
        """One pack that is refused does not keep the others out; at the end every refusal is told."""
        refusals: list[str] = []
        for directory in directories:
            try:
                self._load(directory, options)
            except CommandError as error:
                refusals.append(str(error))
        if refusals:
            raise CommandError("\n".join(refusals))

    def _load(self, directory: Path, options: dict[str, Any]) -> None:
        actor, files = Actor.system_actor(), dict[str, bytes]()
        try:
            files = packs.read_directory(directory)
            pack = packs.parse_files(files)
            authority = self._authority(pack, options)
            edition = load_pack(directory=directory, authority=authority, actor=actor)
            if options["publish"] and not edition.is_frozen:
                edition = publish_edition(edition=edition, actor=actor)
        except (PackError, PackRefused) as error:
            self._print(directory, placed(error.problems, files))
            raise CommandError(_("政策包“%(name)s”未能导入。") % {"name": directory.name}) from None
        except Refusal as error:
            raise CommandError(_told(error, pack)) from None
        self.stdout.write(f"{pack.programme.id} {edition.number}  {edition.get_status_display()}")

    def _authority(self, pack: Pack, options: dict[str, Any]) -> Organisation:
        """The authority of the pack. With ``--all`` (setting a system up) it is made when it does not exist yet."""
        code = options["authority"] or pack.programme.authority
        found = Organisation.objects.filter(code=code).first()
        if found is not None:
            return found
        if not options["all"] or not pack.programme.authority_name:
            raise CommandError(
                _("没有代码为“%(code)s”的地区，请先用 manage.py open_authority --code %(code)s 建立。")
                % {"code": code}
            )
        return create_organisation(
            name=pack.programme.authority_name,
            kind=_kind(code),
            code=code,
            region_code=code if len(code) == 6 and code.isdigit() else "",
            actor=Actor.system_actor(),
        )

    def _list(self) -> None:
        for edition in Edition.objects.select_related("programme__authority").defer("source"):
            self.stdout.write(
                f"{edition.programme.authority.code}  {edition.programme.code}  {edition.number}  "
                f"{edition.get_status_display()}  {edition.digest[:12]}  {edition.programme}"
            )

    def _evaluate(self, directory: Path, options: dict[str, Any]) -> None:
        try:
            pack = packs.parse_files(packs.read_directory(directory))
            data = read_data(pack, read_json(options["file"]))
            found = list(verdicts(pack, data, stage=options["stage"]))
        except (PackError, DataError) as error:
            raise CommandError(str(error)) from None
        for name in data.unknown:
            self.stderr.write(_("本项目没有“%(name)s”，已忽略") % {"name": name})
        if options["as_json"]:
            self.stdout.write(json.dumps([as_json(one) for one in found], ensure_ascii=False, indent=2))
            return
        for one in found:
            self._print_verdict(one)
        outcomes = Counter(one.verdict.outcome for one in found)
        self.stdout.write(", ".join(f"{outcomes[name]} {name}" for name in OUTCOMES))

    def _print_verdict(self, found: GateVerdict) -> None:
        verdict = found.verdict
        style = self.style.SUCCESS if verdict.outcome in ("passed", "skipped") else self.style.ERROR
        label = f"  [{verdict.label}]" if verdict.label else ""
        award = "" if verdict.award is None else f"  {verdict.award:f}"
        self.stdout.write(
            f"{found.gate}  {verdict.rule_id}  {verdict.level}  {style(verdict.outcome)}"
            f"  {verdict.clause}{label}{award}"
        )
        for text in (verdict.message, verdict.reason_undecided):
            if text is not None:
                self.stdout.write(f"    {text.zh}\n    {text.en}")


OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "undecided", "skipped")


def _directory(path: Path) -> Path:
    """A pack's folder: as named, or the one of the product's packs that has this id."""
    known = packs.packs_directory() / path
    return known if not path.exists() and len(path.parts) == 1 and known.is_dir() else path


def _told(refusal: Refusal, pack: Pack) -> str:
    """The refusal in words. In a demonstration old data are in the way of a newer product, and may be thrown away."""
    if refusal.code != "edition_frozen" or not settings.DEMO:
        return str(refusal.message)
    return _(
        "演示数据由较早的版本建立：“%(title)s”%(number)s版的政策包此后有改动，已发布的版本不能覆盖。\n"
        "请先执行 make demo-reset 清除演示数据，再执行 make demo 重新建立（演示中所做的操作不再保留）。"
    ) % {"title": pack.programme.title, "number": pack.programme.edition}


def _kind(code: str) -> OrganisationKind:
    """GB/T 2260: the code of a province ends in four zeros."""
    return OrganisationKind.PROVINCE if code.endswith("0000") else OrganisationKind.CITY
