"""What a page of a declaration sends while it is filled in, read as changes: from its script, or as a posted page.

Nothing of it is trusted: what is no request of the page is Invalid, a body beyond the limit TooLarge. 填报请求
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from cases.cells import LINE_ID, Places, mark, marks_of, places_of, understood
from cases.cells import content_of as held_by
from cases.drafting import Edits, Lines
from cases.errors import Invalid, TooLarge
from cases.models import DeclarationForm
from cases.reasons import Reason
from cases.whole_forms import new_line
from programmes.schema import Form, Pack

TAB = re.compile(r"[A-Za-z0-9-]{1,36}")
MAX_TEXT = 200_000
"""Characters in one cell that are kept, with a message; more are refused."""
LINE_DIGITS = 10
"""Of the id of a line that was begun on a page without script."""
REASON = "_reason."
REASON_BASE = "_reason_base."
CHOICE = "_choose."
THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Request:
    """What was sent: the changes, or (``whole``) the form as a whole; reasons; the cell the person is in."""

    edits: Edits
    whole: Mapping[str, Any] | None = None
    reasons: Mapping[str, Reason] = field(default_factory=dict)
    at: str = ""
    user: str = ""
    """Whose page it was: somebody else may have signed in since."""


def too_large() -> TooLarge:
    """The refusal of a body beyond ``DATA_UPLOAD_MAX_MEMORY_SIZE``, in words."""
    limit = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // (1024 * 1024)
    text = _("一次提交的内容超过%(limit)s MB，未能保存。请减少表格行数，或者分次填写。") % {"limit": limit}
    return TooLarge("too_large", text)


def number_of(value: Any) -> int:
    """The version that a page was drawn from. A page always knows one: anything else is a stale page (-1)."""
    try:
        return min(int(value), 2**31)
    except (TypeError, ValueError, OverflowError):
        return -1


# From the script ------------------------------------------------------------------------------------------------------


def read_json(request: HttpRequest, pack: Pack) -> Request:
    """The script's request. Raises Invalid, TooLarge."""
    try:
        sent = json.loads(request.body)
        json.dumps(sent, ensure_ascii=False).encode()  # half a surrogate pair cannot be stored or shown
    except RequestDataTooBig:
        raise too_large() from None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise bad_request()
    base = number_of(sent.get("version"))
    if isinstance(sent.get("data"), dict):
        return Request(Edits(base), whole=sent["data"])
    cells, lines, bases = (_mapping(sent, name) for name in ("cells", "lines", "bases"))
    if not {"cells", "lines", "reasons"} & sent.keys():
        raise bad_request()
    tab = str(sent.get("tab", ""))
    edits = Edits(
        base,
        {str(path): _typed(path, value) for path, value in cells.items()},
        {str(table): _lines(value) for table, value in lines.items()},
        {str(path): number_of(value) for path, value in bases.items()},
        tab if TAB.fullmatch(tab) else "",
    )
    reasons = _reasons(_mapping(sent, "reasons"), pack)
    return Request(edits, None, reasons, str(sent.get("field", ""))[:120], str(sent.get("user", "")))


def bad_request() -> Invalid:
    """The refusal of what no page of ours sends."""
    return Invalid("bad_request", _("提交的内容无法识别，请刷新页面后重试。"))


def _mapping(sent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = sent.get(name, {})
    if not isinstance(found, dict):
        raise bad_request()
    return found


def _typed(path: str, value: Any) -> Any:
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value) or len(value) > 500:
            raise bad_request()
    elif not isinstance(value, str | bool | int | None):
        raise bad_request()
    if len(str(value)) > MAX_TEXT:
        told = _("内容过长（超过%(limit)s字），未能保存。") % {"limit": MAX_TEXT}
        raise Invalid("too_long", told, fields={path[:80]: told})
    return value


def _lines(value: Any) -> Lines:
    if not isinstance(value, dict):
        raise bad_request()
    return Lines(_ids(value.get("now")), _ids(value.get("was")))


def _ids(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(i, str) and LINE_ID.fullmatch(i) for i in value):
        raise bad_request()
    return tuple(value)


def _reasons(sent: Mapping[str, Any], pack: Pack) -> dict[str, Reason]:
    reasons = {}
    for rule, given in sent.items():
        if not isinstance(given, dict) or not isinstance(given.get("text"), str) or rule not in pack.rules:
            raise bad_request()
        reasons[rule] = Reason(given["text"], number_of(given.get("base")))
    return reasons


