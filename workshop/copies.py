"""The doors of working copies: begin, write, hand in, send back, publish. 工作副本办理

A copy keeps its files as they are typed, sound or not; what a save replaces is kept beside it (旧稿). Handing in makes a
draft edition; while that waits for a second person nothing is changed. Every door writes the authority's chain.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.guards import require_reason
from accounts.models import Organisation
from accounts.records import record
from audit import clock
from programmes import packs
from programmes.checks import check_pack
from programmes.editions import discard_draft, load_pack, persons_of, publish_edition
from programmes.enums import CopyStatus, EditionStatus
from programmes.errors import PackRefused
from programmes.guards import EDITORS, require_role
from programmes.models import EarlierText, Edition, Programme, WorkingCopy, WorkingFile
from programmes.problems import PackError
from workshop.uploads import CODE, EDITION, decoded, id_of, unpacked

NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,31}")
LONGEST: Final = 1_000_000
"""Characters of one file."""


class ChangedMeanwhile(Refusal):
    """他人已修改: the file is no longer what was opened. ``current`` is how it stands (None: removed)."""

    def __init__(self, current: WorkingFile | None) -> None:
        super().__init__("changed_meanwhile", _("该文件在您打开之后已被修改，您的内容尚未保存。"))
        self.current = current


# -- beginning -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def clone_edition(*, edition: Edition, actor: Actor, number: str = "", code: str = "") -> WorkingCopy:
    """克隆版本: a working copy with an edition's files, under the next edition number.

    ``number``: full-width digits are understood. ``code``: of a programme that is to be made on the pattern of this one.
    Raises Refusal: not_permitted, bad_number, number_taken, bad_code.
    """
    code = code.strip() or edition.programme.code
    number = unicodedata.normalize("NFKC", number).strip() or next_number(edition)
    _require(actor, edition.programme.authority_id, edition.programme.code)
    if number != next_number(edition) and not NUMBER.fullmatch(number):
        raise Refusal("bad_number", _("版本号由数字、字母、点和连字符组成，如“2020.2”。"))
    files = decoded(packs.unarchive(bytes(edition.source)))
    if code != edition.programme.code:
        if not CODE.fullmatch(code):
            raise Refusal("bad_code", _("事项代码由小写字母、数字和连字符组成，以字母开头。"))
        files["programme.yaml"] = _with_value(files["programme.yaml"], "id", code)
    files["programme.yaml"] = _with_value(files["programme.yaml"], "edition", f'"{number}"')
    return _begin(files, code, edition.programme.authority, actor, base=edition, number=number)


@transaction.atomic
def import_pack(*, source: bytes, authority: Organisation, actor: Actor) -> WorkingCopy:
    """导入为工作副本: a working copy with the files of an uploaded pack, byte for byte.

    Raises PackError (no readable archive, files that belong in no pack) and Refusal: not_permitted, bad_code.
    """
    files = unpacked(source)
    code = id_of(files)
    if not CODE.fullmatch(code):
        raise Refusal("bad_code", _("programme.yaml 中没有可用的事项代码（id）。"))
    return _begin(files, code, authority, actor)


def next_number(edition: Edition) -> str:
    """The edition number after this one that nobody uses: 2020.1 → 2020.2."""
    taken = set(Edition.objects.filter(programme=edition.programme_id).values_list("number", flat=True))
    taken |= {
        number_of(file.text)
        for file in WorkingFile.objects.filter(
            copy__programme=edition.programme_id,
            copy__status__in=(CopyStatus.EDITING, CopyStatus.SUBMITTED),
            path="programme.yaml",
        )
    }
    match = re.fullmatch(r"(.*?)(\d+)", edition.number) if "." in edition.number else None
    stem, last = (match[1], int(match[2])) if match else (f"{edition.number}.", 0)
    while f"{stem}{last + 1}" in taken:
        last += 1
    return f"{stem}{last + 1}"


def number_of(text: str) -> str:
    """The edition number that a programme.yaml gives; '' when none can be made out."""
    found = EDITION.search(text)
    return found["value"].strip().strip("\"'") if found else ""


def _with_value(text: str, key: str, value: str) -> str:
    """The YAML text with another value of a key of the first level; the rest of the line is left as it was."""
    pattern = rf"^{key}:[ \t]*(\"[^\"\n]*\"|'[^'\n]*'|[^\s#]+)"
    return re.sub(pattern, lambda _match: f"{key}: {value}", text, count=1, flags=re.MULTILINE)


def _begin(
    files: Mapping[str, str],
    code: str,
    authority: Organisation,
    actor: Actor,
    *,
    base: Edition | None = None,
    number: str = "",
) -> WorkingCopy:
    _require(actor, authority.pk, code)
    assert actor.user is not None
    programme = Programme.objects.filter(authority=authority, code=code).first()
    if programme is not None and number and programme.editions.filter(number=number).exists():
        raise Refusal("number_taken", _("版本号%(number)s已被使用。") % {"number": number})
    now = clock.now()
    copy = WorkingCopy.objects.create(
        authority=authority,
        programme=programme,
        code=code,
        title=(programme.title_zh if programme is not None else code)[:200],
        base=base,
        created_at=now,
        changed_at=now,
        changed_by=actor.user,
    )
    copy.authors.add(*persons_of(actor))
    WorkingFile.objects.bulk_create(
        WorkingFile(copy=copy, path=path, text=text, changed_at=now, changed_by=actor.user)
        for path, text in sorted(files.items())
    )
    data = {"base": base.number} if base is not None else {}
    _record(copy, "copy.created", actor, {**data, "digest": digest_of(files)})
    return copy


# -- writing -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_file(
    *, copy: WorkingCopy, path: str, text: str, version: int, actor: Actor, exact: bool = False
) -> WorkingFile:
    """保存文件: what was typed becomes the file; what it replaces is kept.

    ``version`` is that of the file when it was opened; ``exact``: the text did not come through a browser and keeps its
    own line ends. Raises ChangedMeanwhile and Refusal: not_permitted, not_editing, too_large. The same text again
    changes nothing.
    """
    copy = _locked(copy, actor, editing=True)
    file = copy.files.select_for_update().filter(path=path).first()
    if file is None or file.version != version:
        if file is not None and file.text == like(text, file.text):
            return file
        raise ChangedMeanwhile(file)
    text = text if exact else like(text, file.text)
    if text == file.text:
        return file
    _require_size(text)
    before = sha(file.text)
    _keep(file)
    file.text = text
    _write(file, actor)
    _changed(copy, actor)
    _record(copy, "copy.saved", actor, {"file": path, "before": before, "after": sha(text)})
    return file


@transaction.atomic
def add_file(*, copy: WorkingCopy, path: str, actor: Actor, text: str = "") -> WorkingFile:
    """新增文件. Raises Refusal: not_permitted, not_editing, bad_path, path_taken, too_large."""
    copy = _locked(copy, actor, editing=True)
    path = _free_path(copy, path)
    _require_size(text)
    if copy.files.count() >= packs.MAX_FILES:
        raise Refusal("too_large", _("文件过多。"))
    earlier = copy.earlier_texts.filter(path=path).order_by("-version").first()
    assert actor.user is not None
    file = WorkingFile.objects.create(
        copy=copy,
        path=path,
        text=text,
        version=earlier.version + 1 if earlier is not None else 1,
        changed_at=clock.now(),
        changed_by=actor.user,
    )
    _changed(copy, actor)
    _record(copy, "copy.file_added", actor, {"file": path, "after": sha(text)})
    return file


@transaction.atomic
def rename_file(*, copy: WorkingCopy, path: str, to: str, actor: Actor) -> WorkingFile:
    """文件改名. Raises Refusal: not_permitted, not_editing, unknown_file, bad_path, path_taken."""
    copy = _locked(copy, actor, editing=True)
    file = _file(copy, path)
    to = _free_path(copy, to)
    _keep(file)
    file.path = to
    _write(file, actor)
    _changed(copy, actor)
    _record(copy, "copy.file_renamed", actor, {"file": path, "to": to})
    return file


@transaction.atomic
def remove_file(*, copy: WorkingCopy, path: str, actor: Actor, version: int | None = None) -> None:
    """删除文件: what it said can be taken back. ``version``, where given, is that of the file when it was opened.

    Raises ChangedMeanwhile and Refusal: not_permitted, not_editing, unknown_file.
    """
    copy = _locked(copy, actor, editing=True)
    file = _file(copy, path)
    if version is not None and file.version != version:
        raise ChangedMeanwhile(file)
    _keep(file)
    before = sha(file.text)
    file.delete()
    _changed(copy, actor)
    _record(copy, "copy.file_removed", actor, {"file": path, "before": before})


@transaction.atomic
def restore_text(*, copy: WorkingCopy, earlier: int, actor: Actor) -> WorkingFile:
    """恢复旧稿: the file says again what it said; what it says now is kept like any other text.

    Raises Refusal: not_permitted, not_editing, unknown_file.
    """
    copy = _locked(copy, actor, editing=True)
    kept = copy.earlier_texts.filter(pk=earlier).first()
    if kept is None:
        raise Refusal("unknown_file", _("没有找到该旧稿。"))
    file = copy.files.filter(path=kept.path).first()
    if file is None:
        return add_file(copy=copy, path=kept.path, text=kept.text, actor=actor)
    return save_file(copy=copy, path=kept.path, text=kept.text, version=file.version, actor=actor)


@transaction.atomic
def replace_files(*, copy: WorkingCopy, source: bytes, version: int, actor: Actor) -> WorkingCopy:
    """以上传的政策包替换全部文件: what stood there is kept.

    ``version`` is the copy's, as it was shown. Raises PackError and Refusal: not_permitted, not_editing,
    copy_changed, other_programme.
    """
    files = unpacked(source)
    copy = _locked(copy, actor, editing=True, version=version)
    if id_of(files) != copy.code:
        raise Refusal("other_programme", _("上传的政策包不是“%(code)s”，请另行导入。") % {"code": copy.code})
    assert actor.user is not None
    now, old = clock.now(), {file.path: file for file in copy.files.all()}
    gone = [file for path, file in old.items() if files.get(path) != file.text]
    EarlierText.objects.bulk_create(_earlier(file) for file in gone)
    copy.files.filter(pk__in=[file.pk for file in gone]).delete()
    WorkingFile.objects.bulk_create(
        WorkingFile(
            copy=copy,
            path=path,
            text=text,
            version=old[path].version + 1 if path in old else 1,
            changed_at=now,
            changed_by=actor.user,
        )
        for path, text in sorted(files.items())
        if path not in old or old[path].text != text
    )
    _changed(copy, actor)
    _record(copy, "copy.uploaded", actor, {"digest": digest_of(files)})
    return copy


@transaction.atomic
def discard_copy(*, copy: WorkingCopy, reason: str, actor: Actor) -> None:
    """作废工作副本. Raises Refusal: not_permitted, not_editing, reason_missing."""
    reason = require_reason(reason)
    copy = _locked(copy, actor, editing=True)
    copy.status = CopyStatus.DISCARDED
    _changed(copy, actor, author=False)
    _record(copy, "copy.discarded", actor, {"reason": reason})


# -- two persons -------------------------------------------------------------------------------------------------------


@transaction.atomic
def submit_copy(*, copy: WorkingCopy, version: int, actor: Actor) -> Edition:
    """送审: the copy becomes a draft edition that waits for a second person.

    Raises PackError and PackRefused (with every problem) and Refusal: not_permitted, not_editing, copy_changed,
    other_programme, number_taken, other_authority, edition_frozen. Order: lock, permission, checks, draft, record.
    """
    copy = _locked(copy, actor, editing=True, version=version)
    source = archive_of(copy)
    pack = packs.parse(source)
    if problems := check_pack(pack):
        raise PackRefused(problems)
    if pack.programme.id != copy.code:
        raise Refusal(
            "other_programme",
            _("事项代码应为“%(code)s”，文件中写的是“%(found)s”。")
            % {"code": copy.code, "found": pack.programme.id},
        )
    number = pack.programme.edition
    waiting = WorkingCopy.objects.filter(
        status=CopyStatus.SUBMITTED,
        edition__number=number,
        edition__programme__code=copy.code,
        authority=copy.authority_id,
    )
    if waiting.exists():
        raise Refusal(
            "number_taken",
            _("版本号%(number)s已有另一份工作副本送审，请改用其他版本号。") % {"number": number},
        )
    edition = load_pack(archive=source, authority=copy.authority, actor=actor)
    if edition.is_frozen:
        raise Refusal("edition_frozen", _("该版本内容与已发布的版本%(number)s相同。") % {"number": number})
    copy.programme, copy.edition, copy.status, copy.note = (
        edition.programme,
        edition,
        CopyStatus.SUBMITTED,
        "",
    )
    copy.submitted_at, copy.submitted_by = clock.now(), actor.user
    _changed(copy, actor)
    _record(copy, "copy.submitted", actor, {"number": number, "digest": edition.digest})
    return edition


@transaction.atomic
def withdraw_copy(*, copy: WorkingCopy, actor: Actor) -> None:
    """撤回送审: back to writing; the draft is thrown away. Raises Refusal: not_permitted, not_submitted."""
    copy = _submitted(copy, actor)
    _back(copy, actor, "")
    _record(copy, "copy.withdrawn", actor, {})


@transaction.atomic
def reject_copy(*, copy: WorkingCopy, note: str, actor: Actor) -> None:
    """退回修改: a second person sends it back with what is to be mended.

    Raises Refusal: not_permitted, not_submitted, reason_missing, second_person (authors withdraw it themselves).
    """
    note = require_reason(note)
    copy = _submitted(copy, actor)
    if persons_of(actor) & set(copy.authors.values_list("pk", flat=True)):
        raise Refusal("second_person", _("您参与了编写，可以撤回送审；退回修改由另一名政策管理员办理。"))
    _back(copy, actor, note)
    _record(copy, "copy.rejected", actor, {"reason": note})


@transaction.atomic
def publish_copy(*, copy: WorkingCopy, digest: str, actor: Actor) -> Edition:
    """审核发布: by somebody who did not write it, of exactly the content (``digest``) that they have read.

    Raises PackRefused and Refusal: not_permitted, not_submitted, second_person, changed_meanwhile.
    """
    copy = _submitted(copy, actor)
    assert copy.edition is not None
    edition = publish_edition(edition=copy.edition, actor=actor, digest=digest)
    copy.status = CopyStatus.PUBLISHED
    _changed(copy, actor, author=False)
    _record(copy, "copy.published", actor, {"number": edition.number, "digest": edition.digest})
    return edition


# -- what a copy holds ---------------------------------------------------------------------------------------------------


def files_of(copy: WorkingCopy) -> dict[str, bytes]:
    """The copy's files as they would lie in a folder. One query."""
    return {path: text.encode() for path, text in copy.files.order_by("path").values_list("path", "text")}


