"""Signatures: nothing is sent unsigned, a change voids, a version that follows a return is signed anew; who may sign how."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.urls import reverse

from accounts.actors import Actor, actor_for
from accounts.enums import Role
from accounts.errors import Refusal
from accounts.models import RoleAssignment, Substitution
from accounts.second_factor import proof_for
from audit import clock
from audit.models import Entry
from cases.declarations import save_form
from cases.materials import add_material
from cases.models import Case, Declaration, Material, Signature
from cases.reasons import Reason, bring_in
from cases.signatures import check_digits, content_of, places_of, standing_signatures
from notifications.models import Notification
from tests.factories.files import pdf
from tests.factories.played import played
from tests.factories.signing import PDF, Signer, make_signer, scan_data, the_draft
from tests.workflows.pages import FRAME, browser, queries_of, read
from workflows import engine
from workflows.acts.signing import purpose
from workflows.declaration_checks import draft_step, materials_form
from workflows.items import items_for
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db
UNSEALED = """
steps:
  - {at: 2018-08-10 09:00, who: county, do: open_case}
  - {do: fill, with: {seals: false}}
"""
SIGN = "command.sign_declaration"
KEY = "applicant_seal"


@pytest.fixture
def cast() -> dict[str, Actor]:
    actors = played("gd-town-industry", UNSEALED)
    clock.set_clock(dt.datetime(2018, 8, 10, 10, tzinfo=clock.SHANGHAI))
    return actors


@pytest.fixture
def case(cast: dict[str, Actor]) -> Case:
    return Case.objects.select_related("edition", "round", "chain", "programme", "applicant").get()


@pytest.fixture
def signer(case: Case) -> Signer:
    return make_signer(case.applicant)


def address(case: Case, name: str = "sign") -> str:
    return reverse(f"cases:{name}", args=[case.public_id])


def electronic(case: Case, signer: Signer, **changed: Any) -> dict[str, Any]:
    sent = {
        "do": "sign",
        "key": KEY,
        "seen": content_of(the_draft(case)),
        "statement": "on",
        "password_code": signer.code,
        "idempotency_key": uuid.uuid4().hex,
    }
    return sent | changed


def sign(case: Case, signer: Signer, **changed: Any) -> HttpResponse:
    return browser(signer.actor).post(address(case), electronic(case, signer, **changed))


def submit(actor: Actor, case: Case) -> str:
    """'' when it was sent, else the refusal's code."""
    try:
        engine.act(case.public_id, "declare.submit", actor=actor, data={"statement": True})
    except Refusal as refusal:
        return refusal.code
    return ""


def change(case: Case, actor: Actor, value: str = "另一管理机构") -> None:
    content = dict(the_draft(case).data()["GD_2_1"]) | {"daily_mgmt_org": value}
    save_form(case=case, form_code="GD_2_1", raw=content, expected_version=None, actor=actor)


# -- electronically ------------------------------------------------------------------------------------------------


