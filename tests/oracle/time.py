"""How long things take in one configuration, by trying every moment on a grid finer than whole units of time.

Time is simulated as it is defined: each action with a duration has a clock that starts when the action becomes
enabled, and again when it is taken; an action is taken only at its lower bound or later; time may not pass the upper
bound of an action that is enabled. ``grid`` says how many moments a second has. Nothing is known here of the product's
timed systems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.oracle.graph import Edge, State, World

from tunnelproof.model.language.expressions import Expr


class Moment(NamedTuple):
    """A state, and how long each action with a duration has been enabled (``None``: it is not)."""

    state: State
    clocks: tuple[int | None, ...]


class Measure(NamedTuple):
    """Something that is counted along a run: at its start, after a step, and after a moment in which time passed."""

    start: Callable[[State], int | None]
    step: Callable[[int | None, Edge], int | None]
    wait: Callable[[int | None, State], int | None]


class Time:
    """The moments of a world."""

    def __init__(self, world: World, grid: int) -> None:
        self.world = world
        self.timed = [action for action in world.system.actions if action.duration is not None]
        self.lo = [action.duration.lo * grid for action in self.timed if action.duration]
        self.hi = [
            None if action.duration.hi is None else action.duration.hi * grid
            for action in self.timed
            if action.duration
        ]

    def start(self) -> list[Moment]:
        """List the first moments."""
        return [
            Moment(s, tuple(0 if action.name in self._enabled(s) else None for action in self.timed))
            for s in self.world.initial()
        ]

    def _enabled(self, state: State) -> set[str]:
        return {edge.action for edge in self.world.steps(state)}

    def steps(self, moment: Moment) -> Iterator[tuple[Edge, Moment]]:
        """Yield the steps that can be taken at the moment."""
        for edge in self.world.steps(moment.state):
            place = next((i for i, action in enumerate(self.timed) if action.name == edge.action), None)
            if place is not None:
                clock = moment.clocks[place]
                assert clock is not None
                if clock < self.lo[place]:
                    continue
            later = self._enabled(edge.target)
            clocks = tuple(
                None if action.name not in later else 0 if clock is None or action.name == edge.action else clock
                for action, clock in zip(self.timed, moment.clocks, strict=True)
            )
            yield edge, Moment(edge.target, clocks)

    def later(self, moment: Moment) -> Moment | None:
        """Return the next moment if nothing is done; ``None`` where something has to be."""
        clocks: list[int | None] = []
        for clock, lo, hi in zip(moment.clocks, self.lo, self.hi, strict=True):
            if clock is not None and hi is not None and clock >= hi:
                return None
            clocks.append(None if clock is None else clock + 1 if hi is not None else min(clock + 1, lo))
        return Moment(moment.state, tuple(clocks))

    def values(self, measure: Measure, top: int) -> tuple[set[int | None], list[tuple[int | None, Edge]]]:
        """Return every value of the measure, counted up to ``top``, and the value before each step."""
        start = [(m, measure.start(m.state)) for m in self.start()]
        seen, waiting, steps = set(start), list(start), []
        while waiting:
            moment, value = waiting.pop()
            found = []
            for edge, after in self.steps(moment):
                steps.append((value, edge))
                found.append((after, measure.step(value, edge)))
            after_while = self.later(moment)
            if after_while is not None:
                found.append((after_while, measure.wait(value, moment.state)))
            for after, counted in found:
                pair = after, None if counted is None else min(counted, top)
                if pair not in seen:
                    seen.add(pair)
                    waiting.append(pair)
        return {value for _, value in seen}, steps


def stay(world: World, point: Expr) -> Measure:
    """How long the point has held without a break; ``None`` where it does not."""

    def first(state: State) -> int | None:
        return 0 if world.holds(point, state) else None

    def step(value: int | None, edge: Edge) -> int | None:
        if not world.holds(point, edge.target):
            return None
        return 0 if value is None else value

    return Measure(first, step, lambda value, _: None if value is None else value + 1)


def total(world: World, point: Expr, since: Expr) -> Measure:
    """How long the point has held in all, since the start or the last reset."""

    def wait(value: int | None, state: State) -> int | None:
        assert value is not None
        if world.holds(since, state):
            return 0
        return value + 1 if world.holds(point, state) else value

    return Measure(lambda _: 0, lambda value, edge: 0 if world.holds(since, edge.target, edge) else value, wait)


def number(world: World, point: Expr, since: Expr) -> Measure:
    """How many stays have begun since the start or the last reset, one that was going on then included."""

    def step(value: int | None, edge: Edge) -> int | None:
        assert value is not None
        held, holds = world.holds(point, edge.source), world.holds(point, edge.target)
        if world.holds(since, edge.target, edge):
            return 1 if holds else 0
        return value + 1 if holds and not held else value

    return Measure(lambda state: 1 if world.holds(point, state) else 0, step, lambda value, _: value)


def answer(world: World, trigger: Expr, response: Expr) -> Measure:
    """How long the first trigger without a response has waited; ``None`` if there is none."""

    def at(value: int | None, state: State, edge: Edge | None) -> int | None:
        if world.holds(response, state, edge):
            return None
        if value is None and world.holds(trigger, state, edge):
            return 0
        return value

    def wait(value: int | None, state: State) -> int | None:
        begun = at(value, state, None)
        return None if begun is None else begun + 1

    return Measure(lambda state: at(None, state, None), lambda value, edge: at(value, edge.target, edge), wait)


__all__ = ["Measure", "Moment", "Time", "answer", "number", "stay", "total"]
