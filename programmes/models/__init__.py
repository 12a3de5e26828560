"""The nouns of the room."""

from programmes.models.edition import Edition
from programmes.models.programme import Programme
from programmes.models.round import Round
from programmes.models.slot_value import SlotValue
from programmes.models.working_copy import EarlierText, Trial, WorkingCopy, WorkingFile

__all__ = [
    "EarlierText",
    "Edition",
    "Programme",
    "Round",
    "SlotValue",
    "Trial",
    "WorkingCopy",
    "WorkingFile",
]
