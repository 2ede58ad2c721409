"""What is cut away for a claim, and what must not be."""

from __future__ import annotations

import pytest
from tests.unit.certify.second import tied

from tunnelproof.model.language.component import WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import FALSE, TRUE, Apply
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import after, both, by, either, name, taken
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)
from tunnelproof.semantics.cone import can_be_sliced, slice_for

X, Y, GATE, K, ELSEWHERE = (name(n) for n in ("x", "y", "gate", "k", "elsewhere"))
SAID = {"id": "c", "sentence": ""}


def two_sides() -> System:
    """`gate` and `k` steer `x`; `y` and `elsewhere` steer nothing but each other."""
    configuration = Configuration()
    configuration.setting("k", bool)
    configuration.setting("elsewhere", bool)
    left, right = Component("left", actor="os"), Component("right", actor="user")
    gate = left.variable("gate", bool, start=K)
    x = left.variable("x", Range(0, 2), start=0)
    y = right.variable("y", bool, start=ELSEWHERE)
    open_ = left.derived("open", gate & K)
    left.derived("unread", ~y)
    left.action("up", when=open_, then={x: (x + 1) % 3, y: ~y})
    right.action("shut", when=True, outcomes=[outcome("well", {gate: False}, when=x > 0), outcome("ill")], fair=WEAK)
    right.action("toggle", when=ELSEWHERE, then={y: ~y}, fair=WEAK)
    return compose("two sides", configuration=configuration, components=[left, right])


def kept(claim: Claim) -> tuple[list[str], list[str], list[str]]:
    cone = slice_for(two_sides(), claim)
    return [v.name for v in cone.configuration], [v.name for v in cone.variables], [a.name for a in cone.actions]


def test_the_cone_has_what_the_claim_reads_and_what_steers_it() -> None:
    assert kept(Invariant(**SAID, holds=X < 2)) == (["k"], ["gate", "x"], ["up", "shut"])
    assert kept(Invariant(**SAID, holds=Y)) == (["k", "elsewhere"], ["gate", "x", "y"], ["up", "shut", "toggle"])


def test_effects_outside_the_cone_are_cut_and_guards_and_outcomes_stay() -> None:
    cone = slice_for(two_sides(), Invariant(**SAID, holds=X < 2))
    assert [name for name, _ in cone.action_named["up"].outcomes[0].effects] == ["x"]
    assert [o.name for o in cone.action_named["shut"].outcomes] == ["well", "ill"]
    assert [d.name for d in cone.derived] == ["open"]


def test_what_a_claim_names_is_kept_with_what_steers_that() -> None:
    assert kept(Reachable(**SAID, point=taken("toggle"))) == (["elsewhere"], [], ["toggle"])
    assert kept(Reachable(**SAID, point=by("user")))[2] == ["up", "shut", "toggle"]
    assert kept(Recurrence(**SAID, point=X == 0, assuming={"toggle": WEAK}))[2] == ["up", "shut", "toggle"]


def test_a_claim_about_the_configuration_alone_has_no_variables() -> None:
    assert kept(Invariant(**SAID, holds=K)) == (["k"], [], [])


def test_deadlock_is_asked_of_everything() -> None:
    assert kept(DeadlockFree(**SAID))[1:] == (["gate", "x", "y"], ["up", "shut", "toggle"])


def test_given_leaves_only_those_actors_actions() -> None:
    assert kept(Invariant(**SAID, holds=Y, given=("user",)))[2] == ["toggle"]
    assert kept(Invariant(**SAID, holds=Y, given=()))[2] == []


def test_recovery_keeps_the_helpers_who_are_not_barred_and_all_who_lead_there() -> None:
    claim = Recoverable(**SAID, goal=Y, given=("os",), by=("user",), barring=("shut",))
    assert kept(claim)[2] == ["up", "toggle"]
    assert kept(Recoverable(**SAID, goal=Y, given=("user",), barring=("toggle", "up")))[2] == ["toggle"]


