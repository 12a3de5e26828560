"""Shapes that law and national standards give: 统一社会信用代码 and 行政区划代码."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

# stdnum.cn.uscc.validate() refuses letters in front, yet GB 32100-2015 registers bodies under A, N and Y
# (village collectives are N2…). So the shape is ours and the arithmetic is stdnum's.
_USCC_SHAPE: Final = re.compile(r"[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_USCC_LENGTH: Final = 18

_HALF_TO_FULL_BRACKETS: Final = str.maketrans("()", "（）")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")

validate_region_code = RegexValidator(
    r"\A[1-9][0-9]{5}\Z", _("行政区划代码应为6位数字（GB/T 2260）。"), code="region_code"
)
"""GB/T 2260: six digits. Whether the region exists is not asked: codes are reissued every year."""

validate_authority_code = RegexValidator(
    r"\A[a-z][a-z0-9-]{1,31}\Z",
    _("代码应以小写字母开头，由小写字母、数字和连字符组成，长度为2至32个字符。"),
    code="authority_code",
)


def compact_uscc(value: str) -> str:
    """``value`` without separators, in half-width capitals: what is stored and compared."""
    return uscc.compact(unicodedata.normalize("NFKC", value))


def validate_uscc(value: str) -> None:
    """Accept a 统一社会信用代码 of GB 32100-2015 with a right check character; else ValidationError saying
    what is wrong.
    """
    number = compact_uscc(value)
    if len(number) != _USCC_LENGTH:
        raise ValidationError(_("统一社会信用代码应为18位，请核对。"), code="uscc_length")
    if not _USCC_SHAPE.fullmatch(number):
        raise ValidationError(
            _("统一社会信用代码格式不正确：第3至8位应为数字，其余各位不使用字母I、O、S、V、Z。"),
            code="uscc_shape",
        )
    if uscc.calc_check_digit(number) != number[-1]:
        raise ValidationError(_("统一社会信用代码的校验码不正确，请核对是否录入有误。"), code="uscc_checksum")


def clean_name(name: str) -> str:
    """``name`` as it is stored and looked up: single blanks, and full-width brackets where it is a Chinese
    name.

    Spreadsheets and policies write 贵州省(本级) and 贵州省（本级） for the same unit.
    """
    name = " ".join(name.split())
    return name.translate(_HALF_TO_FULL_BRACKETS) if _CHINESE.search(name) else name
