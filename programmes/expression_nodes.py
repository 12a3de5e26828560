"""Walking the engine's syntax tree: what is refused, and how ``and``, ``or`` and ``null`` are made three-valued.

rule-engine types an expression but lets a truth value be anything, compares unlike things as merely unequal, and knows
no missing value. Three adjustments are made to each tree after it has been built; nothing of the library is replaced.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from rule_engine import ast
from rule_engine.types import DataType

from programmes.expression_dates import FUNCTIONS
from programmes.schema import Text

ASKING = "?"
"""Put before a name that is asked for null: no symbol can contain it, and the resolvers below understand it."""

ALLOWED_BUILTINS = frozenset({"abs", "all", "any", "max", "min", "sum", *FUNCTIONS})
"""The others tell the time, draw lots or build endless lists."""

ALLOWED_ATTRIBUTES = frozenset(
    {"ceiling", "date", "day", "days", "ends_with", "floor", "is_empty", "length", "month", "starts_with",
     "to_ary", "to_set", "to_str", "year"}
)  # fmt: skip
MAX_NODES = 400


class Missing(Exception):
    """A fact that an expression needs is absent. Not an engine error, so that no part of the engine swallows it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class _Part:
    """A record or row. Opaque, because the engine would take a mapping for a MAPPING, which it is not declared as."""

    __slots__ = ("name", "values")

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self.name = name
        self.values = values


def resolve(mappings: Collection[str], facts: Mapping[str, Any], name: str) -> Any:
    """The engine's question for a fact: Missing when it is absent or None, unless asked for null.

    ``mappings`` names the facts that are declared as mappings; any other mapping is a record.
    """
    asked = name.removeprefix(ASKING)
    given = facts.get(asked) if asked in mappings else None
    if not isinstance(given, Mapping):
        return _value(facts, name, "")
    return {str(key): _value(given, str(key), f"{asked}.") for key in given}


def attribute_of(record: Any, name: str) -> Any:
    """The engine's question for a part of a record or row: Missing as above."""
    if not isinstance(record, _Part):
        return _value({}, name, "")
    return _value(record.values, name, f"{record.name}.")


def _value(values: Mapping[str, Any], name: str, owner: str) -> Any:
    asked = name.removeprefix(ASKING)
    value = _opaque(values.get(asked), owner + asked)
    if value is None and asked == name:
        raise Missing(owner + name)
    return value


def _opaque(value: Any, name: str) -> Any:
    match value:
        case float():  # not exact: as good as missing
            return None
        case Mapping():
            return _Part(name, value)
        case list() | tuple():
            return tuple(_opaque(item, f"{name}[{number}]") for number, item in enumerate(value, 1))
    return value


def children(node: Any) -> Iterator[Any]:
    """The expressions directly under ``node``."""
    for attribute in CHILDREN:
        child = getattr(node, attribute, None)
        if isinstance(child, ast.ExpressionBase):
            yield child
    if isinstance(node, ast.FunctionCallExpression):
        yield from node.arguments
    if isinstance(node, ast.MappingExpression):
        for key, value in node.value:
            yield key
            yield value
    elif isinstance(node, ast.ArrayExpression | ast.SetExpression):
        yield from node.value


CHILDREN = (
    "left", "right", "condition", "case_true", "case_false", "container", "item", "start", "stop", "member", "object",
    "function", "iterable", "result",
)  # fmt: skip


def walk(root: Any) -> Iterator[Any]:
    """``root`` and everything under it."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def check_tree(root: Any, text: str) -> None:
    """ExpressionError for what the engine would let pass and a policy must not: see the module's head."""
    for count, node in enumerate(walk(root)):
        if count > MAX_NODES:
            raise _error("表达式过于复杂", "the expression is too large", text)
        _check_node(node, text)


def _check_node(node: Any, text: str) -> None:
    match node:
        case ast.LogicExpression():
            _require_boolean(node.left, text)
            _require_boolean(node.right, text)
        case ast.UnaryExpression() if node.type == "not":
            _require_boolean(node.right, text)
        case ast.TernaryExpression():
            _require_boolean(node.condition, text)
            _require_comparable(node.case_true, node.case_false, text)
        case ast.ComprehensionExpression() if node.condition is not None:
            _require_boolean(node.condition, text)
        case ast.ComparisonExpression():
            _require_comparable(node.left, node.right, text)
        case ast.ContainsExpression():
            _require_member(node, text)
        case ast.SymbolExpression() if node.scope is not None and node.name not in ALLOWED_BUILTINS:
            raise _error(f"不允许使用“${node.name}”", f"${node.name} is not allowed", text)
        case ast.GetAttributeExpression():
            _check_attribute(node, text)


