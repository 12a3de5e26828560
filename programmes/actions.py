"""What a procedure is made of: duties, actions, and what is asked with them. 动作与待办"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from programmes.schema import FormField, Text

Label = str | Promise | Text


def switched_on(param: str, params: Mapping[str, object]) -> bool:
    """Whether ``param`` ('' = always, ``name``, ``!name``) is on among these parameters."""
    if param.startswith("!"):
        return not params.get(param[1:])
    return not param or bool(params.get(param))


@dataclass(frozen=True)
class Ask:
    """A value asked with an action. ``type`` as in form fields, plus ``people`` (user public ids), ``sheet`` and ``defects``."""

    key: str
    label: Label
    type: str = "text"
    required: bool = True
    help: Label = ""
    field: FormField | None = None
    """The pack's own blank behind it, when the policy asks this (``Step.asks``)."""


@dataclass(frozen=True)
class Action:
    """Something a person (or, for deadlines, the system) may do. 动作"""

    code: str
    label: Label
    role: str
    """Role code that acts: applicant, operator, recommender, officer, chief, expert, approver, supervisor, system."""
    outcome: str = ""
    asks: tuple[Ask, ...] = ()
    tone: str = "primary"
    """primary | neutral | danger: how the button looks; danger asks for confirmation."""
    done: Label = ""
    """What the timeline says afterwards."""
    param: str = ""
    """The step parameter that switches this action on; ``!name``: it is off while that parameter is on; '' = always."""

    def offered(self, params: Mapping[str, object]) -> bool:
        """Whether a run with these parameters offers the action."""
        return switched_on(self.param, params)


@dataclass(frozen=True)
class Duty:
    """A waiting point of a procedure. 待办"""

    code: str
    title: Label
    role: str
    actions: tuple[Action, ...]
    param: str = ""
    """The step parameter that switches this duty on (as ``Action.param``); in brackets: what opens it beside the flow."""
    unless: str = ""
    """The step parameter (as ``param``) that rules out a duty that is opened beside the flow."""
    many: bool = False
    """One work item a person (experts) rather than one for the unit."""

    def active(self, params: Mapping[str, object]) -> bool:
        """Whether a run with these parameters has, or may come to have, the duty."""
        if self.unless and switched_on(self.unless, params):
            return False
        return self.param.startswith("(") or switched_on(self.param, params)


@dataclass(frozen=True)
class Procedure:
    """A kind of procedure. ``params`` lists the step parameters it understands, with their defaults."""

    code: str
    title: Label
    duties: tuple[Duty, ...]
    outcomes: tuple[str, ...]
    params: dict[str, object] = field(default_factory=dict)
    system: tuple[Action, ...] = ()
    """What the dispatcher does when a deadline is due."""


REASON = Ask("reason", _("理由"), "rich_text")
NOTE = Ask("reason", _("补正意见（一次性告知全部内容）"), "rich_text")
DEFECTS = Ask(
    "defects",
    _("补正事项（一次性告知全部内容）"),
    "defects",
    required=False,
    help=_("逐项写明涉及的内容、存在的问题和补正要求。提交后不能再增加。"),
)
REMARK = Ask("reason", _("补正意见"), "rich_text", required=False, help=_("已逐项列明的，可以不填。"))
CORRECTION = (DEFECTS, REMARK)
"""What is asked with a return for correction: the list, complete and once; words for what no list holds."""
OPINION = Ask("opinion", _("意见"), "rich_text", required=False)
