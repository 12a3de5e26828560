"""The catalogue is complete, and what it says can be said."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from cases import policy
from cases.models import Case
from notifications.catalogue import (
    OBJECTION_LODGED,
    OBJECTION_RECORDED,
    OPINION_OVERDUE,
    SILENT,
    TELLINGS,
    code_of,
    group_of,
    tellings_for,
)
from notifications.enums import Group, Kind, Level
from notifications.models import Notification
from notifications.sentences import action_title, duty_title, headline_of, sentence_of
from programmes.procedures import COMMANDS, PROCEDURES, action_of, duty_of
from workflows.events import (
    CASE_ACTED,
    CASE_NOMINATED,
    DEADLINE_FAILED,
    ITEM_DUE_SOON,
    ITEM_OVERDUE,
    MATERIAL_INFECTED,
)
from workflows.models import Event

SYSTEM_ACTIONS = [f"{p.code}.{a.code}" for p in PROCEDURES.values() for a in p.system]
ACTIONS = list(dict.fromkeys([*policy.all_actions(), *SYSTEM_ACTIONS]))
KINDS = [
    *(OBJECTION_LODGED, OBJECTION_RECORDED, ITEM_DUE_SOON, ITEM_OVERDUE, OPINION_OVERDUE),
    *(DEADLINE_FAILED, MATERIAL_INFECTED, CASE_NOMINATED),
]
ITEM = {"id": 7, "procedure": "file", "duty": "examine", "due": "2020-04-03"}
EVERY = [(code, telling) for code, tellings in TELLINGS.items() for telling in tellings]


def message(kind: str, code: str, **data: Any) -> Notification:
    case = Case(title="白云基地")
    return Notification(kind=kind, case=case, data={"code": code, **data})


@pytest.mark.parametrize("code", [*ACTIONS, *KINDS])
def test_everything_that_happens_is_told_or_knowingly_silent(code: str) -> None:
    assert (code in TELLINGS) != (code in SILENT)


def test_the_catalogue_knows_nothing_that_cannot_happen() -> None:
    assert set(TELLINGS) | SILENT == set(ACTIONS) | set(KINDS)


@pytest.mark.parametrize(
    ("code", "telling"), EVERY, ids=[f"{code}-{telling.kind}" for code, telling in EVERY]
)
def test_every_telling_becomes_a_sentence(code: str, telling: Any) -> None:
    row = message(telling.kind, code, objection="YY-1", action="expire", attempts=2, items=[ITEM])
    sentence = sentence_of(row)
    assert "“白云基地”" in sentence and sentence.endswith("。") and "%" not in sentence
    assert "白云基地" in headline_of(row)


@pytest.mark.parametrize("code", TELLINGS)
def test_each_side_is_told_once(code: str) -> None:
    sides = [telling.kind for telling in TELLINGS[code]]
    assert len(set(sides)) == len(sides)


@pytest.mark.parametrize("word", ["违纪", "回避", "线索", "编号"])
def test_applicants_do_not_hear_of(word: str) -> None:
    assert [
        code for code, telling in EVERY if telling.kind == Kind.APPLICANT and word in str(telling.text)
    ] == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"items": [ITEM]}, "“白云基地”待办理：备案审核，办理期限至2020-04-03。"),
        ({"items": [{**ITEM, "due": ""}]}, "“白云基地”待办理：备案审核。"),
        (
            {"items": [ITEM, {"id": 8, "procedure": "publicize", "duty": "handle", "due": "2020-04-01"}]},
            "“白云基地”待办理：备案审核、核查处理异议，办理期限至2020-04-01。",
        ),
        (
            {
                "side": "applicant",
                "items": [{"id": 9, "procedure": "file", "duty": "begin", "due": ""}],
            },
            "“白云基地”已准予备案。待办理：启动建设。",
        ),
        (
            {
                "side": "applicant",
                "items": [{"id": 9, "procedure": "file", "duty": "begin", "due": "2020-05-01"}],
            },
            "“白云基地”已准予备案。待办理：启动建设，办理期限至2020-05-01。",
        ),
        ({"side": "officers", "items": [ITEM]}, "“白云基地”待办理：备案审核，办理期限至2020-04-03。"),
    ],
)
def test_a_to_do_says_what_by_when_and_why(data: dict[str, Any], expected: str) -> None:
    assert sentence_of(message(Kind.TODO, "file.file", **data)) == expected


def test_a_unit_that_is_asked_reads_who_asks_and_not_the_news_of_the_office() -> None:
    asked = {"id": 9, "procedure": "consult", "duty": "answer", "due": "2020-05-01"}
    row = message(Kind.TODO, "command.ask_opinions", items=[asked])
    assert sentence_of(row) == (
        "主管部门就“白云基地”征求贵单位意见。待办理：反馈意见，办理期限至2020-05-01。"
    )


DECIDED = [
    "declare.decline",
    "file.refuse_filing",
    "review.fail_initial",
    "review.select",
    "review.reject",
    "review.send_back",
    "publicize.uphold_objection",
    "accredit.approve",
    "accredit.refuse_approval",
    "accredit.return_for_rework",
    "appraise.conclude_scored",
    "award.refuse_claim",
    "award.grant",
    "award.refuse_grant",
    "award.record_provincial_grant",
    "award.record_provincial_refusal",
    "revoke.agree_revocation",
    "command.exit_library",
    "command.end_term",
]


@pytest.mark.parametrize("code", DECIDED)
def test_applicant_and_recommender_learn_of_what_was_decided(code: str) -> None:
    assert {Kind.APPLICANT, Kind.RECOMMENDER} <= {telling.kind for telling in TELLINGS[code]}


ON_THE_WAY = {"review.send_back", "accredit.return_for_rework", "appraise.conclude_scored"}


@pytest.mark.parametrize(
    "code",
    [*(code for code in DECIDED if code not in ON_THE_WAY), "declare.not_recommend", "command.withdraw"],
)
def test_who_nominated_learns_how_it_ended(code: str) -> None:
    assert Kind.NOMINATOR in {telling.kind for telling in TELLINGS[code]}


@pytest.mark.parametrize("side", [Kind.RECOMMENDER, Kind.NOMINATOR])
def test_whoever_recommended_does_not_hear_how_much_nor_why(side: Kind) -> None:
    texts = [str(telling.text) for _code, telling in EVERY if telling.kind == side]
    assert [text for text in texts if "金额" in text or "理由" in text] == []


def test_a_reminder_says_until_when() -> None:
    row = message(Kind.DUE_SOON, ITEM_DUE_SOON, items=[ITEM])
    assert sentence_of(row) == "您承办的“白云基地”“备案审核”将于2020-04-03到期，请抓紧办理。"
    assert headline_of(row) == "临期提醒：备案审核（白云基地）"


def test_overdue_tells_the_holder_and_supervision_differently() -> None:
    holder = sentence_of(message(Kind.OVERDUE, ITEM_OVERDUE, items=[ITEM]))
    watcher = sentence_of(message(Kind.SUPERVISORS, ITEM_OVERDUE, items=[ITEM]))
    assert holder.startswith("您承办的“白云基地”") and "2020-04-03" in holder
    assert "备案审核" in watcher and "2020-04-03" in watcher and holder != watcher


@pytest.mark.parametrize(
    ("procedure", "duty", "label"),
    [
        ("file", "examine", duty_of("file", "examine").title),
        ("appraise", "conclude", duty_of("appraise", "conclude").title),
        ("review", "conclude", duty_of("review", "conclude").title),
        ("command", "start_appraisal", COMMANDS["start_appraisal"].label),
        ("", "side:appraisal", PROCEDURES["appraise"].title),
        ("", "window", duty_of("publicize", "window").title),
        ("file", "gone_in_a_later_release", "办理事项"),
    ],
)
def test_a_duty_has_a_title(procedure: str, duty: str, label: object) -> None:
    assert duty_title(procedure, duty) == str(label)


@pytest.mark.parametrize(
    ("action", "label"),
    [
        ("expire", action_of("build", "expire").label),
        ("end_publicity", action_of("publicize", "end_publicity").label),
        ("start_appraisal", COMMANDS["start_appraisal"].label),
        ("", ""),
        ("gone_in_a_later_release", "办理事项"),
    ],
)
def test_an_action_has_a_title(action: str, label: object) -> None:
    assert action_title(action) == str(label)


def test_a_message_of_a_code_that_is_gone_still_reads() -> None:
    assert sentence_of(message(Kind.APPLICANT, "file.gone")) == "“白云基地”有新的进展。"
    assert group_of(Kind.APPLICANT, "file.gone") == Group.PROGRESS


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        (CASE_ACTED, {"action": "file.file"}, "file.file"),
        ("objection_lodged", {"accepted": True}, OBJECTION_LODGED),
        ("objection_lodged", {"accepted": False}, OBJECTION_RECORDED),
        (ITEM_OVERDUE, {"duty": "examine"}, ITEM_OVERDUE),
        (ITEM_OVERDUE, {"duty": "answer"}, OPINION_OVERDUE),
    ],
)
def test_code_of_an_event(kind: str, data: dict[str, Any], code: str) -> None:
    assert code_of(Event(kind=kind, data=data)) == code


@pytest.mark.parametrize(("attempts", "told"), [(1, True), (2, False), (24, False), (25, True), (49, True)])
def test_a_limit_that_keeps_failing_is_not_told_each_time(attempts: int, told: bool) -> None:
    assert bool(tellings_for(Event(kind=DEADLINE_FAILED, data={"attempts": attempts}))) is told


@pytest.mark.parametrize(("items", "told"), [([4], True), ([], False)])
def test_an_objection_on_paper_is_told_when_it_is_examined(items: list[int], told: bool) -> None:
    event = Event(kind=CASE_ACTED, data={"action": "command.register_objection", "items": items})
    assert bool(tellings_for(event)) is told


def test_an_unknown_kind_of_event_concerns_nobody() -> None:
    assert tellings_for(Event(kind="something_new", data={})) == ()


def test_groups() -> None:
    assert group_of(Kind.TODO, "file.file") == Group.TODO
    assert group_of(Kind.OVERDUE, ITEM_OVERDUE) == group_of(Kind.DUE_SOON, ITEM_DUE_SOON) == Group.ALERT
    assert group_of(Kind.SUPERVISORS, ITEM_OVERDUE) == Group.ALERT
    assert group_of(Kind.APPLICANT, "file.file") == Group.PROGRESS
    assert {telling.level for _code, telling in EVERY} == {Level.INFO, Level.WARN}


def test_sentences_are_made_in_the_language_of_the_reader(english: None) -> None:
    row = message(Kind.TODO, "file.file", side="applicant", items=[{**ITEM, "duty": "begin"}])
    with translation.override("en"):
        assert sentence_of(row) == "“白云基地” was filed. To do: Begin construction, by 2020-04-03."
        assert row.get_kind_display() == "To do"
    assert sentence_of(row) == "“白云基地”已准予备案。待办理：启动建设，办理期限至2020-04-03。"
