"""What a request carries once ``accounts.middleware`` has seen it; for the type checker."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest

from accounts.actors import Actor
from accounts.models import User


class ActorRequest(HttpRequest):
    """A request of somebody signed in. ``actor`` is None for a person without any valid role."""

    user: User
    actor: Actor | None
    actors: Sequence[Actor]