def archive_of(copy: WorkingCopy) -> bytes:
    """The canonical archive of the copy's files: what an edition made of it stores. One query."""
    return packs.archive(files_of(copy))


def digest_of(files: Mapping[str, str]) -> str:
    """The digest that an edition of these files would have."""
    return packs.digest(packs.archive({path: text.encode() for path, text in files.items()}))


def sha(text: str) -> str:
    """SHA-256 of a file's text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def like(text: str, model: str) -> str:
    """``text`` as a browser sends it, with the line ends that the file has had: CRLF only where there was CRLF."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in model else plain


def held(copy: WorkingCopy, actor: Actor) -> WorkingCopy:
    """The copy, which nobody else writes for the rest of the transaction. Raises Refusal: not_permitted, not_editing."""
    return _locked(copy, actor, editing=True)


def is_path(path: str) -> bool:
    """May a pack have a file of this name?"""
    return len(path) <= 120 and packs.KNOWN.fullmatch(path) is not None


def _require(actor: Actor, authority_id: int, code: str) -> None:
    require_role(actor, EDITORS, authority_id=authority_id, programme_code=code)


def _locked(
    copy: WorkingCopy, actor: Actor, *, editing: bool = False, version: int | None = None
) -> WorkingCopy:
    row = WorkingCopy.objects.select_for_update(of=("self",)).select_related("authority").get(pk=copy.pk)
    _require(actor, row.authority_id, row.code)
    if editing and row.status != CopyStatus.EDITING:
        raise Refusal("not_editing", _("该工作副本不在编写中，不能修改。"))
    if version is not None and row.version != version:
        raise Refusal("copy_changed", _("工作副本在您打开本页之后有改动，请核对后再办理。"))
    return row


