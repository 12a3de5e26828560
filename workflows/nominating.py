"""提名: the door by which a unit puts another one forward. It opens a draft for that unit, which fills it in or declines.

Beside :mod:`workflows.opening`: the same limits as for any draft, and the nominator's own, all counted under the lock of
the round's row. Locks: round → case → chain head.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.actors import Actor, users_with
from accounts.bodies import same_body, territory_of
from accounts.enums import Role
from accounts.models import Organisation
from audit import clock
from audit.punctuation import parted
from cases.errors import Invalid, NotAllowed, NotVisible
from cases.models import Case, Nomination
from programmes.models import Round
from programmes.nominations import nomination_of, nominators
from programmes.schema import NominationSpec
from programmes.slot_types import SlotContent
from programmes.slots import slot_value
from workflows import opening
from workflows.events import CASE_NOMINATED, write_event

LONGEST_REASON = 1000


def nominate(
    *, round: Round, nominee: Organisation, title: str, reason: str, actor: Actor, clicked: bool = False
) -> Case:
    """Put ``nominee`` forward in an open round, for the actor's unit; the draft is the nominee's. One transaction.

    Nobody nominates itself: not its own unit, nor one that is the same legal body (:func:`accounts.bodies.same_body`),
    nor a unit for which the acting person, or who they stand in for, declares. ``clicked``: a person's click; the second
    of two for the same unit and title gets the draft that the first one made.

    Raises NotVisible (the round or the unit belongs to another authority), NotAllowed (``not_permitted``,
    ``no_nomination``, ``not_a_nominator``, ``unit_inactive``, ``own_unit_inactive``, ``account_inactive``,
    ``round_closed``, ``expired``, ``wrong_applicant``, ``self_nomination``, ``outside_territory``, ``draft_limit``,
    ``nominated_already``, ``nomination_limit``), Invalid (``title``, ``reason``).
    """
    spec = require_nominator(round, actor)
    title, reason = opening.visible(title), reason.replace("\r\n", "\n").strip()
    _check_typed(spec, title, reason)
    with opening.holding(round) as held:
        spec = require_nominator(held, actor)
        own = _own_unit(actor)
        _require_in_use(own, nominee, actor)
        made = opening.just_made(held, nominee, title, actor, nominator=own) if clicked else None
        if made is not None:
            return made
        opening.require_running(held, actor)
        _require_fit(held, spec, own, nominee, actor)
        _require_new(held, own, nominee, title)
        _require_left(held, spec, own)
        origin = {"nominator": {"id": str(own.public_id), "name": own.name}, "reason": reason}
        case = opening.open_draft(held, nominee, title, actor, origin, nominator=own)
        assert actor.user is not None
        Nomination.objects.create(
            case=case,
            round=held,
            organisation=own,
            reason=reason,
            nominated_by=actor.user,
            on_behalf_of=actor.on_behalf_of,
            nominated_at=clock.now(),
        )
        _announce(case, actor)
    return case


def require_nominator(round: Round, actor: Actor) -> NominationSpec:
    """What the round's edition says of nominations. NotVisible, NotAllowed unless the actor's unit may nominate in it.

    No query when the round's edition is loaded.
    """
    if actor.role != Role.RECOMMENDER or actor.organisation is None:
        raise NotAllowed("not_permitted", _("由提名单位的推荐人员办理提名；您当前的身份不能提名。"))
    if round.authority_id != actor.authority_id:
        raise NotVisible("invisible", _("未找到该批次。"))
    spec = nomination_of(round.edition.pack)
    if spec is None:
        raise NotAllowed("no_nomination", _("“%(name)s”不采用提名方式。") % {"name": round.name})
    if actor.organisation.kind not in spec.by:
        who = {"who": nominators(spec)}
        raise NotAllowed("not_a_nominator", _("本事项由%(who)s提名，贵单位不在其列。") % who, spec.clause)
    return spec


def limit_of(
    round: Round, spec: NominationSpec, decided: Mapping[str, SlotContent] | None = None
) -> int | None:
    """How many a nominator may have in the round; None: no limit. One query for a slot, none where it is known what the

    round has ``decided`` (:func:`programmes.slots.values_in`).

    Raises NotAllowed (``nomination_limit``) while the number has not been decided.
    """
    if not spec.limit:
        return None
    if spec.limit.isdigit():
        return int(spec.limit)
    number = slot_value(round, spec.limit) if decided is None else decided[spec.limit]
    if not isinstance(number, int):
        raise NotAllowed("nomination_limit", _("本批次的提名数量尚未确定，暂不能提名。"), spec.clause)
    return number


def used_in(round: Round, unit: Organisation) -> int:
    """How many nominations of the unit count in the round: all but those declined. One query."""
    return Nomination.objects.filter(round=round, organisation=unit, declined_at__isnull=True).count()


def _own_unit(actor: Actor) -> Organisation:
    assert actor.organisation is not None
    return actor.organisation


def _check_typed(spec: NominationSpec, title: str, reason: str) -> None:
    fields: dict[str, str] = {}
    if wrong := opening.title_wrong(title):
        fields["title"] = wrong
    if spec.reason and not reason:
        fields["reason"] = _("请填写提名理由。")
    if len(reason) > LONGEST_REASON:
        fields["reason"] = _("提名理由不得超过%(most)s字。") % {"most": LONGEST_REASON}
    if fields:
        raise Invalid("invalid", parted(fields.values()), fields=fields)


def used_up(limit: int, used: int) -> str:
    """What is said to a nominator that has no nomination left."""
    told = _("贵单位在本批次可以提名%(limit)s个，已提名%(used)s个，不能再提名。")
    return told % {"limit": limit, "used": used}


def _require_in_use(own: Organisation, nominee: Organisation, actor: Actor) -> None:
    """NotAllowed when a unit or the account has been put out of use, as the database has it now. Two queries."""
    units = {own.pk, nominee.pk}
    active = set(Organisation.objects.filter(pk__in=units, is_active=True).values_list("pk", flat=True))
    if nominee.pk not in active:
        message = _("“%(name)s”已停用，不能提名。") % {"name": nominee.name}
        raise NotAllowed("unit_inactive", message)
    if own.pk not in active:
        raise NotAllowed("own_unit_inactive", _("贵单位已停用，不能提名。"))
    if not opening.has_account(actor):
        raise NotAllowed("account_inactive", _("您的账号已停用，不能提名。"))


def _require_fit(
    round: Round, spec: NominationSpec, own: Organisation, nominee: Organisation, actor: Actor
) -> None:
    """NotVisible, NotAllowed unless this unit may be put forward by that one in this round now."""
    programme = round.edition.pack.programme
    if nominee.authority_id != round.authority_id:
        raise NotVisible("invisible", _("未找到该单位。"))
    if same_body(own, nominee):
        raise NotAllowed(
            "self_nomination",
            _("不得自荐：“%(name)s”是本单位，或者与本单位属同一法人。") % {"name": nominee.name},
            spec.clause,
        )
    if nominee.kind not in programme.applicant.kinds:
        message = _("“%(name)s”的类别不符合申报主体要求。") % {"name": nominee.name}
        raise NotAllowed("wrong_applicant", message, programme.applicant.clause)
    if _declares_for(nominee, round.programme.code, actor):
        raise NotAllowed(
            "self_nomination",
            _("不得自荐：您（或者您所代理的人员）同时负责“%(name)s”的申报。") % {"name": nominee.name},
            spec.clause,
        )
    if spec.within == "territory":
        place = territory_of(own)
        if place is None or not nominee.is_within(place):
            message = _("“%(name)s”不在本辖区，贵单位不能提名。") % {"name": nominee.name}
            raise NotAllowed("outside_territory", message, spec.clause)
    if opening.at_limit(round, nominee):
        message = _("“%(name)s”在本批次已有申报，不能重复提名。") % {"name": nominee.name}
        raise NotAllowed("draft_limit", message, programme.round.clause)


def _declares_for(nominee: Organisation, programme_code: str, actor: Actor) -> bool:
    """Whether the person, or who they stand in for, fills in declarations of that unit. One query."""
    seats = [(Role.APPLICANT, nominee), (Role.OPERATOR, nominee)]
    people = {person.pk for person in (actor.user, actor.on_behalf_of) if person is not None}
    return bool(people & users_with(seats, programme_code, clock.today()))


def _require_new(round: Round, own: Organisation, nominee: Organisation, title: str) -> None:
    """NotAllowed when this unit has nominated that one with a title alike already. One query."""
    theirs = opening.live_cases(round).filter(applicant=nominee, nomination__organisation=own)
    if any(opening.alike(there) == opening.alike(title) for there in theirs.values_list("title", flat=True)):
        message = _("贵单位在本批次已提名“%(name)s”申报同名项目，不能重复提名。") % {"name": nominee.name}
        raise NotAllowed("nominated_already", message)


def _require_left(round: Round, spec: NominationSpec, own: Organisation) -> None:
    limit = limit_of(round, spec)
    used = used_in(round, own) if limit is not None else 0
    if limit is not None and used >= limit:
        raise NotAllowed("nomination_limit", used_up(limit, used), spec.clause)


def _announce(case: Case, actor: Actor) -> None:
    """The nominee's people get the draft as work to do, live and by mail."""
    opened = tuple(case.__dict__.pop("opened_items", []))
    stamp = actor.stamp()
    write_event(
        kind=CASE_NOMINATED,
        case=case,
        data={"actor": stamp.name, "unit": stamp.organisation, "items": [item.pk for item in opened]},
        opened=opened,
    )
