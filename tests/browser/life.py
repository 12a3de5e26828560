"""A product for one long story: its people, and its time, which the story moves on. 全程"""

from __future__ import annotations

import datetime as dt
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Locator, expect

from audit import clock
from tests.browser.conftest import DESKTOP, Visit, sign_in
from tests.browser.moving import apps as moving
from tests.browser.person import Person
from tests.browser.server import Product, served_demonstration

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "config" / "demo" / "guiyang.yaml"
NOTICED = 20
"""Seconds within which the product has seen that its clock was moved."""
DISPATCHED = 60
"""Seconds within which the dispatcher has carried out what fell due."""


def written() -> dict[str, Any]:
    """The demonstration's units, people and bases."""
    data: dict[str, Any] = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    return data


@dataclass
class Life:
    """The product, who has come to it, and the hour."""

    product: Product
    clock: Path
    visit: Visit | None = None
    people: dict[str, Person] = field(default_factory=dict)
    panel: list[str] = field(default_factory=list)
    """User names of the experts that the lot chose."""

    def at(self, day: str, hour: int = 9) -> None:
        """Move the product's time to an hour of a day, in Guiyang."""
        moment = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), tzinfo=clock.SHANGHAI)
        moving.write(self.clock, moment)
        told, deadline = f"推演时间为 {moment:%Y-%m-%d %H:}", time.monotonic() + NOTICED
        while told not in self._banner():
            assert time.monotonic() < deadline, f"the clock was not moved to {moment}"
            time.sleep(0.05)

    def _banner(self) -> str:
        """A page of the product that costs it little; every page tells the time."""
        with urllib.request.urlopen(f"{self.product.url}/public/objections/", timeout=NOTICED) as answer:
            page: str = answer.read().decode()
        return page

    def person(self, username: str | None, viewport: dict[str, int] = DESKTOP) -> Person:
        """Somebody with a browser of their own, at first at their home page; they stay signed in.

        None: a member of the public, with an empty page.
        """
        key = username or "public"
        if key not in self.people:
            assert self.visit is not None
            page = self.visit(self.product.url, viewport=viewport)
            if username:
                sign_in(page, username, self.product.password())
            self.people[key] = Person(page, key)
        return self.people[key]

    def await_dispatcher(self, person: Person, sign: Locator) -> None:
        """Until what the system does by itself can be seen on the page."""
        deadline = time.monotonic() + DISPATCHED
        while not sign.is_visible():
            assert time.monotonic() < deadline, f"the dispatcher has not acted: {person.page.url}"
            time.sleep(1)
            person.page.reload()
        expect(sign).to_be_visible()


def _seed_people(product: Product) -> None:
    product.run("tests.browser.moving.seeding")


@contextmanager
def served_rehearsal(var: Path, begins: dt.datetime) -> Iterator[Life]:
    """The product as a rehearsal: people, units and the policy; its time begins at ``begins``."""
    file = var / "clock"
    moving.write(file, begins)
    with served_demonstration(
        var,
        seed=_seed_people,
        settings="tests.browser.moving.settings",
        LICHENG_CLOCK=str(file),
    ) as product:
        yield Life(product, file)
