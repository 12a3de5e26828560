"""Playing: what a report says, where a failure is told, how time passes, what a rehearsal must not touch."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import Organisation
from audit import clock
from cases.models import Case, Deadline, PublicNotice
from tests.workflows.rehearsal.conftest import Reader
from workflows.models import WorkItem
from workflows.rehearsal import Report, play
from workflows.rehearsal.cast import NotEmpty
from workflows.rehearsal.clockwork import stuck
from workflows.rehearsal.report import Printed

pytestmark = pytest.mark.django_db

SUBMITTED = """steps:
- play: declared
"""
HEAD = 2
"""Lines that the reader puts before a text."""


def failures(report: Report) -> list[tuple[str, int | None, str, str]]:
    return [(f.what, f.line, f.expected, f.found) for f in report.failed]


AFTERWARDS = [
    ("stage: build", "stage", "build", "file"),
    ("step: review", "step", "review", "filing"),
    ("closure: withdrawn", "closure", "withdrawn", "（无）"),
    ("case_no: X-1", "case_no", "X-1", "GYJJ-2020-0001"),
    ("items: [notify]", "items", "notify", "examine"),
    ("items: []", "items", "（无）", "examine"),
    ("due: {examine: 2020-04-07}", "due.examine", "2020-04-07", "2020-04-03"),
    ("due: {notify: 2020-04-07}", "due.notify", "2020-04-07", "（无）"),
    ("facts: {filing.status: filed}", "facts.filing.status", "filed", "none"),
    ("facts: {materials.numbers: [1, 2]}", "facts.materials.numbers", "1、2", "1、2、3、4、5、6、7、8、9"),
    ("standing: filed", "standing.status", "filed", "（无）"),
    ("notice: {status: open}", "notice.status", "open", "（无）"),
    ("plaque: {tier: 10e8}", "plaque.tier", "10e8", "（无）"),
    ("appraisal: {status: open}", "appraisal.status", "open", "（无）"),
    ("rectification: {status: open}", "rectification.status", "open", "（无）"),
    ("objection: {status: open}", "objection.status", "open", "（无）"),
    ("misconduct: {status: reported}", "misconduct.status", "reported", "（无）"),
    ("decision: {letter: filing_notice}", "decision.letter", "filing_notice", "submission_receipt"),
    ("tier: 10e8", "tier", "10e8", "（无）"),
    ("aggregate: 90", "aggregate", "90", "（无）"),
    ("versions: 2", "versions", "2", "1"),
    ("sheets: {valid: 5}", "sheets.valid", "5", "0"),
    ("visible_to: [neighbour]", "visible_to.neighbour", "true", "false"),
    ("hidden_from: [officer]", "hidden_from.officer", "false", "true"),
    ("absent: [case_no]", "absent.case_no", "（无）", "GYJJ-2020-0001"),
]
"""What is wrong about a case that has just been declared, and how it is told."""


def test_what_is_not_as_expected_is_told_with_its_line(script: Reader) -> None:
    lines = [f"- {{wait_until: 2020-03-23, expect: {{{row[0]}}}}}\n" for row in AFTERWARDS]
    report = play(script(SUBMITTED + "".join(lines)))
    told = [
        (what, HEAD + 3 + n, expected, found) for n, (_text, what, expected, found) in enumerate(AFTERWARDS)
    ]
    assert failures(report) == told


@pytest.mark.parametrize(
    ("expectation", "what", "expected", "found"),
    [
        ("warnings: [R-GY-12]", "warnings", "R-GY-12", "（无）"),
        ("message: 不予受理", "message", "不予受理", "申报材料已提交，受理编号GYJJ-2020-0001。"),
        ("score: 90", "score", "90", "（无）"),
        ("refused: R-GY-03", "refused", "R-GY-03", "办理成功"),
    ],
)
def test_what_came_of_the_act_is_told_with_its_line(
    script: Reader, expectation: str, what: str, expected: str, found: str
) -> None:
    text = f"steps:\n- {{at: 2020-03-20, do: open_case}}\n- do: fill\n- do: submit\n  expect:\n    {expectation}\n"
    assert failures(play(script(text))) == [(what, HEAD + 6, expected, found)]


def test_an_unexpected_refusal_ends_the_play(script: Reader) -> None:
    report = play(script(SUBMITTED + "- {at: 2020-03-23, do: begin_construction}\n- {do: file.file}\n"))
    assert [(f.what, f.line) for f in report.failed] == [("ok", HEAD + 3)]
    assert "R-GY-21、R-GY-22" in report.failed[0].found
    assert report.left == 1
    assert "其后1步未演练。" in "\n".join(Printed(whole=False).report(report))


def test_an_expectation_that_fails_does_not_end_the_play(script: Reader) -> None:
    text = SUBMITTED + "- {at: 2020-03-23, do: file.file, expect: {stage: build}}\n- {do: notify_filing}\n"
    report = play(script(text))
    assert (report.left, failures(report)) == (0, [("stage", HEAD + 3, "build", "file")])


def test_each_of_several_people_must_be_refused(script: Reader) -> None:
    text = (
        SUBMITTED
        + "- {at: 2020-03-23, who: [approver, officer], do: file.file, expect: {refused: invisible}}\n"
    )
    assert failures(play(script(text))) == [("refused", HEAD + 3, "invisible", "办理成功")]


def test_a_soft_rule_wants_a_reason(script: Reader) -> None:
    weak = "declaration: {forms: {GY_SUPP_EXTRA: {plan_horizon_years: 2}}}\n"
    steps = """steps:
