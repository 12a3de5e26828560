"""Write or check the committed permission matrix. 权限矩阵"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.matrix import as_csv


class Command(BaseCommand):
    help = "由代码生成权限矩阵 docs/permissions.csv；--check 只核对是否一致。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(settings.BASE_DIR) / "docs" / "permissions.csv"
        text = as_csv()
        if options["check"]:
            if not target.exists() or target.read_text(encoding="utf-8") != text:
                raise CommandError("docs/permissions.csv 与代码不一致，请执行 manage.py permissions。")
            self.stdout.write("docs/permissions.csv 与代码一致。")
            return
        target.write_text(text, encoding="utf-8")
        self.stdout.write(f"{target.name}: {len(text.splitlines())} 行")
