"""Cones of linear formulas: points that are put in do not matter where the product says so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.oracle.words import holds_on
from tests.systems.formulas import pick
from tests.systems.temporal import temporal, words

from tunnelproof.model.language.expressions import FALSE, LINEAR, TRUE, Apply, Expr, Read, Taken, negate
from tunnelproof.model.language.temporal import AG, EF, EU, EX, F, G, R, U, W, X
from tunnelproof.model.language.terms import Term, name, taken
from tunnelproof.semantics.stuttering import ignores_other_steps

P, A = name("p"), taken("a")
Point = tuple[bool, bool, str | None]  # the truth of p and q, and the action that led here
POINTS: list[Point] = [(p, q, step) for p, q, step in product((False, True), (False, True), ("a", "b", None))]
INSTANTS = [
    Read("p"),
    Read("q"),
    Taken("a"),
    Taken("b"),
    negate(Taken("a")),
    (name("p") & taken("a")).expr,
    (name("p") | taken("b")).expr,
    (name("q") | ~taken("b")).expr,
    TRUE,
    FALSE,
]


def says(instant: Expr, point: Point) -> bool:
    known = {Read("p"): point[0], Read("q"): point[1], Taken("a"): point[2] == "a", Taken("b"): point[2] == "b"}
    match instant:
        case Apply("not", (part,)):
            return not says(part, point)
        case Apply("and", parts):
            return all(says(part, point) for part in parts)
        case Apply("or", parts):
            return any(says(part, point) for part in parts)
    return known.get(instant, instant == TRUE)


@st.composite
def formulas(draw: st.DrawFn) -> Expr:
    return temporal(draw, LINEAR, lambda: pick(draw, INSTANTS), draw(st.integers(2, 6)))


def put_in(word: list[Point], loop: int, counts: list[int]) -> tuple[list[Point], int, list[int]]:
    """Put so many points in after each; return the word, where it comes again, and the places of the old points."""
    longer: list[Point] = []
    places = []
    for point, count in zip(word, counts, strict=True):
        places.append(len(longer))
        longer += [point, *[(point[0], point[1], None)] * count]
    return longer, places[loop], places


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(formulas(), words(POINTS), st.data())
def test_points_put_in_change_nothing_elsewhere_if_the_product_says_so(
    formula: Expr, word: tuple[list[Point], int], data: st.DataObject
) -> None:
    assume(ignores_other_steps(formula))
    points, loop = word
    counts = data.draw(st.lists(st.integers(0, 2), min_size=len(points), max_size=len(points)))
    longer, again, places = put_in(points, loop, counts)
    for old, new in enumerate(places):
        assert holds_on(formula, points, loop, says, old) == holds_on(formula, longer, again, says, new)


def test_no_formula_with_two_operators_is_wrongly_said_to_ignore_points_put_in() -> None:
    instants = [Read("p"), Taken("a"), negate(Taken("a")), (P & A).expr]
    once = [*_over(instants, instants)]
    formulas = [f for f in (*once, *_over(once, instants), *_over(instants, once)) if ignores_other_steps(f)]
    letters: list[Point] = [(p, False, step) for p, step in product((False, True), ("a", None))]
    words = [(list(word), loop) for n in (1, 2) for word in product(letters, repeat=n) for loop in range(n)]
    assert len(formulas) > 500
    for formula, (word, loop) in product(formulas, words):
        before = [holds_on(formula, word, loop, says, at) for at in range(len(word))]
        for counts in product((0, 1), repeat=len(word)):
            longer, again, places = put_in(word, loop, list(counts))
            assert [holds_on(formula, longer, again, says, at) for at in places] == before, formula


def _over(lefts: list[Expr], rights: list[Expr]) -> Iterator[Expr]:
    yield from (Apply(op, (left,)) for op in ("F", "G") for left in lefts)
    yield from (Apply(op, pair) for op in ("U", "R", "W", "implies") for pair in product(lefts, rights))


def test_usual_formulas_about_steps_may_be_asked_of_their_cones() -> None:
    for formula in (
        G(A >> F(P)),
        G(F(A)) >> G(F(taken("b"))),
        F(G(~A)),
        U(~A, taken("b")),
        W(~A, taken("b")),
        G((A & P) >> U(P, ~P)),
        AG(P >> EF(~P)),
        EU(P, ~P),
    ):
        assert ignores_other_steps(formula.expr), formula


def test_formulas_that_count_points_may_not() -> None:
    for formula in (
        X(P),
        F(X(P)),
        EX(P),
        G(A),
        G(P >> F(A)),
        F(~A),
        U(P, ~A),
        U(A, P),
        R(A, A),
        G(P | A),
        U(~P, U(~A, A) & P),
    ):
        assert not ignores_other_steps(formula.expr), formula


@pytest.mark.parametrize("formula", [G(P | A), F(~A & P), U(P, ~A), G(P >> F(A))])
def test_what_is_refused_does_matter_on_some_word(formula: Term) -> None:
    def differs(word: list[Point], loop: int) -> bool:
        longer, again, places = put_in(word, loop, [1] * len(word))
        return holds_on(formula.expr, word, loop, says) != holds_on(formula.expr, longer, again, says)

    assert any(differs([*word], loop) for word in product(POINTS, repeat=2) for loop in (0, 1))
