"""One test of each mark, run by test_suite.py alone: the name keeps it out of every other run."""

import pytest


@pytest.mark.postgres
def test_postgres() -> None:
    """Runs where DATABASE_URL names a PostgreSQL server."""


@pytest.mark.redis
def test_redis() -> None:
    """Runs where REDIS_URL is set."""


@pytest.mark.bench
def test_bench() -> None:
    """Runs when measurements are asked for."""


def test_plain() -> None:
    """Runs everywhere."""
