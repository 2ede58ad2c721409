"""Proofs by an inductive invariant: what two solvers have to say of it, and each way in which one can be wrong."""

from __future__ import annotations

import pytest
from tests.unit.evidence.small import ONE, SAID, K, X, asked, walk

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import SEEN, Certificate
from tunnelproof.evidence.checking import invariant
from tunnelproof.evidence.checking.judge import CheckedProof, Judge
from tunnelproof.evidence.verdict import Undecided
from tunnelproof.model.language.expressions import FALSE, TRUE, Apply, By, Expr, Literal, Next, Read
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term, after, both, either, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    StepInvariant,
)
from tunnelproof.solving.reply import Answer, Reply
from tunnelproof.solving.solvers import solvers

pytestmark = pytest.mark.skipif(len(solvers()) < 2, reason="needs two solvers")

LOOP = walk("up 0>1", "down 1>0 user", "out 2>3", "back 3>2")
LOW = (X < 2).expr
KEYED = walk("up 0>1", "down 1>0", "on 1>2 os if k")
SEEN_TERM = Term(SEEN)


def proof(system: System, claim: Claim, formula: Expr | None, covers: Expr = TRUE) -> CheckedProof:
    return Judge().check_proof(system, claim, asked(system), Certificate(invariant=formula, covers=covers))


def accepts(claim: Claim, formula: Expr = LOW, system: System = LOOP) -> bool:
    try:
        return bool(proof(system, claim, formula).covered.all())
    except EvidenceRejected as fault:
        assert fault.code == "TP409"
        return False


@pytest.mark.parametrize(
    "claim",
    [
        Invariant(**SAID, holds=X < 2),
        Invariant(**SAID, holds=taken("up"), when=X == 1),
        StepInvariant(**SAID, holds=after(X) != X),
        Reachable(**SAID, point=either(X == 2, taken("out"))),
        DeadlockFree(**SAID),
        DeadlockFree(**SAID, by=("user",), except_=X == 0),
    ],
)
def test_an_inductive_invariant_proves_what_follows_from_it(claim: Claim) -> None:
    assert accepts(claim)


@pytest.mark.parametrize(
    "claim",
    [
        Invariant(**SAID, holds=X < 1),
        Invariant(**SAID, holds=X > 0),
        Invariant(**SAID, holds=taken("up"), when=X == 0),
        StepInvariant(**SAID, holds=after(X) > X),
        Reachable(**SAID, point=taken("down")),
        Reachable(**SAID, point=X == 0),
        DeadlockFree(**SAID, by=("user",)),
        DeadlockFree(**SAID, by=("user",), except_=X == 1),
    ],
)
def test_nothing_is_proved_that_fails(claim: Claim) -> None:
    assert not accepts(claim)


@pytest.mark.parametrize(
    "formula",
    [
        TRUE,  # too weak
        FALSE,  # not initial
        (X == 0).expr,  # not inductive
        (X == 1).expr,
        (X < 3).expr,
        (X > 1).expr,
    ],
)
def test_a_formula_that_is_no_inductive_invariant_is_rejected(formula: Expr) -> None:
    assert not accepts(Invariant(**SAID, holds=X < 2), formula)


def test_the_bit_of_a_precedence_is_followed_by_the_judge() -> None:
    claim = Precedence(**SAID, first=taken("up"), then=taken("down"))
    assert accepts(claim, both(X < 2, (X == 0) | SEEN_TERM).expr)
    assert not accepts(claim, LOW)
    assert not accepts(claim, both(X < 2, SEEN_TERM).expr)  # not seen at the start
    reset = Precedence(**SAID, first=taken("up"), then=taken("down"), since=taken("up"))
    assert accepts(reset, both(X < 2, (X == 0) | SEEN_TERM).expr)
    again = Precedence(**SAID, first=taken("up"), then=taken("down"), since=X == 0)
    assert not accepts(again, both(X < 2, (X == 0) | SEEN_TERM).expr)  # it is forgotten at the point `down` leads to
    late = Precedence(**SAID, first=taken("up"), then=X == 1, since=X == 0)
    assert accepts(late, both(X < 2, (X == 0) | SEEN_TERM).expr)
    assert not accepts(Precedence(**SAID, first=taken("up"), then=X == 0), both(X < 2, (X == 0) | SEEN_TERM).expr)
    seen_at_once = Precedence(**SAID, first=X == 0, then=X == 0)
    assert accepts(seen_at_once, both(X < 2, SEEN_TERM).expr)


def test_an_invariant_covers_the_configurations_that_it_says_and_no_others() -> None:
    claim = Invariant(**SAID, holds=X < 2)
    assert proof(KEYED, claim, LOW, (~K).expr).covered.tolist() == [True, False]
    with pytest.raises(EvidenceRejected, match="counterexample"):
        proof(KEYED, claim, LOW)
    assert proof(KEYED, claim, LOW, FALSE).covered.tolist() == [False, False]
    assert proof(KEYED, claim, both(X < 2, ~K).expr, (~K).expr).obligations == 2


