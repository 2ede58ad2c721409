"""Tests of the client, made from the model. Run in this folder: ``python -m pytest``."""

from collections.abc import Callable
from typing import Any

import pytest
from adapter import ClientAdapter
from faults import SETTINGS, suite_fails
from vpn_client import Fault
from vpn_model import NO_LEAK, claims, system

from tunnelproof import prove
from tunnelproof.conformance import as_plain_test, replay, state_machine
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import Step

# The suite: this is all that a client without faults needs.

TestClient = state_machine(system, ClientAdapter(), claims=[NO_LEAK]).TestCase
TestClient.settings = SETTINGS

# What the suite is worth: every fault makes it fail, at this action, in so few steps.

CAUGHT = {
    Fault.LEAK_ON_REPLACEMENT: ("stop", 4),
    Fault.LEAK_ON_NETWORK_CHANGE: ("change", 3),
    Fault.LEAK_ON_GIVING_UP: ("handshake", 4),
    Fault.BLOCKED_AFTER_DISCONNECT: ("disconnect", 2),
    Fault.RETRY_LOOP: ("handshake", 4),
    Fault.COUNT_NOT_RESET: ("handshake", 6),
    Fault.SETTING_LOST_ON_MIGRATION: ("start", 4),
    Fault.TUNNEL_NOT_RESTORED: ("start", 5),
    Fault.ALERT_TOO_LATE: ("check", 2),
    Fault.UPDATE_OFFERED_AGAIN: ("check", 5),
}


def compiled(text: str) -> Callable[[ClientAdapter], None]:
    """Return the test function of the text."""
    scope: dict[str, Any] = {}
    exec(text, scope)
    test: Callable[[ClientAdapter], None] = scope["test_counterexample"]
    return test


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
def test_fault_is_caught_by_a_short_run_that_is_a_plain_test(fault: Fault) -> None:
    """It fails with the fault, and passes without."""
    failure = suite_fails(fault)
    assert failure is not None, f"not caught: {fault}"
    assert (failure.action, len(failure.steps)) == CAUGHT[fault]
    assert f"rule: '{failure.action}' of " in str(failure) and "vpn_model.py:" in str(failure)
    test = compiled(as_plain_test(failure, system, "test_counterexample"))
    with pytest.raises(AssertionError, match=failure.action):
        test(ClientAdapter(fault))
    test(ClientAdapter())


def test_model_keeps_its_claims() -> None:
    """What the suite holds the client to is free of leaks with the kill switch, and only with it."""
    outcome = prove(system, claims)
    assert [claim.claim.id for claim in outcome.claims if claim.verdict is not Verdict.PROVED] == ["leak.none"]
    leaking = outcome["leak.none"].cell(Verdict.REFUTED)
    assert leaking is not None
    (run,) = leaking.evidence.runs
    assert run.configuration == {"kill_switch": False}
    replay(run, system, None, ClientAdapter())  # the client does leak there, as the model says


def test_client_gives_up_after_the_third_lost_handshake() -> None:
    """One trace by hand, without Hypothesis."""
    lost = Step("handshake", outcome="lost")
    steps = [Step("connect", (("through", 2),)), lost, lost, Step("handshake", outcome="gives up")]
    replay(steps, system, {"kill_switch": True}, ClientAdapter())
