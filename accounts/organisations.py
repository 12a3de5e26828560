"""The doors of the organisation tree: create, amend, rename, move, close; and the lookup by any name."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import OrganisationKind, Role
from accounts.errors import Refusal
from accounts.guards import require_administrator, require_plain, require_reason, require_valid
from accounts.keeping import lock_authorities, require_still_in_office
from accounts.models import Organisation, OrganisationAlias, RoleAssignment
from accounts.models.organisation import path_segment
from accounts.records import record
from accounts.unit_guards import (
    require_active,
    require_name_free,
    require_not_too_deep,
    require_same_authority,
    require_uscc_free,
)
from accounts.validators import clean_name, clean_phone
from accounts.versions import require_unchanged, version_of
from audit import clock

AMENDABLE: Final = ("kind", "short_name", "region_code", "uscc", "contact_name", "contact_phone", "is_active")
TERRITORIES: Final = (
    OrganisationKind.PROVINCE,
    OrganisationKind.CITY,
    OrganisationKind.COUNTY,
    OrganisationKind.TOWN,
    OrganisationKind.ZONE,
)
PERSONAL: Final = frozenset({"contact_name", "contact_phone"})
"""The record says that these changed, not from what to what."""


@transaction.atomic
def create_organisation(
    *,
    name: str,
    kind: OrganisationKind,
    parent: Organisation | None = None,
    authority: Organisation | None = None,
    short_name: str = "",
    code: str = "",
    region_code: str = "",
    uscc: str = "",
    contact_name: str = "",
    contact_phone: str = "",
    aliases: tuple[str, ...] = (),
    actor: Actor,
) -> Organisation:
    """新增单位: put a unit into the tree. With a ``code`` it is itself an authority; else it belongs to one.

    ``authority`` defaults to the parent's. Only the system administrator of the authority creates units; only
    the system opens an authority.

    Raises Refusal: not_permitted, authority_missing, other_authority (the parent is of another one),
    parent_inactive, too_deep, invalid (a field is malformed or taken), name_taken (an alias of another unit), alias_exists
    (its own name). Order: lock the tree, check, row, path, aliases, record.
    """
    parent = _lock_tree(parent)
    authority = _authority_for(parent, authority, code, actor)
    require_still_in_office(actor)
    require_active(parent)
    require_not_too_deep(parent)
    require_plain(name=name, short_name=short_name, contact_name=contact_name)
    organisation = Organisation(
        kind=OrganisationKind(kind),
        name=name,
        short_name=short_name,
        parent=parent,
        authority=authority,
        code=code,
        region_code=region_code,
        uscc=uscc,
        contact_name=contact_name,
        contact_phone=clean_phone(contact_phone),
    )
    if authority is not None:
        require_name_free(clean_name(name), authority)
    require_uscc_free(uscc)
    require_valid(organisation, exclude={"path"})
    _insert(organisation)
    for alias in aliases:
        _add_alias(organisation, alias, field="aliases")
    _record("organisation.created", organisation, actor, data=_facts(organisation))
    return organisation


@transaction.atomic
def amend_organisation(
    *, organisation: Organisation, reason: str, seen: str = "", actor: Actor, **changes: Any
) -> Organisation:
    """更正单位信息: change any of AMENDABLE. Nothing changed, nothing recorded.

    ``seen``: the version that the form has shown. Raises Refusal: not_permitted, reason_missing, changed_meanwhile,
    already_inactive, already_active (where nothing else is asked for), authority_stays (the authority itself goes on),
    authority_kind (and stays a territory), parent_inactive (in use again under a unit that is not), invalid. Order: lock
    the tree and the unit, check, row, record.
    """
    if unknown := changes.keys() - set(AMENDABLE):
        raise TypeError(f"not amendable: {sorted(unknown)}")
    organisation, reason = _open(organisation, reason, actor)
    require_unchanged(seen, version_of_organisation(organisation))
    before = {name: getattr(organisation, name) for name in changes}
    _require_standing_may_change(organisation, changes)
    if organisation.is_authority and changes.get("kind", organisation.kind) not in TERRITORIES:
        message = _("本地区为系统的主管地区，单位类别只能是行政区域或者开发区。")
        raise Refusal("authority_kind", message, fields={"kind": message})
    written = {name: changes[name] for name in ("short_name", "contact_name") if name in changes}
    require_plain(**{name: text for name, text in written.items() if text != before[name]})
    if "contact_phone" in changes:
        changes["contact_phone"] = clean_phone(changes["contact_phone"])
    require_uscc_free(str(changes.get("uscc", "")), but=organisation)
    for name, value in changes.items():
        setattr(organisation, name, value)
    # A telephone that stays as it is need not be in the shape that is asked for today.
    kept = organisation.contact_phone == before.get("contact_phone", organisation.contact_phone)
    require_valid(organisation, exclude={"contact_phone"} if kept else None)
    changed = {name for name in changes if before[name] != getattr(organisation, name)}
    if not changed:
        return organisation
    organisation.save(update_fields=sorted(changed))
    data = {
        "changed": sorted(changed),
        "from": {name: before[name] for name in sorted(changed - PERSONAL)},
        "to": {name: getattr(organisation, name) for name in sorted(changed - PERSONAL)},
        "reason": reason,
    }
    _record("organisation.amended", organisation, actor, data=data)
    return organisation


@transaction.atomic
def rename_organisation(
    *, organisation: Organisation, name: str, short_name: str | None = None, reason: str, actor: Actor
) -> Organisation:
    """单位更名: the old name becomes an alias and still finds the unit. ``short_name`` None leaves it as it
    is.

    Raises Refusal: not_permitted, reason_missing, name_unchanged, name_taken, invalid. Order: lock, check,
    row, alias, record. The record has the short name too where it has changed.
    """
    organisation, reason = _open(organisation, reason, actor)
    old_name, new_name, old_short = organisation.name, clean_name(name), organisation.short_name
    require_plain(name=name, short_name=short_name or "")
    if new_name == old_name:
        message = _("新名称与现名称相同。")
        raise Refusal("name_unchanged", message, fields={"name": message})
    if organisation.authority is not None:
        require_name_free(new_name, organisation.authority, but=organisation)
    organisation.name = new_name
    if short_name is not None:
        organisation.short_name = short_name
    require_valid(organisation, exclude={"contact_phone"})
    organisation.save(update_fields=["name", "short_name"])
    organisation.aliases.filter(name=new_name).delete()  # it has taken a former name back
    _put_alias(organisation, old_name)
    data = {"from": old_name, "to": new_name, "reason": reason}
    if organisation.short_name != old_short:
        data |= {"short_name_from": old_short, "short_name_to": organisation.short_name}
    _record("organisation.renamed", organisation, actor, data=data)
    return organisation


@transaction.atomic
def move_organisation(
    *, organisation: Organisation, parent: Organisation | None, reason: str, actor: Actor
) -> Organisation:
    """调整隶属关系: hang the unit, with everything under it, elsewhere (None: at the top). Two UPDATEs.

    An administrator must reach the unit's new place too. Raises Refusal: not_permitted, reason_missing,
    other_authority, parent_inactive, parent_unchanged, cycle (under itself), too_deep. Order: lock, check, rows, record.
    """
    parent = _lock_tree(parent)
    organisation, reason = _open(organisation, reason, actor, locked=True)
    if organisation.parent_id == (parent.pk if parent is not None else None):
        message = _("该单位现已隶属于此上级单位。")
        raise Refusal("parent_unchanged", message, fields={"parent": message})
    if parent is not None and parent.is_within(organisation):
        message = _("单位不得隶属于其自身或者其下级单位。")
        raise Refusal("cycle", message, fields={"parent": message})
    require_active(parent)
    if parent is not None:
        require_administrator(actor, Role.SYSTEM_ADMIN, authority=parent.authority, organisation=parent)
    if not organisation.is_authority and organisation.authority is not None:
        require_same_authority(parent, organisation.authority)
    require_not_too_deep(parent, organisation)
    old_parent, old_path = organisation.parent, organisation.path
    new_path = (parent.path if parent else "") + path_segment(organisation.pk)
    Organisation.objects.within(organisation).update(
        path=Concat(Value(new_path), Substr("path", len(old_path) + 1))
    )
    organisation.parent, organisation.path = parent, new_path
    organisation.save(update_fields=["parent"])
    data = {
        "from": old_parent.public_id if old_parent else None,
        "to": parent.public_id if parent else None,
        "reason": reason,
    }
    _record("organisation.moved", organisation, actor, data=data)
    return organisation


@transaction.atomic
def add_alias(*, organisation: Organisation, name: str, actor: Actor) -> OrganisationAlias:
    """登记别名: another name that finds the unit. Raises Refusal: not_permitted, name_taken, alias_exists, invalid."""
    require_administrator(
        actor, Role.SYSTEM_ADMIN, authority=organisation.authority, organisation=organisation
    )
    lock_authorities()
    require_still_in_office(actor)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    alias = _add_alias(organisation, name)
    _record("organisation.alias_added", organisation, actor, data={"alias": alias.name})
    return alias


def find_organisation(*, authority: Organisation, name: str) -> Organisation | None:
    """The unit of ``authority`` known by ``name``: its name, else an alias, else a short name that only one
    has.

    Full-width and half-width brackets are the same. None when nobody, or more than one by short name, answers
    to it.
    """
    name = clean_name(name)
    if not name:
        return None
    units = Organisation.objects.filter(authority=authority)
    if found := units.filter(name=name).first() or units.filter(aliases__name=name).first():
        return found
    by_short_name = list(units.filter(short_name=name, is_active=True)[:2])
    return by_short_name[0] if len(by_short_name) == 1 else None


def unit_above(*, organisation: Organisation, role: Role, programme_code: str) -> Organisation | None:
    """The nearest unit that holds ``role`` for the programme and stands above ``organisation`` or beside what is above:

    the department of its county, else of its city, else of the province. A neighbouring county or zone never acts for
    another's firms. None when nobody holds the role. Two queries.
    """
    above = [pk for pk in organisation.lineage if pk != organisation.pk]
    holders = RoleAssignment.objects.valid_on(clock.today()).filter(
        role=role, programme_code__in=("", programme_code), organisation__is_active=True
    )
    units = Organisation.objects.filter(pk__in=holders.values("organisation")).filter(
        Q(pk__in=above) | Q(parent__in=above) & ~Q(kind__in=TERRITORIES)
    )
    rank = {pk: depth for depth, pk in enumerate(above)}
    return max(
        units.exclude(pk=organisation.pk).order_by("-pk"),
        key=lambda unit: max(rank.get(unit.pk, -1), rank.get(unit.parent_id, -1)),
        default=None,
    )


def version_of_organisation(organisation: Organisation) -> str:
    """How the unit stands: what a form carries, so that it overwrites nothing that it has not shown."""
    return version_of([organisation.public_id, *(getattr(organisation, name) for name in AMENDABLE)])


def _open(
    organisation: Organisation, reason: str, actor: Actor, *, locked: bool = False
) -> tuple[Organisation, str]:
    """The unit, locked behind the tree and read again, once the actor and the reason are in order.

    Names and codes are looked for in all the tree before they are written: one change of it at a time.
    """
    require_administrator(
        actor, Role.SYSTEM_ADMIN, authority=organisation.authority, organisation=organisation
    )
    reason = require_reason(reason)
    if not locked:
        lock_authorities()
    require_still_in_office(actor)
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk), reason


def _require_standing_may_change(organisation: Organisation, changes: dict[str, Any]) -> None:
    """停用 and 恢复: the authority goes on; nothing is in use under a unit that is not."""
    wanted = changes.get("is_active")
    if wanted is None:
        return
    if wanted is False and organisation.is_authority:
        raise Refusal("authority_stays", _("本地区为系统的主管地区，不得停用。"))
    if wanted != organisation.is_active:
        if wanted:
            require_active(organisation.parent)
    elif changes.keys() == {"is_active"} and wanted:
        raise Refusal("already_active", _("该单位未停用。"))
    elif changes.keys() == {"is_active"}:
        raise Refusal("already_inactive", _("该单位已停用。"))


def _lock_tree(parent: Organisation | None) -> Organisation | None:
    """One change of the tree at a time; ``parent`` as it is now.

    Locking the rows concerned is not enough: an UPDATE of everything under a path does not see what another
    transaction is just hanging there.
    """
    lock_authorities()
    return Organisation.objects.get(pk=parent.pk) if parent is not None else None


def _authority_for(
    parent: Organisation | None, authority: Organisation | None, code: str, actor: Actor
) -> Organisation | None:
    """The authority a new unit belongs to, once the actor may create it; None for a new authority."""
    if code:
        if not actor.system:
            raise Refusal("not_permitted", _("地区只能由系统开通。"))
        return None
    if authority is None and parent is not None:
        authority = parent.authority
    require_administrator(actor, Role.SYSTEM_ADMIN, authority=authority, organisation=parent)
    if authority is None:
        raise Refusal("authority_missing", _("请指明单位所属的地区。"))
    require_same_authority(parent, authority)
    return authority


def _insert(organisation: Organisation) -> None:
    """INSERT, then what needs the key: the path, and an authority's pointer to itself."""
    organisation.path = organisation.public_id.hex  # unique until the key is known
    organisation.save()
    organisation.path = (organisation.parent.path if organisation.parent else "") + path_segment(
        organisation.pk
    )
    if organisation.code:
        organisation.authority = organisation
    organisation.save(update_fields=["path", "authority"])


