"""Linear temporal formulas, decided by the tableau of Lichtenstein and Pnueli (1985).

A run satisfies a formula if one can say of each of its points which subformulas hold there on, so that

* what is said of the point's instants is so;
* what is said of the next point fits: ``X p`` holds where p holds next, ``p U q`` where q holds, or p does and
  ``p U q`` holds next; the other operators are written with these two;
* no ``p U q`` is said to hold for ever while q never does.

A node is a point of the run with such a guess of what holds next. A point is a start, a step with its target, or a
state at rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

import networkx as nx
from tests.oracle.graph import Edge, Graph, State, World
from tests.oracle.runs import FairAction, Promises
from tests.oracle.temporal import speaks_of_time

from tunnelproof.model.language.expressions import Apply, Expr, Literal

TRUE = Literal(True)


class Point(NamedTuple):
    """A point of a run: a state with the step that led to it, or at rest for ever."""

    state: State
    edge: Edge | None
    rests: bool = False


class Node(NamedTuple):
    """A point, and which of the elementary formulas are guessed to hold from the next point on."""

    point: Point
    guess: tuple[bool, ...]


Said = tuple[bool, ...]


class Tableau:
    """All ways to say of the points of a graph which subformulas hold."""

    def __init__(self, formula: Expr, world: World, graph: Graph, promised: Promises) -> None:
        self._formula, self._world, self._graph, self._promised = _plain(formula), world, graph, promised
        self._elementary = list(dict.fromkeys(_elementary(self._formula)))
        self._nodes: dict[Point, dict[Said, list[Node]]] = {}  # of a point, by what they say of the elementary formulas

    def is_satisfied(self) -> bool:
        """Say whether some fair run satisfies the formula."""
        nodes, steps = self._reached()
        resting = [s for s in steps if s.target.point.rests and s.source.point.rests]
        moving = [s for s in steps if not s.target.point.rests]
        return self._idles(resting) or self._goes_round(nodes, moving)

    def _idles(self, resting: Sequence[Step]) -> bool:
        """Say whether a run may rest for ever: its last state is the same, but not what is said of it."""
        return any(self._fulfils(component) for component in _components(resting))

    def _goes_round(self, nodes: Iterable[Node], moving: Sequence[Step]) -> bool:
        for steps in _components(moving):
            states = {s.source.point.state for s in steps}
            if not self._fulfils(steps):
                continue
            edges = [s.edge for s in steps if s.edge is not None]
            broken = next((p for p in self._promised.actions if not p.kept(self._graph, states, edges)), None)
            if isinstance(broken, FairAction):
                if not broken.strong:
                    continue  # and no smaller component keeps the promise
                quiet = {s for s in states if not any(broken.takes(e) for e in self._graph.leaving(s))}
                left = [s for s in steps if {s.source.point.state, s.target.point.state} <= quiet]
                if self._goes_round(nodes, left):
                    return True
                continue
            owed = next((o for o in self._promised.outcomes if not o.kept(self._graph, edges)), None)
            if owed is None:
                return True
            left = [s for s in steps if s.edge is None or not owed.occasion(self._graph, s.edge)]
            if self._goes_round(nodes, left):
                return True
        return False

    def _fulfils(self, steps: Sequence[Step]) -> bool:
        """Say whether no ``U`` is put off in all the nodes."""
        nodes = {s.source for s in steps}
        untils = [f for f in self._elementary if isinstance(f, Apply) and f.op == "U"]
        return all(any(not self._holds(u, n) or self._holds(u.args[1], n) for n in nodes) for u in untils)

    # --- the tableau -------------------------------------------------------------------------------------------------

    def _reached(self) -> tuple[set[Node], list[Step]]:
        starts = [n for s in self._graph.initial for n in self._all(Point(s, None)) if self._holds(self._formula, n)]
        found, steps = set(starts), []
        waiting = list(starts)
        while waiting:
            node = waiting.pop()
            for edge, point in self._next(node.point):
                for other in self._said(point).get(node.guess, ()):
                    steps.append(Step(node, edge, other))
                    if other not in found:
                        found.add(other)
                        waiting.append(other)
        return found, steps

    def _next(self, point: Point) -> list[tuple[Edge | None, Point]]:
        rest = (None, Point(point.state, None, True))
        if point.rests:
            return [rest]
        onward: list[tuple[Edge | None, Point]] = [(e, Point(e.target, e)) for e in self._graph.leaving(point.state)]
        return [*onward, rest] if self._promised.may_stop(self._graph, point.state) else onward

    def _all(self, point: Point) -> list[Node]:
        return [node for nodes in self._said(point).values() for node in nodes]

    def _said(self, point: Point) -> dict[Said, list[Node]]:
        """Return the point's nodes by what was guessed of this point, if it was right: ``X p`` guesses p."""
        if point not in self._nodes:
            known: dict[Said, list[Node]] = {}
            for guess in product((False, True), repeat=len(self._elementary)):
                node = Node(point, guess)
                said = tuple(self._holds(f.args[0] if f.op == "X" else f, node) for f in self._elementary)
                known.setdefault(said, []).append(node)
            self._nodes[point] = known
        return self._nodes[point]

    def _holds(self, formula: Expr, node: Node) -> bool:
        """Say whether the formula holds from the node's point on, if its guesses are right."""
        if not isinstance(formula, Apply) or not speaks_of_time(formula):
            return self._world.holds(formula, node.point.state, node.point.edge)
        match formula.op, formula.args:
            case "X", _:
                return node.guess[self._elementary.index(formula)]
            case "U", (left, right):
                later = node.guess[self._elementary.index(formula)]
                return self._holds(right, node) or (self._holds(left, node) and later)
            case "not", (part,):
                return not self._holds(part, node)
            case "or", parts:
                return any(self._holds(part, node) for part in parts)
            case _:
                raise AssertionError(formula.op)


