"""Claims about finite paths: in which configurations does a trace settle the claim, and which is the shortest?

States are found in the order of the shortest, least traces to them, so the first that ends a trace ends the wanted one.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tunnelproof.engines.clock import Clock
from tunnelproof.engines.explicit.ends import ends_of, marking_module, watch_of
from tunnelproof.engines.explicit.exploration import Exploration
from tunnelproof.engines.explicit.family import Family
from tunnelproof.engines.explicit.native import Compiled
from tunnelproof.evidence.certificate import Values, Witness, WitnessKind
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.rows import Numbers
from tunnelproof.properties.claims import Claim

Marker = Callable[[int, int, int, int], None]

CHUNK = 1 << 18  # states that are looked at together


@dataclass(frozen=True)
class Marks:
    """Of some states, found one after the other, those that end a trace: positions, and the labels of the last steps
    (-1: none is needed)."""

    positions: Numbers
    labels: Numbers


class PathSearch:
    """The search for traces that settle one claim."""

    def __init__(self, family: Family, claim: Claim) -> None:
        self._family = family
        self._watch = watch_of(claim)
        machinery = family.machinery(self._watch)
        self._ends = ends_of(claim, machinery.steps)
        marking = Compiled(marking_module(self._ends, machinery.steps, machinery.members))
        integer, address = ctypes.c_int64, ctypes.c_void_p
        self._mark = marking.function("mark", [address, integer, integer, address])
        self._mark_start = marking.function("mark_start", [address, integer, integer, address])

    def settled(self, clock: Clock) -> tuple[Mask, int | None]:
        """Say in which configurations a trace settles the claim, and in which of them the shortest, least one does.

        The search ends early where all are settled.
        """
        settled, nearest = np.zeros(len(self._family.codes), dtype=bool), None
        search = self._family.search(self._watch)
        for marks in self._marks(search, clock):
            if len(marks.positions):
                found = self._family.configurations_of(search.states[marks.positions], self._watch)
                nearest = int(found[0]) if nearest is None else nearest
                settled[found] = True
                if settled.all():
                    break
        return settled, nearest

    def witness(self, configuration: int, values: Values, clock: Clock) -> Witness | None:
        """Return the shortest, least trace of one configuration."""
        search = self._family.search(self._watch, configuration)
        for marks in self._marks(search, clock):
            if len(marks.positions):
                steps = self._way_to(search, int(marks.positions[0]), clock)
                last = [int(marks.labels[0])] if marks.labels[0] >= 0 else []
                named = tuple(self._family.system.steps[label] for label in [*steps, *last])
                return Witness(WitnessKind.TRACE, values, named)
        return None

    def _marks(self, search: Exploration, clock: Clock) -> Iterator[Marks]:
        """Yield the marks of the states in the order in which they are found; search on while more are wanted."""
        first = int(search.levels[0])
        if self._ends.start is not None:
            yield self._looked_at(search, self._mark_start, 0, first, last_step=False)
        start = 0
        while True:
            end = min(search.count, start + CHUNK)
            if start < end:
                yield self._looked_at(search, self._mark, start, end, last_step=self._ends.state is None)
                start = end
            elif search.finished:
                return
            else:
                search.advance(clock)

    def _looked_at(self, search: Exploration, mark: Marker, start: int, end: int, *, last_step: bool) -> Marks:
        numbers = np.empty(end - start, dtype=np.int32)
        mark(search.states.ctypes.data, start, end, numbers.ctypes.data)
        places = np.flatnonzero(numbers)
        labels = numbers[places].astype(np.int64) - 1 if last_step else np.full(len(places), -1)
        return Marks(places + start, labels)

    def _way_to(self, search: Exploration, position: int, clock: Clock) -> list[int]:
        """Return the labels of the shortest, least way to a state.

        In each level the first state with a step to the one wanted found it.
        """
        links = self._family.machinery(self._watch).links
        integer, address = ctypes.c_int64, ctypes.c_void_p
        find = links.function("find", [address, integer, integer, address, address], integer)
        states, levels = search.states, [0, *search.levels.tolist()]  # and a last level that may not be complete
        level = bisect_right(levels, position) - 1
        label, steps = ctypes.c_int32(), []
        for depth in range(level, 0, -1):
            clock.check()
            target = np.ascontiguousarray(states[position])
            place = (states.ctypes.data, levels[depth - 1], levels[depth], target.ctypes.data)
            position = int(find(*place, ctypes.addressof(label)))
            assert position >= 0, "a state was found by no other"
            steps.append(int(label.value))
        return steps[::-1]
