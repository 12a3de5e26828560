"""The record's names in plain words: what was done, in which role, what was read. 留痕用语

Entries hold stable codes. A code that this version has no word for is shown as it was recorded.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from audit.display import content_of
from audit.models import Entry
from audit.punctuation import noted, strung
from programmes.procedures import COMMANDS, PROCEDURES, action_of
from programmes.schema import Pack

OTHER_ACTIONS: Final = {
    "case.open": gettext_lazy("建立申报草稿"),
    "case.nominate": gettext_lazy("提名，建立申报草稿"),
    "case.move_edition": gettext_lazy("改用另一政策版本"),
    "publicize.lodge_objection": gettext_lazy("收到公众异议"),
    "review.draw_experts": gettext_lazy("随机抽取专家"),
    "personal.erased": gettext_lazy("删除个人信息"),
}
"""Entries of a case's chain that are no action of a procedure."""

OTHER_ROLES: Final = {
    "system": gettext_lazy("系统"),
    "public": gettext_lazy("社会公众"),
    "in_person": gettext_lazy("本人"),
}

UNNAMED: Final = frozenset({"system", "public"})
"""Roles that nobody holds: the name says it all."""

MATERIAL: Final = "material."
"""The beginning of what is noted when somebody opens an attachment."""

ACTION: Final = "action."
"""The beginning of what is noted when somebody opens the page of an action."""

READS: Final = {
    "supervision.record": gettext_lazy("查阅办理留痕"),
    "supervision.entry": gettext_lazy("查阅单条留痕"),
    "supervision.reads": gettext_lazy("查阅查阅记录"),
    "supervision.administration": gettext_lazy("查阅管理留痕"),
    "supervision.verify": gettext_lazy("核验留痕链"),
    "supervision.export": gettext_lazy("导出办理留痕"),
    "case.page": gettext_lazy("查阅案件概况"),
    "case.declaration": gettext_lazy("查阅申报材料"),
    "case.print": gettext_lazy("打印申报材料"),
    "case.word": gettext_lazy("下载申报材料（Word）"),
    "case.pdf": gettext_lazy("下载申报材料（PDF）"),
    "case.dossier": gettext_lazy("下载案卷"),
    "case.receipt": gettext_lazy("查阅申报回执"),
    "case.review": gettext_lazy("查阅评审情况"),
    "case.score": gettext_lazy("查阅评分页面"),
    "case.notices": gettext_lazy("查阅公示与异议"),
    "case.objectors": gettext_lazy("查阅公示与异议（含异议人身份）"),
    "objection.objector": gettext_lazy("查阅异议人身份"),
    "case.decisions": gettext_lazy("查阅决定与文书"),
    "case.letter": gettext_lazy("查阅文书"),
    "case.upkeep": gettext_lazy("查阅建设与考核"),
}


def action_label(code: str) -> str:
    """What was done: 准予备案. The code itself when this version does not know it."""
    if code in OTHER_ACTIONS:
        return str(OTHER_ACTIONS[code])
    procedure, _sep, name = code.partition(".")
    try:
        action = COMMANDS[name] if procedure == "command" else action_of(procedure, name)
    except KeyError:
        return code
    return str(action.label)


def action_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every action a case's record may hold, by procedure, for a filter."""
    groups = []
    for procedure in PROCEDURES.values():
        codes = [action.code for duty in procedure.duties for action in duty.actions]
        codes += [action.code for action in procedure.system]
        names = [(f"{procedure.code}.{code}", action_label(f"{procedure.code}.{code}")) for code in codes]
        groups.append((str(procedure.title), list(dict.fromkeys(names))))
    commands = [(f"command.{code}", str(action.label)) for code, action in COMMANDS.items()]
    groups.append((_("其他办理"), commands))
    groups.append((_("系统与公众"), [(code, str(label)) for code, label in OTHER_ACTIONS.items()]))
    return groups


def role_label(code: str) -> str:
    """A role of the record in words."""
    return str(Role(code).label) if code in Role.values else str(OTHER_ROLES.get(code, code))


def read_label(code: str, pack: Pack) -> str:
    """What was read, in words; the code itself for what this version does not know."""
    if code.startswith(MATERIAL):
        item = code.removeprefix(MATERIAL).partition(".")[0]  # then which file of the item
        return _("查阅附件“%(name)s”") % {"name": material_name(item, pack) or item}
    if code.startswith(ACTION):
        return _("查阅“%(action)s”办理页面") % {"action": action_label(code.removeprefix(ACTION))}
    return str(READS.get(code, code))


def material_name(item: str, pack: Pack) -> str:
    """What the edition calls a material; '' when it has no such material."""
    fields = [field for form in pack.forms.values() if form.kind == "materials" for field in form.fields]
    return next((str(field.label) for field in fields if field.key == item), "")


def actor_line(entry: Entry) -> str:
    """王经办（市大数据局，经办人），代李审核行使."""
    if entry.role in UNNAMED:
        return entry.actor_name
    text = noted(entry.actor_name, strung((entry.organisation_name, role_label(entry.role))))
    substituted = (content_of(entry).get("actor") or {}).get("on_behalf_of")
    return text + (_("，代%(name)s行使") % {"name": substituted} if substituted else "")


def clause_of(entry: Entry) -> str:
    """The clause the entry cites; '' without."""
    return str(content_of(entry).get("clause") or "")
