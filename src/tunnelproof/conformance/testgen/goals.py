"""Goals in a state graph: which edges and nodes meet which goal."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tunnelproof.conformance.testgen.classes import Classes
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.points import Formulas
from tunnelproof.evidence.rows import Codes, Numbers
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


class GoalFinder:
    """Finds the goals of a criterion in graphs of one system. Goals given beside it have negative numbers.

    With ``each``, what is done in one configuration counts for that one alone: a goal's number then means something
    only beside the configuration.
    """

    def __init__(self, system: System, criterion: Criterion, goals: Sequence[Goal], each: bool) -> None:
        self.criterion, self.goals, self.each = criterion, tuple(goals), each
        self.taken_in = np.zeros(len(system.steps), dtype=np.int64)  # by label: configurations in which it can be taken
        self._classes = Classes(system)
        self._interpreter = Interpreter(system)

    def pieces(self, graph: StateGraph) -> Iterator[Piece]:
        """Yield the configurations of the graph, in order."""
        at, keys = self._edge_goals(graph)
        nodes, node_keys = self._node_goals(graph)
        count = len(graph.grouping.codes)
        rows = np.searchsorted(graph.grouping.of_row, np.arange(count + 1))
        edges = np.searchsorted(graph.sources, rows)
        found, found_nodes = np.searchsorted(at, edges), np.searchsorted(nodes, rows)
        rigid = graph.layout.rigid
        for i, configuration in enumerate(graph.grouping.configurations):
            low, high = rows[i], rows[i + 1]
            span = slice(edges[i], edges[i + 1])
            labels = graph.labels[span]
            reached = graph.reached[graph.sources[span]]
            self.taken_in[np.unique(labels[reached])] += 1
            mine, mine_nodes = slice(found[i], found[i + 1]), slice(found_nodes[i], found_nodes[i + 1])
            yield Piece(
                configuration,
                graph.rows[low:high, rigid:],
                np.flatnonzero(graph.initial[low:high]).tolist(),
                graph.sources[span] - low,
                graph.targets[span] - low,
                labels.astype(np.int64),
                (at[mine] - edges[i], keys[mine]),
                (nodes[mine_nodes] - low, node_keys[mine_nodes]),
            )

    def _edge_goals(self, graph: StateGraph) -> tuple[Numbers, Numbers]:
        """Return pairs of a reachable edge and a goal, in the order of the edges."""
        reached = np.flatnonzero(graph.reached[graph.sources])
        found: list[tuple[Numbers, Numbers]] = []
        if self.criterion in (Criterion.ACTIONS, Criterion.TRANSITIONS):
            found.append((reached, self._keys(graph)[reached]))
        formulas = Formulas(graph, self._interpreter)
        label_of = {step: i for i, step in enumerate(graph.steps)}
        for number, goal in enumerate(self.goals):
            if goal.step is not None:
                right = graph.labels[reached] == label_of.get(goal.step, -1)
                right &= formulas.states(goal.when)[graph.sources[reached]]
                found.append((reached[right], np.full(int(right.sum()), -1 - number)))
        return _joined(found)

    def _keys(self, graph: StateGraph) -> Numbers:
        if self.each:
            actions = self.criterion is Criterion.ACTIONS
            return graph.labels.astype(np.int64) if actions else np.arange(len(graph.labels))
        if self.criterion is Criterion.ACTIONS:
            return self._classes.steps(graph)
        return self._classes.transitions(graph)

    def _node_goals(self, graph: StateGraph) -> tuple[Numbers, Numbers]:
        formulas = Formulas(graph, self._interpreter)
        found: list[tuple[Numbers, Numbers]] = []
        for number, goal in enumerate(self.goals):
            if goal.step is None:
                met = np.flatnonzero(formulas.states(goal.when) & graph.reached)
                found.append((met, np.full(len(met), -1 - number)))
        return _joined(found)


def _joined(found: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at, keys = (np.concatenate(parts).astype(np.int64) for parts in zip(*found, strict=True))
    order = np.argsort(at, kind="stable") if len(found) > 1 else slice(None)
    return at[order], keys[order]