def test_signed_with_the_second_factor_and_then_sent(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    assert submit(cast["county"], case) == "not_signed"
    shown = read(browser(cast["county"]), address(case, "submit"))
    assert "待签章" in shown
    assert "尚未完成签章" in shown
    answer = sign(case, signer)
    assert answer.status_code == 302, answer.content.decode()
    row = Signature.objects.get()
    assert (row.signer, row.way, row.second_factor, row.key) == (signer.user, "signer", "totp", KEY)
    assert row.content == content_of(the_draft(case))
    assert row.statement == "本单位对申报项目及申报资料的真实性、合法性和可行性负责。"
    told = Entry.objects.get(chain=case.chain_id, action=SIGN).content["data"]["signature"]
    assert told["content"] == row.content
    assert told["statement"] == row.statement
    assert submit(cast["county"], case) == ""
    sent = Entry.objects.get(chain=case.chain_id, action="declare.submit").content["data"]
    assert sent["signatures"] == [str(row.public_id)]
    assert "可行性" in sent["statement"]["text"]
    receipt = read(browser(cast["county"]), address(case, "receipt"))
    assert signer.user.name in receipt


def test_a_change_voids_the_signature_visibly(cast: dict[str, Actor], case: Case, signer: Signer) -> None:
    sign(case, signer)
    change(case, cast["county"])
    for name in ("sign", "submit"):
        page = read(browser(cast["county"]), address(case, name))
        assert "签章已失效" in page
        assert "申报内容在签字后有改动，须重新签字。" in page
    with pytest.raises(Refusal, match="申报内容在签字后有改动，须重新签字") as refused:
        engine.act(case.public_id, "declare.submit", actor=cast["county"], data={"statement": True})
    assert refused.value.clause == "000·附件2封面"
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    assert sign(case, signer).status_code == 302
    assert submit(cast["county"], case) == ""


def test_another_file_voids_it_too(cast: dict[str, Actor], case: Case, signer: Signer) -> None:
    sign(case, signer)
    item = case.materials.filter(removed_at__isnull=True).exclude(item__startswith="seal__")[0]
    Material.objects.filter(pk=item.pk).update(removed_at=clock.now())
    assert "签章已失效" in read(browser(cast["county"]), address(case))


def test_after_a_return_it_is_signed_anew(cast: dict[str, Actor], case: Case, signer: Signer) -> None:
    sign(case, signer)
    assert submit(cast["county"], case) == ""
    engine.act(case.public_id, "declare.return_to_applicant", actor=cast["city"], data={"reason": "请核对。"})
    assert submit(cast["county"], case) == "not_signed"
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    assert sign(case, signer).status_code == 302
    assert submit(cast["county"], case) == ""
    assert [row.declaration.version_no for row in Signature.objects.order_by("pk")] == [1, 2]


def test_wrong_and_used_codes_are_told_beside_the_field(case: Case, signer: Signer) -> None:
    code = signer.code
    wrong = sign(case, signer, password_code=f"{(int(code) + 1) % 1_000_000:06d}")
    assert wrong.status_code == 422
    assert "还可以尝试4次" in wrong.content.decode()
    assert sign(case, signer, password_code=code, seen="0" * 64).status_code == 409, "used up by this"
    again = sign(case, signer, password_code=code)
    assert "该动态口令已使用过" in again.content.decode()
    assert not Signature.objects.exists()


def test_a_page_that_shows_an_older_text_signs_nothing(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    seen = content_of(the_draft(case))
    change(case, cast["county"])
    answer = sign(case, signer, seen=seen)
    assert answer.status_code == 409
    assert "您核对期间，申报内容有改动" in answer.content.decode()
    assert not Signature.objects.exists()


def test_the_drafter_does_not_sign_nor_in_somebodys_name(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    change(case, signer.actor)
    answer = sign(case, signer)
    assert answer.status_code == 403
    assert "须由其他人员签章" in answer.content.decode()
    other = make_signer(case.applicant)
    assert other.actor.assignment is not None
    assert cast["county"].user is not None
    Substitution.objects.create(
        assignment=other.actor.assignment,
        substitute=cast["county"].user,
        valid_from=dt.date(2018, 1, 1),
        valid_until=dt.date(2019, 1, 1),
        reason="出差",
    )
    substitute = _standing_in(cast["county"], other.actor)
    change(case, substitute, "又一管理机构")
    assert sign(case, other).status_code == 403, "somebody wrote in this person's name"
    third = make_signer(case.applicant)
    assert third.actor.assignment is not None
    proof = proof_for(cast["county"].user, purpose(case, KEY, content_of(the_draft(case))), "totp")
    data = electronic(case, third) | {"way": "signer", "proof": proof}
    for actor in (_standing_in(cast["shunde"], third.actor), _standing_in(cast["county"], third.actor)):
        with pytest.raises(Refusal) as refused:
            engine.act(case.public_id, SIGN, actor=actor, data=data)
        assert refused.value.code in ("in_person", "separation_of_duties")
    assert not Signature.objects.exists()


def test_who_put_a_file_there_has_filled_it_in(cast: dict[str, Actor], case: Case, signer: Signer) -> None:
    file = case.materials.filter(removed_at__isnull=True).exclude(item__startswith="seal__")[0]
    Material.objects.filter(pk=file.pk).update(uploaded_by=signer.user)
    answer = sign(case, signer)
    assert answer.status_code == 403
    assert "须由其他人员签章" in answer.content.decode()
    assert upload(case, cast["county"], sealed_by=signer.user.name).status_code == 422
    Material.objects.filter(pk=file.pk).update(removed_at=clock.now())
    scan_data(case, signer.actor)
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    assert sign(case, signer).status_code == 302, "neither a file taken out nor the scan of a seal counts"


def test_a_file_put_there_in_somebodys_name_binds_both(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    """The substitute uploads; the person stood in for neither signs nor seals, and the substitute does not either."""
    substitute = make_signer(case.applicant)
    row = lay(case, _standing_in(substitute.actor, signer.actor))
    assert (row.uploaded_by, row.on_behalf_of) == (substitute.user, signer.user)
    for bound in (signer, substitute):
        answer = sign(case, bound)
        assert answer.status_code == 403
        assert "须由其他人员签章" in answer.content.decode()
        rename(bound, f"经手人{bound.user.pk}")
        answer = upload(case, cast["county"], sealed_by=bound.user.name)
        assert answer.status_code == 422
        assert "盖章经手人不得为填报人" in answer.content.decode()
    asked = browser(cast["county"]).get(address(case)).context["signers"]
    assert not {user.pk for user in asked} & {signer.user.pk, substitute.user.pk}
    page = read(browser(cast["county"]), reverse("cases:materials", args=[case.public_id]))
    assert f"由{substitute.user.name}（代{signer.user.name}）上传" in page
    Material.objects.filter(pk=row.pk).update(removed_at=clock.now())
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    assert sign(case, signer).status_code == 302, "a file taken out binds nobody"


def test_who_uploads_for_themselves_binds_nobody_else(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    other = make_signer(case.applicant)
    assert lay(case, other.actor).on_behalf_of is None
    assert sign(case, signer).status_code == 302


@pytest.mark.parametrize("named", ["substitute", "holder", "third"])
@pytest.mark.parametrize("drafter", ["substitute", "holder"])
def test_a_seal_handed_in_by_a_substitution_of_which_one_is_a_drafter(
    cast: dict[str, Actor], case: Case, drafter: str, named: str
) -> None:
    """Whichever of the two filled the declaration in: neither may be the one who put the seal on it."""
    people = {name: make_signer(case.applicant) for name in ("substitute", "holder", "third")}
    for name, each in people.items():
        rename(each, f"经手人{name}")
    lay(case, people[drafter].actor)
    handing_in = _standing_in(people["substitute"].actor, people["holder"].actor)
    data = scan_data(case, handing_in, sealed_by=people[named].user.name)
    for actor in (handing_in, cast["county"]):
        try:
            engine.act(case.public_id, SIGN, actor=actor, data=data)
        except Refusal as refusal:
            assert refusal.code == "separation_of_duties"
            assert named != "third"
        else:
            assert named == "third"
            break
    assert Signature.objects.count() == (named == "third")
    if named == "third":
        shown = read(browser(cast["county"]), address(case))
        assert "经手人third（经手人substitute（代经手人holder） 上传）" in shown


def lay(case: Case, actor: Actor) -> Material:
    """A file of the actor's under an item that takes several."""
    form = materials_form(case.edition.pack, draft_step(case))
    assert form is not None
    item = next(each.key for each in form.fields if each.type == "files")
    content = pdf(f"% {actor.user} {actor.on_behalf_of}\n".encode())
    upload = SimpleUploadedFile("代办材料.pdf", content)
    return add_material(case=case, item=item, upload=upload, tags=[], actor=actor)


def rename(signer: Signer, name: str) -> None:
    signer.user.name = name
    signer.user.save(update_fields=["name"])


def test_who_gave_a_reason_stays_one_who_filled_it_in(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    draft, absent = the_draft(case), make_signer(case.applicant)
    for actor in (signer.actor, _standing_in(cast["shunde"], absent.actor), cast["county"]):
        assert actor.user is not None
        given = {"R-X": Reason(f"{actor.user.name}的理由{actor.user.pk}", None)}
        assert bring_in(draft, given, tab="", actor=actor) == []
    draft.save(update_fields=["explanations"])
    for each in (signer, absent):
        answer = sign(case, each)
        assert answer.status_code == 403
        assert "须由其他人员签章" in answer.content.decode()
    assert sign(case, make_signer(case.applicant)).status_code == 302


def _standing_in(who: Actor, holder: Actor) -> Actor:
    """``who`` acting under the assignment of ``holder``."""
    import dataclasses

    return dataclasses.replace(holder, user=who.user, on_behalf_of=holder.user)


def test_only_registered_signers_with_a_proof_of_this_very_content(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    content = content_of(the_draft(case))
    data = {"key": KEY, "way": "signer", "seen": content, "statement": True}
    stranger = actor_for(make_signer(case.applicant, valid_from=dt.date(2019, 1, 1)).actor.assignment)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        engine.act(case.public_id, SIGN, actor=stranger, data=data)
    assert refused.value.code == "not_registered", "not before the first day"
    assert stranger.user is not None
    elsewhere = proof_for(signer.user, purpose(case, KEY, "0" * 64), "totp")
    of_another = proof_for(stranger.user, purpose(case, KEY, content), "totp")
    for proof in ("", "true", elsewhere, of_another):
        with pytest.raises(Refusal) as refused:
            engine.act(case.public_id, SIGN, actor=signer.actor, data=data | {"proof": proof})
        assert refused.value.code == "not_proven"
    engine.act(
        case.public_id,
        SIGN,
        actor=signer.actor,
        data=data | {"proof": proof_for(signer.user, purpose(case, KEY, content), "totp")},
    )
    assert Signature.objects.count() == 1


def test_the_signer_is_asked_and_sees_what_has_changed_since(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    answer = browser(cast["county"]).post(
        address(case), {"do": "request", "note": "请审阅。", "idempotency_key": "r1"}
    )
    assert answer.status_code == 302
    item = items_for(signer.actor).get(duty="sign_declaration")
    assert (item.duty, item.assignee) == ("sign_declaration", signer.user)
    assert not items_for(cast["county"]).filter(duty="sign_declaration").exists()
    assert Notification.objects.filter(user=signer.user, case=case).exists()
    home = read(browser(signer.actor), reverse("workflows:home"))
    assert address(case) in home
    client = browser(signer.actor)
    first = read(client, address(case))
    assert check_digits(content_of(the_draft(case))) in first
    assert "以来" not in first
    clock.set_clock(clock.now() + dt.timedelta(minutes=5))
    change(case, cast["county"])
    clock.set_clock(clock.now() + dt.timedelta(minutes=5))
    assert "以下内容有改动" in read(client, address(case))
    assert sign(case, signer).status_code == 302
    item.refresh_from_db()
    assert item.status == "done"


def test_without_a_signer_the_request_says_what_to_do(cast: dict[str, Actor], case: Case) -> None:
    with pytest.raises(Refusal, match="由安全管理员登记签章人") as refused:
        engine.act(case.public_id, "command.request_signature", actor=cast["county"])
    assert refused.value.code == "no_signer"


def test_a_signer_who_cannot_open_the_case_is_not_asked(
    cast: dict[str, Actor], case: Case, signer: Signer
) -> None:
    RoleAssignment.objects.filter(user=signer.user).update(role=Role.OFFICER)
    with pytest.raises(Refusal) as refused:
        engine.act(case.public_id, "command.request_signature", actor=cast["county"])
    assert refused.value.code == "no_signer"
    other = make_signer(case.applicant)
    assert signer.user.public_id != other.user.public_id
    engine.act(case.public_id, "command.request_signature", actor=cast["county"])
    assert [item.assignee for item in items_for(other.actor).filter(duty="sign_declaration")] == [other.user]
    assert not WorkItem.objects.filter(duty="sign_declaration", assignee=signer.user).exists()


# -- by scan -------------------------------------------------------------------------------------------------------


def upload(case: Case, actor: Actor, body: bytes = PDF, **changed: Any) -> HttpResponse:
    sent = {
        "do": "scan",
        "key": KEY,
        "seen": content_of(the_draft(case)),
        "statement": "on",
        "digits": "on",
        "sealed_by": "办公室机要员",
        "idempotency_key": uuid.uuid4().hex,
        "file": SimpleUploadedFile("盖章页.pdf", body),
    }
    return browser(actor).post(address(case), {k: v for k, v in (sent | changed).items() if v is not None})


def test_a_scan_of_the_sealed_page(cast: dict[str, Actor], case: Case) -> None:
    paper = read(browser(cast["county"]), address(case, "seal_page"))
    assert check_digits(content_of(the_draft(case))) in paper
    content = content_of(the_draft(case))
    answer = upload(case, cast["county"])
    assert answer.status_code == 302, answer.content.decode()
    row = Signature.objects.get()
    assert row.material is not None
    assert (row.way, row.sealed_by, row.second_factor) == ("scan", "办公室机要员", "")
    assert content_of(the_draft(case)) == content, "the scan is no part of what is sealed"
    record = str(Entry.objects.get(chain=case.chain_id, action=SIGN).content)
    assert "办公室机要员" not in record, "the name is committed, not written"
    assert submit(cast["county"], case) == ""


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"file": None}, "请上传盖章后的扫描件"),
        ({"digits": ""}, "请核对扫描件上印制的校验码"),
        ({"statement": ""}, "请勾选确认已核对所签内容"),
        ({"sealed_by": " "}, "请填写盖章经手人姓名"),
        ({"sealed_by": "南海区 申报经办人"}, "盖章经手人不得为填报人"),
        ({"key": "nonsense"}, "没有这一签章处"),
    ],
)
def test_what_a_scan_needs(cast: dict[str, Actor], case: Case, changed: dict[str, Any], word: str) -> None:
    answer = upload(case, cast["county"], **changed)
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert not Signature.objects.exists()
    live = case.materials.filter(item__startswith="seal__", removed_at__isnull=True)
    assert not live.exists(), "no scan stays behind"


def test_a_file_that_is_no_scan_is_refused(cast: dict[str, Actor], case: Case) -> None:
    answer = upload(case, cast["county"], b"MZ\x90\x00" * 50)
    assert answer.status_code == 422
    assert not Signature.objects.exists()


def test_a_scan_of_an_older_version_seals_nothing(cast: dict[str, Actor], case: Case) -> None:
    data = scan_data(case, cast["county"])
    change(case, cast["county"])
    with pytest.raises(Refusal) as refused:
        engine.act(case.public_id, SIGN, actor=cast["county"], data=data)
    assert refused.value.code == "draft_changed"


def scans(case: Case) -> list[Material]:
    """The scans that lie with the draft."""
    return list(case.materials.filter(item__startswith="seal__", removed_at__isnull=True).order_by("pk"))


def test_a_second_colleague_does_not_lose_the_scan_of_the_first(cast: dict[str, Actor], case: Case) -> None:
    upload(case, cast["county"])
    answer = upload(case, cast["county"], PDF + b"another")
    assert answer.status_code == 409
    assert "已签章" in answer.content.decode()
    assert scans(case) == [Signature.objects.get().material]
    assert submit(cast["county"], case) == ""


def test_sent_twice_is_signed_once_with_its_scan(cast: dict[str, Actor], case: Case) -> None:
    key = uuid.uuid4().hex
    answers = [upload(case, cast["county"], body, idempotency_key=key) for body in (PDF, PDF, PDF + b"x")]
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert scans(case) == [Signature.objects.get().material]


def test_what_was_sent_at_the_same_moment_leaves_no_scan_behind(
    cast: dict[str, Actor], case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other request has been answered between this one's look at the places and the door."""
    before, key = places_of(case, the_draft(case)), uuid.uuid4().hex
    upload(case, cast["county"], idempotency_key=key)
    signed = Signature.objects.get().material
    monkeypatch.setattr("workflows.views.signing.places_of", lambda _case, _draft: before)
    monkeypatch.setattr("workflows.views.signing._page", lambda *_args: HttpResponse(status=409))
    assert upload(case, cast["county"], PDF + b"x", idempotency_key=key).status_code == 302
    assert scans(case) == [signed]
    assert upload(case, cast["county"], PDF + b"y").status_code == 409
    assert scans(case) == [signed]


def test_a_refusal_keeps_the_scan_that_was_there(cast: dict[str, Actor], case: Case) -> None:
    upload(case, cast["county"])
    [first] = scans(case)
    seen = content_of(the_draft(case))
    change(case, cast["county"])
    assert upload(case, cast["county"], PDF + b"x", seen=seen).status_code == 409
    assert scans(case) == [first]
    assert upload(case, cast["county"], PDF + b"x").status_code == 302
    assert scans(case) == [Signature.objects.latest("signed_at", "pk").material]
    assert scans(case) != [first], "a seal that is void makes room for the new one"


def test_the_scan_of_a_standing_seal_cannot_be_taken_out(cast: dict[str, Actor], case: Case) -> None:
    upload(case, cast["county"])
    [scan] = scans(case)
    where = reverse("cases:material_remove", args=[case.public_id, scan.public_id])
    answer = browser(cast["county"]).post(where)
    assert answer.status_code == 403
    assert "以该扫描件为凭" in answer.content.decode()
    assert scans(case) == [scan]
    change(case, cast["county"])
    assert browser(cast["county"]).post(where).status_code == 302
    assert scans(case) == []


def test_a_seal_without_its_scan_does_not_count(cast: dict[str, Actor], case: Case) -> None:
    upload(case, cast["county"])
    case.materials.filter(item__startswith="seal__").update(removed_at=clock.now())
    assert submit(cast["county"], case) == "not_signed"
    assert "待签章" in read(browser(cast["county"]), address(case, "submit"))
    assert upload(case, cast["county"], PDF + b"x").status_code == 302
    assert submit(cast["county"], case) == ""


def test_a_version_keeps_its_seal_when_a_later_one_is_sealed_anew(cast: dict[str, Actor], case: Case) -> None:
    upload(case, cast["county"])
    assert submit(cast["county"], case) == ""
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    engine.act(case.public_id, "declare.return_to_applicant", actor=cast["city"], data={"reason": "请核对。"})
    clock.set_clock(clock.now() + dt.timedelta(minutes=1))
    assert upload(case, cast["county"], PDF + b"x").status_code == 302
    first, second = Declaration.objects.filter(case=case).order_by("version_no")
    assert [row.declaration_id for row in standing_signatures(first)] == [first.pk]
    assert [row.declaration_id for row in standing_signatures(second)] == [second.pk]


def test_nobody_else_sees_or_signs(cast: dict[str, Actor], case: Case) -> None:
    for who in ("officer", "city", "shunde"):
        for name in ("sign", "seal_page"):
            assert browser(cast[who]).get(address(case, name)).status_code == 404
        assert upload(case, cast[who]).status_code == 404


def test_the_row_knows_its_proof(cast: dict[str, Actor], case: Case, signer: Signer) -> None:
    sign(case, signer)
    row = Signature.objects.get()
    row.pk, row.public_id, row.second_factor = None, uuid.uuid4(), ""
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_statements_of_the_pages(cast: dict[str, Actor], case: Case, signer: Signer) -> None:
    sign(case, signer)
    client = browser(cast["county"])
    found = [queries_of(client, address(case, name)) for name in ("sign", "seal_page", "submit")]
    submit(cast["county"], case)
    found.append(queries_of(client, address(case, "receipt")))
    assert [number - FRAME for number in found] == [15, 10, 15, 9]
