"""A short loop inside a fair component that meets every point and every fairness constraint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tunnelproof.engines.analysis.fair import Demand
from tunnelproof.engines.analysis.paths import Edge, OutEdges, shortest_path
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.properties.fairness import FairAction

_LARGEST_SEARCH = 50_000


def fair_loop(
    graph: StateGraph,
    out: OutEdges,
    inside: Mask,
    start: int,
    demands: Sequence[Demand],
    points: Sequence[Mask],
) -> list[Edge]:
    """Return the edges of a loop through ``start`` along ``inside``: the shortest if that is found soon, else a
    fair tour.
    """
    marks = _Marks(graph, inside, demands, points)

    def successors(place: tuple[int, int]) -> Iterable[tuple[Edge, tuple[int, int]]]:
        for edge in out(place[0]):
            if inside[edge]:
                yield edge, (int(graph.targets[edge]), marks.after(place[1], edge))

    # The search starts one edge in, so that coming back to the start is something that happens.
    first = [(int(graph.targets[e]), marks.after(0, e), e) for e in out(start) if inside[e]]
    origin = {(node, met): edge for node, met, edge in reversed(first)}
    found = shortest_path(
        [(node, met) for node, met, _ in first],
        successors,
        lambda place: place[0] == start and marks.fair(place[1]),
        limit=_LARGEST_SEARCH,
    )
    if found is None:
        return _tour(graph, out, inside, start, marks)
    path, end = found
    begin = _begin(graph, path, end, marks, origin)
    return [begin, *path]


def _begin(
    graph: StateGraph,
    path: list[Edge],
    end: tuple[int, int],
    marks: _Marks,
    origin: dict[tuple[int, int], Edge],
) -> Edge:
    """Return the first edge of the loop: the one that leads to where the path begins and explains what it met."""
    node = int(graph.sources[path[0]]) if path else end[0]
    for (target, met), edge in sorted(origin.items(), key=lambda item: item[1]):
        if target == node:
            reached = met
            for step in path:
                reached = marks.after(reached, step)
            if reached == end[1]:
                return edge
    raise AssertionError("a path begins nowhere")


def _tour(graph: StateGraph, out: OutEdges, inside: Mask, start: int, marks: _Marks) -> list[Edge]:
    """Visit one edge or state for everything that is still to be met, one after the other, and return to the start."""

    def successors(node: int) -> Iterable[tuple[Edge, int]]:
        return ((edge, int(graph.targets[edge])) for edge in out(node) if inside[edge])

    tour: list[Edge] = []
    node, met = start, 0
    for bit in range(marks.bits):
        if not marks.wanted(met, bit):
            continue
        for edge in [*_through(successors, out, inside, node, marks, bit)]:
            tour.append(edge)
            met = marks.after(met, edge)
        node = int(graph.targets[tour[-1]])
    back = shortest_path([node], successors, lambda n: n == start)
    assert back is not None
    return tour + back[0]


def _through(successors, out: OutEdges, inside: Mask, node: int, marks: _Marks, bit: int) -> list[Edge]:  # type: ignore[no-untyped-def]
    """Return a shortest path from the node whose last edge sets the bit."""

    def sets(edge: Edge) -> bool:
        return bool(marks.after(0, edge) >> bit & 1)

    found = shortest_path([node], successors, lambda n: any(inside[e] and sets(e) for e in out(n)))
    assert found is not None
    path, end = found
    return [*path, next(e for e in out(end) if inside[e] and sets(e))]


class _Marks:
    """What a loop has met so far, as bits: first what it has to meet, then what would make a constraint due."""

    def __init__(self, graph: StateGraph, inside: Mask, demands: Sequence[Demand], points: Sequence[Mask]) -> None:
        edges = np.flatnonzero(inside)  # a component has few of the graph's edges: masks are over these
        self._setting: list[Mask] = [point[edges] for point in points]
        self._needs = [1 << i for i in range(len(points))]
        self._due: list[tuple[int, int]] = []
        for demand in demands:
            self._add(demand, demand.enabled[graph.sources[edges]], demand.meets[edges], demand.owing[edges])
        self.bits = len(self._setting)
        self._bits_of_edge: dict[Edge, int] = dict.fromkeys(edges.tolist(), 0)
        for bit, mask in enumerate(self._setting):
            for edge in edges[mask].tolist():
                self._bits_of_edge[edge] |= 1 << bit
        self._due_bits = {due for due, _ in self._due}

    def _add(self, demand: Demand, enabled: Mask, meets: Mask, owing: Mask) -> None:
        if isinstance(demand.constraint, FairAction):
            if not enabled.any():
                return
            if not demand.constraint.strong:
                self._need(meets | ~enabled)
                return
            self._make_due(enabled, meets)
        elif owing.any():
            self._make_due(owing, meets)

    def _need(self, mask: Mask) -> None:
        self._needs.append(1 << len(self._setting))
        self._setting.append(mask)

    def _make_due(self, due: Mask, meets: Mask) -> None:
        if not meets.any():
            return  # then the component has no such edge, and none that makes it due
        self._due.append((1 << len(self._setting) + 1, 1 << len(self._setting)))
        self._setting.extend((meets, due))

    def after(self, met: int, edge: Edge) -> int:
        """Return what has been met once the edge has been taken."""
        return met | self._bits_of_edge[edge]

    def fair(self, met: int) -> bool:
        """Say whether a loop that has met this much is fair and meets every point."""
        return all(met & need for need in self._needs) and all(met & m or not met & d for d, m in self._due)

    def wanted(self, met: int, bit: int) -> bool:
        """Say whether a tour still has to set the bit; what makes a constraint due is not looked for."""
        return not met >> bit & 1 and (1 << bit) not in self._due_bits
