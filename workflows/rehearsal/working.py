"""The worker's side: reads orders from standard input, plays, writes reports to standard output, one line each. 演练进程"""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db import connections
from django.utils import translation

from programmes import packs
from workflows.rehearsal.performing import play
from workflows.rehearsal.reading import read_repertoire, read_script
from workflows.rehearsal.scratch import DATABASE
from workflows.rehearsal.script import Repertoire


def work(template: Path) -> None:
    """Play until standard input ends. Raises RuntimeError outside the settings of a rehearsal."""
    database = Path(settings.DATABASES["default"]["NAME"])
    if not settings.REHEARSAL or str(database) != os.environ.get(DATABASE):
        raise RuntimeError("workers run on a scratch database only")
    answers = _answers()
    for line in sys.stdin:
        order = json.loads(line)
        _fresh(template, database)
        repertoire = _repertoire(order["archive"], order["common"])
        script = read_script(order["text"], file=order["file"], repertoire=repertoire)
        with translation.override(order["language"]):
            report = play(script, branch=order["branch"])
        answers.write(json.dumps(report.to_json(), ensure_ascii=False) + "\n")
        answers.flush()


def _answers() -> TextIO:
    """Standard output for reports alone; whatever else is printed goes where errors go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _fresh(template: Path, database: Path) -> None:
    """An empty database, and nothing remembered of the one before."""
    connections.close_all()
    shutil.copyfile(template, database)
    ContentType.objects.clear_cache()
    for cache in caches.all():
        cache.clear()


@functools.lru_cache(maxsize=8)
def _repertoire(archive: str, common: str) -> Repertoire:
    files: dict[str, bytes] = packs.unarchive(Path(archive).read_bytes())
    return read_repertoire(files, common=common)
