"""``manage.py rehearse`` from outside: processes, exit codes, output; the real database stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.workflows.rehearsal.conftest import PACK, Reader
from workflows.rehearsal import running, scratch
from workflows.rehearsal.collecting import collect
from workflows.rehearsal.running import jobs_of, rehearse

SCENARIOS = PACK / "scenarios"
HALF = "id: T1\ntitle: {zh: 试验}\npack: gy-cluster-base\nsteps:\n- play: declared\n"
WRONG = HALF + "- at: 2020-04-03\n  do: file.file\n  expect:\n    stage: build\n"


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the command keeps its files: shared, so that the template is made once."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def manage(var: Path) -> Any:
    """Run ``manage.py rehearse`` as an administrator would, beside a real database."""
    real = var / "licheng.sqlite3"
    real.write_bytes(b"the real database")

    def run(*words: str | Path, cwd: Path = Path(settings.BASE_DIR)) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name not in scratch.NOT_FOR_REHEARSALS}
        env |= {"DJANGO_SETTINGS_MODULE": "config.settings.demo", "LICHENG_VAR": str(var), "PYTHONUTF8": "1"}
        manage_py = str(Path(settings.BASE_DIR) / "manage.py")
        line = [sys.executable, manage_py, "rehearse", *map(str, words)]
        done = subprocess.run(line, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=600)
        assert real.read_bytes() == b"the real database"
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_scenarios_that_hold(manage: Any, var: Path) -> None:
    done = manage(SCENARIOS / "S12b-round-in-april.yaml", SCENARIOS / "filing-refused.yaml", "-j", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ S12b (with-reason)  四月启动批次只作提示：说明理由后照常申报" in done.stdout
    assert "    ✓ closure: declined" in done.stdout
    assert done.stdout.rstrip().endswith("不符0处。")
    assert "演练3项，符合预期3项" in done.stdout
    assert sorted(line[:5] for line in done.stderr.splitlines() if line.startswith("[")) == [
        "[1/3]",
        "[2/3]",
        "[3/3]",
    ]
    told = [
        done.stdout.index(name) for name in ("S12b (without-reason)", "S12b (with-reason)", "filing-refused")
    ]
    assert told == sorted(told)
    assert sorted(path.name for path in var.iterdir()) == ["licheng.sqlite3", "rehearsal"]


def test_failures_and_malformed_files_are_told_with_their_lines(manage: Any, tmp_path: Path) -> None:
    texts = {"bad": HALF + "- do: file.fiel\n", "good": HALF.replace("T1", "T2"), "wrong": WRONG}
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    done = manage("bad.yaml", "wrong.yaml", "good.yaml", "-v0", cwd=tmp_path)
    assert done.returncode == 1
    assert "✗ wrong.yaml:9  stage\n        预期：build\n        实际：file\n" in done.stdout
    assert "✓ items" not in done.stdout
    assert "✓ T2" in done.stdout
    assert "✗ bad.yaml:6  steps[2].do\n    没有名为“file.fiel”的动作\n    是否应为：file.file" in done.stdout
    assert "演练2项，符合预期1项；核对" in done.stdout
    assert "脚本文件有1处问题，未能演练。" in done.stdout


def test_json_is_the_same_twice(manage: Any, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(WRONG, encoding="utf-8")
    first, second = manage(file, "--json"), manage(file, "--json", "-j", "2")
    assert (first.returncode, second.returncode) == (1, 1)
    assert first.stdout == second.stdout
    document = json.loads(first.stdout)
    assert (document["ok"], document["problems"]) == (False, [])
    failed = [f for step in document["reports"][0]["steps"] for f in step["findings"] if not f["ok"]]
    assert [(f["what"], f["line"], f["expected"], f["found"]) for f in failed] == [
        ("stage", 9, "build", "file")
    ]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "请给出脚本文件，或者使用 --all。"),
        (("--all", "-j", "0"), "进程数应不小于1。"),
    ],
)
def test_a_command_that_makes_no_sense(words: tuple[str, ...], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("rehearse", *words)


def test_what_cannot_be_collected(tmp_path: Path) -> None:
    def problems(*files: Path, pack: Path | None = None, everything: bool = False) -> list[str]:
        collected = collect(files, pack=pack, everything=everything)
        assert collected.jobs == []
        return [f"{p.message_zh}：{p.hint_zh}" for p in collected.problems]

    lost = tmp_path / "lost.yaml"
    lost.write_text(HALF.replace("pack: gy-cluster-base\n", ""), encoding="utf-8")
    assert "请加上 pack: 事项代码" in problems(lost)[0]
    assert "无法读取" in problems(tmp_path / "nowhere.yaml")[0]
    assert "不是政策包目录" in problems(pack=tmp_path, everything=True)[0]
    assert "不是政策包目录" in problems(lost, pack=tmp_path)[0]


def test_where_a_file_finds_its_pack(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(HALF, encoding="utf-8")
    inside = SCENARIOS / "S17-revoked-with-consent.yaml"
    (named,) = collect([outside], pack=None, everything=False).jobs
    given = collect([outside, inside], pack=PACK, everything=False).jobs
    everything = collect([inside], pack=None, everything=True).jobs
    assert named.script.pack.programme.id == "gy-cluster-base"
    assert [(job.script.scenario.id, job.branch) for job in given] == [
        ("T1", ""),
        ("S17", "i"),
        ("S17", "ii"),
    ]
    assert len(everything) == len({(job.script.place.file, job.branch) for job in everything}) > 20


def test_a_worker_that_dies_is_told_and_replaced(
    script: Reader, settings: Any, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = var
    real, started = running.command, []

    def command(*words: str) -> list[str]:
        started.append(words)
        dying = [sys.executable, "-c", "import sys; input(); sys.exit('out of memory')"]
        return dying if len(started) == 1 else real(*words)

    monkeypatch.setattr(running, "command", command)
    text = HALF.replace("pack: gy-cluster-base\n", "")
    jobs = [*jobs_of(script(text), text), *jobs_of(script(text), text)]
    first, second = rehearse(jobs)
    assert not first.ok
    assert "演练进程异常退出：out of memory" in first.error
    assert second.ok, second
    assert len(started) == 2


def test_the_settings_of_a_rehearsal_find_no_real_data(tmp_path: Path) -> None:
    env = {
        "DJANGO_SETTINGS_MODULE": "config.settings.rehearsal",
        "DATABASE_URL": "postgres://real:real@127.0.0.1:1/real",
        "REDIS_URL": "redis://127.0.0.1:1",
        "PATH": os.environ["PATH"],
    }
    code = "from django.conf import settings as s; print(s.DATABASES['default']['NAME'], s.CHANNEL_LAYERS, s.CACHES)"
    line = [sys.executable, "-c", code]
    options: dict[str, Any] = {"cwd": settings.BASE_DIR, "capture_output": True, "encoding": "utf-8"}
    refused = subprocess.run(line, env=env, **options)
    assert "LICHENG_REHEARSAL_DB must name the scratch database" in refused.stderr
    done = subprocess.run(line, env=env | {scratch.DATABASE: str(tmp_path / "x.sqlite3")}, **options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "x.sqlite3"))
    assert "real" not in done.stdout
    assert "redis" not in done.stdout.lower()
