"""Working copies: nothing typed is lost, two persons publish, and a pack travels unchanged."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.enums import Role
from accounts.errors import Refusal
from audit.models import Entry
from programmes import packs
from programmes.editions import load_pack, publish_edition
from programmes.enums import CopyStatus, EditionStatus
from programmes.errors import PackRefused
from programmes.models import Edition, WorkingCopy
from programmes.problems import PackError
from tests.factories.accounts import make_authority
from tests.factories.programmes import make_edition, make_policy_admin, make_round, mini_files
from workshop import copies
from workshop.copies import ChangedMeanwhile

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Actor:
    return make_policy_admin()


@pytest.fixture
def other() -> Actor:
    return make_policy_admin()


@pytest.fixture
def base() -> Edition:
    return make_edition()


@pytest.fixture
def copy(base: Edition, author: Actor) -> WorkingCopy:
    return copies.clone_edition(edition=base, actor=author)


def text_of(copy: WorkingCopy, path: str) -> str:
    return copy.files.get(path=path).text


def save(copy: WorkingCopy, path: str, text: str, actor: Actor) -> Any:
    version = copy.files.get(path=path).version
    return copies.save_file(copy=copy, path=path, text=text, version=version, actor=actor)


def fresh(copy: WorkingCopy) -> WorkingCopy:
    return WorkingCopy.objects.get(pk=copy.pk)


def submit(copy: WorkingCopy, actor: Actor) -> Edition:
    return copies.submit_copy(copy=copy, version=fresh(copy).version, actor=actor)


def actions() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


# -- beginning -----------------------------------------------------------------------------------------------------------


def test_a_clone_has_the_files_and_the_next_number(copy: WorkingCopy, base: Edition, author: Actor) -> None:
    files, original = copies.files_of(copy), packs.unarchive(bytes(base.source))
    assert {name for name in files if files[name] != original[name]} == {"programme.yaml"}
    changed = zip(
        files["programme.yaml"].decode().splitlines(),
        original["programme.yaml"].decode().splitlines(),
        strict=True,
    )
    assert [pair for pair in changed if pair[0] != pair[1]] == [('edition: "2026.2"', 'edition: "2026.1"')]
    assert list(copy.authors.all()) == [author.user]
    assert (copy.programme, copy.base, copy.status) == (base.programme, base, CopyStatus.EDITING)


def test_numbers_in_use_are_passed_over(copy: WorkingCopy, base: Edition) -> None:
    assert copies.next_number(base) == "2026.3"
    copies.discard_copy(copy=copy, reason="不再需要", actor=make_policy_admin())
    assert copies.next_number(base) == "2026.2"


def test_a_number_in_use_is_refused(base: Edition, author: Actor) -> None:
    with pytest.raises(Refusal) as refusal:
        copies.clone_edition(edition=base, actor=author, number="2026.1")
    assert refusal.value.code == "number_taken"


def test_full_width_digits_of_a_number_are_understood(base: Edition, author: Actor) -> None:
    copy = copies.clone_edition(edition=base, actor=author, number="　２０２６．９ ")
    assert 'edition: "2026.9"' in copy.files.get(path="programme.yaml").text
    with pytest.raises(Refusal) as refusal:
        copies.clone_edition(edition=base, actor=author, number="２０２６．１")
    assert refusal.value.code == "number_taken"


@pytest.mark.parametrize("number", ['2026.1"', "../2026", "二〇二六", "2" * 33])
def test_a_number_of_other_signs_is_refused(base: Edition, author: Actor, number: str) -> None:
    with pytest.raises(Refusal) as refusal:
        copies.clone_edition(edition=base, actor=author, number=number)
    assert refusal.value.code == "bad_number"


def test_another_programme_on_the_pattern_of_this_one(base: Edition, author: Actor, other: Actor) -> None:
    copy = copies.clone_edition(edition=base, actor=author, number="1", code="mini-two")
    assert copy.programme is None
    edition = submit(copy, author)
    assert edition.programme.code == "mini-two"
    assert (
        copies.publish_copy(copy=copy, digest=edition.digest, actor=other).status == EditionStatus.PUBLISHED
    )


@pytest.mark.parametrize(("role", "code"), [(Role.OFFICER, ""), (Role.POLICY_ADMIN, "other")])
def test_others_write_nothing(copy: WorkingCopy, base: Edition, role: Role, code: str) -> None:
    from tests.factories.accounts import make_actor

    actor = make_actor(role, make_authority(), programme_code=code)
    for door in (
        lambda: copies.clone_edition(edition=base, actor=actor),
        lambda: save(copy, "rules.yaml", "x", actor),
        lambda: copies.add_file(copy=copy, path="README.md", actor=actor),
        lambda: copies.remove_file(copy=copy, path="rules.yaml", actor=actor),
        lambda: submit(copy, actor),
        lambda: copies.discard_copy(copy=copy, reason="x", actor=actor),
    ):
        with pytest.raises(Refusal) as refusal:
            door()
        assert refusal.value.code == "not_permitted"


# -- writing -------------------------------------------------------------------------------------------------------------


def test_broken_text_is_kept_as_it_was_typed(copy: WorkingCopy, author: Actor) -> None:
    broken = "rules: [\n  - {：\n\t\n"
    save(copy, "rules.yaml", broken, author)
    assert text_of(copy, "rules.yaml") == broken
    with pytest.raises(PackError):
        submit(copy, author)
    assert fresh(copy).status == CopyStatus.EDITING


def test_the_slower_of_two_loses_nothing(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    version = copy.files.get(path="rules.yaml").version
    copies.save_file(copy=copy, path="rules.yaml", text="甲\n", version=version, actor=author)
    with pytest.raises(ChangedMeanwhile) as refusal:
        copies.save_file(copy=copy, path="rules.yaml", text="乙\n", version=version, actor=other)
    assert refusal.value.current is not None
    assert refusal.value.current.text == "甲\n"
    assert text_of(copy, "rules.yaml") == "甲\n"
    again = refusal.value.current.version
    copies.save_file(copy=copy, path="rules.yaml", text="乙\n", version=again, actor=other)
    kept = list(
        copy.earlier_texts.filter(path="rules.yaml").order_by("version").values_list("text", flat=True)
    )
    assert kept[-1] == "甲\n"
    assert set(copy.authors.all()) == {author.user, other.user}


def test_a_file_that_is_gone_is_not_written_over(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    version = copy.files.get(path="rules.yaml").version
    copies.remove_file(copy=copy, path="rules.yaml", actor=other)
    with pytest.raises(ChangedMeanwhile) as refusal:
        copies.save_file(copy=copy, path="rules.yaml", text="x", version=version, actor=author)
    assert refusal.value.current is None


def test_the_same_text_again_changes_nothing(copy: WorkingCopy, author: Actor) -> None:
    before = actions()
    save(copy, "rules.yaml", text_of(copy, "rules.yaml"), author)
    assert actions() == before
    assert not copy.earlier_texts.exists()


def test_line_ends_stay_as_they_were(copy: WorkingCopy, author: Actor) -> None:
    copy.files.filter(path="README.md").delete()
    copies.add_file(copy=copy, path="README.md", text="一\r\n二\r\n", actor=author)
    save(copy, "README.md", "一\r\n三\r\n", author)
    assert text_of(copy, "README.md") == "一\r\n三\r\n"
    save(copy, "rules.yaml", "a: 1\r\nb: 2\r\n", author)
    assert text_of(copy, "rules.yaml") == "a: 1\nb: 2\n"


def test_files_come_go_and_come_back(copy: WorkingCopy, author: Actor) -> None:
    old = text_of(copy, "forms/FIRMS.yaml")
    copies.rename_file(copy=copy, path="forms/FIRMS.yaml", to="forms/UNITS.yaml", actor=author)
    copies.remove_file(copy=copy, path="forms/UNITS.yaml", actor=author)
    kept = copy.earlier_texts.get(path="forms/UNITS.yaml")
    assert copies.restore_text(copy=copy, earlier=kept.pk, actor=author).text == old
    assert actions()[-3:] == ["copy.file_renamed", "copy.file_removed", "copy.file_added"]


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/passwd", "forms/../x.yaml", "x.py", "forms/a b.yaml", "", "forms/" + "a" * 200],
)
def test_names_that_belong_in_no_pack(copy: WorkingCopy, author: Actor, path: str) -> None:
    for door in (
        lambda: copies.add_file(copy=copy, path=path, actor=author),
        lambda: copies.rename_file(copy=copy, path="rules.yaml", to=path, actor=author),
    ):
        with pytest.raises(Refusal) as refusal:
            door()
        assert refusal.value.code == "bad_path"


# -- travelling ----------------------------------------------------------------------------------------------------------


def test_export_and_import_elsewhere_give_the_same_digest(client: Client) -> None:
    draft = make_edition(publish=False)
    client.force_login(make_policy_admin().user)
    answer = client.get(reverse("workshop:edition_download", args=[draft.public_id]))
    assert answer["Content-Type"] == "application/zip"
    source, digest = answer.content, draft.digest
    programme = draft.programme
    draft.delete()  # as in another database: an authority of the same code, and nothing else
    programme.delete()
    again = load_pack(archive=source, authority=make_authority(), actor=Actor.system_actor())
    assert (again.digest, bytes(again.source)) == (digest, source)


def test_an_export_travels_through_a_working_copy(author: Actor) -> None:
    changed = mini_files({"programme.yaml": lambda c: c.update(edition="2030.1")})
    source = packs.archive(changed)
    copy = copies.import_pack(source=source, authority=make_authority(), actor=author)
    assert copies.archive_of(copy) == source
    assert submit(copy, author).digest == packs.digest(source)


def test_a_repacked_folder_is_the_same_pack(author: Actor) -> None:
    files, buffer = mini_files(), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in reversed(files.items()):
            archive.writestr(f"mini/{name}", data)
        archive.writestr("__MACOSX/mini/._rules.yaml", b"x")
    copy = copies.import_pack(source=buffer.getvalue(), authority=make_authority(), actor=author)
    assert packs.digest(copies.archive_of(copy)) == packs.digest(packs.archive(files))


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def damaged() -> bytes:
    data = bytearray(zipped(**{"programme.yaml": b"id: mini\n" * 500}))
    data[60:80] = b"\xff" * 20
    return bytes(data)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (b"not a zip", PackError),
        (b"", PackError),
        (damaged(), PackError),
        (zipped(**{"../../etc/cron.d/x": b"x", "programme.yaml": b"id: mini\n"}), PackError),
        (zipped(**{"/etc/passwd": b"x", "programme.yaml": b"id: mini\n"}), PackError),
        (zipped(**{"programme.yaml": b"id: mini\n", "run.py": b"import os"}), PackError),
        (zipped(**{"programme.yaml": b"\xff\xfe\x00"}), PackError),
        (zipped(**{"programme.yaml": b"id: mini\x00\n"}), PackError),
        (zipped(**{"rules.yaml": b"[]"}), PackError),
        (zipped(**{"programme.yaml": b"id: '<script>'\n"}), Refusal),
        (zipped(**{"programme.yaml": b"# nothing\n"}), Refusal),
        (zipped(**{"programme.yaml": b"id: mini\n", "rules.yaml": b"0" * (9 * 1024 * 1024)}), PackError),
    ],
)
def test_hostile_uploads(author: Actor, source: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        copies.import_pack(source=source, authority=make_authority(), actor=author)
    assert not WorkingCopy.objects.exists()


def test_an_upload_replaces_the_files_and_keeps_the_old(copy: WorkingCopy, author: Actor) -> None:
    old = text_of(copy, "rules.yaml")
    files = mini_files() | {"rules.yaml": b"[]\n"}
    del files["letters/receipt.md"]
    copies.replace_files(copy=copy, source=packs.archive(files), version=fresh(copy).version, actor=author)
    assert copies.files_of(copy) == files
    assert copy.earlier_texts.get(path="rules.yaml").text == old
    assert copy.earlier_texts.filter(path="letters/receipt.md").exists()
    other = packs.archive(mini_files({"programme.yaml": lambda c: c.update(id="another")}))
    with pytest.raises(Refusal) as refusal:
        copies.replace_files(copy=copy, source=other, version=fresh(copy).version, actor=author)
    assert refusal.value.code == "other_programme"


# -- two persons ---------------------------------------------------------------------------------------------------------


def test_the_whole_way(copy: WorkingCopy, author: Actor, other: Actor, base: Edition) -> None:
    edition = submit(copy, author)
    assert edition.status == EditionStatus.DRAFT
    with pytest.raises(Refusal) as refusal:
        save(copy, "rules.yaml", "x", author)
    assert refusal.value.code == "not_editing"
    published = copies.publish_copy(copy=copy, digest=edition.digest, actor=other)
    assert (published.status, published.published_by) == (EditionStatus.PUBLISHED, other.user)
    assert fresh(copy).status == CopyStatus.PUBLISHED
    assert base.programme.current_edition() == published
    assert actions()[-4:] == ["edition.loaded", "copy.submitted", "edition.published", "copy.published"]


def test_authors_do_not_publish_their_own(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    save(copy, "README.md" if copy.files.filter(path="README.md").exists() else "rules.yaml", "[]\n", other)
    copies.restore_text(
        copy=copy,
        earlier=copy.earlier_texts.order_by("pk").first().pk,
        actor=author,  # type: ignore[union-attr]
    )
    edition = submit(copy, author)
    for actor in (author, other):
        for door in (
            lambda actor=actor: copies.publish_copy(copy=copy, digest=edition.digest, actor=actor),
            lambda actor=actor: publish_edition(edition=edition, actor=actor),
            lambda actor=actor: copies.reject_copy(copy=copy, note="不妥", actor=actor),
        ):
            with pytest.raises(Refusal) as refusal:
                door()
            assert refusal.value.code == "second_person"
    assert Edition.objects.get(pk=edition.pk).status == EditionStatus.DRAFT
    copies.publish_copy(copy=copy, digest=edition.digest, actor=make_policy_admin())


def test_a_substitute_shares_the_authors_hands(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    from dataclasses import replace

    edition = submit(copy, author)
    standing_in = replace(other, on_behalf_of=author.user)
    with pytest.raises(Refusal) as refusal:
        copies.publish_copy(copy=copy, digest=edition.digest, actor=standing_in)
    assert refusal.value.code == "second_person"


def test_the_system_may_load_and_publish() -> None:
    edition = make_edition(publish=False, actor=Actor.system_actor())
    assert publish_edition(edition=edition, actor=Actor.system_actor()).is_frozen


def test_only_what_was_read_is_published(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    submit(copy, author)
    with pytest.raises(Refusal) as refusal:
        copies.publish_copy(copy=copy, digest="0" * 64, actor=other)
    assert refusal.value.code == "changed_meanwhile"


def test_sent_back_with_a_note(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    edition = submit(copy, author)
    copies.reject_copy(copy=copy, note="第三条的面积应为200亩。", actor=other)
    again = fresh(copy)
    assert (again.status, again.note, again.edition) == (CopyStatus.EDITING, "第三条的面积应为200亩。", None)
    assert not Edition.objects.filter(
        pk=edition.pk
    ).exists()  # nobody can publish it behind the author's back
    assert actions()[-2:] == ["edition.discarded", "copy.rejected"]
    assert submit(copy, author).number == "2026.2"
    assert fresh(copy).note == ""


def test_taken_back(copy: WorkingCopy, author: Actor) -> None:
    submit(copy, author)
    copies.withdraw_copy(copy=copy, actor=author)
    assert fresh(copy).status == CopyStatus.EDITING
    assert not Edition.objects.filter(status=EditionStatus.DRAFT).exists()


def test_one_number_waits_once(copy: WorkingCopy, base: Edition, author: Actor, other: Actor) -> None:
    submit(copy, author)
    second = copies.clone_edition(edition=base, actor=other, number="2026.9")
    text = text_of(second, "programme.yaml").replace('"2026.9"', '"2026.2"')
    save(second, "programme.yaml", text, other)
    with pytest.raises(Refusal) as refusal:
        submit(second, other)
    assert refusal.value.code == "number_taken"


def test_what_is_unsound_is_not_handed_in(copy: WorkingCopy, author: Actor) -> None:
    text = text_of(copy, "rules.yaml").replace("clause: ", "clause: 没有的条款·", 1)
    save(copy, "rules.yaml", text, author)
    with pytest.raises(PackRefused) as refusal:
        submit(copy, author)
    assert refusal.value.problems
    assert not Edition.objects.filter(status=EditionStatus.DRAFT).exists()


def test_a_page_that_is_out_of_date_hands_nothing_in(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    seen = fresh(copy).version
    copies.add_file(copy=copy, path="README.md", text="说明\n", actor=other)
    with pytest.raises(Refusal) as refusal:
        copies.submit_copy(copy=copy, version=seen, actor=author)
    assert refusal.value.code == "copy_changed"


def test_rounds_open_under_what_was_published(copy: WorkingCopy, author: Actor, other: Actor) -> None:
    edition = submit(copy, author)
    copies.publish_copy(copy=copy, digest=edition.digest, actor=other)
    assert make_round(edition.programme).edition == edition
