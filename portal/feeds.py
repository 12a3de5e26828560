"""订阅源: rounds that take declarations, and notices, for feed readers. No account. 订阅"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from operator import attrgetter

from django.contrib.syndication.views import Feed
from django.db.models import Q
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import clock
from cases.models import PublicNotice
from portal.notices import published
from programmes.enums import EditionStatus, RoundStatus
from programmes.models import Round

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML cannot carry at all."""

MOST = 40
"""So many entries, the newest, of each kind are looked at and of both are shown."""


@dataclass(frozen=True, slots=True)
class Entry:
    """条目: one line of the feed. ``key`` never changes, ``at`` is when it became public."""

    key: str
    title: str
    text: str
    url: str
    at: dt.datetime
    kind: str


class NewsFeed(Feed[Entry, None]):
    """申报批次和公示公告, the newest first. Two queries."""

    feed_type = Atom1Feed
    title = gettext_lazy("历程：申报批次和公示公告")
    subtitle = gettext_lazy("开始受理申报的批次，以及公示、公告。")

    def link(self) -> str:
        """The public's home page."""
        return reverse("portal:index")

    def items(self) -> list[Entry]:
        """Both kinds by when they became public."""
        return sorted([*_rounds(), *_notices()], key=attrgetter("at"), reverse=True)[:MOST]

    def item_title(self, item: Entry) -> str:
        """A line."""
        return UNPRINTABLE.sub("", item.title)

    def item_description(self, item: Entry) -> str:
        """A sentence or two."""
        return UNPRINTABLE.sub("", item.text)

    def item_link(self, item: Entry) -> str:
        """Where it can be read."""
        return item.url

    def item_guid(self, item: Entry) -> str:
        """What makes it the same entry whatever becomes of its wording."""
        return f"urn:uuid:{item.key}"

    def item_pubdate(self, item: Entry) -> dt.datetime:
        """When it became public."""
        return item.at

    def item_updateddate(self, item: Entry) -> dt.datetime:
        """As published: neither a round's opening nor a notice is altered afterwards."""
        return item.at

    def item_categories(self, item: Entry) -> list[str]:
        """批次, or the kind of notice."""
        return [item.kind]


def _rounds() -> list[Entry]:
    """The rounds whose first day has come, of programmes that the public can read about."""
    rows = Round.objects.filter(
        Q(status=RoundStatus.OPEN) | Q(status=RoundStatus.CLOSED),
        opens_on__lte=clock.today(),
        programme__editions__status=EditionStatus.PUBLISHED,
    ).select_related("programme__authority")
    return [_of_round(row) for row in rows.distinct().order_by("-opens_on", "-pk")[:MOST]]


def _of_round(row: Round) -> Entry:
    first = dt.datetime.combine(row.opens_on, dt.time(), tzinfo=clock.SHANGHAI)
    values = {"authority": row.programme.authority.name, "title": row.programme.title, "round": row.name}
    if row.closes_on:
        values["day"] = row.closes_on.isoformat()
        text = _("%(authority)s“%(title)s”开始受理申报：%(round)s，%(day)s截止。") % values
    else:
        text = _("%(authority)s“%(title)s”开始受理申报：%(round)s。") % values
    return Entry(
        str(row.public_id),
        _("开始受理申报：%(round)s") % values,
        text,
        reverse("portal:programme", args=[row.programme.public_id]),
        max(first, row.opened_at or first),
        _("批次"),
    )


def _notices() -> list[Entry]:
    return [_of_notice(row) for row in published()[:MOST]]


def _of_notice(row: PublicNotice) -> Entry:
    kind = str(row.get_kind_display())
    text = " ".join(strip_tags(row.body).split())[:300]
    url = reverse("portal:notice", args=[row.public_id])
    return Entry(str(row.public_id), row.title, text, url, row.published_at, kind)
