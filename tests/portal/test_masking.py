"""脱敏: enough to recognise one's own, no more."""

from __future__ import annotations

import pytest

from portal.masking import mask_contact, mask_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("王小明", "王**"), ("王", "王*"), (" 李雷 ", "李*"), ("贵州某公司", "贵****"), ("", ""), ("  ", "")],
)
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("13812345678", "138******78"),
        ("0851-87987000", "085******00"),
        ("wang@example.cn", "w***@example.cn"),
        ("wx_12", "wx****"),
        ("", ""),
    ],
)
def test_contacts(contact: str, shown: str) -> None:
    assert mask_contact(contact) == shown
