"""Who acted, frozen at the moment of acting. 行为人"""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM_NAME = "系统"  # written into the record: never translated


@dataclass(frozen=True, slots=True)
class ActorStamp:
    """行为人印记: a person under one role assignment, for one organisation, perhaps as somebody's substitute.

    Names are copied, so that the record reads the same after a person has left or an organisation was
    renamed. ``on_behalf_of`` and ``on_behalf_of_id`` name the person substituted for, empty when acting for oneself.
    Raises ValueError without a name or a role: the record never says "nobody".
    """

    user_id: int | None
    name: str
    role: str
    organisation_id: int | None
    organisation: str
    assignment_id: int | None
    on_behalf_of: str = ""
    on_behalf_of_id: int | None = None
    system: bool = False

    def __post_init__(self) -> None:
        if not self.name or not self.role:
            raise ValueError("an actor has a name and a role")

    @classmethod
    def system_actor(cls) -> ActorStamp:
        """系统: timers and jobs act under this name, never as nobody and never in a person's name."""
        return cls(
            user_id=None,
            name=SYSTEM_NAME,
            role="system",
            organisation_id=None,
            organisation="",
            assignment_id=None,
            system=True,
        )
