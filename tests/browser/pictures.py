"""Pictures of what the tests see, for people to look at: in the folder that BROWSER_SHOTS names. 留影"""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE

FOLDER = os.environ.get("BROWSER_SHOTS", "")


def keep(page: Page, name: str) -> None:
    """The whole page as it stands, under ``name`` and its width; nothing when nobody asked for pictures."""
    if not FOLDER:
        return
    assert page.viewport_size is not None
    plain = re.sub(r"[^\w.-]+", "_", name).strip("_") or "root"
    page.screenshot(path=Path(FOLDER) / f"{plain}_{page.viewport_size['width']}.png", full_page=True)


def keep_both(page: Page, name: str) -> None:
    """The page as it stands, on a desktop and on a phone; the window has its size again afterwards."""
    if not FOLDER:
        return
    size = page.viewport_size
    page.evaluate("window.scrollTo(0, 0)")  # what sticks is then where it belongs
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        keep(page, name)
    page.set_viewport_size(size)  # type: ignore[arg-type]
