"""The diagrams against the reference engine: verdicts, shortest witnesses, and which configuration is nearest."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import World, configurations
from tests.systems import KINDS, claims, systems

from tunnelproof.engines.contract import Limits, Question
from tunnelproof.engines.diagram.decide import PATH_CLAIMS
from tunnelproof.engines.diagram.engine import DiagramEngine
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Precedence, Reachable, Recoverable
from tunnelproof.semantics.cone import restrict

RANDOM = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def asked(data: st.DataObject, kind: str) -> tuple[System, Claim]:
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    return restrict(system, claim), claim


def have_a_start(system: System) -> bool:
    return all(World(system, c).initial() for c in configurations(system))


@pytest.mark.parametrize("kind", KINDS)
@RANDOM
@given(data=st.data())
def test_verdicts_and_witnesses_are_those_of_the_reference_engine(kind: str, data: st.DataObject) -> None:
    system, claim = asked(data, kind)
    if not have_a_start(system):
        return
    question = Question(system, claim, tuple(configurations(system)))
    reference, diagram = ReferenceEngine(), DiagramEngine()
    wanted = reference.decide(question, lambda _: None)
    found = diagram.decide(question, lambda _: None)
    assert (found.verdicts, found.nearest) == (wanted.verdicts, wanted.nearest)
    for i in witnessed(claim, found.verdicts):
        assert diagram.witness(question, i) == reference.witness(question, i)


@pytest.mark.parametrize("kind", [kind.kind for kind in PATH_CLAIMS])
@RANDOM
@given(data=st.data())
def test_traces_from_diagrams_alone_are_those_of_the_reference_engine(kind: str, data: st.DataObject) -> None:
    system, claim = asked(data, kind)
    if not have_a_start(system) or (isinstance(claim, Recoverable) and claim.within is not None):
        return  # diagrams know no prices
    listed = tuple(configurations(system))
    reference, diagram = ReferenceEngine(), DiagramEngine()
    full, narrow = Question(system, claim, listed), Question(system, claim, listed, Limits(states=0))
    wanted = reference.decide(full, lambda _: None)
    found = diagram.decide(narrow, lambda _: None)
    settled = witnessed(claim, wanted.verdicts)
    assert witnessed(claim, found.verdicts) == settled
    assert found.nearest == wanted.nearest
    for i in settled:
        assert diagram.witness(narrow, i) == reference.witness(full, i)


def witnessed(claim: Claim, verdicts: tuple[Verdict, ...]) -> list[int]:
    shown = Verdict.PROVED if isinstance(claim, Reachable) else Verdict.REFUTED
    return [i for i, verdict in enumerate(verdicts) if verdict is shown]


@pytest.mark.parametrize("engine", [ReferenceEngine, DiagramEngine])
def test_nearest_precedence_failure_is_where_it_comes_unseen_soonest(engine: type) -> None:
    # With `early`, `then` comes after one step, but `first` has been seen; only the one after four steps is unseen.
    configuration = Configuration()
    early = configuration.setting("early", bool)
    part = Component("clock", actor="clock")
    at = part.variable("at", range(6), start=0)
    part.action("tick", when=at < 5, then={at: at + 1})
    system = compose("clock", configuration=configuration, components=[part])
    then = (early & ((at == 1) | (at == 4))) | (~early & (at == 2))
    first, since = early & (at == 0), at == 3
    claim = Precedence(id="order", sentence="", first=first, then=then, since=since)  # type: ignore[arg-type]
    question = Question(system, claim, ((False,), (True,)))
    finding = engine().decide(question, lambda _: None)
    assert finding.verdicts == (Verdict.REFUTED, Verdict.REFUTED)
    assert finding.nearest == 0
