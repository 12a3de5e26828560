"""Finding cases by a part of their number, their title or their applicant's name, with indexes behind it. 案件检索

On PostgreSQL each part has a trigram index (three characters or more find through it); SQLite searches row by row.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import ProgrammingError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.models import QuerySet

from cases.models import Case

EXTENSION: Final = "pg_trgm"
INDEXES: Final = {
    "case_title_trgm": ("cases_case", "title"),
    "case_no_trgm": ("cases_case", "case_no"),
    "organisation_name_trgm": ("accounts_organisation", "name"),
}
"""Name → table and column. On the upper case of the text, as Django's ``icontains`` compares it."""


def containing(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """Those of ``cases`` whose number, title or applicant's name contains ``text``, whatever its case.

    Three searches put together rather than one condition with OR: each can use its own index.
    """
    found = (
        Case.objects.filter(case_no__icontains=text).values("pk"),
        Case.objects.filter(title__icontains=text).values("pk"),
        Case.objects.filter(applicant__name__icontains=text).values("pk"),
    )
    return cases.filter(pk__in=found[0].union(*found[1:]))


class AddTrigramIndexes(Operation):
    """The indexes of :func:`containing`; nothing on a database other than PostgreSQL.

    Raises RuntimeError with what to do when the extension is not there and may not be created.
    """

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models know nothing of it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the extension where it is missing, then the indexes."""
        if schema_editor.connection.vendor != "postgresql":
            return
        _require_extension(schema_editor)
        for name, (table, column) in INDEXES.items():
            schema_editor.execute(
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING gin (UPPER("{column}"::text) gin_trgm_ops)'
            )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop the indexes; the extension may serve others and stays."""
        if schema_editor.connection.vendor == "postgresql":
            for name in INDEXES:
                schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')

    def describe(self) -> str:
        """What ``migrate`` says of it."""
        return "Add trigram indexes for searching cases (PostgreSQL)"


def _require_extension(schema_editor: BaseDatabaseSchemaEditor) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [EXTENSION])
        if cursor.fetchone() is not None:
            return
    try:
        with transaction.atomic(using=connection.alias):
            schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except ProgrammingError as error:
        name = connection.settings_dict["NAME"]
        raise RuntimeError(
            f"The search of cases needs PostgreSQL's extension {EXTENSION}, and this user may not create it ({error}). "
            f'As a database administrator run: psql -d {name} -c "CREATE EXTENSION {EXTENSION}"; then migrate again.'
        ) from error
