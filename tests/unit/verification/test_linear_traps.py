"""Linear time on small systems, each a trap that some checker fell into: the right answer, by every engine."""

from __future__ import annotations

import pytest
from tests.unit.evidence.small import SAID, X, walk
from tests.unit.verification.trap_systems import (
    TWO_CIRCLES,
    fair,
    impossible_start,
    inputs,
    joined,
    retried,
    verdicts,
)

from tunnelproof.model.language.component import NONE, STRONG, WEAK
from tunnelproof.model.language.system import System
from tunnelproof.model.language.temporal import F, G, R, U, W
from tunnelproof.model.language.temporal import X as Next
from tunnelproof.model.language.terms import Term, taken
from tunnelproof.properties.claims import Ltl
from tunnelproof.verification.prove import prove


def ltl(formula: Term, **options: object) -> Ltl:
    return Ltl(**SAID, formula=formula, **options)  # type: ignore[arg-type]


CIRCLE = walk("a 0>1", "b 1>2", "c 2>0", fair=fair("a", "b", "c"))
LEAVING = walk("on 0>1", "off 1>0", "l 0>2", "r 1>3", fair={"on": WEAK, "l": STRONG, "r": STRONG})
LINE = walk("a 0>1", "b 1>2", "c 2>3", fair=fair("a", "b", "c"))

CASES: list[tuple[str, System, Ltl, list[bool]]] = [
    # "In the end always" and "again and again" are operators like all others, nested or negated.
    ("in the end always", LINE, ltl(F(G(X == 3))), [True]),
    ("in the end always, on a circle", CIRCLE, ltl(F(G(X < 2))), [False]),
    ("again and again, on a circle", CIRCLE, ltl(G(F(X == 2)) & G(F(X == 0))), [True]),
    ("not again and again", LINE, ltl(~G(F(X < 3))), [True]),
    ("one or the other for ever", joined(), ltl(F(G(X == 1)) | G(F(X == 3))), [True]),
    # A run that rests repeats its state, without a step; one that must not rest does not.
    ("rests at the start", walk("go 0>1"), ltl(F(X == 1)), [False]),
    ("rests for ever", walk("go 0>1", "back 1>0"), ltl(G(Next(X == 0) >> Next(Next(X == 0))) | F(X == 1)), [True]),
    ("must not rest", walk("go 0>1", fair=fair("go")), ltl(F(X == 1)), [True]),
    ("no step while at rest", walk("go 0>1", fair=fair("go")), ltl(F(G(~taken("go")))), [True]),
    ("the next point of the last state", walk("go 0>1", fair=fair("go")), ltl(G((X == 1) >> Next(X == 1))), [True]),
    # Fairness is asked of the states in which the run stays, not of the component around them.
    ("fair in the whole only", TWO_CIRCLES, ltl(F(X == 2)), [True]),
    ("fair in the part", TWO_CIRCLES, ltl(F(X == 2), assuming={"over": NONE}), [False]),
    ("no promise of the other circle", TWO_CIRCLES, ltl(F(G(X >= 2)) & G(F(X == 3))), [True]),
    # None, one, two and more promises: each is needed.
    ("three promises", LEAVING, ltl(F(X > 1)), [True]),
    ("two of them", LEAVING, ltl(F(X > 1), assuming={"l": NONE}), [True]),
    ("one of them", LEAVING, ltl(F(X > 1), assuming={"l": NONE, "r": NONE}), [False]),
    ("both weak only", LEAVING, ltl(F(X > 1), assuming={"l": WEAK, "r": WEAK}), [False]),
    ("a promise keeps others from nothing", LEAVING, ltl(F(X == 2), assuming={"r": NONE}), [False]),
    ("one of two ways out", LEAVING, ltl(F(X == 3)), [False]),
    # Nothing is refuted by a prefix, and nothing proved by one.
    ("a prefix refutes nothing", LINE, ltl(U(X < 3, X == 3)), [True]),
    ("a prefix proves nothing", LINE, ltl(W(X < 3, X == 4)), [False]),
    ("a weak until may wait for ever", CIRCLE, ltl(W(X < 3, X == 3)), [True]),
    ("a strong one may not", CIRCLE, ltl(U(X < 3, X == 3)), [False]),
    ("the point of release counts", LINE, ltl(R(X == 1, X <= 1)), [True]),
    ("and must come in time", LINE, ltl(R(X == 2, X <= 1)), [False]),
    ("until then, not before", LINE, ltl(U(X != 1, X == 3)), [False]),
    # Eventually, on cycles and where ways join.
    ("a self-loop", walk("stay 0>0", "go 0>1", fair=fair("stay")), ltl(F(X == 1)), [False]),
    ("where ways join", joined(), ltl(F(X == 1)), [False]),
    ("after ways have joined", joined(), ltl(G((X != 3) >> F(X == 3))), [True]),
    ("one way forbids the other", joined(), ltl(F(X == 1) >> G(X != 2)), [True]),
    # The same state with different pasts.
    ("the past matters", joined(), ltl(G((X == 3) >> G(X != 1))), [True]),
    ("the step matters", joined(), ltl(G(taken("down") >> Next(~taken("down")))), [True]),
    ("the step that led to the start", walk("go 0>1", "back 1>0"), ltl(~taken("back")), [True]),
    # Inputs, outcomes and configurations.
    ("an input may never come", inputs(), ltl(F(X > 0)), [False]),
    ("any input may", inputs(), ltl(G(X != 2)), [False]),
    ("tries for ever", retried(), ltl(F(X == 1)), [False]),
    ("tries again and again", retried(), ltl(F(X == 1) | G(F(taken("try", "fails")))), [True]),
    ("where nothing happens", impossible_start(), ltl(F(X == 1)), [True, False]),
    ("nor refutes", impossible_start(), ltl(G(X == 0)), [False, True]),
]


@pytest.mark.parametrize("engine", ["oracle", "reference", "diagram", "explicit"])
@pytest.mark.parametrize(("system", "claim", "right"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_right_answer(system: System, claim: Ltl, right: list[bool], engine: str) -> None:
    assert verdicts(system, claim, engine) == ["proved" if holds else "refuted" for holds in right]


@pytest.mark.parametrize("engine", ["smt"])
def test_an_engine_that_cannot_says_so(engine: str) -> None:
    found = prove(LINE, [ltl(F(X == 3))], engine=engine).claims[0]
    assert found.verdict.value == "unknown"
    assert found.reason == "unsupported"
