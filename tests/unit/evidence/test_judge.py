"""What the judge hands on of what it has checked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.evidence.small import BOTH, ONE, SAID, K, X, trace, walk

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Certificate
from tunnelproof.evidence.checking import invariant
from tunnelproof.evidence.checking.invariant import InvariantCheck
from tunnelproof.evidence.checking.judge import CheckedWitness, Family, Judge
from tunnelproof.evidence.checking.replay import Replay
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.points import at_rest, specialise
from tunnelproof.evidence.verdict import Reason, Undecided
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import BOOL, Range
from tunnelproof.model.language.expressions import FALSE, TRUE, Apply, Read
from tunnelproof.model.language.system import ConfigurationVariable, DecidedBy, Step
from tunnelproof.model.language.terms import by, name, taken
from tunnelproof.properties.claims import Invariant, Precedence, Recoverable, StepInvariant
from tunnelproof.solving.reply import Answer, Reply

KEYED = walk("a 0>1", "b 1>2 os if k")
LOW = Invariant(**SAID, holds=X < 2)
BELOW = Certificate(invariant=((X < 2) | K).expr, covers=(~K).expr)


def test_a_checked_witness_names_the_configurations_or_combinations_that_it_settles() -> None:
    checked = Judge().check_witness(KEYED, LOW, BOTH, trace("a", "b"))
    assert (checked.configurations, checked.rows) == ((1,), ((True,),))
    family = CheckedWitness(checked.witness, checked.lanes, checked.settled, ((False,), (True,)))
    assert family.rows == ((False,), (True,))
    assert CheckedWitness(checked.witness, checked.lanes, checked.settled, ()).rows == ()


def test_a_proof_by_invariant_has_an_answer_for_each_configuration() -> None:
    proof = Judge().check_proof(KEYED, LOW, BOTH, BELOW)
    assert (proof.covered.tolist(), proof.vacuous) == ([True, False], (False, False))
    assert (proof.pairs, proof.steps, proof.obligations) == (0, 0, 2)


def test_a_proof_for_a_family_has_an_answer_for_each_combination() -> None:
    family = Family(KEYED, TRUE)
    proof = Judge().check_family_proof(family, LOW, BELOW, ["k"], [(True,), (False,), (True,)])
    assert (proof.covered.tolist(), proof.vacuous) == ([False, True, False], (False, False, False))
    assert proof.obligations == 2


def test_a_family_is_what_is_asked() -> None:
    wrong = Certificate(invariant=(X < 2).expr)
    with pytest.raises(EvidenceRejected, match="counterexample"):
        Judge().check_family_proof(Family(KEYED, TRUE), LOW, wrong, [], [()])
    assert Judge().check_family_proof(Family(KEYED, (~K).expr), LOW, wrong, [], [()]).covered.tolist() == [True]


def test_what_is_covered_must_not_depend_on_what_does_not_matter() -> None:
    several = Certificate(invariant=TRUE, covers=(name("b") | name("a") | K).expr)
    system = walk("a 0>1 os if k")
    wider = replace(system, configuration=tuple(replace(system.configuration[0], name=each) for each in "kba"))
    check = InvariantCheck(wider, LOW, several)
    assert check.covered([(True, False, False), (False, False, False)]).tolist() == [True, False]
    assert check.covered([(True, False, False)], ["b", "k", "a"]).tolist() == [True]
    with pytest.raises(EvidenceRejected, match="depends on 'a' too"):
        check.covered([(True,)], ["k"])


def test_a_definition_means_its_formula_and_nothing_that_is_there_already() -> None:
    def check(*definitions: tuple[str, Apply | Read]) -> int:
        formula = Apply("or", (Read("small"), K.expr))
        certificate = Certificate(invariant=formula, definitions=definitions, covers=(~K).expr)
        return InvariantCheck(KEYED, LOW, certificate).check()

    assert check(("small", (X < 2).expr)) == 2
    assert check(("less", (X < 2).expr), ("small", Read("less"))) == 2
    with pytest.raises(EvidenceRejected, match="counterexample"):
        check(("small", (X < 1).expr))
    for name_ in ("x", "k", "seen since the last reset", "small"):
        with pytest.raises(EvidenceRejected, match=f"defines '{name_}', which has a meaning already"):
            check(("small", (X < 2).expr), (name_, (X < 2).expr))
    for wrong in ((("small", X.expr),), (("small", Read("less")), ("less", (X < 2).expr))):
        with pytest.raises(EvidenceRejected, match="the definition of 'small'"):
            check(*wrong)


def test_a_definition_has_no_name_of_the_model() -> None:
    part = Component("part", actor="os")
    x = part.variable("x", Range(0, 1), start=0)
    part.derived("low", x < 1)
    part.action("up", when=x == 0, then={x: 1})
    system = compose("named", configuration=Configuration(), components=[part])
    tied = ConfigurationVariable("other", BOOL, DecidedBy.SETTING)
    for taken_, also in (("low", ()), ("other", (tied,))):
        certificate = Certificate(invariant=TRUE, definitions=((taken_, TRUE),))
        with pytest.raises(EvidenceRejected, match=f"defines '{taken_}', which has a meaning already"):
            InvariantCheck(system, LOW, certificate, TRUE, also)
    InvariantCheck(system, LOW, Certificate(invariant=TRUE, definitions=(("other", TRUE),)))


def test_the_first_question_that_stays_open_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariant, "solvers", lambda: ("one", "two"))
    said = iter(["early", "early too", "late", "late too"])
    monkeypatch.setattr(invariant, "solve", lambda *_: Reply(Answer.UNKNOWN, next(said)))
    with pytest.raises(Undecided) as undecided:
        InvariantCheck(KEYED, LOW, BELOW).check()
    assert undecided.value.reason is Reason.SOLVER
    assert undecided.value.detail == str(undecided.value) == "obligation 'initial': early; early too"


@pytest.mark.parametrize(("names", "installed"), [((), "none"), (("one",), "one")])
def test_solvers_that_are_there_are_named(
    names: tuple[str, ...], installed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invariant, "solvers", lambda: names)
    monkeypatch.setattr(invariant, "solve", lambda *_: Reply(Answer.UNSAT))
    with pytest.raises(Undecided, match=f"needs two solvers; installed: {installed}$"):
        InvariantCheck(KEYED, LOW, BELOW).check()


def test_never_met_is_asked_of_the_start_and_of_seen_triggers_too() -> None:
    once = walk("up 0>1")
    below = Certificate(invariant=(X < 2).expr)
    for claim, vacuous in (
        (Invariant(**SAID, holds=X < 2, when=X == 0), None),  # at the start only
        (Invariant(**SAID, holds=X < 2, when=X == 1), None),
        (Invariant(**SAID, holds=X < 2, when=X == 2), True),
        (StepInvariant(**SAID, holds=X < 2, when=X == 1), True),  # nobody moves there
        (StepInvariant(**SAID, holds=X < 2, when=X == 0), None),
    ):
        assert Judge().check_proof(once, claim, ONE, below).vacuous == (vacuous,)
    seen = Precedence(**SAID, first=X == 0, then=X == 1)
    formula = Apply("and", ((X < 2).expr, Read("seen since the last reset")))
    assert Judge().check_proof(once, seen, ONE, Certificate(invariant=formula)).vacuous == (None,)
    assert not Judge().check_proof(KEYED, LOW, BOTH, Certificate(invariant=FALSE, covers=FALSE)).covered.any()


# --- formulas at a point ----------------------------------------------------------------------------------------------


def test_a_known_step_settles_what_speaks_of_steps() -> None:
    step = Step("go", (), "well")
    for term, expected in (
        (taken("go"), TRUE),
        (taken("go", "well"), TRUE),
        (taken("go", "ill"), FALSE),
        (taken("come"), FALSE),
        (taken("come", "well"), FALSE),
        (by("os"), TRUE),
        (by("user"), FALSE),
        (X == 1, (X == 1).expr),
    ):
        assert specialise(term.expr, step, "os") == expected
        rest = at_rest(term.expr)
        assert rest == ((X == 1).expr if expected == (X == 1).expr else FALSE)
    mixed = (taken("go") & (X == 1)) | by("user")
    assert specialise(mixed.expr, step, "os") == Apply("or", (Apply("and", (TRUE, (X == 1).expr)), FALSE))
    assert at_rest(mixed.expr) == Apply("or", (Apply("and", (FALSE, (X == 1).expr)), FALSE))


# --- graphs -----------------------------------------------------------------------------------------------------------


def test_labels_beyond_65536_are_told_apart() -> None:
    labels = np.array([0, 65_536, 1, 65_537, 0], dtype=np.int32)
    places = np.zeros(5, dtype=np.int32)
    graph = StateGraph(KEYED, np.zeros((1, 2), dtype=np.int32), np.ones(1, dtype=bool), places, places, labels)
    graph.__dict__["steps"] = range(65_538)
    for label, expected in ((0, [0, 4]), (1, [2]), (65_536, [1]), (65_537, [3]), (65_535, [])):
        assert np.flatnonzero(graph.edges_with(np.array([label]))).tolist() == expected


# --- lanes ------------------------------------------------------------------------------------------------------------


def test_lanes_may_be_those_of_some_initial_states() -> None:
    islands = walk("a 0>1", "b 2>3", start=[0, 2])
    claim = Recoverable(**SAID, goal=X == 1)
    assert Replay(islands, claim, ONE).run(()).rows.tolist() == [[0], [2]]
    assert Replay(islands, claim, ONE, fixed={"x": 2}).run(()).rows.tolist() == [[2]]
