"""Shapes that law and national standards give: 统一社会信用代码, 行政区划代码, telephone numbers."""

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

_PHONE: Final = re.compile(
    r"""(?:\+?86-?|0086-?)?
    (?: 1[3-9]\d{9}                                          # a mobile
      | (?:\(0(?:10|2\d|[3-9]\d{2})\)|0(?:10|2\d|[3-9]\d{2}))-?[2-9]\d{6,7}  # area code and number,
        (?:(?:-|转|ext\.?)\d{1,6})?                           # with an extension
      | [48]00-?\d{3}-?\d{4}(?:(?:-|转|ext\.?)\d{1,6})? )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_HOTLINE: Final = re.compile(r"(?:0(?:10|2\d|[3-9]\d{2})-?)?(?:1[0-2]\d{3}|9[56]\d{3,4})", re.ASCII)
_MOBILE_GROUPED: Final = re.compile(r"(1[3-9]\d)-(\d{4})-(\d{4})", re.ASCII)
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))

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


def clean_phone(value: str) -> str:
    """``value`` as it is stored: half-width, plain hyphens, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", value).translate(_DASHES).split())


def validate_phone(value: str) -> None:
    """Accept a telephone number of the mainland: a mobile, a landline with its area code (and extension), 400 or 800;

    else ValidationError saying how to write one. Whether it is in service is not asked.
    """
    number = _MOBILE_GROUPED.sub(r"\1\2\3", clean_phone(value).replace(" ", ""))
    if not _PHONE.fullmatch(number):
        raise ValidationError(
            _(
                "电话号码格式不正确：手机号码为11位；固定电话请加区号，如0851-87989000，"
                "有分机的如0851-87989000-8012。"
            ),
            code="phone",
        )


def validate_unit_phone(value: str) -> None:
    """Accept what :func:`validate_phone` accepts, and the short number of a public service: 12345, 95588, 0851-96567."""
    if not _HOTLINE.fullmatch(clean_phone(value).replace(" ", "")):
        validate_phone(value)


def clean_name(name: str) -> str:
    """``name`` as it is stored and looked up: single blanks, and full-width brackets where it is a Chinese
    name.

    Spreadsheets and policies write 贵州省(本级) and 贵州省（本级） for the same unit.
    """
    name = " ".join(name.split())
    return name.translate(_HALF_TO_FULL_BRACKETS) if _CHINESE.search(name) else name