@pytest.mark.parametrize(
    "formula",
    [
        Read("y"),
        Read("x"),
        Read(SEEN.name),
        Literal(1),
        By("os"),
        Next(LOW),
        Apply("=", (Read("x"), Literal(True))),
        Apply("what", (LOW,)),
        Apply("and", ()),
    ],
)
def test_a_formula_that_means_nothing_here_is_rejected(formula: Expr) -> None:
    with pytest.raises(EvidenceRejected):
        proof(LOOP, Invariant(**SAID, holds=X < 2), formula)


def test_what_is_covered_is_said_of_the_configuration_alone() -> None:
    for covers in (LOW, Literal(1), Read("y")):
        with pytest.raises(EvidenceRejected, match="what is covered"):
            proof(KEYED, Invariant(**SAID, holds=X < 2), LOW, covers)


def test_no_invariant_proves_recovery() -> None:
    with pytest.raises(EvidenceRejected) as fault:
        proof(LOOP, Recoverable(**SAID, goal=X < 2), LOW)
    assert fault.value.code == "TP408"


@pytest.mark.parametrize(
    ("claim", "vacuous"),
    [
        (Invariant(**SAID, holds=X < 2), False),
        (Invariant(**SAID, holds=X < 2, when=X == 2), True),
        (Invariant(**SAID, holds=X < 2, when=X == 1), None),
        (Invariant(**SAID, holds=X < 2, when=taken("out")), True),
        (StepInvariant(**SAID, holds=X < 2, when=after(X) == X), True),
        (StepInvariant(**SAID, holds=X < 2, when=taken("down")), None),
        (Precedence(**SAID, first=X == 0, then=X == 2), True),
    ],
)
def test_an_invariant_can_show_that_a_trigger_is_never_met(claim: Claim, vacuous: bool | None) -> None:
    formula = LOW if not isinstance(claim, Precedence) else both(X < 2, SEEN_TERM).expr
    assert proof(LOOP, claim, formula).vacuous == (vacuous,)


def test_a_step_that_changes_nothing_is_excluded_only_by_a_checked_proof() -> None:
    judge, claim = Judge(), StepInvariant(**SAID, holds=after(X) != X)
    meets, never = after(X) == X, after(X) > X
    assert judge.met_at_rest(LOOP, never.expr, ONE) == (True,)
    judge.check_proof(LOOP, claim, ONE, Certificate(invariant=LOW))
    assert judge.met_at_rest(LOOP, meets.expr, ONE) == (True,)
    assert judge.met_at_rest(LOOP, never.expr, ONE) == (False,)
    assert judge.met_at_rest(LOOP, (X == 2).expr, ONE) == (False,)
    assert judge.met_at_rest(KEYED, never.expr, asked(KEYED)) == (True, True)


# --- solvers -----------------------------------------------------------------------------------------------------


def answering(monkeypatch: pytest.MonkeyPatch, **answers: str) -> None:
    """Let solvers of these names give these answers."""
    monkeypatch.setattr(invariant, "solvers", lambda: tuple(answers))
    monkeypatch.setattr(invariant, "solve", lambda solver, *_: Reply(Answer(answers[solver]), "so it says"))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"one": "unsat"}, "no-second-solver"),
        ({}, "no-second-solver"),
        ({"one": "unsat", "two": "unknown"}, "solver"),
        ({"one": "unknown", "two": "unknown"}, "solver"),
    ],
)
def test_one_solver_is_not_enough(monkeypatch: pytest.MonkeyPatch, answers: dict[str, str], reason: str) -> None:
    answering(monkeypatch, **answers)
    with pytest.raises(Undecided) as undecided:
        proof(LOOP, Invariant(**SAID, holds=X < 2), LOW)
    assert undecided.value.reason == reason


@pytest.mark.parametrize("answers", [{"one": "unsat", "two": "sat"}, {"one": "unknown", "two": "sat"}, {"one": "sat"}])
def test_one_counterexample_is_enough(monkeypatch: pytest.MonkeyPatch, answers: dict[str, str]) -> None:
    answering(monkeypatch, **answers)
    with pytest.raises(EvidenceRejected):
        proof(LOOP, Invariant(**SAID, holds=X < 2), LOW)


def test_two_of_three_solvers_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, one="unsat", two="unknown", three="unsat")
    assert proof(LOOP, Invariant(**SAID, holds=X < 2), LOW).covered.all()


def test_names_of_the_model_are_no_part_of_what_is_asked() -> None:
    assert name("x").name == "x"
    obligations = invariant.InvariantCheck(LOOP, DeadlockFree(**SAID), Certificate(invariant=LOW)).obligations()
    assert [o.name for o in obligations] == ["initial", "step", "state"]
    assert not any("x" in o.script.replace("unknown", "").split() for o in obligations)
