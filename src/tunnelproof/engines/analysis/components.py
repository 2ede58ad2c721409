"""Strongly connected components, numbered so that edges never lead to a smaller number."""

from __future__ import annotations

import numpy as np

from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.rows import Numbers

FEW_EDGES = 50_000  # are gone through sooner than scipy is loaded (0.25 s)


def components(graph: StateGraph, nodes: Mask, edges: Mask) -> tuple[Numbers, int]:
    """Return the number of each node's component (-1: not among ``nodes``), and how many components there are."""
    present = np.flatnonzero(nodes)
    position = np.full(len(graph), -1, dtype=np.int64)
    position[present] = np.arange(len(present))
    tails, heads = position[graph.sources[edges]], position[graph.targets[edges]]
    number, labels = (_tarjan if len(tails) <= FEW_EDGES else _with_scipy)(len(present), tails, heads)
    component = np.full(len(graph), -1, dtype=np.int64)
    component[present] = _topological(number, labels, tails, heads)[labels]
    return component, number


def _with_scipy(count: int, tails: Numbers, heads: Numbers) -> tuple[int, Numbers]:
    from scipy.sparse import csr_matrix  # slow to import, and only large graphs need it
    from scipy.sparse.csgraph import connected_components

    matrix = csr_matrix((np.ones(len(tails), dtype=np.int8), (tails, heads)), shape=(count, count))
    number, labels = connected_components(matrix, directed=True, connection="strong")
    return int(number), labels.astype(np.int64)


def _tarjan(count: int, tails: Numbers, heads: Numbers) -> tuple[int, Numbers]:
    """Number the components with Tarjan's algorithm (1972), without recursion; sinks come first."""
    targets = heads[np.argsort(tails, kind="stable")].tolist()
    ends: list[int] = np.cumsum(np.bincount(tails, minlength=count)).tolist()
    pending = [0, *ends]  # the first edge of each node that has not been looked at
    met, low, label = [0] * count, [0] * count, [-1] * count
    open_nodes: list[int] = []
    counted = found = 0
    for root in range(count):
        path = [] if met[root] else [root]
        while path:
            node = path[-1]
            if not met[node]:
                counted += 1
                met[node] = low[node] = counted
                open_nodes.append(node)
            while pending[node] < ends[node]:
                target = targets[pending[node]]
                if not met[target]:
                    path.append(target)  # the edge is looked at again when the path comes back
                    break
                if label[target] < 0:
                    low[node] = min(low[node], low[target])
                pending[node] += 1
            else:
                path.pop()
                if low[node] == met[node]:
                    while label[node] < 0:
                        label[open_nodes.pop()] = found
                    found += 1
    return found, np.array(label, dtype=np.int64)


def _topological(number: int, labels: Numbers, tails: Numbers, heads: Numbers) -> Numbers:
    """Return a new number for each component: Pearce's algorithm numbers sinks first, so the order is turned round."""
    turned = np.arange(number)[::-1]
    if (turned[labels[tails]] <= turned[labels[heads]]).all():
        return turned
    if (labels[tails] <= labels[heads]).all():
        return np.arange(number)
    return _kahn(number, labels[tails], labels[heads])


def _kahn(number: int, tails: Numbers, heads: Numbers) -> Numbers:
    between = tails != heads
    tails, heads = tails[between], heads[between]
    depth = np.zeros(number, dtype=np.int64)
    while True:
        deeper = depth.copy()
        np.maximum.at(deeper, heads, depth[tails] + 1)
        if (deeper == depth).all():
            break
        depth = deeper
    order = np.argsort(depth, kind="stable")
    position = np.empty(number, dtype=np.int64)
    position[order] = np.arange(number)
    return position
