"""The doors of editions: load a pack, publish it, retire it. 政策版本

Loading makes a draft. Publishing freezes it, once everything holds that :mod:`programmes.checks` asks. What is published
is never changed: rounds and cases pin it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.guards import require_reason
from accounts.models import Organisation
from accounts.records import record
from audit import clock
from programmes import packs
from programmes.check_sizes import too_long
from programmes.checks import check_pack
from programmes.enums import EditionStatus, RoundStatus
from programmes.errors import PackRefused
from programmes.guards import EDITORS, require_role
from programmes.models import Edition, Programme, WorkingCopy
from programmes.problems import PackError
from programmes.schema import Pack


def load_pack(
    *,
    directory: Path | None = None,
    archive: bytes | None = None,
    authority: Organisation,
    actor: Actor,
) -> Edition:
    """导入政策包: a draft edition from a folder or a zip archive (one of the two), for ``authority``.

    The same bytes again give the same edition. Other bytes under the same number replace a draft. Raises PackError
    (the files are no pack, or too long to be kept, with every problem) and Refusal: not_permitted, other_authority, edition_frozen (that
    number is published: a change needs a new number). Order: read, check, programme, edition, record.
    """
    if (directory is None) == (archive is None):
        raise TypeError("load_pack takes a directory or an archive")
    files = packs.read_directory(directory) if directory is not None else packs.unarchive(archive or b"")
    pack, source = packs.parse_files(files), packs.archive(files)
    if problems := list(too_long(pack)):
        raise PackError(problems)
    code = pack.programme.id
    require_role(actor, EDITORS, authority_id=authority.pk, programme_code=code, system=True)
    if pack.programme.authority != authority.code:
        raise Refusal(
            "other_authority",
            _("政策包属于“%(owner)s”，不能导入“%(code)s”。")
            % {"owner": pack.programme.authority, "code": authority.code},
        )
    with transaction.atomic():
        return _store(pack, source, authority, actor)


def _store(pack: Pack, source: bytes, authority: Organisation, actor: Actor) -> Edition:
    programme = _programme(pack, authority)
    number, digest = pack.programme.edition, packs.digest(source)
    edition = Edition.objects.select_for_update().filter(programme=programme, number=number).first()
    if edition is not None and edition.digest == digest:
        return edition
    if edition is not None and edition.is_frozen:
        raise Refusal(
            "edition_frozen",
            _(
                "“%(title)s”%(number)s版已发布，内容不得改动，而本次的政策包与其不同。"
                "请在 programme.yaml 的 edition 中改用新的版本号后再导入。"
            )
            % {"title": programme.title_zh, "number": number},
        )
    replaced = edition.digest if edition is not None else ""
    edition = edition or Edition(programme=programme, number=number)
    edition.source, edition.digest = source, digest
    edition.effective_from = _day(pack.programme.effective_from)
    edition.created_at, edition.created_by = clock.now(), actor.user
    edition.save()
    _record(edition, "edition.loaded", actor, {"replaced": replaced} if replaced else {})
    return edition


def _programme(pack: Pack, authority: Organisation) -> Programme:
    """The programme's row, locked: two people loading the same pack queue here."""
    programme, _created = Programme.objects.get_or_create(
        authority=authority, code=pack.programme.id, defaults=_titles(pack)
    )
    return Programme.objects.select_for_update().get(pk=programme.pk)


def _titles(pack: Pack) -> dict[str, str]:
    return {"title_zh": pack.programme.title.zh, "title_en": pack.programme.title.en}


