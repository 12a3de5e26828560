"""Signatures and seals on a declaration: which are asked, what exactly was signed, who may sign. 签章

A signature is over the content of one version (:func:`content_of`): forms and files, the scans of seals left out. As
soon as the draft says something else, the signature is void, and every page says so; a version that follows a return is
another declaration and is signed anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, User
from audit.canonical import dumps
from cases.errors import NotAllowed
from cases.models import Case, Declaration, Material, Signature
from programmes.schema import FormField, SignatureSpec, StatementSpec, Step

SUBMIT: Final = "declare.submit"
SEAL_PREFIX: Final = "seal__"
"""Materials whose item begins so are scans of sealed pages; they belong to a signature, not to what is signed."""
DIGITS: Final = 12
GROUP: Final = 4
HOUSE_STATEMENT: Final = "本单位对申报材料的真实性、合法性负责，愿意承担由此产生的责任。"
"""What a sender states where the policy words nothing. The record keeps it as it is: it is not translated."""


@dataclass(frozen=True, slots=True)
class Statement:
    """承诺: the exact text, and the clause it comes from ('' = the system's own)."""

    text: str
    clause: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """签章处: a place of the form; ``valid`` is the signature that stands there, ``void`` the last one that no longer

    does because the draft has changed since.
    """

    spec: SignatureSpec
    valid: Signature | None
    void: Signature | None


# -- what is asked -------------------------------------------------------------------------------------------------


def required_signatures(case: Case, gate: str) -> tuple[SignatureSpec, ...]:
    """The signatures that ``gate`` (``declare.submit``) asks at the step in which the case stands. No query."""
    procedure, _dot, action = gate.partition(".")
    step = _step(case, procedure)
    return step.signatures.get(action, ()) if step is not None else ()


def statement_of(case: Case, gate: str, spec: SignatureSpec | None = None) -> Statement:
    """What is stated with ``gate``: the signature's own wording, the step's, or the house text. No query."""
    if spec is not None and spec.statement is not None:
        return Statement(spec.statement.zh, spec.clause)
    procedure, _dot, action = gate.partition(".")
    step = _step(case, procedure)
    worded: StatementSpec | None = step.statements.get(action) if step is not None else None
    return Statement(worded.text.zh, worded.clause) if worded is not None else Statement(HOUSE_STATEMENT)


def _step(case: Case, procedure: str) -> Step | None:
    """The step whose procedure this is: where the case stands, else where declaring begins."""
    lifecycle = case.edition.pack.programme.lifecycle
    here = lifecycle.steps.get(case.step)
    if here is not None and here.procedure == procedure:
        return here
    start = lifecycle.steps[lifecycle.start]
    return start if start.procedure == procedure else None


def seal_item(case: Case, item: str) -> FormField | None:
    """The item under which the scan of a sealed page is kept; None when ``item`` is no such place of this case."""
    if not item.startswith(SEAL_PREFIX):
        return None
    key = item.removeprefix(SEAL_PREFIX)
    steps = case.edition.pack.programme.lifecycle.steps.values()
    specs = (spec for step in steps for found in step.signatures.values() for spec in found)
    spec = next((one for one in specs if one.key == key and "scan" in one.ways), None)
    return FormField(key=item, label=spec.label, type="file", clause=spec.clause) if spec else None


def item_of(spec: SignatureSpec) -> str:
    """The item of the materials that keeps the scan for this place."""
    return f"{SEAL_PREFIX}{spec.key}"


# -- what is signed ------------------------------------------------------------------------------------------------


def content_of(declaration: Declaration) -> str:
    """Digest (SHA-256) of what a version says and of the files that lie with it; the scans of seals are left out.

    A draft: as it is now. A version that was sent: as it was then. One query when the forms are prefetched.
    """
    sent = declaration.submitted_at
    files = declaration.case.materials.exclude(item__startswith=SEAL_PREFIX)
    if sent is None:
        files = files.filter(removed_at__isnull=True)
    else:
        files = files.filter(Q(removed_at__isnull=True) | Q(removed_at__gt=sent), uploaded_at__lte=sent)
    content = {
        "case": str(declaration.case.public_id),
        "version": declaration.version_no,
        "forms": declaration.data(),
        "files": sorted([item, sha256] for item, sha256 in files.values_list("item", "sha256")),
    }
    return hashlib.sha256(dumps(content).encode()).hexdigest()


def check_digits(content: str) -> str:
    """The check digits that the page to be sealed is printed with: the first twelve of the digest, in groups of four."""
    shown = content[:DIGITS].upper()
    return "-".join(shown[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def places_of(case: Case, draft: Declaration, gate: str = SUBMIT) -> list[Place]:
    """The places that ``gate`` asks to be signed, and how each of them stands. No query where none is, else two."""
    specs = required_signatures(case, gate)
    if not specs:
        return []
    return places_for(specs, _with_scans(draft, signatures_of(draft)), content_of(draft))


def places_for(specs: Sequence[SignatureSpec], rows: Sequence[Signature], content: str) -> list[Place]:
    """Each place with the newest signature over this very content, and the newest over another."""
    places = []
    for spec in specs:
        own = [row for row in rows if row.key == spec.key]
        valid = next((row for row in reversed(own) if row.content == content), None)
        void = next((row for row in reversed(own) if row.content != content), None) if valid is None else None
        places.append(Place(spec, valid, void))
    return places


def signatures_of(version: Declaration) -> list[Signature]:
    """Everything that was signed on a version, the oldest first. One query."""
    rows = version.signatures.select_related(
        "signer", "organisation", "material__uploaded_by", "material__on_behalf_of"
    )
    return list(rows.order_by("signed_at", "pk"))


def _with_scans(version: Declaration, rows: Sequence[Signature]) -> list[Signature]:
    """Without those by scan whose scan does not lie with the version: nobody could show the seal. No query."""
    sent = version.submitted_at
    return [
        row
        for row in rows
        if row.material is None
        or row.material.removed_at is None
        or (sent is not None and row.material.removed_at > sent)
    ]


def require_no_seal(draft: Declaration, material: Material) -> None:
    """Raise NotAllowed for the scan of a seal that stands on the draft. No query for a file that is no such scan."""
    if not material.item.startswith(SEAL_PREFIX):
        return
    rows = draft.signatures.filter(material=material)
    content = content_of(draft) if rows else ""
    row = next((each for each in rows if each.content == content), None)
    if row is not None:
        message = _("“%(label)s”的签章以该扫描件为凭，签章有效期间不能移除。") % {"label": row.label}
        raise NotAllowed("seal_stands", message)


def standing_signatures(version: Declaration) -> list[Signature]:
    """The signatures that a version bears: of each place the newest, over what the version says. Two queries."""
    content, newest = content_of(version), {}
    for row in _with_scans(version, signatures_of(version)):
        if row.content == content:
            newest[row.key] = row
    return list(newest.values())


def require_signed(case: Case, draft: Declaration, gate: str = SUBMIT) -> list[Signature]:
    """The signatures that stand in every place that ``gate`` asks. NotAllowed ``not_signed`` names those that are open."""
    places = places_of(case, draft, gate)
    open_places = [place for place in places if place.valid is None]
    if open_places:
        told = "\n".join(_missing(place, case.applicant) for place in open_places)
        raise NotAllowed("not_signed", told, open_places[0].spec.clause)
    return [place.valid for place in places if place.valid is not None]


def _missing(place: Place, unit: Organisation) -> str:
    said = {"label": place.spec.label, "who": who_signs(place.spec, unit)}
    if place.void is not None:
        return _("“%(label)s”：申报内容在签字后有改动，须重新签字。%(who)s。") % said
    return _("“%(label)s”尚未签章。%(who)s。") % said


def who_signs(spec: SignatureSpec, unit: Organisation) -> str:
    """Whom the place waits for, and how, as a sentence without its full stop."""
    said = {"unit": unit.name}
    match ("scan" in spec.ways, "signer" in spec.ways):
        case (False, True):
            return _("须由%(unit)s的登记签章人电子签章") % said
        case (True, False):
            return _("须由%(unit)s加盖公章后上传扫描件") % said
    return _("须由%(unit)s的登记签章人电子签章，或者加盖公章后上传扫描件") % said


# -- who may sign --------------------------------------------------------------------------------------------------


def people_of(actor: Actor) -> set[int]:
    """Keys of who acts and of the person for whom they do. No query."""
    return {person.pk for person in (actor.user, actor.on_behalf_of) if person is not None}


def barred(spec: SignatureSpec, actor: Actor, writers: set[int]) -> str:
    """Why this person may not sign in this place; '' when they may. No query.

    ``writers``: :func:`cases.declarations.writers_of`. Both persons of a substitution are bound, on either side.
    """
    if spec.by == "another_person" and people_of(actor) & writers:
        return _("您、您所代办的人员或者您的代办人填报了本申报材料，须由其他人员签章。")
    return ""


def bound_with(writers: set[int], *acting: set[int]) -> set[int]:
    """Who is bound as one who filled it in: the writers, and both people of a substitution of whom one is a writer.

    ``acting``: who acts and for whom, one set each time that somebody acted. No query.
    """
    return writers.union(*(people for people in acting if people & writers))


def named_among(name: str, writers: set[int]) -> bool:
    """Whether one of these people has that name. One query."""
    plain = "".join(name.split())
    names = User.objects.filter(pk__in=writers).values_list("name", flat=True)
    return any("".join(each.split()) == plain for each in names)
