"""What each action changes beside moving the case: rows, nothing else. 动作的实体效果

``ACTS`` maps ``<procedure>.<action>`` to a function of the :class:`workflows.turn.Turn`; ``PENDING`` to a function that
says, before the rules are asked, what the action is about to make true (and refuses what makes no sense).
"""

from workflows.acts import (
    accredit,
    appraise,
    award,
    build,
    commands,
    consult,
    corrections,
    declare,
    file,
    intake,
    misconduct,
    objections,
    publicize,
    review,
    revoke,
    rewards,
    signing,
    site_scoring,
    titles,
    votes,
)
from workflows.acts.registry import ACTS, PENDING, WAITS

__all__ = [
    "ACTS",
    "PENDING",
    "WAITS",
    "accredit",
    "appraise",
    "award",
    "build",
    "commands",
    "consult",
    "corrections",
    "declare",
    "file",
    "intake",
    "misconduct",
    "objections",
    "publicize",
    "review",
    "revoke",
    "rewards",
    "signing",
    "site_scoring",
    "titles",
    "votes",
]
