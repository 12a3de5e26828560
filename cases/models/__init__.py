"""The nouns of a case, one a file."""

from cases.models.appraisal import Appraisal, Rectification
from cases.models.award import Award
from cases.models.case import Case
from cases.models.counter import Counter
from cases.models.deadline import Deadline, Pause
from cases.models.decision import Decision
from cases.models.declaration import Declaration, DeclarationForm
from cases.models.declaration_pdf import DeclarationPdf
from cases.models.intake import Defect, IntakeEntry, RecommendationList
from cases.models.material import Material
from cases.models.material_check import MaterialCheck
from cases.models.misconduct import Misconduct
from cases.models.nomination import Nomination
from cases.models.notice import Objection, PublicNotice
from cases.models.opinion import Opinion
from cases.models.party import CaseGroupObjectPermission, CaseParty, CaseUserObjectPermission, Participation
from cases.models.plaque import Plaque
from cases.models.progress import ProgressReport
from cases.models.quota import QuotaUse
from cases.models.recorded import Recorded
from cases.models.score import ScoreSheet
from cases.models.signature import Signature
from cases.models.standing import Standing
from cases.models.upload import UploadSession

__all__ = [
    "Appraisal",
    "Award",
    "Case",
    "CaseGroupObjectPermission",
    "CaseParty",
    "CaseUserObjectPermission",
    "Counter",
    "Deadline",
    "Decision",
    "Declaration",
    "DeclarationForm",
    "DeclarationPdf",
    "Defect",
    "IntakeEntry",
    "Material",
    "MaterialCheck",
    "Misconduct",
    "Nomination",
    "Objection",
    "Opinion",
    "Participation",
    "Pause",
    "Plaque",
    "ProgressReport",
    "PublicNotice",
    "QuotaUse",
    "RecommendationList",
    "Recorded",
    "Rectification",
    "ScoreSheet",
    "Signature",
    "Standing",
    "UploadSession",
]
