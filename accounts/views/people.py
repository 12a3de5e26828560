"""账号: found, opened and kept by the system administrator; the security administrator looks people up."""

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
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.administration_filters import PeopleFilter
from accounts.administration_forms import NewPersonForm, PersonForm, ReasonForm, StatusForm
from accounts.enums import Role
from accounts.first_passwords import new_first_password
from accounts.keeping import (
    registrations_of,
    require_factor_resettable,
    require_keeper_of,
    require_no_administrators_account,
    require_replaceable,
    require_signature_out_of_reach,
    standing_of,
    why_refused,
)
from accounts.lockouts import locked_names, locked_until, unlock_user
from accounts.models import Substitution, User
from accounts.neighbours import held_by_person
from accounts.reach import (
    assignments_in_reach,
    people_in_reach,
    search_people,
    signing_for,
    standing_assignments,
    with_standing,
)
from accounts.second_factor import has_factor, reset_factor
from accounts.users import (
    amend_user,
    create_user,
    deactivate_user,
    reactivate_user,
    reset_password,
    version_of_user,
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


@require_safe
@administrators_only(*LOOKERS)
def people(request: AdministratorRequest) -> HttpResponse:
    """账号, by unit and name. Four queries; filtered by lock or unit one more each."""
    form = PeopleFilter(request.GET)
    chosen = form.chosen()
    rows = search_people(people_in_reach(request.actor), chosen["q"], contacts=_keeps(request))
    match chosen["status"]:
        case "active" | "closed" as status:
            rows = rows.filter(is_active=status == "active")
        case "first":
            rows = rows.filter(must_change_password=True)
        case "locked":
            rows = rows.filter(username__in=locked_names(rows.order_by().values("username")))
    unit = unit_asked_for(request)
    if unit is not None:
        rows = rows.filter(organisation=unit)
    page = Paginator(with_standing(rows, clock.today()), PAGE).get_page(request.GET.get("page"))
    locked = locked_names(person.username for person in page)
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "page": page,
        "locked": locked,
        "unit": unit,
        "keeper": _keeps(request),
    }
    return render(request, "accounts/people.html", context)


