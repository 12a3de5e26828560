"""Signatures, seals and statements that go with an action. 签章与承诺"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from programmes.schema.base import Code, Source, Spec, Text


class SignatureSpec(Spec):
    """A place for a signature or seal that the printed form has, and who may fill it. 签章

    ``by``: another person than those who filled the declaration in, or anyone of the unit (a one-person enterprise could
    not comply otherwise). ``ways``: a scan of the sealed page, or the electronic signature of a registered signer.
    """

    key: Code
    label: Text
    """As printed: (盖章) 申报单位."""
    role: Literal["applicant", "recommender"] = "applicant"
    by: Literal["another_person", "anyone"] = "another_person"
    ways: Annotated[tuple[Literal["scan", "signer"], ...], Field(min_length=1)] = ("scan", "signer")
    statement: Text | None = None
    """What the signer states; without it, the statement of the action."""
    clause: str
    source: Source = "text"
    note: Text | None = None


class StatementSpec(Spec):
    """The statement of truth that a sender makes, in the policy's words. 承诺"""

    text: Text
    clause: str
    source: Source = "text"
