"""Proofs by inductive invariant: what two solvers confirm stands, everything else does not."""

from __future__ import annotations

import sys

import pytest

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import SEEN, Certificate
from tunnelproof.evidence.checking import invariant as checking
from tunnelproof.evidence.checking.invariant import InvariantCheck
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.verdict import Reason, Undecided, Verdict
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term, after, by, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recurrence,
    StepInvariant,
)
from tunnelproof.solving.reply import Answer, Effort, Reply, unknown
from tunnelproof.solving.solvers import SOLVERS, solve
from tunnelproof.verification.prove import prove

EVERYWHERE = ((False,), (True,))


def valve() -> System:
    """A counter that goes up by two; a configuration in which it may also go up by one."""
    configuration = Configuration()
    leaky = configuration.setting("leaky", bool)
    pump = Component("pump", actor="pump")
    level = pump.variable("level", Range(0, 5), start=0)
    alarm = pump.variable("alarm", bool, start=False)
    pump.action("fill", when=level <= 3, then={level: level + 2})
    pump.action("empty", then={level: 0})
    leak = Component("leak", actor="leak")
    leak.action("drip", when=leaky & (level < 5), then={level: level + 1})
    watch = Component("watch", actor="watch")
    watch.action("ring", when=level >= 4, then={alarm: True})
    return compose("valve", configuration=configuration, components=[pump, leak, watch])


def switch() -> System:
    """Two variables that no step can bring out of their domains, so that only one proof is asked for."""
    part = Component("part", actor="part")
    on, used = part.variable("on", bool, start=False), part.variable("used", bool, start=False)
    part.action("turn", then={on: ~on, used: True})
    return compose("switch", configuration=Configuration(), components=[part])


STAYS = Invariant(id="stays", sentence="", holds=~name("on") | name("used"))
LEVEL, ALARM, LEAKY = name("level"), name("alarm"), name("leaky")
EVEN = LEVEL % 2 == 0
NEVER_ODD = Invariant(id="never-odd", sentence="", holds=EVEN)
RISES = StepInvariant(id="rises", sentence="", when=taken("fill"), holds=after(LEVEL) > LEVEL)
RINGS_HIGH = Precedence(id="rings-high", sentence="", first=LEVEL >= 4, then=ALARM)
SINCE_EMPTY = Precedence(id="since-empty", sentence="", first=LEVEL >= 4, then=taken("ring"), since=taken("empty"))
GOES_ON = DeadlockFree(id="goes-on", sentence="", by=("pump",))
NEVER_BY_LEAK = Invariant(id="never-by-leak", sentence="", when=by("leak"), holds=LEAKY)
REACHED = Reachable(id="reached", sentence="", point=LEVEL == 5)


def certificate(invariant: Term | bool, covers: Term | bool = True) -> Certificate:
    def expr(term: Term | bool) -> object:
        return TRUE if term is True else term.expr  # type: ignore[union-attr]

    return Certificate(invariant=expr(invariant), covers=expr(covers))  # type: ignore[arg-type]


HOLD: list[tuple[Claim, Certificate, tuple[bool, bool]]] = [
    (NEVER_ODD, certificate(EVEN, ~LEAKY), (True, False)),
    (REACHED, certificate(EVEN, ~LEAKY), (True, False)),
    (RISES, certificate(True), (True, True)),
    (RINGS_HIGH, certificate(~ALARM | Term(SEEN)), (True, True)),
    (SINCE_EMPTY, certificate((LEVEL < 4) | Term(SEEN)), (True, True)),
    (GOES_ON, certificate(True), (True, True)),
    (NEVER_BY_LEAK, certificate(True), (True, True)),
]

FAIL: list[tuple[str, Claim, Certificate]] = [
    ("it does not keep the bad states out", NEVER_ODD, certificate(True, ~LEAKY)),
    ("a step leads out of it", NEVER_ODD, certificate(EVEN & (LEVEL < 4), ~LEAKY)),
    ("an initial state is not in it", NEVER_ODD, certificate(EVEN & (LEVEL > 0), ~LEAKY)),
    ("it is not one in all that it covers", NEVER_ODD, certificate(EVEN)),
    ("the history is not what it says", RINGS_HIGH, certificate(Term(SEEN))),
    ("the history is forgotten on reset", SINCE_EMPTY, certificate(~ALARM | Term(SEEN))),
    ("a bad step is possible", StepInvariant(id="falls", sentence="", holds=after(LEVEL) < LEVEL), certificate(True)),
    ("a deadlock is in it", DeadlockFree(id="drips", sentence="", by=("leak",)), certificate(True)),
    ("something unknown is read", NEVER_ODD, certificate(name("nobody") == 0)),
    ("it is no truth value", NEVER_ODD, certificate(LEVEL)),
    ("history that the claim does not have is read", NEVER_ODD, certificate(Term(SEEN) & EVEN, ~LEAKY)),
    ("the configurations depend on the state", NEVER_ODD, certificate(EVEN, EVEN)),
    ("no invariant proves such a claim", Recurrence(id="r", sentence="", point=EVEN), certificate(True)),
    ("there is none", NEVER_ODD, Certificate()),
]


