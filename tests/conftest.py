"""What every test gets: an honest list of what was left out, and fresh surroundings."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from audit import clock
from tests.audit.flush import flush_passes_the_triggers
from tests.browser.chromium import chromium
from workflows.documents.pdf import can_print

__all__ = ["flush_passes_the_triggers"]  # an autouse fixture: the record's triggers let a flush pass

hypothesis_settings.register_profile("unhurried", deadline=None)  # a busy machine is no defect
hypothesis_settings.load_profile("unhurried")
COUNTER = itertools.count()
LEFT_OUT: pytest.StashKey[dict[str, str]] = pytest.StashKey()
Freeze = Callable[[dt.datetime | str], dt.datetime]


def _missing() -> dict[str, str]:
    """Marker → why its tests cannot run here."""
    reasons = {}
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        reasons["postgres"] = "no DATABASE_URL of a PostgreSQL server"
    if not settings.REDIS_URL:
        reasons["redis"] = "no REDIS_URL"
    if chromium() is None:
        reasons["browser"] = "no chromium"
    if not can_print():
        reasons["pdf"] = "no Pango for WeasyPrint"
    return reasons


def _whole_suite() -> bool:
    return bool(os.environ.get("CI")) and os.environ.get("LICHENG_SUITE") == "full"


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}
    if _whole_suite() and (missing := _missing()):
        lacking = "; ".join(f"{marker}: {why}" for marker, why in missing.items())
        raise pytest.UsageError(f"LICHENG_SUITE=full leaves nothing out, but {lacking}")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file made for a test carries the moment of its making: its bytes are no name, or two workers disagree on it."""
    return argname if isinstance(val, bytes) and len(val) > 32 else None


@pytest.hookimpl(trylast=True)  # after -m and -k: what nobody asked for was not left out
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    reasons = _missing()
    if "bench" not in config.option.markexpr:
        reasons["bench"] = "run by make bench"
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        lacking = [marker for marker in reasons if item.get_closest_marker(marker)]
        (dropped if lacking else kept).append(item)
        for marker in lacking:
            config.stash[LEFT_OUT][marker] = reasons[marker]
    if dropped:
        items[:] = kept
        config.hook.pytest_deselected(items=dropped)


def pytest_sessionfinish(session: pytest.Session) -> None:
    # The workers of xdist collect; the controller prints the summary and hears of it through workeroutput.
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[LEFT_OUT]
    shutil.rmtree(settings.VAR_DIR, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[LEFT_OUT].update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    left_out = config.stash[LEFT_OUT]
    if left_out:
        terminalreporter.write_line(
            "left out: " + ", ".join(f"{marker} ({why})" for marker, why in sorted(left_out.items()))
        )


@pytest.fixture(scope="session", autouse=True)
def _own_corner_of_redis(worker_id: str) -> None:
    """Parallel workers share one Redis: each writes under its own prefix."""
    if settings.REDIS_URL:
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{worker_id}"


@pytest.fixture
def empty_cache() -> Callable[[], None]:
    """Forget what the cache holds. Never ``cache.clear()``: on Redis it wipes what parallel workers have there too."""

    def forget() -> None:
        prefix = f"test-{os.getpid()}-{next(COUNTER)}"
        settings.CACHES["default"]["KEY_PREFIX"] = prefix  # for threads yet to come: a live server's
        caches["default"].key_prefix = prefix

    return forget


@pytest.fixture(autouse=True)
def _own_cache(empty_cache: Callable[[], None]) -> None:
    """Each test starts with an empty cache of its own."""
    empty_cache()


@pytest.fixture(autouse=True)
def _fresh_surroundings() -> Iterator[None]:
    """Each test starts in Chinese with a running clock, whatever the one before did."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    clock.set_clock(None)
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def frozen_clock() -> Freeze:
    """Fix the product's clock: ``frozen_clock("2026-03-02 09:00")`` (Shanghai time), or an aware datetime."""

    def freeze(moment: dt.datetime | str) -> dt.datetime:
        if isinstance(moment, str):
            moment = dt.datetime.fromisoformat(moment)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=clock.SHANGHAI)
        clock.set_clock(moment)
        return clock.now()

    return freeze
