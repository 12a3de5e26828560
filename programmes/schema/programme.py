"""A programme: identity, actors, and everything that its policy lays down beside forms and rules. 项目类别"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from programmes.schema.base import Choice, Code, Document, Source, Spec, Text
from programmes.schema.lifecycle import Lifecycle, SideProcedure
from programmes.schema.rounds import PlacesSpec, QuotaSpec, RoundSpec, Slot


class RoleSpec(Spec):
    """Who acts in a role, in the policy's words. ``organization`` is looked up by name or alias within the authority."""

    title: Text
    organization: str = ""
    named_in: str = ""
    """``FORM.field`` in which the declaration names the unit, where the policy does not."""
    nearest: bool = False
    """The nearest unit above the applicant that holds the role: the policy names an office of the applicant's place."""
    clause: str
    note: Text | None = None
    may_be_applicant: bool = False
    """Of a recommender: whether a unit may put itself forward. The text must say so; otherwise nobody does."""


class NominationSpec(Spec):
    """Others put a unit forward; nobody puts itself forward. 提名

    Whoever nominates acts as a recommender of a unit of one of the kinds ``by``; the unit that was nominated fills in and
    sends the declaration, or declines.
    """

    by: tuple[str, ...]
    """Kinds of units (:class:`accounts.enums.OrganisationKind`) whose recommenders may nominate."""
    only: bool = True
    """Nobody declares without having been nominated; False: a unit may also declare by itself."""
    within: Literal["territory", "authority"] = "authority"
    """Whom: units of the nominator's own territory, or of the whole authority."""
    reason: bool = True
    """Whether a nomination has to say why."""
    limit: str = ""
    """How many a nominator may have in a round, those declined left out: a number or a slot; '' = no limit."""
    clause: str
    source: Source = "text"


class ApplicantSpec(Spec):
    """Who may declare."""

    kinds: tuple[str, ...]
    """Organisation kinds (:class:`accounts.enums.OrganisationKind`)."""
    clause: str
    per_round: int = 0
    """0: the text sets no limit."""
    nomination: NominationSpec | None = None
    """提名: None where units declare by themselves alone."""


class PlaqueSpec(Spec):
    """Plaque and certificate numbers; ``{year}`` and ``{seq}`` are filled in."""

    number: str
    title: Text
    clause: str = ""
    source: Source = "proposed"
    tiers: tuple[Choice, ...] = ()
    tier_expr: str = ""
    """Expression giving the tier code from the facts."""


class Programme(Spec):
    """programme.yaml: identity, actors, slots, lifecycle. 项目类别"""

    schema_version: Literal[1] = 1
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
    title: Text
    short_title: Text
    edition: str
    authority: str
    """Code of the authority (organisation) whose programme this is."""
    authority_name: str = ""
    """Its name, for setting up a system in which the authority does not exist yet."""
    issuer: Text
    documents: tuple[Document, ...]
    summary: Text
    effective_from: str = ""
    effective_until: str = ""
    """Last day of the measure: after it no round opens and nobody declares; cases in progress go on."""
    succeeded_by: str = ""
    """Id of the programme that follows it."""
    family: Code | None = None
    """Programmes of one authority with the same family share their bans (``applicant.family_withdrawn_on``)."""
    roles: dict[Code, RoleSpec]
    applicant: ApplicantSpec
    case_no: str
    round: RoundSpec
    slots: dict[Code, Slot] = Field(default_factory=dict)
    lifecycle: Lifecycle
    side: dict[Code, SideProcedure] = Field(default_factory=dict)
    plaque: PlaqueSpec | None = None
    quota: QuotaSpec | None = None
    places: PlacesSpec | None = None
    filing_register: Literal["internal", "public"] = "internal"
    """Of a programme whose result is a filing (备案): whether the public reads who is on file, or only the offices do."""
    separation: tuple[tuple[str, str], ...] = ()
    """Pairs of actions (``procedure.action``) that one person must not both do on one case."""


def side_with_flow(programme: Programme, flow: str) -> str:
    """The name of the programme's first side procedure of that kind; '' when it has none."""
    return next((name for name, side in programme.side.items() if side.flow == flow), "")
