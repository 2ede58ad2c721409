"""Distances by price and steps: both searches, against relaxation until nothing changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.evidence.small import walk

from tunnelproof.engines.analysis import distances as module
from tunnelproof.engines.analysis.distances import distances
from tunnelproof.evidence.graph import StateGraph

# The actions' prices: 0 for what is automatic, 1 for what the user does.
PRICED = walk("a 0>1", "b 1>2 user", "c 2>3", "d 3>4 user")
PRICES = [action.price for action in PRICED.actions]
Edge = tuple[int, int, int]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[StateGraph, list[Edge], list[bool]]:
    """Draw a graph, its edges (from, to, label), and which nodes are goals."""
    count = draw(st.integers(1, 7))
    node = st.integers(0, count - 1)
    edges = sorted(draw(st.lists(st.tuples(node, node, st.integers(0, 3)), max_size=20)), key=lambda e: (e[0], e[2]))
    columns = [np.array([edge[i] for edge in edges], dtype=np.int32) for i in range(3)]
    rows = np.arange(count, dtype=np.int32).reshape(-1, 1)
    graph = StateGraph(PRICED, rows, rows[:, 0] == 0, *columns)
    return graph, edges, draw(st.lists(st.booleans(), min_size=count, max_size=count))


def relaxed(edges: list[Edge], goal: list[bool], *, priced: bool) -> list[tuple[int, int]]:
    far = (10**6, 0)
    found = [(0, 0) if good else far for good in goal]
    for _ in goal:
        for source, target, label in edges:
            price, steps = found[target]
            found[source] = min(found[source], (price + (PRICES[label] if priced else 0), steps + 1))
    return [pair if pair < far else (-1, -1) for pair in found]


@pytest.mark.parametrize("few", [0, 50_000])
@pytest.mark.parametrize("priced", [False, True])
def test_the_least_price_and_the_fewest_steps_at_it(few: int, priced: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PRICES == [0, 1, 0, 1]
    monkeypatch.setattr(module, "FEW_EDGES", few)

    @settings(max_examples=150, deadline=None)
    @given(graphs())
    def compare(drawn: tuple[StateGraph, list[Edge], list[bool]]) -> None:
        graph, edges, goal = drawn
        everything = np.ones(len(edges), dtype=bool)
        prices, steps = distances(graph, np.array(goal), everything, priced=priced)
        assert list(zip(prices.tolist(), steps.tolist(), strict=True)) == relaxed(edges, goal, priced=priced)

    compare()
