"""Every cell of the permission matrix against a table written by hand from the measures, not from the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from accounts.enums import Role
from cases.matrix import RELATIONS, STAGES, as_csv, cell
from cases.policy import all_actions

SENT = [stage for stage in STAGES if stage != "draft"]
OFFICE = ("officer", "chief")
BEFORE_RESULT = ("declare", "file", "build", "review", "publicize", "accredit")
REVIEWED = ("review", "publicize", "accredit", "in_force")
LISTED = ("file", "build", "in_force")
AWARDED = ("review", "accredit")
APPRAISED = ("build", "in_force", "revoke")

WHO_AND_WHEN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "declare.submit": (("applicant",), ("declare",)),
    "declare.recommend": (("recommender",), ("declare",)),
    "declare.return_to_applicant": (("recommender",), ("declare",)),
    "declare.not_recommend": (("recommender",), ("declare",)),
    "declare.accept": (OFFICE, ("declare",)),
    "declare.return_for_correction": (OFFICE, ("declare",)),
    "declare.decline": (OFFICE, ("declare",)),
    "file.file": (OFFICE, ("file",)),
    "file.return_for_correction": (OFFICE, ("file",)),
    "file.refuse_filing": (OFFICE, ("file",)),
    "file.notify_filing": (OFFICE, ("file",)),
    "file.begin_construction": (("applicant",), ("file",)),
    "build.request_review": (("applicant",), ("build",)),
    "build.change_plan": (("applicant",), ("build",)),
    "review.pass_initial": (OFFICE, ("review",)),
    "review.fail_initial": (OFFICE, ("review",)),
    "review.assign_experts": (OFFICE, ("review",)),
    "review.submit_score": (("expert",), ("review",)),
    "review.recuse": (("expert",), ("review",)),
    "review.replace_expert": (OFFICE, ("review",)),
    "review.select": (OFFICE, ("review",)),
    "review.reject": (OFFICE, ("review",)),
    "review.return_for_correction": (OFFICE, ("review",)),
    "review.send_back": (OFFICE, ("review",)),
    "review.call_second_vote": (OFFICE, ("review",)),
    "publicize.publish_notice": (OFFICE, ("publicize",)),
    "publicize.announce": (OFFICE, ("publicize",)),
    "publicize.waive_publicity": (OFFICE, ("publicize",)),
    "publicize.end_publicity": ((), ()),
    "publicize.uphold_objection": (OFFICE, ("publicize", "accredit")),
    "publicize.dismiss_objection": (OFFICE, ("publicize", "accredit")),
    "accredit.report_for_approval": (OFFICE, ("accredit",)),
    "accredit.approve": (("approver",), ("accredit",)),
    "accredit.refuse_approval": (("approver",), ("accredit",)),
    "accredit.return_for_rework": (("approver",), ("accredit",)),
    "accredit.issue_plaque": (OFFICE, ("accredit",)),
    "award.pass_assessment": (OFFICE, AWARDED),
    "award.return_for_correction": (OFFICE, AWARDED),
    "award.refuse_claim": (OFFICE, AWARDED),
    "award.grant": (("approver",), AWARDED),
    "award.refuse_grant": (("approver",), AWARDED),
    "award.record_payment": (OFFICE, AWARDED),
    "award.send_to_province": (OFFICE, AWARDED),
    "award.record_provincial_grant": (OFFICE, AWARDED),
    "award.record_provincial_refusal": (OFFICE, AWARDED),
    "consult.give_opinion": (OFFICE, (*LISTED, "review", "accredit")),
    "appraise.pass_upper_check": (("recommender",), APPRAISED),
    "appraise.return_from_upper_check": (("recommender",), APPRAISED),
    "appraise.assign_site_experts": (OFFICE, APPRAISED),
    "appraise.submit_site_score": (("expert",), APPRAISED),
    "appraise.conclude_scored": (OFFICE, APPRAISED),
    "appraise.submit_appraisal": (("applicant", "operator"), APPRAISED),
    "appraise.check_appraisal": (OFFICE, APPRAISED),
    "appraise.return_appraisal": (OFFICE, APPRAISED),
    "appraise.conclude_qualified": (OFFICE, APPRAISED),
    "appraise.conclude_unqualified": (OFFICE, APPRAISED),
    "appraise.submit_rectification": (("applicant", "operator"), APPRAISED),
    "appraise.accept_rectification": (OFFICE, APPRAISED),
    "appraise.fail_rectification": (OFFICE, APPRAISED),
    "revoke.agree_revocation": (("approver",), ("revoke",)),
    "revoke.refuse_revocation": (("approver",), ("revoke",)),
    "command.register_intake": (OFFICE, ("declare",)),
    "command.correct_intake": (OFFICE, ("declare",)),
    "command.discard": (("applicant",), ("declare",)),
    "command.request_signature": (("applicant",), ("declare",)),
    "command.sign_declaration": (("applicant",), ("declare",)),
    "command.withdraw": (("applicant",), BEFORE_RESULT),
    "command.report_progress": (("applicant", "operator"), ("build", "in_force")),
    "command.select_project": (OFFICE, LISTED),
    "command.adjust_entry": (OFFICE, LISTED),
    "command.exit_library": (OFFICE, LISTED),
    "command.log_work": (OFFICE, (*LISTED, "review")),
    "command.raise_item": (("applicant",), LISTED),
    "command.ask_opinions": (OFFICE, (*LISTED, "review")),
    "command.publish_progress": (OFFICE, LISTED),
    "command.request_award": (("applicant",), LISTED),
    "command.grant_reward": (OFFICE, ("build", "in_force")),
    "command.end_term": (OFFICE, LISTED),
    "command.request_renewal": (("applicant",), ("in_force",)),
    "command.request_upgrade": (("applicant",), ("in_force",)),
    "command.transfer_holder": (OFFICE, LISTED),
    "command.record_absence": (OFFICE, ("build", "in_force")),
    "command.file_supervision_report": (
        ("supervisor",),
        (*LISTED, "review", "publicize", "accredit", "revoke"),
    ),
    "command.register_objection": (OFFICE, ("publicize", "accredit")),
    "command.start_appraisal": (OFFICE, ("build", "in_force")),
    "command.propose_revocation": (OFFICE, ("in_force",)),
    "command.report_misconduct": ((*OFFICE, "supervisor"), REVIEWED),
    "command.confirm_misconduct": (("supervisor",), REVIEWED),
    "command.clear_misconduct": (("supervisor",), REVIEWED),
    "command.publish_case_study": (OFFICE, ("in_force",)),
}
UNIT_ROLES = ("applicant", "operator", "recommender", "officer", "chief", "approver")
DECIDING = ("recommender", "officer", "chief", "expert", "approver", "supervisor")


def expected(role: str, relation: str, stage: str, action: str) -> str:
    if not visible(role, relation, stage):
        return "invisible"
    roles, stages = WHO_AND_WHEN[action]
    if role not in roles:
        return "wrong_role"
    if role in UNIT_ROLES and (relation == "consulted") != (action == "consult.give_opinion"):
        return "wrong_unit"
    if relation == "nominator" and role in UNIT_ROLES:
        return "wrong_unit"  # whoever nominated follows the case and does nothing in it
    if relation == "drafter" and role in DECIDING:
        return "separation_of_duties"
    if stage == "closed":
        return "closed"
    return "yes" if (stage if stage != "draft" else "declare") in stages else "wrong_stage"


def visible(role: str, relation: str, stage: str) -> bool:
    if relation == "recused":
        return False
    if role in UNIT_ROLES:
        if relation == "consulted":
            return role in OFFICE and stage != "draft"
        if relation == "nominator":
            return role == "recommender" and stage != "draft"
        return relation in ("own", "drafter") and (stage != "draft" or role in ("applicant", "operator"))
    if role == "expert":
        return relation == "assigned" and stage != "draft"
    if role == "supervisor":
        return relation != "other" and stage != "draft"
    return False


def test_the_table_knows_every_action() -> None:
    assert set(WHO_AND_WHEN) == set(all_actions())


@pytest.mark.parametrize("action", all_actions())
def test_every_cell(action: str) -> None:
    wrong = [
        (role.value, relation, stage, cell(role, relation, stage, action))
        for role in Role
        for relation in RELATIONS
        for stage in STAGES
        if cell(role, relation, stage, action) != expected(role.value, relation, stage, action)
    ]
    assert wrong == []


def test_the_committed_table_is_what_the_code_says() -> None:
    committed = Path(__file__).resolve().parents[2] / "docs" / "permissions.csv"
    assert committed.read_text(encoding="utf-8") == as_csv(), "run manage.py permissions"
