"""The compiled search against published numbers, and against the plain one on random systems."""

from __future__ import annotations

import contextlib
from itertools import product

import numpy as np
import pytest
from bench.cases import CASES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.systems import KINDS, claims, systems

from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import LimitReached, Limits, Question
from tunnelproof.engines.explicit import exploration, packing
from tunnelproof.engines.explicit.engine import ExplicitEngine
from tunnelproof.engines.explicit.family import Family
from tunnelproof.engines.reference.engine import ReferenceEngine, explore
from tunnelproof.evidence.certificate import Values
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Invariant, Reachable

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def quiet(_: str) -> None:
    pass


def clock(**limits: int) -> Clock:
    return Clock(Limits(**limits), quiet)


def every_configuration(system: System) -> tuple[Values, ...]:
    return tuple(product(*(variable.domain.values for variable in system.configuration)))


def can_start(system: System) -> bool:
    return all(oracle.World(system, c).initial() for c in oracle.configurations(system))


@pytest.mark.parametrize("name", ["vpn1", "phil10", "pet5", "ring14"])
def test_published_numbers_of_states_steps_and_levels(name: str) -> None:
    case = CASES[name]
    system = case.make()
    search = Family(system, every_configuration(system)).complete(clock())
    assert (search.count, search.steps, len(search.levels) - 1) == (case.states, case.steps, case.depth)


def test_states_of_any_number_of_words_are_found_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    system = CASES["vpn1"].make()
    one = Family(system, every_configuration(system))
    assert one.machinery().packing.words == 1
    monkeypatch.setattr(packing, "WORD_BITS", 5)
    many = Family(system, every_configuration(system))
    assert many.machinery().packing.words > 3
    found = [f.machinery().packing.unpack(f.complete(clock()).states) for f in (one, many)]
    assert np.array_equal(*found)


def test_states_do_not_depend_on_the_first_size_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    system = CASES["pet5"].make()
    usual = Family(system, ((),)).complete(clock()).states
    monkeypatch.setattr(exploration, "_FEWEST_SLOTS", 4)
    monkeypatch.setattr(exploration, "CHUNK", 1000)
    assert np.array_equal(Family(system, ((),)).complete(clock()).states, usual)


@pytest.mark.parametrize("bits", [packing.WORD_BITS, 6])
@SLOW
@given(data=st.data())
def test_graph_is_that_of_the_plain_search(bits: int, data: st.DataObject) -> None:
    system = data.draw(systems().filter(can_start))
    listed = tuple(oracle.configurations(system))
    plain = explore(system, listed, Limits(), quiet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "WORD_BITS", bits)
        graph = Family(system, listed).graph(clock())
    for part in ("rows", "initial", "sources", "targets", "labels"):
        assert np.array_equal(getattr(graph, part), getattr(plain, part)), part


@pytest.mark.parametrize("kind", KINDS)
@SLOW
@given(data=st.data())
def test_witnesses_are_those_of_the_plain_search(kind: str, data: st.DataObject) -> None:
    system = data.draw(systems().filter(can_start))
    claim = data.draw(claims(system, kind))
    if claim.given is not None:
        return
    question = Question(system, claim, tuple(oracle.configurations(system)))
    plain, compiled = ReferenceEngine(), ExplicitEngine()
    expected = plain.decide(question, quiet)
    shown = Verdict.PROVED if isinstance(claim, Reachable) else Verdict.REFUTED
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exploration, "CHUNK", data.draw(st.sampled_from([1, 3, 1 << 18])))
        finding = compiled.decide(question, quiet)
        assert (finding.verdicts, finding.nearest) == (expected.verdicts, expected.nearest)
        for position, verdict in enumerate(finding.verdicts):
            if verdict is shown:
                assert compiled.witness(question, position) == plain.witness(question, position)


def test_deadlock_of_the_philosophers_is_found_before_all_states_are() -> None:
    case = CASES["phil10d"]
    question = Question(case.make(), case.claims[-1], ((),))
    engine = ExplicitEngine()
    finding = engine.decide(question, quiet)
    witness = engine.witness(question, 0)
    assert finding.verdicts == (Verdict.REFUTED,)
    assert witness is not None and len(witness.steps) == case.deadlock


def test_nothing_is_proved_above_the_limit_of_states() -> None:
    case = CASES["vpn1"]
    system = case.make()
    holds = next(c for c in case.claims if isinstance(c, Invariant))
    finding = ExplicitEngine().decide(Question(system, holds, every_configuration(system), Limits(27_759)), quiet)
    assert set(finding.verdicts) == {Verdict.UNKNOWN} and finding.reason is Reason.CERTIFICATE_TOO_LARGE
    finding = ExplicitEngine().decide(Question(system, holds, every_configuration(system), Limits(27_760)), quiet)
    assert set(finding.verdicts) == {Verdict.PROVED}


def test_memory_ends_a_search() -> None:
    system = CASES["phil10"].make()
    with pytest.raises(LimitReached) as stopped:
        Family(system, ((),)).complete(clock(memory=1 << 20))
    assert stopped.value.reason is Reason.LIMIT


def test_search_that_a_limit_stopped_goes_on_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exploration, "CHUNK", 1000)
    case = CASES["pet5"]
    search = Family(case.make(), ((),)).search()
    stops = 0
    grow = exploration.Exploration._entered

    def refused_once(self: exploration.Exploration, *given: object) -> object:
        nonlocal stops
        stops += 1
        if stops % 2:
            raise LimitReached(Reason.LIMIT, "for the test")
        return grow(self, *given)

    monkeypatch.setattr(exploration.Exploration, "_entered", refused_once)
    while not search.finished:
        with contextlib.suppress(LimitReached):
            search.advance(clock())
    assert stops > 2
    assert (search.count, search.steps) == (case.states, case.steps)
