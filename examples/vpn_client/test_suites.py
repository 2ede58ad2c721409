"""What suites made by testgen are worth here."""

from suites import caught
from vpn_client import Fault
from vpn_model import claims, system

from tunnelproof.conformance.testgen import suite


def test_suite_of_transitions_catches_every_fault() -> None:
    """A client without a fault passes it; `caught` sees to that."""
    assert caught(suite(system, "transitions")) == set(Fault)


def test_suite_of_actions_misses_what_needs_a_history() -> None:
    """It is two tests, one in each configuration."""
    missed = set(Fault) - caught(suite(system, "actions", each=True))
    assert missed == {Fault.COUNT_NOT_RESET, Fault.UPDATE_OFFERED_AGAIN}


def test_tests_of_claims_catch_what_breaks_a_claim() -> None:
    """What no claim speaks of, they need not catch."""
    found = caught(suite(system, "claims", claims=claims))
    assert {Fault.LEAK_ON_REPLACEMENT, Fault.LEAK_ON_NETWORK_CHANGE, Fault.LEAK_ON_GIVING_UP, Fault.RETRY_LOOP} <= found
