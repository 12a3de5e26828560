"""Background tasks: idempotent, so that one that was cut short may simply run again. 后台任务"""

from __future__ import annotations

from django_tasks import task

from notifications.expansion import expand
from notifications.outbox import is_anything_due, send_due

QUEUE_MAIL = "mail"


@task
def expand_event(event_id: int) -> None:
    """Tell everybody who must know of the event, then send what is to leave the system."""
    if expand(event_id) and is_anything_due():
        send_outbox.enqueue()


@task(queue_name=QUEUE_MAIL)
def send_outbox() -> None:
    """Send what is due; what the mail server refused is tried again by a task of its own, later."""
    retry_at = send_due().retry_at
    if retry_at is not None:
        send_outbox.using(run_after=retry_at).enqueue()
