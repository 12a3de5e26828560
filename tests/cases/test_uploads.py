"""Uploads that come piece by piece: what counts is what the server has, whoever says otherwise."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage

from accounts.actors import actor_for
from audit import clock
from cases import materials
from cases.errors import Conflict, Invalid, NotAllowed, NotVisible
from cases.models import Case, Material, UploadSession
from cases.uploads import (
    FINISHING,
    MOST_OPEN,
    OffsetConflict,
    begin_upload,
    drop_expired,
    drop_upload,
    finish_upload,
    open_uploads,
    take_piece,
    upload_of,
)
from tests.factories.accounts import make_substitution
from tests.factories.cases import PDF, World
from tests.factories.files import pdf

PIECE = 64


@pytest.fixture(autouse=True)
def small_pieces(settings: Any) -> None:
    settings.MATERIAL_CHUNK_BYTES = PIECE


def sized(size: int) -> bytes:
    """A PDF of exactly so many bytes."""
    return pdf(b"%" * (size - len(pdf()) - 1) + b"\n")


def sha(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def begin(world: World, case: Case, content: bytes, **more: Any) -> UploadSession:
    given = {"item": "m8_policy", "tags": [], "name": "政策.pdf", "actor": world.applicant} | more
    given.setdefault("fingerprint", sha(content))
    return begin_upload(case=case, size=given.pop("size", len(content)), **given)


def send(world: World, session: UploadSession, content: bytes, until: int | None = None) -> None:
    """Whatever is missing, up to ``until``."""
    stop = len(content) if until is None else until
    while session.received < stop:
        at = session.received
        take_piece(
            session=session, offset=at, content=content[at : min(at + PIECE, stop)], actor=world.applicant
        )


def pieces_of(session: UploadSession) -> list[str]:
    folder = f"uploads/{session.public_id}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


def kept() -> int:
    """How many files lie in the storage."""
    if not default_storage.exists("materials"):
        return 0
    folders = default_storage.listdir("materials")[0]
    return sum(len(default_storage.listdir(f"materials/{folder}")[1]) for folder in folders)


@pytest.mark.parametrize("size", [len(PDF) + 2, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 10 * PIECE + 7])
def test_a_file_of_any_size_arrives_whole(world: World, size: int) -> None:
    content = sized(size)
    session = begin(world, world.draft(), content)
    send(world, session, content)
    assert len(session.pieces) == -(-size // PIECE)
    row = finish_upload(session=session, actor=world.applicant)
    with row.file.open("rb") as held:
        assert held.read() == content
    assert (row.name, row.size, row.sha256, row.item) == ("政策.pdf", size, sha(content)[7:], "m8_policy")
    assert pieces_of(session) == []
    assert open_uploads(row.case, world.applicant) == []


def test_a_single_byte_arrives_and_is_judged(world: World) -> None:
    session = begin(world, world.draft(), b"x")
    send(world, session, b"x")
    with pytest.raises(Invalid, match="只接收PDF"):
        finish_upload(session=session, actor=world.applicant)
    assert not UploadSession.objects.exists()
    assert pieces_of(session) == []


@pytest.mark.parametrize(
    ("size", "message"), [(0, "文件是空的"), (1025, "文件超过")], ids=["empty", "too large"]
)
def test_what_cannot_be_taken_is_refused_before_it_is_sent(
    world: World, settings: Any, size: int, message: str
) -> None:
    settings.MATERIAL_MAX_BYTES = 1024
    with pytest.raises(Invalid, match=message):
        begin(world, world.draft(), b"", size=size)


def test_a_type_that_is_not_taken_is_refused_at_its_first_piece(world: World) -> None:
    content = b"<!doctype html>" + b"x" * 500
    session = begin(world, world.draft(), content)
    with pytest.raises(Invalid, match="文件内容是网页"):
        send(world, session, content)
    assert (pieces_of(session), UploadSession.objects.count()) == ([], 0)


def test_a_copy_of_what_lies_there_is_refused_before_it_is_sent(world: World) -> None:
    case, content = world.draft(), sized(100)
    session = begin(world, case, content)
    send(world, session, content)
    finish_upload(session=session, actor=world.applicant)
    with pytest.raises(Invalid, match="内容相同"):
        begin(world, case, content, name="改了名.pdf")
    assert begin(world, case, content, item="m9_evidence").item == "m9_evidence"


def test_what_a_substitute_uploads_piece_by_piece_names_both(world: World) -> None:
    assert world.applicant.assignment is not None
    substitute = make_substitution(world.applicant.assignment).substitute
    standing_in = actor_for(world.applicant.assignment, user=substitute)
    content, case = sized(3 * PIECE + 1), world.draft()
    session = begin(world, case, content, actor=standing_in)
    while session.received < len(content):
        at = session.received
        take_piece(session=session, offset=at, content=content[at : at + PIECE], actor=standing_in)
    row = finish_upload(session=session, actor=standing_in)
    assert (row.uploaded_by, row.on_behalf_of) == (substitute, world.applicant.user)
    assert row.people == {substitute.pk, world.applicant.assignment.user_id}
    assert row.uploader == f"{substitute.name}（代{world.applicant.user}）"


# -- interruptions --------------------------------------------------------------------------------------------------------


def test_it_goes_on_where_it_stopped(world: World) -> None:
    case, content = world.draft(), sized(500)
    send(world, begin(world, case, content), content, until=200)
    again = begin(world, case, content, tags=["item_3"])
    assert again.received == 200
    send(world, again, content)
    again = upload_of(case, again.public_id, world.applicant)
    row = finish_upload(session=again, actor=world.applicant)
    assert (row.sha256, row.tags) == (sha(content)[7:], ["item_3"])


@pytest.mark.parametrize("other", [{"name": "别.pdf"}, {"fingerprint": "changed:2"}, {"item": "m9_evidence"}])
def test_another_file_is_another_upload(world: World, other: dict[str, str]) -> None:
    case, content = world.draft(), sized(500)
    first = begin(world, case, content)
    send(world, first, content, until=64)
    second = begin(world, case, content, **other)
    assert (second.received, second.pk == first.pk) == (0, False)


def test_a_session_is_its_owner_s_alone(world: World) -> None:
    case, content = world.draft(), sized(500)
    session = begin(world, case, content)
    with pytest.raises(NotVisible):
        upload_of(case, session.public_id, world.officer)
    with pytest.raises(NotVisible):
        upload_of(world.draft("另一个"), session.public_id, world.applicant)
    with pytest.raises(NotVisible):
        begin(world, case, content, actor=world.other_applicant)


@pytest.mark.parametrize("offset", [0, 63, 65, 128, 1000])
def test_a_piece_that_does_not_fit_is_refused_with_the_place_where_to_go_on(
    world: World, offset: int
) -> None:
    content = sized(500)
    session = begin(world, world.draft(), content)
    send(world, session, content, until=64)
    with pytest.raises(OffsetConflict) as caught:
        take_piece(session=session, offset=offset, content=b"x" * 10, actor=world.applicant)
    assert caught.value.received == 64
    assert len(pieces_of(session)) == 1


def test_of_two_windows_one_is_told_where_the_other_is(world: World) -> None:
    """Both have read the same offset; the row's lock decides."""
    case, content = world.draft(), sized(500)
    one = begin(world, case, content)
    two = upload_of(case, one.public_id, world.applicant)
    send(world, one, content, until=64)
    with pytest.raises(OffsetConflict) as caught:
        take_piece(session=two, offset=0, content=content[:64], actor=world.applicant)
    assert caught.value.received == 64
    assert len(pieces_of(one)) == 1, "the piece that lost leaves nothing behind"


