"""Only what can be reached counts, in every kind of proof; and what a level leaves is just what may go on for ever."""

from __future__ import annotations

import pytest
from tests.unit.evidence.small import ONE, SAID, X, certificate, covered, level, numbers, vacuous, walk

from tunnelproof.evidence.certificate import Break, Broken
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import taken
from tunnelproof.properties.claims import (
    DeadlockFree,
    Invariant,
    NeverForever,
    Precedence,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)

TRIVIAL = Broken(Break.TRIVIAL)
LOOP = walk("up 0>1", "down 1>0 user", "out 2>3", "back 3>2")  # 2 and 3 are not reachable
LARGER = certificate(numbers(0, 1, 2, 3))
LEAVES = Recurrence(**SAID, point=X == 2)


def test_a_trigger_that_is_met_beyond_reach_is_not_met() -> None:
    assert vacuous(LOOP, StepInvariant(**SAID, holds=X < 2, when=X == 2), LARGER) == (True,)
    assert vacuous(LOOP, StepInvariant(**SAID, holds=X < 2, when=X == 1), LARGER) == (False,)
    assert vacuous(LOOP, Invariant(**SAID, holds=X < 2, when=taken("out")), LARGER) == (True,)


def test_a_deadlock_beyond_reach_is_none() -> None:
    end = walk("up 0>1", "down 1>0", "out 2>3")
    assert covered(end, DeadlockFree(**SAID), LARGER) == [True]


def test_a_reset_beyond_reach_forgets_nothing() -> None:
    assert covered(LOOP, Precedence(**SAID, first=taken("up"), then=X == 3, since=X == 2), LARGER) == [True]


def test_what_a_reset_forgets_stays_forgotten() -> None:
    line = walk("see 0>1", "reset 1>2", "go 2>3", "use 3>4")
    closed = certificate(numbers(0, 1, 2, 3, 4))
    assert covered(line, Precedence(**SAID, first=taken("see"), then=taken("use")), closed) == [True]
    again = Precedence(**SAID, first=taken("see"), then=taken("use"), since=taken("reset"))
    assert covered(line, again, closed) == [False]


def test_a_rank_falls_to_a_rank() -> None:
    detour = walk("fall 0>1", "sink 1>3 user")
    claim = Recoverable(**SAID, goal=X == 0, given=("os",), by=("user",))
    assert covered(detour, claim, certificate(numbers(0, 1, 3), [0, 1, -1])) == [False]
    assert covered(
        detour, Recoverable(**SAID, goal=X == 3, by=("user",)), certificate(numbers(0, 1, 3), [2, 1, 0])
    ) == [False]


def test_of_other_claims_the_judge_takes_the_system_as_it_is_given() -> None:
    """Whoever asks about some actors only restricts the system first."""
    claim = Invariant(**SAID, holds=X < 2, given=("user",))
    line = walk("a 0>1", "b 1>2", "back 2>0 user")
    assert Judge().check_proof(line, claim, ONE, certificate(numbers(0, 1, 2))).covered.tolist() == [False]


# --- fair runs --------------------------------------------------------------------------------------------------------


def test_a_trigger_that_names_a_step_is_met_after_it_or_where_a_run_stops() -> None:
    once = walk("a 0>1", fair={"a": WEAK})
    levels = level([0, 1], [0, 0], TRIVIAL)
    after_it = Response(**SAID, trigger=taken("a"), response=X == 1)
    assert vacuous(once, after_it, certificate(numbers(0, 1), None, levels)) == (False,)
    line = walk("a 0>1", "b 1>2", fair={"a": WEAK, "b": WEAK})
    closed = certificate(numbers(0, 1, 2), None, level([0, 1, 2], [0, 0, 0], TRIVIAL))
    for state, never in ((1, True), (2, False)):  # nobody may stop at 1
        trigger = ~taken("a") & ~taken("b") & (state == X)
        assert vacuous(line, Response(**SAID, trigger=trigger, response=state == X), closed) == (never,)


def test_a_run_neither_stops_nor_goes_round_beyond_reach() -> None:
    stopped = walk("stay 0>0", "go 0>2", "rest 2>2", fair={"go": WEAK, "rest": WEAK})
    by_weak = level([0, 1, 2], [0, 1, 1], Broken(Break.WEAK, 0), TRIVIAL)
    assert covered(stopped, LEAVES, certificate(numbers(0, 2, 3), None, by_weak)) == [True]
    outside = level([0, 1, -1], [0, 1], Broken(Break.WEAK, 0), TRIVIAL)
    assert covered(stopped, LEAVES, certificate(numbers(0, 2, 3), None, outside)) == [True]
    spinning = walk("a 2>2", "spin 3>3", start=2, fair={"a": WEAK, "spin": WEAK})
    assert covered(spinning, LEAVES, certificate(numbers(2, 3))) == [True]


