"""Every claim tells something apart: it holds in one system and fails in another, and not for want of a trigger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.corpus import VARIANTS

from tunnelproof.errors import ClaimError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model import catalogue
from tunnelproof.model.language.formula import parse_formula
from tunnelproof.model.language.system import System
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Claim, Tradeoff
from tunnelproof.properties.examples import EXAMPLES
from tunnelproof.properties.wellformed import check_claims
from tunnelproof.semantics.cone import can_be_sliced
from tunnelproof.verification.prove import prove

IOS = {claim.id: claim for claim in claims_for("ios")}


def verdicts(system: System, claim: Claim, where: str) -> list[tuple[Verdict, bool | None]]:
    parts = [IOS[part] for part in claim.claims] if isinstance(claim, Tradeoff) else []
    pinned = parse_formula(where, {v.name for v in system.configuration})
    outcome = prove(replace(system, constraints=(*system.constraints, pinned)), [*parts, claim])
    return [(cell.verdict, cell.vacuous) for cell in outcome[claim.id].cells]


def expected(holds: bool) -> list[tuple[Verdict, bool | None]]:
    return [(Verdict.PROVED if holds else Verdict.REFUTED, False)]


@pytest.mark.parametrize("model", catalogue.names())
def test_the_claims_of_each_shipped_model_are_well_formed(model: str) -> None:
    check_claims(claims_for(model), catalogue.load(model))


@pytest.mark.parametrize("model", catalogue.names())
def test_no_claim_needs_the_whole_model(model: str) -> None:
    sliceable = [claim.id for claim in claims_for(model) if not isinstance(claim, Tradeoff) and can_be_sliced(claim)]
    assert sliceable == [claim.id for claim in claims_for(model) if not isinstance(claim, Tradeoff)]


def test_an_unknown_model_has_no_claims() -> None:
    with pytest.raises(ClaimError, match="no claims for a model called 'iso'"):
        claims_for("iso")


def test_every_claim_has_an_example_that_holds_and_one_that_fails() -> None:
    shown = {claim_id: [e.holds for e in examples] for claim_id, examples in EXAMPLES.items()}
    for claim_id, variant in VARIANTS.items():
        shown[claim_id].append(variant.holds)
    assert {claim_id: sorted(holds) for claim_id, holds in shown.items()} == {name: [False, True] for name in IOS}


@pytest.mark.parametrize("claim_id", EXAMPLES)
def test_shipped_models_answer_as_their_examples_say(claim_id: str) -> None:
    for example in EXAMPLES[claim_id]:
        found = verdicts(catalogue.load(example.model), IOS[claim_id], example.where)
        assert found == expected(example.holds), example.where


@pytest.mark.parametrize("claim_id", VARIANTS)
def test_variants_answer_as_they_say(claim_id: str) -> None:
    variant = VARIANTS[claim_id]
    assert verdicts(variant.build(), IOS[claim_id], variant.where) == expected(variant.holds)
