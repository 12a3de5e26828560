"""The lifecycle as a picture: steps from top to bottom in the order of the stages, ways out to the right. 环节图

A step is a box that lists its ways out, one a row. A way that ends the case ends in a pill beside its row; any other
runs in a lane of its own to the step it leads to, so that lines never cross a box and labels never cross a line. What is
unsound is drawn as well: a step that does not exist, and the offending path of a problem.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _

from cases.enums import Closure
from programmes.lifecycle import STRAIGHT_LINE, Stage
from programmes.procedures import COMMANDS
from programmes.schema import Lifecycle, Programme, Step
from programmes.soundness import Move, moves_of
from workshop.display import outcome_label

TOP, GAP, HEADER, ROW, BOTTOM = 16, 26, 44, 24, 8
BAND, LEFT = 88, 108
LANE, LANES_AFTER = 16, 24
EM = 13.0
LEGAL = 12.0


@dataclass(frozen=True, slots=True)
class Way:
    """去向: a row of a step's box."""

    label: str
    target: str
    """Its title, or how the case ends."""
    y: float
    closes: bool
    command: bool
    offending: bool
    pill_width: float = 0


@dataclass(frozen=True, slots=True)
class Box:
    """环节."""

    code: str
    title: str
    stage: str
    kind: str
    """procedure | rest | unknown"""
    y: float
    height: float
    ways: tuple[Way, ...]
    first: bool
    offending: bool

    @property
    def entry(self) -> float:
        """Where lines come in."""
        return self.y + HEADER / 2


@dataclass(frozen=True, slots=True)
class Line:
    """连线: from a row to a box; ``back``: to a step that comes earlier in the picture."""

    d: str
    back: bool
    command: bool
    offending: bool


@dataclass(frozen=True, slots=True)
class Band:
    """阶段: the stage of the boxes beside it."""

    title: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """环节图. Lengths in SVG units."""

    width: float
    height: float
    box_x: float
    box_width: float
    band_width: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    path: tuple[str, ...] = ()

    @property
    def pill_x(self) -> float:
        """Where the pills of closures begin."""
        return self.box_x + self.box_width + 22

    @property
    def row_end(self) -> float:
        """The right edge of the boxes."""
        return self.box_x + self.box_width


@dataclass
class _Lane:
    taken: list[tuple[float, float]] = field(default_factory=list)

    def free(self, top: float, bottom: float) -> bool:
        return all(bottom < one or top > other for one, other in self.taken)


def draw(programme: Programme, *, path: Iterable[str] = ()) -> Drawing:
    """The picture of a programme's lifecycle; ``path``: the steps of a problem, drawn as the offending one."""
    return _Artist(programme.lifecycle, tuple(path)).drawing()


