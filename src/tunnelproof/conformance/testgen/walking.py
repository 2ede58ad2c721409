"""Walks through a graph that meet goals: always to the nearest one, or from the start again if that is shorter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

RESET = 1  # steps that beginning a new test counts as, when it is weighed against walking on

Walk = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Terrain:
    """A graph with numbered nodes and edges, and the goals (any numbers) that edges and nodes meet.

    ``out`` gives each node's edges in order. A node's goals are met by being there, at the start of a walk too.
    """

    starts: Sequence[int]
    out: Sequence[Sequence[int]]
    target: Sequence[int]
    at_edge: Mapping[int, Sequence[int]]
    at_node: Mapping[int, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A walk as its edges, from the node where it starts."""

    start: int
    edges: Walk


class Planner:
    """Plans walks until every goal that can be met is met."""

    def __init__(self, terrain: Terrain, wanted: Iterable[int], longest: int | None = None) -> None:
        """Plan for the goals ``wanted``, with at most ``longest`` edges in a walk."""
        self.terrain, self.longest = terrain, longest
        self.source = [0] * len(terrain.target)
        for node, edges in enumerate(terrain.out):
            for edge in edges:
                self.source[edge] = node
        self.missing = set(wanted)
        self._edges_of: dict[int, list[int]] = {}
        self._nodes_of: dict[int, list[int]] = {}
        self._open: dict[int, int] = {}  # edges that meet a missing goal, and how many
        self._draw = [0] * len(terrain.out)  # missing goals that can be met from the node or at it
        for edge, goals in terrain.at_edge.items():
            many = 0
            for goal in goals:
                if goal in self.missing:
                    self._edges_of.setdefault(goal, []).append(edge)
                    many += 1
            if many:
                self._open[edge] = many
                self._draw[self.source[edge]] += 1
        for node, goals in terrain.at_node.items():
            for goal in goals:
                if goal in self.missing:
                    self._nodes_of.setdefault(goal, []).append(node)
                    self._draw[node] += 1
        self._depth, self._way = self._from_starts()

    def routes(self) -> list[Route]:
        """Return the walks. What is ``missing`` afterwards cannot be met, or not in ``longest`` edges."""
        found: list[Route] = []
        order = sorted((depth, node) for node, depth in enumerate(self._depth) if depth >= 0)
        first = 0
        while True:
            while first < len(order) and not self._worth_going(order[first][1]):
                first += 1
            if first == len(order):
                return found
            found.append(self._walk(order[first][1], order, first))

    def _worth_going(self, node: int) -> bool:
        """Say whether a new walk to the node could meet a missing goal there or by the next step."""
        if not self._draw[node]:
            return False
        if self.longest is None or self._depth[node] < self.longest:
            return True
        return self._depth[node] == self.longest and any(g in self.missing for g in self.terrain.at_node.get(node, ()))

    def _walk(self, goal: int, order: Sequence[tuple[int, int]], first: int) -> Route:
        """Go to the node, and on from there for as long as that is no longer than beginning again."""
        way: list[int] = []
        start = goal
        while self._way[start] >= 0:
            way.append(self._way[start])
            start = self.source[way[-1]]
        walked: list[int] = []
        ahead: Sequence[int] | None = way[::-1]
        self._arrive(start)
        here = start
        while ahead is not None:
            for edge in ahead:
                walked.append(edge)
                self._take(edge)
                here = self.terrain.target[edge]
            while first < len(order) and not self._worth_going(order[first][1]):
                first += 1
            ahead = self._onwards(here, len(walked), order[first][0] + RESET if first < len(order) else None)
        return Route(start, tuple(walked))

    def _onwards(self, here: int, length: int, again: int | None) -> Sequence[int] | None:
        """Return the edges to take next: one that meets a missing goal, or the way to where there is one.

        ``again`` is what a new walk to the nearest goal would cost; ``None`` if no new walk would meet one.
        """
        room = None if self.longest is None else self.longest - length
        if room == 0:
            return None
        edge = self._next_open(here)
        if edge is not None:
            return (edge,)
        if again is None:  # what is missing is too far from the start, so it is too far from here
            return None
        return self._nearest(here, again if room is None else min(again, room - 1))

    def _next_open(self, node: int) -> int | None:
        """Return an edge of the node that meets a missing goal: rather one after which there is another."""
        if not self._draw[node]:
            return None
        fallback = None
        for edge in self.terrain.out[node]:
            if edge in self._open:
                if self._draw[self.terrain.target[edge]] > (self.terrain.target[edge] == node):
                    return edge
                if fallback is None:
                    fallback = edge
        return fallback

    def _take(self, edge: int) -> None:
        for goal in self.terrain.at_edge.get(edge, ()):
            self._meet(goal)
        self._arrive(self.terrain.target[edge])

    def _arrive(self, node: int) -> None:
        for goal in self.terrain.at_node.get(node, ()):
            self._meet(goal)

    def _meet(self, goal: int) -> None:
        if goal not in self.missing:
            return
        self.missing.discard(goal)
        for edge in self._edges_of.get(goal, ()):
            self._open[edge] -= 1
            if not self._open[edge]:
                del self._open[edge]
                self._draw[self.source[edge]] -= 1
        for node in self._nodes_of.get(goal, ()):
            self._draw[node] -= 1

    def _nearest(self, node: int, most: int) -> list[int] | None:
        """Return the edges to the nearest other node that draws, if there are at most so many."""
        came: dict[int, int] = {node: -1}
        level = [node]
        for _ in range(most):
            reached: list[int] = []
            for each in level:
                for edge in self.terrain.out[each]:
                    there = self.terrain.target[edge]
                    if there in came:
                        continue
                    came[there] = edge
                    if self._draw[there]:
                        return self._back(came, there)
                    reached.append(there)
            if not reached:
                return None
            level = reached
        return None

    def _back(self, came: Mapping[int, int], node: int) -> list[int]:
        way: list[int] = []
        while came[node] >= 0:
            way.append(came[node])
            node = self.source[way[-1]]
        return way[::-1]

    def _from_starts(self) -> tuple[list[int], list[int]]:
        """Return how far each node is from a start (-1: not reached), and the edge by which a shortest way comes."""
        depth, way = [-1] * len(self.terrain.out), [-1] * len(self.terrain.out)
        level = list(self.terrain.starts)
        for node in level:
            depth[node] = 0
        while level:
            reached: list[int] = []
            for node in level:
                for edge in self.terrain.out[node]:
                    there = self.terrain.target[edge]
                    if depth[there] < 0:
                        depth[there], way[there] = depth[node] + 1, edge
                        reached.append(there)
            level = reached
        return depth, way
