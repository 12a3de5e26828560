"""Checks of what a step has signed: the actions exist, each place has a name of its own, and can be signed. 政策包检查：签章"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from programmes.check_codes import FILE, unknown_codes
from programmes.problems import Problem, problem
from programmes.schema import Step, Text

SIGNED_BEFORE: Final = frozenset({"submit"})
"""Actions that wait for signatures."""
SIGN: Final = "sign_declaration"
REQUEST: Final = "request_signature"


def signature_problems(where: str, step: Step, actions: Collection[str]) -> Iterator[Problem]:
    """Problems with ``signatures`` and ``statements`` of one step."""
    yield from unknown_codes(
        f"{where}.signatures", step.signatures, SIGNED_BEFORE & set(actions), "动作", "action"
    )
    yield from unknown_codes(f"{where}.statements", step.statements, actions, "动作", "action")
    taken: set[str] = set()
    for action, specs in step.signatures.items():
        for spec in specs:
            if spec.key in taken:
                yield problem(
                    FILE,
                    f"{where}.signatures.{action}.{spec.key}",
                    Text(zh="签章处重名", en="another place has this name"),
                )
            taken.add(spec.key)
    ways = {way for specs in step.signatures.values() for spec in specs for way in spec.ways}
    wanted = ({SIGN} if ways else set()) | ({REQUEST} if "signer" in ways else set())
    for command in sorted(wanted - step.commands.keys()):
        yield problem(
            FILE,
            f"{where}.commands",
            Text(
                zh=f"须签章的环节缺少命令“{command}”",
                en=f"a step with signatures needs the command {command}",
            ),
            Text(zh=f"请在 commands 中写明 {command}", en=f"say under commands, {command}: {{…}}"),
        )
