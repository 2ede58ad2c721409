"""Numbers of states and steps against published ones, and against products that can be worked out by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from bench.cases import scrambled
from bench.models import devices, philosophers, ring

from tunnelproof.engines.clock import Clock, resident_bytes
from tunnelproof.engines.contract import LimitReached, Limits, Question
from tunnelproof.engines.diagram import family as family_module
from tunnelproof.engines.diagram.engine import DiagramEngine
from tunnelproof.engines.diagram.family import Family
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range, Value
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import Action, Outcome, System
from tunnelproof.model.language.terms import Name, choose, name, taken
from tunnelproof.properties.claims import DeadlockFree, Invariant, Reachable, Recoverable


def every_configuration(system: System) -> tuple[tuple[Value, ...], ...]:
    return tuple(product(*(variable.domain.values for variable in system.configuration)))


def family_of(system: System) -> Family:
    return Family(system, every_configuration(system))


def clock(**limits: object) -> Clock:
    return Clock(Limits(**limits), lambda _: None)  # type: ignore[arg-type]


def count(system: System) -> int:
    return family_of(system).work(lambda symbolic: symbolic.count, clock())


@pytest.mark.parametrize(
    ("model", "by_freezing"),
    [
        ("smallest-submodel", (11, 28, 28, 31)),
        ("smallest-table", (156, 244, 244, 256)),
        ("smallest", (174, 276, 276, 288)),
    ],
)
def test_states_of_the_smallest_models_by_configuration(model: str, by_freezing: tuple[int, ...]) -> None:
    graph = family_of(catalogue.load(model)).graph(clock())
    off, stop_first, never, may = by_freezing
    assert np.bincount(graph.grouping.of_row).tolist() == [off] * 4 + [stop_first] * 2 + [never, may]


def test_states_and_steps_of_one_device() -> None:
    graph = family_of(devices(1)).graph(clock())
    assert (len(graph), len(graph.labels)) == (27_760, 117_672)


@pytest.mark.parametrize(
    ("system", "states"),
    [
        (devices(2), 9_637_872),
        (ring(14), 945_728),
        (philosophers(10, left_handed=True), 1_860_498),
    ],
    ids=["devices", "ring", "philosophers"],
)
@pytest.mark.parametrize("seed", [None, 1])
def test_states_of_benchmarks_in_any_order_of_declaration(system: System, states: int, seed: int | None) -> None:
    assert count(system if seed is None else scrambled(system, seed)) == states


def test_ten_right_handed_philosophers_are_stuck_after_twenty_steps() -> None:
    system = philosophers(10, left_handed=False)
    question = Question(system, DeadlockFree(id="stuck", sentence=""), ((),))
    engine = DiagramEngine()
    assert engine.decide(question, lambda _: None).verdicts == (Verdict.REFUTED,)
    witness = engine.witness(question, 0)
    assert witness is not None
    assert len(witness.steps) == 20


def lamps(number: int) -> System:
    """Independent lamps, each with a switch that decides whether it can be on, and a dial of five positions."""
    configuration = Configuration()
    switches = [configuration.setting(f"wired{i}", bool) for i in range(number)]
    parts = []
    for i, wired in enumerate(switches):
        part = Component(f"lamp{i}", actor=f"lamp{i}")
        lit = part.variable(f"lit{i}", bool, start=False)
        dial = part.variable(f"dial{i}", Range(0, 4), start=0)
        part.action(f"press{i}", when=wired & ~lit, then={lit: True})
        part.action(f"turn{i}", when=lit, then={dial: choose(dial < 4, dial + 1, 0)})
        parts.append(part)
    return compose("lamps", configuration=configuration, components=parts)


def test_independent_parts_multiply() -> None:
    # An unwired lamp has one state, a wired one the dark state and five lit ones.
    assert count(lamps(12)) == (1 + 6) ** 12


def with_counter(top: int) -> System:
    part = Component("counter", actor="counter")
    at: Name = part.variable("at", Range(0, top), start=0)
    part.action("up", when=at < top, then={at: at + 1})
    return compose("counter", configuration=Configuration(), components=[part])


def test_a_full_manager_is_replaced_by_a_larger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family_module, "SMALLEST_MANAGER", 1 << 8)
    assert count(devices(1)) == 27_760


def test_too_many_nodes_are_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family_module, "SMALLEST_MANAGER", 1 << 7)
    monkeypatch.setattr(family_module, "LARGEST_MANAGER", 1 << 8)
    with pytest.raises(LimitReached) as reached:
        count(devices(1))
    assert reached.value.reason is Reason.LIMIT


def test_memory_is_asked_for_before_a_manager_is_made() -> None:
    with pytest.raises(LimitReached) as reached:
        family_of(devices(1)).work(lambda symbolic: symbolic.count, clock(memory=resident_bytes() + (1 << 20)))
    assert reached.value.reason is Reason.LIMIT


def test_running_out_of_time_is_a_limit() -> None:
    question = Question(devices(1), DeadlockFree(id="stuck", sentence=""), ((0,) * 5,), Limits(seconds=0.0))
    with pytest.raises(LimitReached) as reached:
        DiagramEngine().decide(question, lambda _: None)
    assert reached.value.reason is Reason.LIMIT


@pytest.mark.parametrize(("top", "verdict"), [(400, Verdict.REFUTED), (500, Verdict.PROVED)])
def test_beyond_the_limit_of_states_an_invariant_is_the_certificate(top: int, verdict: Verdict) -> None:
    system = with_counter(500)
    claim = Invariant(id="low", sentence="", holds=name("at") <= top)  # type: ignore[arg-type]
    finding = DiagramEngine().decide(Question(system, claim, ((),), Limits(states=100)), lambda _: None)
    assert (finding.verdicts, finding.reason) == ((verdict,), None)
    assert finding.certificate.closed is None
    assert (finding.certificate.invariant is None) == (verdict is Verdict.REFUTED)


def test_beyond_the_limit_of_states_claims_without_an_invariant_are_unknown() -> None:
    claim = Recoverable(id="back", sentence="", goal=name("at") == 500)  # type: ignore[arg-type]
    question = Question(with_counter(500), claim, ((),), Limits(states=100))
    finding = DiagramEngine().decide(question, lambda _: None)
    assert (finding.verdicts, finding.reason) == ((Verdict.UNKNOWN,), Reason.CERTIFICATE_TOO_LARGE)


def test_a_trace_of_a_family_too_large_to_list_is_shortest_and_least() -> None:
    system = lamps(10)
    configurations = tuple((True,) * k + (False,) * (10 - k) for k in range(10, -1, -1))[::-1]
    point = (name("dial9") == 2) & name("lit3")
    claim = Reachable(id="both", sentence="", point=point)  # type: ignore[arg-type]
    question = Question(system, claim, configurations)
    engine = DiagramEngine()
    finding = engine.decide(question, lambda _: None)
    assert finding.verdicts == (Verdict.REFUTED,) * 10 + (Verdict.PROVED,)
    assert finding.nearest == 10
    witness = engine.witness(question, 10)
    assert witness is not None
    assert [step.action for step in witness.steps] == ["press3", "press9", "turn9", "turn9"]


def test_claims_about_one_slice_share_their_closed_set() -> None:
    system = catalogue.load("smallest")
    configurations = every_configuration(system)
    engine = DiagramEngine()
    claims = [Invariant(id=f"one-{i}", sentence="", holds=name("frozen") | ~name("frozen")) for i in range(2)]  # type: ignore[arg-type]
    one, other = (engine.decide(Question(system, claim, configurations), lambda _: None) for claim in claims)
    assert one.certificate.closed is other.certificate.closed


def test_a_slice_without_variables_has_one_state() -> None:
    system = System("nothing", (), (), (Action("wave", "user", "user", TRUE, (Outcome("", ()),)),))
    question = Question(system, Reachable(id="waved", sentence="", point=taken("wave")), ((),))  # type: ignore[arg-type]
    engine = DiagramEngine()
    finding = engine.decide(question, lambda _: None)
    assert (finding.verdicts, finding.states) == ((Verdict.PROVED,), 1)
    witness = engine.witness(question, 0)
    assert witness is not None
    assert [step.action for step in witness.steps] == ["wave"]