# From a posted page ---------------------------------------------------------------------------------------------------


def seen_marks(form: Form, row: DeclarationForm | None) -> str:
    """What a page carries along so that its sender's changes can be told from what it showed; and its own name, so that

    its new lines are the same ones when it is sent again.
    """
    places = places_of(form)
    marks = marks_of(places, held_by(places, row)) | {"page": uuid.uuid4().hex}
    return json.dumps(marks, separators=(",", ":"))


def read_page(posted: QueryDict, form: Form, pack: Pack) -> Request | None:
    """A posted page as changes against what it showed; None when it does not say what that was.

    Where the person takes a colleague's value (``_choose.<cell>``), the cell is no change.
    """
    seen = _seen(posted.get("_seen", ""))
    if seen is None:
        return None
    places = places_of(form)
    theirs = {
        name.removeprefix(CHOICE)
        for name, value in posted.items()
        if name.startswith(CHOICE) and value == THEIRS
    }
    cells = _page_cells(posted, places, form, seen.get("cells", {}))
    lines: dict[str, Lines] = {}
    for table in places.tables:
        _page_table(posted, places, table, seen, cells, lines)
    for path in theirs:
        cells.pop(path, None)
    reasons = {
        name.removeprefix(REASON): Reason(
            str(text), number_of(posted.get(f"{REASON_BASE}{name.removeprefix(REASON)}", 0))
        )
        for name, text in posted.items()
        if name.startswith(REASON) and name.removeprefix(REASON) in pack.rules
    }
    return Request(Edits(number_of(posted.get("_version")), cells, lines), None, reasons)


def _seen(text: str) -> dict[str, Any] | None:
    try:
        seen = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(seen, dict) or not all(
        isinstance(seen.get(name, {}), dict) for name in ("cells", "rows")
    ):
        return None
    for rows in seen.get("rows", {}).values():
        well = isinstance(rows, list) and all(isinstance(r, list) and r and _is_line(r[0]) for r in rows)
        if not well:
            return None
    return seen


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and LINE_ID.fullmatch(value) is not None


def _page_cells(posted: QueryDict, places: Places, form: Form, marks: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from what the page showed. Fields that nobody is asked stand on no page."""
    unasked = {entry.key for entry in form.fields if (entry.visible_when or "").strip() == "false"}
    cells = {}
    for key, entry in places.simple.items():
        if key in unasked or entry.type in ("file", "files"):
            continue
        raw = posted.getlist(key) if entry.type == "multi_choice" else posted.get(key)
        if mark(understood(entry, raw)) != marks.get(key, ""):
            cells[key] = _typed(key, raw)
    return cells


def _page_table(
    posted: QueryDict,
    places: Places,
    table: str,
    seen: Mapping[str, Any],
    cells: dict[str, Any],
    lines: dict[str, Lines],
) -> None:
    columns = places.tables[table]
    rows: list[list[str]] = seen.get("rows", {}).get(table, [])
    pattern = re.compile(rf"{re.escape(table)}\.([0-9]{{1,5}})\.({'|'.join(map(re.escape, columns))})")
    typed: dict[int, dict[str, str]] = {}
    for name in posted:
        match = pattern.fullmatch(name)
        if match:
            typed.setdefault(int(match[1]), {})[match[2]] = str(posted[name])
    now = []
    for number in sorted(typed):
        shown = rows[number] if number < len(rows) else [_begun(seen, table, number)]
        line, marks = shown[0], dict(zip(columns, shown[1:], strict=False))
        values = {column: understood(entry, typed[number].get(column)) for column, entry in columns.items()}
        if all(value is None for value in values.values()):
            continue
        now.append(line)
        for column, value in values.items():
            if mark(value) != marks.get(column, ""):
                cells[f"{table}.{line}.{column}"] = _typed(column, typed[number].get(column))
    was = [row[0] for row in rows]
    if now != was:
        lines[table] = Lines(tuple(now), tuple(was))


def _begun(seen: Mapping[str, Any], table: str, number: int) -> str:
    """The id of a line that was begun on the page: the same one however often the page is sent."""
    page = seen.get("page")
    if not isinstance(page, str):
        return new_line()
    name = json.dumps([page, table, number])
    return hashlib.sha256(name.encode()).hexdigest()[:LINE_DIGITS]
