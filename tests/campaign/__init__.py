"""Random systems and claims: every engine, with the judge behind it, against the brute-force oracle."""

from __future__ import annotations

from collections import Counter

from tests import oracle
from tests.oracle.runs import TooLargeError

from tunnelproof.errors import ModelError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim
from tunnelproof.verification.outcome import ClaimOutcome
from tunnelproof.verification.prove import prove


def compare(system: System, claim: Claim, engine: str, counts: Counter[str]) -> None:
    """Assert that the engine's checked verdicts are the oracle's in every configuration; count them."""
    try:
        wanted = oracle.decide(system, claim)
        inside = oracle.stays_in_domains(system)
    except TooLargeError:
        counts["too large for the oracle"] += 1
        return
    except oracle.NoInitialStateError:
        counts["no initial state"] += 1
        return
    try:
        outcome = prove(system, [claim], engine=engine)[claim.id]
    except ModelError as fault:
        assert fault.code == "TP141", fault
        assert not all(inside.values()), "no assignment leaves its domain, but one was said to"
        counts["leaves a domain"] += 1
        return
    assert all(inside.values()), "an assignment leaves its domain unseen"
    names = [v.name for v in system.configuration]
    for configuration, answer in wanted.items():
        label = outcome.partition.label_of(dict(zip(names, configuration, strict=True)))
        counts[f"{claim.kind} {label.verdict}"] += 1
        if label.verdict is Verdict.UNKNOWN:
            continue
        assert label.verdict == answer.verdict, (configuration, label, answer, outcome.detail)
        if label.verdict is Verdict.PROVED and label.vacuous is not None:
            assert bool(label.vacuous) == answer.vacuous, (configuration, label, answer)
    _assert_counts_add_up(outcome, len(wanted))


def _assert_counts_add_up(outcome: ClaimOutcome, configurations: int) -> None:
    assert sum(cell.configurations for cell in outcome.cells) == configurations
    for cell in outcome.cells:
        assert cell.verdict is not Verdict.WITHHELD, outcome.detail
        assert cell.evidence.checked == (cell.verdict is not Verdict.UNKNOWN)
