"""Components are those of scipy, however they are found, and no edge leads to a smaller number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from tests.unit.evidence.small import walk

from tunnelproof.engines.analysis import components as module
from tunnelproof.engines.analysis.components import components
from tunnelproof.evidence.graph import StateGraph

NODES = 7
EDGES = st.lists(st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1)), max_size=20)


@pytest.mark.parametrize("few", [0, 100])
@settings(deadline=None, max_examples=200)
@given(drawn=EDGES, left_out=st.sets(st.integers(0, NODES - 1), max_size=3))
def test_components_of_a_part_of_a_graph(few: int, drawn: list[tuple[int, int]], left_out: set[int]) -> None:
    tails, heads = np.array(sorted(drawn), dtype=np.int32).reshape(-1, 2).T
    rows = np.arange(NODES, dtype=np.int32)[:, None]
    none = np.zeros(NODES, dtype=bool)
    graph = StateGraph(walk("a 0>1", size=NODES), rows, none, tails, heads, np.zeros_like(tails))
    nodes = np.array([node not in left_out for node in range(NODES)])
    edges = nodes[tails] & nodes[heads]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FEW_EDGES", few)
        found, number = components(graph, nodes, edges)
    assert (found[tails[edges]] <= found[heads[edges]]).all()
    assert (found[~nodes] == -1).all()
    matrix = csr_matrix((np.ones(edges.sum()), (tails[edges], heads[edges])), shape=(NODES, NODES))
    expected = connected_components(matrix, directed=True, connection="strong")[1]
    assert sorted(set(found[nodes].tolist())) == list(range(number))
    for one in np.flatnonzero(nodes):
        for other in np.flatnonzero(nodes):
            assert (found[one] == found[other]) == (expected[one] == expected[other])
