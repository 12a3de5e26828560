"""What people fill in: something sensible for whatever an action asks, and now and then rubbish."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from audit import clock
from cases.models import Case
from programmes.procedures import COMMANDS, Action, action_of
from tests.factories.cases import World
from workflows.acts.review import candidates, sitting

RUBBISH: tuple[Any, ...] = ("", None, "不是", -1, ["x"], {"points": {"x": "九"}}, "2020-13-45", "0" * 40)
PLAIN: dict[str, Callable[[], Any]] = {
    "boolean": lambda: True,
    "date": lambda: (clock.today() + dt.timedelta(days=60)).isoformat(),
    "integer": lambda: clock.today().year,
    "people": list,
    "sheet": dict,
    "items": dict,
    "scores": dict,
    "multi_choice": list,
    "defects": lambda: [{"target": "", "problem": "请补充说明。"}],
}
"""Ask type → a value; everything else is text."""


def spec_of(name: str) -> Action:
    """The action ``<procedure>.<action>`` or ``command.<action>``."""
    procedure, _sep, code = name.partition(".")
    return COMMANDS[code] if procedure == "command" else action_of(procedure, code)


class Pen:
    """Fills forms in, by the dice it was given."""

    def __init__(self, world: World, dice: random.Random) -> None:
        self.world, self.dice = world, dice

    def sensible(self, case: Case, name: str) -> dict[str, Any]:
        """Everything the action asks, so that it may well succeed."""
        special = self.SPECIAL.get(name)
        given: dict[str, Any] = special(self, case) if special else {}
        for ask in spec_of(name).asks:
            if ask.key not in given and (ask.required or self.dice.random() < 0.3):
                given[ask.key] = PLAIN.get(ask.type, lambda: "经研究，情况属实。")()
        return given | {"explanations": dict.fromkeys(case.edition.pack.rules, "情况特殊，已经研究同意。")}

    def spoilt(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same with one value gone wrong."""
        keys = [key for key in data if key != "explanations"]
        return data | {self.dice.choice(keys): self.dice.choice(RUBBISH)} if keys else data

    def _panel(self, case: Case) -> dict[str, Any]:
        pool = candidates(case)
        count = min(self.dice.choice([5, 5, 5, 4, 7]), len(pool))
        return {"experts": [str(user.public_id) for user in self.dice.sample(pool, count)]}

    def _replacement(self, case: Case) -> dict[str, Any]:
        seated = sitting(case) if self.dice.random() < 0.8 else set()
        free = [user for user in candidates(case) if user.pk not in seated]
        return {"experts": [str(user.public_id) for user in free[:1]]}

    def _sheet(self, case: Case) -> dict[str, Any]:
        return {
            "sheet": self.world.sheet(self.dice.choice([0.9, 0.9, 0.8, 0.4])),
            "comment": "建设成效明显。",
        }

    def _appraisal(self, case: Case) -> dict[str, Any]:
        year = clock.today().year + self.dice.choice([0, 0, 1, 2])
        return {"period": year, "kind": self.dice.choice(["composite", "composite", "assessment", "none"])}

    def _contents(self, case: Case) -> dict[str, Any]:
        items = case.edition.pack.programme.side["appraisal"].items["composite"]
        return {"items": dict.fromkeys(items, "进展良好。")}

    def _methods(self, case: Case) -> dict[str, Any]:
        return {"methods": ["info_report", "site_visit"]}

    def _objection(self, case: Case) -> dict[str, Any]:
        kind = self.dice.choice(["unit", "person", "anonymous"])
        return {"kind": kind, "name": "某公司", "contact": "0851", "content": "数据不实。"}

    def _suspect(self, case: Case) -> dict[str, Any]:
        expert = self.dice.choice(self.world.experts).user
        assert expert is not None
        return {"expert": [str(expert.public_id)], "reason": "收受礼金。"}

    def _suspicion(self, case: Case) -> dict[str, Any]:
        row = case.misconducts.filter(status="reported").order_by("pk").first()
        return {"misconduct": str(row.public_id) if row else "无", "reason": "经查。"}

    SPECIAL: dict[str, Callable[[Pen, Case], dict[str, Any]]] = {
        "review.assign_experts": _panel,
        "review.replace_expert": _replacement,
        "review.submit_score": _sheet,
        "command.start_appraisal": _appraisal,
        "appraise.submit_appraisal": _contents,
        "appraise.check_appraisal": _methods,
        "command.register_objection": _objection,
        "command.report_misconduct": _suspect,
        "command.confirm_misconduct": _suspicion,
        "command.clear_misconduct": _suspicion,
    }
