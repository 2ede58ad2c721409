"""The configuration variables that a replay depends on: all that starting, the steps and the claim read."""

from __future__ import annotations

import pytest
from tests.unit.evidence.small import SAID, lasso, trace, trap

from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Witness, WitnessKind
from tunnelproof.evidence.checking.guard import read_by_trace
from tunnelproof.model.language.component import ANY, Component, Configuration, compose, outcome
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
)

NAMES = ("starts", "guards", "decides", "gives", "other", "asked", "tied", "idle")
X = name("x")


def system() -> System:
    """Return a system in which each configuration variable is read in a place of its own."""
    configuration, part = Configuration(), Component("part", actor="os")
    starts, guards, decides, gives, other, _, tied, _ = (configuration.setting(each, bool) for each in NAMES)
    x = part.variable("x", bool, start=starts)
    y = part.variable("y", bool, start=ANY)
    part.initially(y | tied)
    part.action("go", when=guards, outcomes=[outcome("well", {x: gives}, when=decides), outcome("ill", {x: ~x})])
    part.action("stop", when=other, then={x: False}, actor="user")
    return compose("reads", configuration=configuration, components=[part])


def go(how: str) -> Witness:
    return Witness(WitnessKind.TRACE, (), (Step("go", (), how),))


ALWAYS = {"starts", "tied"}


@pytest.mark.parametrize(
    ("claim", "witness", "read"),
    [
        (Invariant(**SAID, holds=X), trace(), ALWAYS),
        (Invariant(**SAID, holds=X, when=name("asked")), trace(), ALWAYS | {"asked"}),
        (StepInvariant(**SAID, holds=X), go("well"), ALWAYS | {"guards", "decides", "gives"}),
        (Reachable(**SAID, point=X), go("ill"), ALWAYS | {"guards"}),
        (
            Precedence(**SAID, first=taken("go"), then=X, since=name("asked")),
            trace("stop"),
            ALWAYS | {"other", "asked"},
        ),
        (DeadlockFree(**SAID), trace(), ALWAYS | {"guards", "decides", "gives", "other"}),
        (DeadlockFree(**SAID, by=("user",)), trace(), ALWAYS | {"other"}),
        (DeadlockFree(**SAID, by=("user",), except_=name("asked")), go("ill"), ALWAYS | {"other", "asked", "guards"}),
    ],
)
def test_a_trace_depends_on_what_is_read_on_the_way(claim: Claim, witness: Witness, read: set[str]) -> None:
    assert read_by_trace(system(), claim, witness) == read


@pytest.mark.parametrize(
    ("claim", "witness"),
    [
        (Invariant(**SAID, holds=X), lasso(0)),
        (Invariant(**SAID, holds=X), trap()),
        (Recurrence(**SAID, point=X), trace()),
        (Response(**SAID, trigger=X, response=X), lasso(0)),
        (Recoverable(**SAID, goal=X), trap()),
    ],
)
def test_only_a_trace_of_a_claim_about_finite_runs_has_such_a_set(claim: Claim, witness: Witness) -> None:
    with pytest.raises(EvidenceRejected, match="only traces settle families"):
        read_by_trace(system(), claim, witness)


def test_a_step_that_the_system_does_not_have_is_rejected() -> None:
    for witness in (trace("none"), go("so"), Witness(WitnessKind.TRACE, (), (Step("stop"), Step("go", (), "so")))):
        with pytest.raises(EvidenceRejected, match="does not have") as fault:
            read_by_trace(system(), Invariant(**SAID, holds=X), witness)
        assert fault.value.code == "TP408"
