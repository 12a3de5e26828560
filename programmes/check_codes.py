"""What the checks of programme.yaml share: codes that must exist, lengths of time, actions. 政策包检查：代码与期限"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from programmes.calendar import Duration, DurationError
from programmes.problems import Problem, describe, problem
from programmes.procedures import COMMANDS, PROCEDURES, Ask, Procedure
from programmes.schema import DeadlineSpec, FormField, Slot, Text

FILE = "programme.yaml"


def unknown_codes(
    where: str, given: Iterable[str], known: Collection[str], zh: str, en: str
) -> Iterator[Problem]:
    """A problem for each of ``given`` that is not ``known``; ``zh`` and ``en`` say what kind of thing it should be."""
    for code in given:
        if code not in known:
            yield problem(
                FILE,
                f"{where}.{code}",
                Text(zh=f"没有名为“{code}”的{zh}", en=f"no {en} named {code!r}"),
                Text(zh=f"可用：{'、'.join(sorted(known))}", en=f"there are: {', '.join(sorted(known))}"),
            )


def action_codes(procedure: Procedure | None) -> set[str]:
    """Everything that can be done in a procedure, by persons or by the system."""
    if procedure is None:
        return set()
    return {a.code for duty in procedure.duties for a in duty.actions} | {a.code for a in procedure.system}


def system_actions(procedure: Procedure) -> set[str]:
    """What the system may do in a procedure when time is up."""
    actions = [*(a for duty in procedure.duties for a in duty.actions), *procedure.system]
    return {action.code for action in actions if action.role == "system"}


RECORDABLE = frozenset(
    {
        "text",
        "rich_text",
        "integer",
        "decimal",
        "percent",
        "boolean",
        "date",
        "datetime",
        "choice",
        "multi_choice",
    }
)
"""Types of blanks that can be asked with an action."""


def asks_problems(
    where: str, asks: Mapping[str, tuple[FormField, ...]], actions: Collection[str]
) -> Iterator[Problem]:
    """What the policy has recorded with actions: the actions exist, the blanks are simple and have names of their own."""
    yield from unknown_codes(where, asks, actions, "动作", "action")
    for code, fields in asks.items():
        taken = {ask.key for ask in _asks_of(code)}
        for field in fields:
            if field.type not in RECORDABLE:
                yield problem(
                    FILE,
                    f"{where}.{code}.{field.key}",
                    Text(
                        zh=f"不能随动作记载“{field.type}”",
                        en=f"{field.type!r} cannot be asked with an action",
                    ),
                    Text(
                        zh=f"可用：{'、'.join(sorted(RECORDABLE))}",
                        en=f"there are: {', '.join(sorted(RECORDABLE))}",
                    ),
                )
            yield from _blank_problems(f"{where}.{code}.{field.key}", field)
            if field.key in taken:
                yield problem(
                    FILE,
                    f"{where}.{code}.{field.key}",
                    Text(zh="与该动作已有的填写项重名", en="the action asks something of that name already"),
                )
            taken.add(field.key)


def _blank_problems(where: str, field: FormField) -> Iterator[Problem]:
    """A blank that nobody could fill in."""
    codes = [choice.code for choice in field.choices]
    if field.type in ("choice", "multi_choice") and not codes:
        yield problem(
            FILE,
            where,
            Text(zh="选择项缺少 choices", en="a choice needs choices"),
            Text(zh="请写明 choices", en="write choices"),
        )
    if len(set(codes)) < len(codes):
        yield problem(FILE, where, Text(zh="选项重复", en="a choice is given twice"))
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield problem(FILE, where, Text(zh="minimum 大于 maximum", en="the minimum is above the maximum"))


def _asks_of(code: str) -> list[Ask]:
    """What any action or command of that code asks by itself."""
    actions = [a for p in PROCEDURES.values() for d in p.duties for a in d.actions] + list(COMMANDS.values())
    return [ask for action in actions if action.code == code for ask in action.asks]


def duration_problems(slots: Mapping[str, Slot], where: str, text: str) -> Iterator[Problem]:
    """A length of time, or the name of a slot that holds one."""
    slot = slots.get(text)
    if slot is not None:
        if slot.type != "duration":
            yield problem(
                FILE, where, Text(zh=f"待定值“{text}”不是期限", en=f"the slot {text!r} is no length of time")
            )
        return
    try:
        Duration.parse(text)
    except DurationError:
        yield problem(
            FILE,
            where,
            Text(
                zh=f"“{describe(text)}”既不是期限，也不是待定值",
                en=f"{describe(text)!r} is no length of time and no slot",
            ),
            Text(
                zh="期限写作 10 working_day、90 day、3 month 或者 1 year",
                en="write 10 working_day, 90 day, 3 month or 1 year",
            ),
        )


def deadline_problems(
    slots: Mapping[str, Slot],
    where: str,
    deadlines: Mapping[str, DeadlineSpec],
    duties: Collection[str],
    system: Collection[str],
) -> Iterator[Problem]:
    """Time limits by duty: the duty exists, the lengths can be read, what happens on expiry can happen."""
    yield from unknown_codes(where, deadlines, duties, "待办", "duty")
    for code, deadline in deadlines.items():
        yield from duration_problems(slots, f"{where}.{code}.within", deadline.within)
        if deadline.warn_before:
            yield from duration_problems({}, f"{where}.{code}.warn_before", deadline.warn_before)
        if deadline.on_due != "alert":
            yield from unknown_codes(
                f"{where}.{code}.on_due", [deadline.on_due], system, "到期动作", "action on expiry"
            )
