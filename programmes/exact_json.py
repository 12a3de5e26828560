"""Reading JSON with exact numbers, for the commands that judge data from a file. 数据文件"""

from __future__ import annotations

import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import gettext as _

MAX_DIGITS = 200
"""More digits, before or behind the point, no amount has: such a number is refused before anybody counts with it."""


class DataError(ValueError):
    """A file that cannot be read, is no JSON, or has not the shape that was asked for; the message says where."""


def read_json(path: Path) -> Any:
    """The content of a JSON file (``-``: standard input): fractions as Decimal, never as float.

    Raises DataError when there is no such file, it is not UTF-8, not JSON (with line and column), or has a number beyond
    MAX_DIGITS or half a character (a lone surrogate) in it.
    """
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(_("“%(file)s”不是 UTF-8 编码。") % {"file": path}) from None
    except OSError as error:
        raise DataError(
            _("无法读取“%(file)s”：%(reason)s") % {"file": path, "reason": error.strerror}
        ) from None
    return parse_json(text, name=str(path))


def parse_json(text: str, *, name: str) -> Any:
    """As :func:`read_json`, for a text; ``name`` is what messages call it."""
    try:
        content = json.loads(text, parse_int=_whole, parse_float=_exact, parse_constant=_refuse_constant)
        if "\\ud" in text.lower():
            json.dumps(content, ensure_ascii=False, default=str).encode()
        return content
    except DataError:
        raise
    except UnicodeEncodeError:
        raise DataError(_("“%(file)s”中有不完整的字符（\\ud800 至 \\udfff）。") % {"file": name}) from None
    except json.JSONDecodeError as error:
        raise DataError(
            _("“%(file)s”不是有效的 JSON：第%(line)s行第%(column)s列：%(reason)s")
            % {"file": name, "line": error.lineno, "column": error.colno, "reason": error.msg}
        ) from None
    except RecursionError:
        raise DataError(_("“%(file)s”嵌套过深。") % {"file": name}) from None
    except ValueError as error:  # NaN, Infinity
        raise DataError(
            _("“%(file)s”不是有效的 JSON：%(reason)s") % {"file": name, "reason": error}
        ) from None


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _too_long(text)
    return int(text)


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _too_long(text) from None
    exponent = number.as_tuple().exponent
    if max(abs(number.adjusted()), abs(int(exponent))) > MAX_DIGITS:
        raise _too_long(text)
    return number


def _too_long(text: str) -> DataError:
    shown = text if len(text) <= 20 else text[:20] + "…"
    return DataError(
        _("数值“%(number)s”超出可以计算的范围（小数点前后各%(digits)s位）。")
        % {"number": shown, "digits": MAX_DIGITS}
    )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
