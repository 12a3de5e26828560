"""The fixed vocabularies of the room. Codes are stored; labels are only ever shown."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """角色: in what capacity somebody acts. One person may hold several, one at a time is acted under."""

    APPLICANT = "applicant", _("申报单位")
    OPERATOR = "operator", _("管理机构")
    RECOMMENDER = "recommender", _("推荐单位")
    OFFICER = "officer", _("经办人")
    CHIEF = "chief", _("审核人")
    EXPERT = "expert", _("专家")
    APPROVER = "approver", _("审批机关")
    SUPERVISOR = "supervisor", _("监察员")
    POLICY_ADMIN = "policy_admin", _("政策管理员")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


ADMINISTRATORS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
"""三员: nobody holds two of these, wherever (GB/T 22239, separation of the three administrators)."""

SEPARATED_IN_ONE_ORGANISATION: Final = frozenset({frozenset({Role.SUPERVISOR, Role.OFFICER})})
"""Pairs that one person may hold, but not over the same organisation: who watches does not handle."""


class OrganisationKind(models.TextChoices):
    """单位类别."""

    PROVINCE = "province", _("省（自治区、直辖市）")
    CITY = "city", _("市（州）")
    COUNTY = "county", _("县（市、区）")
    TOWN = "town", _("乡镇（街道）")
    ZONE = "zone", _("开发区（园区）")
    DEPARTMENT = "department", _("政府部门")
    LEADING_GROUP_OFFICE = "leading_group_office", _("领导小组办公室")
    ENTERPRISE = "enterprise", _("企业")
    INSTITUTION = "institution", _("事业单位（机构）")


class Language(models.TextChoices):
    """界面语言. The names are written in the language they name and are not translated."""

    ZH_HANS = "zh-hans", "简体中文"
    EN = "en", "English"
