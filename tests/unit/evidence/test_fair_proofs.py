"""Proofs that no fair run stays in a region: components in levels, each with the reason why it is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.evidence.small import (
    ONE,
    SAID,
    X,
    asked,
    certificate,
    covered,
    finding,
    level,
    numbers,
    rows,
    walk,
)

from tunnelproof.evidence.certificate import Break, Broken, Certificate, Level
from tunnelproof.evidence.checking.closed_set import check_closed_set
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.checking.proofs import ProofCheck, Region
from tunnelproof.evidence.points import Formulas
from tunnelproof.evidence.rows import Codes
from tunnelproof.model.language.component import STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Claim, Invariant, NeverForever, Recurrence, Response
from tunnelproof.properties.fairness import FairAction, constraints_of
from tunnelproof.semantics.tabulate import Interpreter

TRIVIAL = Broken(Break.TRIVIAL)
LEAVES = Recurrence(**SAID, point=X == 2)


def broken(reason: Break, index: int = 0) -> Broken:
    return Broken(reason, index)


# A loop at 0 and 1 that a fair action leaves: `go` is always enabled there (weak), or only at 1 (strong).
WEAKLY = walk("on 0>1", "off 1>0", "go 0>2", "went 1>2", "rest 2>2", fair={"go": WEAK, "went": WEAK, "rest": WEAK})
STRONGLY = walk("on 0>1", "off 1>0", "go 1>2", "rest 2>2", fair={"go": STRONG, "on": WEAK, "rest": WEAK})
STAYING = walk("stay 0>0", "go 0>2", "rest 2>2", fair={"go": WEAK, "rest": WEAK})


def accepts(system: System, claim: Claim, closed: Codes, *levels: Level) -> bool:
    (found,) = covered(system, claim, certificate(closed, None, *levels))
    return found


def test_a_weakly_fair_action_that_is_always_enabled_is_taken() -> None:
    assert accepts(STAYING, LEAVES, numbers(0, 2), level([0, 1], [0, 1], broken(Break.WEAK), TRIVIAL))


def test_without_a_reason_a_loop_is_a_loop() -> None:
    closed = numbers(0, 2)
    assert not accepts(STAYING, LEAVES, closed)
    assert not accepts(STAYING, LEAVES, closed, level([0, 1], [0, 0], TRIVIAL))
    assert not accepts(STAYING, LEAVES, closed, level([0, 1], [0, 1], broken(Break.STRONG), TRIVIAL))


@pytest.mark.parametrize("index", [-1, 1, 2, 99, -99])
def test_a_reason_must_name_a_promise_that_applies(index: int) -> None:
    assert not accepts(STAYING, LEAVES, numbers(0, 2), level([0, 1], [0, 1], broken(Break.WEAK, index), TRIVIAL))


@pytest.mark.parametrize("reason", [Break.ABSENT, Break.OUTCOME, Break.STRONG])
def test_a_reason_must_be_of_the_right_sort(reason: Break) -> None:
    assert not accepts(STAYING, LEAVES, numbers(0, 2), level([0, 1], [0, 1], broken(reason), TRIVIAL))


def test_a_weak_action_that_is_not_enabled_everywhere_breaks_nothing() -> None:
    levels = level([0, 0, 1], [0, 1], broken(Break.WEAK, 1), TRIVIAL)
    system = replace(STRONGLY, actions=tuple(replace(a, fairness=WEAK) for a in STRONGLY.actions))
    assert [c.name for c in system.actions][2] == "go"
    assert not accepts(system, LEAVES, numbers(0, 1, 2), replace(levels, reasons=(broken(Break.WEAK, 2), TRIVIAL)))


STRONG_LEVELS = (level([0, 0, 1], [0, 1], broken(Break.STRONG, 1), TRIVIAL), level([0, -1, -1], [0], TRIVIAL))


def test_a_strongly_fair_action_is_taken_if_it_is_enabled_again_and_again() -> None:
    assert accepts(STRONGLY, LEAVES, numbers(0, 1, 2), *STRONG_LEVELS)


def test_what_is_left_of_a_component_must_be_dealt_with() -> None:
    roundabout = walk("on 0>1", "off 1>0", "go 1>2", "wait 0>0", fair={"go": STRONG, "on": WEAK})
    assert not accepts(roundabout, LEAVES, numbers(0, 1, 2), *STRONG_LEVELS)
    assert not accepts(roundabout, LEAVES, numbers(0, 1, 2), STRONG_LEVELS[0])
    on_is_weak = level([0, -1, -1], [0], broken(Break.WEAK, 0))
    assert accepts(roundabout, LEAVES, numbers(0, 1, 2), STRONG_LEVELS[0], on_is_weak)


def test_levels_of_the_engine_are_accepted_and_all_needed() -> None:
    roundabout = walk(
        "on 0>1", "off 1>0", "go 1>2", "wait 0>0", "rest 2>2", fair={"go": STRONG, "on": WEAK, "rest": WEAK}
    )
    found = finding(roundabout, LEAVES).certificate
    assert found.levels is not None
    assert len(found.levels) == 2
    assert covered(roundabout, LEAVES, found) == [True]
    for dropped in range(2):
        fewer = tuple(each for i, each in enumerate(found.levels) if i != dropped)
        assert covered(roundabout, LEAVES, replace(found, levels=fewer)) == [False]
    assert covered(roundabout, LEAVES, replace(found, levels=found.levels[::-1])) == [False]


def test_an_action_taken_inside_breaks_nothing() -> None:
    claim = Recurrence(**SAID, point=X == 2, assuming={"stay": STRONG, "go": "none", "rest": "none"})
    for reason in (Break.WEAK, Break.STRONG):
        assert not accepts(STAYING, claim, numbers(0, 2), level([0, 1], [0, 1], broken(reason), TRIVIAL))


@pytest.mark.parametrize(
    "levels",
    [
        level([0, -1], [0], broken(Break.WEAK)),  # 2 is in the region of the next test only
        level([-1, 0], [1, 0], broken(Break.WEAK), TRIVIAL),
        level([0, 1], [0], broken(Break.WEAK), TRIVIAL),  # a number without a reason
        level([0, 1], [0, 2], broken(Break.WEAK), TRIVIAL),
        level([0, 1], [0, -1], broken(Break.WEAK), TRIVIAL),
        level([0, 1], [], broken(Break.WEAK), TRIVIAL),
        level([0, -2], [0, 1], broken(Break.WEAK), TRIVIAL),
        level([-99, -99], [0, 1], broken(Break.WEAK), TRIVIAL),
        level([0], [0, 1], broken(Break.WEAK), TRIVIAL),
        level([0, 1, 1], [0, 1], broken(Break.WEAK), TRIVIAL),
        level([0, 1], [0, 1]),
        Level(np.array([0.0, 1.0]), np.array([0, 1]), (broken(Break.WEAK), TRIVIAL)),
        Level(np.array([np.nan, np.nan]), np.array([0, 1]), (broken(Break.WEAK), TRIVIAL)),
        Level(np.array([0, 1]), np.array([0.0, 1.0]), (broken(Break.WEAK), TRIVIAL)),
        Level(np.array([False, True]), np.array([0, 1]), (broken(Break.WEAK), TRIVIAL)),
        Level(np.array([[0], [1]]), np.array([0, 1]), (broken(Break.WEAK), TRIVIAL)),
    ],
)
def test_a_malformed_level_proves_nothing(levels: Level) -> None:
    assert not accepts(STAYING, LEAVES, numbers(0, 2), levels)


def test_steps_between_components_go_to_greater_numbers_only() -> None:
    claim = Recurrence(**SAID, point=X == 4)
    ring = walk("a 0>1", "b 1>2", "c 2>0", fair={"a": WEAK, "b": WEAK, "c": WEAK})
    for order in ([0, 1, 2], [2, 1, 0], [0, 2, 1], [1, 1, 0]):
        assert not accepts(ring, claim, numbers(0, 1, 2), level(order, [0, 0, 0], TRIVIAL))
    line = walk("a 0>1", "b 1>2", "c 2>4", "d 4>4", fair=dict.fromkeys("abcd", WEAK))
    closed = numbers(0, 1, 2, 4)
    assert accepts(line, claim, closed, level([0, 1, 2, 3], [0, 0, 0, 0], TRIVIAL))
    assert not accepts(line, claim, closed, level([0, 2, 1, 3], [0, 0, 0, 0], TRIVIAL))
    assert not accepts(line, claim, closed, level([0, 0, 1, 2], [0, 0, 0], TRIVIAL))


def test_a_run_may_stop_where_nothing_fair_is_enabled() -> None:
    line = walk("a 0>1", "b 1>2", "c 2>2", fair={"a": WEAK, "c": WEAK})  # nobody has to take b
    levels = level([0, 1, 2], [0, 0, 0], TRIVIAL)
    assert not accepts(line, LEAVES, numbers(0, 1, 2), levels)
    promised = Recurrence(**SAID, point=X == 2, assuming={"b": WEAK})
    assert accepts(line, promised, numbers(0, 1, 2), levels)
    broken_promise = Recurrence(**SAID, point=X == 2, assuming={"b": WEAK, "a": "none"})
    assert not accepts(line, broken_promise, numbers(0, 1, 2), levels)


def test_a_point_that_excludes_a_step_does_not_recur_where_only_that_is_taken() -> None:
    ring = walk("a 0>1", "a2 1>0", fair={"a": WEAK, "a2": WEAK})
    claim = Recurrence(**SAID, point=~(taken("a") | taken("a2")))
    for levels in ((), (level([0, 0], [0], TRIVIAL),), (level([0, 1], [0, 0], TRIVIAL),)):
        assert not accepts(ring, claim, numbers(0, 1), *levels)


def test_a_point_that_names_a_step_does_not_recur_while_a_run_idles() -> None:
    once = walk("a 0>1", fair={"a": WEAK})
    assert not accepts(once, Recurrence(**SAID, point=taken("a")), numbers(0, 1), level([0, 1], [0, 0], TRIVIAL))
    assert accepts(once, Recurrence(**SAID, point=~taken("a")), numbers(0, 1), level([0, 1], [0, 0], TRIVIAL))


# --- response ----------------------------------------------------------------------------------------------------

ASK = walk("ask 0>1", "dither 1>1", "answer 1>2", "rest 2>0", fair={"answer": WEAK})


def test_a_trigger_is_answered_if_every_fair_run_from_there_is_driven_to_the_answer() -> None:
    claim = Response(**SAID, trigger=taken("ask"), response=X == 2)
    levels = level([-1, 0, -1], [0], broken(Break.WEAK))
    assert accepts(ASK, claim, numbers(0, 1, 2), levels)
    assert not accepts(ASK, claim, numbers(0, 1, 2), level([-1, 0, -1], [0], TRIVIAL))
    assert not accepts(ASK, claim, numbers(0, 1, 2))
    unpromised = Response(**SAID, trigger=taken("ask"), response=X == 2, assuming={"answer": "none"})
    assert not accepts(ASK, unpromised, numbers(0, 1, 2), levels)
    another = Response(**SAID, trigger=X == 0, response=X == 1)
    assert not accepts(ASK, another, numbers(0, 1, 2), levels)  # a run may stop at 0


def test_an_answer_at_the_trigger_counts_and_one_before_it_does_not() -> None:
    line = walk("a 0>1", "b 1>2", fair={"a": WEAK, "b": WEAK})
    closed, levels = numbers(0, 1, 2), level([0, 1, 2], [0, 0, 0], TRIVIAL)
    assert accepts(line, Response(**SAID, trigger=X == 1, response=taken("a")), closed, levels)
    assert accepts(line, Response(**SAID, trigger=X == 0, response=X == 0), closed, levels)
    assert not accepts(line, Response(**SAID, trigger=X == 1, response=X == 0), closed, levels)
    assert not accepts(line, Response(**SAID, trigger=X == 2, response=taken("b")), closed, levels)  # idling at 2


def test_a_trigger_that_is_met_while_idling_only_is_met() -> None:
    once = walk("a 0>1", fair={"a": WEAK})
    trigger = ~taken("a") & (X == 1)
    levels = level([0, 1], [0, 0], TRIVIAL)
    assert not accepts(once, Response(**SAID, trigger=trigger, response=taken("a")), numbers(0, 1), levels)
    proof = Judge().check_proof(
        once, Response(**SAID, trigger=trigger, response=X == 1), ONE, certificate(numbers(0, 1), None, levels)
    )
    assert (proof.covered.tolist(), proof.vacuous) == ([True], (False,))
    never = Response(**SAID, trigger=taken("a") & (X == 0), response=X == 3)
    proof = Judge().check_proof(once, never, ONE, certificate(numbers(0, 1), None, levels))
    assert (proof.covered.tolist(), proof.vacuous) == ([True], (True,))


# --- never for ever ----------------------------------------------------------------------------------------------


def test_points_that_never_recur_together() -> None:
    two = walk("left 0>1", "right 0>2", "l 1>1", "r 2>2", fair={"left": WEAK, "right": WEAK, "l": WEAK, "r": WEAK})
    closed, claim = numbers(0, 1, 2), NeverForever(**SAID, points=(X == 1, X == 2))
    levels = level([0, 1, 2], [0, 1, 2], TRIVIAL, broken(Break.ABSENT, 1), broken(Break.ABSENT, 0))
    assert accepts(two, claim, closed, levels)
    for reasons in ([0, 2, 1], [0, 1, 1], [0, 2, 2], [0, 0, 0]):
        assert not accepts(two, claim, closed, replace(levels, reason_of=np.array(reasons)))
    for index in (-1, 2, 5):
        wrong = (TRIVIAL, broken(Break.ABSENT, index), broken(Break.ABSENT, 0))
        assert not accepts(two, claim, closed, replace(levels, reasons=wrong))
    assert not accepts(two, NeverForever(**SAID, points=(X == 1,)), closed, levels)
    around = replace(two, actions=(*two.actions, replace(two.actions[0], name="back", guard=(X == 2).expr)))
    assert not accepts(around, claim, closed, levels)


def test_a_stopped_run_has_its_last_state_for_ever() -> None:
    once = walk("a 0>1", fair={"a": WEAK})
    levels = level([0, 1], [0, 0], TRIVIAL)
    assert not accepts(once, NeverForever(**SAID, points=(X == 1, X > 0)), numbers(0, 1), levels)
    assert accepts(once, NeverForever(**SAID, points=(X == 1, X == 0)), numbers(0, 1), levels)
    assert accepts(once, NeverForever(**SAID, points=(X == 1, taken("a"))), numbers(0, 1), levels)


# --- fair outcomes, parameters -----------------------------------------------------------------------------------


def tries(*, each: bool, fair_outcome: bool, fairness: object = WEAK) -> System:
    """Return a system that tries with p or without, and gets through only with luck, and only where that can be."""
    part = Component("tries", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    lucky = outcome("lucky", {x: 2}, when=name("p") if each else True, fair=fair_outcome)
    part.action(
        "try",
        when=x < 2,
        outcomes=[lucky, outcome("not", {x: (x + 1) % 2})],
        choose={"p": bool},
        fair=fairness,  # type: ignore[arg-type]
        each=each,
    )
    part.action("rest", when=x == 2, fair=WEAK)
    return compose("tries", configuration=Configuration(), components=[part])


def test_a_fair_outcome_occurs_if_its_action_is_taken_again_and_again() -> None:
    system, claim = tries(each=False, fair_outcome=True), Recurrence(**SAID, point=X == 2)
    by_outcome = level([0, 0, 1], [0, 1], broken(Break.OUTCOME, 1), TRIVIAL)
    assert accepts(system, claim, numbers(0, 1, 2), by_outcome)
    assert not accepts(system, claim, numbers(0, 1, 2), level([0, 0, 1], [0, 1], broken(Break.OUTCOME, 0), TRIVIAL))
    assert not accepts(system, claim, numbers(0, 1, 2), level([0, 0, 1], [0, 1], broken(Break.WEAK, 0), TRIVIAL))
    assert not accepts(system, claim, numbers(0, 1, 2), level([0, 0, 1], [0, 1], broken(Break.WEAK, 1), TRIVIAL))


def test_without_luck_nothing_helps() -> None:
    system, claim = tries(each=False, fair_outcome=False), Recurrence(**SAID, point=X == 2)
    assert finding(system, claim).verdicts == ("refuted",)
    for reason in Break:
        for index in range(-1, 3):
            levels = level([0, 0, 1], [0, 1], Broken(reason, index), TRIVIAL)
            assert not accepts(system, claim, numbers(0, 1, 2), levels)


def test_luck_is_not_owed_where_it_could_not_come() -> None:
    part = Component("tries", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    lucky = outcome("lucky", {x: 2}, when=x == 1, fair=True)
    part.action("try", when=x < 2, outcomes=[lucky, outcome("not")], fair=WEAK)
    part.action("up", when=x == 0, then={x: 1})
    part.action("rest", when=x == 2, fair=WEAK)
    system = compose("tries", configuration=Configuration(), components=[part])
    claim, closed = Recurrence(**SAID, point=X == 2), numbers(0, 1, 2)
    never_up = level([0, 1, 2], [0, 0, 1], broken(Break.OUTCOME, 1), TRIVIAL)
    assert not accepts(system, claim, closed, never_up)
    assert not accepts(system, claim, closed, never_up, level([0, 1, -1], [0, 0], TRIVIAL))
    promised = replace(claim, assuming={"up": WEAK})
    assert constraints_of(system, promised)[2] == FairAction("up", frozenset({2}), strong=False)
    assert accepts(system, promised, closed, never_up, level([0, 1, -1], [0, 1], broken(Break.WEAK, 2), TRIVIAL))


def test_luck_is_owed_under_the_parameters_under_which_it_could_come() -> None:
    claim = Recurrence(**SAID, point=X == 2)
    for fairness, verdict in ((WEAK, "proved"), ("none", "refuted")):
        system = tries(each=True, fair_outcome=True)
        asked_so = replace(claim, assuming={"try": fairness})
        found = finding(system, asked_so)
        assert found.verdicts == (verdict,)
        assert covered(system, asked_so, found.certificate) == [verdict == "proved"]
        spoilt = replace(found.certificate, levels=(found.certificate.levels or ())[1:])
        assert covered(system, asked_so, spoilt) == [False]


def test_a_proof_in_one_configuration_is_none_in_another() -> None:
    keyed = walk("stay 0>0", "go 0>2 os if k", "rest 2>2", fair={"go": WEAK, "rest": WEAK, "stay": WEAK})
    closed = rows(keyed, [((False,), (0,)), ((True,), (0,)), ((True,), (2,))])
    levels = level([0, 0, 1], [0, 1], broken(Break.WEAK, 1), TRIVIAL)
    assert asked(keyed) == ((False,), (True,))
    assert covered(keyed, LEAVES, certificate(closed, None, levels)) == [False, True]


def test_only_claims_about_fair_runs_have_a_region() -> None:
    closed = numbers(0, 2)
    graph = check_closed_set(STAYING, ONE, closed)
    check = ProofCheck(graph, Formulas(graph, Interpreter(STAYING)), Invariant(**SAID, holds=X == 0))
    with pytest.raises(AssertionError):
        Region(check)


def test_a_certificate_without_levels_proves_that_there_is_no_step_in_the_region() -> None:
    once = walk("a 2>2", start=2, fair={"a": WEAK})
    assert covered(once, LEAVES, Certificate(numbers(2))) == [True]
    assert covered(STAYING, LEAVES, Certificate(numbers(0, 2))) == [False]
