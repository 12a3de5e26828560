"""What ARCHITECTURE.md draws is what the code says; foreign keys and migrations go one way, like imports."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from programmes.lifecycle import mermaid

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["audit", "accounts", "programmes", "cases", "workflows"]
UPPER = ["notifications", "supervision", "workshop", "portal", "api"]


def below(label: str) -> set[str]:
    """The rooms that ``label`` may know."""
    return set(ORDER[: ORDER.index(label)]) if label in ORDER else set(ORDER)


def test_the_lifecycle_is_drawn_from_the_code() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = text.split("<!-- lifecycle:begin -->")[1].split("<!-- lifecycle:end -->")[0]
    assert drawn.strip() == f"```mermaid\n{mermaid()}```"


def test_foreign_keys_go_one_way() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in ORDER + UPPER
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model._meta.app_label in ORDER + UPPER
        and field.related_model._meta.app_label != model._meta.app_label
        and field.related_model._meta.app_label not in below(model._meta.app_label)
    ]
    assert wrong == []


def test_migrations_go_one_way() -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    wrong = [
        f"{label}.{name} -> {dependency[0]}"
        for (label, name), migration in loader.disk_migrations.items()
        if label in ORDER + UPPER
        for dependency in migration.dependencies
        if dependency[0] in ORDER + UPPER and dependency[0] != label and dependency[0] not in below(label)
    ]
    assert wrong == []


def test_every_room_has_a_readme() -> None:
    missing = [room for room in [*ORDER, *UPPER, "config"] if not (ROOT / room / "README.md").exists()]
    assert missing == []
