"""The product for processes that are going to be killed: as the suite runs it, with places to hold it at.

Their database is the one that DATABASE_URL names; FAULTS_HOLDS is the folder where holds are armed (holds.py), and
FAULTS_NOW the moment at which their clock stands. Files lie beside the holds.
"""

from __future__ import annotations

import os
from pathlib import Path

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.holds.Holds"]
MIDDLEWARE = ["tests.faults.holds.held_after_commit", *MIDDLEWARE]
MEDIA_ROOT = Path(os.environ["FAULTS_HOLDS"]) / "files"
