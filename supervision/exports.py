"""Taking a case's record out of the house: itself an act of record. 导出留痕"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.records import record
from audit.display import exported
from audit.models import Chain
from cases import policy
from cases.errors import NotAllowed, NotVisible
from cases.models import Case
from supervision.access import note_read


@transaction.atomic
def export_record(*, case: Case, actor: Actor) -> str:
    """导出一案的留痕: one line of canonical JSON an entry, as ``audit show --json`` prints it.

    Recorded on the authority's chain with the head that was given out, so that whoever holds the file can show later
    that it was whole. Raises NotVisible for a case of another authority, NotAllowed without the right to its record.
    Order: permission, entries up to the head, read log, record.
    """
    if not policy.can_see(actor, case):
        raise NotVisible("invisible", _("未找到该案件。"))
    if "record" not in policy.fields(actor, case):
        raise NotAllowed("not_readable", _("您当前的身份不能导出本案留痕。"))
    head = Chain.objects.get(pk=case.chain_id)
    lines = [exported(entry) for entry in head.entries.filter(seq__lte=head.head_seq).order_by("seq")]
    note_read(actor, case, "supervision.export")
    record(
        authority=case.authority,
        action="record.exported",
        actor=actor,
        subject=case.public_id,
        data={"chain": head.label, "entries": len(lines), "head": head.head_hash},
    )
    return "".join(f"{line}\n" for line in lines)
