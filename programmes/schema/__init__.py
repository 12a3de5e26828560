"""What a pack may say: the typed shape of its YAML files. 政策包

Every rule, form, weight, deadline and lifecycle step carries the clause it comes from; what the text does not give is
``source: proposed``. The models here check shape only; meaning (citations, expression types, soundness of the
lifecycle) is checked by :mod:`programmes.checks`.

One subject a module; everybody imports from here. Every model is named below: what is not, the checker does not know when
it proposes the key that somebody may have meant.
"""

from programmes.schema.awards import AwardSpec, Cap, Ranking, Share
from programmes.schema.base import Choice, Clause, Code, Document, Source, Spec, Text
from programmes.schema.eligibility import Eligibility, Question
from programmes.schema.forms import Column, FieldType, Form, FormField, Paper, Section
from programmes.schema.lifecycle import Close, CommandSpec, DeadlineSpec, Lifecycle, SideProcedure, Step
from programmes.schema.pack import Letter, Pack
from programmes.schema.programme import (
    ApplicantSpec,
    NominationSpec,
    PlaqueSpec,
    Programme,
    RoleSpec,
    side_with_flow,
)
from programmes.schema.rounds import PlacesSpec, QuotaSpec, RoundSpec, SealedSpec, Slot
from programmes.schema.rubrics import Indicator, Rounding, Rubric
from programmes.schema.rules import Binding, ContextFact, EachRow, Example, FactType, Level, Rule, Subject
from programmes.schema.signing import SignatureSpec, StatementSpec

__all__ = [
    "ApplicantSpec",
    "AwardSpec",
    "Binding",
    "Cap",
    "Choice",
    "Clause",
    "Close",
    "Code",
    "Column",
    "CommandSpec",
    "ContextFact",
    "DeadlineSpec",
    "Document",
    "EachRow",
    "Eligibility",
    "Example",
    "FactType",
    "FieldType",
    "Form",
    "FormField",
    "Indicator",
    "Letter",
    "Level",
    "Lifecycle",
    "NominationSpec",
    "Pack",
    "Paper",
    "PlacesSpec",
    "PlaqueSpec",
    "Programme",
    "Question",
    "QuotaSpec",
    "Ranking",
    "RoleSpec",
    "RoundSpec",
    "Rounding",
    "Rubric",
    "Rule",
    "SealedSpec",
    "Section",
    "Share",
    "SideProcedure",
    "SignatureSpec",
    "Slot",
    "Source",
    "Spec",
    "StatementSpec",
    "Step",
    "Subject",
    "Text",
    "side_with_flow",
]