def test_an_initial_formula_ties_variables_and_brings_their_starts() -> None:
    system, x, y = tied(), name("x"), name("y")
    cone = slice_for(system, Invariant(**SAID, holds=x))
    assert [v.name for v in (*cone.configuration, *cone.variables)] == ["k", "x", "y"]
    assert cone.initially == ((x == y).expr,)
    whole = slice_for(system, DeadlockFree(**SAID))
    assert [v.name for v in (*whole.configuration, *whole.variables)] == ["k", "off", "x", "y", "z"]
    assert len(whole.initially) == 2


STATE, STEP = X == 1, taken("up")
LOUD = either(taken("up"), X == 1)


@pytest.mark.parametrize(
    "claim",
    [
        Invariant(**SAID, holds=STATE),
        Invariant(**SAID, holds=~STEP),
        Invariant(**SAID, when=STEP, holds=STATE),
        Reachable(**SAID, point=both(STEP, STATE)),
        Reachable(**SAID, point=both(by("os"), STATE)),
        Recurrence(**SAID, point=Apply("or", (STEP.expr,))),
        StepInvariant(**SAID, holds=after(X) == X),
        Recurrence(**SAID, point=STEP),
        Recurrence(**SAID, point=Apply("not", (Apply("implies", (STEP.expr, STATE.expr)),))),
        Recurrence(**SAID, point=Apply("and", (TRUE, Apply("implies", (Apply("not", (STEP.expr,)), FALSE))))),
        NeverForever(**SAID, points=(STEP, STATE)),
        Response(**SAID, trigger=STATE, response=STATE),
        Response(**SAID, trigger=STEP, response=STEP),
        Response(**SAID, trigger=STEP, response=STATE),
        Precedence(**SAID, first=STEP, then=STATE),
        Precedence(**SAID, first=STEP, then=STATE, since=STEP),
        Precedence(**SAID, first=STATE, then=STEP, since=STATE),
        Recoverable(**SAID, goal=STATE),
    ],
)
def test_is_asked_of_its_cone_where_unnamed_steps_cannot_matter(claim: Claim) -> None:
    assert can_be_sliced(claim)


@pytest.mark.parametrize(
    "claim",
    [
        DeadlockFree(**SAID),
        Invariant(**SAID, holds=STEP),
        Invariant(**SAID, holds=~LOUD),
        Invariant(**SAID, when=~STEP & STATE, holds=~taken("shut")),
        Reachable(**SAID, point=~STEP),
        Recurrence(**SAID, point=LOUD),
        Recurrence(**SAID, point=Apply("implies", (STEP.expr, STATE.expr))),
        Recurrence(**SAID, point=Apply("=", (STEP.expr, STATE.expr))),
        Recurrence(**SAID, point=Apply("not", (Apply("and", (STATE.expr, STEP.expr)),))),
        Recurrence(**SAID, point=both(STATE, ~STEP)),
        NeverForever(**SAID, points=(STATE, ~STEP)),
        Response(**SAID, trigger=~STEP, response=STATE),
        Response(**SAID, trigger=STATE, response=STEP),
        Response(**SAID, trigger=STATE, response=both(STEP, STATE)),
        Precedence(**SAID, first=~STEP, then=STATE),
        Precedence(**SAID, first=STEP, then=STATE, since=STATE),
        Precedence(**SAID, first=STEP, then=STEP, since=STATE),
    ],
)
def test_is_asked_of_the_whole_where_unnamed_steps_matter(claim: Claim) -> None:
    assert not can_be_sliced(claim)


@pytest.mark.parametrize("kind", [Ltl, Ctl])
def test_a_temporal_formula_is_sliced_if_it_does_not_count_steps(kind: type[Ltl | Ctl]) -> None:
    path = "" if kind is Ltl else "A"
    sliced, counting = (Apply(path + op, ((X < 2).expr,)) for op in "GX")
    assert kept(kind(**SAID, formula=sliced)) == (["k"], ["gate", "x"], ["up", "shut"])
    assert can_be_sliced(kind(**SAID, formula=sliced))
    assert not can_be_sliced(kind(**SAID, formula=counting))
    assert kept(kind(**SAID, formula=counting))[2] == ["up", "shut", "toggle"]
