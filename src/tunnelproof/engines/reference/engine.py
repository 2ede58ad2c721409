"""Explores one state after the other with the interpreter: slow, obvious, and the oracle for the other engines.

A verdict found by this engine alone rests on the same interpreter as the judge's, and is marked so.
"""

from __future__ import annotations

import numpy as np

from tunnelproof.engines.analysis.decide import Analysis
from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import Finding, LimitReached, Limits, Progress, Question
from tunnelproof.engines.reference.memo import Steps
from tunnelproof.evidence.certificate import Values, Witness
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.rows import Layout, RowSet
from tunnelproof.evidence.verdict import Reason
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Tradeoff
from tunnelproof.semantics.step import initial_states
from tunnelproof.semantics.tabulate import Interpreter


class ReferenceEngine:
    """Decides every kind of claim on systems of some ten thousand states."""

    name = "reference"

    def __init__(self) -> None:
        self._graphs: dict[tuple[System, tuple[Values, ...]], StateGraph] = {}
        self._last: tuple[Question, Analysis] | None = None

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        return not isinstance(claim, Tradeoff)

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration."""
        return self._analysis(question, progress).finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return a shortest witness for one configuration."""
        return self._analysis(question, lambda _: None).witness(configuration)

    def _analysis(self, question: Question, progress: Progress) -> Analysis:
        if self._last is None or not self._last[0].asks_the_same_as(question):
            key = (question.system, question.configurations)
            if key not in self._graphs:
                self._graphs[key] = explore(question.system, question.configurations, question.limits, progress)
            graph = self._graphs[key]
            self._last = question, Analysis(graph, Interpreter(question.system), question.claim)
        return self._last[1]


def explore(system: System, configurations: tuple[Values, ...], limits: Limits, progress: Progress) -> StateGraph:
    """Return the graph of everything reachable in the configurations; raise `LimitReached` if it is too large."""
    layout = Layout(system)
    label_of = {step: i for i, step in enumerate(system.steps)}
    steps = Steps(system)
    rows: list[tuple[int, ...]] = []
    edges: list[tuple[int, int, int]] = []
    initial: list[int] = []
    clock = Clock(limits, progress)
    for configuration in configurations:
        number: dict[Values, int] = {}
        queue: list[Values] = []

        def seen(state: Values, number: dict[Values, int] = number, queue: list[Values] = queue) -> int:
            if state not in number:
                number[state] = len(rows) + len(queue)
                queue.append(state)
            return number[state]

        initial.extend(seen(state) for state in initial_states(system, configuration))
        for state in queue:  # the queue grows while it is read
            source = number[state]
            for step, after in steps.of(configuration, state):
                edges.append((source, label_of[step], seen(after)))
            _check_limits(len(rows) + len(queue), limits, clock)
        rows.extend(layout.encode(configuration, state) for state in queue)
    return _graph(system, layout, rows, edges, initial)


def _check_limits(states: int, limits: Limits, clock: Clock) -> None:
    if states > limits.states:
        raise LimitReached(Reason.LIMIT, f"more than {limits.states} states")
    if states % 256 == 0:
        clock.tell(f"{states} states")
        clock.check()


def _graph(
    system: System,
    layout: Layout,
    rows: list[tuple[int, ...]],
    edges: list[tuple[int, int, int]],
    initial: list[int],
) -> StateGraph:
    table = np.array(rows, dtype=np.int32).reshape(len(rows), len(layout.sizes))
    known = RowSet(table, layout.sizes)
    place = known.find(table)
    start = np.zeros(len(known), dtype=bool)
    start[place[initial]] = True
    found = np.array(edges, dtype=np.int64).reshape(-1, 3)
    sources, labels, targets = place[found[:, 0]], found[:, 1], place[found[:, 2]]
    order = np.lexsort((labels, sources))
    return StateGraph(system, known.rows, start, sources[order], targets[order], labels[order])
