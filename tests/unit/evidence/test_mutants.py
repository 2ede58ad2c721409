"""Evidence that has been tampered with: whatever the judge still accepts must be true, says brute force.

`tests/long/certificates.py` tries far more of it.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.long import wrong_evidence as changes
from tests.long.judged_evidence import (
    Handed,
    accepts_all,
    handed,
    judged_about,
    judged_certificate,
    judged_witness,
)
from tests.oracle.runs import TooLargeError
from tests.oracle.statements import Truth
from tests.systems.models import systems
from tests.systems.questions import KINDS, claims

from tunnelproof.evidence.certificate import Certificate
from tunnelproof.properties.claims import Ctl, Fair, Recoverable

TAMPER = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def right_evidence(data: st.DataObject, kind: str) -> Handed:
    """Return evidence about a random system for answers that are right."""
    system = data.draw(systems())
    claim = data.draw(claims(system, kind))
    try:
        answers = oracle.decide(system, claim)
    except (TooLargeError, oracle.NoInitialStateError):
        assume(False)
        raise
    evidence = handed(system, claim)
    assert evidence.verdicts == tuple(answer.verdict for answer in answers.values())
    return evidence


def spoilt(random: Random, evidence: Handed) -> Certificate:
    """Return the certificate with one change or two."""
    ways = list(changes.ROWS.values())
    if isinstance(evidence.claim, Recoverable):
        ways = [*changes.RANKS.values(), *changes.RANKS.values(), *ways]
    if isinstance(evidence.claim, Ctl):
        ways += [changes.labellings_changed] * (2 * len(ways))
    elif isinstance(evidence.claim, Fair):
        ways += [changes.levels_changed] * (2 * len(ways))
    found = evidence.certificate
    for _ in range(random.randrange(1, 3)):
        whole = found.ranks is None or found.closed is None or len(found.ranks) == len(found.closed)
        if whole and found.closed is not None and len(found.closed):
            found = random.choice(ways)(random, evidence.part, found)
    return found


@pytest.mark.parametrize("kind", KINDS)
@TAMPER
@given(data=st.data(), random=st.randoms(use_true_random=True))
def test_a_tampered_certificate_proves_nothing_false(kind: str, data: st.DataObject, random: Random) -> None:
    evidence = right_evidence(data, kind)
    assert accepts_all(evidence)
    for _ in range(6):
        found = judged_certificate(evidence, spoilt(random, evidence))
        assert not found.wrongly, found


@pytest.mark.parametrize("kind", KINDS)
@TAMPER
@given(data=st.data())
def test_evidence_for_another_claim_proves_nothing_false(kind: str, data: st.DataObject) -> None:
    evidence = right_evidence(data, kind)
    other = data.draw(claims(evidence.system, kind))
    try:
        found = judged_about(evidence, Truth(evidence.system, other))
    except TooLargeError:
        assume(False)
        raise
    assert not any(judged.wrongly for judged in found), found


@pytest.mark.parametrize("kind", KINDS)
@TAMPER
@given(data=st.data(), random=st.randoms(use_true_random=True))
def test_a_tampered_witness_settles_nothing_false(kind: str, data: st.DataObject, random: Random) -> None:
    evidence = right_evidence(data, kind)
    assert accepts_all(evidence)
    for _ in range(8 if evidence.witnesses else 0):
        change = random.choice(list(changes.WITNESS.values()))
        found = judged_witness(evidence, change(random, evidence.part, random.choice(evidence.witnesses)))
        assert not found.wrongly, found
