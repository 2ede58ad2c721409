"""Verdicts are those of the whole system where steps outside the cone matter to a claim about steps.

Each case was once answered wrongly: the cone alone has no step of the clock, and so no point where the state is as
before but the step that led to it is another one.
"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.long.agreement import compare
from tests.oracle import decide
from tests.systems.clocks import claims_about_steps, with_clock
from tests.systems.models import systems

from tunnelproof.model.language.component import WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import after, name, taken
from tunnelproof.properties.claims import Claim, Invariant, Precedence, Response, StepInvariant
from tunnelproof.verification.prove import prove

X = name("x")
SAID = {"id": "c", "sentence": ""}


def beside_a_clock() -> System:
    part, clock = Component("part", actor="os"), Component("clock", actor="clock")
    x = part.variable("x", Range(0, 2), start=0)
    face = clock.variable("face", bool, start=False)
    part.action("a", when=x == 0, then={x: 1}, fair=WEAK)
    part.action("b", when=x == 1, then={x: 2}, fair=WEAK)
    clock.action("tick", then={face: ~face})
    return compose("beside a clock", configuration=Configuration(), components=[part, clock])


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (Response(**SAID, trigger=X == 1, response=taken("a")), "refuted"),
        (Precedence(**SAID, first=taken("a"), then=X == 1, since=X == 1), "refuted"),
        (Precedence(**SAID, first=taken("a"), then=taken("b"), since=X == 1), "refuted"),
        (Invariant(**SAID, when=~taken("a") & (X == 1), holds=~(taken("b") & (X == 2))), "proved"),
        (StepInvariant(**SAID, holds=after(X) > X), "refuted"),
        (StepInvariant(**SAID, holds=after(X) > X, when=after(X) != X), "proved"),
        (StepInvariant(**SAID, holds=after(X) == X, when=taken("tick")), "proved"),
    ],
)
def test_a_clock_counts_though_nobody_looks_at_it(claim: Claim, verdict: str) -> None:
    system = beside_a_clock()
    outcome = prove(system, [claim], engine="reference")["c"]
    assert [a.verdict for a in decide(system, claim).values()] == [verdict]
    assert [(cell.verdict, cell.vacuous) for cell in outcome.cells] == [(verdict, False)]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_verdicts_beside_a_clock_are_those_of_brute_force(data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims_about_steps(system))
    compare(with_clock(system, data.draw(st.sampled_from(Fairness))), [claim], ["reference"], Counter())
