"""Branching time: the judge looks at every component and level of a labelling before it believes the labels."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.long.wrong_evidence import labellings_changed
from tests.oracle.runs import TooLargeError
from tests.systems.models import systems
from tests.systems.questions import claims
from tests.unit.evidence.small import ONE, SAID, X, asked, finding, level, numbers, walk

from tunnelproof.engines.contract import Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.evidence.certificate import Break, Broken, Certificate, Labelling, Level
from tunnelproof.evidence.checking.judge import CheckedProof, Judge
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.component import STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply
from tunnelproof.model.language.system import System
from tunnelproof.model.language.temporal import AF, AG, AR, AU, AW, AX, EF, EG, ER, EU, EW, EX
from tunnelproof.model.language.terms import Term, choose, name
from tunnelproof.properties.claims import Ctl
from tunnelproof.semantics.cone import restrict

TRIVIAL = Broken(Break.TRIVIAL)
PROVED, REFUTED, NOTHING = "proved", "refuted", "nothing"


def ctl(formula: Term, **options: object) -> Ctl:
    return Ctl(**SAID, formula=formula, **options)  # type: ignore[arg-type]


def labels(component: Sequence[int], *levels: Level) -> Labelling:
    return Labelling(np.array(component, dtype=np.int64), levels)


def shown(found: CheckedProof) -> list[str]:
    """Return what the certificate shows in each configuration."""
    assert found.refuted is not None
    pairs = zip(found.covered.tolist(), found.refuted.tolist(), strict=True)
    return [PROVED if covered else REFUTED if refuted else NOTHING for covered, refuted in pairs]


def judged(system: System, claim: Ctl, closed: Sequence[int], *labellings: Labelling) -> str:
    """Return what a certificate shows about a walk without configuration variables."""
    certificate = Certificate(numbers(*closed), labellings=labellings)
    return shown(Judge().check_proof(system, claim, ONE, certificate))[0]


# 0 and 1 are a loop, 2 is where `go` leads; nobody may stop in a state with a step.
CIRCLE = walk("on 0>1", "off 1>0", "go 1>2", "rest 2>2", fair={"on": WEAK, "off": WEAK, "rest": WEAK})
STAYS = ctl(EG(X < 2))
LEAVES = ctl(AF(X == 2))
ROUND = labels([0, 0, -1])


def test_a_fair_component_shows_that_a_run_can_stay() -> None:
    assert judged(CIRCLE, STAYS, [0, 1, 2], ROUND) == PROVED
    assert judged(CIRCLE, LEAVES, [0, 1, 2], ROUND) == REFUTED


def test_levels_show_that_no_run_can_stay() -> None:
    fair = walk("on 0>1", "off 1>0", "go 1>2", "rest 2>2", fair={"on": WEAK, "go": STRONG, "rest": WEAK})
    left = level([0, 0, -1], [0], Broken(Break.STRONG, 1)), level([0, -1, -1], [0], TRIVIAL)
    assert judged(fair, STAYS, [0, 1, 2], labels([-1, -1, -1], *left)) == REFUTED
    assert judged(fair, LEAVES, [0, 1, 2], labels([-1, -1, -1], *left)) == PROVED
    assert judged(fair, LEAVES, [0, 1, 2], labels([-1, -1, -1], *left[:1])) == PROVED  # one state, no edge, is left
    assert judged(fair, LEAVES, [0, 1, 2], labels([-1, -1, -1])) == NOTHING
    assert judged(fair, STAYS, [0, 1, 2], ROUND) == NOTHING  # `go` is enabled in it and not taken


def test_levels_may_be_about_more_than_is_left() -> None:
    """An engine cuts everything into components, also what leads to a fair one."""
    assert judged(CIRCLE, STAYS, [0, 1, 2], labels([0, 0, -1], level([0, 0, -1], [0], TRIVIAL))) == PROVED


@pytest.mark.parametrize(
    "component",
    [
        pytest.param([-1, -1, -1], id="nothing is claimed, and no level explains it"),
        pytest.param([0, -1, -1], id="a state without an edge to itself"),
        pytest.param([0, 1, -1], id="two of them"),
        pytest.param([0, 0, 0], id="a state outside the formula"),
        pytest.param([0, 0, 1], id="a component outside the formula"),
        pytest.param([0, 0, -2], id="a number below"),
        pytest.param([3, 3, -1], id="a number above"),
        pytest.param([0, 0], id="too few"),
        pytest.param([0, 0, -1, -1], id="too many"),
    ],
)
def test_a_wrong_component_shows_nothing(component: list[int]) -> None:
    assert judged(CIRCLE, STAYS, [0, 1, 2], labels(component)) == NOTHING
    assert judged(CIRCLE, LEAVES, [0, 1, 2], labels(component)) == NOTHING


def test_numbers_have_to_be_whole() -> None:
    assert judged(CIRCLE, STAYS, [0, 1, 2], Labelling(np.array([0.0, 0.0, np.nan]), ())) == NOTHING  # type: ignore[arg-type]


def test_each_question_needs_a_labelling_and_each_labelling_a_question() -> None:
    assert judged(CIRCLE, STAYS, [0, 1, 2]) == NOTHING
    assert judged(CIRCLE, STAYS, [0, 1, 2], ROUND, ROUND) == NOTHING
    assert shown(Judge().check_proof(CIRCLE, STAYS, ONE, Certificate(numbers(0, 1, 2)))) == [NOTHING]
    assert shown(Judge().check_proof(CIRCLE, ctl(EF(X == 2)), ONE, Certificate(numbers(0, 1, 2)))) == [PROVED]
    assert judged(CIRCLE, ctl(EF(X == 2)), [0, 1, 2], ROUND) == NOTHING
    assert judged(CIRCLE, ctl(EG(X < 2) & EF(EG(X < 2))), [0, 1, 2], ROUND) == PROVED  # one question, put twice


def test_states_that_lead_to_each_other_one_way_are_no_component() -> None:
    line = walk("stay 0>0", "go 0>1", "rest 1>1")
    assert judged(line, ctl(EG(True)), [0, 1], labels([0, 0])) == NOTHING
    assert judged(line, ctl(EG(True)), [0, 1], labels([0, 1])) == PROVED
    back = walk("stay 1>1", "go 1>0", "rest 0>0", start=1)
    assert judged(back, ctl(EG(True)), [0, 1], labels([0, 0])) == NOTHING


def test_a_component_has_an_edge() -> None:
    """A run that may stop there stays as well, but not because of the component."""
    assert judged(walk("go 0>1"), ctl(EG(X == 0)), [0, 1], labels([0, -1])) == NOTHING
    assert judged(walk("go 0>1"), ctl(EG(X == 0)), [0, 1], labels([-1, -1])) == PROVED


def test_a_weakly_fair_action_is_taken_or_not_always_enabled() -> None:
    both = walk("on 0>1", "off 1>0", "go 0>2", "went 1>2", "rest 2>2", fair={"go": WEAK, "went": WEAK, "rest": WEAK})
    assert judged(both, STAYS, [0, 1, 2], ROUND) == PROVED  # each is enabled in one of the states
    alone = walk("stay 0>0", "go 0>2", "rest 2>2", fair={"go": WEAK, "rest": WEAK})
    assert judged(alone, STAYS, [0, 2], labels([0, -1])) == NOTHING
    taken = walk("stay 0>0", "go 0>2", "rest 2>2", fair={"stay": WEAK, "rest": WEAK})
    assert judged(taken, STAYS, [0, 2], labels([0, -1])) == PROVED


def test_a_strongly_fair_action_is_taken_or_nowhere_enabled() -> None:
    strong = walk("on 0>1", "off 1>0", "go 1>2", "rest 2>2", fair={"on": STRONG, "off": STRONG, "rest": WEAK})
    assert judged(strong, STAYS, [0, 1, 2], ROUND) == PROVED
    assert judged(strong, ctl(EG(X < 2), assuming={"go": STRONG}), [0, 1, 2], ROUND) == NOTHING


def coin(*, second_is_fair: bool = False) -> System:
    """Toss again and again: heads ends it. In 1 tails cannot be."""
    part = Component("coin", actor="hand")
    x = part.variable("x", Range(0, 2), start=0)
    results = [outcome("tails", {x: 0}), outcome("heads", {x: 2}, fair=True)]
    part.action("toss", when=x == 0, outcomes=results, fair=WEAK)
    results = [outcome("lost", {x: 1}), outcome("found", {x: 0}, fair=second_is_fair)]
    part.action("drop", when=x < 2, outcomes=results)
    part.action("rest", when=x == 2, then={x: 2}, fair=WEAK)
    return compose("coin", configuration=Configuration(), components=[part])


def test_a_fair_outcome_occurs_where_its_action_is_taken_for_ever() -> None:
    """Tossing for ever owes heads; who does not toss owes it nothing, but has to toss where that stays possible."""
    assert judged(coin(), STAYS, [0, 1, 2], labels([0, -1, -1])) == NOTHING
    assert judged(coin(), STAYS, [0, 1, 2], labels([-1, 0, -1])) == PROVED  # in 1 it drops the coin for ever
    assert judged(coin(), STAYS, [0, 1, 2], labels([0, 0, -1])) == PROVED  # or finds it, and does not toss


def test_what_owes_an_outcome_is_not_taken_for_another() -> None:
    """Without the edges that owe one outcome another does not occur any more."""
    part = Component("two", actor="a")
    x = part.variable("x", Range(0, 2), start=0)
    results = [outcome("back", {x: 0}, fair=True), outcome("away", {x: 2}, fair=True)]
    part.action("one", when=x == 1, outcomes=results)
    results = [outcome("there", {x: 1}), outcome("stay", {x: 0})]
    part.action("two", when=x == 0, outcomes=results)
    system = compose("two", configuration=Configuration(), components=[part])
    assert judged(system, STAYS, [0, 1, 2], labels([0, 0, -1])) == NOTHING  # back owes away
    assert judged(system, STAYS, [0, 1, 2], labels([0, -1, -1])) == PROVED


def test_what_owes_an_outcome_does_not_count_as_another_that_is_owed() -> None:
    """In 1 `up` and `off` could be: who takes it there owes `off`. Without that `up` is not in the circle either, and
    is owed by who takes the action in 0.
    """
    part = Component("two", actor="a")
    x = part.variable("x", Range(0, 2), start=0)
    results = [
        outcome("up", {x: choose(x == 0, 2, 0)}, fair=True),
        outcome("off", {x: 2}, when=x == 1, fair=True),
        outcome("plain", {x: 1}),
    ]
    part.action("one", when=x < 2, outcomes=results)
    part.action("back", when=x == 1, then={x: 0}, fair=WEAK)
    part.action("on", when=x == 0, then={x: 0}, fair=WEAK)
    system = compose("two", configuration=Configuration(), components=[part])
    assert judged(system, STAYS, [0, 1, 2], labels([0, 0, -1])) == NOTHING
    assert judged(system, STAYS, [0, 1, 2], labels([0, -1, -1])) == PROVED


def test_where_a_run_may_stop_it_stays() -> None:
    free = walk("go 0>1", "went 1>2")
    assert judged(free, ctl(EG(X == 0)), [0, 1, 2], labels([-1, -1, -1])) == PROVED
    assert judged(free, ctl(AF(X == 2)), [0, 1, 2], labels([-1, -1, -1])) == REFUTED
    forced = walk("go 0>1", "went 1>2", fair={"go": WEAK, "went": WEAK})
    trivial = labels([-1, -1, -1], level([0, 1, -1], [0, 0], TRIVIAL))
    assert judged(forced, ctl(AF(X == 2)), [0, 1, 2], trivial) == PROVED
    assert judged(forced, ctl(EG(X < 2)), [0, 1, 2], trivial) == REFUTED


def test_each_configuration_is_looked_at_by_itself() -> None:
    """Without k the circle is closed; what is wrong in one configuration says nothing against the other."""
    system = walk("on 0>1", "off 1>0", "go 1>2 os if k", "rest 2>2", fair={"on": WEAK, "go": STRONG, "rest": WEAK})
    rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], dtype=np.int32)
    right = finding(system, STAYS)
    assert shown(Judge().check_proof(system, STAYS, asked(system), right.certificate)) == [PROVED, REFUTED]
    wrong = Certificate(rows, labellings=(labels([0, 0, 1, 1, -1]),))
    assert shown(Judge().check_proof(system, STAYS, asked(system), wrong)) == [PROVED, NOTHING]
    shared = Certificate(rows, labellings=(labels([0, 0, 0, 0, -1]),))  # one number for states of both
    assert shown(Judge().check_proof(system, STAYS, asked(system), shared)) == [NOTHING, NOTHING]


def test_an_action_taken_in_one_configuration_is_not_taken_in_another() -> None:
    """Both circles have one number: with k the fair action stays in it, without it leaves."""
    configuration, part = Configuration(), Component("two", actor="a")
    k = configuration.setting("k", bool)
    x = part.variable("x", Range(0, 2), start=0)
    part.action("stay", when=x == 0, then={x: 0})
    part.action("out", when=x == 0, then={x: choose(k, 0, 2)}, fair=WEAK)
    system = compose("two", configuration=configuration, components=[part])
    rows = np.array([[0, 0], [0, 2], [1, 0]], dtype=np.int32)

    def says(*component: int) -> list[str]:
        certificate = Certificate(rows, labellings=(labels(component),))
        return shown(Judge().check_proof(system, STAYS, asked(system), certificate))

    assert says(-1, -1, 0) == [NOTHING, PROVED]
    assert says(0, -1, 1) == [NOTHING, PROVED]
    assert says(0, -1, 0) == [NOTHING, NOTHING]


def test_states_that_are_not_reached_do_not_matter() -> None:
    assert judged(CIRCLE, STAYS, [0, 1, 2, 4], labels([0, 0, -1, -1])) == PROVED
    assert judged(CIRCLE, ctl(AG(X < 3)), [0, 1, 2, 4]) == PROVED


LINE = walk("a 0>1", "b 1>2", "c 2>3", "r 3>3", fair={"a": WEAK, "b": WEAK, "c": WEAK, "r": WEAK})
FREE = walk("a 0>1", "b 1>2")


@pytest.mark.parametrize(
    ("system", "formula", "holds"),
    [
        (LINE, EX(X == 1), True),
        (LINE, AX(X == 1), True),
        (LINE, AX(X == 0), False),
        (FREE, EX(X == 0), True),
        (FREE, AX(X == 1), False),
        (LINE, EF(X == 3), True),
        (LINE, EF(X == 4), False),
        (LINE, AG(X < 4), True),
        (LINE, AG(X < 3), False),
        (LINE, AF(X == 3), True),
        (FREE, AF(X == 2), False),
        (FREE, EG(X == 0), True),
        (LINE, EG(X == 0), False),
        (LINE, EU(X < 2, X == 2), True),
        (LINE, EU(X < 1, X == 2), False),
        (LINE, AU(X < 2, X == 2), True),
        (LINE, AU(X < 1, X == 2), False),
        (FREE, AU(X < 2, X == 2), False),
        (FREE, AW(X < 2, X == 2), True),
        (LINE, AW(X < 1, X == 2), False),
        (LINE, EW(X < 1, X == 2), False),
        (FREE, EW(X < 1, X == 4), True),
        (LINE, AR(X == 1, X < 2), True),
        (LINE, AR(X == 2, X < 2), False),
        (LINE, ER(X == 2, X < 2), False),
        (LINE, ER(X == 4, X < 4), True),
        (LINE, AG((X == 1) >> AF(X == 3)), True),
        (LINE, (X == 1) | AF(X == 2), True),
        (LINE, ~EG(X < 2) & (X == 0), True),
        (FREE, AG(EF(X == 2)) & EG(EG(X == 0)), True),
        (LINE, Term(Apply("not", (AF(X == 2).expr,))), False),
    ],
)
def test_operators(system: System, formula: Term, holds: bool) -> None:
    claim = ctl(formula)
    found = finding(system, claim)
    assert found.verdicts == (Verdict.PROVED if holds else Verdict.REFUTED,)
    assert shown(Judge().check_proof(system, claim, ONE, found.certificate)) == [PROVED if holds else REFUTED]


def test_shows_tells_proofs_from_refutations() -> None:
    found = Judge().check_proof(CIRCLE, STAYS, ONE, Certificate(numbers(0, 1, 2), labellings=(ROUND,)))
    assert (found.shows(Verdict.PROVED, 0), found.shows(Verdict.REFUTED, 0)) == (True, False)


def test_a_claim_is_vacuous_where_nothing_it_demands_something_of_is_reached() -> None:
    def vacuous(formula: Term) -> tuple[bool | None, ...]:
        claim = ctl(formula)
        return Judge().check_proof(LINE, claim, ONE, finding(LINE, claim).certificate).vacuous

    assert vacuous(AG((name("x") == 4) >> AF(X == 0))) == (True,)
    assert vacuous(AG((name("x") == 3) >> EG(X == 3))) == (False,)
    assert vacuous(AG(X < 4)) == (False,)


# --- whatever is accepted is true -------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), random=st.randoms(use_true_random=True))
def test_a_tampered_labelling_shows_nothing_false(data: st.DataObject, random: Random) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, Ctl.kind))
    assert isinstance(claim, Ctl)
    try:
        answers = oracle.decide(system, claim)
    except (TooLargeError, oracle.NoInitialStateError):
        assume(False)
        raise
    part, every = restrict(system, claim), tuple(answers)
    right = ReferenceEngine().decide(Question(part, claim, every), lambda _: None).certificate
    wanted = [answer.verdict for answer in answers.values()]
    assert shown(Judge().check_proof(part, claim, every, right)) == wanted
    for _ in range(8):
        changed = labellings_changed(random, part, right)
        found = shown(Judge().check_proof(part, claim, every, changed))
        assert all(said in (NOTHING, truth) for said, truth in zip(found, wanted, strict=True)), (found, wanted)
