"""Evidence that has been tampered with: whatever the judge still accepts must be true, says brute force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle.runs import TooLargeError
from tests.systems.formulas import pick
from tests.systems.models import systems
from tests.systems.questions import KINDS, claims

from tunnelproof.engines.contract import Finding, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Break, Broken, Certificate, Level, Witness, WitnessKind
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.rows import Layout
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Fair, Reachable, Recoverable
from tunnelproof.semantics.cone import restrict

Draw = Callable[..., object]
PROOF = [kind for kind in KINDS if kind != "tradeoff"]
TAMPER = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


class Case:
    """A question about a random system with the right answer, and the reference engine's evidence."""

    def __init__(self, data: st.DataObject, kind: str) -> None:
        self.draw = data.draw
        self.system: System = self.draw(systems())
        self.claim: Claim = self.draw(claims(self.system, kind))
        self.answers = self.ask(self.claim)
        self.engine = ReferenceEngine()
        self.question, self.finding = self.find(self.claim)

    def ask(self, claim: Claim) -> dict[oracle.Configuration, oracle.Answer]:
        try:
            return oracle.decide(self.system, claim)
        except (TooLargeError, oracle.NoInitialStateError):
            assume(False)
            raise

    def find(self, claim: Claim) -> tuple[Question, Finding]:
        asked = Question(restrict(self.system, claim), claim, tuple(self.answers))
        return asked, self.engine.decide(asked, lambda _: None)

    @property
    def by_certificate(self) -> Verdict:
        return Verdict.REFUTED if isinstance(self.claim, Reachable) else Verdict.PROVED

    def check_proof(self, certificate: Certificate) -> int:
        """Have the certificate judged; return in how many configurations it was accepted, all of them rightly."""
        try:
            proof = Judge().check_proof(self.question.system, self.claim, self.question.configurations, certificate)
        except EvidenceRejected:
            return 0
        for i, (configuration, answer) in enumerate(self.answers.items()):
            if proof.covered[i]:
                assert answer.verdict == self.by_certificate, (configuration, certificate)
                assert proof.vacuous[i] == answer.vacuous, (configuration, certificate)
        return int(proof.covered.sum())

    def check_witness(self, witness: Witness) -> tuple[int, ...]:
        """Have the witness judged; return the configurations that it settles, all of them rightly."""
        checked = Judge().check_witness(self.question.system, self.claim, self.question.configurations, witness)
        for i in checked.configurations:
            assert list(self.answers.values())[i].verdict != self.by_certificate, witness
        return checked.configurations


# --- tampering with certificates ---------------------------------------------------------------------------------


def spoilt_rows(case: Case, found: Certificate) -> Certificate:
    assert found.closed is not None
    closed, sizes = found.closed.copy(), Layout(case.question.system).sizes
    row = case.draw(st.integers(0, len(closed) - 1))
    match pick(case.draw, ["drop", "change", "add", "several"]):
        case "drop":
            closed = np.delete(closed, row, axis=0)
        case "change" if sizes:
            column = case.draw(st.integers(0, len(sizes) - 1))
            closed[row, column] = case.draw(st.integers(0, sizes[column] - 1))
        case "add":
            more = [case.draw(st.integers(0, size - 1)) for size in sizes]
            closed = np.concatenate([closed, np.array([more], dtype=np.int32)])
        case _:
            closed = closed[sorted(case.draw(st.sets(st.integers(0, len(closed) - 1), min_size=1)))]
    return replace(found, closed=closed)


def spoilt_ranks(case: Case, found: Certificate) -> Certificate:
    assert found.ranks is not None
    ranks = found.ranks.copy()
    match pick(case.draw, ["change", "change", "all", "shift", "random", "truncate"]):
        case "change" if len(ranks):
            ranks[case.draw(st.integers(0, len(ranks) - 1))] = case.draw(st.integers(-2, 4))
        case "all":
            ranks[:] = case.draw(st.integers(-1, 2))
        case "shift":
            ranks += case.draw(st.sampled_from([-1, 1]))
        case "random":
            ranks = np.array([case.draw(st.integers(-1, 3)) for _ in ranks], dtype=np.int64)
        case _:
            ranks = ranks[:-1]
    return replace(found, ranks=ranks)


def reasons(case: Case) -> Broken:
    return Broken(case.draw(st.sampled_from(Break)), case.draw(st.integers(-1, 4)))


