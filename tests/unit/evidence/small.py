"""Systems that fit on a line, and evidence about them: right, from the reference engine, to be spoilt by tests.

Whatever the judge is asked here, the certifier is asked too, and has to say the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from tests.unit.certify import second

import tunnelproof_certify
from tunnelproof.engines.contract import Finding, Question
from tunnelproof.engines.reference.engine import ReferenceEngine
from tunnelproof.errors import EvidenceRejected
from tunnelproof.evidence.certificate import Broken, Certificate, Level, Values, Witness, WitnessKind
from tunnelproof.evidence.checking.judge import Judge
from tunnelproof.evidence.rows import Codes, Layout
from tunnelproof.model.language.component import NONE, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, Step, System
from tunnelproof.model.language.terms import both, name
from tunnelproof.properties.claims import Claim

SAID = {"id": "c", "sentence": ""}
X, K = name("x"), name("k")
ONE = ((),)  # the only configuration of a system without configuration variables
BOTH = ((False,), (True,))


def walk(*rules: str, start: object = 0, fair: dict[str, Fairness] | None = None, size: int = 5) -> System:
    """Return a system that walks over numbers: ``"name 0>1"``, ``"name 0>1 user"``, ``"name 0>1 user if k"``."""
    configuration, part = Configuration(), Component("walk", actor="os")
    if any(rule.endswith("if k") for rule in rules):
        configuration.setting("k", bool)
    x = part.variable("x", Range(0, size - 1), start=start)
    for rule in rules:
        action, move, *rest = rule.split()
        source, target = move.split(">")
        condition = [x == int(source), *([K] if rule.endswith("if k") else [])]
        actor = rest[0] if rest and rest[0] != "if" else "os"
        fairness = (fair or {}).get(action, NONE)
        part.action(action, when=both(*condition), then={x: int(target)}, actor=actor, fair=fairness)
    return compose("walk", configuration=configuration, components=[part])


def asked(system: System) -> tuple[Values, ...]:
    """Return all the system's configurations; it has none or ``k``."""
    return BOTH if system.configuration else ONE


def question(system: System, claim: Claim) -> Question:
    return Question(system, claim, asked(system))


def finding(system: System, claim: Claim) -> Finding:
    """Return what the reference engine says, with its certificate."""
    return ReferenceEngine().decide(question(system, claim), lambda _: None)


def covered(system: System, claim: Claim, certificate: Certificate) -> list[bool]:
    """Return in which configurations the judge accepts the certificate."""
    try:
        found = Judge().check_proof(system, claim, asked(system), certificate).covered.tolist()
    except EvidenceRejected:
        with pytest.raises(tunnelproof_certify.Rejected):
            if second.covered(system, claim, asked(system), certificate) is None:
                raise tunnelproof_certify.Rejected from None
        raise
    try:
        assert second.covered(system, claim, asked(system), certificate) in (None, found)
    except tunnelproof_certify.Rejected:
        assert not any(found)  # a malformed proof of nothing
    return list(found)


def vacuous(system: System, claim: Claim, certificate: Certificate) -> tuple[bool | None, ...]:
    """Return in which configurations the judge finds the trigger never met, of a claim that is proved everywhere."""
    found = Judge().check_proof(system, claim, asked(system), certificate)
    assert found.covered.all()
    proof = second.proof(system, claim, asked(system), certificate)
    assert proof is not None
    assert (proof.wrong, second.vacuous(proof, asked(system))) == (set(), found.vacuous)
    return found.vacuous


def settled(system: System, claim: Claim, witness: Witness) -> list[int]:
    """Return the positions of the configurations that the judge lets the witness settle."""
    found = list(Judge().check_witness(system, claim, asked(system), witness).configurations)
    assert second.settled(system, claim, asked(system), witness) == found
    return found


def rows(system: System, pairs: Sequence[tuple[Values, Values]]) -> Codes:
    """Return the table of (configuration, state) pairs."""
    layout = Layout(system)
    return np.array([layout.encode(c, s) for c, s in pairs], dtype=np.int32).reshape(len(pairs), len(layout.sizes))


def numbers(*states: int) -> Codes:
    """Return the closed set of a walk without configuration variables."""
    return np.array(states, dtype=np.int32).reshape(-1, 1)


def steps(*actions: str) -> tuple[Step, ...]:
    return tuple(Step(action) for action in actions)


def trace(*actions: str) -> Witness:
    return Witness(WitnessKind.TRACE, (), steps(*actions))


def trap(*actions: str) -> Witness:
    return Witness(WitnessKind.TRAP, (), steps(*actions))


def lasso(loop: int | None, *actions: str) -> Witness:
    return Witness(WitnessKind.LASSO, (), steps(*actions), loop)


def level(component: Sequence[int], reason_of: Sequence[int], *reasons: Broken) -> Level:
    """Return a level of a certificate about fair runs."""
    return Level(np.array(component, dtype=np.int64), np.array(reason_of, dtype=np.int64), reasons)


def certificate(closed: Codes, ranks: Sequence[int] | None = None, *levels: Level) -> Certificate:
    found = None if ranks is None else np.array(ranks, dtype=np.int64)
    return Certificate(closed, found, levels or None)
