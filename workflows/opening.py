"""Opening a case: the start of a draft. 立项起草"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Organisation, User
from audit import clock
from audit.chain import append, open_chain
from cases import door
from cases.enums import Capacity, Closure, Part
from cases.errors import Invalid, NotAllowed
from cases.ids import new_public_id
from cases.models import Case, Declaration
from cases.models.case import VERBS
from cases.relations import add_participation, add_party
from programmes.enums import RoundStatus
from programmes.models import Round
from programmes.nominations import NOMINATES, nomination_told
from workflows import steps

LONGEST_TITLE = 200
SAME_CLICK = dt.timedelta(seconds=10)
"""Whoever asks twice within this time for the same draft has clicked twice."""


def open_case(
    *,
    round: Round,
    applicant: Organisation,
    title: str,
    actor: Actor,
    clicked: bool = False,
    already: Callable[[], Case | None] | None = None,
    fill: Callable[[Case], None] | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Case:
    """Start a draft in an open round, for the actor's unit. One transaction; the round's row is locked first.

    ``clicked``: a person's click; the second of two for the same title gets the draft that the first one made.
    ``already`` is asked under the lock: a draft that it knows is the answer, and no other is made. ``fill`` puts into
    the new draft what it begins with, in the same transaction; ``origin`` says in the record where it came from.

    Raises NotAllowed (not an applicant, unit or account out of use, unit of the wrong kind, round not open, limit of
    drafts reached), Invalid (no title).
    """
    if actor.role not in (Role.APPLICANT, Role.OPERATOR) or not actor.covers_organisation(applicant):
        raise NotAllowed("not_permitted", _("您不能以该单位的名义申报。"))
    title = visible(title)
    if wrong := title_wrong(title):
        raise Invalid("bad_title", wrong, fields={"title": wrong})
    with holding(round) as held:
        require_active(applicant, actor)
        made = just_made(held, applicant, title, actor) if clicked else already() if already else None
        if made is not None:
            return made
        require_open(held, applicant, actor)
        case = open_draft(held, applicant, title, actor, origin or {})
        case.__dict__.pop("opened_items", None)
        if fill is not None:
            fill(case)
        return case


def visible(title: str) -> str:
    """A project's name without signs that nobody sees (zero width, direction, byte order) and without blanks around it."""
    return "".join(sign for sign in title if unicodedata.category(sign) != "Cf").strip()


def title_wrong(title: str) -> str:
    """What is wrong with a project's name; '' when nothing is."""
    fits = 0 < len(visible(title)) <= LONGEST_TITLE
    return "" if fits else _("请填写项目名称（200字以内）。")


def alike(title: str) -> str:
    """A title for comparing: without blanks and signs that nobody sees, in half-width signs."""
    return "".join(visible(unicodedata.normalize("NFKC", title)).split()).casefold()


@contextmanager
def holding(round: Round) -> Iterator[Round]:
    """One transaction in which a draft may be opened: the round read again, its row locked."""
    with transaction.atomic(durable=True), door.opened(0):
        yield (
            Round.objects.select_for_update(of=("self",))
            .select_related("programme", "edition", "authority")
            .defer("edition__source")
            .get(pk=round.pk)
        )


def just_made(
    round: Round,
    applicant: Organisation,
    title: str,
    actor: Actor,
    *,
    nominator: Organisation | None = None,
) -> Case | None:
    """The draft of the same title that this person began a moment ago, in the same way: for the unit itself, or as

    ``nominator``. The round's row is locked.
    """
    since = clock.now() - SAME_CLICK
    drafts = Case.objects.filter(round=round, applicant=applicant, title=title, submitted_at__isnull=True)
    mine = drafts.filter(
        created_by=actor.user, created_at__gte=since, closure="", nomination__organisation=nominator
    )
    return mine.order_by("-pk").first()


def require_active(applicant: Organisation, actor: Actor) -> None:
    """Raise NotAllowed when the unit or the account has been put out of use, as the database has it now."""
    if not Organisation.objects.filter(pk=applicant.pk, is_active=True).exists():
        raise NotAllowed("unit_inactive", _("该单位已停用，不能申报。"))
    if not has_account(actor):
        raise NotAllowed("account_inactive", _("您的账号已停用，不能申报。"))


def has_account(actor: Actor) -> bool:
    """Whether the acting person's account is in use, as the database has it now. One query."""
    return actor.user is not None and User.objects.filter(pk=actor.user.pk, is_active=True).exists()


