"""How the room says no. 403 and 404 are told apart here, once."""

from __future__ import annotations

from accounts.errors import Refusal


class NotVisible(Refusal):
    """The actor may not know that the case exists: views answer 404."""


class NotAllowed(Refusal):
    """The actor sees the case but may not do this: views answer 403 with the reason."""


class Conflict(Refusal):
    """Somebody was faster, or the page is stale: views answer 409 with what happened."""


class Invalid(Refusal):
    """What was sent cannot be used; ``fields`` says where and why: views answer 422."""


class Unavailable(Refusal):
    """Nobody's fault but the installation's: views answer 503 with whom to turn to."""


class TooLarge(Invalid):
    """One request holds more than the server takes: views answer 413."""


class Gate(Refusal):
    """The policy's rules refuse; ``verdicts`` holds every rule that did. ``code`` is the first rule's id."""

    def __init__(self, code: str, message: str, clause: str = "", verdicts: tuple[object, ...] = ()) -> None:
        super().__init__(code, message, clause)
        self.verdicts = verdicts
