"""Registered signers of the demonstration, and their signatures, through the doors."""

from __future__ import annotations

import datetime as dt

import pyotp

from accounts.actors import Actor
from accounts.second_factor import begin_enrolment, confirm_enrolment, current_code, proof_for, verify
from accounts.signers import register_signer
from audit import clock
from cases.declarations import draft_of
from cases.models import Case
from cases.signatures import content_of, places_of
from workflows import engine
from workflows.acts.signing import purpose

SIGNER = "_seal"
"""A unit's signer has the user name of its applicant, and this."""


def make_signer(actor: Actor, since: dt.date) -> None:
    """Registered, with a second factor. In the demonstration the code of now is shown where it is asked."""
    assert actor.user is not None
    assert actor.organisation is not None
    register_signer(
        user=actor.user,
        organisation=actor.organisation,
        valid_from=since,
        reason="单位来函登记（演示数据）",
        actor=Actor.system_actor(),
    )
    row = begin_enrolment(user=actor.user)
    confirm_enrolment(user=actor.user, code=pyotp.TOTP(row.candidate).at(clock.now()))


def sign(case: Case, signer: Actor) -> None:
    """The signer signs every open place of the draft."""
    assert signer.user is not None
    draft = draft_of(case)
    assert draft is not None
    for place in places_of(case, draft):
        content = content_of(draft)
        method = verify(user=signer.user, code=current_code(signer.user))
        engine.act(
            case.public_id,
            "command.sign_declaration",
            actor=signer,
            data={
                "key": place.spec.key,
                "way": "signer",
                "seen": content,
                "statement": True,
                "proof": proof_for(signer.user, purpose(case, place.spec.key, content), method),
            },
        )
