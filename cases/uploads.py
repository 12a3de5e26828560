"""Files that come piece by piece, and go on after an interruption where they stopped. 断点续传

The server alone says how much has arrived. A piece is written under a name of its own before anything is locked; under
the lock of the session's row it counts only when it begins where the last one ended, so of two pieces for the same
place one is refused. The whole file goes through :func:`cases.materials.add_material` like any other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import uuid
from contextlib import suppress

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from audit import clock
from audit.punctuation import listed
from cases.errors import Conflict, Invalid, NotVisible
from cases.file_names import harmless_name
from cases.file_types import may_begin, why_not
from cases.materials import (
    add_material,
    item_of,
    material_limits,
    require_editable,
    require_new,
    require_room,
    require_size,
)
from cases.models import Case, Material, UploadSession

logger = logging.getLogger(__name__)
MOST_OPEN = 100
"""Uploads that one person may have under way in one case."""
SHA256 = re.compile(r"sha256:([0-9a-f]{64})")
LONGEST_FINGERPRINT = 100
FINISHING = dt.timedelta(minutes=10)
"""A finishing of which nothing has been heard for so long was cut short: another may begin."""


class OffsetConflict(Conflict):
    """A piece that does not begin where the last one ended; ``received`` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(
            "wrong_offset", _("文件正在另一窗口上传，或者该片段已经收到；将从服务器已收到处继续。")
        )
        self.received = received


def begin_upload(
    *, case: Case, item: str, tags: list[str], name: str, size: int, fingerprint: str, actor: Actor
) -> UploadSession:
    """Open a session for a file, or find the actor's own one for the same file under the same item.

    ``fingerprint`` tells files of one name and size apart: ``sha256:<hex>`` of the whole (then also checked in the
    end), or what else the browser knows. Raises NotVisible, NotAllowed, Invalid as :func:`add_material` does.
    """
    require_editable(case, actor)
    owner = _person(actor)
    spec, limits, name = item_of(case, item), material_limits(), harmless_name(name)
    require_size(size, limits)
    same = {"item": item, "name": name, "size": size, "fingerprint": fingerprint[:LONGEST_FINGERPRINT]}
    mine = UploadSession.objects.filter(case=case, owner=owner, material__isnull=True)
    found = mine.filter(**same).first()
    if found is not None:
        UploadSession.objects.filter(pk=found.pk).update(touched_at=clock.now(), tags=tags)
        return found
    require_room(case, spec, size, limits)
    known = SHA256.fullmatch(fingerprint)
    if known:
        require_new(case, item, known.group(1))
    _require_disk(case, owner, size, limits.case_bytes)
    try:
        with transaction.atomic():
            return UploadSession.objects.create(case=case, owner=owner, tags=tags, **same)
    except IntegrityError:  # the same file, chosen in two windows at once
        return mine.get(**same)


def _require_disk(case: Case, owner: User, size: int, most: int) -> None:
    """What is under way must not fill the disk: so many sessions a person, so many bytes a case. One query each."""
    running = UploadSession.objects.filter(case=case, material__isnull=True)
    held = running.aggregate(bytes=Sum("size", default=0))
    mine = running.filter(owner=owner).aggregate(n=Count("pk"))
    if mine["n"] >= MOST_OPEN or held["bytes"] + size > most:
        raise _bad(
            _("正在上传的文件过多（合计不得超过%(limit)s）；请等待其他文件传完，或者取消未完成的上传。")
            % {"limit": filesizeformat(most)}
        )


def upload_of(case: Case, public_id: uuid.UUID, actor: Actor) -> UploadSession:
    """The actor's own session. Raises NotVisible for anybody else's, and for one that has expired. One query."""
    found = UploadSession.objects.filter(case=case, public_id=public_id, owner=_person(actor)).first()
    if found is None:
        raise _gone()
    found.case = case
    return found


def open_uploads(case: Case, actor: Actor) -> list[UploadSession]:
    """The actor's uploads of this case that have not come to their end. One query."""
    mine = UploadSession.objects.filter(case=case, owner=_person(actor), material__isnull=True)
    return list(mine.order_by("created_at", "pk"))


def take_piece(*, session: UploadSession, offset: int, content: bytes, actor: Actor) -> int:
    """Add a piece that begins at ``offset``; returns how many bytes have arrived.

    Raises OffsetConflict when the server holds another number of bytes, Invalid for a piece that is empty, too large,
    reaches beyond the file, or shows that the file is of a type we do not take; NotVisible once the session is gone.
    """
    require_editable(session.case, actor)
    if offset != session.received or session.material_id is not None:
        raise OffsetConflict(session.received)
    if not 0 < len(content) <= settings.MATERIAL_CHUNK_BYTES or offset + len(content) > session.size:
        raise _bad(_("收到的文件片段与文件大小不符，请重新选择文件上传。"))
    if offset == 0:
        _require_promising(session, content)
    name = default_storage.save(
        f"uploads/{session.public_id}/{offset:012d}-{uuid.uuid4().hex}", ContentFile(content)
    )
    try:
        with transaction.atomic():
            row = UploadSession.objects.select_for_update().filter(pk=session.pk).first()
            if row is None:
                raise _gone()
            if row.received != offset:
                raise OffsetConflict(row.received)
            row.received = offset + len(content)
            row.pieces = [*row.pieces, name]
            row.touched_at = clock.now()
            row.save(update_fields=["received", "pieces", "touched_at"])
    except BaseException:
        default_storage.delete(name)
        raise
    session.received, session.pieces = row.received, row.pieces
    return row.received


