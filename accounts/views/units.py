"""机构: found, created and kept by the system administrator; the security administrator looks them up."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.administration_filters import UnitFilter
from accounts.administration_forms import (
    AliasForm,
    MoveForm,
    NewUnitForm,
    RenameForm,
    StatusForm,
    UnitForm,
    initial_of,
)
from accounts.enums import Role
from accounts.models import Organisation
from accounts.neighbours import held_by_unit
from accounts.organisations import (
    add_alias,
    amend_organisation,
    create_organisation,
    move_organisation,
    rename_organisation,
    version_of_organisation,
)
from accounts.reach import (
    assignments_in_reach,
    search_units,
    signing_for,
    standing_assignments,
    units_in_reach,
)
from accounts.views.administering import (
    PAGE,
    AdministratorRequest,
    Sheet,
    administrators_only,
    answer,
    unit_asked_for,
)
from audit import clock

LOOKERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
KEEPER = Role.SYSTEM_ADMIN
SHOWN = 20
"""Lower units shown on the page of a unit; the list has the rest."""
HELD = 50
"""Assignments shown there."""


@require_safe
@administrators_only(*LOOKERS)
def units(request: AdministratorRequest) -> HttpResponse:
    """机构目录, in the order of the tree. Two queries; with ``under`` three."""
    form = UnitFilter(request.GET)
    chosen = form.chosen()
    rows = search_units(units_in_reach(request.actor), chosen["q"])
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["active"]:
        rows = rows.filter(is_active=chosen["active"] == "yes")
    above = unit_asked_for(request, "under")
    if above is not None:
        rows = rows.within(above).exclude(pk=above.pk)
    page = Paginator(rows.select_related("parent"), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "above": above,
        "keeper": _keeps(request),
    }
    return render(request, "accounts/units.html", context)


@require_safe
@administrators_only(*LOOKERS)
def unit(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """One unit: what it is, what is under it, who belongs to it, who holds what there."""
    row = _unit(request, public_id)
    today, stays = clock.today(), row.is_authority
    below = units_in_reach(request.actor).filter(parent=row)
    held = standing_assignments(assignments_in_reach(request.actor).filter(organisation=row), today)
    context = {
        "unit": row,
        "keeper": _keeps(request),
        "aliases": row.aliases.all(),
        "below": list(below[: SHOWN + 1]),
        "shown": SHOWN,
        "members": row.members.count(),
        "assignments": list(held.order_by("role", "valid_from", "pk")[: HELD + 1]),
        "held": HELD,
        "signers": signing_for(row, today).order_by("valid_from", "pk"),
        "why_not": {
            "move": _("本地区为系统的主管地区，隶属关系由平台运维人员在服务器上调整。") if stays else "",
            "close": _("本地区为系统的主管地区，不得停用。") if stays else "",
            "reopen": _reopened_under(row),
            "grant": "" if row.is_active else _("该单位已停用，不能授权。"),
        },
    }
    return render(request, "accounts/unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def new_unit(request: AdministratorRequest) -> HttpResponse:
    """新增机构, under the unit of ``parent`` (by default the administrator's own)."""
    actor = request.actor
    parent = unit_asked_for(request, "parent") or actor.organisation
    form = NewUnitForm(request.POST or None, actor=actor, initial={"parent": parent.name if parent else ""})

    def done(typed: dict[str, Any]) -> HttpResponse:
        row = create_organisation(actor=actor, **typed)
        messages.success(request, _("已新增机构“%(name)s”。") % {"name": row.name})
        if units_in_reach(actor).filter(pk=row.pk).exists():
            return redirect("accounts:unit", row.public_id)
        return redirect("accounts:units")  # whoever keeps one unit alone does not keep what is below it

    sheet = Sheet(
        title=_("新增机构"),
        text=_("新增的机构归属本地区；名称与其他机构的名称、别名不得重复。"),
        submit=_("新增"),
        back_url=reverse("accounts:units"),
        back_label=_("机构目录"),
    )
    return answer(request, form, done, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def edit_unit(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """更正机构信息."""
    row = _unit(request, public_id)
    form = UnitForm(request.POST or None, initial=_begun(row))

    def done(typed: dict[str, Any]) -> HttpResponse:
        amend_organisation(organisation=row, actor=request.actor, **typed)
        return _saved(request, row, _("机构信息已更正。"))

    text = _("名称用“更名”更改，上级单位用“调整隶属关系”更改。")
    sheet = _sheet(
        row, _("更正机构信息"), _("保存"), text=text, present=lambda: _begun(_unit(request, public_id))
    )
    return answer(request, form, done, sheet)


def _begun(row: Organisation) -> dict[str, Any]:
    """The unit as its form begins."""
    return {**initial_of(row), "seen": version_of_organisation(row)}


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def rename_unit(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """机构更名: the former name still finds the unit."""
    row = _unit(request, public_id)
    form = RenameForm(request.POST or None, initial={"short_name": row.short_name})

    def done(typed: dict[str, Any]) -> HttpResponse:
        renamed = rename_organisation(organisation=row, actor=request.actor, **typed)
        return _saved(request, row, _("机构已更名为“%(name)s”。") % {"name": renamed.name})

    text = _("原名称保留为别名，按原名称仍可查到；已形成的留痕和文书不变。")
    return answer(request, form, done, _sheet(row, _("机构更名"), _("更名"), text=text))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def move_unit(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """调整隶属关系: the unit goes elsewhere in the tree, with all that is under it."""
    row = _unit(request, public_id)
    form = MoveForm(request.POST or None, actor=request.actor)

    def done(typed: dict[str, Any]) -> HttpResponse:
        move_organisation(organisation=row, actor=request.actor, **typed)
        return _saved(request, row, _("隶属关系已调整。"))

    text = _("本机构及其全部下级机构一并调整；上级单位“含下级单位”的任职授权随之变化。")
    return answer(request, form, done, _sheet(row, _("调整隶属关系"), _("调整"), text=text))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def add_unit_alias(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """登记别名."""
    row = _unit(request, public_id)
    form = AliasForm(request.POST or None)

    def done(typed: dict[str, Any]) -> HttpResponse:
        alias = add_alias(organisation=row, actor=request.actor, **typed)
        return _saved(request, row, _("已登记别名“%(name)s”。") % {"name": alias.name})

    text = _("曾用名、政策文件中的称谓等，按别名也可查到本机构。")
    return answer(request, form, done, _sheet(row, _("登记别名"), _("登记"), text=text))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def unit_status(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """停用 or 恢复: shown is whichever the unit is not, done is what was shown. What is open there is told before."""
    row = _unit(request, public_id)
    act = StatusForm.CLOSE if row.is_active else StatusForm.REOPEN
    form = StatusForm(request.POST or None, initial={"act": act})
    closing = (request.POST.get("act") or act) == StatusForm.CLOSE

    def done(typed: dict[str, Any]) -> HttpResponse:
        amend_organisation(
            organisation=row, is_active=not closing, reason=typed["reason"], actor=request.actor
        )
        return _saved(request, row, _("机构已停用。") if closing else _("机构已恢复使用。"))

    if not closing:
        sheet = _sheet(row, _("恢复使用机构"), _("恢复使用"))
    else:
        sheet = _sheet(
            row,
            _("停用机构"),
            pgettext("unit or account", "停用"),
            text=_(
                "停用后不得在本机构新建账号、下级机构和任职授权；已有的账号、授权和办理事项不受影响，须分别处理。"
            ),
            open=_open_at(request, row),
            danger=True,
        )
    return answer(request, form, done, sheet)


def _reopened_under(row: Organisation) -> str:
    closed = row.parent is not None and not row.parent.is_active
    return _("上级单位“%(name)s”已停用。") % {"name": row.parent.name} if closed and row.parent else ""


def _open_at(request: AdministratorRequest, row: Organisation) -> list[str]:
    """What is still in use or open at the unit, a line each."""
    today = clock.today()
    below = Organisation.objects.filter(parent=row, is_active=True).count()
    members = row.members.filter(is_active=True).count()
    held = standing_assignments(assignments_in_reach(request.actor).filter(organisation=row), today).count()
    signers = signing_for(row, today).count()
    lines = (
        (below, _("在用的下级机构%(n)d个")),
        (members, _("在用账号%(n)d个")),
        (held, _("有效和待生效的任职授权%(n)d项")),
        (signers, _("在册签章人%(n)d名")),
    )
    return [*(text % {"n": n} for n, text in lines if n), *held_by_unit(row)]


def _unit(request: AdministratorRequest, public_id: uuid.UUID) -> Organisation:
    """The unit; 404 outside the administrator's reach. One query."""
    rows = units_in_reach(request.actor).select_related("parent", "authority")
    return get_object_or_404(rows, public_id=public_id)


def _keeps(request: AdministratorRequest) -> bool:
    return request.actor.role == KEEPER


def _sheet(row: Organisation, title: str, submit: str, **more: Any) -> Sheet:
    return Sheet(
        title=title,
        submit=submit,
        back_url=reverse("accounts:unit", args=[row.public_id]),
        back_label=row.name,
        open_title=_("本机构尚有：") if more.get("open") else "",
        **more,
    )


def _saved(request: AdministratorRequest, row: Organisation, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("accounts:unit", row.public_id)
