"""Fair cycles: does a region have a set of states in which a fair run can stay for ever?

Components are broken one by one: without an edge, without a point that must recur, by a weakly fair action that is
always
enabled but never taken, by a strongly fair action or a fair outcome, whose states or edges are taken out before what is
left is cut into components again (the algorithm for Streett conditions of Lichtenstein and Pnueli, 1985).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tunnelproof.engines.analysis.components import components
from tunnelproof.evidence.certificate import Break, Broken, Level
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Numbers
from tunnelproof.properties.fairness import Constraint, FairAction


@dataclass(frozen=True, eq=False)
class FairRegion:
    """The certificate of the broken components, and the others: per node and edge the number of its fair
    component or -1.
    """

    levels: tuple[Level, ...]
    component: Numbers
    inner: Mask


@dataclass(frozen=True, eq=False)
class Demand:
    """A fairness constraint on the graph: the edges that meet it; the states, or edges, that make it due."""

    constraint: Constraint
    meets: Mask
    enabled: Mask
    owing: Mask


def demands_of(graph: StateGraph, constraints: Sequence[Constraint]) -> list[Demand]:
    """Work out each constraint's edges and states."""
    nowhere = np.zeros(len(graph.labels), dtype=bool)
    found = []
    for constraint in constraints:
        meets = graph.edges_with(np.array(sorted(constraint.labels), dtype=np.int64))
        owing = nowhere.copy()
        if not isinstance(constraint, FairAction):
            for label, occurrence in constraint.pairs:
                could = graph.sources_of(graph.labels == occurrence)
                owing |= (graph.labels == label) & could[graph.sources]
        found.append(Demand(constraint, meets, graph.sources_of(meets), owing))
    return found


def fair_components(
    graph: StateGraph, nodes: Mask, edges: Mask, demands: Sequence[Demand], points: Sequence[Mask]
) -> FairRegion:
    """Find every component of the region in which a fair run can stay and meet each of ``points`` again and again."""
    levels: list[Level] = []
    fair = np.full(len(graph), -1, dtype=np.int64)
    inner_of_fair = np.zeros(len(graph.labels), dtype=bool)
    count = 0
    while edges.any():
        component, number = components(graph, nodes, edges)
        inner = edges & (component[graph.sources] == component[graph.targets])
        reason_of, reasons, is_fair = _reasons(graph, component, number, inner, demands, points)
        levels.append(Level(component, reason_of, reasons))
        here = nodes & is_fair[component]
        fair[here] = component[here] + count
        inner_of_fair |= inner & here[graph.sources]
        count += number
        nodes, edges = _left(graph, component, inner & ~inner_of_fair, nodes & ~here, levels[-1], demands)
    return FairRegion(tuple(levels), fair, inner_of_fair)


def _reasons(
    graph: StateGraph, component: Numbers, number: int, inner: Mask, demands: Sequence[Demand], points: Sequence[Mask]
) -> tuple[Numbers, tuple[Broken, ...], Mask]:
    """Find for each component the first reason that breaks it; those with none are fair."""
    of_edge = component[graph.sources]
    present = component >= 0

    def some_edge(mask: Mask) -> Mask:
        return np.bincount(of_edge[inner & mask], minlength=number) > 0

    def some_node(mask: Mask) -> Mask:
        return np.bincount(component[present & mask], minlength=number) > 0

    candidates = [(Broken(Break.TRIVIAL), ~some_edge(inner))]
    candidates += [(Broken(Break.ABSENT, i), ~some_edge(point)) for i, point in enumerate(points)]
    later: list[tuple[Broken, Mask]] = []
    for i, demand in enumerate(demands):
        unmet = ~some_edge(demand.meets)
        if isinstance(demand.constraint, FairAction):
            candidates.append((Broken(Break.WEAK, i), unmet & ~some_node(~demand.enabled)))
            if demand.constraint.strong:
                later.append((Broken(Break.STRONG, i), unmet & some_node(demand.enabled)))
        else:
            later.append((Broken(Break.OUTCOME, i), unmet & some_edge(demand.owing)))
    reason_of = np.full(number, -1, dtype=np.int64)
    for i, (_, applies) in enumerate(candidates + later):
        reason_of[applies & (reason_of < 0)] = i
    is_fair = reason_of < 0
    reason_of[is_fair] = 0  # not covered by the certificate: the judge will see an edge where none may be
    return reason_of, tuple(broken for broken, _ in candidates + later), is_fair


def _left(
    graph: StateGraph, component: Numbers, inner: Mask, nodes: Mask, level: Level, demands: Sequence[Demand]
) -> tuple[Mask, Mask]:
    """Return the states and edges that are left after the strongly broken components' own have been taken out."""
    reason = np.where(component >= 0, level.reason_of[component], 0)
    left_nodes, left_edges = np.zeros_like(nodes), np.zeros_like(inner)
    for number, broken in enumerate(level.reasons):
        members = nodes & (reason == number)
        if not members.any():
            continue
        inside = inner & members[graph.sources]
        if broken.reason is Break.STRONG:
            left_nodes |= members & ~demands[broken.index].enabled
            left_edges |= inside
        elif broken.reason is Break.OUTCOME:
            left_nodes |= members
            left_edges |= inside & ~demands[broken.index].owing
    return left_nodes, left_edges & left_nodes[graph.sources] & left_nodes[graph.targets]
