"""Goals in a state graph: which edges and nodes meet which goal."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tunnelproof.conformance.testgen.classes import Classes, rules_read
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.points import Formulas
from tunnelproof.evidence.rows import Codes, Numbers
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Values
from tunnelproof.semantics.tabulate import Interpreter


class Criterion(enum.StrEnum):
    """What a suite should do."""

    ACTIONS = "actions"  # every action, with every choice of parameters and every outcome
    TRANSITIONS = "transitions"  # every step in every state
    CLAIMS = "claims"  # what each claim speaks of, and its boundary
    COUNTEREXAMPLES = "counterexamples"  # what refutes a claim
    GOALS = "goals"  # nothing but the goals given


@dataclass(frozen=True)
class Goal:
    """Something that some test should do: take the ``step`` in a state where ``when`` holds, or come to such a state.

    ``when`` may read variables, configuration variables and derived names.
    """

    name: str
    step: Step | None = None
    when: Expr = TRUE


SIGHTS = 1 << 20  # a goal's number is its first part times this and what is seen after it
Given = Mapping[str, Value]


@dataclass(frozen=True, eq=False)
class Piece:
    """What is reachable in one configuration, and the goals: pairs of an edge (a node) and the number of a goal."""

    configuration: Values
    states: Codes
    starts: Sequence[int]
    sources: Numbers
    targets: Numbers
    labels: Numbers
    edges: tuple[Numbers, Numbers]
    nodes: tuple[Numbers, Numbers]

    @property
    def goals(self) -> Numbers:
        """The goals that can be met here, ascending."""
        return np.unique(np.concatenate([self.edges[1], self.nodes[1]]))


@dataclass(frozen=True, eq=False)
class Sighting:
    """The goals that can be met in one configuration, by their two parts; ``near`` in as few steps as a test may have.

    A goal may stand there more than once.
    """

    configuration: Values
    first: Numbers
    sight: Numbers
    near: Mask


class GoalFinder:
    """Finds the goals of a criterion in graphs of one system. The goals given beside it have the first numbers.

    With ``each``, what is done in one configuration counts for that one alone: a goal's number then means something
    only beside the configuration.
    """

    def __init__(
        self, system: System, criterion: Criterion, goals: Sequence[Goal], each: bool, longest: int | None
    ) -> None:
        self.system, self.criterion, self.goals, self.each = system, criterion, tuple(goals), each
        self.taken_in = np.zeros(len(system.steps), dtype=np.int64)  # by label: configurations in which it can be taken
        self._longest = longest
        self._classes = Classes(system)
        self._firsts: dict[int, int] = {}

    @property
    def reads(self) -> frozenset[str]:
        """The names that decide which goals there are, apart from what is seen after a step."""
        goals = (goal.when for goal in self.goals)
        return rules_read(self.system).union(*map(self.system.reads, goals))

    def number(self, given: int) -> int:
        """Return the number of a goal that was given."""
        return given * SIGHTS

    def sightings(
        self, graph: StateGraph, longer: Mapping[Values, Sequence[tuple[Values, Given]]]
    ) -> Iterator[Sighting]:
        """Yield the goals in each configuration asked about that is one of the graph's, ``longer`` by some values."""
        at, first, nodes, node_goals = self._goals(graph)
        depth = self._depths(graph)
        near = np.ones(len(graph), dtype=bool) if self._longest is None else (depth >= 0) & (depth < self._longest)
        near_nodes = near if self._longest is None else (depth >= 0) & (depth <= self._longest)
        rows, edges, found, found_nodes = self._bounds(graph, at, nodes)
        sights: dict[tuple[Value, ...], Numbers] = {}
        seen = self.criterion is Criterion.TRANSITIONS and not self.each
        ordinary = first >= len(self.goals)
        self._note_taken(graph, rows, edges)
        for i, configuration in enumerate(graph.grouping.configurations):
            mine, mine_nodes = slice(found[i], found[i + 1]), slice(found_nodes[i], found_nodes[i + 1])
            firsts = np.concatenate([first[mine], node_goals[mine_nodes]])
            nearer = np.concatenate([near[graph.sources[at[mine]]], near_nodes[nodes[mine_nodes]]])
            for row, fixed in longer[configuration]:
                sight = np.zeros(len(firsts), dtype=np.int64)
                if seen:
                    key = tuple(fixed.values())
                    if key not in sights:
                        sights[key] = self._classes.sights(graph, fixed)
                    count = mine.stop - mine.start
                    sight[:count] = np.where(ordinary[mine], sights[key][graph.targets[at[mine]]], 0)
                yield Sighting(row, firsts, sight, nearer)

    def pieces(self, graph: StateGraph) -> Iterator[Piece]:
        """Yield the configurations of a graph of the whole system, in order."""
        at, first, nodes, node_goals = self._goals(graph)
        keys = first * SIGHTS
        if self.criterion is Criterion.TRANSITIONS and not self.each:
            sight = self._classes.sights(graph, {})
            keys = keys + np.where(first >= len(self.goals), sight[graph.targets[at]], 0)
        rows, edges, found, found_nodes = self._bounds(graph, at, nodes)
        rigid = graph.layout.rigid
        for i, configuration in enumerate(graph.grouping.configurations):
            low, high = rows[i], rows[i + 1]
            span = slice(edges[i], edges[i + 1])
            mine, mine_nodes = slice(found[i], found[i + 1]), slice(found_nodes[i], found_nodes[i + 1])
            yield Piece(
                configuration,
                graph.rows[low:high, rigid:],
                np.flatnonzero(graph.initial[low:high]).tolist(),
                graph.sources[span] - low,
                graph.targets[span] - low,
                graph.labels[span].astype(np.int64),
                (at[mine] - edges[i], keys[mine]),
                (nodes[mine_nodes] - low, node_goals[mine_nodes] * SIGHTS),
            )

    def note_taken(self, graph: StateGraph) -> None:
        """Count in which configurations each step can be taken."""
        rows = np.searchsorted(graph.grouping.of_row, np.arange(len(graph.grouping.codes) + 1))
        self._note_taken(graph, rows, np.searchsorted(graph.sources, rows))

    def _note_taken(self, graph: StateGraph, rows: Numbers, edges: Numbers) -> None:
        reached = graph.reached[graph.sources]
        for i in range(len(rows) - 1):
            span = slice(edges[i], edges[i + 1])
            self.taken_in += np.bincount(graph.labels[span][reached[span]], minlength=len(self.taken_in)) > 0

    def _bounds(self, graph: StateGraph, at: Numbers, nodes: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return where each configuration's nodes, edges, edges' goals and nodes' goals begin."""
        rows = np.searchsorted(graph.grouping.of_row, np.arange(len(graph.grouping.codes) + 1))
        edges = np.searchsorted(graph.sources, rows)
        return rows, edges, np.searchsorted(at, edges), np.searchsorted(nodes, rows)

    def _goals(self, graph: StateGraph) -> tuple[Numbers, Numbers, Numbers, Numbers]:
        """Return edges and the first parts of goals that they meet, and nodes likewise; in order, what is reachable."""
        reached = np.flatnonzero(graph.reached[graph.sources])
        found: list[tuple[Numbers, Numbers]] = []
        if self.criterion in (Criterion.ACTIONS, Criterion.TRANSITIONS):
            found.append((reached, self._first_parts(graph)[reached] + len(self.goals)))
        nodes: list[tuple[Numbers, Numbers]] = []
        formulas = Formulas(graph, Interpreter(graph.system)) if self.goals else None
        for number, goal in enumerate(self.goals):
            assert formulas is not None
            met = formulas.states(goal.when) & graph.reached
            if goal.step is None:
                here = np.flatnonzero(met)
                nodes.append((here, np.full(len(here), number)))
            else:
                labels = [label for label, step in enumerate(graph.steps) if step == goal.step]
                right = reached[np.isin(graph.labels[reached], labels) & met[graph.sources[reached]]]
                found.append((right, np.full(len(right), number)))
        return *_joined(found), *_joined(nodes)

    def _first_parts(self, graph: StateGraph) -> Numbers:
        if self.each:
            actions = self.criterion is Criterion.ACTIONS
            return graph.labels.astype(np.int64) if actions else np.arange(len(graph.labels))
        if self.criterion is Criterion.ACTIONS:
            return self._classes.steps(graph)
        keys, place = np.unique(self._classes.steps_in_states(graph), return_inverse=True)
        known = self._firsts
        numbers = [known.setdefault(key, len(known)) for key in keys.tolist()]
        return np.array(numbers, dtype=np.int64)[place.reshape(-1)]

    def _depths(self, graph: StateGraph) -> Numbers:
        """Return how far each node is from the start, as far as a test may go; -1 beyond."""
        found = np.where(graph.initial, 0, -1).astype(np.int64)
        for depth in range(1, (self._longest or 0) + 1):
            new = graph.targets[(found[graph.sources] == depth - 1) & (found[graph.targets] < 0)]
            if not len(new):
                break
            found[new] = depth
        return found


class Known:
    """Which goals have been met."""

    def __init__(self) -> None:
        self._table = np.zeros((1 << 10, 1), dtype=bool)

    def __len__(self) -> int:
        return int(self._table.sum())

    def fresh(self, first: Numbers, sight: Numbers) -> Numbers:
        """Return the numbers, each once and ascending, of the goals that are not known."""
        self._make_room(int(first.max(initial=0)), int(sight.max(initial=0)))
        new = ~self._table[first, sight]
        return np.unique(first[new] * SIGHTS + sight[new])

    def add(self, goals: Numbers) -> None:
        """Note the goals with these numbers."""
        first, sight = np.divmod(goals, SIGHTS)
        self._make_room(int(first.max(initial=0)), int(sight.max(initial=0)))
        self._table[first, sight] = True

    def goals(self) -> Numbers:
        """Return the numbers of all known goals, ascending."""
        first, sight = np.nonzero(self._table)
        return first * SIGHTS + sight

    def _make_room(self, first: int, sight: int) -> None:
        height, width = self._table.shape
        if first < height and sight < width:
            return
        grown = np.zeros(
            (1 << max(first, height - 1).bit_length(), 1 << max(sight, width - 1).bit_length()), dtype=bool
        )
        grown[:height, :width] = self._table
        self._table = grown


def _joined(found: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at, keys = (np.concatenate(parts).astype(np.int64) for parts in zip(*found, strict=True))
    order = np.argsort(at, kind="stable") if len(found) > 1 else slice(None)
    return at[order], keys[order]