def _check_attribute(node: Any, text: str) -> None:
    owner = DataType.NULLABLE.unwrap(node.object.result_type)
    if not DataType.is_type(owner, DataType.OBJECT) and node.name not in ALLOWED_ATTRIBUTES:
        raise _error(f"不允许使用“.{node.name}”", f".{node.name} is not allowed", text)


def _require_boolean(node: Any, text: str) -> None:
    if DataType.NULLABLE.unwrap(node.result_type) != DataType.BOOLEAN:
        raise _error(
            "“and”“or”“not”“?”两侧应为是否判断", "and, or, not and ? take true or false, nothing else", text
        )


def _known(node: Any) -> Any | None:
    """The node's type, or None when it is null or uncertain."""
    kind = DataType.NULLABLE.unwrap(node.result_type)
    return None if kind in (DataType.UNDEFINED, DataType.NULL) else kind


def _require_comparable(left: Any, right: Any, text: str) -> None:
    one, other = _known(left), _known(right)
    if one is not None and other is not None and not DataType.is_compatible(one, other):
        this, that = _names(one, other)
        raise _error(
            f"{this.zh}与{that.zh}不能相互比较", f"{this.en} and {that.en} never compare equal", text
        )


def _require_member(node: Any, text: str) -> None:
    member, container = _known(node.member), _known(node.container)
    inner = getattr(container, "value_type", None) or getattr(container, "key_type", None)
    if member is None or inner is None or inner == DataType.UNDEFINED:
        return
    if not DataType.is_compatible(member, inner):
        listed, sought = _names(inner, member)
        raise _error(
            f"列表中都是{listed.zh}，不会有{sought.zh}",
            f"{sought.en} is never in a list of which each is {listed.en}",
            text,
        )


def make_three_valued(root: Any) -> None:
    """Let ``and``/``or`` decide from the known side, and let ``== null``, ``!= null``, ``??`` see what is missing."""
    for node in list(walk(root)):
        match node:
            case ast.LogicExpression():
                decisive = node.type == "or"
                node._evaluator = functools.partial(_either, node.left, node.right, decisive)
            case ast.ComparisonExpression() if type(node) is ast.ComparisonExpression:
                if isinstance(node.right, ast.NullExpression):
                    _ask(node.left)
                if isinstance(node.left, ast.NullExpression):
                    _ask(node.right)
                if any(DataType.is_type(_known(side), DataType.MAPPING) for side in (node.left, node.right)):
                    node._evaluator = functools.partial(_alike, node.left, node.right, node.type == "eq")
            case ast.CoalesceExpression():
                _ask(node.left)


def _either(left: Any, right: Any, decisive: bool, facts: Any) -> bool:
    """``or`` (decisive True) and ``and`` (decisive False) after Kleene: a known decisive side settles it."""
    try:
        if bool(left.evaluate(facts)) is decisive:
            return decisive
    except Exception:
        if bool(right.evaluate(facts)) is decisive:
            return decisive
        raise
    return bool(right.evaluate(facts))


def _alike(left: Any, right: Any, wanted: bool, facts: Any) -> bool:
    """Mappings are equal when they say the same, in whatever order; the engine's own compare the order too."""
    one, other = left.evaluate(facts), right.evaluate(facts)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return (dict(one) == dict(other)) is wanted
    return (one is None and other is None) is wanted


def _ask(node: Any) -> None:
    if isinstance(node, ast.SymbolExpression | ast.GetAttributeExpression) and not node.name.startswith(
        ASKING
    ):
        node.name = ASKING + node.name
    if isinstance(node, ast.GetAttributeExpression):
        _ask(node.object)  # of a form that is not there, no field is there


def _names(*kinds: Any) -> list[Text]:
    """What people call these types."""
    from programmes.expression_types import name_of

    return [name_of(kind) for kind in kinds]


def _error(zh: str, en: str, text: str) -> Exception:
    from programmes.expression_types import ExpressionError

    return ExpressionError(Text(zh=zh, en=en), text=text)
