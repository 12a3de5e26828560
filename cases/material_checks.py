"""材料核对: the officer goes through the list item by item; what is not in order becomes the one list of corrections.

The notes are the officer's own until the case is returned: they change nothing, so they are kept outside the engine,
like a draft. What the applicant is told is the list of corrections that goes out with the return, which is proposed from
:func:`defects_by_item`.

Several officers may have the list open: each sends what they changed, with what they had seen of it
(:class:`Findings`). An item that somebody else has judged otherwise meanwhile is not overwritten unseen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from audit.punctuation import noted
from cases import policy
from cases.declarations import last_sent
from cases.enums import DeclarationStatus, MaterialVerdict
from cases.errors import Conflict, Invalid, NotAllowed
from cases.materials import material_items
from cases.models import Case, Declaration, MaterialCheck

RETURNS = (
    "declare.return_for_correction",
    "file.return_for_correction",
    "review.return_for_correction",
    "award.return_for_correction",
)
LONGEST_REMARK = 500


@dataclass(frozen=True, slots=True)
class Findings:
    """What somebody sends: the number of the version they looked at, verdict and remark by item, and by item the

    :func:`mark_of` of what the page had shown ('' of an item that nobody had checked).
    """

    version_no: int
    found: Mapping[str, tuple[str, str]]
    seen: Mapping[str, str]

    @property
    def changed(self) -> dict[str, tuple[str, str]]:
        """The items that say something else than the page had shown."""
        stripped = {item: (verdict, remark.strip()) for item, (verdict, remark) in self.found.items()}
        return {item: said for item, said in stripped.items() if mark_of(*said) != self.seen.get(item, "")}


def mark_of(verdict: str, remark: str) -> str:
    """A short text for a verdict with its remark, the same for the same; '' for an item that is not checked."""
    if not verdict and not remark:
        return ""
    return hashlib.sha256(f"{verdict}\n{remark}".encode()).hexdigest()[:16]


def may_check(actor: Actor, case: Case) -> bool:
    """Whether the actor is one of those who may have the materials corrected now. No query in any other stage."""
    return any(
        actor.role in policy.roles_for(action)
        and case.stage in policy.stages_for(action)
        and bool(policy.may(actor, action, case))
        for action in RETURNS
    )


def checked_version(case: Case) -> Declaration | None:
    """The version under examination: the last one sent, unless it was returned. Two queries."""
    version = last_sent(case)
    return version if version is not None and version.status != DeclarationStatus.RETURNED else None


def checks_by_item(version: Declaration) -> dict[str, MaterialCheck]:
    """What was found so far, by item. One query."""
    rows = MaterialCheck.objects.filter(declaration=version).select_related("checked_by")
    return {row.item: row for row in rows}


def save_checks(*, case: Case, findings: Findings, actor: Actor) -> int:
    """Keep the items that were changed; a blank verdict takes an earlier one back. Returns how many are checked.

    What has not changed keeps what it is, with the name and the time of whoever checked it. Raises NotAllowed; Invalid
    with a message for each item (``verdict.<item>``, ``remark.<item>``); Conflict for a version that is not the one under
    examination any more, and, with such messages, for items that somebody else has judged meanwhile. All or nothing.
    """
    if not may_check(actor, case):
        raise NotAllowed("not_checking", _("您目前不能核对本案材料。"))
    keys = {item.key for item in material_items(case.edition.pack)}
    wanted = {item: said for item, said in findings.changed.items() if item in keys}
    _require_understood(wanted)
    assert actor.user is not None
    with transaction.atomic():
        locked = (
            Declaration.objects.select_for_update()
            .filter(case=case, submitted_at__isnull=False)
            .order_by("-version_no")
            .first()
        )
        if locked is None or locked.status == DeclarationStatus.RETURNED:
            raise NotAllowed("nothing_to_check", _("目前没有待核对的申报材料。"))
        if locked.version_no != findings.version_no:
            raise Conflict(
                "other_version",
                _(
                    "您核对期间，申报单位已提交第%(n)s版材料。以下是您填写的内容，尚未保存，请对照新版材料核对后保存。"
                )
                % {"n": locked.version_no},
            )
        known = checks_by_item(locked)
        _require_seen(wanted, known, findings.seen)
        for item, (verdict, remark) in wanted.items():
            row = known.get(item)
            if not verdict:
                if row is not None:
                    row.delete()
            elif row is None or (row.verdict, row.remark) != (verdict, remark):
                MaterialCheck.objects.update_or_create(
                    declaration=locked,
                    item=item,
                    defaults={
                        "case": case,
                        "verdict": verdict,
                        "remark": remark,
                        "checked_by": actor.user,
                        "checked_at": clock.now(),
                    },
                )
        return MaterialCheck.objects.filter(declaration=locked).count()


def _require_understood(wanted: Mapping[str, tuple[str, str]]) -> None:
    fields: dict[str, str] = {}
    for item, (verdict, remark) in wanted.items():
        if verdict and verdict not in MaterialVerdict.values:
            fields[f"verdict.{item}"] = _("请选择核对结果。")
        elif len(remark) > LONGEST_REMARK:
            fields[f"remark.{item}"] = _("说明不得超过%(most)s字。") % {"most": LONGEST_REMARK}
        elif verdict == MaterialVerdict.OTHER and not remark:
            fields[f"remark.{item}"] = _("请写明问题，以便申报单位一次补正。")
        elif remark and not verdict:
            fields[f"verdict.{item}"] = _("写了说明，请同时选择核对结果。")
    if fields:
        raise Invalid("bad_checks", _("有%(n)s处需要修改。") % {"n": len(fields)}, fields=fields)


def _require_seen(
    wanted: Mapping[str, tuple[str, str]], known: Mapping[str, MaterialCheck], seen: Mapping[str, str]
) -> None:
    """Raise Conflict for items that now say neither what the page had shown nor what is sent."""
    fields: dict[str, str] = {}
    for item, said in wanted.items():
        row = known.get(item)
        stored = mark_of(row.verdict, row.remark) if row is not None else ""
        if stored not in (seen.get(item, ""), mark_of(*said)):
            fields[f"verdict.{item}"] = _told_to_another(row)
    if fields:
        raise Conflict(
            "checked_meanwhile",
            _("有%(n)s项在您核对期间已由他人核对，您填写的内容尚未保存，请确认后再次保存。")
            % {"n": len(fields)},
            fields=fields,
        )


def _told_to_another(row: MaterialCheck | None) -> str:
    if row is None:
        return _("本项核对结果已被他人撤回；再次保存即以您填写的为准。")
    return _("%(who)s已于%(at)s将本项核对为：%(what)s；再次保存即以您填写的为准。") % {
        "who": row.checked_by.name,
        "at": f"{clock.local(row.checked_at):%m-%d %H:%M}",
        "what": told(row),
    }


def defects_by_item(case: Case) -> dict[str, str]:
    """What the examination has found wanting in the version last sent, by the key of the item, in the order of the

    list. Empty when everything is in order or nothing was checked. Three queries.
    """
    version = checked_version(case)
    checks = checks_by_item(version) if version is not None else {}
    found = ((item.key, checks.get(item.key)) for item in material_items(case.edition.pack))
    return {key: told(row) for key, row in found if row is not None and row.verdict != MaterialVerdict.OK}


def told(row: MaterialCheck) -> str:
    """A verdict with its remark; of an unnamed problem the remark alone."""
    if row.verdict == MaterialVerdict.OTHER:
        return row.remark
    label = str(MaterialVerdict(row.verdict).label)
    return noted(label, row.remark) if row.remark else label
