"""Fewest steps that take given edges: the directed postman's tour, where going back to the start is free.

How often each edge has to be taken is a flow: what comes to a node leaves it, by an edge or back to the start. Edges
wanted are taken at least once, and the sum is to be least. The optimum of the linear program is whole, because the
constraints are totally unimodular; a tour of it (Hierholzer's) is cut into walks where it goes back to the start. See
Edmonds and Johnson, Matching, Euler tours and the Chinese postman (1973).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tunnelproof.conformance.testgen.walking import Route, Terrain
from tunnelproof.evidence.rows import Numbers


def postman(terrain: Terrain, wanted: Sequence[int]) -> tuple[list[Route], int]:
    """Return walks that take the edges ``wanted``, and a number of steps that no such walks can have fewer of.

    Circles that hang together neither with a start nor with anything else that is taken are left out: then some edges
    are not taken. If all are, there are as few steps as can be.
    """
    if not wanted:
        return [], 0
    times, back, least = _flow(terrain, wanted)
    return _walks(terrain, times, back), least


def _flow(terrain: Terrain, wanted: Sequence[int]) -> tuple[list[int], list[int], int]:
    """Return how often each edge is taken, how often it is gone back from each node, and the sum of the former."""
    from scipy.optimize import linprog  # takes its time to load
    from scipy.sparse import coo_matrix

    nodes, edges = len(terrain.out), len(terrain.target)
    sources = np.zeros(edges, dtype=np.int64)
    for node, some in enumerate(terrain.out):
        sources[list(some)] = node
    starts = np.array(terrain.starts, dtype=np.int64)
    everyone, start = np.arange(nodes), np.full(nodes, nodes)  # one node more: between two walks
    tails = np.concatenate([sources, everyone, start[: len(starts)]])
    heads = np.concatenate([np.array(terrain.target, dtype=np.int64), start, starts])
    count = len(tails)
    signs = np.concatenate([np.ones(count), -np.ones(count)])
    places = np.tile(np.arange(count), 2)
    balance = coo_matrix((signs, (np.concatenate([tails, heads]), places)), shape=(nodes + 1, count)).tocsr()
    price = np.zeros(count)
    price[:edges] = 1
    price[edges : edges + nodes] = 1 / (edges + nodes + 1)  # all walks together weigh less than a step
    lowest = np.zeros(count)
    lowest[list(wanted)] = 1
    bounds = np.column_stack([lowest, np.full(count, np.inf)])
    found = linprog(price, A_eq=balance, b_eq=np.zeros(nodes + 1), bounds=bounds, method="highs-ds")
    assert found.status == 0, found.message  # there is a flow: to each edge from a start, and back
    times: Numbers = np.rint(found.x).astype(np.int64)
    assert np.abs(found.x - times).max() < 1e-6, "the optimum is not whole"
    return times[:edges].tolist(), times[edges : edges + nodes].tolist(), int(times[:edges].sum())


def _walks(terrain: Terrain, times: list[int], back: list[int]) -> list[Route]:
    """Cut the tour that takes every edge as often as it should be into walks."""
    nodes = len(terrain.out)
    waiting: list[list[tuple[int, int]]] = [[] for _ in range(nodes + 1)]  # (edge or -1, where it leads), last first
    balance = [0] * nodes
    for node, some in enumerate(terrain.out):
        for edge in some:
            waiting[node] += [(edge, terrain.target[edge])] * times[edge]
            balance[node] += times[edge]
            balance[terrain.target[edge]] -= times[edge]
    for node in range(nodes):
        waiting[node] += [(-1, nodes)] * back[node]
        begun = balance[node] + back[node]
        waiting[nodes] += [(-1, node)] * begun
        waiting[node].reverse()
    waiting[nodes].reverse()
    found: list[tuple[int, list[int]]] = []
    for edge, node in _tour(waiting, nodes):
        if edge >= 0:
            found[-1][1].append(edge)
        elif node != nodes:
            found.append((node, []))
    for start in terrain.starts:  # circles there hang together with nothing else, but a walk can begin with them
        found.append((start, [edge for edge, _ in _tour(waiting, start)]))
    return [Route(start, tuple(edges)) for start, edges in found if edges]


def _tour(waiting: list[list[tuple[int, int]]], start: int) -> list[tuple[int, int]]:
    """Take what waits at the nodes from the start on, until it is back there and nothing waits on the way."""
    way, tour = [(-1, start)], []
    while way:
        here = way[-1][1]
        if waiting[here]:
            way.append(waiting[here].pop())
        else:
            tour.append(way.pop())
    return tour[-2::-1]
