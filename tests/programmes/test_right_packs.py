"""Copies of real packs changed into other right ones: none is refused for what it may say; and the wrong ones beside them."""

from __future__ import annotations

import pytest

from programmes import packs
from programmes.checks import check_pack
from programmes.places import placed
from programmes.problems import Problem
from tests.programmes.test_broken_packs import CLOUD, SPACE, TITLE, C, P, files_of, found_in


def changed(name: str, *changes: tuple[str, str], **texts: bytes) -> dict[str, bytes]:
    """A pack's files with wordings of programme.yaml replaced, each where it first stands."""
    files = files_of(name)
    text = files[P].decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return files | {P: text.encode()} | texts


def told(files: dict[str, bytes]) -> list[tuple[str, str]]:
    return [(problem.where, problem.message_zh) for problem in found_in(files)]


RENEWAL = "next: {approved: in_force, refused: in_force}\n      renews: {approve: expiry}"
"""Of ``zj-specialised``: an approval that is asked for while the title is held."""
AGREED = "next: {agreed: {close: revoked}, refused: in_force}\n      standing: {agree_revocation: withdrawn}"


@pytest.mark.parametrize("closure", ["exited", "lapsed", "revoked"])
def test_a_decision_that_ends_what_is_held_may_end_the_case_by_that(closure: str) -> None:
    """在册期间提请审议: what is approved may be the exit."""
    ends = f"next: {{approved: {{close: {closure}}}, refused: in_force}}"
    right = changed(TITLE, (RENEWAL, f"{ends}\n      standing: {{approve: lapsed}}"))
    where = "lifecycle.steps.renewal"
    assert not [told for told in told(right) if told[0].startswith(where) and "办结" in told[1]]
    assert not [told for told in told(right) if "无从失效" in told[1]]
    silent = found_in(changed(TITLE, (RENEWAL, ends)))
    [wrong] = [p for p in silent if p.where == f"{where}.next.approved"]
    assert f"“approved”不能以“{closure}”办结" in wrong.message_zh
    assert "standing: {approve: lapsed}" in wrong.hint_zh


def test_an_agreed_withdrawal_may_be_an_exit() -> None:
    assert told(changed(TITLE, (AGREED, AGREED.replace("close: revoked", "close: exited")))) == []
    silent = told(changed(TITLE, (AGREED, "next: {agreed: {close: exited}, refused: in_force}")))
    assert ("lifecycle.steps.revocation.next.agreed", "“agreed”不能以“exited”办结") in silent


def test_nobody_withdraws_into_an_exit() -> None:
    """A first application ends by its withdrawal, whatever is written of it."""
    old = "withdraw: {to: {close: withdrawn}, source: proposed}}"
    files = changed(TITLE, (old, old.replace("withdrawn", "exited")))
    assert ("lifecycle.steps.declare.commands.withdraw", "“withdraw”不能以“exited”办结") in told(files)


def test_a_renewal_that_is_declared_anew_may_be_withdrawn_and_leaves_the_title() -> None:
    """The declaring step is the first applicants' too: nothing is asked of it."""
    files = changed(TITLE, ("request_renewal: {to: renewal,", "request_renewal: {to: declare,"))
    assert not [one for one in told(files) if one[0].startswith("lifecycle.steps.declare")]


def test_a_step_of_titles_alone_says_what_a_withdrawal_does_to_them() -> None:
    commands = "commands: {withdraw: {to: {close: withdrawn}, source: proposed}}"
    files = changed(TITLE, (RENEWAL, f"{RENEWAL}\n      {commands}"))
    [wrong] = found_in(files)
    assert (wrong.where, "“withdraw”办结后" in wrong.message_zh) == ("lifecycle.steps.renewal.standing", True)
    assert "standing: {withdraw: lapsed}" in wrong.hint_zh and "回到原环节" in wrong.hint_zh
    mended = commands.replace("{close: withdrawn}", "in_force")
    assert told(changed(TITLE, (RENEWAL, f"{RENEWAL}\n      {mended}"))) == []


SECOND = """next: {agreed: second, refused: in_force}
      standing: {agree_revocation: withdrawn}
      letters: {agree_revocation: refusal}
    second:
      title: {zh: 注销, en: Removal}
      stage: revoke
      clause: zj·第十四条
      next: {agreed: {close: revoked}, refused: {close: declined}}"""


def test_an_end_that_was_written_before_counts() -> None:
    assert told(changed(TITLE, (AGREED, SECOND))) == []
    silent = SECOND.replace("      standing: {agree_revocation: withdrawn}\n", "")
    assert (
        "lifecycle.steps.second.standing",
        "“agreed”办结后，称号或者入库状态仍然有效",
    ) in told(changed(TITLE, (AGREED, silent)))


