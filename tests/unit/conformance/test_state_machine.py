"""What the generated state machine finds, and what it lets pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.unit.conformance.adapters import Blind, Deciding, Faulty, Simulator

from tunnelproof.conformance import Adapter, ConformanceFailure, state_machine
from tunnelproof.errors import ClaimError, ModelError, NothingToCheck, TunnelproofError, UsageError
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import ANY, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import Invariant

FEW = settings(
    max_examples=30,
    stateful_step_count=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
SUBMODEL = catalogue.load("smallest-submodel")


def run(system: System, adapter: Adapter, *, where: str | None = None, claims: tuple[Invariant, ...] = ()) -> None:
    run_state_machine_as_test(state_machine(system, adapter, where=where, claims=claims), settings=FEW)


def failure_of(
    system: System, adapter: Adapter, *, where: str | None = None, claims: tuple[Invariant, ...] = ()
) -> ConformanceFailure:
    with pytest.raises(ConformanceFailure) as caught:
        run(system, adapter, where=where, claims=claims)
    return caught.value


def steps(failure: ConformanceFailure) -> list[str]:
    return [str(step) for step in failure.steps]


def server(fair_start: object = 0) -> System:
    """Make a request of some size; it is answered, or it fails, which it cannot do twice in a row."""
    part = Component("server", actor="server")
    load = part.variable("load", Range(0, 3), start=fair_start)
    failed = part.variable("failed", bool, start=False)
    part.derived("busy", load > 1)
    part.action(
        "ask",
        when=load < 3,
        choose={"size": Range(1, 3)},
        outcomes=[
            outcome("answered", {load: name("size"), failed: False}),
            outcome("failed", {failed: True}, when=~failed),
        ],
    )
    return compose("server", configuration=Configuration(), components=[part])


# ----------------------------------------------------------------------------------------------------
# Faithful implementations pass


def test_faithful_simulator_passes_and_is_asked_for_every_action() -> None:
    simulator = Simulator(SUBMODEL)
    run(SUBMODEL, simulator)
    assert set(simulator.done) == set(SUBMODEL.action_named)


def test_model_that_stops_lets_the_run_idle() -> None:
    part = Component("lamp", actor="user")
    lit = part.variable("lit", bool, start=False)
    part.action("turn on", when=~lit, then={lit: True})
    lamp = compose("lamp", configuration=Configuration(), components=[part])
    run(lamp, Simulator(lamp))
    dims = Faulty(lamp, "turn on", lambda state: {"lit": False})
    assert steps(failure_of(lamp, dims)) == ["turn on"]


def test_actions_named_like_methods_of_hypothesis_are_only_actions() -> None:
    part = Component("session", actor="os")
    up = part.variable("up", bool, start=True)
    part.action("teardown", when=up, then={up: False})
    part.action("check invariants", when=~up, then={up: True})
    part.action("check-invariants", when=~up, then={up: True})
    session = compose("session", configuration=Configuration(), components=[part])
    simulator = Simulator(session)
    run(session, simulator)
    assert set(simulator.done) == {"teardown", "check invariants", "check-invariants"}


def test_configurations_are_drawn_from_where() -> None:
    seen = []

    class Recorder(Simulator):
        def reset(self, configuration, state):  # type: ignore[no-untyped-def]
            seen.append(dict(configuration))
            super().reset(configuration, state)

    run(SUBMODEL, Recorder(SUBMODEL), where="start_force_all_apps and order = fetch_then_stop")
    assert {tuple(c.values()) for c in seen} == {(True, "fetch_then_stop", freeze) for freeze in ("never", "may")}


def test_every_initial_state_is_tried() -> None:
    seen = set()

    class Recorder(Simulator):
        def reset(self, configuration, state):  # type: ignore[no-untyped-def]
            seen.add(state["load"])
            super().reset(configuration, state)

    run(server(fair_start=ANY), Recorder(server(fair_start=ANY)))
    assert seen == {0, 1, 2, 3}


# ----------------------------------------------------------------------------------------------------
# Faults are found, and shrunk


def test_session_that_stays_up_in_a_replacement_is_found_in_two_steps() -> None:
    failure = failure_of(SUBMODEL, Faulty(SUBMODEL, "begin", lambda state: {"session": "up"}))
    assert steps(failure) == ["publish", "begin"]
    message = str(failure)
    assert "begin: 'session' should be 'down', but 'up' was observed" in message
    assert "rule: 'begin' of os" in message and "platform.py" in message
    assert "source: Mullvad closes an iOS loophole" in message
    (difference,) = failure.differences
    assert (failure.action, difference.name) == ("begin", "session")
    assert (difference.expected, difference.observed) == ("down", "up")


def test_reboot_that_keeps_the_stack_frozen_is_found_in_four_steps() -> None:
    failure = failure_of(SUBMODEL, Faulty(SUBMODEL, "reboot", lambda state: {"stack": "frozen"}))
    assert steps(failure) == ["publish", "begin", "freeze", "reboot"]
    assert failure.start.configuration["start_force_all_apps"] is True


def test_wrong_start_is_found_without_a_step() -> None:
    failure = failure_of(server(), Blind(server(), {"load": 1}))
    assert steps(failure) == [] and failure.action is None
    assert str(failure).startswith("at the start: 'load' should be 0, but 1 was observed")


def test_derived_names_are_compared_too() -> None:
    assert failure_of(server(), Blind(server(), {"busy": False})).differences[0].name == "busy"


def test_one_is_not_true() -> None:
    failure = failure_of(server(), Blind(server(), {"failed": 0}))
    assert "'failed' should be False, but 0 was observed" in str(failure)


def test_parameter_is_drawn_and_shrunk() -> None:
    class Small(Simulator):
        def observe(self):  # type: ignore[no-untyped-def]
            return self.state | {"load": min(int(self.state["load"]), 1)}

    assert steps(failure_of(server(), Small(server()))) == ["ask(size=2) / answered"]


# ----------------------------------------------------------------------------------------------------
# Outcomes


def test_outcome_that_the_implementation_names_is_followed() -> None:
    run(server(), Deciding(server(), "answered"))


def test_outcome_that_cannot_have_happened_names_the_condition() -> None:
    failure = failure_of(server(), Deciding(server(), "failed"))
    assert steps(failure) == ["ask(size=1) / failed"] * 2
    assert "cannot have happened: the outcome's condition 'not failed' does not hold, failed is True" in str(failure)


def test_outcome_that_the_model_does_not_have_names_the_nearest() -> None:
    message = str(failure_of(server(), Deciding(server(), "answer")))
    assert "there is no outcome 'answer' (did you mean 'answered'?)" in message


# ----------------------------------------------------------------------------------------------------
# The failing run, printed as a plain test


class Refusing(Simulator):
    """Cannot do one action."""

    def do(self, action, parameters, outcome):  # type: ignore[no-untyped-def]
        if action == "begin":
            raise RuntimeError("refused")
        return super().do(action, parameters, outcome)


@pytest.mark.parametrize(
    ("system", "adapter", "steps", "says"),
    [
        (SUBMODEL, Faulty(SUBMODEL, "begin", lambda state: {"session": "up"}), 2, r"begin: .*\('down', 'up'\)"),
        (SUBMODEL, Refusing(SUBMODEL), 2, "refused"),
        (server(), Blind(server(), {"load": 1}), 0, r"at the start: .*'load': \(0, 1\)"),
        (server(), Deciding(server(), "failed"), 2, "ask: 'failed', not 'answered'"),
    ],
)
def test_failing_run_is_printed_once_as_a_plain_test_that_fails_alike(
    system: System, adapter: Adapter, steps: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises((ConformanceFailure, RuntimeError)):
        run(system, adapter)
    (text,) = capsys.readouterr().out.split("def test_counterexample")[1:]
    assert text.count("        (\n") == steps
    scope: dict[str, Any] = {}
    exec(f"def test_counterexample{text}", scope)
    with pytest.raises((AssertionError, RuntimeError), match=says):
        scope["test_counterexample"](adapter)
    scope["test_counterexample"](Simulator(system))


def test_nothing_is_printed_where_the_implementation_is_not_at_fault(capsys: pytest.CaptureFixture[str]) -> None:
    run(SUBMODEL, Simulator(SUBMODEL))
    failure_of(SUBMODEL, Simulator(SUBMODEL), claims=(Invariant(id="loud", sentence="", holds=~name("silent")),))
    with pytest.raises(UsageError):
        run(server(), Blind(server(), {}))
    assert capsys.readouterr().out == ""


# ----------------------------------------------------------------------------------------------------
# Claims


def test_invariant_that_the_model_breaks_is_reported_with_its_id() -> None:
    claim = Invariant(id="leak.silent", sentence="Nothing leaks silently.", when=name("wants"), holds=~name("silent"))
    failure = failure_of(SUBMODEL, Simulator(SUBMODEL), claims=(claim,))
    assert steps(failure) == ["publish", "begin"]
    assert "claim 'leak.silent' fails in the model: not 'not silent'. Nothing leaks silently." in str(failure)


def test_invariant_given_some_actors_is_not_asked_after_a_step_of_others() -> None:
    claim = Invariant(id="inactive", sentence="", given=("vendor",), holds=name("update") != "active")
    run(SUBMODEL, Simulator(SUBMODEL), claims=(claim,))
    failure = failure_of(SUBMODEL, Simulator(SUBMODEL), claims=(replace(claim, given=None),))
    assert steps(failure) == ["publish", "begin"]


# ----------------------------------------------------------------------------------------------------
# Bad input


def test_claim_about_steps_is_refused() -> None:
    claim = Invariant(id="steps", sentence="", holds=~taken("begin"))
    with pytest.raises(ClaimError, match="'steps' cannot be checked state by state") as refused:
        state_machine(SUBMODEL, Simulator(SUBMODEL), claims=[claim])
    assert refused.value.code == "TP230"


def test_claim_about_an_unknown_name_is_refused() -> None:
    claim = Invariant(id="typo", sentence="", holds=~name("silnet"))
    with pytest.raises(TunnelproofError, match="silnet"):
        state_machine(SUBMODEL, Simulator(SUBMODEL), claims=[claim])


def test_where_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(NothingToCheck):
        state_machine(SUBMODEL, Simulator(SUBMODEL), where="order = stop_then_fetch and order = fetch_then_stop")


def test_observing_nothing_is_an_error() -> None:
    with pytest.raises(UsageError, match="observes nothing"):
        run(server(), Blind(server(), {}))


def test_observing_an_unknown_name_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"observes 'laod'.*did you mean 'load'"):
        run(server(), Blind(server(), {"laod": 0}))


def test_configuration_without_an_initial_state_is_named() -> None:
    part = Component("c", actor="a")
    x = part.variable("x", bool, start=False)
    part.initially(x)
    part.action("flip", then={x: ~x})
    with pytest.raises(ModelError, match="no initial state in any configuration"):
        system = compose("none", configuration=Configuration(), components=[part])
        run(system, Simulator(system))
