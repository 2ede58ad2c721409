"""Shortest traces, traps and lassos in one configuration of an explicit state graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import numpy as np

from tunnelproof.engines.analysis.fair import Demand, FairRegion, demands_of
from tunnelproof.engines.analysis.loops import fair_loop
from tunnelproof.engines.analysis.paths import Edge, OutEdges, shortest_path
from tunnelproof.evidence.certificate import Witness, WitnessKind
from tunnelproof.evidence.checking.proofs import ProofCheck, Region
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.points import Points
from tunnelproof.evidence.rows import Numbers
from tunnelproof.properties.claims import (
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    Response,
    StepInvariant,
    violation_of,
)
from tunnelproof.properties.fairness import constraints_of

Place = tuple[int, int]  # a node, and how far the path has come (which phase of the search it is in)


class WitnessSearch:
    """Finds the least shortest witness of a claim in one configuration at a time."""

    def __init__(
        self, check: ProofCheck, ranks: Numbers | None, region: Region | None, fair: FairRegion | None
    ) -> None:
        self._check, self._claim = check, check.claim
        self._graph, self._live = (check.graph, check.live) if region is None else (region.graph, region.live)
        self._ranks, self._region, self._fair = ranks, region, fair
        self._out = OutEdges(self._graph)

    def nearest(self, failing: Mask) -> int:
        """Return the least of the failing configurations in which a witness ends soonest."""
        graph = self._graph
        end = self._unpreceded_ends(self._claim) if isinstance(self._claim, Precedence) else self._ends()
        best = np.full(len(failing), np.iinfo(np.int64).max)
        np.minimum.at(best, graph.grouping.of_row, end)
        best[~failing] = np.iinfo(np.int64).max
        candidates = failing & (best == best.min())
        return int(np.flatnonzero(candidates)[0])

    def find(self, configuration: int) -> Witness | None:
        """Return the witness for the configuration at this position; ``None`` if there is none."""
        starts = np.flatnonzero(self._graph.initial & (self._graph.grouping.of_row == configuration)).tolist()
        match self._claim:
            case Precedence() as claim:
                edges = self._unpreceded(starts, claim)
            case _ if self._region is not None and self._fair is not None:
                return self._lasso(configuration, starts, self._region, self._fair)
            case _:
                edges = self._to_target(starts)
        kind = WitnessKind.TRAP if isinstance(self._claim, Recoverable) else WitnessKind.TRACE
        return None if edges is None else self._witness(kind, configuration, edges)

    def _witness(self, kind: WitnessKind, configuration: int, edges: list[Edge], loop: int | None = None) -> Witness:
        steps = tuple(self._graph.steps[int(self._graph.labels[edge])] for edge in edges)
        return Witness(kind, self._graph.grouping.configurations[configuration], steps, loop)

    # --- traces and traps --------------------------------------------------------------------------------------------

    @cached_property
    def _targets(self) -> tuple[Mask, Mask]:
        """The nodes (at the start, for points) and edges at which a trace may end."""
        check, graph, claim = self._check, self._graph, self._claim
        no_nodes, no_edges = np.zeros(len(graph), dtype=bool), np.zeros(len(graph.labels), dtype=bool)
        match claim:
            case Invariant():
                points = check.formulas.points(violation_of(claim))
                return points.still & graph.initial, points.edges & check.live
            case Reachable():
                points = check.formulas.points(claim.point)
                return points.still & graph.initial, points.edges & check.live
            case StepInvariant():
                bad = check.formulas.steps(violation_of(claim))
                return no_nodes, bad & check.live
            case DeadlockFree():
                return check.deadlocks(claim), no_edges
            case Recoverable() if self._ranks is not None:
                return check.reachable & (self._ranks < 0), no_edges
            case _ if self._region is not None and self._fair is not None:
                return self._region.stops | (self._fair.component >= 0), no_edges
            case _:
                return no_nodes, no_edges

    def _ends(self) -> Numbers:
        """Return for each node how long the shortest trace is that ends in it or, with a step, right after it."""
        bad_nodes, bad_edges = self._targets
        depth = self._depth()
        end = np.where(bad_nodes, depth, np.iinfo(np.int64).max)
        tails = self._graph.sources[bad_edges]
        np.minimum.at(end, tails, depth[tails] + 1)
        return end

    def _depth(self) -> Numbers:
        """Return each node's distance from the start."""
        graph = self._graph
        far = np.iinfo(np.int64).max - 1
        depth = np.where(graph.initial, 0, far)
        tails, heads = graph.sources[self._live], graph.targets[self._live]
        distance = 0
        while True:
            fresh = np.zeros(len(graph), dtype=bool)
            fresh[heads[depth[tails] == distance]] = True
            fresh &= depth == far
            if not fresh.any():
                return depth
            distance += 1
            depth[fresh] = distance

    def _to_target(self, starts: list[int]) -> list[Edge] | None:
        """Return a shortest path over live edges that ends at a target node or with a target edge."""
        bad_nodes, bad_edges = self._targets
        graph, live = self._graph, self._check.live

        def successors(place: Place) -> Iterable[tuple[Edge, Place]]:
            for edge in self._out(place[0]):
                if live[edge]:
                    yield edge, (int(graph.targets[edge]), 1 if bad_edges[edge] else 0)

        places: list[Place] = [(n, 0) for n in starts]
        found = shortest_path(places, successors, lambda p: p[1] == 1 or bool(bad_nodes[p[0]]))
        return None if found is None else found[0]

    def _unpreceded_ends(self, claim: Precedence) -> Numbers:
        """Return for each node how soon ``then`` can come there although ``first`` has not been seen."""
        graph, live = self._graph, self._check.live
        first, then, forgets = self._preceding(claim)
        tails, heads = graph.sources[live], graph.targets[live]
        shows, forgotten, comes = first.edges[live], forgets[live], then.edges[live]
        fresh = np.stack([graph.initial & ~first.still, graph.initial & first.still])  # unseen, seen
        ends = np.where(fresh[0] & then.still, 0, np.iinfo(np.int64).max)
        known = np.zeros_like(fresh)
        length = 0
        while fresh.any():
            known |= fresh
            length += 1
            unseen, seen = fresh[0][tails], fresh[1][tails]
            lost = ~shows & (unseen | (seen & forgotten))
            kept = (shows & (unseen | seen)) | (seen & ~forgotten)
            ends[heads[lost & comes]] = np.minimum(ends[heads[lost & comes]], length)
            fresh = np.zeros_like(known)
            fresh[0, heads[lost]] = True
            fresh[1, heads[kept]] = True
            fresh &= ~known
        return ends

    def _preceding(self, claim: Precedence) -> tuple[Points, Points, Mask]:
        """Return where ``first`` and ``then`` hold, and at which edges a reset is."""
        points = self._check.formulas.points
        first, then = points(claim.first), points(claim.then)
        return first, then, np.zeros_like(first.edges) if claim.since is None else points(claim.since).edges

    def _unpreceded(self, starts: list[int], claim: Precedence) -> list[Edge] | None:
        """Return a shortest path to a point of ``then`` at which ``first`` has not been seen (phase 0; 1: seen;
        2: there).
        """
        graph, live = self._graph, self._check.live
        first, then, forgets = self._preceding(claim)

        def successors(place: Place) -> Iterable[tuple[Edge, Place]]:
            node, seen = place
            for edge in self._out(node):
                if live[edge]:
                    now = bool(first.edges[edge]) or (seen == 1 and not forgets[edge])
                    phase = 1 if now else (2 if then.edges[edge] else 0)
                    yield edge, (int(graph.targets[edge]), phase)

        places = [(n, 1 if first.still[n] else (2 if then.still[n] else 0)) for n in starts]
        found = shortest_path(places, successors, lambda p: p[1] == 2)
        return None if found is None else found[0]

    # --- lassos ------------------------------------------------------------------------------------------------------

    def _lasso(self, configuration: int, starts: list[int], region: Region, fair: FairRegion) -> Witness | None:
        found = shortest_path(*self._stem(starts, region, fair))
        if found is None:
            return None
        stem, (node, _) = found
        if region.stops[node]:
            return self._witness(WitnessKind.LASSO, configuration, stem, len(stem))
        inside = self._fair_component_of_edge == fair.component[node]
        loop = fair_loop(self._graph, self._out, inside, node, *self._to_meet)
        return self._witness(WitnessKind.LASSO, configuration, stem + loop, len(stem))

    @cached_property
    def _fair_component_of_edge(self) -> Numbers:
        """The number of the fair component in which an edge stays, or -1."""
        assert self._fair is not None
        return np.where(self._fair.inner, self._fair.component[self._graph.sources], -1)

    @cached_property
    def _to_meet(self) -> tuple[list[Demand], tuple[Mask, ...]]:
        """What a loop has to meet: the fairness constraints, and what the claim says must not recur."""
        assert self._region is not None
        return demands_of(self._graph, constraints_of(self._graph.system, self._claim)), self._region.recurring

    def _stem(
        self, starts: list[int], region: Region, fair: FairRegion
    ) -> tuple[list[Place], Callable[[Place], Iterable[tuple[Edge, Place]]], Callable[[Place], bool]]:
        """Describe the search for the stem. In phase 1 the run is in the region: for a response, it waits for the
        answer.
        """
        graph, live = self._graph, self._live
        if not isinstance(self._claim, Response):

            def onward(place: Place) -> Iterable[tuple[Edge, Place]]:
                return ((e, (int(graph.targets[e]), 1)) for e in self._out(place[0]) if live[e])

            return (
                [(n, 1) for n in starts],
                onward,
                lambda p: bool(region.stops[p[0]]) or fair.component[p[0]] >= 0,
            )
        trigger = self._check.formulas.points(self._claim.trigger)
        response = self._check.formulas.points(self._claim.response)

        def waiting(place: Place) -> Iterable[tuple[Edge, Place]]:
            for edge in self._out(place[0]):
                if not live[edge]:
                    continue
                target = int(graph.targets[edge])
                if not response.edges[edge] and (place[1] == 1 or trigger.edges[edge]):
                    yield edge, (target, 1)
                else:
                    yield edge, (target, 0)

        def settles(place: Place) -> bool:
            node, phase = place
            stops = bool(region.stops[node]) and (phase == 1 or bool(trigger.still[node]))
            return stops or (phase == 1 and fair.component[node] >= 0)

        return [(n, int(trigger.still[n] and not response.still[n])) for n in starts], waiting, settles
