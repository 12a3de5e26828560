"""The record of administration: who signed in, who opened, closed, granted what, on the authority's chain. 管理留痕

For the audit administrator of the authority. Page by page behind a number of the chain: no count, no offset.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import OrganisationKind, Role
from accounts.models import (
    Organisation,
    OrganisationAlias,
    RoleAssignment,
    SignerRegistration,
    Substitution,
    User,
)
from audit import clock
from audit.display import content_of
from audit.models import Chain, Entry
from audit.punctuation import listed
from supervision import wording

PAGE = 30

ACTIONS: Final[dict[str, Any]] = {
    "organisation": {
        "": gettext_lazy("机构"),
        "created": gettext_lazy("新增机构"),
        "amended": gettext_lazy("更正机构信息"),
        "renamed": gettext_lazy("机构更名"),
        "moved": gettext_lazy("调整隶属关系"),
        "alias_added": gettext_lazy("登记机构别名"),
    },
    "user": {
        "": gettext_lazy("账号"),
        "created": gettext_lazy("新增账号"),
        "amended": gettext_lazy("更正账号信息"),
        "deactivated": gettext_lazy("停用账号"),
        "reactivated": gettext_lazy("恢复使用账号"),
        "password_reset": gettext_lazy("重置密码"),
        "password_changed": gettext_lazy("本人修改密码"),
        "contact_updated": gettext_lazy("更正联系方式"),
        "unlocked": gettext_lazy("解除登录锁定"),
    },
    "role": {
        "": gettext_lazy("任职授权"),
        "granted": gettext_lazy("授予角色"),
        "ended": gettext_lazy("终止任职授权"),
        "voided": gettext_lazy("作废任职授权"),
    },
    "substitute": {
        "": gettext_lazy("代办授权"),
        "appointed": gettext_lazy("指定代办人"),
        "ended": gettext_lazy("终止代办"),
        "voided": gettext_lazy("作废代办授权"),
    },
    "signer": {
        "": gettext_lazy("签章人"),
        "registered": gettext_lazy("登记签章人"),
        "ended": gettext_lazy("终止签章人登记"),
        "voided": gettext_lazy("作废签章人登记"),
    },
    "second_factor": {
        "": gettext_lazy("动态口令"),
        "enrolled": gettext_lazy("启用动态口令"),
        "codes_renewed": gettext_lazy("更换恢复码"),
        "reset": gettext_lazy("停用动态口令"),
    },
    "session": {
        "": gettext_lazy("登录"),
        "opened": gettext_lazy("登录"),
        "closed": gettext_lazy("退出"),
        "refused": gettext_lazy("登录未成功"),
        "locked": gettext_lazy("登录被锁定"),
        "acting_as": gettext_lazy("切换身份"),
    },
    "edition": {
        "": gettext_lazy("政策版本"),
        "loaded": gettext_lazy("载入政策版本"),
        "published": gettext_lazy("发布政策版本"),
        "retired": gettext_lazy("停用政策版本"),
        "discarded": gettext_lazy("废弃政策版本草稿"),
    },
    "copy": {
        "": gettext_lazy("政策工作副本"),
        "created": gettext_lazy("建立工作副本"),
        "saved": gettext_lazy("保存工作副本文件"),
        "file_added": gettext_lazy("新增工作副本文件"),
        "file_renamed": gettext_lazy("工作副本文件改名"),
        "file_removed": gettext_lazy("移除工作副本文件"),
        "uploaded": gettext_lazy("上传工作副本"),
        "discarded": gettext_lazy("废弃工作副本"),
        "submitted": gettext_lazy("工作副本送审"),
        "withdrawn": gettext_lazy("撤回送审"),
        "rejected": gettext_lazy("退回修改"),
        "published": gettext_lazy("审核发布"),
    },
    "record": {"": gettext_lazy("导出"), "exported": gettext_lazy("导出留痕或者案卷")},
}
"""Kind → act → words; under '' the kind itself."""

KEYS: Final = {
    "after": gettext_lazy("变更后"),
    "aliases": gettext_lazy("别名"),
    "alias": gettext_lazy("别名"),
    "address": gettext_lazy("来源地址（仅存承诺值）"),
    "assignment": gettext_lazy("任职授权"),
    "before": gettext_lazy("变更前"),
    "chain": gettext_lazy("留痕链"),
    "changed": gettext_lazy("变更项"),
    "code": gettext_lazy("代码"),
    "contact_name": gettext_lazy("联系人"),
    "contact_phone": gettext_lazy("联系电话"),
    "digest": gettext_lazy("内容摘要值"),
    "email": gettext_lazy("电子邮箱"),
    "entries": gettext_lazy("留痕条数"),
    "file": gettext_lazy("文件"),
    "from": gettext_lazy("变更前"),
    "head": gettext_lazy("链头哈希"),
    "is_active": gettext_lazy("在用"),
    "kind": gettext_lazy("单位类别"),
    "name": gettext_lazy("名称"),
    "name_from": gettext_lazy("原姓名"),
    "name_to": gettext_lazy("现姓名"),
    "number": gettext_lazy("版本号"),
    "organisation": gettext_lazy("单位"),
    "parent": gettext_lazy("上级单位"),
    "phone": gettext_lazy("联系电话"),
    "programme": gettext_lazy("事项"),
    "programme_code": gettext_lazy("事项代码"),
    "reason": gettext_lazy("事由或者依据"),
    "region_code": gettext_lazy("行政区划代码"),
    "replaced": gettext_lazy("被替换的内容"),
    "role": gettext_lazy("角色"),
    "short_name": gettext_lazy("简称"),
    "short_name_from": gettext_lazy("原简称"),
    "short_name_to": gettext_lazy("现简称"),
    "substitute": gettext_lazy("代办人"),
    "subtree": gettext_lazy("含下级单位"),
    "to": gettext_lazy("变更后"),
    "user": gettext_lazy("人员"),
    "uscc": gettext_lazy("统一社会信用代码"),
    "valid_from": gettext_lazy("起始日期"),
    "valid_until": gettext_lazy("截止日期"),
}
OF_PEOPLE: Final = {"name": gettext_lazy("姓名")}
"""The same for what is recorded of accounts, where the word is another one."""
MOST: Final = 2000
"""So many people, units, assignments, registrations are looked for by name; beyond, the words are too few."""


class TooMany(Exception):
    """More answers to the words than can be looked for: 请缩小范围."""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry in words: what, who, whom or what it concerns, and the rest."""

    entry: Entry
    title: str
    who: str
    subject: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Slice:
    """One page; ``older`` is the number the next goes on from, 0 on the last."""

    told: list[Told]
    older: int


