"""The suite itself says what it left out, and leaves nothing out where that is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def run_pytest(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A run of its own on marked.py, on a machine without servers or browser."""
    servers = {"DATABASE_URL", "REDIS_URL", "CI", "LICHENG_SUITE"}
    plain = {key: value for key, value in os.environ.items() if key not in servers}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/config/marked.py", *arguments],
        cwd=ROOT,
        env={**plain, "CHROMIUM": "/nowhere", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("parallel", [[], ["-n", "2"]])
def test_what_is_left_out_is_said(parallel: list[str]) -> None:
    done = run_pytest(*parallel)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
    assert "left out: bench (run by make bench), postgres (no DATABASE_URL" in done.stdout
    assert "redis (no REDIS_URL)" in done.stdout


def test_what_nobody_asked_for_is_not_left_out() -> None:
    done = run_pytest("-m", "not postgres and not redis and not bench")
    assert "left out" not in done.stdout
    assert "1 passed" in done.stdout


def test_measurements_run_when_asked_for() -> None:
    assert "1 passed" in run_pytest("-m", "bench").stdout


def test_the_whole_suite_in_ci_refuses_to_leave_anything_out() -> None:
    done = run_pytest(CI="true", LICHENG_SUITE="full")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    for missing in ("postgres", "redis", "browser"):
        assert missing in done.stderr


def test_outside_ci_the_same_run_passes() -> None:
    assert run_pytest(LICHENG_SUITE="full").returncode == 0
