"""Files that go with a declaration: taken by content, not by name. 申报材料"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from audit.punctuation import listed
from cases.declarations import draft_of, may_edit
from cases.enums import DeclarationStatus, ScanState
from cases.errors import Invalid, NotAllowed, NotVisible
from cases.file_checks import complaint_about
from cases.file_names import harmless_name
from cases.file_types import NAMES, PREVIEWED, SUFFIXES, content_type_of, crowded, is_crowded, why_not
from cases.models import Case, Material
from cases.policy import can_see
from cases.scanning import first_state
from cases.signatures import require_no_seal, seal_item
from cases.unsent_files import drop_bytes, unsent
from programmes.schema import FormField, Pack

__all__ = ["NAMES", "PREVIEWED", "MaterialLimits", "add_material", "material_limits", "remove_material"]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MaterialLimits:
    """上传限制: bytes of one file, files under one item, bytes of all files that lie with a case, types by name."""

    file_bytes: int
    item_files: int
    case_bytes: int
    types: tuple[str, ...]

    @property
    def suffixes(self) -> str:
        """For the browser's file dialogue; what a file is, its contents say."""
        return ",".join(s for name in self.types for s in SUFFIXES.get(name, (f".{name.lower()}",)))


def material_limits() -> MaterialLimits:
    """The limits as the installation has set them (settings ``MATERIAL_…``)."""
    return MaterialLimits(
        settings.MATERIAL_MAX_BYTES,
        settings.MATERIAL_MAX_PER_ITEM,
        settings.MATERIAL_MAX_CASE_BYTES,
        tuple(settings.MATERIAL_TYPES),
    )


def material_items(pack: Pack) -> list[FormField]:
    """Every item of the edition's lists of materials, in their order."""
    return [item for form in pack.forms.values() if form.kind == "materials" for item in form.fields]


def item_of(case: Case, key: str) -> FormField:
    """The item with this key that takes files. Raises Invalid (field ``item``)."""
    spec = next((item for item in material_items(case.edition.pack) if item.key == key), None)
    spec = spec or seal_item(case, key)
    if spec is None:
        raise Invalid("unknown_item", _("没有这一项材料。"), fields={"item": _("没有这一项材料。")})
    return spec


def add_material(
    *,
    case: Case,
    item: str,
    upload: UploadedFile[Any],
    tags: list[str],
    actor: Actor,
    replaced: Collection[int] = (),
    settle: Callable[[Material], None] | None = None,
) -> Material:
    """Take one file under an item of the pack's list, while the declaration is being filled in.

    ``replaced``: files (by key) that the caller takes out once this one has taken their place; they take up no room.
    ``settle`` is called with the new row inside its transaction; what it raises leaves neither row nor bytes.
    Raises NotVisible, NotAllowed, or Invalid (field ``file``) with a message in the user's language.
    """
    require_editable(case, actor)
    spec = item_of(case, item)
    limits, size = material_limits(), upload.size or 0
    require_size(size, limits)
    kind = _kind_of(upload, limits, size)
    require_room(case, spec, size, limits, replaced)
    sha256 = _sha256_of(upload)
    require_new(case, item, sha256, replaced)
    state = _scanned(case, upload, size, actor)
    assert actor.user is not None
    now = clock.now()
    row = Material(
        case=case,
        authority_id=case.authority_id,
        item=item,
        tags=tags,
        name=harmless_name(upload.name or ""),
        content_type=kind,
        size=size,
        sha256=sha256,
        uploaded_by=actor.user,
        on_behalf_of=actor.on_behalf_of,
        scan=state,
        scan_after=now if state == ScanState.PENDING else None,
        scanned_at=now if state == ScanState.CLEAN else None,
    )
    _store(row, upload, spec, limits, replaced, settle)
    return row


def _store(
    row: Material,
    upload: UploadedFile[Any],
    spec: FormField,
    limits: MaterialLimits,
    replaced: Collection[int],
    settle: Callable[[Material], None] | None,
) -> None:
    """Keep bytes and row, or neither: what was asked before is asked again under the draft's lock."""
    row.file.save("file", upload, save=False)  # the slow part, before anything is locked
    try:
        with transaction.atomic():
            if draft_of(row.case, hold=True) is None:  # sent meanwhile
                raise _not_editable()
            require_room(row.case, spec, row.size, limits, replaced)  # others upload at the same time
            require_new(row.case, row.item, row.sha256, replaced)
            row.uploaded_at = clock.now()  # not before: a version sent meanwhile did not have it
            row.save(force_insert=True)
            if settle is not None:
                settle(row)
    except BaseException:
        row.file.delete(save=False)
        raise


