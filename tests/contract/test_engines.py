"""What every engine owes its caller, whatever it is good at."""

from __future__ import annotations

from importlib.util import find_spec
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.systems import KINDS, claims, systems

from tunnelproof.engines.contract import Finding, LimitReached, Limits, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.engines.registry import ENGINES, engine_named
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim, Ctl, Fair, Invariant, Reachable, Tradeoff
from tunnelproof.semantics.cone import restrict

THERE = [key for key, place in ENGINES.items() if find_spec(place.partition(":")[0].rpartition(".")[0])]
engines = pytest.mark.parametrize("engine", THERE)


def shown_by_witness(claim: Claim) -> Verdict:
    return Verdict.PROVED if isinstance(claim, Reachable) else Verdict.REFUTED


def truth(system: System, claim: Claim) -> dict[oracle.Configuration, str] | None:
    """Return the verdicts by brute force; of claims about fair runs, where that may take hours, the reference engine's.

    ``None`` if a configuration has no initial state.
    """
    listed = oracle.configurations(system)
    if not all(oracle.World(system, c).initial() for c in listed):
        return None
    if not isinstance(claim, Fair):
        return {c: answer.verdict for c, answer in oracle.decide(system, claim).items()}
    question = Question(restrict(system, claim), claim, tuple(listed))
    return dict(zip(listed, ReferenceEngine().decide(question, lambda _: None).verdicts, strict=True))


def well_formed(question: Question, finding: Finding) -> None:
    assert len(finding.verdicts) == len(question.configurations)
    assert Verdict.WITHHELD not in finding.verdicts
    if finding.nearest is not None:
        assert finding.verdicts[finding.nearest] is shown_by_witness(question.claim)
    if Verdict.UNKNOWN in finding.verdicts:
        assert finding.reason is not None


@engines
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_definite_verdicts_are_true_and_have_evidence(engine: str, kind: str, data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    asked = engine_named(engine)
    if not asked.supports(claim):
        return
    wanted = truth(system, claim)
    if wanted is None:
        return
    question = Question(restrict(system, claim), claim, tuple(wanted))
    finding = asked.decide(question, lambda _: None)
    well_formed(question, finding)
    for (configuration, answer), verdict in zip(wanted.items(), finding.verdicts, strict=True):
        assert verdict in (Verdict.UNKNOWN, answer), configuration
    judge = Judge()
    by_witness = not isinstance(claim, Ctl)  # of branching time the certificate shows both
    settled = [i for i, v in enumerate(finding.verdicts) if by_witness and v is shown_by_witness(claim)]
    for i in settled:
        witness = asked.witness(question, i)
        assert witness is not None
        assert i in judge.check_witness(question.system, claim, question.configurations, witness).configurations
    definite = {i for i, verdict in enumerate(finding.verdicts) if verdict is not Verdict.UNKNOWN}
    if certified := definite - set(settled):
        proof = judge.check_proof(question.system, claim, question.configurations, finding.certificate)
        assert all(proof.shows(finding.verdicts[i], i) for i in certified)


@engines
def test_a_spent_limit_is_never_a_verdict_on_a_proof(engine: str) -> None:
    system = catalogue.load("smallest")
    claim = Invariant(id="always", sentence="", holds=name("frozen") | ~name("frozen"))  # type: ignore[arg-type]
    configurations = tuple(product(*(v.domain.values for v in system.configuration)))
    asked = engine_named(engine)
    for limits in (Limits(states=10), Limits(seconds=0.0)):
        question = Question(system, claim, configurations, limits)
        try:
            finding = asked.decide(question, lambda _: None)
        except LimitReached:
            continue
        well_formed(question, finding)
        if limits.states == 10:
            assert finding.certificate.closed is None or len(finding.certificate.closed) <= 10


@engines
def test_an_engine_goes_by_its_registered_name_and_leaves_tradeoffs_alone(engine: str) -> None:
    asked = engine_named(engine)
    assert asked.name == engine
    assert not asked.supports(Tradeoff(id="both", sentence="", claims=("a", "b")))


@engines
def test_asking_twice_gives_the_same_answer(engine: str) -> None:
    system = catalogue.load("smallest-submodel")
    claim = Invariant(id="never-frozen", sentence="", holds=~name("frozen"))  # type: ignore[arg-type]
    configurations = tuple(product(*(v.domain.values for v in system.configuration)))
    question = Question(system, claim, configurations)
    first, again, fresh = engine_named(engine), engine_named(engine), engine_named(engine)
    answers = [first.decide(question, lambda _: None), first.decide(question, lambda _: None)]
    answers.append(fresh.decide(question, lambda _: None))
    assert {(a.verdicts, a.nearest) for a in answers} == {(answers[0].verdicts, answers[0].nearest)}
    assert answers[0].nearest is not None
    witnesses = [asked.witness(question, answers[0].nearest) for asked in (first, fresh, again)]
    assert witnesses[0] == witnesses[1] == witnesses[2]
