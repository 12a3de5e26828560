"""Scratch databases: a migrated, empty one is made once for this code, and copied for every play. 演练库"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from audit import clock

SETTINGS = "config.settings.rehearsal"
DATABASE = "LICHENG_REHEARSAL_DB"
NOT_FOR_REHEARSALS = ("DATABASE_URL", "REDIS_URL", "LICHENG_VAR")


class RehearsalFailed(RuntimeError):
    """The machinery failed, not the scenario; the message holds what it said last."""


def environment(database: Path) -> dict[str, str]:
    """The environment of a process that works on the scratch database: the real one is not in it."""
    kept = {name: value for name, value in os.environ.items() if name not in NOT_FOR_REHEARSALS}
    return {**kept, "DJANGO_SETTINGS_MODULE": SETTINGS, DATABASE: str(database), "PYTHONUTF8": "1"}


def command(*words: str) -> list[str]:
    """The command line of a management command in a process of its own."""
    return [sys.executable, "-m", "django", *words]


def options(database: Path) -> dict[str, Any]:
    """How a process is started that works on the scratch database."""
    return {"cwd": settings.BASE_DIR, "env": environment(database), "text": True, "encoding": "utf-8"}


def template() -> Path:
    """The migrated, empty database for the code as it is: made when there is none yet (some seconds), then kept.

    Raises RehearsalFailed when it cannot be migrated.
    """
    folder = Path(getattr(settings, "REHEARSAL_TEMPLATES", "") or Path(settings.VAR_DIR) / "rehearsal")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = folder / f"template-{fingerprint()}.sqlite3"
    if not wanted.exists():
        made = folder / f"{wanted.stem}-{os.getpid()}.part"
        made.unlink(missing_ok=True)
        try:
            _migrate(made)
            made.replace(wanted)
        finally:
            made.unlink(missing_ok=True)
        _tidy(folder, wanted)
    return wanted


def _tidy(folder: Path, kept: Path) -> None:
    """Throw away the templates of other code; not of yesterday's and today's, which somebody may be copying."""
    yesterday = clock.now().timestamp() - 86_400
    for old in folder.glob("template-*.sqlite3"):
        if old != kept and old.stat().st_mtime < yesterday:
            old.unlink(missing_ok=True)


def _migrate(database: Path) -> None:
    done = subprocess.run(
        command("migrate", "--no-input", "--verbosity", "0"), capture_output=True, **options(database)
    )
    if done.returncode:
        raise RehearsalFailed(done.stderr[-4000:])


SHAPING = ("migrations", "models", "triggers", "apps", "enums", "encryption")
"""Modules and packages of a room that say what an empty database looks like."""


def _modules(room: Path, name: str) -> list[Path]:
    """The room's module of that name, or the modules of its package."""
    return [*room.glob(f"{name}.py"), *room.glob(f"{name}/**/*.py")]


def fingerprint() -> str:
    """What the template depends on: models, migrations and triggers of ours, and which packages are installed."""
    digest = hashlib.sha256(sys.version.encode())
    root = Path(settings.BASE_DIR)
    for app in sorted(apps.get_app_configs(), key=lambda app: app.name):
        folder = Path(app.path)
        digest.update(app.name.encode())
        if folder.is_relative_to(root) and "site-packages" not in folder.parts:
            for file in sorted(file for name in SHAPING for file in _modules(folder, name)):
                digest.update(str(file.relative_to(root)).encode())
                digest.update(file.read_bytes())
    lock = root / "requirements" / "base.lock"
    digest.update(lock.read_bytes() if lock.exists() else b"")
    return digest.hexdigest()[:16]
