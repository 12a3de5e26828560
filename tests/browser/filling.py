"""Filling in a declaration as a person does: typing, choosing, adding lines, pasting blocks from a spreadsheet. 填报"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from config.demo.declarations import pdf_of
from tests.browser.person import PATIENCE


def cell(page: Page, name: str) -> Locator:
    """The control of a cell by the name it is sent under: ``main_revenue_2020``, ``rows.0.name``."""
    return page.locator(f"#declaration-form [name='{name}']")


def fill_fields(page: Page, data: Mapping[str, Any]) -> None:
    """Everything of ``data`` that is not a table, each in its own control."""
    for name, value in data.items():
        if isinstance(value, list):
            if not any(isinstance(one, dict) for one in value):
                for code in value:
                    page.locator(f"#declaration-form [name='{name}'][value='{code}']").check()
            continue
        text = str(value).lower() if isinstance(value, bool) else str(value)
        control = cell(page, name)
        match control.first.evaluate("one => one.type"):
            case "radio":
                page.locator(f"#declaration-form [name='{name}'][value='{text}']").check()
            case "select-one":
                control.select_option(text)
            case _:
                control.fill(text)


def type_grid(page: Page, names: Sequence[str], values: Sequence[str]) -> None:
    """Key by key, going on with Tab as one does in a table."""
    cell(page, names[0]).focus()
    for name, value in zip(names, values, strict=True):
        expect(cell(page, name)).to_be_focused()
        page.keyboard.type(value)
        page.keyboard.press("Tab")


def type_line(page: Page, table: str, place: int, line: Mapping[str, str]) -> None:
    """One line of a table, each cell by its own."""
    for column, value in line.items():
        control = cell(page, f"{table}.{place}.{column}")
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)


def paste(page: Page, name: str, lines: Sequence[Mapping[str, str]]) -> None:
    """Paste lines as a spreadsheet copies them, beginning at a cell."""
    block = "\n".join("\t".join(line.values()) for line in lines)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", block)
    cell(page, name).focus()
    page.keyboard.press("Control+V")


def await_saved(page: Page) -> None:
    """Until the page says that what it holds is saved."""
    expect(page.locator("[data-save-state]")).to_contain_text("已保存", timeout=PATIENCE)


def upload(page: Page, item: str, name: str, tags: Sequence[str] = ()) -> None:
    """A file for one item of the list of materials."""
    card = page.locator(f"#m-{item}")
    for tag in tags:
        card.get_by_label(tag).check()
    body = FilePayload(name=name, mimeType="application/pdf", buffer=pdf_of(item))
    card.locator("input[type=file]").set_input_files(body)
    button = card.get_by_role("button", name="上传", exact=True)
    if button.is_visible():  # an item with choices waits until it is told what the file is for
        button.click()
    expect(card.get_by_role("link", name=name)).to_be_visible(timeout=PATIENCE)
