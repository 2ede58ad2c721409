"""What is drawn is well-formed and worth asking about."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.oracle import configurations, decide
from tests.systems import KINDS, questions, systems

from tunnelproof.errors import ClaimError
from tunnelproof.model.language.expressions import BRANCHING, LINEAR
from tunnelproof.model.language.system import System
from tunnelproof.model.language.typing import BOOL, Typing
from tunnelproof.model.language.wellformed import check_system, scope_of
from tunnelproof.properties.claims import KINDS as ALL_KINDS
from tunnelproof.properties.claims import Claim, Ctl, Lasts, Ltl, StepInvariant, Tradeoff, Within, expressions_of

SAMPLE = settings(
    max_examples=80,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


def check_formulas(system: System, claim: Claim) -> None:
    """Raise if a formula of the claim does not fit the system."""
    typing = Typing(
        scope_of(system),
        error=ClaimError,
        actions={a.name: tuple(o.name for o in a.outcomes) for a in system.actions},
        actors=system.actors,
        pairs=isinstance(claim, StepInvariant),
        temporal=LINEAR if isinstance(claim, Ltl) else BRANCHING if isinstance(claim, Ctl) else (),
    )
    for formula in expressions_of(claim):
        typing.check(formula, BOOL, claim.id)


def test_every_kind_is_drawn_but_the_composite_one_and_those_about_time() -> None:
    assert {*KINDS, Tradeoff.kind, Lasts.kind, Within.kind} == set(ALL_KINDS)


@SAMPLE
@given(systems())
def test_systems_are_well_formed_and_have_a_configuration(system: System) -> None:
    check_system(system)
    assert configurations(system)


@pytest.mark.parametrize("kind", KINDS)
def test_claims_fit_their_system_and_are_proved_as_well_as_refuted(kind: str) -> None:
    seen: Counter[str] = Counter()

    @SAMPLE
    @given(questions(kind))
    def ask(question: tuple[System, Claim]) -> None:
        system, claim = question
        assert claim.kind == kind
        check_formulas(system, claim)
        seen.update({a.verdict for a in decide(system, claim).values()})

    ask()
    assert seen["proved"] >= 8
    assert seen["refuted"] >= 8
