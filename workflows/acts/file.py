"""备案: the filing body examines and notifies; its legal effect is the standing that the edition names."""

from __future__ import annotations

from django.utils.translation import gettext as _

from audit import clock
from workflows.acts.registry import act
from workflows.turn import Turn


@act("file.file")
def filed(turn: Turn) -> None:
    """Filed; the unit still has to be told."""
    turn.message = _("已准予备案，请发出备案通知。")


@act("file.notify_filing")
def notified(turn: Turn) -> None:
    """The unit has been told in writing; from now on it may build."""
    turn.record |= {"notified_on": clock.local(turn.now).date().isoformat()}
    turn.message = _("备案情况已通知申报单位。")
