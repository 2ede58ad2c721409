"""Shortest paths and loops in one configuration's part of a state graph.

Searches are breadth-first with successors in label order, so a path found is the shortest and, among those, the
least in declaration order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import numpy as np

from tunnelproof.evidence.graph import StateGraph

Node = TypeVar("Node", bound=Hashable)
Edge = int
Successors = Callable[[Node], Iterable[tuple[Edge, Node]]]


class OutEdges:
    """The outgoing edges of each node, by position in the graph's edge arrays."""

    def __init__(self, graph: StateGraph) -> None:
        self._first = np.searchsorted(graph.sources, np.arange(len(graph) + 1))

    def __call__(self, node: int) -> range:
        """Return the positions of the node's outgoing edges, in label order."""
        return range(int(self._first[node]), int(self._first[node + 1]))


def shortest_path(
    starts: Iterable[Node],
    successors: Successors[Node],
    is_goal: Callable[[Node], bool],
    *,
    limit: int | None = None,
) -> tuple[list[Edge], Node] | None:
    """Return the edges of a shortest path from a start to a goal, and the goal; ``None`` if there is none within
    the limit.
    """
    parent: dict[Node, tuple[Node, Edge] | None] = {}
    queue: list[Node] = []
    for start in starts:
        if start not in parent:
            parent[start] = None
            queue.append(start)
    for node in queue:  # the queue grows while it is read
        if is_goal(node):
            return _trace_back(parent, node), node
        if limit is not None and len(parent) > limit:
            return None
        for edge, target in successors(node):
            if target not in parent:
                parent[target] = (node, edge)
                queue.append(target)
    return None


def _trace_back(parent: dict[Node, tuple[Node, Edge] | None], node: Node) -> list[Edge]:
    edges: list[Edge] = []
    while (came := parent[node]) is not None:
        node, edge = came
        edges.append(edge)
    return edges[::-1]
