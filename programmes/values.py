"""A value that the pack computes by an expression of its own, such as the tier of a base. 计算值"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from programmes.expressions import Undecided, Value
from programmes.rule_context import resolve_context
from programmes.schema import Pack
from programmes.scope import compiled


def evaluate_value(
    pack: Pack,
    text: str,
    *,
    form_data: Mapping[str, Mapping[str, Any]],
    system_facts: Mapping[str, Any],
    slots: Mapping[str, Any] | None = None,
) -> Value:
    """The value of an expression over the pack's forms and context; None when an input is missing.

    Facts of the catalogue are looked up only when the expression reads them. Raises ExpressionError for an expression
    that the checks would not have let pass.
    """
    expression = compiled(pack, text)
    values = resolve_context(
        pack,
        form_data=form_data,
        system_facts=system_facts,
        action_data={},
        slots=slots or {},
        names=expression.names,
    )
    value = expression.evaluate(values)
    return None if isinstance(value, Undecided) else value