def spoilt_level(case: Case, level: Level) -> Level:
    component, reason_of, why = level.component.copy(), level.reason_of.copy(), list(level.reasons)
    match pick(case.draw, ["component", "merge", "reason_of", "reason", "reason", "random"]):
        case "component":
            place = case.draw(st.integers(0, len(component) - 1))
            component[place] = case.draw(st.integers(-1, len(reason_of)))
        case "merge":
            component[component >= 0] = 0
        case "reason_of" if len(reason_of):
            place = case.draw(st.integers(0, len(reason_of) - 1))
            reason_of[place] = case.draw(st.integers(0, len(why)))
        case "reason" if why:
            why[case.draw(st.integers(0, len(why) - 1))] = reasons(case)
        case _:
            component = np.array([case.draw(st.integers(-1, 2)) for _ in component], dtype=np.int64)
            reason_of, why = np.arange(3), [reasons(case) for _ in range(3)]
    return Level(component, reason_of, tuple(why))


def spoilt_levels(case: Case, found: Certificate) -> Certificate:
    levels = list(found.levels or ())
    if not levels:
        assert found.closed is not None
        size = len(found.closed)
        return replace(found, levels=(Level(np.zeros(size, dtype=np.int64), np.array([0]), (reasons(case),)),))
    place = case.draw(st.integers(0, len(levels) - 1))
    match pick(case.draw, ["drop", "twice", "spoil", "spoil", "spoil"]):
        case "drop":
            del levels[place]
        case "twice":
            levels.insert(place, levels[place])
        case _:
            levels[place] = spoilt_level(case, levels[place])
    return replace(found, levels=tuple(levels))


def of_another_claim(case: Case, found: Certificate) -> Certificate:
    other: Claim = case.draw(claims(case.system, case.claim.kind))
    other = replace(other, given=case.claim.given)
    return case.find(other)[1].certificate


def spoilt(case: Case) -> Certificate:
    ways = [spoilt_rows, of_another_claim]
    if isinstance(case.claim, Recoverable):
        ways = [spoilt_ranks, spoilt_ranks, *ways]
    if isinstance(case.claim, Fair):
        ways = [spoilt_levels, spoilt_levels, spoilt_levels, *ways]
    found = case.finding.certificate
    for _ in range(case.draw(st.integers(1, 2))):
        if found.closed is not None and len(found.closed):
            found = pick(case.draw, ways)(case, found)
    return found


@pytest.mark.parametrize("kind", PROOF)
@TAMPER
@given(data=st.data())
def test_a_tampered_certificate_proves_nothing_false(kind: str, data: st.DataObject) -> None:
    case = Case(data, kind)
    assert case.check_proof(case.finding.certificate) == case.finding.verdicts.count(case.by_certificate)
    for _ in range(6):
        case.check_proof(spoilt(case))


# --- tampering with witnesses ------------------------------------------------------------------------------------


def spoilt_witness(case: Case, witness: Witness) -> Witness:
    steps, known = list(witness.steps), case.question.system.steps
    place = case.draw(st.integers(0, len(steps)))
    match pick(case.draw, ["drop", "insert", "replace", "cut", "loop", "kind"]):
        case "drop":
            del steps[place : place + 1]
        case "insert" if known:
            steps.insert(place, pick(case.draw, known))
        case "replace" if known:
            steps[place : place + 1] = [pick(case.draw, known)]
        case "cut":
            steps = steps[:place]
        case "kind":
            return replace(witness, kind=case.draw(st.sampled_from(WitnessKind)))
        case _:
            return replace(witness, loop=case.draw(st.none() | st.integers(-1, len(steps) + 1)))
    return replace(witness, steps=tuple(steps))


def invented(case: Case) -> Witness:
    """Walk at random through the system, and call that a witness."""
    known = case.question.system.steps
    steps = tuple(pick(case.draw, known) for _ in range(case.draw(st.integers(0, 4)))) if known else ()
    kind = WitnessKind.LASSO if isinstance(case.claim, Fair) else WitnessKind.TRACE
    kind = WitnessKind.TRAP if isinstance(case.claim, Recoverable) else kind
    loop = case.draw(st.integers(0, len(steps))) if kind is WitnessKind.LASSO else None
    return Witness(kind, case.question.configurations[0], steps, loop)


@pytest.mark.parametrize("kind", PROOF)
@TAMPER
@given(data=st.data())
def test_a_tampered_witness_settles_nothing_false(kind: str, data: st.DataObject) -> None:
    case = Case(data, kind)
    witnessed = [i for i, v in enumerate(case.finding.verdicts) if v is not case.by_certificate]
    right = [case.engine.witness(case.question, i) for i in witnessed[:2]]
    for i, witness in zip(witnessed, right, strict=False):
        assert witness is not None
        assert i in case.check_witness(witness)
    for _ in range(8):
        found = pick(case.draw, [*right, None]) or invented(case)
        case.check_witness(spoilt_witness(case, found))
