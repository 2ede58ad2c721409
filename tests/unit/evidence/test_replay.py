"""Witnesses: what the judge lets them settle, and each way in which one can be wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.evidence.small import BOTH, ONE, SAID, K, X, lasso, settled, steps, trace, trap, walk

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Witness, WitnessKind
from tunnelproof.evidence.checking import replay
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.checking.replay import Replay
from tunnelproof.model.language.component import ANY, NONE, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, Step, System
from tunnelproof.model.language.terms import after, by, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)

LINE = walk("a 0>1", "b 1>2 user", "c 2>3", "again 0>0")

# --- traces ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "path"),
    [
        (Invariant(**SAID, holds=X < 2), ["a", "b"]),
        (Invariant(**SAID, holds=X < 2, when=taken("b")), ["a", "b"]),
        (Invariant(**SAID, holds=X > 0), []),
        (StepInvariant(**SAID, holds=after(X) < 2), ["a", "b"]),
        (StepInvariant(**SAID, holds=X > 0, when=after(X) == 1), ["a"]),
        (Reachable(**SAID, point=taken("c")), ["a", "b", "c"]),
        (Reachable(**SAID, point=X == 0), []),
        (DeadlockFree(**SAID), ["a", "b", "c"]),
        (DeadlockFree(**SAID, by=("user",)), []),
        (DeadlockFree(**SAID, by=("user",), except_=X == 0), ["a", "b"]),
        (Precedence(**SAID, first=taken("again"), then=X == 1), ["a"]),
        (Precedence(**SAID, first=taken("again"), then=X == 1, since=X == 0), ["a"]),
        (Precedence(**SAID, first=taken("a"), then=X == 2, since=taken("b")), ["a", "b"]),
        (Precedence(**SAID, first=X == 0, then=X == 2, since=X == 1), ["a", "b"]),
        (Precedence(**SAID, first=X == 1, then=X == 0), []),
    ],
)
def test_a_trace_settles_a_claim_at_its_last_point(claim: Claim, path: list[str]) -> None:
    assert settled(LINE, claim, trace(*path)) == [0]
    for shorter in range(len(path)):
        assert settled(LINE, claim, trace(*path[:shorter])) == []


@pytest.mark.parametrize(
    ("claim", "path"),
    [
        (Invariant(**SAID, holds=X < 2), ["b"]),  # not enabled
        (Invariant(**SAID, holds=X < 2), ["a", "b", "b"]),
        (Invariant(**SAID, holds=X < 2), ["a", "none of these"]),
        (Invariant(**SAID, holds=X == 2), ["a", "b"]),
        (Invariant(**SAID, holds=X < 2, when=taken("a")), ["a", "b"]),
        (StepInvariant(**SAID, holds=X < 5), []),
        (StepInvariant(**SAID, holds=X < 0), ["b"]),
        (StepInvariant(**SAID, holds=X < 1), ["a"]),
        (Reachable(**SAID, point=taken("a")), ["a", "b"]),
        (DeadlockFree(**SAID, except_=X == 3), ["a", "b", "c"]),
        (Precedence(**SAID, first=taken("a"), then=X == 2), ["a", "b"]),
        (Precedence(**SAID, first=taken("b"), then=X == 2, since=taken("b")), ["a", "b"]),
        (Recurrence(**SAID, point=X == 1), ["a", "b", "c"]),
        (Recoverable(**SAID, goal=X == 0), ["a"]),
    ],
)
def test_another_trace_settles_nothing(claim: Claim, path: list[str]) -> None:
    assert settled(LINE, claim, trace(*path)) == []


def test_a_trace_settles_the_configurations_in_which_all_of_it_holds() -> None:
    keyed = walk("a 0>1", "b 1>2 os if k")
    assert settled(keyed, Reachable(**SAID, point=X == 2), trace("a", "b")) == [1]
    assert settled(keyed, Invariant(**SAID, holds=X == 0), trace("a")) == [0, 1]
    assert settled(keyed, DeadlockFree(**SAID), trace("a")) == [0]
    assert settled(keyed, Invariant(**SAID, holds=(X == 0) | K), trace("a")) == [0]


def test_one_judge_replays_one_witness_after_another() -> None:
    judge, claim = Judge(), Reachable(**SAID, point=X == 2)
    found = [judge.check_witness(LINE, claim, ONE, trace(*path)).configurations for path in ("ab", "a", "ab")]
    assert found == [(0,), (), (0,)]
    assert judge.check_witness(LINE, Reachable(**SAID, point=X == 1), ONE, trace("a")).configurations == (0,)


def test_one_initial_state_that_fails_is_enough() -> None:
    system = walk("a 0>1", "b 2>3", start=[0, 2])
    assert settled(system, Invariant(**SAID, holds=X < 3), trace("b")) == [0]
    assert settled(system, Invariant(**SAID, holds=X < 2), trace()) == [0]
    assert settled(system, Invariant(**SAID, holds=X < 3), trace("a", "b")) == []  # from different starts


def test_a_step_has_the_action_the_parameters_and_the_outcome() -> None:
    part = Component("part", actor="os")
    x = part.variable("x", Range(0, 3), start=0)
    lucky = outcome("lucky", {x: name("to")}, when=name("to") > 1)
    part.action("go", choose={"to": Range(0, 3)}, outcomes=[lucky, outcome("not")])
    system = compose("choice", configuration=Configuration(), components=[part])
    claim = Invariant(**SAID, holds=X < 2)

    def go(to: object, how: str) -> Witness:
        return Witness(WitnessKind.TRACE, (), (Step("go", (("to", to),), how),))  # type: ignore[arg-type]

    assert settled(system, claim, go(2, "lucky")) == [0]
    assert settled(system, claim, go(2, "not")) == []
    assert settled(system, claim, go(1, "lucky")) == []
    assert settled(system, claim, go(4, "lucky")) == []
    assert settled(system, claim, go(True, "lucky")) == []
    assert settled(system, claim, go(2, "")) == []
    assert settled(system, claim, trace("go")) == []
    with pytest.raises(EvidenceRejected, match="does not have"):
        Replay(system, claim, ONE).run(steps("go"))


def test_a_step_that_would_leave_a_domain_is_none() -> None:
    part = Component("part", actor="os")
    x, y = part.variable("x", Range(0, 1), start=0), part.variable("y", Range(0, 2), start=0)
    part.action("more", then={x: x + 1, y: y + 1})
    system = compose("edge", configuration=Configuration(), components=[part])
    assert settled(system, Reachable(**SAID, point=y == 1), trace("more")) == [0]
    assert settled(system, Reachable(**SAID, point=y == 2), trace("more", "more")) == []
    assert settled(system, DeadlockFree(**SAID), trace("more")) == [0]


def test_a_guard_names_the_right_configuration_though_an_earlier_one_cannot_start() -> None:
    part, configuration = Component("part", actor="os"), Configuration()
    configuration.setting("k", bool)
    x = part.variable("x", bool, start=ANY)
    part.initially(K & x)
    part.action("stay", when=x, then={x: x})
    system = compose("no start", configuration=configuration, components=[part])
    found = Judge().check_witness(system, Invariant(**SAID, holds=~x), BOTH, trace())
    assert found.configurations == (1,)


# --- traps -------------------------------------------------------------------------------------------------------

PIT = walk("fall 0>1 user", "dig 1>2", "climb 2>0 user", "wait 2>1", "push 0>1 os")


def test_a_trap_is_what_the_helpers_cannot_leave_for_the_goal() -> None:
    claim = Recoverable(**SAID, goal=X == 0, by=("os",))
    assert settled(PIT, claim, trap("fall")) == [0]
    assert settled(PIT, claim, trap()) == []  # it is at the goal
    assert settled(PIT, Recoverable(**SAID, goal=X == 0), trap("fall")) == []
    assert settled(PIT, Recoverable(**SAID, goal=X == 0, by=("user",)), trap("fall")) == [0]
    assert settled(PIT, Recoverable(**SAID, goal=X == 0, by=("user",)), trap("fall", "dig")) == []
    assert settled(PIT, Recoverable(**SAID, goal=X == 2, by=("os",)), trap("fall")) == []
    assert settled(PIT, Recoverable(**SAID, goal=X == 0, barring=("climb",)), trap("fall")) == [0]
    assert settled(PIT, Recoverable(**SAID, goal=X == 4, by=()), trap()) == [0]
    assert settled(PIT, Invariant(**SAID, holds=X == 0), trap("fall")) == []


def test_a_trap_is_reached_by_given_actors_only() -> None:
    claim = Recoverable(**SAID, goal=X == 0, given=("os",), by=("os",))
    assert settled(PIT, claim, trap("fall")) == []
    assert settled(PIT, claim, trap("push")) == [0]


def test_a_trap_in_one_configuration_is_none_in_another() -> None:
    keyed = walk("fall 0>1", "climb 1>0 os if k")
    assert settled(keyed, Recoverable(**SAID, goal=X == 0), trap("fall")) == [0]


def test_a_trap_of_one_start_is_not_freed_by_another() -> None:
    islands = walk("a 0>1", "b 2>3", start=[0, 2])
    assert settled(islands, Recoverable(**SAID, goal=X == 1), trap()) == [0]
    assert settled(islands, Recoverable(**SAID, goal=X == 1), trap("a")) == []
    assert settled(islands, Recoverable(**SAID, goal=X == 1), trap("b")) == [0]
    trapped = Judge().trap(islands, Recoverable(**SAID, goal=X == 1), (), [2])
    assert trapped.tolist() == [[2], [3]]


def test_a_trap_that_is_too_large_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "LARGEST_TRAP", 1)
    with pytest.raises(EvidenceRejected, match="trap"):
        settled(PIT, Recoverable(**SAID, goal=X == 4), trap("fall"))


# --- lassos ------------------------------------------------------------------------------------------------------

ROUND = walk("in 0>1", "on 1>2", "off 2>1", "out 2>3 user")


def fair(system: System, **fairness: Fairness) -> System:
    """Return the system with other fairness."""
    return replace(
        system,
        actions=tuple(replace(a, fairness=fairness.get(a.name, a.fairness)) for a in system.actions),
    )


@pytest.mark.parametrize(
    ("claim", "path", "loop"),
    [
        (Recurrence(**SAID, point=X == 3), ["in", "on", "off"], 1),
        (Recurrence(**SAID, point=X == 0), ["in", "on", "off"], 1),
        (Recurrence(**SAID, point=taken("in")), ["in", "on", "off"], 1),
        (NeverForever(**SAID, points=(X == 1, X == 2, taken("on"))), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=X == 0, response=X == 3), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=X == 2, response=X == 3), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=X == 2, response=X == 0), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=taken("off"), response=taken("in")), ["in", "on", "off"], 1),
        (Recurrence(**SAID, point=X == 0), ["in"], 1),  # idling
        (Recurrence(**SAID, point=X == 3), [], 0),
        (Recurrence(**SAID, point=taken("in")), ["in"], 1),
        (NeverForever(**SAID, points=(X == 1,)), ["in"], 1),
        (Response(**SAID, trigger=X == 1, response=taken("in")), ["in"], 1),
    ],
)
def test_a_lasso_settles_what_its_loop_and_stem_make_false(claim: Claim, path: list[str], loop: int) -> None:
    assert settled(ROUND, claim, lasso(loop, *path)) == [0]


@pytest.mark.parametrize(
    ("claim", "path", "loop"),
    [
        (Recurrence(**SAID, point=X == 3), ["in", "on", "off"], 0),  # it does not close
        (Recurrence(**SAID, point=X == 3), ["in", "on", "off"], 2),
        (Recurrence(**SAID, point=X == 3), ["in", "on", "off"], -1),
        (Recurrence(**SAID, point=X == 3), ["in", "on", "off"], 4),
        (Recurrence(**SAID, point=X == 3), ["in", "on", "off"], None),
        (Recurrence(**SAID, point=X == 3), ["in", "off", "on"], 1),
        (Recurrence(**SAID, point=X == 2), ["in", "on", "off"], 1),
        (Recurrence(**SAID, point=taken("off")), ["in", "on", "off"], 1),
        (NeverForever(**SAID, points=(X == 1, X == 0)), ["in", "on", "off"], 1),
        (NeverForever(**SAID, points=(X == 1, taken("in"))), ["in"], 1),
        (Response(**SAID, trigger=X == 3, response=X == 0), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=X == 0, response=X == 1), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=X == 0, response=taken("in")), ["in", "on", "off"], 1),
        (Response(**SAID, trigger=X == 2, response=X == 1), ["in", "on", "off"], 1),
        (Invariant(**SAID, holds=X == 0), ["in", "on", "off"], 1),
    ],
)
def test_another_lasso_settles_nothing(claim: Claim, path: list[str], loop: int | None) -> None:
    assert settled(ROUND, claim, lasso(loop, *path)) == []


def test_a_run_idles_only_where_nobody_is_bound_to_act() -> None:
    claim = Recurrence(**SAID, point=X == 3)
    assert settled(fair(ROUND, on=WEAK), claim, lasso(1, "in")) == []
    assert settled(fair(ROUND, off=WEAK), claim, lasso(1, "in")) == [0]
    promised = Recurrence(**SAID, point=X == 3, assuming={"on": STRONG})
    assert settled(ROUND, promised, lasso(1, "in")) == []
    released = Recurrence(**SAID, point=X == 3, assuming={"on": "none"})
    assert settled(fair(ROUND, on=WEAK), released, lasso(1, "in")) == [0]


def test_a_loop_is_fair_to_every_action() -> None:
    claim, round_ = Recurrence(**SAID, point=X == 3), lasso(1, "in", "on", "off")
    assert settled(fair(ROUND, out=WEAK), claim, round_) == [0]  # it is not enabled at 1
    assert settled(fair(ROUND, out=STRONG), claim, round_) == []
    assert settled(fair(ROUND, on=STRONG, off=STRONG), claim, round_) == [0]
    stuck = walk("stay 0>0", "go 0>1", "up 0>2", fair={"go": WEAK})
    assert settled(stuck, Recurrence(**SAID, point=X == 1), lasso(0, "stay")) == []
    assert settled(fair(stuck, go=NONE, up=STRONG), Recurrence(**SAID, point=X == 1), lasso(0, "stay")) == []
    assert settled(fair(stuck, go=NONE), Recurrence(**SAID, point=X == 1), lasso(0, "stay")) == [0]


def test_a_loop_that_closes_in_one_configuration_or_start_only_settles_that() -> None:
    keyed = walk("stay 0>0", "go 0>1 os if k", fair={"go": WEAK})
    assert settled(keyed, Recurrence(**SAID, point=X == 1), lasso(0, "stay")) == [0]
    part = Component("part", actor="os")
    x, y = part.variable("x", bool, start=False), part.variable("y", bool, start=ANY)
    part.action("flip", then={x: ~x & y})
    flip = compose("flip", configuration=Configuration(), components=[part])
    found = Judge().check_witness(flip, Recurrence(**SAID, point=x), ONE, lasso(0, "flip"))
    assert found.settled == ((0, 0),)
    assert settled(flip, Recurrence(**SAID, point=x & ~y), lasso(0, "flip", "flip")) == [0]


def test_a_fair_outcome_is_owed_where_it_could_occur_under_the_same_parameters() -> None:
    def tries(each: bool) -> System:
        part = Component("tries", actor="os")
        x = part.variable("x", Range(0, 2), start=0)
        lucky = outcome("lucky", {x: 2}, when=name("p") & (x == 1), fair=True)
        part.action("try", outcomes=[lucky, outcome("not", {x: (x + 1) % 2})], choose={"p": bool}, fair=WEAK, each=each)
        return compose("tries", configuration=Configuration(), components=[part])

    def around(*choices: bool) -> Witness:
        return Witness(WitnessKind.LASSO, (), tuple(Step("try", (("p", p),), "not") for p in choices), 0)

    claim = Recurrence(**SAID, point=X == 2)
    assert settled(tries(each=False), claim, around(False, False)) == [0]
    assert settled(tries(each=False), claim, around(True, False)) == [0]  # at 0 luck could not come
    assert settled(tries(each=False), claim, around(False, True)) == []
    assert settled(tries(each=False), claim, around(True, True)) == []
    assert settled(tries(each=True), claim, around(False, False)) == []  # the choice p is never made
    assert settled(tries(each=True), claim, around(True, False)) == [0]
    assert settled(tries(each=True), claim, around(True, True)) == []


def test_an_outcome_whose_action_is_not_taken_is_not_owed() -> None:
    part = Component("part", actor="os")
    x = part.variable("x", bool, start=False)
    part.action("try", outcomes=[outcome("lucky", {x: True}, fair=True), outcome("not")])
    part.action("wait", when=~x)
    system = compose("patience", configuration=Configuration(), components=[part])
    assert settled(system, Recurrence(**SAID, point=x), lasso(0, "wait")) == [0]
    assert settled(system, Recurrence(**SAID, point=x), lasso(0)) == [0]  # nor has anybody to try


def test_lanes_tell_apart_states_that_differ_in_one_of_many_variables() -> None:
    part = Component("wide", actor="os")
    bits = [part.variable(f"b{i}", bool, start=False) for i in range(80)]
    part.action("set", then={bits[-1]: True})
    part.action("clear", when=bits[1], then=dict.fromkeys(bits, False))
    system = compose("wide", configuration=Configuration(), components=[part])
    claim = Recurrence(**SAID, point=bits[0])
    assert settled(system, claim, lasso(0, "set")) == []
    assert settled(system, claim, lasso(1, "set", "set")) == [0]
    assert np.array_equal(Replay(system, claim, ONE).run(steps("set")).history[1][0, -1:], [1])


@pytest.mark.parametrize("kept", [0, 1 << 23])
def test_runs_that_begin_alike_are_replayed_as_if_alone(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_KEPT", kept)
    keyed, claim = walk("a 0>1", "b 1>2 os if k", "c 2>0", "d 1>0", start=[0, 1]), Reachable(**SAID, point=X == 2)
    shared = Replay(keyed, claim, BOTH)
    for path in ("abc", "ab", "", "ad", "adab", "abcad", "b", "bcab", "abc"):
        found, alone = shared.run(steps(*path)), Replay(keyed, claim, BOTH).run(steps(*path))
        assert [rows.tolist() for rows in found.history] == [rows.tolist() for rows in alone.history]
        assert found.of_lane.tolist() == alone.of_lane.tolist()
        assert len(found.history) == len(path) + 1
        assert (found.history[-1] == found.rows).all()


def test_a_step_is_judged_by_the_last_step_in_every_lane() -> None:
    two = walk("a 0>1", "b 1>2")
    assert settled(two, StepInvariant(**SAID, holds=~taken("b")), trace("a", "b")) == [0]
    assert settled(two, StepInvariant(**SAID, holds=~taken("a")), trace("a", "b")) == []
    assert settled(LINE, StepInvariant(**SAID, holds=~by("user")), trace("a", "b")) == [0]
    assert settled(LINE, StepInvariant(**SAID, holds=by("user")), trace("a", "b")) == []
    part = Component("part", actor="os")
    x = part.variable("x", Range(0, 9), start=[0, 3, 6])
    part.action("on", then={x: x + 1})
    system = compose("on", configuration=Configuration(), components=[part])
    for wanted in (0, 3, 6):
        claim = StepInvariant(**SAID, holds=after(x) != x + 1, when=x == wanted)
        found = Judge().check_witness(system, claim, ONE, trace("on"))
        assert found.settled == ((0, wanted // 3),)
        assert settled(system, claim, trace("on")) == [0]


def test_a_trap_may_go_round_in_its_least_state() -> None:
    assert settled(walk("again 0>0"), Recoverable(**SAID, goal=X == 4), trap()) == [0]


def test_every_fairness_condition_counts_not_the_last_alone() -> None:
    claim = Recurrence(**SAID, point=X == 3)
    choice = walk("stay 0>0", "one 0>1", "two 1>2", fair={"one": WEAK, "two": WEAK})
    assert settled(choice, claim, lasso(0, "stay")) == []  # `one` is owed, `two` is not enabled
    assert settled(choice, claim, lasso(0)) == []
    turned = walk("stay 0>0", "two 1>2", "one 0>1", fair={"one": WEAK, "two": WEAK})
    assert settled(turned, claim, lasso(0, "stay")) == []
    assert settled(turned, claim, lasso(0)) == []
    both_ = walk("stay 0>0", "on 0>1", "off 1>0", "up 1>2", "go 0>2", fair={"up": STRONG, "go": STRONG})
    assert settled(both_, claim, lasso(0, "stay")) == []
    assert settled(fair(both_, go=NONE), claim, lasso(0, "stay")) == [0]
    taken_first = walk("stay 0>0", "go 0>2", fair={"stay": WEAK, "go": WEAK})
    assert settled(taken_first, claim, lasso(0, "stay")) == []


def test_an_action_is_enabled_if_one_of_its_choices_is() -> None:
    part = Component("part", actor="os")
    x = part.variable("x", Range(0, 3), start=0)
    part.action("stay", then={x: x})
    part.action("go", when=name("to") == 1, choose={"to": Range(0, 2)}, then={x: 3}, fair=WEAK)
    system = compose("choice", configuration=Configuration(), components=[part])
    assert settled(system, Recurrence(**SAID, point=x == 3), lasso(0, "stay")) == []
    assert settled(system, Recurrence(**SAID, point=x == 3), lasso(0)) == []


def test_each_debt_of_a_fair_outcome_counts() -> None:
    part = Component("tries", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    lucky = outcome("lucky", {x: 2}, when=x == 0, fair=True)
    part.action("try", outcomes=[lucky, outcome("not", {x: (x + 1) % 2})])
    system = compose("tries", configuration=Configuration(), components=[part])
    around = Witness(WitnessKind.LASSO, (), (Step("try", (), "not"), Step("try", (), "not")), 0)
    assert settled(system, Recurrence(**SAID, point=x == 2), around) == []  # owed at 0, though not at 1


def test_a_trigger_at_the_last_step_before_idling_is_not_answered() -> None:
    once = walk("in 0>1")
    assert settled(once, Response(**SAID, trigger=taken("in"), response=X == 3), lasso(1, "in")) == [0]
    assert settled(once, Response(**SAID, trigger=taken("in"), response=X == 1), lasso(1, "in")) == []
