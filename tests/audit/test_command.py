"""``manage.py audit``: what a supervisor reads on the terminal, and the exit status."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import triggers
from audit.chain import append
from audit.models import Chain, Entry, PersonalValue
from audit.personal import commit_personal
from audit.stamps import ActorStamp

Write = Callable[[Chain, int], list[Entry]]
README = Path(__file__).parents[2] / "audit" / "README.md"


def run(*args: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of ``manage.py audit …``."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("audit", *args, stdout=out, stderr=err, no_color=True)
    except SystemExit as stop:
        assert isinstance(stop.code, int)
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_verify_counts_and_says_ok(chain: Chain, other: Chain, write: Write) -> None:
    write(chain, 3)
    write(other, 2)
    commit_personal("13800000000")
    status, out, err = run("verify")
    assert (status, err) == (0, "")
    assert out.splitlines() == ["已核验：链 2 条，留痕 5 条，个人信息 1 项。", "核验结论：完好（OK）。"]


def test_verify_names_the_first_bad_entry(chain: Chain, other: Chain, write: Write) -> None:
    write(chain, 4)
    write(other, 4)
    with triggers.disabled():
        Entry.objects.filter(chain=other, seq__in=[2, 3]).update(action="case.closed")
    status, out, err = run("verify")
    assert (status, err) == (1, "链 round:2026-1 第 2 条：内容与哈希不符，留痕已被改动。\n")
    assert "核验结论：发现问题" in out
    assert "OK" not in out


def test_verify_of_one_chain_reads_that_chain_alone(chain: Chain, other: Chain, write: Write) -> None:
    write(chain, 4)
    write(other, 4)
    with triggers.disabled():
        Entry.objects.filter(chain=other, seq=2).update(action="case.closed")
    assert run("verify", "--chain", chain.label)[0] == 0
    assert run("verify", f"--chain={other.label}")[0] == 1


def test_verify_reports_a_missing_trigger(chain: Chain) -> None:
    name, table = triggers.installed(connection)[0]
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"' + ("" if connection.vendor == "sqlite" else f' ON "{table}"'))
    status, _out, err = run("verify")
    assert (status, err) == (1, f"防改触发器缺失或已停用：{name}\n")


def test_verify_reports_an_altered_personal_value(chain: Chain) -> None:
    commitment = commit_personal("13800000000")
    with triggers.disabled():
        PersonalValue.objects.update(value="13900000000")
    status, _out, err = run("verify")
    assert (status, err) == (1, f"个人信息与承诺不符：{commitment}\n")


@pytest.mark.parametrize("args", [("verify", "--chain", "case:none"), ("show", "nonsense")])
def test_unknown_chain_is_an_error(db: None, args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="没有这条链"):
        run(*args)


def test_subcommand_is_required() -> None:
    with pytest.raises(CommandError):
        run()


def test_show_in_plain_words(chain: Chain, officer: ActorStamp) -> None:
    entry = append(
        chain=chain,
        action="case.accepted",
        actor=officer,
        subject="0190-x",
        data={"verdicts": [{"rule": "R1", "passed": True}, {"rule": "R2", "passed": None}], "list": []},
        clause="003·附件6·第二条",
        at=dt.datetime(2026, 3, 1, 16, 30, tzinfo=dt.UTC),
    )
    append(chain=chain, action="case.due", actor=ActorStamp.system_actor(), data={}, at=entry.at)
    status, out, _err = run("show", chain.label)
    assert status == 0
    assert out.splitlines()[:-1] == [
        f"链 {chain.label}（guiyang），共 2 条",
        "   1  2026-03-02 00:30:00  case.accepted  王经办（市大数据局，officer），代李审核行使",
        "      对象：0190-x",
        "      依据：003·附件6·第二条",
        "      list：—",
        "      verdicts[1].passed：是",
        "      verdicts[1].rule：R1",
        "      verdicts[2].passed：—",
        "      verdicts[2].rule：R2",
        f"      哈希：{entry.hash}",
        "   2  2026-03-02 00:30:00  case.due  系统（system）",
    ]


def test_show_goes_on_past_an_unreadable_body(chain: Chain, write: Write) -> None:
    write(chain, 2)
    with triggers.disabled():
        Entry.objects.filter(chain=chain, seq=1).update(body="gone")
    out = run("show", chain.label)[1]
    assert "case.moved  正文无法读取，请核验本链" in out
    assert "   2  " in out


def test_show_pages_through_a_long_chain(chain: Chain, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.management.commands.audit.PAGE", 2)
    write(chain, 5)
    lines = run("show", chain.label, "--json")[1].splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [1, 2, 3, 4, 5]


class TestOutsider:
    """The program printed in audit/README.md verifies an exported chain, with nothing of ours."""

    @pytest.fixture
    def program(self) -> str:
        blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
        assert len(blocks) == 1
        assert len(blocks[0].splitlines()) <= 20
        return str(blocks[0])

    @pytest.fixture
    def export(self, chain: Chain, officer: ActorStamp, write: Write) -> list[str]:
        write(chain, 2)
        append(chain=chain, action="case.noted", actor=officer, data={"文字": '"\\\n\u2028😀'})
        return run("show", chain.label, "--json")[1].rstrip("\n").split("\n")

    def play(self, program: str, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))
        exec(compile(program, str(README), "exec"), {"__name__": "__main__"})

    def test_sound_export(
        self,
        program: str,
        export: list[str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.play(program, export, monkeypatch)
        last = json.loads(export[-1])["hash"]
        assert capsys.readouterr().out == f"OK 3 {last}\n"
        assert last == hashlib.sha256(preimage_of(export[-1])).hexdigest()

    @pytest.mark.parametrize("seq", [1, 2, 3])
    @pytest.mark.parametrize("kind", ["altered", "removed"])
    def test_bad_export(
        self, program: str, export: list[str], monkeypatch: pytest.MonkeyPatch, seq: int, kind: str
    ) -> None:
        if kind == "altered":
            export[seq - 1] = export[seq - 1].replace("case.", "round.")
        elif seq == 3:
            export.insert(3, export[2])
        else:
            del export[seq - 1]
        with pytest.raises(SystemExit, match=str(seq if kind == "altered" or seq < 3 else 4)):
            self.play(program, export, monkeypatch)


def preimage_of(line: str) -> bytes:
    """The exported line without its hash, byte for byte."""
    return re.sub(r'"hash":"[0-9a-f]{64}",', "", line).encode()