class Step(NamedTuple):
    """One step of the tableau, by an edge of the graph or, at rest, by none."""

    source: Node
    edge: Edge | None
    target: Node


def _components(steps: Sequence[Step]) -> list[list[Step]]:
    """Return the steps inside each strongly connected component that has some."""
    graph = nx.DiGraph((s.source, s.target) for s in steps)
    number = {node: i for i, part in enumerate(nx.strongly_connected_components(graph)) for node in part}
    inside: dict[int, list[Step]] = {}
    for step in steps:
        if number[step.source] == number[step.target]:
            inside.setdefault(number[step.source], []).append(step)
    return list(inside.values())


def _plain(formula: Expr) -> Expr:
    """Write the formula with ``not``, ``or``, ``X`` and ``U`` alone, by the textbook's equations."""
    if not isinstance(formula, Apply) or not speaks_of_time(formula):
        return formula
    args = [_plain(arg) for arg in formula.args]
    no = [Apply("not", (arg,)) for arg in args]
    match formula.op:
        case "F":
            return Apply("U", (TRUE, args[0]))
        case "G":
            return Apply("not", (Apply("U", (TRUE, no[0])),))
        case "R":
            return Apply("not", (Apply("U", (no[0], no[1])),))
        case "W":
            until, never = Apply("U", tuple(args)), Apply("U", (TRUE, no[0]))
            return Apply("or", (until, Apply("not", (never,))))
        case "and":
            return Apply("not", (Apply("or", tuple(no)),))
        case "implies":
            return Apply("or", (no[0], args[1]))
        case op:
            return Apply(op, tuple(args))


def _elementary(formula: Expr) -> list[Apply]:
    if not isinstance(formula, Apply) or not speaks_of_time(formula):
        return []
    own = [formula] if formula.op in ("X", "U") else []
    return own + [found for arg in formula.args for found in _elementary(arg)]
