"""The few flow nodes of our own. 节点

* :class:`Begin` starts a run at its first duty, or at the one named in ``run.entry``.
* :class:`Duty` waits for an action by a person or the system; each action leads somewhere.
* :class:`Panel` opens one seat for each expert; the last seat to be filled goes on (all under the case's row lock, so
  no join is needed and none can be made twice).
* :class:`Finish` ends the run.

They are driven by :mod:`workflows.engine` only. No risky code runs inside a node: an error rolls the door back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from viewflow import this
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.nodes import End, Handle, StartHandle
from viewflow.workflow.nodes.end import EndActivation
from viewflow.workflow.nodes.handle import HandleActivation
from viewflow.workflow.nodes.start import StartHandleActivation
from viewflow.workflow.signals import task_finished
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from audit import clock
from workflows import items
from workflows.models import RunTask


class BeginActivation(StartHandleActivation):
    """Creates the run inside the door's own transaction (no savepoint of its own)."""

    @Activation.status.transition(source=STATUS.NEW)
    def execute(self) -> None:
        self.process.save()
        self.task.process = self.process
        self.complete()
        self.activate_next()

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        entry = self.process.entry
        node = (
            self.flow_task.flow_class.instance.node(entry)
            if entry
            else self.flow_task.first(self.process.params)
        )
        yield node._create(self, self.task.token)


@dataclass(frozen=True)
class Route:
    """Where an action leads: ``node``, when the parameter ``when`` is on or not asked for; else the next route."""

    node: Any
    when: str = ""
    unless: str = ""

    def taken(self, params: dict[str, Any]) -> bool:
        """Whether the run's parameters lead this way."""
        return (not self.when or bool(params.get(self.when))) and not (
            self.unless and params.get(self.unless)
        )


class Begin(StartHandle):
    """Start of a run. ``To(node, when=param)`` gives the first duty."""

    activation_class = BeginActivation

    def __init__(self, func: Any = None, **kwargs: Any) -> None:
        super().__init__(func, **kwargs)
        self.routes: list[Route] = []

    def To(self, node: Any, when: str = "", unless: str = "") -> Begin:
        self.routes.append(Route(node, when, unless))
        return self

    def first(self, params: dict[str, Any]) -> Node:
        """The duty at which a run with these parameters begins."""
        return next(route.node for route in self.routes if route.taken(params))

    def _resolve(self, cls: Any) -> None:
        super()._resolve(cls)
        self.routes = [Route(this.resolve(cls, r.node), r.when, r.unless) for r in self.routes]

    def _outgoing(self) -> Iterator[Edge]:
        for route in self.routes:
            yield Edge(src=self, dst=route.node, edge_class="next")


class DutyActivation(HandleActivation):
    """Opens a work item when it becomes live; goes on along the route of the action that was taken."""

    action = ""

    @Activation.status.super()
    def activate(self) -> None:
        items.open_for_task(run=self.process, task=self.task, duty=self.flow_task.name)

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        self.task.finished = clock.now()
        self.task.save(update_fields=["status", "started", "finished"])
        task_finished.send(sender=self.flow_class, process=self.process, task=self.task)

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        node = self.flow_task.route(self.action, self.process.params)
        if node is not None:
            yield from self._create(node)

    def _create(self, node: Node) -> Iterator[Activation]:
        yield node._create(self, self.task.token)


class Duty(Handle):
    """A waiting point. ``On(action, node)`` says where each action leads; the name is the duty's code."""

    activation_class = DutyActivation
    task_type = "HUMAN"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(None, **kwargs)
        self.routes: dict[str, list[Route]] = {}

    def On(self, action: str, node: Any, when: str = "", unless: str = "") -> Duty:
        self.routes.setdefault(action, []).append(Route(node, when, unless))
        return self

    def route(self, action: str, params: dict[str, Any]) -> Node | None:
        """The node that ``action`` leads to under the run's parameters."""
        return next((r.node for r in self.routes[action] if r.taken(params)), None)

    def _resolve(self, cls: Any) -> None:
        super()._resolve(cls)
        self.routes = {
            action: [Route(this.resolve(cls, r.node), r.when, r.unless) for r in routes]
            for action, routes in self.routes.items()
        }

    def _outgoing(self) -> Iterator[Edge]:
        for action, routes in self.routes.items():
            for route in routes:
                yield Edge(src=self, dst=route.node, edge_class="next", label=action)


