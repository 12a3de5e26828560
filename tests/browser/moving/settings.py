"""The demonstration as a rehearsal: its clock may be moved."""

from config.settings.demo import *  # noqa: F403
from config.settings.demo import INSTALLED_APPS

REHEARSAL = True
INSTALLED_APPS = [*INSTALLED_APPS, "tests.browser.moving.apps.MovingClock"]
