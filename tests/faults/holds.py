"""Places where a process of the product can be stopped in its tracks, so that it can be killed right there.

A hold is armed by a file ``<place>.armed`` in FAULTS_HOLDS. Whoever comes to the place takes the file, leaves
``<place>.held`` and stays until it is killed. The product knows nothing of this: its functions are wrapped here.
"""

from __future__ import annotations

import datetime as dt
import functools
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit import clock

FOLDER = "FAULTS_HOLDS"
NOW = "FAULTS_NOW"

BEFORE_RECORD = "before_record"
"""In the door: rows are changed, the record is not written."""
BEFORE_COMMIT = "before_commit"
"""In the door: record and event are written too."""
AFTER_COMMIT = "after_commit"
"""In the web server: all is done, and nobody has been told."""
IN_TASK = "in_task"
"""In a task of the worker: messages are written, not committed."""
IN_MAIL = "in_mail"
"""In the worker: the letter is claimed, and the mail server is being spoken to."""
IN_PRESS = "in_press"
"""In the worker: the PDF is set, and not kept yet."""


class Holds(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from django.core.mail import EmailMessage

        from notifications import expansion
        from workflows import engine
        from workflows.documents import printing

        if moment := os.environ.get(NOW):
            clock.set_clock(dt.datetime.fromisoformat(moment))
        _hold_before(engine, "append", BEFORE_RECORD)
        _hold_after(engine, "write_event", BEFORE_COMMIT)
        _hold_after(expansion, "queue_letters", IN_TASK)
        _hold_before(EmailMessage, "send", IN_MAIL)
        _hold_before(printing, "keep", IN_PRESS)


def held_after_commit(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Middleware, the outermost: a POST is held when its answer is ready."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "POST":
            hold(AFTER_COMMIT)
        return response

    return middleware


def hold(place: str) -> None:
    """Stay here for good, if somebody has armed this place."""
    folder = Path(os.environ[FOLDER])
    try:
        (folder / f"{place}.armed").rename(folder / f"{place}.held")
    except FileNotFoundError:
        return
    while True:
        time.sleep(60)


def _hold_before(owner: Any, name: str, place: str) -> None:
    function = getattr(owner, name)

    @functools.wraps(function)
    def held(*args: Any, **kwargs: Any) -> Any:
        hold(place)
        return function(*args, **kwargs)

    setattr(owner, name, held)


def _hold_after(owner: Any, name: str, place: str) -> None:
    function = getattr(owner, name)

    @functools.wraps(function)
    def held(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        hold(place)
        return result

    setattr(owner, name, held)
