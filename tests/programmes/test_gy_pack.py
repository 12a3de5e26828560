"""The Guiyang pack: every citation resolves, the lifecycle is the one of the text, letters can be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import programmes
from programmes import facts, procedures
from programmes.checks import check_pack
from programmes.letters import BLANK, render_letter
from programmes.packs import parse_files, read_directory
from programmes.schema import Close, Pack

FOLDER = Path(programmes.__file__).parent / "packs" / "gy-cluster-base"
PACK = parse_files(read_directory(FOLDER))
STEPS = PACK.programme.lifecycle.steps
PLACEHOLDERS = {
    "case_no", "case_title", "applicant", "programme", "authority_office", "decided_on", "reason", "clause",
    "due_on", "opinion", "plaque_number", "holder", "tier", "round_name", "starts_on", "ends_on",
    "officer_unit", "approver_unit", "period", "receipt_no",
}  # fmt: skip


def specs(node: Any, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every part of a pack, with where it stands."""
    if isinstance(node, BaseModel):
        yield path, node
        for name in type(node).model_fields:
            yield from specs(getattr(node, name), f"{path}.{name}")
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from specs(value, f"{path}.{key}")
    elif isinstance(node, tuple):
        for number, value in enumerate(node):
            yield from specs(value, f"{path}.{number}")


def citations(pack: Pack) -> Iterator[tuple[str, str]]:
    for path, spec in specs(pack):
        if clause := getattr(spec, "clause", ""):
            yield path, clause
        if isinstance(spec, Pack):
            continue
        for action, clause in getattr(spec, "clauses", {}).items():
            yield f"{path}.clauses.{action}", clause


def parts(citation: str) -> list[str]:
    """The clause ids in a citation: a later part inherits the document of the first."""
    first, *later = citation.split(";")
    document = first.split("·")[0]
    return [first, *(part if part.startswith(f"{document}·") else f"{document}·{part}" for part in later)]


def test_the_pack_may_be_published() -> None:
    assert check_pack(PACK) == []


def test_every_citation_resolves() -> None:
    cited = list(citations(PACK))
    missing = [(path, part) for path, clause in cited for part in parts(clause) if part not in PACK.clauses]
    assert len(cited) > 200
    assert missing == []


def test_every_rule_form_field_and_step_cites() -> None:
    assert [rule.id for rule in PACK.rules.values() if not rule.clause or not rule.quote] == []
    assert [field.key for form in PACK.forms.values() for field in form.fields if not field.clause] == []
    assert [name for name, step in STEPS.items() if not step.clause] == []


@pytest.mark.parametrize(
    "clause",
    [
        *(f"003·方案·三({n})" for n in "一二三四五六七"),
        *(f"003·方案·四({n})" for n in "一二三四"),
        *(f"003·附件6·第{n}条" for n in ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一")),
        *(f"003·附件6·第三条({n})" for n in "一二三四五六七八九"),
        *(f"003·附件6·第四条({n})" for n in "一二三四五六"),
    ],
)
def test_the_whole_text_is_there(clause: str) -> None:
    assert PACK.clauses[clause].summary.zh
    assert PACK.clauses[clause].quote


@pytest.mark.parametrize(
    "misread", ["开展", "工程", "储藏", "利涧", "名秫", "定学", "定置", "那么", "假设干", "方法"]
)
def test_no_label_keeps_a_misreading(misread: str) -> None:
    labels = [
        str(spec.model_dump(include={"label", "title"})) for _path, spec in specs(tuple(PACK.forms.values()))
    ]
    assert [label for label in labels if misread in label] == []


def test_the_lifecycle_is_the_one_of_the_text() -> None:
    walk = {
        (name, outcome): target.close if isinstance(target, Close) else target
        for name, step in STEPS.items()
        for outcome, target in step.next.items()
    }
    assert walk == {
        ("declare", "submitted"): "filing",
        ("filing", "filed"): "construction",
        ("filing", "returned"): "declare",
        ("filing", "refused"): "declined",
        ("construction", "review_requested"): "review",
        ("construction", "plan_changed"): "filing",
        ("review", "selected"): "publicity",
        ("review", "not_selected"): "not_selected",
        ("publicity", "cleared"): "approval",
        ("publicity", "upheld"): "not_selected",
        ("approval", "approved"): "in_force",
        ("approval", "refused"): "not_selected",
        ("revocation", "agreed"): "revoked",
        ("revocation", "refused"): "in_force",
    }
    assert STEPS["in_force"].kind == "rest"
    assert STEPS["in_force"].commands["propose_revocation"].to == "revocation"


def test_legal_effects_are_written_by_the_deciding_action_only() -> None:
    effects = {(name, action): effect for name, s in STEPS.items() for action, effect in s.standing.items()}
    assert effects == {
        ("filing", "file"): "filed",
        ("approval", "approve"): "accredited",
        ("revocation", "agree_revocation"): "withdrawn",
    }


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step.kind == "procedure"])
def test_steps_speak_of_duties_and_actions_that_exist(name: str) -> None:
    step, procedure = STEPS[name], procedures.PROCEDURES[STEPS[name].stage]
    actions = {action.code for duty in procedure.duties for action in duty.actions}
    actions |= {action.code for action in procedure.system}
    duties = {duty.code for duty in procedure.duties}
    assert {*step.letters, *step.clauses, *step.standing} <= actions
    assert set(step.labels) <= actions | duties
    assert set(step.deadlines) <= duties
    assert set(step.next) <= set(procedure.outcomes)
    assert set(step.commands) <= set(procedures.COMMANDS)


