"""What counts as the same goal in several configurations.

Two configurations are *alike for a step* if they agree on every configuration variable that the step's rule reads
(guard, outcome's condition, effects, with derived names opened): the rule cannot tell them apart. Two transitions are
alike if their steps are, they start in the same state, and every derived name has the same value after them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.rows import Codes, Numbers, Places
from tunnelproof.model.language.system import System
from tunnelproof.semantics.tabulate import Table

_BITS_OF_STATE, _BITS_OF_SIGHT, _BITS_OF_STEP = 28, 14, 21  # 63 together: a class is one whole number
_LARGEST_KEY = 2**62


def names_read(system: System) -> frozenset[str]:
    """Return the variables and configuration variables that anything in the model reads, derived names opened."""
    formulas = (
        *system.initially,
        *(derived.definition for derived in system.derived),
        *(expr for action in system.actions for expr in action.expressions),
        *(expr for variable in system.variables for expr in variable.start or ()),
    )
    return frozenset().union(*map(system.reads, formulas))


class TooManyClasses(Exception):
    """There are more kinds of states, steps or observations than can be told apart."""


class Classes:
    """Numbers for steps and transitions, equal for those that are alike. They are kept from graph to graph."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._rigid = len(system.configuration)
        names = [v.name for v in system.configuration]
        self._reads: list[list[int]] = []
        known: dict[str, list[int]] = {}
        for step in system.steps:
            if step.action not in known:
                read = {name for e in system.action_named[step.action].expressions for name in system.reads(e)}
                known[step.action] = [i for i, name in enumerate(names) if name in read]
            self._reads.append(known[step.action])
        self._steps = _Numbering(_BITS_OF_STEP)
        self._states = _Numbering(_BITS_OF_STATE)
        self._sights = _Numbering(_BITS_OF_SIGHT)

    def steps(self, graph: StateGraph) -> Numbers:
        """Return for each edge the number of its step's class."""
        codes = graph.grouping.codes
        found = np.zeros((len(graph.steps), len(codes)), dtype=np.int64)
        for label, columns in enumerate(self._reads):
            unique, place = np.unique(codes[:, columns], axis=0, return_inverse=True)
            numbers = [self._steps.number((label, *row)) for row in unique.tolist()]
            found[label] = np.array(numbers, dtype=np.int64)[place.reshape(-1)]
        return found[graph.labels, graph.grouping.of_row[graph.sources]]

    def transitions(self, graph: StateGraph) -> Numbers:
        """Return for each edge the number of its class."""
        before = self._numbered_states(graph.rows[:, self._rigid :])[graph.sources]
        after = self._numbered_sights(graph)[graph.targets]
        key: Numbers = ((self.steps(graph) << _BITS_OF_STATE | before) << _BITS_OF_SIGHT) | after
        return key

    def _numbered_states(self, states: Codes) -> Numbers:
        sizes = [len(v.domain.values) for v in self.system.variables]
        first, place = _distinct([states[:, i] for i in range(states.shape[1])], sizes, len(states))
        numbers = [self._states.number(tuple(row)) for row in states[first].tolist()]
        return np.array(numbers, dtype=np.int64)[place]

    def _numbered_sights(self, graph: StateGraph) -> Numbers:
        """Number what the derived names show in each row."""
        table = Table(self.system, graph.rows)
        columns = [table.column(name) for name in self.system.definitions]
        sizes = [len(column.values) for column in columns]
        first, place = _distinct([column.codes for column in columns], sizes, len(graph))
        shown = [[column.values[i] for i in column.codes[first].tolist()] for column in columns]
        numbers = [
            self._sights.number(tuple((type(value), value) for value in values))
            for values in (zip(*shown, strict=True) if shown else [()] * len(first))
        ]
        return np.array(numbers, dtype=np.int64)[place]


class _Numbering:
    """A number for each key, in the order in which keys are met."""

    def __init__(self, bits: int) -> None:
        self._known: dict[Hashable, int] = {}
        self._most = 1 << bits

    def number(self, key: Hashable) -> int:
        """Return the key's number."""
        found = self._known.setdefault(key, len(self._known))
        if found >= self._most:
            raise TooManyClasses
        return found


def _distinct(columns: Sequence[Places], sizes: list[int], count: int) -> tuple[Numbers, Numbers]:
    """Return a row of each distinct combination of the columns' codes, and for each row the place of its own."""
    key = np.zeros(count, dtype=np.int64)
    room = 1
    for column, size in zip(columns, sizes, strict=True):
        if room * size >= _LARGEST_KEY:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            room = count
        key = key * size + column
        room *= size
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    return first.astype(np.int64), place.astype(np.int64)