- {at: 2020-03-20, do: open_case}
- {do: fill}
- {do: submit, expect: {refused: R-GY-05, warnings: [R-GY-05], message: 须说明理由}}
- {do: submit, with: {explanations: {R-GY-05: 分期规划，先行两年。}}, expect: {warnings: [R-GY-05], stage: file}}
"""
    report = play(script(weak + steps))
    assert report.ok, failures(report)


def test_two_plays_of_one_script_give_one_report(script: Reader, django_db_blocker: Any) -> None:
    from django.db import transaction

    text = SUBMITTED + "- {at: 2020-03-23, do: file.file, expect: {stage: build}}\n"
    reports = []
    for _time in range(2):
        point = transaction.savepoint()
        reports.append(play(script(text)))
        transaction.savepoint_rollback(point)
    assert reports[0] == reports[1]
    assert Report.from_json(reports[0].to_json()) == reports[0]


def test_time_limits_fire_at_their_own_instant(script: Reader) -> None:
    report = play(
        script("steps:\n- {play: publicized}\n- {wait_until: 2021-06-01, expect: {stage: accredit}}\n")
    )
    assert report.ok, failures(report)
    notice = PublicNotice.objects.select_related("deadline").get()
    assert notice.deadline is not None
    assert notice.ended_at == notice.deadline.due_at == notice.deadline.settled_at
    assert notice.ended_at == dt.datetime(2021, 3, 13, tzinfo=clock.SHANGHAI)
    item = WorkItem.objects.get(duty="report")
    assert item.created_at == notice.ended_at


def test_every_year_the_appraisal_begins_on_the_same_day(script: Reader) -> None:
    text = "steps:\n- {play: accredited}\n- {wait_until: 2024-04-03, expect: {appraisal: {period: 2024}}}\n"
    report = play(script(text))
    assert report.ok, failures(report)
    days = Deadline.objects.filter(duty="side:appraisal").order_by("due_on").values_list("due_on", flat=True)
    assert [f"{day:%Y-%m-%d}" for day in days if day] == [
        "2022-04-02",
        "2023-04-02",
        "2024-04-02",
        "2025-04-02",
    ]


def test_a_time_limit_that_the_system_cannot_carry_out_is_told(
    script: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workflows.acts import ACTS

    def fails(_turn: Any) -> None:
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(ACTS, "publicize.end_publicity", fails)
    report = play(script("steps:\n- {play: publicized}\n- {wait_until: 2021-03-14}\n"))
    assert [(f.what, f.line) for f in report.failed] == [("time_limit.window", HEAD + 3)]
    assert "broken on purpose" in report.failed[0].found
    assert [duty for duty, _error in stuck()] == ["window"]


def test_an_error_of_the_product_is_told_as_such(script: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    from workflows.acts import ACTS

    def fails(_turn: Any) -> None:
        raise LookupError("broken on purpose")

    monkeypatch.setitem(ACTS, "file.file", fails)
    report = play(script(SUBMITTED + "- {at: 2020-03-23, do: file.file}\n"))
    assert [(f.what, f.line, f.found) for f in report.failed] == [
        ("ok", HEAD + 3, "内部错误 LookupError：broken on purpose")
    ]


def test_a_refusal_that_changes_something_is_found_out(
    script: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.errors import Refusal
    from workflows import engine

    def refuses_too_late(case_id: Any, *_args: Any, **_kwargs: Any) -> None:
        Case.objects.filter(public_id=case_id).update(version=99)
        raise Refusal("too_late", "办理后拒绝")

    steps = SUBMITTED + "- {at: 2020-03-23, do: file.file, expect: {refused: too_late}}\n"
    played = script(steps)
    real = engine.act

    def act(case_id: Any, action: str, **kwargs: Any) -> Any:
        return refuses_too_late(case_id) if action == "file.file" else real(case_id, action, **kwargs)

    monkeypatch.setattr(engine, "act", act)
    assert [f.what for f in play(played).failed] == ["unchanged"]


def test_the_case_that_was_never_opened(script: Reader) -> None:
    text = """round: {year: 2020, opens_on: 2020-05-06, expect: {refused: reason_missing}}