def _require_promising(session: UploadSession, content: bytes) -> None:
    """What cannot become a file that we take is refused at its first piece, not after fifty megabytes."""
    if may_begin(content) or len(content) < 8:
        return
    drop_upload(session)
    types = listed(material_limits().types)
    reason = why_not(content[:65_536])
    raise _bad(
        (reason + _("（只接收%(types)s文件）") % {"types": types})
        if reason
        else _("只接收%(types)s文件；请检查文件内容是否与扩展名一致。") % {"types": types}
    )


def finish_upload(*, session: UploadSession, actor: Actor) -> Material:
    """Take the file that has arrived as a material; asked again, the answer is the same.

    Raises Conflict while something is missing or another window is finishing it, Invalid when what has arrived is not
    what was announced or cannot be taken: the session is then gone.
    """
    session.refresh_from_db(fields=["material", "received", "pieces"])
    if session.material is not None:
        return session.material
    if session.received != session.size:
        raise OffsetConflict(session.received)
    with TemporaryUploadedFile(session.name, "application/octet-stream", session.size, None) as whole:
        digest = hashlib.sha256()
        for piece in session.pieces:
            with _stored(piece) as held:
                content = held.read()
            digest.update(content)
            whole.write(content)
        told = SHA256.fullmatch(session.fingerprint)
        if told and told.group(1) != digest.hexdigest():
            drop_upload(session)
            raise _bad(_("收到的内容与所选文件不一致（文件在上传期间可能被修改），请重新上传。"))
        if whole.tell() != session.size:
            raise _finishing()
        whole.seek(0)
        return _take(session, whole, actor)


def _take(session: UploadSession, whole: TemporaryUploadedFile, actor: Actor) -> Material:
    """Through the door. Of two windows that finish at once one claims the session, the other is told so; a session that

    was given up or claimed by another meanwhile takes nothing: material and session are settled in one transaction.
    """
    now = clock.now()
    free = Q(finishing_at__isnull=True) | Q(finishing_at__lte=now - FINISHING)
    mine = UploadSession.objects.filter(pk=session.pk, material__isnull=True, received=session.size)
    if not mine.filter(free).update(finishing_at=now, touched_at=now):
        again = UploadSession.objects.filter(pk=session.pk).select_related("material").first()
        if again is not None and again.material is not None:
            return again.material
        raise _gone() if again is None else _finishing()
    claimed = mine.filter(finishing_at=now)

    def settle(row: Material) -> None:
        if not claimed.update(material=row, finishing_at=None, pieces=[], touched_at=clock.now()):
            raise _finishing() if mine.exists() else _gone()

    try:
        row = add_material(
            case=session.case, item=session.item, upload=whole, tags=session.tags, actor=actor, settle=settle
        )
    except Invalid as invalid:
        if invalid.code == "no_room":  # room can be made
            claimed.update(finishing_at=None)
        elif claimed.exists():
            drop_upload(session)
        raise
    except BaseException:
        claimed.update(finishing_at=None)
        raise
    _drop_pieces(session)
    return row


def _stored(piece: str) -> File[bytes]:
    try:
        return default_storage.open(piece, "rb")
    except FileNotFoundError:
        raise _finishing() from None


def drop_upload(session: UploadSession) -> None:
    """Forget an upload that did not come to its end, with what has arrived of it."""
    UploadSession.objects.filter(pk=session.pk, material__isnull=True).delete()
    _drop_pieces(session)


def _drop_pieces(session: UploadSession) -> None:
    for piece in session.pieces:
        default_storage.delete(piece)
    with suppress(OSError):  # the folder itself; a storage without folders has none
        default_storage.delete(f"uploads/{session.public_id}")


def drop_expired(limit: int = 50) -> int:
    """Forget uploads that nobody has gone on with for ``MATERIAL_UPLOAD_DAYS``; returns how many. One query, if none."""
    before = clock.now() - dt.timedelta(days=settings.MATERIAL_UPLOAD_DAYS)
    old = UploadSession.objects.filter(touched_at__lt=before).order_by("touched_at")[:limit]
    dropped = 0
    for session in old:
        gone, _rows = UploadSession.objects.filter(pk=session.pk, touched_at__lt=before).delete()
        if gone:
            _drop_pieces(session)
            dropped += 1
    if dropped:
        logger.info("%s unfinished or settled uploads were dropped", dropped)
    return dropped


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise _gone()
    return actor.user


def _gone() -> NotVisible:
    return NotVisible("invisible", _("该上传已失效，请重新选择文件上传。"))


def _finishing() -> Conflict:
    return Conflict("finishing", _("文件正在另一窗口完成上传，请稍候刷新页面。"))


def _bad(message: str) -> Invalid:
    return Invalid("bad_file", message, fields={"file": message})
