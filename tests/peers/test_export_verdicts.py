"""Exported claims have the verdicts in the other checkers that brute force gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from tests.oracle import stays_in_domains
from tests.peers import tools
from tests.peers.comparing import (
    NUSMV_KINDS,
    RUMUR_KINDS,
    SPIN_KINDS,
    Says,
    by_nusmv,
    by_rumur,
    by_spin,
    compare,
    expected,
)
from tests.systems.questions import questions

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.system import System
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Claim, Tradeoff
from tunnelproof.verification.prove import prove

few = settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # a minute of the other checkers' time is enough; shrink by hand
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("kind", NUSMV_KINDS)
@tools.needs_nusmv
def test_nusmv_gives_the_verdicts_of_brute_force(kind: str) -> None:
    @few
    @given(questions(kind))
    def check(question: tuple[System, Claim]) -> None:
        assume(all(stays_in_domains(question[0]).values()))
        compare(*question, by_nusmv)

    check()


@pytest.mark.parametrize("kind", SPIN_KINDS)
@tools.needs_spin
def test_spin_gives_the_verdicts_of_brute_force(kind: str) -> None:
    @few
    @given(questions(kind))
    def check(question: tuple[System, Claim]) -> None:
        assume(all(stays_in_domains(question[0]).values()))
        compare(*question, by_spin)

    check()


@pytest.mark.parametrize("kind", RUMUR_KINDS)
@tools.needs_rumur
def test_rumur_gives_the_verdicts_of_brute_force(kind: str) -> None:
    @few
    @given(questions(kind))
    def check(question: tuple[System, Claim]) -> None:
        assume(all(stays_in_domains(question[0]).values()))
        compare(*question, by_rumur)

    check()


CHECKERS = [
    pytest.param(by_spin, marks=tools.needs_spin, id="spin"),
    pytest.param(by_rumur, marks=tools.needs_rumur, id="rumur"),
    pytest.param(by_nusmv, marks=tools.needs_nusmv, id="nusmv"),
]


@pytest.mark.parametrize("says", CHECKERS)
@pytest.mark.parametrize(
    "claim", [c for c in claims_for("smallest") if not isinstance(c, Tradeoff)], ids=lambda c: c.id
)
def test_claims_of_the_shipped_small_model(claim: Claim, says: Says, tmp_path: Path) -> None:
    system = catalogue.load("smallest")
    found = says(tmp_path, system, claim)
    cells = prove(system, [claim]).claims[0].cells
    assert {cell.verdict for cell in cells} <= {Verdict.PROVED, Verdict.REFUTED}
    assert found in (None, expected(system, claim, says, [cell.verdict is Verdict.PROVED for cell in cells]))
