"""Proofs that a goal can be reached again, by a rank that falls on the way there."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.evidence.small import ONE, SAID, K, X, certificate, covered, finding, numbers, rows, walk

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Certificate
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.properties.claims import Recoverable

# The user goes 0 → 1 → 2 and the system brings them back; 4 is a dead end that nobody enters.
THERE_AND_BACK = walk("far 0>1 user", "further 1>2 user", "back 2>1", "home 1>0", "spin 2>2", "lost 4>4")
BACK = Recoverable(**SAID, goal=X == 0, by=("os",))
CLOSED = numbers(0, 1, 2)


def accepts(ranks: list[int], claim: Recoverable = BACK) -> bool:
    (found,) = covered(THERE_AND_BACK, claim, certificate(CLOSED, ranks))
    return found


def test_a_rank_that_falls_to_zero_at_the_goal_proves_recovery() -> None:
    assert accepts([0, 1, 2])
    assert accepts([0, 5, 9])


@pytest.mark.parametrize(
    "ranks",
    [
        [0, 1, 1],  # 2 has no step to a smaller rank
        [0, 2, 1],
        [0, 0, 1],  # 1 is no goal
        [0, 0, 0],
        [0, 1, -1],  # 2 can be reached, and has no rank
        [-1, 1, 2],
        [0, -1, 1],
        [1, 2, 3],  # nobody helps on from the goal, so its rank must be 0
        [-1, -1, -1],
        [0, 1],
        [0, 1, 2, 3],
    ],
)
def test_a_wrong_rank_proves_nothing(ranks: list[int]) -> None:
    assert not accepts(ranks)


def test_ranks_that_are_no_whole_numbers_prove_nothing() -> None:
    for ranks in (
        np.full(3, np.nan),
        np.array([0.0, 1.0, 2.0]),
        np.array([[0], [1], [2]]),
        np.array([False, True, True]),
    ):
        assert covered(THERE_AND_BACK, BACK, Certificate(CLOSED, ranks)) == [False]
    assert covered(THERE_AND_BACK, BACK, Certificate(CLOSED)) == [False]


def test_a_state_that_nobody_enters_needs_no_rank() -> None:
    closed = numbers(0, 1, 2, 4)
    assert covered(THERE_AND_BACK, BACK, certificate(closed, [0, 1, 2, -1])) == [True]
    assert covered(THERE_AND_BACK, BACK, certificate(closed, [0, 1, 2, 1])) == [False]  # a wrong one is wrong


def test_equal_ranks_round_a_cycle_prove_nothing() -> None:
    ring = walk("a 0>1", "b 1>2", "c 2>0")
    claim = Recoverable(**SAID, goal=X == 4)
    for ranks in ([1, 1, 1], [3, 2, 1], [1, 2, 3], [0, 0, 0]):
        assert covered(ring, claim, certificate(numbers(0, 1, 2), ranks)) == [False]


def test_only_helpers_who_are_not_barred_help() -> None:
    assert not accepts([0, 1, 2], Recoverable(**SAID, goal=X == 0, by=("user",)))
    assert not accepts([0, 1, 2], Recoverable(**SAID, goal=X == 0, by=()))
    assert not accepts([0, 1, 2], Recoverable(**SAID, goal=X == 0, barring=("back",)))
    assert accepts([0, 1, 2], Recoverable(**SAID, goal=X == 0, by=("os",), barring=("spin", "far")))


def test_only_where_given_leads_counts_and_the_way_back_may_leave_it() -> None:
    detour = walk("fall 0>1", "round 1>2 user", "home 2>0 user", "sink 2>3 user")
    claim = Recoverable(**SAID, goal=X == 0, given=("os",), by=("user",))
    assert covered(detour, claim, certificate(numbers(0, 1, 2, 3), [0, 2, 1, -1])) == [True]
    everyone = Recoverable(**SAID, goal=X == 0, by=("user",))
    assert covered(detour, everyone, certificate(numbers(0, 1, 2, 3), [0, 2, 1, -1])) == [False]
    with pytest.raises(EvidenceRejected):
        covered(detour, claim, certificate(numbers(0, 1), [0, 1]))


def test_another_goal_or_configuration_is_another_question() -> None:
    assert not accepts([0, 1, 2], Recoverable(**SAID, goal=X == 1, by=("os",)))
    keyed = walk("far 0>1", "home 1>0 os if k")
    claim = Recoverable(**SAID, goal=X == 0)
    closed = rows(keyed, [((k,), (s,)) for k in (False, True) for s in (0, 1)])
    assert covered(keyed, claim, certificate(closed, [0, 1, 0, 1])) == [False, True]
    assert covered(keyed, claim, certificate(closed, [0, -1, 0, 1])) == [False, True]
    assert covered(keyed, Recoverable(**SAID, goal=(X == 0) | ~K), certificate(closed, [0, 0, 0, 1])) == [True, True]


def test_recovery_is_vacuous_where_every_reachable_state_is_a_goal() -> None:
    claim = Recoverable(**SAID, goal=X < 3, by=("os",))
    proof = Judge().check_proof(THERE_AND_BACK, claim, ONE, certificate(numbers(0, 1, 2, 4), [0, 0, 0, -1]))
    assert (proof.covered.tolist(), proof.vacuous) == ([True], (True,))
    proof = Judge().check_proof(THERE_AND_BACK, BACK, ONE, certificate(CLOSED, [0, 1, 2]))
    assert proof.vacuous == (False,)


def test_the_reference_engines_ranks_are_distances() -> None:
    found = finding(THERE_AND_BACK, BACK).certificate.ranks
    assert found is not None
    assert found.tolist() == [0, 1, 2]