def _submitted(copy: WorkingCopy, actor: Actor) -> WorkingCopy:
    row = _locked(copy, actor)
    if row.status != CopyStatus.SUBMITTED:
        raise Refusal("not_submitted", _("该工作副本没有送审。"))
    return row


def _back(copy: WorkingCopy, actor: Actor, note: str) -> None:
    draft = copy.edition
    copy.status, copy.note, copy.edition = CopyStatus.EDITING, note, None
    _changed(copy, actor, author=False)
    if draft is not None and draft.status == EditionStatus.DRAFT:
        discard_draft(edition=draft, actor=actor)


def _changed(copy: WorkingCopy, actor: Actor, *, author: bool = True) -> None:
    assert actor.user is not None
    copy.version += 1
    copy.changed_at, copy.changed_by = clock.now(), actor.user
    copy.save()
    if author:
        copy.authors.add(*persons_of(actor))


def _file(copy: WorkingCopy, path: str) -> WorkingFile:
    file = copy.files.filter(path=path).first()
    if file is None:
        raise Refusal("unknown_file", _("没有文件“%(path)s”。") % {"path": path})
    return file


def _free_path(copy: WorkingCopy, path: str) -> str:
    path = path.strip()
    if not is_path(path):
        raise Refusal(
            "bad_path",
            _(
                "政策包中没有这样的文件：%(path)s。可用：forms/代码.yaml、letters/代码.md、scenarios/名称.yaml 等。"
            )
            % {"path": path[:120]},
        )
    if copy.files.filter(path=path).exists():
        raise Refusal("path_taken", _("已有文件“%(path)s”。") % {"path": path})
    return path


def _require_size(text: str) -> None:
    if len(text) > LONGEST:
        raise Refusal("too_large", _("文件过大。"))
    if "\x00" in text:
        raise Refusal("bad_text", _("文件含有不可识别的字符。"))


def _earlier(file: WorkingFile) -> EarlierText:
    return EarlierText(
        copy_id=file.copy_id,
        path=file.path,
        text=file.text,
        version=file.version,
        written_at=file.changed_at,
        written_by_id=file.changed_by_id,
        replaced_at=clock.now(),
    )


def _keep(file: WorkingFile) -> None:
    _earlier(file).save(force_insert=True)


def _write(file: WorkingFile, actor: Actor) -> None:
    assert actor.user is not None
    file.version += 1
    file.changed_at, file.changed_by = clock.now(), actor.user
    file.save()


def _record(copy: WorkingCopy, action: str, actor: Actor, data: Mapping[str, str]) -> None:
    record(
        authority=copy.authority,
        action=action,
        actor=actor,
        subject=copy.public_id,
        data={"programme": copy.code, **data},
    )


__all__ = ["ChangedMeanwhile", "PackError", "PackRefused"]
