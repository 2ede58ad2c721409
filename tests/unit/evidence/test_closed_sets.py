"""Proofs by a closed set: what the judge accepts, and each way in which one can be wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.evidence.small import BOTH, ONE, SAID, K, X, asked, certificate, covered, finding, numbers, rows, walk

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Certificate
from tunnelproof.evidence.checking.closed_set import check_closed_set
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.model.language.component import ANY, Component, Configuration, compose
from tunnelproof.model.language.terms import after, by, either, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    StepInvariant,
    Tradeoff,
)

LOOP = walk("up 0>1", "down 1>0 user", "out 2>3", "back 3>2")  # 2 and 3 are not reachable
CLOSED = numbers(0, 1)
TWO = walk("up 0>1", "on 1>2 os if k", "home 2>0", "rest 1>0")
TWO_CLOSED = rows(TWO, [((False,), (0,)), ((False,), (1,)), *(((True,), (s,)) for s in range(3))])

TRUE_OF_THE_LOOP: list[Claim] = [
    Invariant(**SAID, holds=X < 2),
    Invariant(**SAID, holds=taken("up"), when=X == 1),
    Invariant(**SAID, holds=X == 0, when=by("user")),
    StepInvariant(**SAID, holds=after(X) != X),
    StepInvariant(**SAID, holds=after(X) == 0, when=by("user")),
    DeadlockFree(**SAID),
    DeadlockFree(**SAID, by=("user",), except_=X == 0),
    Precedence(**SAID, first=taken("up"), then=taken("down")),
    Precedence(**SAID, first=taken("up"), then=X == 1, since=X == 0),
]
FALSE_OF_THE_LOOP: list[Claim] = [
    Invariant(**SAID, holds=X < 1),
    Invariant(**SAID, holds=taken("down"), when=X == 0),  # the start has no step
    StepInvariant(**SAID, holds=after(X) > X),
    StepInvariant(**SAID, holds=after(X) == 1, when=by("user")),
    DeadlockFree(**SAID, by=("user",)),
    DeadlockFree(**SAID, by=("os",), except_=X == 0),
    Precedence(**SAID, first=taken("down"), then=X == 1),
    Precedence(**SAID, first=taken("down"), then=X == 0),
    Precedence(**SAID, first=X == 0, then=X == 1, since=taken("up")),
    Precedence(**SAID, first=X == 1, then=X == 0),
    Precedence(**SAID, first=X == 1, then=taken("down"), since=X == 0),
]


@pytest.mark.parametrize("claim", TRUE_OF_THE_LOOP)
def test_a_closed_set_proves_what_holds_everywhere_in_it(claim: Claim) -> None:
    assert covered(LOOP, claim, certificate(CLOSED)) == [True]


@pytest.mark.parametrize("claim", FALSE_OF_THE_LOOP)
def test_a_closed_set_proves_nothing_that_fails_in_it(claim: Claim) -> None:
    assert covered(LOOP, claim, certificate(CLOSED)) == [False]


def test_a_closed_set_refutes_that_something_is_reachable() -> None:
    assert covered(LOOP, Reachable(**SAID, point=X == 2), certificate(CLOSED)) == [True]
    assert covered(LOOP, Reachable(**SAID, point=taken("down") & (X == 1)), certificate(CLOSED)) == [True]
    assert covered(LOOP, Reachable(**SAID, point=taken("down")), certificate(CLOSED)) == [False]


def test_a_reset_forgets_and_at_a_point_with_both_acts_first() -> None:
    again = walk("up 0>1", "down 1>0", "see 0>0")
    closed = certificate(numbers(0, 1))
    assert covered(again, Precedence(**SAID, first=taken("see"), then=taken("up")), closed) == [False]
    late = walk("see 0>1", "use 1>1", "reset 1>0")
    assert covered(late, Precedence(**SAID, first=taken("see"), then=taken("use")), closed) == [True]
    assert covered(late, Precedence(**SAID, first=taken("see"), then=taken("use"), since=X == 0), closed) == [True]
    assert covered(late, Precedence(**SAID, first=taken("see"), then=taken("use"), since=X == 1), closed) == [False]
    both = Precedence(**SAID, first=taken("see"), then=X == 1, since=taken("see"))
    assert covered(late, both, closed) == [True]


def test_unreachable_rows_of_a_superset_count_for_nothing() -> None:
    larger = certificate(numbers(0, 1, 2, 3))
    assert covered(LOOP, Invariant(**SAID, holds=X < 2), larger) == [True]
    assert covered(LOOP, StepInvariant(**SAID, holds=~taken("out")), larger) == [True]
    assert covered(LOOP, Reachable(**SAID, point=taken("out")), larger) == [True]
    proof = Judge().check_proof(LOOP, Invariant(**SAID, holds=X < 2, when=X > 1), ONE, larger)
    assert proof.vacuous == (True,)


def test_order_and_repetition_of_rows_are_nothing() -> None:
    assert covered(LOOP, Invariant(**SAID, holds=X < 2), certificate(numbers(1, 0, 1, 1))) == [True]


@pytest.mark.parametrize(
    ("closed", "code"),
    [
        (numbers(0), "TP404"),
        (numbers(1), "TP403"),
        (numbers(), "TP403"),
        (numbers(0, 1, 2), "TP404"),
        (numbers(0, 1, 5), "TP401"),
        (numbers(0, 1, -1), "TP401"),
        (np.array([0, 1], dtype=np.int32), "TP401"),
        (np.array([[0, 0], [1, 0]], dtype=np.int32), "TP401"),
        (np.array([[0.0], [1.0]]), "TP401"),
        (np.array([[0.0], [1.0], [np.nan]]), "TP401"),
        (np.array([[False], [True]]), "TP401"),
    ],
)
def test_a_set_that_is_no_closed_set_is_rejected(closed: np.ndarray, code: str) -> None:
    with pytest.raises(EvidenceRejected) as fault:
        covered(LOOP, Invariant(**SAID, holds=X < 5), certificate(closed))
    assert fault.value.code == code


@pytest.mark.parametrize("dropped", range(len(TWO_CLOSED)))
def test_every_row_of_a_smallest_closed_set_is_needed(dropped: int) -> None:
    claim = Invariant(**SAID, holds=X < 3)
    assert covered(TWO, claim, certificate(TWO_CLOSED)) == [True, True]
    with pytest.raises(EvidenceRejected):
        covered(TWO, claim, certificate(np.delete(TWO_CLOSED, dropped, axis=0)))


def test_a_closed_set_covers_the_configurations_in_which_the_claim_holds() -> None:
    assert covered(TWO, Invariant(**SAID, holds=X < 2), certificate(TWO_CLOSED)) == [True, False]
    assert covered(TWO, Reachable(**SAID, point=X == 2), certificate(TWO_CLOSED)) == [True, False]
    assert covered(TWO, Invariant(**SAID, holds=(X < 2) | K), certificate(TWO_CLOSED)) == [True, True]


@pytest.mark.parametrize("configurations", [BOTH[:1], BOTH[1:], BOTH[::-1], ()])
def test_a_closed_set_is_about_the_configurations_asked_for(configurations: tuple[tuple[bool]]) -> None:
    with pytest.raises(EvidenceRejected) as fault:
        check_closed_set(TWO, configurations, TWO_CLOSED)
    assert fault.value.code == "TP402"


def test_a_closed_set_of_another_model_is_rejected() -> None:
    longer = walk("up 0>1", "down 1>0 user", "on 1>2")
    with pytest.raises(EvidenceRejected, match="leads out"):
        covered(longer, Invariant(**SAID, holds=X < 2), certificate(CLOSED))
    elsewhere = walk("up 0>1", "down 1>0 user", start=[0, 2])
    with pytest.raises(EvidenceRejected, match="initial state"):
        covered(elsewhere, Invariant(**SAID, holds=X < 2), certificate(CLOSED))


def test_a_configuration_that_cannot_start_is_not_proved_by_looking_at_nothing() -> None:
    part, configuration = Component("part", actor="os"), Configuration()
    configuration.setting("k", bool)
    x = part.variable("x", bool, start=ANY)
    part.initially(K & x)
    part.action("stay", when=x, then={x: x})
    system = compose("no start", configuration=configuration, components=[part])
    with pytest.raises(EvidenceRejected) as fault:
        closed = rows(system, [(k, (x,)) for k in BOTH for x in (False, True)])
        covered(system, Invariant(**SAID, holds=x), certificate(closed))
    assert fault.value.code == "TP402"


def test_every_initial_state_counts() -> None:
    system = walk("up 0>1", start=ANY, size=3)
    assert covered(system, Invariant(**SAID, holds=X < 2), certificate(numbers(0, 1, 2))) == [False]
    assert covered(system, Reachable(**SAID, point=X == 2), certificate(numbers(0, 1, 2))) == [False]


def test_a_system_without_variables_or_configuration_has_one_pair() -> None:
    part = Component("part", actor="os")
    part.action("beep")
    system = compose("nothing", configuration=Configuration(), components=[part])
    nothing = np.zeros((1, 0), dtype=np.int32)
    assert covered(system, DeadlockFree(**SAID), certificate(nothing)) == [True]
    assert covered(system, Reachable(**SAID, point=taken("beep")), certificate(nothing)) == [False]
    with pytest.raises(EvidenceRejected):
        covered(system, DeadlockFree(**SAID), certificate(nothing[:0]))
    silent = replace(system, actions=())
    assert covered(silent, DeadlockFree(**SAID), certificate(nothing)) == [False]
    assert covered(silent, Invariant(**SAID, holds=~by("os")), certificate(nothing)) == [True]


def test_a_proof_needs_a_closed_set_or_an_invariant() -> None:
    with pytest.raises(EvidenceRejected) as fault:
        covered(LOOP, Invariant(**SAID, holds=X < 2), Certificate())
    assert fault.value.code == "TP405"


def test_what_has_been_checked_cannot_be_changed_afterwards() -> None:
    judge, closed = Judge(), numbers(0, 1)
    assert judge.check_proof(LOOP, Invariant(**SAID, holds=X < 2), ONE, certificate(closed)).covered.all()
    closed[:] = 0
    with pytest.raises(EvidenceRejected):
        Judge().check_proof(LOOP, Invariant(**SAID, holds=X < 1), ONE, certificate(closed))
    assert not judge.check_proof(LOOP, Invariant(**SAID, holds=X < 1), ONE, certificate(closed)).covered.any()


def test_a_set_checked_for_one_model_is_checked_again_for_another() -> None:
    judge, claim = Judge(), Invariant(**SAID, holds=X < 2)
    assert judge.check_proof(LOOP, claim, ONE, certificate(CLOSED)).covered.all()
    with pytest.raises(EvidenceRejected):
        judge.check_proof(walk("up 0>1", "on 1>2"), claim, ONE, certificate(CLOSED))
    larger = judge.check_proof(LOOP, claim, ONE, certificate(numbers(0, 1, 2, 3)))
    assert (larger.pairs, larger.steps) == (4, 4)


@pytest.mark.parametrize(
    ("claim", "vacuous"),
    [
        (Invariant(**SAID, holds=X < 2), False),
        (Invariant(**SAID, holds=X < 2, when=X == 1), False),
        (Invariant(**SAID, holds=X < 2, when=taken("down") & (X == 1)), True),
        (StepInvariant(**SAID, holds=X < 2, when=taken("down")), False),
        (StepInvariant(**SAID, holds=X < 2, when=after(X) == X), True),
        (Precedence(**SAID, first=X == 0, then=X == 1), False),
        (Precedence(**SAID, first=X == 0, then=X == 2), True),
        (DeadlockFree(**SAID, except_=either(X == 0, X == 1)), False),
    ],
)
def test_a_proof_whose_trigger_is_never_met_is_vacuous(claim: Claim, vacuous: bool) -> None:
    proof = Judge().check_proof(LOOP, claim, ONE, certificate(CLOSED))
    assert proof.covered.all()
    assert proof.vacuous == (vacuous,)


def test_rows_wider_than_62_bits_are_told_apart() -> None:
    part = Component("wide", actor="os")
    bits = [part.variable(f"b{i}", bool, start=False) for i in range(130)]
    for number in (0, 64, 129):
        part.action(f"flip{number}", then={bits[number]: ~bits[number]})
    part.action("use", when=name("b1"), then=dict.fromkeys(bits, False))
    system = compose("wide", configuration=Configuration(), components=[part])
    claim = Invariant(**SAID, holds=~bits[5])
    found = finding(system, claim).certificate
    assert found.closed is not None
    assert len(found.closed) == 8
    assert covered(system, claim, found) == [True]
    for dropped in range(8):
        with pytest.raises(EvidenceRejected):
            covered(system, claim, certificate(np.delete(found.closed, dropped, axis=0)))
    swapped = found.closed.copy()
    swapped[3, 100] = 1
    with pytest.raises(EvidenceRejected):
        covered(system, claim, certificate(swapped))


def test_a_step_that_changes_nothing_is_excluded_where_a_checked_set_shows_it() -> None:
    judge = Judge()
    judge.check_proof(TWO, Invariant(**SAID, holds=X < 3), BOTH, certificate(TWO_CLOSED))
    assert judge.met_at_rest(TWO, (after(X) > X).expr, BOTH) == (False, False)
    assert judge.met_at_rest(TWO, (after(X) == 2).expr, BOTH) == (False, True)
    assert judge.met_at_rest(TWO, either(taken("up"), X == 2).expr, BOTH) == (False, True)
    assert judge.met_at_rest(TWO, (after(X) > X).expr, BOTH[:1]) == (True,)


def test_a_closed_set_is_no_evidence_about_a_tradeoff() -> None:
    with pytest.raises(AssertionError):
        covered(LOOP, Tradeoff(**SAID, claims=("c",)), certificate(CLOSED))


def test_the_configurations_of_a_walk_are_those_it_says() -> None:
    assert asked(LOOP) == ONE
    assert asked(TWO) == BOTH
