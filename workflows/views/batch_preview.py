"""What a preview of a file carries to its confirmation: in the page, signed. 批量导入预览的凭据

As with the import of tables nothing is kept on the server. The signature says that it is just what was shown to this
person, in this round; after a day the round, the units and what others have declared are too likely to be different.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from accounts.actors import Actor
from audit import clock
from cases.errors import Invalid
from programmes.models import Round
from workflows.batch_lines import Line, title_of
from workflows.batch_opening import Origin

SALT: Final = "licheng.batch"
GOOD_FOR: Final = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Preview:
    """What was shown: where the lines come from, the lines (their units by name, as typed, and by public id, as

    shown), and what was said about the file.
    """

    origin: Origin
    lines: list[Line]
    notes: list[str]


def new_origin(name: str, sha256: str) -> Origin:
    """An upload of its own: the same file chosen again is another one."""
    return Origin(uuid.uuid4().hex, name, sha256)


def carried(
    round: Round, origin: Origin, lines: Iterable[Line], actor: Actor, notes: Sequence[str] = ()
) -> str:
    """The preview as the page carries it. Raises Invalid when it is too long to be sent back."""
    content = {
        **_whose(round, actor),
        "at": clock.now().isoformat(),
        "origin": [origin.key, origin.name, origin.sha256],
        "lines": [
            [
                line.number,
                dict(line.values),
                line.state,
                line.problems,
                line.questions,
                line.missing,
                str(line.unit.public_id) if line.unit is not None else "",
            ]
            for line in lines
        ],
        "notes": list(notes),
    }
    held = signing.dumps(content, salt=SALT, compress=True)
    if len(held) > (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) * 9 // 10:
        raise Invalid("too_much_text", _("文件中的文字过多，无法一次导入；请分成几个文件，逐个导入。"))
    return held


def brought(sent: str, round: Round, actor: Actor, *, forever: bool = False) -> Preview:
    """The preview that a page sends back. Raises Invalid when it is none of ours, somebody else's, another round's or

    (unless ``forever``: the lines are only handed out again) too old.
    """
    try:
        content: dict[str, Any] = signing.loads(sent, salt=SALT)
        whose = {name: content.get(name) for name in ("round", "edition", "user", "as")}
        if whose != _whose(round, actor):
            raise Invalid("other_preview", _("这次预览不属于本批次或您当前的身份，请重新上传文件。"))
        if not forever and clock.now() - dt.datetime.fromisoformat(content["at"]) > GOOD_FOR:
            text = _("预览已超过%(hours)s小时，期间情况可能已有变化，未导入任何内容。请重新上传文件。")
            raise Invalid("expired", text % {"hours": int(GOOD_FOR.total_seconds()) // 3600})
        lines = [
            Line(number, title_of(values), None, values, *judged)
            for number, values, *judged in content["lines"]
        ]
        return Preview(Origin(*content["origin"]), lines, content["notes"])
    except (signing.BadSignature, KeyError, TypeError, ValueError) as broken:
        raise Invalid("bad_request", _("提交的内容无法识别，请重新上传文件。")) from broken


def _whose(round: Round, actor: Actor) -> dict[str, Any]:
    assert actor.user is not None
    return {
        "round": str(round.public_id),
        "edition": round.edition.digest,
        "user": actor.user.pk,
        "as": str(actor.public_id),
    }
