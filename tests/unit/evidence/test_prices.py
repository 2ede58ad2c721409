"""Recovery at a price: what proves it, and what refutes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.evidence.small import SAID, X, covered, finding, numbers, settled, trap, walk

from tunnelproof.evidence.certificate import Certificate
from tunnelproof.evidence.checking import replay
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Recoverable


def priced(system: System, **prices: int) -> System:
    """Return the system in which the actions have these prices, all others none."""
    return replace(system, actions=tuple(replace(a, price=prices.get(a.name, 0)) for a in system.actions))


def within(price: int | None, goal: object = X == 0, **options: object) -> Recoverable:
    return Recoverable(**SAID, goal=goal, within=price, **options)  # type: ignore[arg-type]


# The user falls to 2. Home from there: on foot over 1 for 1 + 1, or by taxi for 3. Turning round there costs nothing.
OUT = priced(
    walk("fall 0>2 user", "walk 2>1 user", "on 1>0 user", "taxi 2>0 user", "turn 2>3", "back 3>2"), walk=1, on=1, taxi=3
)
CLOSED = numbers(0, 1, 2, 3)


def accepts(ranks: list[int], prices: list[int], claim: Recoverable, system: System = OUT) -> bool:
    numbered = [np.array(part, dtype=np.int64) for part in (ranks, prices)]
    (found,) = covered(system, claim, Certificate(CLOSED, numbered[0], prices=numbered[1]))
    return found


def test_a_price_that_falls_by_what_each_step_costs_proves_what_it_says() -> None:
    assert accepts([0, 1, 2, 3], [0, 1, 2, 2], within(2))
    assert accepts([0, 1, 2, 3], [0, 1, 3, 3], within(3))  # more than need be
    assert accepts([0, 1, 1, 2], [0, 1, 3, 3], within(3))  # by taxi
    assert accepts([0, 1, 2, 3], [1, 2, 3, 3], within(3))  # something is left over at home
    assert accepts([0, 1, 2, 3], [0, 1, 2, 2], within(7))


@pytest.mark.parametrize(
    ("ranks", "prices", "most"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 2], 1),  # 2 says itself that it costs 2
        ([0, 1, 2, 3], [0, 1, 1, 1], 1),  # the step from 2 to 1 costs 1
        ([0, 1, 2, 3], [0, 0, 1, 1], 1),
        ([0, 1, 1, 2], [0, 1, 2, 2], 2),  # the taxi costs 3
        ([0, 1, 2, 3], [0, 1, 2, 1], 2),  # nobody pays for the way from 3
        ([0, 1, 3, 2], [0, 1, 1, 1], 1),  # 2 and 3 lead to each other for nothing
        ([0, 1, 2, 2], [0, 1, 1, 1], 1),
        ([0, 1, 1, 1], [0, 1, 1, 1], 1),
        ([0, 1, 2, 3], [0, 1, 2, -1], 2),
        ([0, 1, 2, 3], [-1, 0, 1, 1], 1),  # a debt
        ([0, 1, 2, 3], [-9, -8, -7, -7], 2),
        ([0, 1, 2, -1], [0, 1, 2, 2], 2),
        ([0, 0, 1, 2], [0, 0, 1, 1], 1),  # 1 is not home
        ([0, 1, 2, 3], [0, 1, 2], 2),
    ],
)
def test_wrong_prices_prove_nothing(ranks: list[int], prices: list[int], most: int) -> None:
    assert not accepts(ranks, prices, within(most))


def test_a_claim_about_a_price_is_not_proved_without_one() -> None:
    ranks = np.array([0, 1, 2, 3])
    assert covered(OUT, within(2), Certificate(CLOSED, ranks)) == [False]
    assert covered(OUT, within(2), Certificate(CLOSED, ranks, prices=np.array([0.0, 1.0, 2.0, 2.0]))) == [False]
    assert covered(OUT, within(2), Certificate(CLOSED, prices=np.array([0, 1, 2, 2]))) == [False]
    assert covered(OUT, within(None), Certificate(CLOSED, ranks, prices=np.array([9, 9, 9, 9]))) == [True]


def test_prices_too_large_for_their_sum_prove_nothing() -> None:
    largest = np.iinfo(np.int64).max
    dear = priced(OUT, walk=2**31 - 1, on=2**31 - 1, taxi=2**31 - 1)
    for prices in ([0, 1, 2, 2], [largest, largest, 2, 2], [largest] * 4):
        assert not accepts([0, 1, 2, 3], prices, within(2**31 - 1), dear)


def test_only_a_way_that_costs_too_much_is_a_trap() -> None:
    assert settled(OUT, within(1), trap("fall")) == [0]
    assert settled(OUT, within(0), trap("fall", "walk")) == [0]
    assert settled(OUT, within(1), trap("fall", "turn")) == [0]
    assert settled(OUT, within(2), trap("fall")) == []
    assert settled(OUT, within(2), trap("fall", "turn")) == []
    assert settled(OUT, within(1), trap("fall", "walk")) == []
    assert settled(OUT, within(0), trap()) == []
    assert settled(OUT, within(2, barring=("walk",)), trap("fall")) == [0]
    assert settled(OUT, within(3, barring=("walk",)), trap("fall")) == []
    assert settled(OUT, within(9, by=("os",)), trap("fall")) == [0]
    assert settled(OUT, within(9, goal=X == 4), trap()) == [0]


def test_two_starts_are_priced_each_for_itself() -> None:
    islands = priced(walk("a 0>1 user", "b 2>1 user", start=[0, 2]), a=1, b=2)
    assert settled(islands, within(1, goal=X == 1), trap()) == [0]  # from 2
    assert settled(islands, within(2, goal=X == 1), trap()) == []
    assert settled(islands, within(0, goal=X == 1), trap("b")) == []


def test_a_trap_is_as_large_as_what_may_be_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Judge().trap(OUT, within(0), (), [2]).tolist() == [[2], [3]]
    assert Judge().trap(OUT, within(1), (), [2]).tolist() == [[1], [2], [3]]
    monkeypatch.setattr(replay, "LARGEST_TRAP", 2)
    assert settled(OUT, within(0), trap("fall")) == [0]


def test_a_cheaper_way_found_later_is_followed_too() -> None:
    # 0 to 2: at once for 3, or over 1 for 1 + 1. From 2 on for 1.
    late = priced(walk("leap 0>2", "step 0>1", "hop 1>2", "end 2>3"), leap=3, step=1, hop=1, end=1)
    assert settled(late, within(3, goal=X == 3), trap()) == []
    assert settled(late, within(2, goal=X == 3), trap()) == [0]


@pytest.mark.parametrize(("most", "verdict"), [(0, Verdict.REFUTED), (1, Verdict.REFUTED), (2, Verdict.PROVED)])
def test_the_reference_engine_knows_what_a_way_costs(most: int, verdict: Verdict) -> None:
    found = finding(OUT, within(most))
    assert found.verdicts == (verdict,)
    if verdict is Verdict.PROVED:
        assert found.certificate.ranks is not None
        assert found.certificate.prices is not None
        assert (found.certificate.ranks.tolist(), found.certificate.prices.tolist()) == ([0, 1, 2, 3], [0, 1, 2, 2])
