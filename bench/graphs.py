"""Algorithms on one large graph, beside scipy's strongly connected components of the same graph as the yardstick."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

import numpy as np

from bench.tables import number, table
from tunnelproof.engines.analysis.components import components
from tunnelproof.engines.analysis.distances import distances
from tunnelproof.engines.analysis.fair import demands_of, fair_components
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.games.arena import Arena
from tunnelproof.games.solver import free, reach
from tunnelproof.model.language.component import NONE, STRONG, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Recurrence
from tunnelproof.properties.fairness import constraints_of

CLUSTERS, SIZE = 1_000, 1_000  # each cluster is one component; rarely an edge leads on to the next
INNER, LEAVING = 5_200_000, 60_000  # edges
STRONG_ACTIONS, OTHERS = 6, 6
ROUNDS = 3


@dataclass(frozen=True)
class Row:
    """An algorithm: the median of its seconds, their ratio to the yardstick's, and what it found."""

    name: str
    seconds: float
    ratio: float
    found: str


def graphs(progress: Callable[[str], None]) -> tuple[str, dict[str, object]]:
    """Return the table and its figures."""
    graph = clusters()
    whole = np.ones(len(graph), dtype=bool), np.ones(len(graph.labels), dtype=bool)
    goal = np.arange(len(graph)) >= len(graph) - SIZE // 10
    tasks: list[tuple[str, Callable[[], str]]] = [
        ("scipy: strongly connected components", lambda: _scipy(graph)),
        ("strongly connected components, in order", lambda: f"{components(graph, *whole)[1]:,} components"),
        (f"{STRONG_ACTIONS} strongly fair actions", lambda: _fair(graph, *whole)),
        ("cheapest rescue", lambda: _rescue(graph, goal, whole[1])),
        ("attractor of a game", lambda: _attractor(graph, goal)),
    ]
    rows: list[Row] = []
    for name, run in tasks:
        progress(f"graphs: {name}")
        seconds, found = _measured(run)
        rows.append(Row(name, seconds, seconds / (rows[0].seconds if rows else seconds), found))
    shown = [(row.name, number(row.seconds), number(row.ratio), row.found) for row in rows]
    title = f"{len(graph):,} nodes, {len(graph.labels):,} edges; medians of {ROUNDS}.\n\n"
    return title + table(("algorithm", "seconds", "ratio", "found"), shown), {"graphs": [asdict(row) for row in rows]}


def clusters(seed: int = 1) -> StateGraph:
    """Return a random graph of clusters, one after the other. Only strongly fair actions lead to the next cluster."""
    random = np.random.default_rng(seed)
    nodes = CLUSTERS * SIZE
    inner, leaving = random.integers(0, nodes, INNER), random.integers(0, nodes - SIZE, LEAVING)
    ring = np.arange(nodes)  # so that each cluster hangs together
    sources = np.concatenate([ring, inner, leaving])
    here = sources[: nodes + INNER] // SIZE * SIZE
    targets = np.concatenate(
        [
            here[:nodes] + (ring + 1) % SIZE,
            here[nodes:] + random.integers(0, SIZE, INNER),
            leaving // SIZE * SIZE + SIZE + random.integers(0, SIZE, LEAVING),
        ]
    )
    labels = np.concatenate(
        [
            random.integers(STRONG_ACTIONS, STRONG_ACTIONS + OTHERS, nodes + INNER),
            random.integers(0, STRONG_ACTIONS, LEAVING),
        ]
    )
    order = np.lexsort((labels, sources))
    columns = [column[order].astype(np.int32) for column in (sources, targets, labels)]
    rows = np.stack([ring // SIZE, ring % SIZE], axis=1).astype(np.int32)
    return StateGraph(_system(), rows, ring == 0, *columns)


def _system() -> System:
    """Return a system with the graph's actions; its own steps are not those of the graph."""
    part = Component("part", actor="environment")
    cluster, at = (
        part.variable("cluster", Range(0, CLUSTERS - 1), start=0),
        part.variable("at", Range(0, SIZE - 1), start=0),
    )
    for i in range(STRONG_ACTIONS + OTHERS):
        strong = i < STRONG_ACTIONS
        actor = "environment" if strong or i % 2 else "user"
        part.action(f"a{i}", when=at == i, then={at: i + 1, cluster: i}, actor=actor, fair=STRONG if strong else NONE)
    return compose("clusters", configuration=Configuration(), components=[part])


def _scipy(graph: StateGraph) -> str:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    matrix = csr_matrix(
        (np.ones(len(graph.labels), dtype=np.int8), (graph.sources, graph.targets)), shape=(len(graph),) * 2
    )
    return f"{connected_components(matrix, directed=True, connection='strong')[0]:,} components"


def _fair(graph: StateGraph, nodes: Mask, edges: Mask) -> str:
    constraints = constraints_of(graph.system, Recurrence(id="again", sentence="", point=False))
    found = fair_components(graph, nodes, edges, demands_of(graph, constraints), [])
    return f"{len(np.unique(found.component)) - 1:,} fair components, {len(found.levels)} levels"


def _rescue(graph: StateGraph, goal: Mask, edges: Mask) -> str:
    prices, steps = distances(graph, goal, edges, priced=True)
    return f"prices up to {prices.max():,}, {steps.max():,} steps"


def _attractor(graph: StateGraph, goal: Mask) -> str:
    arena = Arena(graph, "user")
    found = reach(arena, goal, np.ones(len(graph), dtype=bool), free(arena))
    return f"{int(found.won.sum()):,} nodes won"


def _measured(run: Callable[[], str]) -> tuple[float, str]:
    seconds, found = [], ""
    for _ in range(ROUNDS):
        started = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - started)
    return median(seconds), found
