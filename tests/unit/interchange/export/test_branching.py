"""Branching time in SMV, and why it is left out elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.peers import tools

from tunnelproof.errors import UsageError
from tunnelproof.interchange.export import export
from tunnelproof.interchange.export.branching import branching
from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Expr, Read
from tunnelproof.model.language.formula import format_formula
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.temporal import AF, AG, AR, AU, AW, AX, EF, EG, ER, EU, EW, EX
from tunnelproof.model.language.terms import Term, name, taken
from tunnelproof.properties.claims import Claim, Ctl, Invariant, Recoverable, Recurrence

X = name("x")
P, Q = Term(Read("p")), Term(Read("q"))


def walk(fairness: Fairness = WEAK, *, fair_outcome: bool = False) -> System:
    part = Component("walk", actor="walker")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("go", when=x == 0, then={x: 1}, fair=fairness)
    results = [outcome("on", {x: 2}, fair=fair_outcome), outcome("back", {x: 0})]
    part.action("choose", when=x == 1, outcomes=results)
    return compose("walk", configuration=Configuration(), components=[part])


def ctl(formula: Term, **options: object) -> Ctl:
    return Ctl(id="c", sentence="C.", formula=formula, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (AG(P >> AF(Q)), "(AG (p -> (AF q)))"),
        (EX(~P) & AX(P | Q), "((EX not p) & (AX p or q))"),
        (EF(P) | ~EG(Q), "((EF p) | !(EG q))"),
        (EU(P, Q), "E [p U q]"),
        (AU(P, EF(Q)), "A [p U (EF q)]"),
        (EW(P, Q), "(E [p U q] | (EG p))"),
        (AW(P, Q), "!E [!q U (!p & !q)]"),
        (ER(P, Q), "(E [q U (p & q)] | (EG q))"),
        (AR(P, Q), "!E [!p U !q]"),
    ],
)
def test_operators(formula: Term, text: str) -> None:
    assert branching(formula.expr, lambda part: format_formula(part, {"p", "q"})) == text


def test_a_formula_that_would_become_too_long_is_refused() -> None:
    formula: Expr = Read("p")
    for _ in range(60):
        formula = Apply("ER", (formula, formula))
    with pytest.raises(UsageError, match="too long"):
        branching(formula, lambda _: "p")


def test_fairness_stands_beside_the_relation() -> None:
    written = export(walk(), [ctl(AF(X == 1))], to="smv")
    assert "CTLSPEC NAME c :=\n  (AF (x = 1));" in written.text
    assert "JUSTICE" in written.text
    assert not written.notes


REFUSED: list[tuple[str, System, list[Claim], str]] = [
    ("strong fairness", walk(STRONG), [ctl(AF(X == 1))], "weak fairness of actions only"),
    ("a fair outcome", walk(fair_outcome=True), [ctl(AF(X == 1))], "weak fairness of actions only"),
    ("strong by assumption", walk(), [ctl(AF(X == 1), assuming={"choose": STRONG})], "weak fairness of actions only"),
    ("beside claims about runs", walk(), [ctl(AF(X == 1)), Recurrence(id="r", sentence="", point=X == 1)], "alone"),
    (
        "with several fairnesses",
        walk(),
        [ctl(AF(X == 1)), Ctl(id="d", sentence="", formula=EF(X == 1), assuming={"go": NONE})],
        "alone",
    ),
    ("beside steps", walk(), [ctl(AF(X == 1)), Invariant(id="i", sentence="", holds=~taken("go"))], "alone"),
]


@pytest.mark.parametrize(("system", "claims", "why"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_smv_cannot_say_is_left_out_with_a_note(system: System, claims: list[Claim], why: str) -> None:
    written = export(system, claims, to="smv")
    assert "CTLSPEC" not in written.text
    assert [why in note for note in written.notes if note.startswith(("c:", "d:"))] == [True] * (
        sum(isinstance(claim, Ctl) for claim in claims)
    )


@pytest.mark.parametrize("to", ["promela", "murphi"])
def test_other_formats_leave_branching_time_out(to: str) -> None:
    written = export(walk(), [ctl(AF(X == 1)), Invariant(id="i", sentence="", holds=X < 2)], to=to)
    assert [note.split(":")[0] for note in written.notes] == ["c"]


@tools.needs_nusmv
@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (AF(X == 1), True),
        (AF(X == 2), False),  # it may rest in 1, and go back and forth
        (AG(EF(X == 2)), True),
        (AG((X == 1) >> EG(X == 1)), True),  # it may rest in 1
        (AX(X == 1), True),  # in 0 it may not
        (AG(AF(X != 0)), True),
        (AR(X == 2, X < 2), False),
        (AW(X == 0, X == 1), True),
    ],
)
def test_nusmv_sees_rests_and_fairness_as_we_do(formula: Term, holds: bool, tmp_path: Path) -> None:
    beside = Recoverable(id="r", sentence="", goal=X == 2)
    assert tools.nusmv_holds(tmp_path, export(walk(), [ctl(formula), beside], to="smv").text) == [holds, True]