@pytest.mark.parametrize("content", [b"", b"x" * 65, b"x" * 41], ids=["empty", "too large", "beyond the end"])
def test_a_piece_of_the_wrong_size_is_refused(world: World, content: bytes) -> None:
    session = begin(
        world, world.draft(), b"", size=40 if len(content) == 41 else 500, fingerprint="changed:1"
    )
    with pytest.raises(Invalid, match="大小不符"):
        take_piece(session=session, offset=0, content=content, actor=world.applicant)


def test_it_is_not_finished_before_its_end(world: World) -> None:
    content = sized(500)
    session = begin(world, world.draft(), content)
    send(world, session, content, until=499)
    with pytest.raises(OffsetConflict):
        finish_upload(session=session, actor=world.applicant)


def test_asked_twice_it_is_finished_once(world: World) -> None:
    case, content = world.draft(), sized(200)
    session = begin(world, case, content)
    send(world, session, content)
    one = finish_upload(session=session, actor=world.applicant)
    again = upload_of(case, session.public_id, world.applicant)
    assert finish_upload(session=again, actor=world.applicant) == one
    assert finish_upload(session=session, actor=world.applicant) == one, "a window that does not know yet"
    assert Material.objects.count() == 1
    with pytest.raises(OffsetConflict):
        take_piece(session=again, offset=200, content=b"x", actor=world.applicant)