def _day(text: str) -> dt.date | None:
    """The day of effect; what is not a date is reported by the checks before publishing."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


@transaction.atomic
def publish_edition(*, edition: Edition, actor: Actor, digest: str = "") -> Edition:
    """发布政策版本: freeze a draft; new rounds open under it from now on.

    Nobody publishes what they wrote, loaded or handed in, nor does a substitute of such a person; the named system actor
    (setting up from the command line) may. ``digest``: of what the publisher has read, where that is known. Raises
    PackRefused (code ``pack_unsound``, with every problem) and Refusal: not_permitted, not_draft, second_person,
    changed_meanwhile. Order: lock, permission, status, second person, checks, edition, the programme's titles, record.
    """
    edition = _locked(edition)
    _require_editor(edition, actor, system=True)
    if edition.is_frozen:
        raise Refusal("not_draft", _("该版本已经发布。"))
    _require_second_person(edition, actor)
    if digest and digest != edition.digest:
        raise Refusal("changed_meanwhile", _("该版本的内容在您审阅之后有改动，请重新审阅。"))
    problems = check_pack(edition.pack)
    if problems:
        raise PackRefused(problems)
    edition.status = EditionStatus.PUBLISHED
    edition.published_at, edition.published_by = clock.now(), actor.user
    edition.save(update_fields=["status", "published_at", "published_by"])
    Programme.objects.filter(pk=edition.programme_id).update(**_titles(edition.pack))
    edition.programme.refresh_from_db()
    _record(edition, "edition.published", actor, {})
    return edition


@transaction.atomic
def retire_edition(*, edition: Edition, reason: str, actor: Actor) -> Edition:
    """停用政策版本: no further round opens under it; cases that pin it go on.

    Raises Refusal: not_permitted, reason_missing, not_published, edition_in_use (an open round is under it).
    """
    edition = _locked(edition)
    _require_editor(edition, actor)
    reason = require_reason(reason)
    if edition.status != EditionStatus.PUBLISHED:
        raise Refusal("not_published", _("只有已发布的版本可以停用。"))
    if edition.rounds.filter(status=RoundStatus.OPEN).exists():
        raise Refusal("edition_in_use", _("有批次正按该版本受理申报，请先截止批次。"))
    edition.status, edition.retired_at = EditionStatus.RETIRED, clock.now()
    edition.save(update_fields=["status", "retired_at"])
    _record(edition, "edition.retired", actor, {"reason": reason})
    return edition


@transaction.atomic
def discard_draft(*, edition: Edition, actor: Actor) -> None:
    """删除草案: a draft edition that is not going to be published; the record keeps its number and digest.

    Raises Refusal: not_permitted, edition_frozen (it has been published).
    """
    edition = _locked(edition)
    _require_editor(edition, actor)
    if edition.is_frozen:
        raise Refusal("edition_frozen", _("政策版本一经发布不得改动，请另立新版本。"))
    WorkingCopy.objects.filter(edition=edition).update(edition=None)
    _record(edition, "edition.discarded", actor, {})
    edition.delete()


def authors_of(edition: Edition) -> set[int]:
    """Keys of the users who wrote, loaded or handed in an edition. One query."""
    wrote = WorkingCopy.authors.through.objects.filter(workingcopy__edition=edition)
    loaded = {edition.created_by_id} if edition.created_by_id is not None else set()
    return {*loaded, *wrote.values_list("user_id", flat=True)}


def persons_of(actor: Actor) -> set[int]:
    """Keys of who acts and of whom they stand in for: separation of duties counts both."""
    return {user.pk for user in (actor.user, actor.on_behalf_of) if user is not None}


def _require_second_person(edition: Edition, actor: Actor) -> None:
    if not actor.system and authors_of(edition) & persons_of(actor):
        raise Refusal(
            "second_person", _("您参与了该版本的编写、导入或者送审，应由另一名政策管理员审核发布。")
        )


def _locked(edition: Edition) -> Edition:
    """The row as it is now, under lock; the archive is not fetched again."""
    rows = Edition.objects.select_for_update(of=("self",)).select_related("programme__authority")
    return rows.defer("source").get(pk=edition.pk)


def _require_editor(edition: Edition, actor: Actor, *, system: bool = False) -> None:
    programme = edition.programme
    require_role(
        actor, EDITORS, authority_id=programme.authority_id, programme_code=programme.code, system=system
    )


def _record(edition: Edition, action: str, actor: Actor, data: dict[str, str]) -> None:
    facts = {"programme": edition.programme.code, "number": edition.number, "digest": edition.digest}
    record(
        authority=edition.programme.authority,
        action=action,
        actor=actor,
        subject=edition.public_id,
        data=facts | data,
    )