def chain_of(authority: Organisation) -> Chain | None:
    """The authority's chain; None before its first entry. One query."""
    return Chain.objects.filter(kind="authority", key=authority.code).first()


def choices() -> list[tuple[str, Any]]:
    """Kinds and, within each, its acts, for a filter."""
    groups: list[tuple[str, Any]] = [(_("全部"), [("", _("全部管理行为"))])]
    for kind, acts in ACTIONS.items():
        every = (f"{kind}.", _("全部%(kind)s行为") % {"kind": acts[""]})
        named = [(f"{kind}.{act}", str(label)) for act, label in acts.items() if act]
        groups.append((str(acts[""]), [every, *named]))
    return groups


def matching(
    entries: QuerySet[Entry],
    *,
    authority: Organisation,
    action: str = "",
    actor: str = "",
    subject: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> QuerySet[Entry]:
    """``entries`` narrowed down. ``action`` a code or, ending in a dot, a kind; ``actor`` part of a name; ``subject`` part

    of a person's name (a former one too) or user name, or of any of a unit's names, of the ``authority``: with what they
    hold, sign for and stand in for. ``since`` and ``until`` days in Shanghai, both included. Raises TooMany.
    """
    if action:
        entries = (
            entries.filter(action__startswith=action) if action[-1] == "." else entries.filter(action=action)
        )
    if actor := actor.strip():
        entries = entries.filter(actor_name__icontains=actor)
    if subject := subject.strip():
        entries = entries.filter(subject__in=_subjects(subject, authority, entries))
    if since is not None:
        entries = entries.filter(at__gte=clock.start_of(since))
    if until is not None:
        entries = entries.filter(at__lt=clock.end_of(until))
    return entries


def page_of(entries: QuerySet[Entry], after: int = 0, *, size: int = PAGE) -> Slice:
    """The page behind the number ``after`` (0: the latest). Six queries, whatever the entries concern."""
    if after:
        entries = entries.filter(seq__lt=after)
    rows = list(entries.order_by("-seq")[: size + 1])
    return Slice(_told(rows[:size]), rows[size - 1].seq if len(rows) > size else 0)


def title_of(code: str) -> str:
    """What was done; the code itself for what this version does not know."""
    kind, _dot, act = code.partition(".")
    return str(ACTIONS.get(kind, {}).get(act, code)) if act else code


def _subjects(text: str, authority: Organisation, entries: QuerySet[Entry]) -> list[str]:
    """The keys under which people, units and what they hold stand on the record, as far as they answer to ``text``."""
    former = [
        row.subject
        for row in entries.filter(action="user.amended", body__contains=text).order_by()[:MOST]
        if text in str((content_of(row).get("data") or {}).get("name_from", ""))
    ]
    of_authority = Q(organisation__authority=authority) | Exists(
        RoleAssignment.objects.filter(user=OuterRef("pk"), authority=authority)
    )
    named = Q(name__icontains=text) | Q(username__icontains=text) | Q(public_id__in=former)
    people = User.objects.filter(of_authority, named).order_by().values("pk")
    known_as = OrganisationAlias.objects.filter(organisation=OuterRef("pk"), name__icontains=text)
    units = Organisation.objects.filter(
        Q(name__icontains=text) | Q(short_name__icontains=text) | Exists(known_as), authority=authority
    )
    at = units.order_by().values("pk")
    concerned: tuple[QuerySet[Any], ...] = (
        User.objects.filter(pk__in=people),
        units,
        RoleAssignment.objects.filter(Q(user__in=people) | Q(organisation__in=at), authority=authority),
        SignerRegistration.objects.filter(Q(user__in=people) | Q(organisation__in=at), authority=authority),
        Substitution.objects.filter(
            Q(substitute__in=people) | Q(assignment__user__in=people) | Q(assignment__organisation__in=at),
            assignment__authority=authority,
        ),
    )
    keys: list[str] = []
    for rows in concerned:
        keys += map(str, rows.order_by().values_list("public_id", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            raise TooMany
    return keys


def _told(rows: list[Entry]) -> list[Told]:
    bodies = [content_of(row) for row in rows]
    names = _names(_uuids([*(row.subject for row in rows), *(body.get("data") for body in bodies)]))
    return [
        Told(
            entry=row,
            title=title_of(row.action),
            who=wording.actor_line(row),
            subject=names.get(row.subject, ""),
            facts=list(_facts(body.get("data") or {}, names, of_people=row.action.startswith("user.")))
            if body
            else [(_("正文"), _("正文无法读取，请核验本链。"))],
        )
        for row, body in zip(rows, bodies, strict=True)
    ]


def _uuids(values: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for value in values:
        if isinstance(value, Mapping):
            found |= _uuids(value.values())
        elif isinstance(value, list):
            found |= _uuids(value)
        elif isinstance(value, str) and len(value) == 36:
            try:
                found.add(str(uuid.UUID(value)))
            except ValueError:
                continue
    return found


def _names(keys: set[str]) -> dict[str, str]:
    """Public id → who or what it is. Five queries."""
    people = User.objects.filter(public_id__in=keys)
    names = {str(row.public_id): f"{row.name}（{row.username}）" for row in people}
    names |= {str(row.public_id): row.name for row in Organisation.objects.filter(public_id__in=keys)}
    held = RoleAssignment.objects.filter(public_id__in=keys).select_related("user", "organisation")
    signing = SignerRegistration.objects.filter(public_id__in=keys).select_related("user", "organisation")
    standing_in = Substitution.objects.filter(public_id__in=keys).select_related(
        "substitute", "assignment__user", "assignment__organisation"
    )
    return names | {str(row.public_id): str(row) for rows in (held, signing, standing_in) for row in rows}


def _facts(
    data: Mapping[str, Any], names: Mapping[str, str], prefix: str = "", *, of_people: bool = False
) -> Iterator[tuple[str, str]]:
    words = {**KEYS, **OF_PEOPLE} if of_people else KEYS
    for key, value in data.items():
        label = prefix + str(words.get(key, key))
        match value:
            case dict():
                yield from _facts(value, names, f"{label} · ", of_people=of_people)
            case list():
                yield label, listed(str(words.get(each, each)) for each in value) or "—"
            case _:
                yield label, _word(key, value, names)


def _word(key: str, value: Any, names: Mapping[str, str]) -> str:
    match value:
        case None | "":
            return "—"
        case bool():
            return _("是") if value else _("否")
    text = str(value)
    if key == "role" and text in Role.values:
        return str(Role(text).label)
    if key == "kind" and text in OrganisationKind.values:
        return str(OrganisationKind(text).label)
    return names.get(text, text)
