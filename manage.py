#!/usr/bin/env python
"""Command line of Licheng 历程."""

import os
import sys


def main() -> None:
    """Run a management command with the settings of DJANGO_SETTINGS_MODULE.

    By default the demonstration's, which knows its own SQLite file alone; with a DATABASE_URL, production's: nothing but
    an explicit choice points the demonstration at a database server.
    """
    default = "production" if os.environ.get("DATABASE_URL") else "demo"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"config.settings.{default}")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
