"""``manage.py audit verify`` and ``manage.py audit show``. 留痕核验与查看"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, router
from django.utils.translation import gettext as _

from audit import triggers
from audit.display import exported, lines_of
from audit.models import Chain, Entry
from audit.verify import Report, verify_all, verify_chain, verify_personal

PAGE = 500


class Command(BaseCommand):
    """``verify``: exit 0 when every chain stands, else 1 and the first bad entry of each bad chain."""

    help = "留痕：verify 核验全部或一条链；show 逐条列出一条链。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="subcommand", required=True)
        verify = commands.add_parser("verify", help="核验留痕链与防改触发器")
        verify.add_argument("--chain", metavar="kind:key", help="只核验这一条链")
        show = commands.add_parser("show", help="逐条列出一条链")
        show.add_argument("chain", metavar="kind:key")
        show.add_argument("--json", action="store_true", help="每条一行规范 JSON，供系统外核验")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["subcommand"] == "show":
            self._show(_find(options["chain"]), as_json=options["json"])
            return
        chain = _find(options["chain"]) if options["chain"] else None
        sound = self._verify(chain)
        if not sound:
            sys.exit(1)

    def _verify(self, chain: Chain | None) -> bool:
        absent = triggers.missing(connections[router.db_for_write(Entry)])
        for name in absent:
            self.stderr.write(_("防改触发器缺失或已停用：%(name)s") % {"name": name})
        read, altered = (0, []) if chain else verify_personal()
        for commitment in altered:
            self.stderr.write(_("个人信息与承诺不符：%(commitment)s") % {"commitment": commitment})
        report = _one(chain) if chain else verify_all()
        for fault in report.faults:
            self.stderr.write(
                _("链 %(chain)s 第 %(seq)d 条：%(reason)s。")
                % {"chain": fault.chain, "seq": fault.seq, "reason": fault.reason}
            )
        counts = {"chains": report.chains, "entries": report.entries, "personal": read}
        self.stdout.write(
            _("已核验：链 %(chains)d 条，留痕 %(entries)d 条，个人信息 %(personal)d 项。") % counts
        )
        sound = report.ok and not absent and not altered
        self.stdout.write(_("核验结论：完好（OK）。") if sound else _("核验结论：发现问题，详见上列。"))
        return sound

    def _show(self, chain: Chain, *, as_json: bool) -> None:
        if not as_json:
            counts = {"chain": chain.label, "authority": chain.authority, "entries": chain.head_seq}
            self.stdout.write(_("链 %(chain)s（%(authority)s），共 %(entries)d 条") % counts)
        last = 0
        while page := list(chain.entries.filter(seq__gt=last).order_by("seq")[:PAGE]):
            for entry in page:
                for line in [exported(entry)] if as_json else lines_of(entry):
                    self.stdout.write(line)
            last = page[-1].seq


def _one(chain: Chain) -> Report:
    fault = verify_chain(chain)
    return Report(chains=1, entries=chain.entries.count(), faults=(fault,) if fault else ())


def _find(label: str) -> Chain:
    kind, _colon, key = label.partition(":")
    chain = Chain.objects.filter(kind=kind, key=key).first()
    if chain is None:
        raise CommandError(_("没有这条链：%(label)s") % {"label": label})
    return chain
