"""From codes to sentences, in the language of whoever reads. 文句"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.punctuation import listed
from cases.models import Case
from notifications.catalogue import LEADS, telling
from notifications.enums import Kind
from notifications.models import Notification
from programmes.procedures import COMMANDS, PROCEDURES, action_of, duty_of


def sentence_of(message: Notification) -> str:
    """What the message says, in the active language. No query when ``message.case`` is loaded."""
    data, case = message.data, message.case
    values = {
        "case": case_name(case),
        "objection": data.get("objection", ""),
        "unit": data.get("unit", ""),
        "action": action_title(str(data.get("action", ""))),
        "attempts": data.get("attempts", 1),
        "duties": _duties(data),
        "due": _due(data),
    }
    match message.kind:
        case Kind.TODO:
            return _todo(data, values)
        case Kind.DUE_SOON:
            return _("您承办的“%(case)s”“%(duties)s”将于%(due)s到期，请抓紧办理。") % values
        case Kind.OVERDUE:
            return _("您承办的“%(case)s”“%(duties)s”已超过办理期限（%(due)s），请尽快办理。") % values
        case Kind.SUBSCRIBER:
            return _round_opened(data)
        case _:
            found = telling(message.kind, str(data.get("code", "")))
            return str(found.text) % values if found else _("“%(case)s”有新的进展。") % values


def headline_of(message: Notification) -> str:
    """A few words for the subject of a letter."""
    values = {"case": case_name(message.case), "duties": _duties(message.data)}
    match message.kind:
        case Kind.TODO:
            return _("待办：%(duties)s（%(case)s）") % values
        case Kind.DUE_SOON:
            return _("临期提醒：%(duties)s（%(case)s）") % values
        case Kind.OVERDUE:
            return _("逾期提醒：%(duties)s（%(case)s）") % values
        case Kind.SUBSCRIBER:
            return _("开始受理申报：%(programme)s") % {"programme": _programme(message.data)}
        case Kind.APPLICANT:
            return _("案件进展：%(case)s") % values
        case _:
            return _("办理情况：%(case)s") % values


def _round_opened(data: Mapping[str, Any]) -> str:
    values = {"programme": _programme(data), "round": data.get("round", ""), "day": data.get("closes", "")}
    if values["day"]:
        return _("您关注的“%(programme)s”已开始受理申报：%(round)s，%(day)s截止。") % values
    return _("您关注的“%(programme)s”已开始受理申报：%(round)s。") % values


def _programme(data: Mapping[str, Any]) -> str:
    """The programme's title in the reader's language."""
    title = data.get("title", {})
    english = (get_language() or "").startswith("en")
    return str((title.get("en") if english else "") or title.get("zh", ""))


def _todo(data: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """What to do, after the news of the reader's side where there is some."""
    news = _news(data)
    if news:
        values = {**values, "news": news % values}
        if values["due"]:
            return _("%(news)s待办理：%(duties)s，办理期限至%(due)s。") % values
        return _("%(news)s待办理：%(duties)s。") % values
    if values["due"]:
        return _("“%(case)s”待办理：%(duties)s，办理期限至%(due)s。") % values
    return _("“%(case)s”待办理：%(duties)s。") % values


def _news(data: Mapping[str, Any]) -> str:
    """What leads a to-do: why somebody on no side is asked, else what happened as the reader's side is told it."""
    for item in data.get("items", ()):
        if lead := LEADS.get(f"{item.get('procedure', '')}.{item.get('duty', '')}"):
            return str(lead)
    found = telling(str(data.get("side", "")), str(data.get("code", "")))
    return str(found.text) if found else ""


def _duties(data: Mapping[str, Any]) -> str:
    titles = (duty_title(item.get("procedure", ""), item.get("duty", "")) for item in data.get("items", ()))
    return listed(dict.fromkeys(titles))


def _due(data: Mapping[str, Any]) -> str:
    """The earliest limit, as an ISO date; empty when there is none."""
    return min((item["due"] for item in data.get("items", ()) if item.get("due")), default="")


def case_name(case: Case | None) -> str:
    """How a sentence calls the case."""
    return case.title if case is not None else _("案件")


def duty_title(procedure: str, duty: str) -> str:
    """The title of a duty; of a command given as a duty; of a side procedure that the calendar starts."""
    if duty.startswith("side:"):
        return str(PROCEDURES["appraise"].title)
    if procedure == "command" and duty in COMMANDS:
        return str(COMMANDS[duty].label)
    for code in [procedure] if procedure in PROCEDURES else PROCEDURES:
        try:
            return str(duty_of(code, duty).title)
        except StopIteration:
            continue
    return _("办理事项")


def action_title(action: str) -> str:
    """The label of an action by its bare code, wherever it belongs; empty for an empty code."""
    if action in COMMANDS:
        return str(COMMANDS[action].label)
    for code in PROCEDURES:
        try:
            return str(action_of(code, action).label)
        except KeyError:
            continue
    return _("办理事项") if action else ""
