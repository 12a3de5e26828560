"""What a programme says of nominations, in words: who nominates, whom, how many. 提名"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from accounts.enums import OrganisationKind
from audit.punctuation import listed
from programmes.schema import NominationSpec, Pack

NOMINATES: Final = "case.nominate"
"""What the record calls a nomination. No gate: it opens the case; ``separation`` may keep it apart from what follows."""
PLACELESS = frozenset({OrganisationKind.ENTERPRISE, OrganisationKind.INSTITUTION})
"""Kinds of units that no territory belongs to: they cannot be told to keep to their own."""


def nomination_of(pack: Pack) -> NominationSpec | None:
    """What the edition says of nominations; None where units declare by themselves alone."""
    return pack.programme.applicant.nomination


def only_nominated(pack: Pack) -> bool:
    """Whether nobody may declare without having been nominated."""
    spec = nomination_of(pack)
    return spec is not None and spec.only


def nominators(spec: NominationSpec) -> str:
    """Who nominates, in words: 县（市、区）、政府部门."""
    return listed(OrganisationKind(kind).label for kind in spec.by if kind in OrganisationKind.values)


def nomination_told(spec: NominationSpec) -> str:
    """One sentence for whoever would like to declare."""
    if spec.only:
        return _("本事项由%(who)s提名，不接受单位自行申报。") % {"who": nominators(spec)}
    return _("本事项可以由%(who)s提名，也可以自行申报。") % {"who": nominators(spec)}
