"""The automaton of a linear formula accepts the words that satisfy it, and no others."""

from __future__ import annotations

from functools import reduce

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle.words import holds_on
from tests.systems.formulas import pick
from tests.systems.temporal import temporal, words

from tunnelproof.evidence.automaton import Automaton
from tunnelproof.evidence.verdict import Reason, Undecided
from tunnelproof.model.language.expressions import FALSE, LINEAR, TRUE, Expr, Literal, Read
from tunnelproof.model.language.temporal import F, G, R, U, W, X
from tunnelproof.model.language.terms import name

P, Q = name("p"), name("q")
INSTANTS: list[Expr] = [Read("p"), Read("q"), (P & Q).expr, TRUE, FALSE]
Letter = tuple[bool, bool]
LETTERS: list[Letter] = [(False, False), (False, True), (True, False), (True, True)]


def says(instant: Expr, letter: Letter) -> bool:
    if isinstance(instant, Literal):
        return instant == TRUE
    return {Read("p"): letter[0], Read("q"): letter[1]}.get(instant, letter == (True, True))


@st.composite
def formulas(draw: st.DrawFn) -> Expr:
    return temporal(draw, LINEAR, lambda: pick(draw, INSTANTS), draw(st.integers(2, 12)))


def accepts(formula: Expr, word: list[Letter], loop: int) -> bool:
    """Say whether the automaton has an accepted run on the word: a component in which each promise is met."""
    automaton = Automaton(formula)
    read = [sum(says(instant, letter) << i for i, instant in enumerate(automaton.instants)) for letter in word]
    graph = nx.MultiDiGraph()
    waiting = [(0, 0)]
    while waiting:
        node = waiting.pop()
        at, state = node
        onward = at + 1 if at + 1 < len(word) else loop
        for move in automaton.moves(state, read[at]):
            if (onward, move.state) not in graph:
                waiting.append((onward, move.state))
            graph.add_edge(node, (onward, move.state), put_off=move.put_off)
    for component in nx.strongly_connected_components(graph):
        kept = [off for *_, off in graph.subgraph(component).edges(data="put_off")]
        if kept and all(any(promise not in off for off in kept) for promise in automaton.promises):
            return True
    return False


@settings(max_examples=1000, deadline=None)
@given(formulas(), words(LETTERS))
def test_the_automaton_accepts_just_the_words_that_satisfy_the_formula(
    formula: Expr, word: tuple[list[Letter], int]
) -> None:
    assert accepts(formula, *word) == holds_on(formula, *word, says)


@settings(max_examples=300, deadline=None)
@given(formulas(), st.sampled_from(LETTERS))
def test_a_run_that_reads_one_letter_for_ever_is_accepted_as_that_word_is(formula: Expr, letter: Letter) -> None:
    automaton = Automaton(formula)
    read = sum(says(instant, letter) << i for i, instant in enumerate(automaton.instants))
    assert automaton.accepts_for_ever(0, read) == holds_on(formula, [letter], 0, says)


def test_usual_formulas_have_small_automata() -> None:
    assert states(F(P).expr) == 2
    assert states((~G(P >> F(Q))).expr) == 2
    assert states((G(F(P)) >> G(F(Q))).expr) <= 5
    assert states((U(P, X(Q)) | R(P, Q) | W(Q, P)).expr) <= 7


def states(formula: Expr) -> int:
    """Return the number of the automaton's states, after all of its moves."""
    automaton = Automaton(formula)
    known, waiting = {0}, [0]
    while waiting:
        state = waiting.pop()
        for letter in range(1 << len(automaton.instants)):
            fresh = {move.state for move in automaton.moves(state, letter)} - known
            known |= fresh
            waiting += sorted(fresh)
    return len(known)


def test_an_automaton_with_too_many_moves_is_undecided() -> None:
    formula = reduce(lambda left, right: left & right, (F(name(f"p{i}")) for i in range(12)))
    with pytest.raises(Undecided, match="more than 100,000 moves") as undecided:
        states(formula.expr)
    assert undecided.value.reason is Reason.LIMIT


@pytest.mark.parametrize("count", [6, 12])
def test_ways_that_multiply_at_one_point_are_undecided(count: int) -> None:
    choices = [X(name(f"p{i}")) | X(name(f"q{i}")) for i in range(count)]
    formula = reduce(lambda left, right: left & right, choices).expr
    if count == 6:
        assert len(Automaton(formula).moves(0, 0)) == 64
        return
    with pytest.raises(Undecided, match="ways to be met at one point"):
        Automaton(formula).moves(0, 0)


def test_ways_to_end_a_release_are_limited_too() -> None:
    choices = [[X(name(f"{side}{i}")) | X(name(f"{side}_{i}")) for i in range(6)] for side in "pq"]
    left, right = (reduce(lambda a, b: a & b, some) for some in choices)
    with pytest.raises(Undecided, match="ways to be met at one point"):
        Automaton(R(left, right).expr).moves(0, 0)


def test_a_letter_has_room_for_every_instant() -> None:
    with pytest.raises(Undecided, match="61 parts about one moment"):
        Automaton(reduce(lambda left, right: left | right, (F(name(f"p{i}")) for i in range(61))).expr)