def test_what_the_text_does_not_give_is_marked_as_proposed() -> None:
    slots = PACK.programme.slots
    assert {slot.source for slot in slots.values()} == {"proposed"}
    assert {name: slot.default for name, slot in slots.items()} == {
        "publicity_length": "5 working_day",
        "filing_sla": "10 working_day",
        "step_sla": "10 working_day",
        "review_pass_mark": 60,
        "panel_size": 5,
        "appraisal_frequency": "1 year",
        "pass_mark": 60,
        "rectification_days": "90 day",
    }
    side = PACK.programme.side["appraisal"]
    limits = [d for s in (*STEPS.values(), side) for d in s.deadlines.values()]
    assert len(limits) > 15
    assert {limit.source for limit in limits} == {"proposed"}
    assert {limit.within for limit in limits} <= set(slots)


def test_the_appraisal_covers_the_items_of_the_text() -> None:
    side = PACK.programme.side["appraisal"]
    four = ("industry", "innovation", "service", "policy")
    assert side.items == {
        "assessment": four,
        "composite": (*four, "mechanism", "demonstration", "next_steps"),
    }
    assert (
        tuple(indicator.key for indicator in PACK.rubrics["appraisal"].indicators) == side.items["composite"]
    )
    assert [choice.label.zh for choice in side.methods] == ["信息报送", "资料核查", "实地考察"]
    assert (side.counted, side.consecutive_limit) == (("composite",), 2)
    assert side.escalate_to == "propose_revocation"


@pytest.mark.parametrize("rubric", PACK.rubrics.values(), ids=list(PACK.rubrics))
def test_weights_are_proposed_and_add_up(rubric: Any) -> None:
    assert sum(indicator.maximum for indicator in rubric.indicators) == rubric.total == 100
    assert {indicator.source for indicator in rubric.indicators} == {"proposed"}


def test_the_panel_is_odd_and_answers_for_the_leading_position() -> None:
    review = PACK.rubrics["review"]
    assert (review.panel_minimum, review.odd_panel, review.aggregation) == (5, True, "mean")
    assert [(question.key, question.type) for question in review.questions] == [
        ("expert_judges_leading", "boolean")
    ]
    fact = PACK.context["expert_judges_leading"].fact
    assert fact == facts.QUESTION_PREFIX + review.questions[0].key


def test_nobody_does_both_sides_of_a_decision() -> None:
    known = procedures.gates()
    pairs = PACK.programme.separation
    assert all(first in known and second in known and first != second for first, second in pairs)
    assert {("file.file", "accredit.approve"), ("review.submit_score", "review.select")} <= set(pairs)


def test_every_letter_is_sent_and_every_sending_has_its_letter() -> None:
    senders = (*STEPS.values(), PACK.programme.side["appraisal"])
    assert {code for sender in senders for code in sender.letters.values()} == set(PACK.letters)


@pytest.mark.parametrize("letter", PACK.letters.values(), ids=lambda letter: letter.code)
def test_letters_use_known_placeholders_and_name_their_clause(letter: Any) -> None:
    used = set(re.findall(r"{{\s*(\w+)\s*}}", letter.body))
    assert used and used <= PLACEHOLDERS
    assert letter.clause and letter.title.zh and letter.title.en
    assert not re.search(
        r"[,;:()]", re.sub(r"{{.*?}}", "", letter.body)
    )  # official punctuation is full-width


@pytest.mark.parametrize(
    "code", ["correction_notice", "filing_refusal", "not_selected", "objection_upheld", "approval_refusal",
             "rectification_notice", "rectification_failed", "revocation_decision"]
)  # fmt: skip
def test_adverse_letters_give_their_reason(code: str) -> None:
    assert "{{ reason }}" in PACK.letters[code].body


@pytest.mark.parametrize("letter", PACK.letters.values(), ids=lambda letter: letter.code)
def test_letters_are_filled_in_completely(letter: Any) -> None:
    filled = render_letter(letter, {name: f"[{name}]" for name in PLACEHOLDERS})
    assert BLANK not in filled.text and "{{" not in filled.text + filled.html
    assert filled.title == letter.title.zh
    assert all(f"[{name}]" in filled.text for name in re.findall(r"{{ (\w+) }}", letter.body))
