"""The exact set of pairs of a configuration and a state that fit what a log has said so far.

Before each event the set grows by the steps that happen without one; then the event is applied. Sets are kept and
numbered, and what an event makes of a set is remembered: the sets of long logs recur.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from tunnelproof.conformance.logs.pairs import NO_PAIRS, Numbers, Pairs, Relation, TooManyPairs
from tunnelproof.conformance.logs.reading import STARTS, Meaning, Understanding
from tunnelproof.errors import ModelError
from tunnelproof.family.listing import Codes
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Apply, Expr, Read, Taken, conjoin, disjoin
from tunnelproof.model.language.ranges import unsafe_assignments
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Reachable
from tunnelproof.semantics.cone import slice_for, unsliced
from tunnelproof.semantics.step import Values, initial_states

EMPTY = 0  # the number of the set without a pair
_MOST_MEMBERS = 2**24  # in all sets that are kept; beyond it, they are forgotten
_MOST_CHANGES = 500_000  # what events make of sets that is remembered
_AT_ONCE = 64  # sets of the greatest size that one moment may need


class Tracker:
    """Sets of pairs by number, and what events make of them."""

    def __init__(self, understanding: Understanding, space: ConfigurationSpace, limit: int) -> None:
        """Find the pairs in which a log may begin. Raises `TooManyPairs`."""
        whole = understanding.system
        self.space = space
        self.system = relevant_part(whole, understanding)
        kept = {step: number for number, step in enumerate(whole.steps)}
        self._step_of = {kept[step]: step for step in self.system.steps}
        self._silent_steps = [step for step in self.system.steps if kept[step] in understanding.silent]
        self._limit = limit
        self._begin()
        starts = np.unique(self._pairs.number(_start_rows(self.system, space, limit)))
        if understanding.reading.start != STARTS[0]:
            starts = Relation(self._pairs, self.system.steps).closure(starts)
        self.start = starts
        self._forget()

    def first(self) -> int:
        """Return the number of the set in which a log begins."""
        return self._number(self.start)

    def after(self, before: int, meaning: Meaning) -> int:
        """Return the number of the set after an event that follows the set."""
        known = self._changes.get((before, meaning))
        if known is None:
            known = self._number(self._applied(self.before(before), meaning))
            self._changes[before, meaning] = known
        return known

    def settled(self, number: int) -> int:
        """Return the set's number from now on: where many sets are kept, all others are forgotten."""
        if self._size <= _MOST_MEMBERS and len(self._changes) <= _MOST_CHANGES:
            return number
        return self._forget_all_but(self._sets[number])

    def compacted(self, number: int) -> int:
        """Return the set's number from now on: all pairs that are not in it are forgotten.

        Raises `TooManyPairs` if these are few.
        """
        numbers = self._sets[number]
        if 2 * len(numbers) > len(self._pairs):
            raise TooManyPairs
        rows = self._pairs.rows(numbers)
        self._begin()
        return self._forget_all_but(np.unique(self._pairs.number(rows)))

    def union(self, sets: Sequence[int]) -> int:
        """Return the number of the set that has the pairs of all of them."""
        if len(set(sets)) == 1:
            return sets[0]
        return self._number(np.unique(np.concatenate([self._sets[number] for number in sets])))

    def members(self, number: int) -> Numbers:
        """Return the pairs in a set."""
        return self._sets[number]

    def before(self, number: int) -> Numbers:
        """Return the pairs in which the next event may happen: the set, and what leads on from it without an event."""
        return self._silent.closure(self._sets[number])

    def pair(self, number: int) -> tuple[Values, Values]:
        """Return the configuration and the state of a pair."""
        return self._pairs.values(number)

    def rows(self, numbers: Numbers) -> Codes:
        """Return the codes of the pairs."""
        return self._pairs.rows(numbers)

    def _applied(self, numbers: Numbers, meaning: Meaning) -> Numbers:
        found = NO_PAIRS
        if meaning.steps:
            _, targets = self._pairs.targets(numbers, [self._step_of[step] for step in meaning.steps])
            found = self._pairs.showing(np.unique(targets), meaning.seen)
        if not meaning.steps or meaning.repeats:
            found = np.union1d(found, self._pairs.showing(numbers, meaning.seen)).astype(np.int32)
        return found

    def _number(self, numbers: Numbers) -> int:
        if not len(numbers):
            return EMPTY
        key = numbers.tobytes()
        if key not in self._number_of:
            self._number_of[key] = len(self._sets)
            self._sets.append(numbers)
            self._size += len(numbers)
            if self._size > _MOST_MEMBERS + self._pairs.limit * _AT_ONCE:
                raise TooManyPairs
        return self._number_of[key]

    def _begin(self) -> None:
        """Number pairs from 0 on."""
        self._pairs = Pairs(self.system, self._limit)
        self._silent = Relation(self._pairs, self._silent_steps)

    def _forget_all_but(self, numbers: Numbers) -> int:
        self._forget()
        return self._number(numbers)

    def _forget(self) -> None:
        self._sets: list[Numbers] = [NO_PAIRS]
        self._number_of: dict[bytes, int] = {}
        self._changes: dict[tuple[int, Meaning], int] = {}
        self._size = 0


def relevant_part(system: System, understanding: Understanding) -> System:
    """Return the system without what no event of a log can have to do with, neither by a step nor by what is seen.

    What is left out has no effect on the rest; but a step whose assignment may leave a domain exists only where none
    does, so then nothing is left out.
    """
    taken = [Taken(action.name) for action in system.actions if action.name in understanding.actions]
    seen = [Apply("=", (Read(name), Read(name))) for name in sorted(understanding.observed)]
    parts: list[Expr] = [*([disjoin(taken)] if taken else []), *seen]
    about = Reachable(id="log.relevant", sentence="What a log may speak of.", point=conjoin(parts))
    return unsliced(system, about) if unsafe_assignments(system) else slice_for(system, about)


def _start_rows(system: System, space: ConfigurationSpace, limit: int) -> Codes:
    """Return the codes of the configurations asked about with their initial states."""
    names = tuple(v.name for v in system.configuration)
    if space.combinations(names) > limit:
        raise TooManyPairs
    listing = space.listing(names)
    read = [place for place, name in enumerate(names) if name in system.read_at_start]
    codes = [{value: code for code, value in enumerate(v.domain.values)} for v in system.variables]
    known: dict[tuple[Value, ...], Codes] = {}
    found, count = [], 0
    for row, values in zip(listing.codes, listing.rows, strict=True):
        key = tuple([values[place] for place in read])
        if key not in known:
            if prod(len(v.domain.values) for v in system.variables if v.start is None) > limit:
                raise TooManyPairs
            states = initial_states(system, values)
            if not states:
                shown = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
                message = f"there is no initial state in {shown or 'any configuration'}"
                raise ModelError("TP140", message, hint="see the start values and the initial formulas")
            known[key] = np.array([[c[v] for c, v in zip(codes, s, strict=True)] for s in states], dtype=np.int32)
        count += len(known[key])
        if count > limit:
            raise TooManyPairs
        found.append(np.hstack([np.tile(row, (len(known[key]), 1)), known[key]]))
    return np.concatenate(found).astype(np.int32)