def test_while_one_window_finishes_the_other_is_asked_to_wait(world: World) -> None:
    case, content = world.draft(), sized(200)
    session = begin(world, case, content)
    send(world, session, content)
    other = upload_of(case, session.public_id, world.applicant)
    UploadSession.objects.filter(pk=session.pk).update(finishing_at=clock.now())  # as the first one leaves it
    with pytest.raises(Conflict, match="另一窗口"):
        finish_upload(session=other, actor=world.applicant)
    with pytest.raises(OffsetConflict) as caught:
        take_piece(session=other, offset=0, content=content[:64], actor=world.applicant)
    assert caught.value.received == 200, "what has arrived is not asked for again meanwhile"
    assert len(pieces_of(session)) == 4


def test_a_finishing_that_was_cut_short_is_done_by_the_next(world: World) -> None:
    """The machine went down in the middle of it: everything has arrived, and nobody will finish it."""
    case, content = world.draft(), sized(200)
    session = begin(world, case, content)
    send(world, session, content)
    UploadSession.objects.filter(pk=session.pk).update(finishing_at=clock.now())
    clock.set_clock(clock.now() + FINISHING)
    again = begin(world, case, content)
    assert again.received == 200
    row = finish_upload(session=again, actor=world.applicant)
    assert row.sha256 == sha(content)[7:]
    assert pieces_of(session) == []


