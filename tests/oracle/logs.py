"""Whether a log can be a run's, found by following every run at once and every order of what was simultaneous.

An event is given by the steps that it may be and by what was seen after it; nothing is remembered between events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from tests.oracle.graph import Edge, State, World
from tests.oracle.values import Point, Value, value

Place = tuple[int, State]  # the number of a world and one of its states


class Step(NamedTuple):
    """Steps of an action, with these parameters and this outcome where they are given."""

    action: str
    parameters: tuple[tuple[str, Value], ...]
    outcome: str | None

    def has(self, edge: Edge) -> bool:
        """Say whether the edge is such a step."""
        chosen = dict(edge.choice)
        return (
            edge.action == self.action
            and self.outcome in (None, edge.outcome)
            and all(_same(chosen[name], wanted) for name, wanted in self.parameters)
        )


class Event(NamedTuple):
    """What may have been done (nothing: a report of the present state), and which values were seen after it."""

    steps: tuple[Step, ...]
    seen: tuple[tuple[str, tuple[Value, ...]], ...]


class Timed(NamedTuple):
    """An event of a file, at a time in seconds if that is known."""

    time: float | None
    event: Event


class Found(NamedTuple):
    """The places that fit the whole log; if there is none, the number of the moment that could not be."""

    places: frozenset[Place]
    refused: int | None


def follow(worlds: Sequence[World], files: Sequence[Sequence[Timed]], silent: Callable[[Edge], bool]) -> Found:
    """Follow the log from every initial state of every world; silent steps may be taken between any two events."""
    places = {(number, state) for number, world in enumerate(worlds) for state in world.initial()}
    for number, moment in enumerate(moments(files)):
        orders = orders_of([[event for _, event in part] for part in moment])
        places = {place for order in orders for place in _through(worlds, places, order, silent)}
        if not places:
            return Found(frozenset(), number)
    return Found(frozenset(places), None)


def moments(files: Sequence[Sequence[Timed]]) -> list[list[list[tuple[int, Event]]]]:
    """Return moment after moment, for each file the events of that moment with their places in the file.

    What only one file tells is a moment for each event.
    """
    times: list[list[float]] = []
    for file in files:
        latest, found = float("-inf"), []
        for time, _ in file:
            latest = latest if time is None else max(latest, time)
            found.append(latest)
        times.append(found)
    told = []
    for moment in sorted({time for found in times for time in found}):
        parts = [
            [(place, timed.event) for place, timed in enumerate(file) if found[place] == moment]
            for file, found in zip(files, times, strict=True)
        ]
        if sum(bool(part) for part in parts) == 1:
            told += [[[entry] if part else [] for part in parts] for entry in next(filter(None, parts))]
        else:
            told.append(parts)
    return told


def orders_of(parts: Sequence[Sequence[Event]]) -> Iterator[list[Event]]:
    """Yield every order of the events that keeps the order of each part."""
    if not any(parts):
        yield []
    for number, part in enumerate(parts):
        if part:
            rest = [*parts[:number], part[1:], *parts[number + 1 :]]
            for order in orders_of(rest):
                yield [part[0], *order]


def seen_in(world: World, state: State, name: str) -> Value:
    """Return the value of a variable, configuration variable or derived name."""
    names = world.names(state)
    return names[name] if name in names else value(world.definitions[name], Point(names, world.definitions))


def _through(
    worlds: Sequence[World], places: Iterable[Place], order: Sequence[Event], silent: Callable[[Edge], bool]
) -> set[Place]:
    now = set(places)
    for event in order:
        now = {
            (number, after)
            for number, state in _grown(worlds, now, silent)
            for after in _after(worlds[number], state, event)
            if all(any(_same(seen_in(worlds[number], after, n), v) for v in values) for n, values in event.seen)
        }
    return now


def _grown(worlds: Sequence[World], places: set[Place], silent: Callable[[Edge], bool]) -> set[Place]:
    found, waiting = set(places), list(places)
    while waiting:
        number, state = waiting.pop()
        new = {(number, edge.target) for edge in worlds[number].steps(state) if silent(edge)} - found
        found |= new
        waiting += new
    return found


def _after(world: World, state: State, event: Event) -> list[State]:
    if not event.steps:
        return [state]
    return [edge.target for edge in world.steps(state) if any(step.has(edge) for step in event.steps)]


def _same(left: Value, right: Value) -> bool:
    return type(left) is type(right) and left == right
