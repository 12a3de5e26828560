"""Somebody at work in the product, by what they see: labels, buttons, sentences. 用户"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE
from tests.browser.pictures import keep_both

Answer = str | bool | list[str]


@dataclass
class Person:
    """用户: a signed-in page, and the verbs of the trade."""

    page: Page
    name: str
    kept: int = 0
    cases: dict[str, str] = field(default_factory=dict)
    """Where the cases are that they have opened, by title."""

    def sees(self, *texts: str | re.Pattern[str]) -> None:
        """Each text stands in the page's main part."""
        for text in texts:
            found = self.page.locator("#main").get_by_text(text).filter(visible=True)
            expect(found.first).to_be_visible(timeout=PATIENCE)

    def opens(self, title: str) -> None:
        """The case with this title: the first time found through the list of cases, then by its address."""
        if title in self.cases:
            self.page.goto(self.cases[title])
        else:
            self.page.goto("/cases/")
            self.page.get_by_label("检索").fill(title)
            self.page.get_by_role("button", name="查询").click()
            self.page.locator("#main").get_by_role("link", name=title).first.click()
        expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()
        self.cases[title] = self.page.url
        self.keeps("case")

    def offers(self) -> Locator:
        """What the case's page lets them do."""
        return self.page.locator(".lc-offers")

    def starts(self, action: str) -> None:
        """From the case's page to the page of an action."""
        self.offers().get_by_role("link", name=action, exact=True).click()
        expect(self.page.locator("h1")).to_have_text(action, timeout=PATIENCE)
        self.keeps(action)

    def fills(self, answers: Mapping[str, Answer]) -> None:
        """Each answer where its label is: text, a tick, or the options to choose."""
        main = self.page.locator("#main")
        for label, answer in answers.items():
            if isinstance(answer, list):
                for option in answer:
                    main.get_by_label(option, exact=True).check()
            elif isinstance(answer, bool):
                main.get_by_label(label).set_checked(answer)
            else:
                main.get_by_label(re.compile(f"^{re.escape(label)}")).fill(answer)

    def does(self, action: str, answers: Mapping[str, Answer] | None = None, *, told: str = "") -> None:
        """An action from the case's page to its result; ``told``: what the product says then."""
        self.starts(action)
        self.fills(answers or {})
        self.presses(action)
        if told:
            self.sees(told)

    def presses(self, button: str) -> None:
        """A button of the page; where the product asks first, the answer is yes. Waits for what comes of it."""
        found = self.page.locator("#main").get_by_role("button", name=button, exact=True)
        asks = found.get_attribute("data-confirm", timeout=PATIENCE) is not None
        with self.page.expect_navigation(timeout=PATIENCE):
            found.click()
            if asks:
                self.page.get_by_role("dialog", name="请确认").get_by_role("button", name="确定").click()
        self.keeps(f"{button}_done")

    def is_refused(self, action: str, reason: str) -> None:
        """The button is there, cannot be used, and says why."""
        button = self.offers().get_by_role("button", name=action, exact=True)
        expect(button).to_have_attribute("aria-disabled", "true", timeout=PATIENCE)
        why = button.get_attribute("aria-describedby")
        expect(self.page.locator(f"[id='{why}']")).to_contain_text(reason)
        address = self.page.url
        button.click(force=True)
        assert self.page.url == address

    def keeps(self, what: str) -> None:
        """A picture of the page, if pictures are asked for."""
        self.kept += 1
        keep_both(self.page, f"life_{self.name}_{self.kept:02}_{what}")
