"""Tests of the client, made from the model. Run in this folder: ``python -m pytest``."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from adapter import ClientAdapter
from faults import CAUGHT, SETTINGS, suite_fails
from vpn_client import Fault
from vpn_model import NO_LEAK, claims, system

from tunnelproof import prove
from tunnelproof.conformance import as_plain_test, replay, state_machine
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import Step

# The suite: this is all that a client without faults needs

TestClient = state_machine(system, ClientAdapter(), claims=[NO_LEAK]).TestCase
TestClient.settings = SETTINGS

# What the suite is worth


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


def test_readme_shows_what_is_caught() -> None:
    """The table in the README is the one that is tested here."""
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^(\w+) +(\w+) +(\d+) +[\d.]+  ", readme, re.MULTILINE)
    assert [(Fault[name.upper()], (action, int(steps))) for name, action, steps in shown] == list(CAUGHT.items())


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