def _add_alias(organisation: Organisation, name: str, *, field: str = "name") -> OrganisationAlias:
    """Another name, not one that the unit has; refused beside ``field``."""
    require_plain(**{field: name})
    name, authority = clean_name(name), organisation.authority
    if authority is None:
        raise Refusal("authority_missing", _("该单位未归属任何地区，不能办理。"))
    require_name_free(name, authority, but=organisation, field=field)
    if name == organisation.name or organisation.aliases.filter(name=name).exists():
        message = _("“%(name)s”已是本单位的名称或者别名。") % {"name": name}
        raise Refusal("alias_exists", message, fields={field: message})
    return _put_alias(organisation, name)


def _put_alias(organisation: Organisation, name: str) -> OrganisationAlias:
    existing = organisation.aliases.filter(name=name).first()
    if existing is not None:
        return existing
    alias = OrganisationAlias(organisation=organisation, authority=organisation.authority, name=name)
    require_valid(alias)
    alias.save()
    return alias


def _record(action: str, organisation: Organisation, actor: Actor, *, data: dict[str, Any]) -> None:
    record(
        authority=organisation.authority,
        action=action,
        actor=actor,
        subject=organisation.public_id,
        data=data,
    )


def _facts(organisation: Organisation) -> dict[str, Any]:
    """The unit as the record keeps it."""
    return {
        "name": organisation.name,
        "kind": organisation.kind,
        "parent": organisation.parent.public_id if organisation.parent else None,
        "code": organisation.code,
        "region_code": organisation.region_code,
        "uscc": organisation.uscc,
        "aliases": [alias.name for alias in organisation.aliases.all()],
    }
