"""The arena of a game: a state graph whose steps are the player's or the environment's.

In each state the environment takes one of its steps or yields; on a yield the player takes one of his moves or waits.
How a move turns out is the environment's choice. A `quick` player has his turn in each new state before the environment
has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import LimitReached, Limits, Progress
from tunnelproof.evidence.certificate import Values
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Numbers, Places
from tunnelproof.evidence.verdict import Reason
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.properties.claims import Recurrence
from tunnelproof.properties.fairness import FairAction, constraints_of
from tunnelproof.properties.procedures import Move

WAIT, FREE = -1, -2  # of a decision: to wait; not decided yet


@dataclass(frozen=True, eq=False)
class Duty:
    """A promise of the environment: the edges that keep it and the nodes that have one; strong or weak."""

    name: str
    tails: Places
    heads: Places
    enabled: Mask
    strong: bool


@dataclass(frozen=True, eq=False)
class Group:
    """The player's moves, one per node and move: where from, which, its price; the edges of its outcomes."""

    sources: Numbers
    moves: Numbers
    prices: Numbers
    of_edge: Numbers
    targets: Places


class Arena:
    """A graph with the steps of ``player`` told apart from all others."""

    def __init__(self, graph: StateGraph, player: str, quick: bool = False) -> None:
        self.graph, self.player, self.quick = graph, player, quick
        system = graph.system
        actor = {a.name: a.actor for a in system.actions}
        mine = np.array([actor[step.action] == player for step in graph.steps], dtype=bool)
        own = mine[graph.labels] if len(graph.labels) else np.zeros(0, dtype=bool)
        self.tails, self.heads, self.labels = graph.sources[~own], graph.targets[~own], graph.labels[~own]
        self.moves = tuple(
            dict.fromkeys(Move(s.action, s.parameters) for s, m in zip(graph.steps, mine, strict=True) if m)
        )
        self.group = self._grouped(own)
        self.duties = self._duties(system)

    def __len__(self) -> int:
        return len(self.graph)

    def _grouped(self, own: Mask) -> Group:
        graph, system = self.graph, self.graph.system
        number = {move: i for i, move in enumerate(self.moves)}
        of_label = np.array([number.get(Move(s.action, s.parameters), -1) for s in graph.steps], dtype=np.int64)
        count = max(1, len(self.moves))
        keys = graph.sources[own].astype(np.int64) * count + of_label[graph.labels[own]]
        distinct, of_edge = np.unique(keys, return_inverse=True)
        price = np.array([system.action_named[move.action].price for move in self.moves] or [0], dtype=np.int64)
        moves = distinct % count
        return Group(distinct // count, moves, price[moves], of_edge.astype(np.int64), graph.targets[own])

    def _duties(self, system: System) -> tuple[Duty, ...]:
        found = []
        actor = {a.name: a.actor for a in system.actions}
        for constraint in constraints_of(system, Recurrence(id="game", sentence="", point=TRUE)):
            if not isinstance(constraint, FairAction):
                continue  # which outcome comes is taken to be the environment's choice
            if actor[system.steps[min(constraint.labels)].action] == self.player:
                continue  # what the player promises elsewhere does not bind him here
            keeps = np.isin(self.labels, sorted(constraint.labels))
            enabled = np.zeros(len(self), dtype=bool)
            enabled[self.tails[keeps]] = True
            if enabled.any():
                found.append(Duty(constraint.name, self.tails[keeps], self.heads[keeps], enabled, constraint.strong))
        return tuple(found)

    @cached_property
    def nowhere(self) -> Mask:
        """No node."""
        return np.zeros(len(self), dtype=bool)

    def surely(self, inside: Mask) -> Mask:
        """Return which of the player's moves lead into the nodes, however they turn out."""
        bad = np.zeros(len(self.group.sources), dtype=bool)
        bad[self.group.of_edge[~inside[self.group.targets]]] = True
        return ~bad

    def leaving(self, inside: Mask) -> Mask:
        """Return the nodes from which a step of the environment leads out of the nodes."""
        found = np.zeros(len(self), dtype=bool)
        found[self.tails[~inside[self.heads]]] = True
        return found

    def part(self, nodes: Mask) -> Arena:
        """Return the arena on these nodes alone; no step may lead out of them."""
        graph = self.graph
        place = np.cumsum(nodes) - 1
        edges = nodes[graph.sources]
        sources, targets = place[graph.sources[edges]], place[graph.targets[edges]]
        assert nodes[graph.targets[edges]].all(), "a step leads out of the part"
        smaller = StateGraph(
            graph.system, graph.rows[nodes], graph.initial[nodes], sources, targets, graph.labels[edges]
        )
        return Arena(smaller, self.player, self.quick)


def explored(system: System, configurations: Sequence[Values], limits: Limits, progress: Progress) -> StateGraph:
    """Return the graph of what is reachable in the configurations. Raises `LimitReached` beyond ``limits.states``."""
    from tunnelproof.engines.explicit.family import Family  # loads a compiler

    clock, family = Clock(limits, progress), Family(system, tuple(configurations))
    search = family.search()
    while not search.finished and search.count <= limits.states:
        search.advance(clock)
    if search.count > limits.states:
        raise LimitReached(
            Reason.LIMIT, f"more than {limits.states} pairs of a configuration and a state are reachable"
        )
    return family.graph(clock)


def promised(system: System, player: str, kind: Fairness | None = None) -> tuple[str, ...]:
    """Return the environment's actions that are fair, or fair in this way."""
    return tuple(
        a.name
        for a in system.actions
        if a.actor != player and a.fairness is not Fairness.NONE and kind in (None, a.fairness)
    )
