"""A slice of the campaign; ``python -m tests.campaign`` runs as much of it as wanted."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.campaign import compare
from tests.systems.questions import questions

from tunnelproof.engines.registry import ENGINES
from tunnelproof.properties.claims import KINDS

KINDS_DECIDED = [kind for kind in KINDS if kind != "tradeoff"]


@pytest.mark.parametrize("kind", KINDS_DECIDED)
@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_checked_verdicts_are_those_of_brute_force(kind: str, engine: str, data: st.DataObject) -> None:
    system, claim = data.draw(questions(kind))
    compare(system, claim, engine, Counter())
