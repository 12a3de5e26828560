"""Checks of how cases end: each end is called what it is, and what ended stands no longer. 政策包检查：办结与结果"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from programmes.check_codes import FILE
from programmes.problems import Problem, problem
from programmes.schema import Close, Pack, Step, Text
from programmes.standing_paths import FILED, TITLE, States, Way, during, states_at, ways
from programmes.standing_paths import OVER as ENDED_BEFORE

BAD: Final = ("declined", "refused", "not_selected", "lapsed", "completed")
"""How a case may end that came to nothing; ``completed`` where something was granted before."""
GOOD: Final = ("completed",)
CLOSES: Final[Mapping[str, tuple[str, ...]]] = {
    "withdraw": ("withdrawn",),
    "discard": ("discarded",),
    "exit_library": ("exited",),
    "end_term": ("lapsed", "completed"),
    "agreed": ("revoked",),
    **dict.fromkeys(
        ("refused", "declined", "not_recommended", "not_corrected", "not_selected", "upheld"), BAD
    ),
    **dict.fromkeys(
        ("submitted", "filed", "selected", "cleared", "announced", "waived", "approved", "awarded"), GOOD
    ),
}
"""By command or outcome: what a case that ends there may be said to have come to."""
MOVING: Final = ("end_term", "exit_library", "request_award", "select_project")
"""Commands that do nothing but lead on."""
ENDED: Final = frozenset({"withdrawn", "lapsed"})
ENDS_WHAT_STOOD: Final = ("revoked", "exited", "lapsed")
"""How a case may end, besides, where a title or an entry has ended with it."""
OF_THE_APPLICATION: Final = frozenset({"withdraw", *(code for code, ends in CLOSES.items() if ends is BAD)})
"""Ends of what was applied for, which need not be what is held: a renewal may be withdrawn, and the title go on."""
OVER: Final[Mapping[str, str]] = {
    "revoked": "withdrawn",
    "lapsed": "lapsed",
    "exited": "lapsed",
    "withdrawn": "lapsed",
}
"""Closures after which a title or an entry stands no longer, and what is written of it."""


def check(pack: Pack) -> Iterator[Problem]:
    """Ends that are called something else, titles that outlast their end, ends of titles that were never given."""
    states = states_at(pack)
    for name, step in pack.programme.lifecycle.steps.items():
        where = f"lifecycle.steps.{name}"
        for code in MOVING:
            if code in step.commands and step.commands[code].to is None:
                yield problem(
                    FILE,
                    f"{where}.commands.{code}",
                    Text(zh="没有写明去向，办理后什么也不发生", en="it leads nowhere: nothing would happen"),
                    Text(
                        zh=f"请写明去向，例如 {code}: {{to: …}}", en=f"say where it leads: {code}: {{to: …}}"
                    ),
                )
        before = states.get(name, frozenset())
        ends = _ends(step, before)
        for code, found in ends.items():
            yield from _called(where, step, code, found)
            yield from _outlasting(where, step, code, found, before)
        if before:
            yield from _never_given(where, step, during(step, before))


def _ends(step: Step, before: States) -> dict[str, list[Way]]:
    """The ways in which a case ends here, by outcome or command."""
    found: dict[str, list[Way]] = {}
    for way in ways(step, before):
        if isinstance(way.target, Close):
            found.setdefault(way.label, []).append(way)
    return found


def _closure(found: list[Way]) -> str:
    target = found[0].target
    assert isinstance(target, Close)
    return target.close


def _called(where: str, step: Step, code: str, found: list[Way]) -> Iterator[Problem]:
    closure, allowed = _closure(found), CLOSES.get(code)
    if allowed is None or closure in allowed:
        return
    own = code in ("withdraw", "discard")
    if (
        not own
        and closure in ENDS_WHAT_STOOD
        and all(ENDED_BEFORE in way.after and TITLE not in way.after for way in found)
    ):
        return
    standing = not own and any(TITLE in way.after for way in found)
    actions = ", ".join(f"{way.action}: lapsed" for way in found)
    yield problem(
        FILE,
        f"{where}.{'commands' if code in step.commands else 'next'}.{code}",
        Text(
            zh=f"“{code}”不能以“{closure}”办结",
            en=f"a case that ends with {code!r} is not {closure!r}",
        ),
        Text(
            zh=f"可用：{'、'.join(allowed)}"
            + (
                f"；办结使称号或者入库状态终止的，在该环节写明 standing: {{{actions}}}，还可用"
                f"{'、'.join(ENDS_WHAT_STOOD)}"
                if standing
                else ""
            ),
            en=f"there are: {', '.join(allowed)}"
            + (
                f"; where the title or entry ends with it, write standing: {{{actions}}}, and "
                f"{', '.join(ENDS_WHAT_STOOD)} may be used"
                if standing
                else ""
            ),
        ),
    )


def _outlasting(where: str, step: Step, code: str, found: list[Way], before: States) -> Iterator[Problem]:
    """The case ends, and the register would go on showing what it had led to.

    Where a step is come to with a title and without one (a renewal is declared like a first application), the end of the
    application says nothing of the title.
    """
    status, application = OVER.get(_closure(found)), code in OF_THE_APPLICATION
    if status is None or TITLE not in before or (application and before != {TITLE}):
        return
    silent = [way.action for way in found if TITLE in way.after]
    if silent:
        actions = ", ".join(f"{action}: {status}" for action in silent)
        yield problem(
            FILE,
            f"{where}.standing",
            Text(
                zh=f"“{code}”办结后，称号或者入库状态仍然有效",
                en=f"the title or entry would still stand after {code!r}",
            ),
            Text(
                zh=f"请在该环节写明 standing: {{{actions}}}"
                + ("；称号继续有效的，不以办结为去向，改为回到原环节" if application else ""),
                en=f"write standing: {{{actions}}} in the step"
                + ("; where the title goes on, lead back to its step instead" if application else ""),
            ),
        )


def _never_given(where: str, step: Step, anytime: States) -> Iterator[Problem]:
    """An end is written where nothing can have stood before."""
    for action, status in step.standing.items():
        if status in ENDED and not anytime & {TITLE, FILED, ENDED_BEFORE}:
            yield problem(
                FILE,
                f"{where}.standing.{action}",
                Text(
                    zh="此前没有任何动作写入结果（standing），无从失效或者撤销",
                    en="no action before this gives a standing that could end",
                ),
                Text(
                    zh="请在批准（备案、入库）的动作写明 standing，例如 standing: {approve: accredited}",
                    en="write the standing at the action that gives it: standing: {approve: accredited}",
                ),
            )
