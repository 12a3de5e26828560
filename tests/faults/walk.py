"""A random walk through the doors: whatever the pages offer, done by whoever may do it, and now and then by somebody else.

Every attempt either succeeds or is refused with a reason; a refusal changes nothing; whatever happened, the case is whole.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from accounts.actors import Actor
from accounts.errors import Refusal
from audit import clock
from audit.models import Chain
from cases import policy
from cases.models import Case, Deadline
from cases.relations import relations_of
from programmes.procedures import COMMANDS, Action, action_of
from tests.factories.cases import World
from tests.faults.invariants import check
from workflows import engine
from workflows.acts.review import candidates, sitting
from workflows.dispatcher import run_once
from workflows.drawing import draw_experts
from workflows.explain import Offer, offers_for
from workflows.items import open_items_of
from workflows.models import WorkItem
from workflows.objections import lodge_objection

SELDOM = {
    **dict.fromkeys(
        ("command.discard", "command.withdraw", "file.refuse_filing", "review.fail_initial"), 0.05
    ),
    **dict.fromkeys(("review.reject", "accredit.refuse_approval", "publicize.uphold_objection"), 0.1),
    **dict.fromkeys(
        ("command.report_misconduct", "command.publish_case_study", "command.report_progress"), 0.1
    ),
    **dict.fromkeys(("file.return_for_correction", "build.change_plan", "appraise.return_appraisal"), 0.2),
    **dict.fromkeys(("command.confirm_misconduct", "command.start_appraisal"), 0.3),
    "review.recuse": 0.1,
}
"""How often an offer is looked at, where not always: endings and detours, on which a walk would spend its time."""
RUBBISH: tuple[Any, ...] = ("", None, "不是", -1, ["x"], {"points": {"x": "九"}}, "2020-13-45", "0" * 40)


@dataclasses.dataclass(frozen=True)
class Attempt:
    """One thing somebody tried: ``refused`` is the refusal's code ('' = it was done)."""

    name: str
    refused: str = ""


Move = tuple[Callable[["Walk", Case], "Attempt | None"], int]