@pytest.mark.parametrize(("claim", "proof", "covered"), HOLD, ids=[claim.id for claim, _, _ in HOLD])
def test_z3_and_cvc5_answer_each_obligation_of_a_proof(
    claim: Claim, proof: Certificate, covered: tuple[bool, bool]
) -> None:
    check = InvariantCheck(valve(), claim, proof)
    for obligation in check.obligations():
        assert {solve(solver, obligation.script).answer for solver in SOLVERS} == {Answer.UNSAT}
    assert check.check() == len(check.obligations())
    assert tuple(check.covered(EVERYWHERE)) == covered


@pytest.mark.parametrize(("claim", "proof"), [case[1:] for case in FAIL], ids=[case[0] for case in FAIL])
def test_what_is_no_proof_is_rejected(claim: Claim, proof: Certificate) -> None:
    with pytest.raises(EvidenceRejected):
        Judge().check_proof(valve(), claim, EVERYWHERE, proof)


def test_one_solver_that_finds_a_counterexample_outweighs_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def disagree(solver: str, script: str, effort: Effort) -> object:
        return Reply(Answer.SAT if solver == "cvc5" else Answer.UNSAT)

    monkeypatch.setattr(checking, "solve", disagree)
    with pytest.raises(EvidenceRejected, match="says cvc5"):
        InvariantCheck(valve(), GOES_ON, certificate(True)).check()


def test_without_a_second_solver_the_verdict_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cvc5", None)
    outcome = prove(switch(), [STAYS], engine="smt")["stays"]
    assert (outcome.verdict, outcome.reason) == (Verdict.UNKNOWN, Reason.NO_SECOND_SOLVER)
    assert not any(cell.evidence.checked for cell in outcome.cells)


def test_when_a_solver_gives_up_the_verdict_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def tired(solver: str, script: str, effort: Effort) -> object:
        return unknown("cvc5 gave up: RESOURCEOUT") if solver == "cvc5" else solve(solver, script, effort)

    monkeypatch.setattr(checking, "solve", tired)
    outcome = prove(switch(), [STAYS], engine="smt")["stays"]
    assert (outcome.verdict, outcome.reason) == (Verdict.UNKNOWN, Reason.SOLVER)
    assert "RESOURCEOUT" in outcome.detail


def test_a_wrong_invariant_is_never_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """A counterexample of the one solver that is left is enough to reject; to confirm, it is not."""
    monkeypatch.setitem(sys.modules, "cvc5", None)
    with pytest.raises(EvidenceRejected):
        InvariantCheck(valve(), NEVER_ODD, certificate(True)).check()
    with pytest.raises(Undecided):
        InvariantCheck(valve(), GOES_ON, certificate(True)).check()


def test_vacuity_is_what_the_invariant_shows_and_else_not_decided() -> None:
    never = Invariant(id="never", sentence="", when=LEVEL == 5, holds=ALARM)
    vacuous = Judge().check_proof(valve(), never, EVERYWHERE, certificate(EVEN, ~LEAKY)).vacuous
    assert vacuous == (True, True)
    sometimes = Invariant(id="sometimes", sentence="", when=LEVEL == 4, holds=EVEN)
    assert Judge().check_proof(valve(), sometimes, EVERYWHERE, certificate(EVEN, ~LEAKY)).vacuous == (None, None)
    assert Judge().check_proof(valve(), NEVER_ODD, EVERYWHERE, certificate(EVEN, ~LEAKY)).vacuous == (False, False)


def test_a_step_outside_the_slice_refutes_a_step_invariant() -> None:
    """Every step of the slice raises or empties the level; the bell, which is not in the slice, leaves it alone."""
    moves = StepInvariant(id="moves", sentence="", when=LEVEL > 0, holds=after(LEVEL) != LEVEL)
    outcome = prove(valve(), [moves], engine="smt")["moves"]
    assert outcome.verdict is Verdict.REFUTED
    assert str(outcome.cells[0].evidence.runs[0].steps[-1]) == "ring"


def test_a_step_invariant_that_steps_outside_the_slice_satisfy_is_proved_on_the_slice() -> None:
    outcome = prove(valve(), [RISES], engine="smt")["rises"]
    assert outcome.verdict is Verdict.PROVED
    assert {variable.name for variable in outcome.cone.variables} == {"level"}
