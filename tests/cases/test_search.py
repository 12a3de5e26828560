"""Searching cases: the same answer on every database, and an index behind it on PostgreSQL."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, connection

from accounts.models import Organisation
from audit import clock
from cases.models import Case
from cases.search import INDEXES, AddTrigramIndexes, containing
from tests.factories.cases import World, make_world


@pytest.fixture
def world(db: None) -> World:
    clock.set_clock(dt.datetime(2020, 3, 20, 10, 0, tzinfo=clock.SHANGHAI))
    return make_world()


def found(text: str) -> set[str]:
    return set(containing(Case.objects.all(), text).values_list("title", flat=True))


def test_number_title_and_applicant_are_searched(world: World) -> None:
    world.draft("白云大数据产业集聚示范基地")
    world.draft("Huaxi 100% Cloud Base", world.other_applicant)
    Case.objects.filter(title__startswith="Huaxi").update(case_no="GYJJ-2020-0007")
    assert found("大数据产业") == {"白云大数据产业集聚示范基地"}
    assert found("huaxi") == found("gyjj-2020") == {"Huaxi 100% Cloud Base"}
    assert found("经济技术") == {"Huaxi 100% Cloud Base"}, "the applicant's name"
    assert found("0%") == {"Huaxi 100% Cloud Base"}, "no wildcard"
    assert found("不存在的基地") == set()
    assert found("_") == set()


def plan(text: str) -> str:
    """How PostgreSQL would search, were it not allowed to read the tables from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        return containing(Case.objects.all(), text).order_by().explain()


@pytest.mark.postgres
@pytest.mark.parametrize("text", ["大数据产业", "GYJJ-2020-0007"])
def test_each_part_is_searched_through_its_index(world: World, text: str) -> None:
    world.draft()
    told = plan(text)
    assert "case_title_trgm" in told
    assert "case_no_trgm" in told
    assert "Seq Scan" not in told
    units = Organisation.objects.filter(name__icontains=text).order_by().explain()
    assert "organisation_name_trgm" in units


class Editor:
    """A schema editor that only remembers; ``refused``: what the database says to CREATE EXTENSION."""

    def __init__(self, vendor: str, *, installed: bool = False, refused: str = "") -> None:
        self.connection, self.ran, self.refused = self, [], refused  # type: ignore[var-annotated]
        self.vendor, self.alias, self.installed = vendor, "default", installed
        self.settings_dict = {"NAME": "licheng"}

    def cursor(self) -> Any:
        return self

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_error: object) -> None:
        return None

    def fetchone(self) -> tuple[int] | None:
        return (1,) if self.installed else None

    def execute(self, sql: str, _params: object = None) -> None:
        if self.refused and sql.startswith("CREATE EXTENSION"):
            raise ProgrammingError(self.refused)
        self.ran.append(sql.split(" ON ")[0])


def migrate(editor: Editor) -> list[str]:
    AddTrigramIndexes().database_forwards("cases", editor, None, None)  # type: ignore[arg-type]
    return editor.ran


def test_other_databases_are_left_alone() -> None:
    assert migrate(Editor("sqlite")) == []


def test_an_extension_that_is_there_is_not_asked_for(db: None) -> None:
    ran = migrate(Editor("postgresql", installed=True, refused="permission denied"))
    assert [sql for sql in ran if "INDEX" in sql] == [
        f'CREATE INDEX IF NOT EXISTS "{name}"' for name in INDEXES
    ]


def test_who_may_not_create_the_extension_is_told_what_to_do(db: None) -> None:
    with pytest.raises(
        RuntimeError, match=r'psql -d licheng -c "CREATE EXTENSION pg_trgm"; then migrate again'
    ):
        migrate(Editor("postgresql", refused="permission denied to create extension"))