def _sha256_of(upload: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _scanned(case: Case, upload: UploadedFile[Any], size: int, actor: Actor) -> ScanState:
    state, virus = first_state(upload, size)
    if state == ScanState.INFECTED:
        who = actor.user.pk if actor.user else None
        logger.error("case %s: an upload by user %s was refused: %s found", case.pk, who, virus)
        message = _("文件中检出病毒（%(virus)s），未予接收；请查杀本机病毒后重新准备文件。")
        raise _bad(message % {"virus": virus})
    return state


def _kind_of(upload: UploadedFile[Any], limits: MaterialLimits, size: int) -> str:
    """The type of a file that may be taken. Raises Invalid for any other, and for one that does harm."""
    kind = content_type_of(upload)
    if NAMES.get(kind) not in limits.types:
        upload.seek(0)
        if not kind and is_crowded(upload):
            raise _bad(crowded())
        reason = why_not(upload.read(65_536)) if not kind else ""
        upload.seek(0)
        raise _bad(
            (reason + _("（只接收%(types)s文件）") % {"types": listed(limits.types)})
            if reason
            else _("只接收%(types)s文件；请检查文件内容是否与扩展名一致。") % {"types": listed(limits.types)}
        )
    complaint = complaint_about(upload, kind, size)
    if complaint:
        raise _bad(complaint)
    return kind


def require_size(size: int, limits: MaterialLimits) -> None:
    """Raise Invalid for a file that is empty or too large."""
    if size == 0:
        raise _bad(_("文件是空的，请重新选择。"))
    if size > limits.file_bytes:
        raise _bad(_("文件超过%(limit)s，请压缩后上传。") % {"limit": filesizeformat(limits.file_bytes)})


def require_new(case: Case, item: str, sha256: str, replaced: Collection[int] = ()) -> None:
    """Raise Invalid when a file with this content lies under the item already. One query."""
    same = case.materials.filter(removed_at__isnull=True, item=item, sha256=sha256)
    if same.exclude(pk__in=replaced).exists():
        raise _bad(_("该项材料下已有内容相同的文件。"))


def require_room(
    case: Case, spec: FormField, size: int, limits: MaterialLimits, replaced: Collection[int] = ()
) -> None:
    """Raise Invalid when the item or the case has no room for a file of ``size`` bytes. One query."""
    live = case.materials.filter(removed_at__isnull=True).exclude(pk__in=replaced)
    held = live.aggregate(files=Count("pk", filter=Q(item=spec.key)), bytes=Sum("size", default=0))
    most = 1 if spec.type == "file" else limits.item_files
    if held["files"] >= most:
        raise _full(
            _("本项只收1个文件；如需更换，请先移除已上传的文件。")
            if most == 1
            else _("本项最多上传%(most)s个文件；请合并文件，或者先移除不需要的文件。") % {"most": most}
        )
    if held["bytes"] + size > limits.case_bytes:
        raise _full(
            _("本案全部材料合计不得超过%(limit)s，目前已有%(held)s；请压缩文件，或者先移除不需要的文件。")
            % {"limit": filesizeformat(limits.case_bytes), "held": filesizeformat(held["bytes"])}
        )


def twins_of(file: Material, files: Sequence[Material]) -> list[Material]:
    """Files among ``files`` with the same content under other items. No query."""
    return [each for each in files if each.sha256 == file.sha256 and each.item != file.item]


def remove_material(*, material: Material, actor: Actor) -> None:
    """Take a file out of the declaration being filled in; the row stays, the bytes where a version or a signature has it.

    Raises NotVisible; NotAllowed where the draft is not the actor's to fill in, and for a scan that a seal rests on.
    """
    require_editable(material.case, actor)
    with transaction.atomic():
        draft = draft_of(material.case, hold=True)
        if draft is None:  # sent meanwhile
            raise _not_editable()
        require_no_seal(draft, material)
        Material.objects.filter(pk=material.pk, removed_at__isnull=True).update(
            removed_at=clock.now(), removed_by=actor.user
        )
        gone = unsent(Material.objects.filter(pk=material.pk))
        transaction.on_commit(lambda: drop_bytes(gone), robust=True)


def require_editable(case: Case, actor: Actor) -> None:
    """Raise NotVisible, or NotAllowed unless the actor may fill in an open draft of the case."""
    if not can_see(actor, case):
        raise NotVisible("invisible", _("未找到该案件。"))
    open_draft = case.declarations.filter(status=DeclarationStatus.DRAFT).exists()
    if not (open_draft and may_edit(actor, case)):
        raise _not_editable()


def require_scanned(case: Case) -> None:
    """Raise NotAllowed while a file of the draft waits for the virus scanner. One query, none without a scanner."""
    if not settings.CLAMD_URL:
        return
    waiting = case.materials.filter(removed_at__isnull=True, scan=ScanState.PENDING).count()
    if waiting:
        raise NotAllowed(
            "scan_pending",
            _("还有%(n)s个文件正在进行病毒扫描，请稍后提交；已填写的内容和已上传的文件均已保存。")
            % {"n": waiting},
        )


def _not_editable() -> NotAllowed:
    return NotAllowed("not_editable", _("申报材料当前不可修改。"))


def _bad(message: str) -> Invalid:
    return Invalid("bad_file", message, fields={"file": message})


def _full(message: str) -> Invalid:
    return Invalid("no_room", message, fields={"file": message})
