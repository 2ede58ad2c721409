"""What counts as the same goal in several configurations.

Two configurations are *alike for a step* if they agree on every configuration variable that the step's rule reads
(guard, outcome's condition, effects, with derived names opened): the rule cannot tell them apart. Two transitions are
alike if their steps are, they start in the same state, and every derived name has the same value after them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.rows import Codes, Numbers, Places
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System
from tunnelproof.semantics.tabulate import Table

_LARGEST_KEY = 2**62


def names_read(system: System) -> frozenset[str]:
    """Return the variables and configuration variables that anything in the model reads, derived names opened."""
    return rules_read(system).union(*(system.reads(derived.definition) for derived in system.derived))


def rules_read(system: System) -> frozenset[str]:
    """Return those that decide what can happen: what starts and actions read."""
    formulas = (
        *system.initially,
        *(expr for action in system.actions for expr in action.expressions),
        *(expr for variable in system.variables for expr in variable.start or ()),
    )
    return frozenset().union(*map(system.reads, formulas))


class Classes:
    """Numbers for steps, transitions and observations, equal for those that are alike, from graph to graph.

    ``system`` is the whole one; graphs may be of it with fewer configuration variables, as long as rules read no other.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self._reads: dict[str, frozenset[str]] = {}
        for action in system.actions:
            self._reads[action.name] = frozenset().union(*map(system.reads, action.expressions))
        self._shown = frozenset().union(*(system.reads(derived.definition) for derived in system.derived))
        self._steps: dict[Hashable, int] = {}
        self._states: dict[Hashable, int] = {}
        self._sights: dict[Hashable, int] = {}

    def steps(self, graph: StateGraph) -> Numbers:
        """Return for each edge the number of its step's class."""
        codes, names = graph.grouping.codes, graph.layout.names[: graph.layout.rigid]
        found = np.zeros((len(graph.steps), len(codes)), dtype=np.int64)
        for label, step in enumerate(graph.steps):
            columns = [i for i, name in enumerate(names) if name in self._reads[step.action]]
            unique, place = np.unique(codes[:, columns], axis=0, return_inverse=True)
            numbers = [_numbered(self._steps, (label, *row)) for row in unique.tolist()]
            found[label] = np.array(numbers, dtype=np.int64)[place.reshape(-1)]
        return found[graph.labels, graph.grouping.of_row[graph.sources]]

    def steps_in_states(self, graph: StateGraph) -> Numbers:
        """Return for each edge a number of its step's class and the state before it together."""
        states = graph.rows[:, graph.layout.rigid :].T
        first, place = _distinct(states, graph.layout.sizes[graph.layout.rigid :], len(graph))
        numbers = [_numbered(self._states, tuple(state)) for state in states[:, first].T.tolist()]
        before = np.array(numbers, dtype=np.int64)[place]
        return self.steps(graph) << 32 | before[graph.sources]

    def sights(self, graph: StateGraph, fixed: Mapping[str, Value]) -> Numbers:
        """Return for each node a number of what the derived names show there.

        ``fixed`` gives those configuration variables a value that the graph does not have.
        """
        layout = graph.layout
        kept = [i for i, name in enumerate(layout.names) if name in self._shown]
        columns = [graph.rows[:, i] for i in kept]
        first, place = _distinct(columns, [layout.sizes[i] for i in kept], len(graph))
        domains = self.system.domains
        rows = np.empty((len(first), len(domains)), dtype=np.int32)
        for i, (name, domain) in enumerate(domains.items()):
            missing = name in fixed
            rows[:, i] = domain.values.index(fixed[name]) if missing else graph.rows[first, layout.column[name]]
        table = Table(self.system, rows)
        shown = [table.column(name) for name in self.system.definitions]
        few, where = _distinct([c.codes for c in shown], [len(c.values) for c in shown], len(first))
        values = [[column.values[i] for i in column.codes[few].tolist()] for column in shown]
        numbers = [
            _numbered(self._sights, tuple([(type(value), value) for value in seen]))
            for seen in (zip(*values, strict=True) if values else [()] * len(few))
        ]
        return np.array(numbers, dtype=np.int64)[where][place]


def _numbered(known: dict[Hashable, int], key: Hashable) -> int:
    """Return the key's number; numbers are given in the order in which keys are met."""
    return known.setdefault(key, len(known))


def _distinct(columns: Sequence[Places] | Codes, sizes: Sequence[int], count: int) -> tuple[Numbers, Numbers]:
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
