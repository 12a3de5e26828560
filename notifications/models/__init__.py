"""The nouns of the room."""

from notifications.models.expansion import Expansion
from notifications.models.notification import Notification
from notifications.models.outbox import Outbox
from notifications.models.preference import Preference
from notifications.models.subscription import RoundNews, Subscription

__all__ = ["Expansion", "Notification", "Outbox", "Preference", "RoundNews", "Subscription"]
