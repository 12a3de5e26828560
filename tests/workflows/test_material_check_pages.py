"""逐项核对: the officer's notes on each item, what becomes of them, and who sees them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.actors import Actor
from audit import clock
from cases.errors import NotAllowed
from cases.material_checks import Findings, defects_by_item, mark_of, may_check, save_checks
from cases.materials import add_material
from cases.models import Case, MaterialCheck
from tests.factories.cases import PDF, World
from tests.workflows.pages import FRAME, browser, queries_of
from tests.workflows.test_case_pages import page, words


def opened(actor: Actor, case: Case) -> dict[str, str]:
    """Everything that the page would send if nothing were changed."""
    return fields_of(page(actor, case, "material_checks"))


def fields_of(text: str) -> dict[str, str]:
    fields = {}
    for tag in re.findall(r"<input[^>]*>", text):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name.group(1).partition(".")[0] in ("version_no", "seen", "remark"):
            fields[name.group(1)] = unescape(value.group(1)) if value else ""
    for name, options in re.findall(r'<select[^>]*name="(verdict[^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen.group(1) if chosen else ""
    return fields


def send(actor: Actor, case: Case, form: dict[str, str], **changed: Any) -> Any:
    data = form | {key.replace("__", "."): value for key, value in changed.items()}
    return browser(actor).post(reverse("cases:material_checks", args=[case.public_id]), data)


def save(world: World, case: Case, **sent: Any) -> Any:
    return send(world.officer, case, opened(world.officer, case), **sent)


def findings(case: Case, found: dict[str, tuple[str, str]], seen: dict[str, str] | None = None) -> Findings:
    version = case.declarations.filter(submitted_at__isnull=False).order_by("-version_no")[0]
    stored = {
        row.item: mark_of(row.verdict, row.remark)
        for row in MaterialCheck.objects.filter(declaration=version)
    }
    return Findings(version.version_no, found, stored if seen is None else seen)


def test_the_officer_goes_through_the_list(world: World) -> None:
    case = world.submitted()
    assert "逐项核对材料" in page(world.officer, case, "declared")
    text = words(page(world.officer, case, "material_checks"))
    assert "已核对 0/9 项" in text
    answer = save(world, case, verdict__m7_license="no_seal", remark__m7_license="复印件须加盖公章")
    assert answer.status_code == 302
    text = words(page(world.officer, case, "material_checks"))
    assert "已核对 1/9 项" in text
    assert "1 项不符合要求" in text
    assert world.officer.user is not None
    assert world.officer.user.name in text


def test_the_rest_is_in_order_at_one_click(world: World) -> None:
    case = world.submitted()
    save(world, case, verdict__m7_license="illegible", rest_ok="1")
    found = dict(MaterialCheck.objects.values_list("item", "verdict"))
    assert len(found) == 9
    assert {item for item, verdict in found.items() if verdict != "ok"} == {"m7_license"}


def test_what_is_wanting_becomes_one_list_in_the_order_of_the_materials(world: World) -> None:
    case = world.submitted()
    assert defects_by_item(case) == {}
    sent = {"verdict__m9_evidence": "other", "remark__m9_evidence": "缺第（四）项佐证"}
    save(world, case, verdict__m7_license="no_seal", verdict__m8_policy="ok", **sent)
    assert list(defects_by_item(case).items()) == [
        ("m7_license", "未签字或者未盖章"),
        ("m9_evidence", "缺第（四）项佐证"),
    ]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"verdict__m7_license": "fine"}, "请选择核对结果"),
        ({"verdict__m7_license": "other"}, "请写明问题"),
        ({"remark__m7_license": "缺页"}, "写了说明，请同时选择核对结果"),
        ({"verdict__m7_license": "ok", "remark__m7_license": "长" * 501}, "不得超过500字"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_the_item(
    world: World, sent: dict[str, str], message: str
) -> None:
    case = world.submitted()
    answer = save(world, case, verdict__m8_policy="incomplete", remark__m8_policy="缺附件<b>", **sent)
    text = answer.content.decode()
    assert (answer.status_code, message in text) == (422, True)
    assert "缺附件&lt;b&gt;" in text, "nothing typed is lost"
    assert not MaterialCheck.objects.exists()


def test_what_did_not_change_keeps_who_checked_it(world: World) -> None:
    case = world.submitted()
    save(world, case, verdict__m7_license="ok", verdict__m8_policy="ok")
    sent = {"m7_license": ("ok", ""), "m8_policy": ("incomplete", "缺页"), "m9_evidence": ("", "")}
    save_checks(case=case, findings=findings(case, sent), actor=world.officer2)
    who = dict(MaterialCheck.objects.values_list("item", "checked_by"))
    assert world.officer.user is not None
    assert world.officer2.user is not None
    assert who == {"m7_license": world.officer.user.pk, "m8_policy": world.officer2.user.pk}
    save_checks(case=case, findings=findings(case, {"m8_policy": ("", "")}), actor=world.officer)
    assert list(MaterialCheck.objects.values_list("item", flat=True)) == ["m7_license"]


def test_two_officers_do_not_erase_each_other_s_verdicts(world: World) -> None:
    case = world.submitted()
    one, other = opened(world.officer, case), opened(world.officer2, case)
    assert send(world.officer, case, one, verdict__m7_license="no_seal").status_code == 302
    assert send(world.officer2, case, other, verdict__m8_policy="incomplete").status_code == 302
    assert dict(MaterialCheck.objects.values_list("item", "verdict")) == {
        "m7_license": "no_seal",
        "m8_policy": "incomplete",
    }


def test_an_item_that_a_colleague_judged_otherwise_is_not_overwritten_unseen(world: World) -> None:
    case = world.submitted()
    mine = opened(world.officer2, case)
    save(world, case, verdict__m7_license="no_seal", remark__m7_license="第3页", verdict__m9_evidence="ok")
    answer = send(world.officer2, case, mine, verdict__m7_license="expired", verdict__m8_policy="ok")
    text = answer.content.decode()
    assert world.officer.user is not None
    assert answer.status_code == 409
    assert f"{world.officer.user.name}已于" in text
    assert "将本项核对为：未签字或者未盖章（第3页）" in text
    assert MaterialCheck.objects.get(item="m7_license").verdict == "no_seal"
    assert not MaterialCheck.objects.filter(item="m8_policy").exists(), "all or nothing"
    again = fields_of(text)
    assert again["verdict.m7_license"] == "expired", "nothing typed is lost"
    assert again["verdict.m8_policy"] == "ok"
    assert again["verdict.m9_evidence"] == "ok", "what was not touched is as it is now"
    assert send(world.officer2, case, again).status_code == 302
    assert dict(MaterialCheck.objects.values_list("item", "verdict")) == {
        "m7_license": "expired", "m8_policy": "ok", "m9_evidence": "ok",
    }  # fmt: skip


def test_the_rest_in_order_does_not_pass_over_what_a_colleague_found(world: World) -> None:
    case = world.submitted()
    mine = opened(world.officer2, case)
    save(world, case, verdict__m7_license="no_seal")
    assert send(world.officer2, case, mine, rest_ok="1").status_code == 409
    assert MaterialCheck.objects.get().verdict == "no_seal"


def test_a_verdict_is_not_kept_for_another_version(world: World) -> None:
    case = world.submitted()
    mine = opened(world.officer, case)
    case = world.do(case, "file.return_for_correction", reason="请补正。")
    clock.set_clock(clock.now().replace(day=23))
    case = world.do(case, "declare.submit", statement=True)
    answer = send(world.officer, case, mine, verdict__m7_license="other", remark__m7_license="缺页<i>")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "已提交第2版材料" in text
    assert "缺页&lt;i&gt;" in text
    assert not MaterialCheck.objects.exists()
    assert send(world.officer, case, fields_of(text)).status_code == 302
    assert MaterialCheck.objects.get().declaration.version_no == 2


def test_only_those_check_who_may_return_the_case(world: World) -> None:
    case = world.submitted()
    where = reverse("cases:material_checks", args=[case.public_id])
    for actor in (world.applicant, world.supervisor):
        assert browser(actor).get(where).status_code == 403
        assert "逐项核对材料" not in page(actor, case, "declared")
        with pytest.raises(NotAllowed):
            save_checks(case=case, findings=Findings(1, {}, {}), actor=actor)
    assert browser(world.other_applicant).get(where).status_code == 404
    assert may_check(world.officer, case)
    case = world.do(case, "file.file")
    assert browser(world.officer).get(where).status_code in (200, 403)


def test_the_applicant_learns_of_it_with_the_return_and_what_is_mended_is_marked(world: World) -> None:
    case = world.submitted()
    save(world, case, verdict__m7_license="expired", verdict__m8_policy="ok")
    assert "证照已过有效期" not in page(world.applicant, case, "declared")
    told = [
        {"target": "material:m7_license", "problem": "营业执照已过有效期。", "remedy": "更换有效证照。"},
        {"target": "material:m9_evidence", "problem": "缺第（四）项佐证", "remedy": ""},
    ]
    case = world.do(case, "file.return_for_correction", defects=told)
    clock.set_clock(clock.now().replace(day=23))
    text = words(page(world.applicant, case, "materials"))
    assert "补正要求：营业执照已过有效期，更换有效证照" in text, "as the letter says it"
    assert "补正要求：缺第（四）项佐证" in text, "what nobody had noted while checking too"
    assert "证照已过有效期，" not in text.replace("营业执照已过有效期，", "")
    assert text.count("待补正") == 2
    with pytest.raises(NotAllowed):
        save_checks(case=case, findings=Findings(1, {}, {}), actor=world.officer)
    old = case.materials.get(item="m7_license")
    browser(world.applicant).post(reverse("cases:material_remove", args=[case.public_id, old.public_id]))
    upload = SimpleUploadedFile("新.pdf", PDF + b"new")
    add_material(case=case, item="m7_license", upload=upload, tags=[], actor=world.applicant)
    assert words(page(world.applicant, case, "materials")).count("待补正") == 1
    for file in case.materials.filter(item="m9_evidence"):
        browser(world.applicant).post(reverse("cases:material_remove", args=[case.public_id, file.public_id]))
    assert "待补正" not in words(page(world.applicant, case, "materials")), "taking a file out mends too"
    upload = SimpleUploadedFile("新佐证.pdf", PDF + b"newer")
    add_material(case=case, item="m9_evidence", upload=upload, tags=["item_4"], actor=world.applicant)
    case = world.do(case, "declare.submit", statement=True)
    assert defects_by_item(case) == {}, "a new version is examined anew"


def test_the_page_costs_the_same_whatever_was_checked(world: World) -> None:
    case = world.submitted()
    where = reverse("cases:material_checks", args=[case.public_id])
    before = queries_of(browser(world.officer), where)
    save(world, case, verdict__m7_license="expired", rest_ok="1")
    assert queries_of(browser(world.officer), where) == before == FRAME + CHECKS


CHECKS = 8
"""The case, the stage's permission, the version with its forms, the notes, the files, what was read."""
