"""Traces on implementations, with and without the library."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.conformance.adapters import Blind, Deciding, Faulty, Simulator

from tunnelproof.conformance import Adapter, ConformanceFailure, as_plain_test, replay
from tunnelproof.errors import ModelError, UsageError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import ANY, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim, Invariant, Recurrence
from tunnelproof.verification.prove import prove
from tunnelproof.verification.runs import Run

SUBMODEL = catalogue.load("smallest-submodel")
HERE: dict[str, Value] = {"start_force_all_apps": True, "order": "stop_then_fetch", "freeze_on_replace": "never"}


def witness(system: System, claim: Claim) -> Run:
    cell = prove(system, [claim], engine="reference")[claim.id].cell(Verdict.REFUTED)
    assert cell is not None
    return cell.evidence.runs[0]


@pytest.fixture(scope="module")
def leak() -> Run:
    return witness(SUBMODEL, Invariant(id="leak", sentence="Nothing leaks silently.", holds=~name("silent")))


def staying_up() -> Faulty:
    return Faulty(SUBMODEL, "begin", lambda state: {"session": "up"})


def compiled(text: str, called: str) -> Callable[[Adapter], None]:
    scope: dict[str, Any] = {}
    exec(compile(text, "generated", "exec"), scope)
    function: Callable[[Adapter], None] = scope[called]
    return function


def switch(start: object = ANY) -> System:
    """Flip a switch, if it lets itself be flipped."""
    part = Component("switch", actor="user")
    on = part.variable("on", bool, start=start)
    part.action("flip", outcomes=[outcome("flipped", {on: ~on}), outcome("stuck", {})])
    part.action("use", when=on)
    return compose("switch", configuration=Configuration(), components=[part])


# ----------------------------------------------------------------------------------------------------
# Replay


def test_shortest_leak_has_two_steps_and_passes_on_a_faithful_simulator(leak: Run) -> None:
    assert [str(step) for step in leak.steps] == ["publish", "begin"]
    simulator = Simulator(SUBMODEL)
    replay(leak, SUBMODEL, None, simulator)
    assert simulator.done == ["publish", "begin"]


def test_leak_trace_fails_where_the_session_stays_up(leak: Run) -> None:
    with pytest.raises(ConformanceFailure, match="'session' should be 'down', but 'up' was observed") as failure:
        replay(leak, SUBMODEL, None, staying_up())
    assert "rule: 'begin' of os" in str(failure.value)
    assert failure.value.source == SUBMODEL.action_named["begin"].source


def test_trace_replays_in_another_configuration(leak: Run) -> None:
    with pytest.raises(ModelError, match="no such initial state as the trace has"):
        replay(leak, SUBMODEL, HERE, Simulator(SUBMODEL))
    replay(leak.steps, SUBMODEL, HERE, Simulator(SUBMODEL))


def test_lasso_is_gone_round_once() -> None:
    run = witness(switch(), Recurrence(id="on", sentence="", point=name("on") & ~name("on")))
    simulator = Simulator(switch())
    replay(run, switch(), None, simulator)
    assert len(simulator.done) == len(run.steps)


def test_steps_start_where_the_model_can_take_them() -> None:
    simulator = Simulator(switch())
    replay([Step("use"), Step("flip", outcome="flipped")], switch(), {}, simulator)
    assert simulator.state == {"on": False}


def test_trace_that_turns_out_otherwise_cannot_be_followed() -> None:
    with pytest.raises(ConformanceFailure, match="flip / stuck: the trace .* has the outcome 'flipped' here"):
        replay([Step("flip", outcome="flipped")], switch(), {}, Deciding(switch(), "stuck"))


def test_trace_that_the_model_does_not_have_names_step_and_guard() -> None:
    trace = [Step("publish"), Step("install")]
    with pytest.raises(UsageError, match="step 2, install: the guard 'update = active' does not hold") as refused:
        replay(trace, SUBMODEL, HERE, Simulator(SUBMODEL))
    assert refused.value.code == "TP073" and "has the model changed" in refused.value.hint


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step("publsh"), "no action 'publsh' .*did you mean 'publish'"),
        (Step("publish", outcome="x"), "no outcome 'x'"),
        (Step("publish", (("n", 1),)), "cannot have the parameters {'n': 1}"),
    ],
)
def test_step_that_does_not_exist_is_named(step: Step, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        replay([step], SUBMODEL, HERE, Simulator(SUBMODEL))


@pytest.mark.parametrize(
    ("configuration", "why"),
    [
        (None, "does not give 'start_force_all_apps'"),
        (HERE | {"oder": "x"}, "'oder' is no configuration variable"),
        (HERE | {"order": "x"}, "is no valid configuration"),
    ],
)
def test_configuration_that_the_model_does_not_have_is_refused(configuration: Any, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        replay([], SUBMODEL, configuration, Simulator(SUBMODEL))


# ----------------------------------------------------------------------------------------------------
# Plain tests


def test_plain_test_passes_on_a_faithful_simulator(leak: Run) -> None:
    simulator = Simulator(SUBMODEL)
    compiled(as_plain_test(leak, SUBMODEL, "test_leak"), "test_leak")(simulator)
    assert simulator.done == ["publish", "begin"]


def test_plain_test_fails_with_action_difference_and_source(leak: Run) -> None:
    test = compiled(as_plain_test(leak, SUBMODEL, "test_leak"), "test_leak")
    with pytest.raises(AssertionError, match=r"begin: .*'session': \('down', 'up'\).*Mullvad closes"):
        test(staying_up())


def test_plain_test_fails_where_nothing_is_observed(leak: Run) -> None:
    with pytest.raises(AssertionError, match="at the start"):
        compiled(as_plain_test(leak, SUBMODEL, "test_leak"), "test_leak")(Blind(SUBMODEL, {}))


def test_plain_test_knows_one_from_true() -> None:
    run = witness(switch(start=True), Invariant(id="off", sentence="", holds=~name("on")))
    with pytest.raises(AssertionError, match=r"'on': \(True, 1\)"):
        compiled(as_plain_test(run, switch(), "test_on"), "test_on")(Blind(switch(), {"on": 1}))


def test_failure_written_down_as_a_plain_test_fails_alike(leak: Run) -> None:
    with pytest.raises(ConformanceFailure) as failure:
        replay(leak, SUBMODEL, None, staying_up())
    test = compiled(as_plain_test(failure.value, SUBMODEL, "test_begin"), "test_begin")
    test(Simulator(SUBMODEL))
    with pytest.raises(AssertionError, match=r"begin: .*'session': \('down', 'up'\)"):
        test(staying_up())


def test_plain_test_fails_on_another_outcome() -> None:
    run = witness(switch(start=False), Invariant(id="off", sentence="", holds=~name("on")))
    test = compiled(as_plain_test(run, switch(start=False), "test_flip"), "test_flip")
    test(Simulator(switch(start=False)))
    with pytest.raises(AssertionError, match="flip: 'stuck', not 'flipped'"):
        test(Deciding(switch(start=False), "stuck"))


def test_plain_test_imports_nothing(leak: Run) -> None:
    assert "import" not in as_plain_test(leak, SUBMODEL, "test_leak")


@pytest.mark.parametrize("called", ["", "class", "a b", "x(): pass\ndef y"])
def test_plain_test_needs_a_name(leak: Run, called: str) -> None:
    with pytest.raises(UsageError, match="cannot name a function"):
        as_plain_test(leak, SUBMODEL, called)


def test_replaying_does_not_load_hypothesis() -> None:
    code = "import sys, tunnelproof.conformance; sys.exit('hypothesis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
