"""An entry in plain words for the terminal, or as a line for an outsider to verify. 留痕的文字表述"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from audit import canonical, clock
from audit.models import Entry
from audit.punctuation import noted, strung


def lines_of(entry: Entry) -> Iterator[str]:
    """The entry as lines: number, Shanghai time, action, actor; then subject, clause, data and hash."""
    when = clock.local(entry.at).strftime("%Y-%m-%d %H:%M:%S")
    head = f"{entry.seq:>4}  {when}  {entry.action}"
    content = content_of(entry)
    if not content:  # tampered with: say so, and go on with the next entry
        yield f"{head}  " + _("正文无法读取，请核验本链")
        return
    yield f"{head}  {_actor(content['actor'])}"
    if content["subject"]:
        yield "      " + _("对象：%(subject)s") % {"subject": content["subject"]}
    if content["clause"]:
        yield "      " + _("依据：%(clause)s") % {"clause": content["clause"]}
    for path, value in _leaves(content["data"]):
        yield f"      {path}：{value}"
    yield "      " + _("哈希：%(hash)s") % {"hash": entry.hash}


def content_of(entry: Entry) -> Mapping[str, Any]:
    """The parsed body; empty when it was tampered with and cannot be read."""
    try:
        content = entry.content
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def exported(entry: Entry) -> str:
    """One line of canonical JSON: the hashed fields and the hash, as an outsider verifies them.

    A body that was tampered with and cannot be read is given as the text that stands there: it is evidence.
    """
    if not content_of(entry):
        return canonical.dumps(
            {
                "action": entry.action,
                "alg": entry.alg,
                "chain": entry.chain.label,
                "hash": entry.hash,
                "prev": entry.prev_hash,
                "seq": entry.seq,
                "unreadable": entry.body,
            }
        )
    return canonical.dumps(
        {
            "action": entry.action,
            "alg": entry.alg,
            "at": canonical.instant(entry.at),
            "body": entry.content,
            "chain": entry.chain.label,
            "hash": entry.hash,
            "prev": entry.prev_hash,
            "seq": entry.seq,
        }
    )


def _actor(actor: Mapping[str, Any]) -> str:
    text = noted(actor["name"], strung((actor["organisation"], actor["role"])))
    if actor["on_behalf_of"]:
        text += _("，代%(name)s行使") % {"name": actor["on_behalf_of"]}
    return text


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf of the data with its dotted path."""
    match value:
        case dict() if value:
            for key, item in value.items():
                yield from _leaves(item, f"{path}.{key}" if path else key)
        case list() if value:
            for number, item in enumerate(value, start=1):
                yield from _leaves(item, f"{path}[{number}]")
        case None | {} | []:
            if path:
                yield path, "—"
        case bool():
            yield path, _("是") if value else _("否")
        case _:
            yield path, str(value)