class PanelActivation(Activation):
    """Opens the seats named in ``run.params['seats']`` (user ids), each with a token of its own."""

    @Activation.status.super()
    def activate(self) -> None:
        """Nothing to decide: the door has checked the panel."""

    @Activation.status.super()
    def create_next(self) -> Iterator[Activation]:
        tokens = Token.split_token_source(self.task.token, self.task.pk)
        for user_id in self.process.params["seats"]:
            yield self.flow_task.seat._create(self, next(tokens), data={"expert": user_id})


class Panel(Node):
    """A split into as many seats as there are experts."""

    activation_class = PanelActivation
    task_type = "PARALLEL_GATEWAY"
    shape: Any = {"width": 50, "height": 50, "svg": '<path class="gateway" d="M25,0L50,25L25,50L0,25L25,0"/>'}
    bpmn_element = "parallelGateway"

    def __init__(self, seat: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seat = seat

    def _resolve(self, cls: Any) -> None:
        super()._resolve(cls)
        self.seat = this.resolve(cls, self.seat)

    def _outgoing(self) -> Iterator[Edge]:
        yield Edge(src=self, dst=self.seat, edge_class="next")


class SeatActivation(DutyActivation):
    """One expert's seat. The last one to be filled goes on; the others end quietly."""

    @Activation.status.super()
    def activate(self) -> None:
        items.open_for_task(
            run=self.process, task=self.task, duty=self.flow_task.name, assignee_id=self.task.data["expert"]
        )

    def _create(self, node: Node) -> Iterator[Activation]:
        prefix = str(self.task.token).rsplit("_", 1)[0] + "_"
        waiting = RunTask.objects.filter(
            process=self.process, token__startswith=prefix, finished__isnull=True
        )
        if not waiting.exclude(pk=self.task.pk).exists():
            yield node._create(self, self.task.token.get_base_split_token())


class Seat(Duty):
    """The duty of one expert on a panel."""

    activation_class = SeatActivation


class UnitPanelActivation(PanelActivation):
    """Opens the seats of the units named in ``run.params['units']`` (their keys)."""

    @Activation.status.super()
    def create_next(self) -> Iterator[Activation]:
        tokens = Token.split_token_source(self.task.token, self.task.pk)
        for unit_id in self.process.params["units"]:
            yield self.flow_task.seat._create(self, next(tokens), data={"unit": unit_id})


class UnitPanel(Panel):
    """A split into as many seats as units are asked."""

    activation_class = UnitPanelActivation


class UnitSeatActivation(SeatActivation):
    """One unit's seat."""

    @Activation.status.super()
    def activate(self) -> None:
        items.open_for_task(
            run=self.process, task=self.task, duty=self.flow_task.name, unit_id=self.task.data["unit"]
        )


class UnitSeat(Seat):
    """The duty of one of the units that are asked."""

    activation_class = UnitSeatActivation


class FinishActivation(EndActivation):
    """Ends the run in the door's own transaction; the door has dealt with whatever was still open.

    Its task is written once, as it will be a moment later: it is over as soon as it is there.
    """

    @classmethod
    def create(
        cls, flow_task: Node, prev_activation: Activation, token: Any, data: Any = None, seed: Any = None
    ) -> Activation:
        now = clock.now()
        task = RunTask(process=prev_activation.process, flow_task=flow_task, token=token)
        task.status, task.started, task.finished = STATUS.DONE, now, now
        task.save()
        task.previous.add(prev_activation.task)
        task.status = STATUS.NEW  # in memory, where activate() and complete() are still to come
        return cls(task)

    @Activation.status.super()
    def activate(self) -> None:
        self.process.status, self.process.finished = PROCESS.DONE, self.task.finished
        self.process.save(update_fields=["status", "finished", "outcome"])

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        task_finished.send(sender=self.flow_class, process=self.process, task=self.task)


class Finish(End):
    """End of a run."""

    activation_class = FinishActivation