steps:
- {at: 2020-05-07, do: open_case, expect: {refused: no_round}}
"""
    report = play(script(text))
    assert report.ok, failures(report)


def test_slots_are_decided_for_the_round(script: Reader) -> None:
    text = """round: {year: 2020, opens_on: 2020-03-02, reason: 依惯例, slots: {publicity_length: 7 working_day}}
steps:
- {play: selected}
- {at: 2021-03-08, do: publish_notice, expect: {notice: {ends_on: 2021-03-16}}}
"""
    report = play(script(text))
    assert report.ok, failures(report)


def test_several_cases_and_rounds_go_by_their_names(script: Reader) -> None:
    text = """steps:
- {at: 2020-03-20, do: open_case, as: first}
- {do: fill, case: first}
- {do: submit, case: first, expect: {case_no: GYJJ-2020-0001}}
- {at: 2020-06-30, do: close_round}
- {at: 2021-02-01, do: open_round, with: {year: 2021, opens_on: 2021-02-01}, as: next}
- {who: neighbour, do: open_case, with: {round: next}, as: second}
- {do: fill, case: second}
- {do: submit, case: second, expect: {case_no: GYJJ-2021-0001, visible_to: [neighbour], hidden_from: [applicant]}}
- {do: file.file, case: first, expect: {stage: file}}
"""
    report = play(script(text))
    assert report.ok, failures(report)


def test_only_an_empty_database_is_played_in(script: Reader) -> None:
    play(script(SUBMITTED))
    before = Organisation.objects.count()
    with pytest.raises(NotEmpty):
        play(script(SUBMITTED))
    assert Organisation.objects.count() == before


def test_nothing_is_played_outside_a_rehearsal(script: Reader, settings: Any) -> None:
    settings.REHEARSAL = False
    with pytest.raises(clock.ClockRefused):
        play(script(SUBMITTED))
    settings.REHEARSAL = True
    assert not Organisation.objects.exists()


def test_the_clock_runs_again_afterwards(script: Reader) -> None:
    play(script(SUBMITTED))
    assert clock.now().year > 2025


def test_a_pack_that_may_not_be_published_cannot_be_rehearsed(script: Reader) -> None:
    import dataclasses

    from programmes import packs

    played = script(SUBMITTED)
    files = packs.unarchive(played.repertoire.archive)
    files["clauses.yaml"] = files["clauses.yaml"].replace(
        "003·附件6·第九条".encode(), "003·附件6·第九九条".encode()
    )
    broken = dataclasses.replace(played.repertoire, archive=packs.archive(files))
    report = play(dataclasses.replace(played, repertoire=broken))
    assert not report.ok
    assert "政策包有" in report.error
    assert report.steps == ()