class _Artist:
    def __init__(self, lifecycle: Lifecycle, path: tuple[str, ...]) -> None:
        self.steps: Mapping[str, Step] = lifecycle.steps
        self.start = lifecycle.start
        self.path = path
        self.offending = set(pairwise(path))
        self.moves = {code: list(moves_of(code, step)) for code, step in self.steps.items()}
        self.order = self._order()

    def drawing(self) -> Drawing:
        self.titles = {code: str(step.title) for code, step in self.steps.items()}
        boxes, y = [], float(TOP)
        for code in self.order:
            box = self._box(code, y)
            boxes.append(box)
            y += box.height + GAP
        width = max([200.0, *(self._width_of(box) for box in boxes)])
        pills = max([0.0, *(way.pill_width for box in boxes for way in box.ways)])
        right = LEFT + width + 22 + pills
        lines, lanes = self._lines(boxes, LEFT + width, right + LANES_AFTER)
        return Drawing(
            width=right + LANES_AFTER + (lanes + 1) * LANE,
            height=y,
            box_x=LEFT,
            box_width=width,
            band_width=BAND,
            boxes=tuple(boxes),
            lines=tuple(lines),
            bands=tuple(_bands(boxes)),
            path=self.path,
        )

    def _order(self) -> list[str]:
        """The steps by stage in the order of the straight line, within a stage as they are reached; then unknown ones."""
        reached: dict[str, int] = {}
        waiting = deque([self.start] if self.start in self.steps else [])
        while waiting:
            code = waiting.popleft()
            if code in reached:
                continue
            reached[code] = len(reached)
            waiting.extend(m.target for m in self.moves[code] if m.target in self.steps and m.target)
        stages = {stage.value: number for number, stage in enumerate(STRAIGHT_LINE)}
        known = sorted(
            self.steps, key=lambda code: (stages[self.steps[code].stage], reached.get(code, len(self.steps)))
        )
        unknown = {
            m.target: None
            for moves in self.moves.values()
            for m in moves
            if m.target and m.target not in self.steps
        }
        if self.start not in self.steps:
            unknown = {self.start: None, **unknown}
        return [*known, *unknown]

    def _box(self, code: str, y: float) -> Box:
        step = self.steps.get(code)
        ways: list[Way] = []
        for number, move in enumerate(self.moves.get(code, ())):
            ways.append(self._way(code, move, y + HEADER + number * ROW + ROW / 2))
        return Box(
            code=code,
            title=self.titles.get(code, code),
            stage=step.stage if step is not None else "",
            kind=step.kind if step is not None else "unknown",
            y=y,
            height=HEADER + len(ways) * ROW + (BOTTOM if ways else 0),
            ways=tuple(ways),
            first=code == self.start,
            offending=code in self.path,
        )

    def _way(self, code: str, move: Move, y: float) -> Way:
        step = self.steps[code]
        command = move.label in step.commands and move.label not in step.next
        label = (
            str(step.labels.get(move.label) or COMMANDS[move.label].label)
            if command and move.label in COMMANDS
            else outcome_label(step, move.label)
        )
        closes = move.target is None
        target = (
            str(Closure(move.closure).label)
            if closes
            else self.titles.get(move.target or "", move.target or "")
        )
        goal = f"close: {move.closure}" if closes else move.target
        return Way(
            label=label if len(label) <= 26 else f"{label[:25]}…",
            target=target,
            y=y,
            closes=closes,
            command=command,
            offending=(code, goal) in self.offending,
            pill_width=text_width(target, LEGAL) + 20 if closes else 0,
        )

    def _width_of(self, box: Box) -> float:
        head = text_width(box.title, EM + 1) + 90
        return max([head, *(text_width(way.label, LEGAL) + 46 for way in box.ways)])

    def _lines(self, boxes: list[Box], edge: float, first: float) -> tuple[list[Line], int]:
        """One line a way; a short one gets a lane near the boxes, so that few of them cross."""
        places = {box.code: box for box in boxes}
        wanted = [
            (way, move, box, places[move.target])
            for box in boxes
            for way, move in zip(box.ways, self.moves.get(box.code, ()), strict=True)
            if move.target is not None
        ]
        wanted.sort(key=lambda each: abs(each[0].y - each[3].entry))
        lanes: list[_Lane] = []
        lines = []
        for way, _move, origin, target in wanted:
            top, bottom = sorted((way.y, target.entry))
            number = next((n for n, lane in enumerate(lanes) if lane.free(top - 3, bottom + 3)), len(lanes))
            if number == len(lanes):
                lanes.append(_Lane())
            lanes[number].taken.append((top, bottom))
            x = first + number * LANE
            d = f"M{edge:.0f} {way.y:.0f}H{x:.0f}V{target.entry:.0f}H{edge + 2:.0f}"
            back = target.y <= origin.y
            lines.append(Line(d, back, way.command, way.offending))
        return sorted(lines, key=lambda line: line.offending), len(lanes)


def _bands(boxes: Iterable[Box]) -> Iterable[Band]:
    groups: dict[str, list[Box]] = {}
    for box in boxes:
        groups.setdefault(box.stage, []).append(box)
    for stage, members in groups.items():
        top, end = members[0].y, members[-1].y + members[-1].height
        yield Band(str(Stage(stage).label) if stage else _("不存在"), top, end - top)


def text_width(text: str, size: float) -> float:
    """About how wide a text is drawn: a Chinese character is a square, a Latin letter a little more than half."""
    return sum(size if unicodedata.east_asian_width(c) in "WF" else size * 0.6 for c in text)