def require_open(round: Round, applicant: Organisation, actor: Actor) -> None:
    """Raise NotAllowed unless this unit may start a draft in this round now, by itself."""
    spec = round.edition.pack.programme
    require_running(round, actor)
    if applicant.kind not in spec.applicant.kinds:
        raise NotAllowed("wrong_applicant", _("贵单位的类别不符合申报主体要求。"), spec.applicant.clause)
    nomination = spec.applicant.nomination
    if nomination is not None and nomination.only:
        raise NotAllowed("nomination_only", nomination_told(nomination), nomination.clause)
    if at_limit(round, applicant):
        raise NotAllowed("draft_limit", _("贵单位在本批次已有申报，不能重复申报。"), spec.round.clause)


def require_running(round: Round, actor: Actor) -> None:
    """Raise NotAllowed unless the round takes declarations today and the actor's assignment reaches its programme."""
    spec = round.edition.pack.programme
    today = clock.today()
    if not actor.covers_programme(round.programme.code):
        raise NotAllowed("not_permitted", _("您的授权不包括该事项。"))
    if (
        round.status != RoundStatus.OPEN
        or today < round.opens_on
        or (round.closes_on and today > round.closes_on)
    ):
        raise NotAllowed("round_closed", _("“%(name)s”目前不接受申报。") % {"name": round.name})
    if spec.effective_until and today.isoformat() > spec.effective_until:
        raise NotAllowed(
            "expired", _("本办法有效期至%(day)s，不再受理新的申报。") % {"day": spec.effective_until}
        )


def drafts_of(round: Round, units: Iterable[int]) -> dict[int, int]:
    """How many declarations these units (by key) have in the round. One query, none without units."""
    counted = (
        live_cases(round).filter(applicant__in=set(units)).values("applicant_id").annotate(n=Count("pk"))
    )
    return {row["applicant_id"]: row["n"] for row in counted.order_by()}


def at_limit(round: Round, applicant: Organisation) -> bool:
    """Whether the unit has as many declarations in the round as it may. One query, none without a limit."""
    limit = round.edition.pack.programme.round.drafts_per_applicant
    return bool(limit) and live_cases(round).filter(applicant=applicant).count() >= limit


def live_cases(round: Round) -> QuerySet[Case]:
    """The declarations of a round that count: drafts and what was sent, not what came to nothing. 本批次在办申报"""
    return Case.objects.filter(round=round).exclude(closure__in=Closure.unsuccessful())


def open_draft(
    round: Round,
    applicant: Organisation,
    title: str,
    actor: Actor,
    origin: Mapping[str, Any],
    *,
    nominator: Organisation | None = None,
) -> Case:
    """The draft with its units, its first step and its record, inside :func:`holding`. Asks nothing.

    Whoever begins it for the applicant drafts; whoever nominates does not.
    """
    assert actor.user is not None
    public_id = new_public_id()
    lifecycle = round.edition.pack.programme.lifecycle
    nomination = round.edition.pack.programme.applicant.nomination
    chain = open_chain(kind="case", key=str(public_id), authority=round.authority.code)
    case = Case(
        public_id=public_id,
        authority=round.authority,
        programme=round.programme,
        edition=round.edition,
        round=round,
        chain=chain,
        title=title,
        applicant=applicant,
        created_by=actor.user,
    )
    getattr(case, VERBS[lifecycle.steps[lifecycle.start].stage])(lifecycle.start)
    case.save()
    with door.opened(case.pk):
        add_party(case=case, organisation=applicant, capacity=Capacity.APPLICANT)
        add_party(case=case, organisation=steps.unit_of_role(case, "officer"), capacity=Capacity.OFFICER)
        if nominator is not None:
            add_party(case=case, organisation=nominator, capacity=Capacity.NOMINATOR)
        for person in filter(None, (actor.user, actor.on_behalf_of)) if nominator is None else ():
            add_participation(case=case, user=person, part=Part.DRAFTER)
        wrote = actor.user if nominator is None else None
        Declaration.objects.create(case=case, version_no=1, updated_by=wrote)
        steps.start_step(case, lifecycle.start)
        append(
            chain=chain,
            action="case.open" if nominator is None else NOMINATES,
            actor=actor.stamp(),
            subject=str(public_id),
            data={"title": title, "round": str(round.public_id), "edition": round.edition.digest, **origin},
            clause=nomination.clause if nomination is not None and nominator is not None else "",
        )
    return case
