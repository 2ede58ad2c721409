"""How far it is to a goal: the least price, and the fewest steps at that price."""

from __future__ import annotations

import heapq

import numpy as np

from tunnelproof.engines.analysis.components import FEW_EDGES
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Numbers, Places


def distances(graph: StateGraph, goal: Mask, edges: Mask, *, priced: bool) -> tuple[Numbers, Numbers]:
    """Return for each node the least price of a path of the edges to a goal node, and the fewest steps at that price.

    Both are -1 where there is no path. Unless ``priced``, all edges are free.
    """
    tails, heads = graph.sources[edges], graph.targets[edges]
    unit = len(graph) + 1  # more than the steps of any shortest path: a path's length has its price and its steps
    price = graph.prices[edges].astype(np.int64) if priced else np.zeros(len(tails), dtype=np.int64)
    search = _dijkstra if len(tails) <= FEW_EDGES else _with_scipy
    length = search(len(graph), heads, tails, price * unit + 1, np.flatnonzero(goal))
    known = length >= 0
    return np.where(known, length // unit, -1), np.where(known, length % unit, -1)


def _dijkstra(count: int, tails: Places, heads: Places, lengths: Numbers, start: Numbers) -> Numbers:
    """Return the distance of each node from the start nodes (Dijkstra, 1959); -1 for those that are not reached."""
    order = np.argsort(tails, kind="stable")
    ends: list[int] = [0, *np.cumsum(np.bincount(tails, minlength=count)).tolist()]
    onward, far = heads[order].tolist(), lengths[order].tolist()
    found = [-1] * count
    waiting = [(0, node) for node in start.tolist()]
    while waiting:
        distance, node = heapq.heappop(waiting)
        if found[node] >= 0:
            continue
        found[node] = distance
        for edge in range(ends[node], ends[node + 1]):
            if found[onward[edge]] < 0:
                heapq.heappush(waiting, (distance + far[edge], onward[edge]))
    return np.array(found, dtype=np.int64)


def _with_scipy(count: int, tails: Places, heads: Places, lengths: Numbers, start: Numbers) -> Numbers:
    from scipy.sparse import csr_matrix  # slow to import, and only large graphs need it
    from scipy.sparse.csgraph import dijkstra

    if not len(start):
        return np.full(count, -1, dtype=np.int64)
    # Of edges between the same nodes the shortest counts; scipy would add their lengths up.
    order = np.lexsort((lengths, heads, tails))
    tails, heads, lengths = tails[order], heads[order], lengths[order]
    first = np.ones(len(tails), dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    matrix = csr_matrix((lengths[first].astype(float), (tails[first], heads[first])), shape=(count, count))
    far = dijkstra(matrix, indices=start, min_only=True)
    return np.where(np.isfinite(far), far, -1).astype(np.int64)