def test_what_one_action_of_a_step_gives_another_may_end() -> None:
    """Entered, and withdrawn before the notice went out."""
    old = "standing: {file: listed}"
    assert told(changed("dg-project-library", (old, "standing: {file: listed, withdraw: lapsed}"))) == []
    nothing = told(changed("dg-project-library", (old, "standing: {withdraw: lapsed}")))
    assert any("无从失效" in message for _where, message in nothing)


@pytest.mark.parametrize(
    ("pack", "old", "new"),
    [
        # An objection that holds sends the case back to the review: nothing is decided yet.
        (TITLE, "letters: {publish_notice: notice, uphold_objection: refusal}", "letters: {publish_notice: notice}"),
        # A refused renewal leaves the title as it was.
        (TITLE, "renews: {approve: expiry}\n      letters: {approve: decision, refuse_approval: refusal}", "renews: {approve: expiry}"),
        # The meeting did not agree; the project stays in the library.
        ("dg-project-library", "refuse_approval: meeting_refusal, ", ""),
    ],
)  # fmt: skip
def test_what_decides_nothing_against_anybody_needs_no_letter(pack: str, old: str, new: str) -> None:
    assert not [one for one in told(changed(pack, (old, new))) if "没有文书，当事人" in one[1]]


def test_a_decision_of_another_authority_needs_no_letter_of_ours() -> None:
    names = [path.parent.name for path in packs.packs_directory().glob("*/programme.yaml")]
    sending = [name for name in names if "record_provincial_refusal: " in files_of(name)[P].decode()]
    assert sending
    for name in sending:
        pack = packs.parse_files(files_of(name))
        lifecycle = pack.programme.lifecycle
        steps = {
            key: step.model_copy(
                update={
                    "letters": {
                        code: letter
                        for code, letter in step.letters.items()
                        if code != "record_provincial_refusal"
                    }
                }
            )
            for key, step in lifecycle.steps.items()
        }
        programme = pack.programme.model_copy(
            update={"lifecycle": lifecycle.model_copy(update={"steps": steps})}
        )
        found = check_pack(pack.model_copy(update={"programme": programme}))
        assert not [p for p in found if "没有文书，当事人" in p.message_zh]


def test_what_takes_a_title_away_needs_a_letter_wherever_it_leads() -> None:
    old = "      letters: {agree_revocation: refusal}\n"
    files = changed(TITLE, (AGREED, SECOND), (old, ""))
    assert any("（agree_revocation）没有文书" in message for _where, message in told(files))


OWN = "---\ntitle: {{zh: 不予受理决定书}}\n---\n{{{{ applicant }}}}：\n\n{}\n"


def test_a_letter_that_every_programme_has_may_be_worded_anew() -> None:
    """It goes out in place of the general one, and must say why like any other refusal."""
    name = "letters/default_refusal.md"
    bare = changed(CLOUD, (", decline: intake_refusal}", "}"))
    del bare["letters/intake_refusal.md"]
    assert told(bare) == []
    assert told(bare | {name: OWN.format("{{ reason }}").encode()}) == []
    [silent] = found_in(bare | {name: OWN.format("不予受理。").encode()})
    assert (silent.file, "没有写明理由" in silent.message_zh) == (name, True)
    [spare] = found_in(files_of(CLOUD) | {name: OWN.format("{{ reason }}").encode()})
    assert "没有动作使用文书“default_refusal”" in spare.message_zh


def test_the_receipt_of_a_command_may_be_worded_anew() -> None:
    name = "letters/default_receipt.md"
    anew = {name: OWN.format("已收到。").encode()}
    paper = next(
        path.parent.name
        for path in sorted(packs.packs_directory().glob("*/programme.yaml"))
        if "register_intake: intake_receipt, " in path.read_text()
    )
    bare = changed(paper, ("register_intake: intake_receipt, ", ""))
    assert ("letters/default_receipt.md", ".") not in [(p.file, p.where) for p in found_in(bare | anew)]
    assert any(p.file == name for p in found_in(files_of(paper) | anew))


def test_a_fact_of_sums_has_no_real_value_where_nothing_is_granted() -> None:
    files = files_of(CLOUD)
    files[C] = files.get(C, b"") + b"\nspent: {type: decimal, fact: ledger.total}\n"
    [problem] = [p for p in found_in(files) if p.where == "spent"]
    assert "不会有实际取值" in problem.message_zh and "判定" not in problem.message_zh


@pytest.mark.parametrize("comment", ["", "  # 公司", "   "])
def test_a_form_is_found_by_its_code(comment: str) -> None:
    files = files_of(SPACE)
    name = next(n for n in files if n.startswith("forms/") and b"\ncode: " in b"\n" + files[n])
    text = files.pop(name).decode()
    line = next(one for one in text.split("\n") if one.startswith("code: "))
    code = line.partition("#")[0].removeprefix("code: ").strip().strip("\"'")
    files["forms/renamed.yaml"] = text.replace(line, f"code: {code}{comment}", 1).encode()
    [found] = placed([Problem(f"forms/{code}.yaml", "code", "错", "wrong")], files)
    assert found.file == "forms/renamed.yaml"
