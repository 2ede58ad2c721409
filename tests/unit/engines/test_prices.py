"""What recovery costs: every engine, judged and certified, against Dijkstra's algorithm in the oracle."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.systems import claims, systems
from tests.unit.certify.written import findings, write

from tunnelproof.errors import ModelError
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Recoverable
from tunnelproof.verification.prove import prove

SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
PRICES = st.sampled_from([0, 0, 1, 1, 2, 5])


@st.composite
def questions(draw: st.DrawFn) -> tuple[System, Recoverable]:
    """Draw a system whose actions have any prices, and a claim that recovery costs no more than some price."""
    system = draw(systems())
    system = replace(system, actions=tuple(replace(a, price=draw(PRICES)) for a in system.actions))
    claim = draw(claims(system, Recoverable.kind))
    assert isinstance(claim, Recoverable)
    return system, replace(claim, within=draw(st.integers(0, 8)))


@pytest.mark.parametrize("engine", ["reference", "diagram", "explicit"])
@SLOW
@given(asked=questions())
def test_engines_say_what_recovery_costs(engine: str, asked: tuple[System, Recoverable]) -> None:
    system, claim = asked
    if not all(oracle.stays_in_domains(system).values()):
        return
    claim = replace(claim, may_be_vacuous="it is random")
    (found,) = prove(system, [claim], engine=engine).claims
    names = [variable.name for variable in system.configuration]
    for configuration, answer in oracle.decide(system, claim).items():
        label = found.partition.label_of(dict(zip(names, configuration, strict=True)))
        assert (label.verdict.value, label.vacuous) == (answer.verdict, answer.vacuous), (configuration, found.detail)


@SLOW
@given(asked=questions())
def test_the_certifier_accepts_what_recovery_costs(asked: tuple[System, Recoverable]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            write(Path(folder), asked[0], [asked[1]])
        except ModelError:
            return
        for path in Path(folder).iterdir():
            assert all(status in (0, 20) for status, _, _ in findings(path)), findings(path)
