"""Definitions in a certificate mean their expansion and nothing else: whatever else they claim is rejected."""

from __future__ import annotations

import pytest
from tests.unit.solving.test_invariants import ALARM, EVEN, EVERYWHERE, LEAKY, LEVEL, NEVER_ODD, RINGS_HIGH, valve

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import SEEN, Certificate
from tunnelproof.evidence.checking.invariant import InvariantCheck
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.model.language.expressions import Apply, Expr, Read, conjoin, disjoin, negate
from tunnelproof.model.language.terms import Term, after, name, taken
from tunnelproof.properties.claims import Claim
from tunnelproof.solving.solvers import SOLVERS, solve


def defined(*definitions: tuple[str, Term], invariant: Term, covers: Term = ~LEAKY) -> Certificate:
    named = tuple((name, term.expr) for name, term in definitions)
    return Certificate(invariant=invariant.expr, definitions=named, covers=covers.expr)


A, B = name("a b"), name("c d")

HOLD: list[tuple[str, Claim, Certificate]] = [
    ("one that is the invariant", NEVER_ODD, defined(("a b", EVEN), invariant=A)),
    ("one that reads another", NEVER_ODD, defined(("a b", LEVEL == 4), ("c d", A | (LEVEL <= 2)), invariant=B & EVEN)),
    ("history", RINGS_HIGH, defined(("a b", ~ALARM), ("c d", A | Term(SEEN)), invariant=B, covers=LEAKY | ~LEAKY)),
]

FAIL: list[tuple[str, Claim, Certificate]] = [
    ("it lacks an initial state", NEVER_ODD, defined(("a b", EVEN & (LEVEL > 0)), invariant=A)),
    ("it is not closed", NEVER_ODD, defined(("a b", LEVEL == 0), ("c d", A | (LEVEL == 2)), invariant=B)),
    ("it lets the bad states in", NEVER_ODD, defined(("a b", LEVEL >= 0), invariant=A)),
    ("the history is not what it says", RINGS_HIGH, defined(("a b", Term(SEEN)), invariant=A)),
    ("it has history that the claim does not have", NEVER_ODD, defined(("a b", EVEN & Term(SEEN)), invariant=A)),
    ("one defines the history", NEVER_ODD, defined((SEEN.name, EVEN), invariant=Term(SEEN))),
    ("one defines the claim's history", RINGS_HIGH, defined((SEEN.name, ALARM), invariant=~ALARM | Term(SEEN))),
    ("one shadows a variable", NEVER_ODD, defined(("alarm", EVEN), invariant=ALARM)),
    ("one shadows a configuration variable", NEVER_ODD, defined(("leaky", EVEN), invariant=LEAKY)),
    ("one is defined twice", NEVER_ODD, defined(("a b", EVEN), ("a b", EVEN), invariant=A)),
    ("one reads itself", NEVER_ODD, defined(("a b", A | EVEN), invariant=A)),
    ("one reads a later one", NEVER_ODD, defined(("a b", B), ("c d", EVEN), invariant=A)),
    ("one is a number", NEVER_ODD, defined(("a b", LEVEL), invariant=A)),
    ("one speaks of the state after the step", NEVER_ODD, defined(("a b", after(LEVEL) % 2 == 0), invariant=A)),
    ("one speaks of a step", NEVER_ODD, defined(("a b", EVEN & ~taken("drip")), invariant=A)),
    ("what is covered reads one", NEVER_ODD, defined(("a b", ~LEAKY), invariant=EVEN, covers=A)),
]


@pytest.mark.parametrize(("claim", "proof"), [case[1:] for case in HOLD], ids=[case[0] for case in HOLD])
def test_z3_and_cvc5_confirm_invariants_with_definitions(claim: Claim, proof: Certificate) -> None:
    assert Judge().check_proof(valve(), claim, EVERYWHERE, proof).covered.any()


@pytest.mark.parametrize(("claim", "proof"), [case[1:] for case in FAIL], ids=[case[0] for case in FAIL])
def test_definitions_that_prove_nothing_are_rejected(claim: Claim, proof: Certificate) -> None:
    with pytest.raises(EvidenceRejected):
        Judge().check_proof(valve(), claim, EVERYWHERE, proof)


def expanded(proof: Certificate) -> Certificate:
    """Put the definitions in."""

    def opened(expr: Expr) -> Expr:
        if isinstance(expr, Read) and expr.name in known:
            return known[expr.name]
        return Apply(expr.op, tuple(map(opened, expr.args))) if isinstance(expr, Apply) else expr

    known: dict[str, Expr] = {}
    for word, formula in proof.definitions:
        known[word] = opened(formula)
    assert proof.invariant is not None
    return Certificate(invariant=opened(proof.invariant), covers=proof.covers)


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("cases", [HOLD, FAIL], ids=["hold", "fail"])
def test_solvers_answer_the_same_when_definitions_are_put_in(
    cases: list[tuple[str, Claim, Certificate]], number: int
) -> None:
    _, claim, proof = cases[number]
    short = InvariantCheck(valve(), claim, proof).obligations()
    long = InvariantCheck(valve(), claim, expanded(proof)).obligations()
    for one, other in zip(short, long, strict=True):
        for solver in SOLVERS:
            assert solve(solver, one.script).answer == solve(solver, other.script).answer


def test_what_is_written_for_solvers_grows_with_the_definitions_not_with_their_expansion() -> None:
    # Each reads the one before twice: put in, the last would have 2^60 parts.
    words = [f"part {k}" for k in range(61)]
    definitions = [(words[0], EVEN.expr)]
    for before, word in zip(words, words[1:], strict=False):
        twice = disjoin((conjoin((Read(before), EVEN.expr)), conjoin((Read(before), negate(ALARM.expr)))))
        definitions.append((word, twice))
    proof = Certificate(invariant=Read(words[-1]), definitions=tuple(definitions), covers=(~LEAKY).expr)
    check = InvariantCheck(valve(), NEVER_ODD, proof)
    assert max(len(obligation.script) for obligation in check.obligations()) < 200 * len(words)
    assert check.check() == 2
