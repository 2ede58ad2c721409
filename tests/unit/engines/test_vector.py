"""The engines' evaluator against the interpreter, on every state of random systems."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems import claims, systems

from tunnelproof.engines.analysis import vector
from tunnelproof.engines.analysis.vector import VectorEvaluator, as_rows, state_graph
from tunnelproof.evidence.checking.closed_set import check_closed_set, initial_rows
from tunnelproof.evidence.points import at_rest
from tunnelproof.evidence.rows import RowSet
from tunnelproof.properties.claims import expressions_of
from tunnelproof.semantics.tabulate import Interpreter

RANDOM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def every_row(evaluator: VectorEvaluator) -> RowSet:
    sizes = evaluator.layout.sizes
    columns = np.array(list(product(*map(range, sizes))), dtype=np.int32).T
    return RowSet(as_rows(columns), sizes)


@RANDOM
@given(data=st.data())
def test_state_predicates_hold_where_the_interpreter_says(data: st.DataObject) -> None:
    system = data.draw(systems())
    evaluator = VectorEvaluator(system)
    rows = every_row(evaluator).rows
    claim = data.draw(claims(system, data.draw(st.sampled_from(["invariant", "reachable", "deadlock-free"]))))
    for formula in map(at_rest, expressions_of(claim)):
        assert (evaluator.states(formula, rows) == Interpreter(system).states(formula, rows)).all()


@RANDOM
@given(data=st.data())
def test_step_predicates_hold_where_the_interpreter_says(data: st.DataObject) -> None:
    system = data.draw(systems())
    evaluator = VectorEvaluator(system)
    rows = every_row(evaluator).rows
    before = np.arange(len(rows))
    after = before[::-1]
    claim = data.draw(claims(system, "step-invariant"))
    for formula in map(at_rest, expressions_of(claim)):
        wanted = Interpreter(system).pairs(formula, rows, before, after)
        assert (evaluator.pairs(formula, rows, before, after) == wanted).all()


@pytest.mark.parametrize(("dense", "key"), [(24, 62), (0, 62), (0, 0)], ids=["table", "search", "wide"])
@RANDOM
@given(data=st.data())
def test_the_graph_has_the_interpreters_edges(dense: int, key: int, data: st.DataObject) -> None:
    system = replace(data.draw(systems()), initially=())  # so that every configuration can start
    evaluator = VectorEvaluator(system)
    known = every_row(evaluator)
    configurations = tuple(product(*(v.domain.values for v in system.configuration)))
    wanted = check_closed_set(system, configurations, known.rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector, "_DENSE_BITS", dense)
        patch.setattr(vector, "_KEY_BITS", key)
        found = state_graph(known, initial_rows(system, configurations)[0], evaluator)
    for column in ("rows", "initial", "sources", "targets", "labels"):
        assert (getattr(found, column) == getattr(wanted, column)).all()
