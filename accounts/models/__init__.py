"""The nouns of the room."""

from accounts.models.alias import OrganisationAlias
from accounts.models.assignment import RoleAssignment
from accounts.models.organisation import Organisation
from accounts.models.second_factor import RecoveryCode, SecondFactor
from accounts.models.signer import SignerRegistration
from accounts.models.substitution import Substitution
from accounts.models.user import User

__all__ = [
    "Organisation",
    "OrganisationAlias",
    "RecoveryCode",
    "RoleAssignment",
    "SecondFactor",
    "SignerRegistration",
    "Substitution",
    "User",
]
