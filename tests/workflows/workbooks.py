"""Spreadsheets as people and attackers make them. 测试用工作簿"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def saved(book: openpyxl.Workbook) -> bytes:
    """The file."""
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def workbook(rows: Iterable[Sequence[Any]], title: str = "Sheet1") -> bytes:
    """A plain workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def opened(content: bytes, *, data_only: bool = False) -> openpyxl.Workbook:
    """A file of ours, opened again."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)


def raw_workbook(
    rows: str, *, prolog: str = DECLARED, shared: str = "", dimension: str = "A1:C10", **more: bytes
) -> bytes:
    """A workbook written by hand: ``rows`` is what stands in its ``sheetData``; ``more`` are further parts by name."""
    extra = (
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/>'
        if shared
        else ""
    )
    parts = {
        "[Content_Types].xml": f'{DECLARED}<Types xmlns="{TYPES}"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>{extra}</Types>',
        "_rels/.rels": f'{DECLARED}<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{DECLARED}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{DECLARED}<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        + (
            f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
            if shared
            else ""
        )
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>",
    }
    if shared:
        parts["xl/sharedStrings.xml"] = shared
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **more}.items():
            archive.writestr(name, content)
    return held.getvalue()


def line(number: int, *values: str) -> str:
    """A row of texts, as XML."""
    cells = "".join(
        f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
        for place, value in enumerate(values)
    )
    return f'<row r="{number}">{cells}</row>'
