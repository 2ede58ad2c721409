"""Branching time on small systems, each a trap that some checker fell into: the right answer, by every engine."""

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
from tunnelproof.model.language.temporal import AF, AG, AU, AX, EF, EG, EU, EX
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.claims import Ctl


def ctl(formula: Term, **options: object) -> Ctl:
    return Ctl(**SAID, formula=formula, **options)  # type: ignore[arg-type]


CASES: list[tuple[str, System, Ctl, list[bool]]] = [
    # A lasso is made of edges: that two states are in one component of the whole graph does not close it in a part.
    ("no way back inside", walk("a 0>1", "b 1>2", "c 2>0", fair=fair("a", "b", "c")), ctl(EG(X < 2)), [False]),
    (
        "a way back inside",
        walk("a 0>1", "b 1>2", "c 2>0", "d 1>0", fair=fair("a", "b", "c", "d")),
        ctl(EG(X < 2)),
        [True],
    ),
    # Fairness is asked of the part in which the run stays, not of the component around it.
    ("fair in the whole only", TWO_CIRCLES, ctl(EG(X < 2)), [False]),
    ("fair in the part", TWO_CIRCLES, ctl(EG(X < 2), assuming={"over": NONE}), [True]),
    ("the other circle", TWO_CIRCLES, ctl(AF(EG((X == 2) | (X == 3)))), [True]),
    # A run may rest where nobody has to act, and nowhere else.
    ("rests at the start", walk("go 0>1"), ctl(AF(X == 1)), [False]),
    ("must not rest", walk("go 0>1", fair=fair("go")), ctl(AF(X == 1)), [True]),
    ("rests at the end", walk("go 0>1", fair=fair("go")), ctl(AF(EG(X == 1))), [True]),
    ("next of a state without steps", walk("go 0>1", fair=fair("go")), ctl(AX(AX(X == 1) & EX(X == 1))), [True]),
    # Eventually, on cycles and where ways join.
    ("on a cycle", walk("a 0>1", "b 1>2", "c 2>0", fair=fair("a", "b", "c")), ctl(AF(X == 3)), [False]),
    ("a self-loop", walk("stay 0>0", "go 0>1", fair=fair("stay")), ctl(AF(X == 1)), [False]),
    ("where ways join", joined(), ctl(AF(X == 1)), [False]),
    ("after ways have joined", joined(), ctl(AF(X == 3)), [True]),
    ("joined with a known state", joined(), ctl(AG((X == 3) >> ~EF(X == 1))), [True]),
    # Several promises at once: each can be kept without the others, not all.
    (
        "two strong promises",
        walk("on 0>1", "off 1>0", "l 0>2", "r 1>3", fair={"on": WEAK, **fair("l", "r", strong=True)}),
        ctl(AF(X > 1)),
        [True],
    ),
    (
        "one of them",
        walk("on 0>1", "off 1>0", "l 0>2", "r 1>3", fair={"on": WEAK, "r": STRONG}),
        ctl(AF(X > 1)),
        [True],
    ),
    ("none", walk("on 0>1", "off 1>0", "l 0>2", "r 1>3", fair=fair("on", "off")), ctl(AF(X > 1)), [False]),
    (
        "weak promises in different states",
        walk("on 0>1", "off 1>0", "l 0>2", "r 1>3", fair=fair("l", "r")),
        ctl(AF(X > 1)),
        [False],
    ),
    # Free inputs: some value of them leads on, not every.
    ("some input", inputs(), ctl(EX(X == 1) | EX(EX(X == 1))), [True]),
    ("every input", inputs(), ctl(AX(X == 0)), [False]),
    ("an input may never come", inputs(), ctl(AF(X > 0)), [False]),
    ("which input is free", inputs(), ctl(EF(X == 1) & EF(X == 2) & ~AF(X == 2)), [True]),
    # Nothing is proved of a prefix, and nothing refuted by one: under fairness the run goes on.
    (
        "a prefix refutes nothing",
        walk("a 0>1", "b 1>2", "c 2>3", fair=fair("a", "b", "c")),
        ctl(AU(X < 3, X == 3)),
        [True],
    ),
    ("a prefix proves nothing", walk("a 0>1", "b 1>2", fair=fair("a", "b")), ctl(EG(X < 2)), [False]),
    (
        "the left side until then",
        walk("a 0>1", "b 1>2", "c 2>3", fair=fair("a", "b", "c")),
        ctl(EU(X != 1, X == 3)),
        [False],
    ),
    # A configuration in which little happens proves nothing about another.
    ("where nothing happens", impossible_start(), ctl(AF(X == 1)), [True, False]),
    ("nor refutes", impossible_start(), ctl(EG(X == 0)), [False, True]),
    # Trying is not succeeding.
    ("tries for ever", retried(), ctl(AF(X == 1)), [False]),
    ("can succeed", retried(), ctl(AG(EF(X == 1)) & EG(X == 0)), [True]),
]


@pytest.mark.parametrize("engine", ["oracle", "reference", "diagram", "explicit"])
@pytest.mark.parametrize(("system", "claim", "right"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_right_answer(system: System, claim: Ctl, right: list[bool], engine: str) -> None:
    assert verdicts(system, claim, engine) == ["proved" if holds else "refuted" for holds in right]
