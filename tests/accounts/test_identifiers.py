"""统一社会信用代码, 行政区划代码 and names: what is accepted, and what is said when not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.validators import (
    clean_name,
    compact_uscc,
    validate_authority_code,
    validate_region_code,
    validate_uscc,
)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("91110000600037341L", id="enterprise"),
        pytest.param("125201004292012348", id="public institution"),
        pytest.param("11520100MB1A000013", id="government office"),
        pytest.param("N2520102MF0000012K", id="village collective, registered by agriculture"),
        pytest.param("A1110000600037341K", id="registered under A"),
        pytest.param("91110000600037341l", id="small letters"),
        pytest.param(" 9111 0000-6000 37341L ", id="blanks and hyphens"),
        pytest.param("９１１１００００６０００３７３４１Ｌ", id="full-width"),
    ],
)
def test_right_uscc_is_accepted(number: str) -> None:
    validate_uscc(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param("91110000600037341", "uscc_length", id="17"),
        pytest.param("91110000600037341LL", "uscc_length", id="19"),
        pytest.param("600037341", "uscc_length", id="old organisation code"),
        pytest.param("91110000600037341M", "uscc_checksum", id="wrong check character"),
        pytest.param("91110000600037314L", "uscc_checksum", id="two digits swapped"),
        pytest.param("91110000600O37341L", "uscc_shape", id="letter O for zero"),
        pytest.param("91110000I00037341L", "uscc_shape", id="letter I for one"),
        pytest.param("9111A000600037341L", "uscc_shape", id="letter in the region"),
        pytest.param("B1110000600037341L", "uscc_shape", id="no such registering department"),
        pytest.param("统一社会信用代码统一社会信用代码十八", "uscc_shape", id="words"),
    ],
)
def test_wrong_uscc_is_refused_with_what_is_wrong(number: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_uscc(number)
    assert refused.value.code == code
    assert "统一社会信用代码" in refused.value.message


def test_uscc_is_stored_in_half_width_capitals() -> None:
    assert compact_uscc("９１１１ 0000-600037341l") == "91110000600037341L"


@pytest.mark.parametrize("code", ["520100", "110000", "820000"])
def test_region_code_of_six_digits_is_accepted(code: str) -> None:
    validate_region_code(code)


@pytest.mark.parametrize("code", ["52010", "5201000", "052010", "52o100", "520100\n", "５２０１００"])
def test_region_code_of_another_shape_is_refused(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_region_code(code)


@pytest.mark.parametrize("code", ["", "G", "Guiyang", "1gy", "gui yang", "贵阳", "g" * 33])
def test_authority_code_is_stable_ascii(code: str) -> None:
    with pytest.raises(ValidationError):
        validate_authority_code(code)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("  贵阳市  大数据局 ", "贵阳市 大数据局"),
        ("贵州省(本级)", "贵州省（本级）"),
        ("贵州省（本级）", "贵州省（本级）"),
        ("Foxconn (Guizhou) Ltd.", "Foxconn (Guizhou) Ltd."),
        ("", ""),
    ],
)
def test_names_are_stored_in_one_writing(written: str, stored: str) -> None:
    assert clean_name(written) == stored