class Walk:
    """Cases of one world, walked at random; the same seed walks the same way."""

    def __init__(self, world: World, cases: list[Case], seed: int) -> None:
        self.world, self.cases, self.seed = world, cases, seed
        self.random = random.Random(seed)
        self.attempts: list[Attempt] = []
        self.actors = [
            *(world.applicant, world.officer, world.officer2, world.chief, world.approver, world.supervisor),
            *(world.other_applicant, *world.experts),
        ]

    @property
    def done(self) -> set[str]:
        """What has been done at least once."""
        return {attempt.name for attempt in self.attempts if not attempt.refused}

    @property
    def refusals(self) -> set[str]:
        """The codes of the refusals met."""
        return {attempt.refused for attempt in self.attempts if attempt.refused}

    def go(self, steps: int) -> None:
        """Take ``steps`` steps; raises AssertionError at the first case that is not whole."""
        for _ in range(steps):
            case = self._some_case()
            before = _fingerprint(case)
            attempt = self._step(case, [*PEOPLE, (Walk._time, 2)])
            if attempt is None:
                continue
            wrong = check(case)
            assert not wrong, f"after {self._story()}: {wrong}"
            if attempt.refused:
                assert _fingerprint(case) == before, f"the refusal of {self._story()} changed something"

    def rush(self, most: int, enough: Callable[[], bool]) -> None:
        """The same beside others who walk over the same cases, until there is ``enough``, ``most`` steps at the utmost:

        no step can be judged alone, and the clock stands.
        """
        for _ in range(most):
            if enough():
                return
            self._step(self._some_case(), PEOPLE)
            if self.random.random() < 0.1:
                run_once()

    def _step(self, case: Case, moves: list[Move]) -> Attempt | None:
        kinds, weights = [kind for kind, _ in moves], [weight for _, weight in moves]
        attempt = self.random.choices(kinds, weights)[0](self, case)
        if attempt is not None:
            self.attempts.append(attempt)
        return attempt

    def _story(self) -> str:
        return " → ".join(f"{a.name}{f' ({a.refused})' if a.refused else ''}" for a in self.attempts[-12:])

    def _some_case(self) -> Case:
        """Any case; closed ones seldom."""
        case = self.world.reread(self.random.choice(self.cases))
        if case.closure and self.random.random() < 0.8:
            case = self.world.reread(self.random.choice(self.cases))
        return case

    # -- what is tried ---------------------------------------------------------------------------------------------

    def _offered(self, case: Case) -> Attempt | None:
        """What the page offers somebody, with data that make sense (now and then: that do not).

        What has been tried least is tried first.
        """
        for actor in self.random.sample(self.actors, len(self.actors)):
            waiting = list(open_items_of(case))
            offers = [o for o in offers_for(case, actor, waiting, relations_of(actor, case)) if o.allowed]
            offers = [o for o in offers if self.random.random() < SELDOM.get(o.name, 1.0)]
            if offers:
                tried = Counter(attempt.name for attempt in self.attempts)
                curious = [1 / (1 + tried[offer.name]) for offer in offers]
                return self._take(case, actor, self.random.choices(offers, curious)[0])
        return None

    def _take(self, case: Case, actor: Actor, offer: Offer) -> Attempt:
        data = self._data(case, offer.name, offer.action, offer.item)
        if self.random.random() < 0.12:
            data = self._spoilt(data)
        if offer.item is not None and self.random.random() < 0.5:
            item = offer.item
            return self._try(
                offer.name,
                lambda: engine.complete(
                    item.public_id,
                    offer.action.code,
                    actor=actor,
                    data=data,
                    expected_version=item.version,
                    idempotency_key=f"walk-{self.seed}-{len(self.attempts)}-{case.pk}",
                ),
            )
        return self._try(offer.name, lambda: engine.act(case.public_id, offer.name, actor=actor, data=data))

    def _not_offered(self, case: Case) -> Attempt:
        """Any action of any procedure, by anybody."""
        name, actor = self.random.choice(policy.all_actions()), self.random.choice(self.actors)
        data = self._data(case, name, _spec(name), None)
        return self._try(name, lambda: engine.act(case.public_id, name, actor=actor, data=data))

    def _over_again(self, case: Case) -> Attempt | None:
        """A work item that may have been dealt with long ago."""
        items = list(case.items.order_by("id").exclude(procedure="command"))
        if not items:
            return None
        item = self.random.choice(items)
        done = [a for a in policy.all_actions() if a.startswith(f"{item.procedure}.")]
        name, actor = self.random.choice(done), self.random.choice(self.actors)
        data = self._data(case, name, _spec(name), item)
        return self._try(
            name, lambda: engine.complete(item.public_id, name.partition(".")[2], actor=actor, data=data)
        )

    def _stale(self, case: Case) -> Attempt:
        """A command from a page that was loaded before the last change."""
        attempt = self._try(
            "command.withdraw",
            lambda: engine.command(
                case.public_id,
                "withdraw",
                actor=self.world.applicant,
                data={"reason": "旧页面"},
                expected_version=case.version - 1,
            ),
        )
        assert attempt.refused, "a page that had gone stale was taken at its word"
        return attempt

    def _objection(self, case: Case) -> Attempt | None:
        """The public objects to any notice of the case, open or not."""
        notice = self.random.choice([None, *case.notices.order_by("id")])
        if notice is None:
            return None
        kind = self.random.choice(["unit", "person", "anonymous", "nobody"])
        return self._try(
            "public.object",
            lambda: lodge_objection(
                notice=notice, kind=kind, name="李某", contact="0851", content="数据不实。"
            ),
        )

    def _draw(self, case: Case) -> Attempt | None:
        """Experts are drawn by lot, whether or not they are asked for."""
        waiting = list(case.items.filter(procedure="review").order_by("id"))
        if not waiting:
            return None
        item = self.random.choice(waiting)
        return self._try(
            "review.draw", lambda: draw_experts(item_id=item.public_id, actor=self.world.officer)
        )

    def _time(self, case: Case) -> Attempt:
        """Days go by; what has fallen due is fired, and nothing of it fails."""
        clock.set_clock(clock.now() + dt.timedelta(days=self.random.choice([1, 1, 3, 8, 40]), hours=5))
        while run_once():
            continue
        failed = Deadline.objects.exclude(last_error="").values_list("duty", "last_error")
        assert not failed, f"after {self._story()}: time limits failed: {list(failed)}"
        for other in self.cases:
            wrong = check(other)
            assert not wrong, f"after {self._story()} and some days: {wrong}"
        return Attempt("time")

    @staticmethod
    def _try(name: str, attempt: Callable[[], object]) -> Attempt:
        try:
            attempt()
        except Refusal as refusal:
            assert refusal.code
            assert str(refusal.message).strip(), f"{name} was refused without a word"
            return Attempt(name, refusal.code)
        return Attempt(name)

    # -- with what -------------------------------------------------------------------------------------------------

    def _data(self, case: Case, name: str, action: Action, item: WorkItem | None) -> dict[str, Any]:
        """Something sensible for everything the action asks."""
        special = getattr(self, f"_for_{name.replace('.', '_')}", None)
        given: dict[str, Any] = special(case, item) if special else {}
        for ask in action.asks:
            if ask.key not in given and (ask.required or self.random.random() < 0.3):
                given[ask.key] = _PLAIN.get(ask.type, lambda: "经研究，情况属实。")()
        return given | {"explanations": dict.fromkeys(case.edition.pack.rules, "情况特殊，已经研究同意。")}

    def _spoilt(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same with one value gone wrong."""
        keys = [key for key in data if key != "explanations"]
        return data | {self.random.choice(keys): self.random.choice(RUBBISH)} if keys else data

    def _for_review_assign_experts(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        pool = candidates(case)
        count = self.random.choice([5, 5, 5, 4, 7])
        return {"experts": [str(u.public_id) for u in self.random.sample(pool, min(count, len(pool)))]}

    def _for_review_replace_expert(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        seated = sitting(case) if self.random.random() < 0.8 else set()
        pool = [u for u in candidates(case) if u.pk not in seated]
        return {"experts": [str(u.public_id) for u in pool[:1]]}

    def _for_review_submit_score(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        return {
            "sheet": self.world.sheet(self.random.choice([0.9, 0.9, 0.8, 0.4])),
            "comment": "建设成效明显。",
        }

    def _for_command_start_appraisal(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        kinds = ["composite", "composite", "assessment", "none"]
        year = clock.today().year + self.random.choice([0, 0, 1, 2])
        return {"period": year, "kind": self.random.choice(kinds)}

    def _for_appraise_submit_appraisal(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        items = case.edition.pack.programme.side["appraisal"].items["composite"]
        return {"items": dict.fromkeys(items, "进展良好。")}

    def _for_appraise_check_appraisal(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        return {"methods": ["info_report", "site_visit"]}

    def _for_command_register_objection(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        kind = self.random.choice(["unit", "person", "anonymous"])
        return {"kind": kind, "name": "某公司", "contact": "0851", "content": "数据不实。"}

    def _for_command_report_misconduct(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        expert = self.random.choice(self.world.experts)
        assert expert.user is not None
        return {"expert": [str(expert.user.public_id)], "reason": "收受礼金。"}

    def _misconduct(self, case: Case) -> dict[str, Any]:
        row = case.misconducts.filter(status="reported").order_by("pk").first()
        return {"misconduct": str(row.public_id) if row else "无", "reason": "经查。"}

    def _for_command_confirm_misconduct(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        return self._misconduct(case)

    def _for_command_clear_misconduct(self, case: Case, item: WorkItem | None) -> dict[str, Any]:
        return self._misconduct(case)


PEOPLE: list[Move] = [
    (Walk._offered, 12),
    (Walk._not_offered, 2),
    (Walk._over_again, 1),
    (Walk._stale, 1),
    (Walk._objection, 1),
    (Walk._draw, 1),
]
"""What people try, and how often."""

_PLAIN: dict[str, Callable[[], Any]] = {
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


def _spec(name: str) -> Action:
    procedure, _sep, code = name.partition(".")
    return COMMANDS[code] if procedure == "command" else action_of(procedure, code)


def _fingerprint(case: Case) -> tuple[object, ...]:
    """What no refusal may change."""
    stored = Case.objects.get(pk=case.pk)
    return (
        (stored.version, stored.stage, stored.step, stored.run_no, stored.closure, stored.case_no),
        Chain.objects.get(pk=stored.chain_id).head_seq,
        list(case.items.order_by("pk").values_list("pk", "status", "version")),
        list(case.deadlines.order_by("pk").values_list("pk", "status", "due_at")),
        (case.decisions.count(), case.standings.count(), case.score_sheets.count(), case.notices.count()),
        (case.participations.count(), case.parties.count(), case.objections.count(), case.events.count()),
    )
