"""One generic flow a procedure; the edition's step parameters drive it.

Running tasks store the paths of these classes and node names: a rename comes with a data migration.
"""

from workflows.flows.accredit import AccreditFlow
from workflows.flows.appraise import AppraiseFlow
from workflows.flows.award import AwardFlow
from workflows.flows.base import CaseFlow
from workflows.flows.build import BuildFlow
from workflows.flows.consult import ConsultFlow
from workflows.flows.declare import DeclareFlow
from workflows.flows.file import FileFlow
from workflows.flows.publicize import PublicizeFlow
from workflows.flows.review import ReviewFlow
from workflows.flows.revoke import RevokeFlow

FLOWS: dict[str, type[CaseFlow]] = {
    "declare": DeclareFlow,
    "file": FileFlow,
    "build": BuildFlow,
    "review": ReviewFlow,
    "publicize": PublicizeFlow,
    "accredit": AccreditFlow,
    "appraise": AppraiseFlow,
    "revoke": RevokeFlow,
    "award": AwardFlow,
    "consult": ConsultFlow,
}

__all__ = ["FLOWS", "CaseFlow"]