def test_a_run_stays_at_a_point_only_where_it_may_stop() -> None:
    once = walk("a 0>1", fair={"a": WEAK})
    levels = level([0, 1], [0, 0], TRIVIAL)
    for state, proved in ((0, True), (1, False)):
        claim = NeverForever(**SAID, points=(state == X,))
        assert covered(once, claim, certificate(numbers(0, 1), None, levels)) == [proved]


def test_where_nothing_is_asked_there_is_nothing_to_leave() -> None:
    ask = walk("ask 0>1", "dither 1>1", "answer 1>2", "rest 2>0", fair={"answer": WEAK})
    never = Response(**SAID, trigger=X == 4, response=X == 3)
    assert covered(ask, never, certificate(numbers(0, 1, 2))) == [True]
    assert covered(ask, never, certificate(numbers(0, 1, 2), None, level([-1, -1, -1], []))) == [True]
    answered = Response(**SAID, trigger=taken("ask"), response=X == 2)
    weak = Broken(Break.WEAK, 0)
    for component, reasons in (([-1, 0, -1], [0]), ([0, 1, 2], [0, 0, 0])):  # others may be in one too
        found = covered(ask, answered, certificate(numbers(0, 1, 2), None, level(component, reasons, weak)))
        assert found == [True]
    out_of_range = level([-2, 0, -2], [0], weak)
    assert covered(ask, answered, certificate(numbers(0, 1, 2), None, out_of_range)) == [False]


def test_a_strong_action_leaves_only_what_is_between_states_without_it() -> None:
    system = walk("on 0>1", "off 1>0", "go 1>2", "rest 2>2", fair={"go": STRONG, "on": WEAK, "rest": WEAK})
    alone = level([0, 0, 1], [0, 1], Broken(Break.STRONG, 1), TRIVIAL)
    assert covered(system, LEAVES, certificate(numbers(0, 1, 2), None, alone)) == [True]


def tries(*, wait: bool = False, up: bool = False, fair: object = WEAK) -> System:
    """Return a system that goes on trying at 0 and at 1, which luck ends."""
    part = Component("tries", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("try", when=x < 2, outcomes=[outcome("lucky", {x: 2}, fair=True), outcome("not")], fair=fair)  # type: ignore[arg-type]
    if wait:
        part.action("wait", when=x == 0)
    if up:
        part.action("up", when=x == 0, then={x: 1})
    part.action("rest", when=x == 2, fair=WEAK)
    return compose("tries", configuration=Configuration(), components=[part])


def test_an_outcome_that_is_owed_leaves_nothing_between_components() -> None:
    by_luck = level([0, 1, 2], [0, 0, 1], Broken(Break.OUTCOME, 1), TRIVIAL)
    assert covered(tries(up=True), LEAVES, certificate(numbers(0, 1, 2), None, by_luck)) == [True]


def test_only_taking_the_action_owes_its_outcome() -> None:
    by_luck = level([0, 1], [0, 1], Broken(Break.OUTCOME, 1), TRIVIAL)
    assert covered(tries(), LEAVES, certificate(numbers(0, 2), None, by_luck)) == [True]
    assert covered(tries(wait=True), LEAVES, certificate(numbers(0, 2), None, by_luck)) == [False]


def test_a_fair_outcome_makes_nobody_act() -> None:
    by_luck = level([0, 1], [0, 1], Broken(Break.OUTCOME, 0), TRIVIAL)
    assert covered(tries(fair=NONE), LEAVES, certificate(numbers(0, 2), None, by_luck)) == [False]
    idle = NeverForever(**SAID, points=(X == 0,))
    assert covered(tries(fair=NONE), idle, certificate(numbers(0, 2), None, by_luck)) == [False]


@pytest.mark.parametrize("first", [True, False])
def test_a_weak_reason_holds_in_all_of_its_components(first: bool) -> None:
    line = walk("a 0>0", "b 1>1", "on 0>1", "go 0>2", "rest 2>2", fair={"go": WEAK, "rest": WEAK, "on": WEAK})
    levels = level([0, 1, 2], [0, 0 if first else 1, 1], Broken(Break.WEAK, 1), TRIVIAL)
    assert covered(line, LEAVES, certificate(numbers(0, 1, 2), None, levels)) == [False]
