"""Typed expressions over facts: what a pack computes and decides with. 表达式

The language is rule-engine's, typed against the pack when it loads, with exact decimals. What is added here: a missing
input or a zero denominator makes the result *undecided*, with the reason, never an exception and never a pass; ``and``
and ``or`` decide from the side that is known; ``== null``, ``!= null`` and ``??`` ask whether an input is there.
"""

from __future__ import annotations

import datetime as dt
import decimal
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import rule_engine
from rule_engine import errors as engine_errors

from audit.clock import SHANGHAI
from programmes import expression_types
from programmes.expression_dates import with_dates
from programmes.expression_nodes import Missing, check_tree, make_three_valued, resolve
from programmes.expression_types import ExpressionError, Record, Rows, Type
from programmes.schema import FactType, Text

__all__ = ["Expression", "ExpressionError", "Record", "Rows", "Type", "Undecided", "compile_expression"]

Value = bool | Decimal | str | dt.datetime | dt.date | tuple[Any, ...] | None

MAX_LENGTH = 2000
EXACT = decimal.Context(
    prec=60,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[decimal.DivisionByZero, decimal.InvalidOperation, decimal.Overflow],
)
"""Sixty digits: a quotient of two amounts is never rounded across a threshold."""

STRING = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""", re.DOTALL)
BANNED = re.compile(r"\*\*|<<|>>|=~|!~|\^|#|\b[bt](?=\x00)|\b(?:nan|inf)\b")
"""Powers and shifts explode, patterns can hang, remarks belong in the pack's own notes. NUL stands for a string."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """未定: an input is missing or nothing can be computed. ``inputs`` names what is to blame, where that is known."""

    reason: Text
    inputs: tuple[str, ...] = ()
    missing: bool = False
    """The inputs are simply not there, rather than of a wrong kind."""

    def __bool__(self) -> bool:
        """Never a pass, not even by mistake."""
        raise TypeError("an undecided result is neither true nor false")


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression. ``names`` are the facts it reads; ``expects`` is what it evaluates to, when declared."""

    text: str
    names: frozenset[str]
    expects: FactType | None
    _rule: Any = field(repr=False, compare=False)

    def require(self, kind: FactType) -> None:
        """ExpressionError unless the result is of this type."""
        expression_types.require(self._rule.statement.expression.result_type, kind, self.text)

    def evaluate(self, facts: Mapping[str, Any]) -> Value | Undecided:
        """The value over ``facts``: bool, Decimal, str, date, datetime, tuple or None; or Undecided. Never raises.

        A fact that is absent or None is missing. Numbers are Decimal (or int); a float would not be exact and counts
        as missing.
        """
        try:
            value = self._rule.evaluate(facts)
        except Missing as missing:
            return _lacking(missing.name)
        except (ArithmeticError, engine_errors.ArithmeticError) as error:
            return Undecided(_arithmetic(error))
        except engine_errors.SymbolTypeError as error:
            name = error.symbol_name.lstrip("?")
            return Undecided(Text(zh=f"“{name}”的取值类型不符", en=f"{name} is of another type"), (name,))
        except Exception as error:  # whatever a fact's value makes the engine do, the rule is undecided
            return Undecided(
                Text(zh="取值的类型或者结构无法用于计算", en=f"cannot be computed: {_message(error)}")
            )
        return _converted(value, self.expects)


def compile_expression(
    text: str, types: Mapping[str, Type], *, expects: FactType | None = None
) -> Expression:
    """Compile ``text`` against the types of the facts it may read.

    ``expects`` demands a result type. Raises ExpressionError, with the place where it is known, for a syntax error, an
    unknown name, operands that do not go together, a construct that is not allowed, or another result type.
    """
    _refuse_banned(text)
    resolver = expression_types.resolver(types)
    context = rule_engine.Context(
        type_resolver=resolver,
        resolver=functools.partial(resolve, expression_types.mappings(types)),
        default_timezone=SHANGHAI,
        decimal_context=EXACT,
        mapping_attribute_lookup=False,
    )
    context.builtins = with_dates()
    try:
        with decimal.localcontext(EXACT):  # constants are folded while parsing
            rule = rule_engine.Rule(text, context=context)
    except ExpressionError:
        raise
    except engine_errors.RuleSyntaxError as error:
        raise _syntax(error, text) from None
    except engine_errors.SymbolResolutionError as error:
        raise expression_types.unknown(error.symbol_name, text, types) from None
    except engine_errors.AttributeResolutionError as error:
        raise expression_types.unknown_attribute(error, text) from None
    except Exception as error:
        raise _untypable(error) from None
    root = rule.statement.expression
    check_tree(root, text)
    if expects is not None:
        expression_types.require(root.result_type, expects, text)
    make_three_valued(root)
    return Expression(text, frozenset(context.symbols) & frozenset(types), expects, rule)


def _refuse_banned(text: str) -> None:
    if not text.strip():
        raise ExpressionError(Text(zh="表达式为空", en="the expression is empty"))
    if len(text) > MAX_LENGTH:
        raise ExpressionError(Text(zh=f"表达式超过{MAX_LENGTH}字", en=f"longer than {MAX_LENGTH} characters"))
    # Keep every offset: a string becomes as many NULs. Date literals d"…" pass, bytes b"…" and spans t"…" do not.
    bare = STRING.sub(lambda match: "\x00" * len(match[0]), text)
    found = BANNED.search(bare)
    if found:
        shown = found[0].strip("\x00")
        raise ExpressionError(
            Text(zh=f"不允许使用“{shown}”", en=f"{shown!r} is not allowed"), place=found.start(), text=text
        )


def _syntax(error: Any, text: str) -> ExpressionError:
    token = getattr(error, "token", None)
    if token is None:
        return ExpressionError(
            Text(zh="表达式不完整", en="the expression is incomplete"), place=len(text), text=text
        )
    shown = str(token.value)[:20]
    return ExpressionError(
        Text(zh=f"“{shown}”处语法有误", en=f"syntax error at {shown!r}"), place=int(token.lexpos), text=text
    )


def _untypable(error: Exception) -> ExpressionError:
    if isinstance(error, engine_errors.ArithmeticError | ArithmeticError):
        return ExpressionError(Text(zh="常数运算无法进行（除数为零）", en="a constant divides by zero"))
    message = _message(error)
    return ExpressionError(Text(zh=f"数据类型不匹配（{message}）", en=message))


def _message(error: Exception) -> str:
    return str(getattr(error, "message", "") or error or type(error).__name__)


def _lacking(name: str) -> Undecided:
    return Undecided(Text(zh=f"缺少“{name}”", en=f"{name} is missing"), (name,), missing=True)


def _arithmetic(error: Exception) -> Text:
    if isinstance(error, decimal.Overflow) or isinstance(error.__context__, decimal.Overflow):
        return Text(zh="数值超出可计算的范围", en="the number is out of range")
    return Text(zh="除数为零，无法计算", en="division by zero")


@functools.singledispatch
def _plain(value: Any) -> Any:
    return value


@_plain.register
def _(value: tuple) -> tuple[Any, ...]:  # type: ignore[type-arg]
    return tuple(_plain(item) for item in value)


@_plain.register
def _(value: set) -> frozenset[Any]:  # type: ignore[type-arg]
    return frozenset(value)


def _converted(value: Any, expects: FactType | None) -> Value | Undecided:
    if isinstance(value, Decimal) and not value.is_finite():
        return Undecided(Text(zh="数值超出可计算的范围", en="the number is out of range"))
    if expects == "date" and isinstance(value, dt.datetime):
        return value.astimezone(SHANGHAI).date()
    if value is None and expects is not None:
        return Undecided(Text(zh="计算结果为空", en="the result is empty"))
    plain: Value = _plain(value)
    return plain
