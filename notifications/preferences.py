"""Which channels a person has chosen. 通知偏好"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refusal
from accounts.models import User
from notifications.enums import ALWAYS_SHOWN, Group
from notifications.models import Preference


@dataclass(frozen=True, slots=True)
class Choice:
    """What one person has chosen for one group."""

    group: Group
    in_app: bool = True
    mail: bool = True

    @property
    def always_shown(self) -> bool:
        """Whether the message inside the system cannot be switched off."""
        return self.group in ALWAYS_SHOWN


@dataclass(frozen=True, slots=True)
class Choices:
    """What several people have chosen; everything is on for those who chose nothing."""

    rows: dict[tuple[int, str], Choice] = field(default_factory=dict)

    def in_app(self, user_id: int, group: Group) -> bool:
        """Whether the person sees messages of the group inside the system."""
        choice = self.rows.get((user_id, group))
        return group in ALWAYS_SHOWN or choice is None or choice.in_app

    def mail(self, user_id: int, group: Group) -> bool:
        """Whether the person is written to by mail."""
        choice = self.rows.get((user_id, group))
        return choice is None or choice.mail


def choices_of(user_ids: Iterable[int]) -> Choices:
    """The choices of these people. One query."""
    rows = Preference.objects.filter(user_id__in=list(user_ids))
    return Choices({(row.user_id, row.group): Choice(Group(row.group), row.in_app, row.mail) for row in rows})


def choices_for(user: User) -> list[Choice]:
    """One person's choices, a row for each group. One query."""
    chosen = choices_of([user.pk]).rows
    return [chosen.get((user.pk, group), Choice(group)) for group in Group]


@transaction.atomic
def set_preferences(*, choices: Iterable[Choice], actor: Actor) -> None:
    """Keep the person's choices. Raises Refusal ``always_shown`` for one that would hide a duty."""
    assert actor.user is not None
    for choice in choices:
        if choice.always_shown and not choice.in_app:
            raise Refusal("always_shown", _("待办事项和督促提醒的站内消息不能关闭。"))
        Preference.objects.update_or_create(
            user=actor.user,
            group=choice.group.value,
            defaults={"in_app": choice.in_app, "mail": choice.mail},
        )