def during_the_check(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen while the whole file is being looked at."""
    look = materials.complaint_about

    def looked(*given: Any) -> str:
        happens()
        return look(*given)

    monkeypatch.setattr(materials, "complaint_about", looked)


def test_given_up_while_it_is_checked_it_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    content = sized(200)
    session = begin(world, world.draft(), content)
    send(world, session, content)
    during_the_check(
        monkeypatch, lambda: drop_upload(upload_of(session.case, session.public_id, world.applicant))
    )
    before = kept()
    with pytest.raises(NotVisible, match="已失效"):
        finish_upload(session=session, actor=world.applicant)
    assert (Material.objects.count(), UploadSession.objects.count()) == (0, 0)
    assert (kept(), pieces_of(session)) == (before, [])


def test_a_finishing_that_lost_its_claim_leaves_the_file_to_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = sized(200)
    session = begin(world, world.draft(), content)
    send(world, session, content)
    row = UploadSession.objects.filter(pk=session.pk)
    during_the_check(monkeypatch, lambda: row.update(finishing_at=clock.now() + FINISHING))
    with pytest.raises(Conflict, match="另一窗口"):
        finish_upload(session=session, actor=world.applicant)
    assert not Material.objects.exists()
    assert row.get().finishing_at == clock.now() + FINISHING, "the other one's claim stands"
    assert len(pieces_of(session)) == 4


def test_after_a_refusal_that_can_be_mended_it_can_be_finished_at_once(world: World, settings: Any) -> None:
    case, content = world.draft(), sized(200)
    session = begin(world, case, content)
    send(world, session, content)
    settings.MATERIAL_MAX_CASE_BYTES = 100
    with pytest.raises(Invalid, match="合计不得超过"):
        finish_upload(session=session, actor=world.applicant)
    settings.MATERIAL_MAX_CASE_BYTES = 1000
    assert finish_upload(session=session, actor=world.applicant).size == 200


def test_a_file_that_changed_on_the_way_is_noticed(world: World) -> None:
    content = sized(200)
    session = begin(world, world.draft(), content)
    send(world, session, content.replace(b"%%%%", b"%$$%"))
    with pytest.raises(Invalid, match="与所选文件不一致"):
        finish_upload(session=session, actor=world.applicant)
    assert not UploadSession.objects.exists()


def test_sent_meanwhile_it_is_kept_and_refused(world: World) -> None:
    case = world.fill(world.draft())
    content = sized(200)
    session = begin(world, case, content, item="m9_evidence")
    send(world, session, content, until=100)
    world.do(case, "declare.submit", statement=True)
    session = upload_of(world.reread(case), session.public_id, world.applicant)
    with pytest.raises(NotAllowed):
        take_piece(session=session, offset=100, content=content[100:150], actor=world.applicant)
    UploadSession.objects.filter(pk=session.pk).update(received=200)
    session = upload_of(world.reread(case), session.public_id, world.applicant)
    with pytest.raises((NotAllowed, Invalid)):
        finish_upload(session=session, actor=world.applicant)


# -- limits ---------------------------------------------------------------------------------------------------------------


def test_the_limits_hold_at_the_beginning_and_at_the_end(world: World, settings: Any) -> None:
    settings.MATERIAL_MAX_PER_ITEM = 2
    case = world.draft()
    contents = [sized(100 + n) for n in range(3)]
    sessions = [begin(world, case, content) for content in contents]
    for session, content in zip(sessions, contents, strict=True):
        send(world, session, content)
    for session in sessions[:2]:
        finish_upload(session=session, actor=world.applicant)
    with pytest.raises(Invalid, match="本项最多上传2个文件"):
        finish_upload(session=sessions[2], actor=world.applicant)
    with pytest.raises(Invalid, match="本项最多上传2个文件"):
        begin(world, case, sized(300))
    Material.objects.filter(item="m8_policy").order_by("pk")[0].delete()
    again = upload_of(case, sessions[2].public_id, world.applicant)
    assert finish_upload(session=again, actor=world.applicant), "once there is room it need not be sent again"


def test_a_hundred_uploads_under_one_item_obey_the_limit(world: World, settings: Any) -> None:
    settings.MATERIAL_CHUNK_BYTES = 4096
    case, told = world.draft(), []
    for number in range(100):
        content = sized(200 + number)
        try:
            session = begin(world, case, content, name=f"{number}.pdf")
            take_piece(session=session, offset=0, content=content, actor=world.applicant)
            finish_upload(session=session, actor=world.applicant)
        except Invalid as invalid:
            told.append(invalid.code)
    assert (case.materials.count(), told) == (20, ["no_room"] * 80)


def test_what_is_under_way_does_not_fill_the_disk(world: World, settings: Any) -> None:
    settings.MATERIAL_MAX_CASE_BYTES = 10_000
    case = world.draft()
    begin(world, case, b"", size=6_000, fingerprint="changed:1")
    with pytest.raises(Invalid, match="正在上传的文件过多"):
        begin(world, case, b"", size=6_000, fingerprint="changed:2")
    settings.MATERIAL_MAX_CASE_BYTES = 10_000_000
    for number in range(MOST_OPEN - 1):
        begin(world, case, b"", size=10, fingerprint=f"changed:{number}x")
    with pytest.raises(Invalid, match="正在上传的文件过多"):
        begin(world, case, b"", size=10, fingerprint="changed:last")


def test_given_up_nothing_is_left(world: World) -> None:
    content = sized(500)
    session = begin(world, world.draft(), content)
    send(world, session, content, until=200)
    drop_upload(session)
    assert (UploadSession.objects.count(), pieces_of(session)) == (0, [])


def test_what_nobody_goes_on_with_expires(world: World, settings: Any) -> None:
    settings.MATERIAL_UPLOAD_DAYS = 7
    case, content = world.draft(), sized(500)
    old = begin(world, case, content)
    send(world, old, content, until=200)
    clock.set_clock(clock.now() + dt.timedelta(days=4))
    young = begin(world, case, content, name="新.pdf")
    clock.set_clock(clock.now() + dt.timedelta(days=3, minutes=1))
    assert drop_expired() == 1
    assert list(UploadSession.objects.all()) == [young]
    assert pieces_of(old) == []
    with pytest.raises(NotVisible, match="已失效"):
        upload_of(case, old.public_id, world.applicant)
