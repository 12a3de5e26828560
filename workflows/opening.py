"""Opening a case: the start of a draft. 立项起草"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
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
from workflows import steps

SAME_CLICK = dt.timedelta(seconds=10)
"""Whoever asks twice within this time for the same draft has clicked twice."""


def open_case(
    *, round: Round, applicant: Organisation, title: str, actor: Actor, clicked: bool = False
) -> Case:
    """Start a draft in an open round, for the actor's unit. One transaction; the round's row is locked first.

    ``clicked``: a person's click; the second of two for the same title gets the draft that the first one made.

    Raises NotAllowed (not an applicant, unit or account out of use, unit of the wrong kind, round not open, limit of
    drafts reached), Invalid (no title).
    """
    if actor.role not in (Role.APPLICANT, Role.OPERATOR) or not actor.covers_organisation(applicant):
        raise NotAllowed("not_permitted", _("您不能以该单位的名义申报。"))
    title = title.strip()
    if not title or len(title) > 200:
        message = _("请填写项目名称（200字以内）。")
        raise Invalid("bad_title", message, fields={"title": message})
    with transaction.atomic(durable=True), door.opened(0):
        held = (
            Round.objects.select_for_update(of=("self",))
            .select_related("programme", "edition", "authority")
            .defer("edition__source")
            .get(pk=round.pk)
        )
        _require_active(applicant, actor)
        made = _just_made(held, applicant, title, actor) if clicked else None
        if made is not None:
            return made
        require_open(held, applicant, actor)
        return _open(held, applicant, title, actor)


def _just_made(round: Round, applicant: Organisation, title: str, actor: Actor) -> Case | None:
    """The draft of the same title that this person began a moment ago. The round's row is locked."""
    since = clock.now() - SAME_CLICK
    drafts = Case.objects.filter(round=round, applicant=applicant, title=title, submitted_at__isnull=True)
    mine = drafts.filter(created_by=actor.user, created_at__gte=since, closure="")
    return mine.order_by("-pk").first()


def _require_active(applicant: Organisation, actor: Actor) -> None:
    """Raise NotAllowed when the unit or the account has been put out of use, as the database has it now."""
    if not Organisation.objects.filter(pk=applicant.pk, is_active=True).exists():
        raise NotAllowed("unit_inactive", _("该单位已停用，不能申报。"))
    if actor.user is None or not User.objects.filter(pk=actor.user.pk, is_active=True).exists():
        raise NotAllowed("account_inactive", _("您的账号已停用，不能申报。"))


def require_open(round: Round, applicant: Organisation, actor: Actor) -> None:
    """Raise NotAllowed unless this unit may start a draft in this round now."""
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
    if applicant.kind not in spec.applicant.kinds:
        raise NotAllowed("wrong_applicant", _("贵单位的类别不符合申报主体要求。"), spec.applicant.clause)
    limit = spec.round.drafts_per_applicant
    live = Case.objects.filter(round=round, applicant=applicant).exclude(closure__in=Closure.unsuccessful())
    if limit and live.count() >= limit:
        raise NotAllowed("draft_limit", _("贵单位在本批次已有申报，不能重复申报。"), spec.round.clause)


def _open(round: Round, applicant: Organisation, title: str, actor: Actor) -> Case:
    assert actor.user is not None
    public_id = new_public_id()
    lifecycle = round.edition.pack.programme.lifecycle
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
        for person in filter(None, (actor.user, actor.on_behalf_of)):
            add_participation(case=case, user=person, part=Part.DRAFTER)
        Declaration.objects.create(case=case, version_no=1, updated_by=actor.user)
        steps.start_step(case, lifecycle.start)
        append(
            chain=chain,
            action="case.open",
            actor=actor.stamp(),
            subject=str(public_id),
            data={"title": title, "round": str(round.public_id), "edition": round.edition.digest},
        )
    case.__dict__.pop("opened_items", None)
    return case
