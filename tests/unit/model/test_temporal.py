"""Temporal formulas: how they are written, where they may stand, and what they demand something of."""

from __future__ import annotations

import pytest

from tunnelproof.errors import ClaimError, ModelError
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import BOOL, Range
from tunnelproof.model.language.expressions import TEMPORAL, Apply, Read
from tunnelproof.model.language.formula import format_formula, parse_formula
from tunnelproof.model.language.system import System
from tunnelproof.model.language.temporal import (
    AG,
    EF,
    EX,
    F,
    G,
    R,
    U,
    W,
    X,
    absence,
    antecedents,
    bounded_response,
    has_next,
    instants,
    precedence,
    recurrence,
    response,
)
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Claim, Ctl, Invariant, Ltl
from tunnelproof.properties.wellformed import check_claim

P, Q, N = name("p"), name("q"), name("n")


def system() -> System:
    lamp = Component("lamp", actor="user")
    lamp.variable("p", BOOL, start=False)
    lamp.variable("q", BOOL, start=False)
    n = lamp.variable("n", Range(0, 3), start=0)
    lamp.action("press", when=(n < 3) & ~name("p") & ~name("q"), then={n: n + 1})
    return compose("lamp", configuration=Configuration(), components=[lamp])


def refused(claim: Claim) -> str:
    with pytest.raises(ClaimError) as caught:
        check_claim(claim, system())
    assert caught.value.code == "TP119"
    assert caught.value.hint
    return str(caught.value)


@pytest.mark.parametrize("op", TEMPORAL)
def test_every_operator_is_written_and_read_as_a_function(op: str) -> None:
    text = f"{op}({', '.join('pq'[: TEMPORAL[op]])})"
    formula = parse_formula(text, {"p", "q"})
    assert formula == Apply(op, tuple(Read(n) for n in "pq"[: TEMPORAL[op]]))
    assert format_formula(formula, {"p", "q"}) == text


def test_a_variable_may_be_called_like_an_operator() -> None:
    assert parse_formula("G(G) and U(F, X)", {"G", "F", "X"}) == (G(name("G")) & U(name("F"), name("X"))).expr


def test_the_wrong_number_of_formulas_is_refused_in_text_and_in_python() -> None:
    with pytest.raises(ModelError, match="'U' takes 2 arguments, not 1"):
        parse_formula("U(p)", {"p"})
    with pytest.raises(TypeError, match="U takes 2 formulas, not 1"):
        U(P)


def test_linear_formulas_are_for_ltl_and_branching_ones_for_ctl() -> None:
    check_claim(Ltl(id="a", sentence="s", formula=G(P >> F(taken("press")))), system())
    check_claim(Ctl(id="a", sentence="s", formula=AG(P >> EF(N == 2))), system())
    assert "'EF' is no operator of this kind" in refused(Ltl(id="a", sentence="s", formula=G(EF(P))))
    assert "'G' is no operator of this kind" in refused(Ctl(id="a", sentence="s", formula=G(P)))
    assert "about one moment" in refused(Invariant(id="a", sentence="s", holds=G(P)))


def test_temporal_formulas_are_no_values() -> None:
    assert "'G' cannot stand inside '='" in refused(Ltl(id="a", sentence="s", formula=G(P) == Q))
    assert "'F' cannot stand inside 'if'" in refused(
        Ltl(id="a", sentence="s", formula=parse_formula("if F(p) then p else q", {"p", "q"}))
    )


def test_branching_time_speaks_of_states_only() -> None:
    with pytest.raises(ClaimError, match="about states, not about steps"):
        check_claim(Ctl(id="a", sentence="s", formula=AG(taken("press"))), system())


def test_antecedents_are_what_something_is_demanded_of() -> None:
    assert antecedents(G(P >> F(Q)).expr) == (P.expr,)
    assert antecedents((~F(P & ~Q)).expr) == ()
    assert antecedents(G((P >> Q) & (Q >> (N > 1))).expr) == (P.expr, Q.expr)
    assert antecedents(AG(P >> (Q >> EX(N > 1))).expr) == (P.expr, Q.expr)
    assert antecedents((~(P >> F(Q))).expr) == ()
    assert antecedents((F(P) >> G(Q)).expr) == ()
    assert antecedents((~(F(P >> Q) >> F(N > 1))).expr) == (P.expr,)


def test_instants_are_the_largest_parts_about_one_moment() -> None:
    assert instants(G((P & Q) >> U(P & Q, X(N > 1))).expr) == ((P & Q).expr, (N > 1).expr)


def test_only_next_counts_steps() -> None:
    assert has_next(F(X(P)).expr)
    assert has_next(EX(P).expr)
    assert not has_next(G(U(P, R(Q, W(P, Q)))).expr)


def test_patterns_say_what_their_names_say() -> None:
    known = {"p", "q"}

    def text(term: object) -> str:
        return format_formula(term.expr, known)  # type: ignore[attr-defined]

    assert text(absence(P)) == "G(not p)"
    assert text(response(P, Q)) == "G(p implies F(q))"
    assert text(precedence(P, Q)) == "W(not q or p, p)"
    assert text(recurrence(P)) == "G(F(p))"
    assert text(bounded_response(P, Q, 0)) == "G(p implies q)"
    assert text(bounded_response(P, Q, 2)) == "G(p implies q or X(q or X(q)))"