@require_safe
@administrators_only(*LOOKERS)
def person(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """One account: who it is, what they hold, how sign-in stands, and what may be done with it."""
    row = _person(request, public_id)
    today = clock.today()
    locked, factor = locked_until(row), has_factor(row)
    held = standing_assignments(assignments_in_reach(request.actor).filter(user=row), today)
    context = {
        "person": row,
        "keeper": _keeps(request),
        "locked": locked,
        "factor": factor,
        "assignments": held.order_by("valid_from", "pk"),
        "signers": signing_for(row, today).order_by("valid_from", "pk"),
        "why_not": _why_not(request, row, locked=locked is not None, factor=factor),
    }
    return render(request, "accounts/person.html", context)


def _why_not(request: AdministratorRequest, row: User, *, locked: bool, factor: bool) -> dict[str, str]:
    """By button, why the act would be refused; '' where it would not. What a door asks, asked before."""
    own, actor = row.pk == request.user.pk, request.actor
    if not _keeps(request):
        refused = _("不得为本人授权。") if own else "" if row.is_active else _("该用户已停用，不能授权。")
        return {"grant": refused}
    if own:
        return {
            "edit": _("不得更正本人账号信息；联系方式请在个人中心更正。"),
            "status": _("不得停用本人账号。"),
            "password": _("本人密码请在个人中心修改。"),
            "unlock": _("不得解除本人账号的登录锁定。"),
            "factor": _("不得停用本人的动态口令。"),
        }
    abroad = why_refused(lambda: require_keeper_of(row, actor))
    kept = abroad or why_refused(lambda: require_no_administrators_account(row, actor))
    return {
        "edit": kept,
        "status": abroad
        or (why_refused(lambda: require_replaceable(row)) if row.is_active else _unit_closed(row)),
        "password": kept or ("" if factor else why_refused(lambda: require_signature_out_of_reach(row))),
        "unlock": kept or ("" if locked else _("该账号的登录未被锁定。")),
        "factor": kept
        or (why_refused(lambda: require_factor_resettable(row)) if factor else _("该用户未启用动态口令。")),
    }


def _unit_closed(row: User) -> str:
    unit = row.organisation
    return _("“%(name)s”已停用。") % {"name": unit.name} if unit is not None and not unit.is_active else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def new_person(request: AdministratorRequest) -> HttpResponse:
    """新增账号: with a first password, which this answer shows and nothing keeps."""
    actor = request.actor
    unit = unit_asked_for(request)
    form = NewPersonForm(
        request.POST or None, actor=actor, initial={"organisation": unit.name if unit else ""}
    )

    def done(typed: dict[str, Any]) -> HttpResponse:
        password = new_first_password()
        row = create_user(password=password, actor=actor, **typed)
        return _password_page(request, row, password, _("账号已建立"))

    sheet = Sheet(
        title=_("新增账号"),
        text=_(
            "账号建立后，系统生成初始密码，仅显示一次；本人首次登录时须修改。账号本身不带任何权限，角色由安全管理员授予。"
        ),
        submit=_("建立账号"),
        back_url=reverse("accounts:people"),
        back_label=_("人员账号"),
    )
    return answer(request, form, done, sheet)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def edit_person(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """更正账号信息."""
    row = _person(request, public_id)
    form = PersonForm(request.POST or None, actor=request.actor, initial=_begun(row))

    def done(typed: dict[str, Any]) -> HttpResponse:
        amend_user(user=row, actor=request.actor, **typed)
        return _saved(request, row, _("账号信息已更正。"))

    text = _("调整所在单位不影响已有的任职授权；需要变更的，由安全管理员办理。")
    sheet = _sheet(
        row, _("更正账号信息"), _("保存"), text=text, present=lambda: _begun(_person(request, public_id))
    )
    return answer(request, form, done, sheet)


def _begun(row: User) -> dict[str, Any]:
    """The account as its form begins."""
    return {
        "name": row.name,
        "organisation": row.organisation.name if row.organisation else "",
        "email": row.email,
        "phone": row.phone,
        "seen": version_of_user(row),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def person_status(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """停用 or 恢复: shown is whichever the account is not, done is what was shown. What the person holds is told before."""
    row = _person(request, public_id)
    act = StatusForm.CLOSE if row.is_active else StatusForm.REOPEN
    form = StatusForm(request.POST or None, initial={"act": act})
    closing = (request.POST.get("act") or act) == StatusForm.CLOSE

    def done(typed: dict[str, Any]) -> HttpResponse:
        door = deactivate_user if closing else reactivate_user
        door(user=row, actor=request.actor, reason=typed["reason"])
        return _saved(request, row, _("账号已停用。") if closing else _("账号已恢复使用。"))

    if not closing:
        text = _("恢复后，本人可以用原密码登录；仍在有效期内的任职授权随即恢复效力。")
        return answer(request, form, done, _sheet(row, _("恢复使用账号"), _("恢复使用"), text=text))
    sheet = _sheet(
        row,
        _("停用账号"),
        pgettext("unit or account", "停用"),
        text=_(
            "停用后，本人不能登录，已登录的立即失效；账号和留痕均予保留，可以恢复。名下未办结的事项须另行交办。"
        ),
        open=_open_with(row),
        danger=True,
    )
    return answer(request, form, done, sheet)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def person_password(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """重置密码: a new first password, which this answer shows and nothing keeps."""
    row = _person(request, public_id)
    form = ReasonForm(request.POST or None)

    def done(typed: dict[str, Any]) -> HttpResponse:
        password = new_first_password()
        reset_password(user=row, password=password, actor=request.actor, **typed)
        return _password_page(request, row, password, _("密码已重置"))

    text = _(
        "重置后，原密码和已登录的会话随即失效；新的初始密码仅显示一次，本人登录时须修改。请先核实本人身份。"
    )
    return answer(request, form, done, _sheet(row, _("重置密码"), _("重置"), text=text, danger=True))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def person_unlock(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """解除登录锁定."""
    row = _person(request, public_id)
    form = ReasonForm(request.POST or None)

    def done(typed: dict[str, Any]) -> HttpResponse:
        unlock_user(user=row, actor=request.actor, **typed)
        return _saved(request, row, _("登录锁定已解除。"))

    text = _("密码连续输错，登录已被锁定，到时自动解除；需要提前解除的，请先核实本人身份。密码不变。")
    return answer(request, form, done, _sheet(row, _("解除登录锁定"), _("解除锁定"), text=text))


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only(KEEPER)
def person_factor(request: AdministratorRequest, public_id: uuid.UUID) -> HttpResponse:
    """停用动态口令: the telephone and the recovery codes are lost."""
    row = _person(request, public_id)
    form = ReasonForm(request.POST or None)

    def done(typed: dict[str, Any]) -> HttpResponse:
        reset_factor(user=row, actor=request.actor, **typed)
        return _saved(request, row, _("动态口令已停用，本人须重新启用。"))

    text = _(
        "用于手机和恢复码均已遗失的情形。停用后，原动态口令和恢复码一并失效；重新启用前不能电子签章。请先核实本人身份。"
    )
    return answer(
        request,
        form,
        done,
        _sheet(row, _("停用动态口令"), pgettext("unit or account", "停用"), text=text, danger=True),
    )


def _open_with(row: User) -> list[str]:
    """What the person still holds, wherever, a line each."""
    today = clock.today()
    held = standing_of(row).order_by("pk")
    roles = [
        _("任职授权：%(role)s（%(unit)s）")
        % {"role": each.get_role_display(), "unit": each.organisation.name}
        for each in held
    ]
    signs = [_("签章人登记：%(unit)s") % {"unit": each.organisation.name} for each in registrations_of(row)]
    standing_in = Substitution.objects.filter(voided_at__isnull=True, valid_until__gte=today, substitute=row)
    stands_in = [
        _("代%(name)s办理（至%(until)s）")
        % {"name": each.assignment.user.name, "until": f"{each.valid_until}"}
        for each in standing_in.select_related("assignment__user")
    ]
    return [*roles, *signs, *stands_in, *held_by_person(row)]


def _person(request: AdministratorRequest, public_id: uuid.UUID) -> User:
    """The account; 404 outside the administrator's reach. One query."""
    return get_object_or_404(people_in_reach(request.actor), public_id=public_id)


def _password_page(request: AdministratorRequest, row: User, password: str, title: str) -> HttpResponse:
    """Shown once: no redirect, nothing kept between two requests."""
    context = {"person": row, "password": password, "title": title}
    return render(request, "accounts/first_password.html", context)


def _keeps(request: AdministratorRequest) -> bool:
    return request.actor.role == KEEPER


def _sheet(row: User, title: str, submit: str, **more: Any) -> Sheet:
    facts = [
        {"label": _("姓名"), "value": row.name},
        {"label": _("用户名"), "value": row.username},
        {"label": _("所在单位"), "value": row.organisation.name if row.organisation else "—"},
    ]
    return Sheet(
        title=title,
        submit=submit,
        back_url=reverse("accounts:person", args=[row.public_id]),
        back_label=row.name,
        facts=facts,
        open_title=_("该用户名下尚有：") if more.get("open") else "",
        **more,
    )


def _saved(request: AdministratorRequest, row: User, message: str) -> HttpResponse:
    messages.success(request, message)
    return redirect("accounts:person", row.public_id)
