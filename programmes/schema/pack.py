"""A whole pack. 政策包"""

from __future__ import annotations

from typing import Any

from pydantic import PrivateAttr

from programmes.schema.base import Clause, Code, Spec, Text
from programmes.schema.eligibility import Eligibility
from programmes.schema.forms import Form
from programmes.schema.programme import Programme
from programmes.schema.rubrics import Rubric
from programmes.schema.rules import ContextFact, Rule


class Letter(Spec):
    """A letter or reminder, Markdown with ``{{ name }}`` placeholders. 文书"""

    code: Code
    title: Text
    clause: str = ""
    body: str


class Pack(Spec):
    """A whole pack, as loaded."""

    programme: Programme
    clauses: dict[str, Clause]
    forms: dict[str, Form]
    context: dict[str, ContextFact]
    rules: dict[str, Rule]
    rubrics: dict[str, Rubric]
    letters: dict[str, Letter]
    eligibility: Eligibility = Eligibility()
    scenarios: dict[str, str]
    """File name → YAML text of the pack's own tests."""
    _compiled: dict[str, Any] = PrivateAttr(default_factory=dict)
    """What was worked out from this pack once (compiled rules); no part of the data."""
