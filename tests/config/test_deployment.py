"""The services of deploy/ together take on every queue of tasks, and a long PDF keeps nothing else waiting."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from workflows.documents.printing import QUEUE_PDF

SERVICES = Path(settings.BASE_DIR) / "deploy" / "systemd"


def _options(name: str) -> list[str]:
    (line,) = [each for each in (SERVICES / name).read_text().splitlines() if each.startswith("ExecStart=")]
    return line.split()


def _value(options: list[str], name: str) -> str:
    return options[options.index(name) + 1]


def test_the_workers_share_all_queues() -> None:
    others, printer = _options("licheng-worker@.service"), _options("licheng-pdf@.service")
    assert (_value(others, "--queue-name"), _value(others, "--exclude-queues")) == ("*", QUEUE_PDF)
    assert _value(printer, "--queue-name") == QUEUE_PDF
    assert _value(others, "--worker-id") != _value(printer, "--worker-id"), "ids are unique across workers"


def test_the_guide_starts_stops_and_lists_every_service() -> None:
    guide = (SERVICES.parent / "README.md").read_text(encoding="utf-8")
    for service in SERVICES.glob("*.service"):
        name = service.name.removesuffix(".service")
        assert f"`systemd/{service.name}`" in guide
        for verb in ("enable --now", "start"):
            lines = [
                line
                for line in guide.splitlines()
                if f"systemctl {verb} " in line or "systemctl restart" in line
            ]
            assert any(name in line for line in lines), f"{verb} {name}"
