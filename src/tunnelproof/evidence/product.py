"""The product of a state graph with the automaton of a linear formula: what the runs that satisfy it look like.

A node is a node of the state graph together with a state of the automaton that has read the point there. Where the
automaton cannot go on, the steps lead to a *sink*, of which each configuration has one: so an action is enabled at a
node of the product just where it is in the state graph. No run that satisfies the formula goes through a sink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tunnelproof.evidence.automaton import Automaton, Move
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.points import Formulas, Points
from tunnelproof.evidence.rows import Numbers, Places
from tunnelproof.evidence.verdict import Reason, Undecided
from tunnelproof.model.language.expressions import Expr

MOST_EDGES = 1 << 27  # of a product: some twenty bytes each, sorted


@dataclass(frozen=True, eq=False)
class Product:
    """``graph`` has for each node a row of the state graph, that of the node in ``base``: rows come several times over.

    ``alive`` are the nodes that are no sinks, ``resting`` those at which a run that stops satisfies the formula,
    ``kept`` for each promise of the automaton the edges that do not put it off.
    """

    graph: StateGraph
    base: Numbers
    alive: Mask
    resting: Mask
    kept: tuple[Mask, ...]


def product_of(formulas: Formulas, formula: Expr, live: Mask) -> Product:
    """Return the product of the state graph, of whose edges only the ``live`` ones count, with the formula's
    automaton. Raises `Undecided` if it becomes too large.
    """
    return _Building(formulas, formula, live).built()


class _Building:
    """One product while it is being made. A *key* stands for a pair: of a node and a state of the automaton."""

    def __init__(self, formulas: Formulas, formula: Expr, live: Mask) -> None:
        self._base = formulas.graph
        self._automaton = Automaton(formula)
        points = [formulas.points(instant) for instant in self._automaton.instants]
        self._letters = _letters(points, len(self._base), len(live))
        self._edges = _by_letter(self._letters.edges, live)
        self._reached: list[Mask] = []  # by state of the automaton: the nodes at which it can be in it

    def built(self) -> Product:
        base = self._base
        initial = self._start()
        self._spread()
        states = len(self._reached)
        nodes = [np.flatnonzero(mask) for mask in self._reached]
        of_last = np.searchsorted(base.grouping.of_row, np.arange(len(base.grouping.codes)), side="right") - 1
        sinks = of_last * (states + 1) + states
        pairs = [at * (states + 1) + state for state, at in enumerate(nodes)]
        keys = np.sort(np.concatenate([*pairs, sinks]))
        of_key, alive = keys // (states + 1), keys % (states + 1) < states
        sources, targets, labels, put_off = self._moved(keys, states, sinks)
        start = np.zeros(len(keys), dtype=bool)
        start[np.searchsorted(keys, [node * (states + 1) + state for node, state in initial])] = True
        graph = StateGraph(base.system, base.rows[of_key], start, sources, targets, labels)
        kept = tuple(~put_off[:, i] & alive[targets] for i in range(len(self._automaton.promises)))
        return Product(graph, of_key, alive, self._resting(keys, states), kept)

    def _start(self) -> list[tuple[int, int]]:
        """Read the first points; return the pairs at which runs begin."""
        found = []
        for node in np.flatnonzero(self._base.initial).tolist():
            for move in self._automaton.moves(0, int(self._letters.still[node])):
                self._nodes_of(move.state)[node] = True
                found.append((node, move.state))
        return found

    def _nodes_of(self, state: int) -> Mask:
        while len(self._reached) <= state:
            self._reached.append(np.zeros(len(self._base), dtype=bool))
        return self._reached[state]

    def _spread(self) -> None:
        """Follow the edges, state by state of the automaton, until nothing new is reached."""
        base = self._base
        fresh = {state: mask.copy() for state, mask in enumerate(self._reached) if mask.any()}
        while fresh:
            state, nodes = fresh.popitem()
            for letter, edges in self._edges:
                heads = base.targets[edges[nodes[base.sources[edges]]]]
                if not len(heads):
                    continue
                for move in self._automaton.moves(state, letter):
                    known = self._nodes_of(move.state)
                    new = heads[~known[heads]]
                    if len(new):
                        known[new] = True
                        fresh.setdefault(move.state, np.zeros(len(base), dtype=bool))[new] = True

    def _moved(self, keys: Numbers, states: int, sinks: Numbers) -> tuple[Places, Places, Places, Mask]:
        """Return the edges between the pairs, sorted by source, then label, and which promises each puts off."""
        base, promises = self._base, self._automaton.promises
        parts: list[tuple[Numbers, Numbers, Places, Mask]] = []
        count = 0
        for state, nodes in enumerate(self._reached):
            for letter, edges in self._edges:
                taken = edges[nodes[base.sources[edges]]]
                if not len(taken):
                    continue  # and the automaton may know no way on from here
                sources, heads = base.sources[taken], base.targets[taken]
                own = np.searchsorted(keys, sources.astype(np.int64) * (states + 1) + state)
                moves = self._automaton.moves(state, letter) or (None,)
                count += len(taken) * len(moves)
                if count > MOST_EDGES:
                    raise Undecided(Reason.LIMIT, f"a product of states and automaton with over {MOST_EDGES:,} steps")
                for move in moves:
                    there = _there(move, heads, states, sinks[base.grouping.of_row[heads]])
                    off = np.array([move is not None and p in move.put_off for p in promises], dtype=bool)
                    put_off = np.broadcast_to(off, (len(taken), len(promises)))
                    parts.append((own, np.searchsorted(keys, there), base.labels[taken], put_off))
        if not parts:
            none = np.zeros(0, dtype=np.int32)
            return none, none, none, np.zeros((0, len(promises)), dtype=bool)
        sources, targets, labels, put_off = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((targets, labels, sources))
        narrow = [column[order].astype(np.int32) for column in (sources, targets, labels)]
        return narrow[0], narrow[1], narrow[2], put_off[order]

    def _resting(self, keys: Numbers, states: int) -> Mask:
        """Return the pairs from which the automaton accepts what a run reads that idles there for ever."""
        found = np.zeros(len(keys), dtype=bool)
        letters, state_of = self._letters.still[keys // (states + 1)], keys % (states + 1)
        for state, letter in np.unique(np.stack([state_of, letters], axis=1), axis=0).tolist():
            if state < states and self._automaton.accepts_for_ever(state, letter):
                found |= (state_of == state) & (letters == letter)
        return found


@dataclass(frozen=True, eq=False)
class _Letters:
    """The letter that is read at rest in each node, and at the target of each edge."""

    still: Numbers
    edges: Numbers


def _letters(points: Sequence[Points], nodes: int, edges: int) -> _Letters:
    still, moving = np.zeros(nodes, dtype=np.int64), np.zeros(edges, dtype=np.int64)
    for bit, point in enumerate(points):
        still |= point.still.astype(np.int64) << bit
        moving |= point.edges.astype(np.int64) << bit
    return _Letters(still, moving)


def _by_letter(letters: Numbers, live: Mask) -> list[tuple[int, Numbers]]:
    """Return the live edges by the letter that is read at their targets."""
    return [(letter, np.flatnonzero(live & (letters == letter))) for letter in np.unique(letters[live]).tolist()]


def _there(move: Move | None, heads: Places, states: int, sinks: Numbers) -> Numbers:
    """Return the keys to which a transition leads at the heads of edges: where there is none, those of the sinks."""
    return sinks if move is None else heads.astype(np.int64) * (states + 1) + move.state
