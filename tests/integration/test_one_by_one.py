"""A partition of all configurations says of each what asking about that one alone says."""

from __future__ import annotations

import random

import pytest

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.catalogue import load
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Claim, Tradeoff
from tunnelproof.verification.outcome import Named, Outcome
from tunnelproof.verification.prove import prove

SAMPLES = 200


def exactly(configuration: Named) -> Expr:
    return conjoin(Apply("=", (Read(name), Literal(value))) for name, value in configuration.items())


def alone(outcome: Outcome, claim: Claim, configuration: Named) -> Verdict:
    """Ask about the configurations that agree with this one on all that matters to the claim, and nothing else."""
    matters = {name: configuration[name] for name in outcome[claim.id].partition.names}
    asked = prove(outcome.system, [claim], where=exactly(matters), engine="reference")
    (cell,) = asked[claim.id].cells
    return cell.verdict


def together(outcome: Outcome, claim: Claim, configuration: Named) -> Verdict:
    return outcome[claim.id].partition.label_of(configuration).verdict


def test_the_smallest_models_cells_are_right_in_every_configuration() -> None:
    system = load("smallest")
    outcome = prove(system, claims_for("smallest"))
    names = [v.name for v in system.configuration]
    for row in ConfigurationSpace(system.configuration, system.constraints).project(names):
        configuration = dict(zip(names, row, strict=True))
        for found in outcome.claims:
            if not isinstance(found.claim, Tradeoff):
                said = together(outcome, found.claim, configuration)
                assert said == alone(outcome, found.claim, configuration), (found.claim.id, configuration)


@pytest.mark.xdist_group("ios")
def test_the_ios_models_cells_are_right_in_200_sampled_configurations(ios: Outcome) -> None:
    names = [v.name for v in ios.system.configuration]
    rows = ios.space.project(names)
    chosen = random.Random(20261122)
    asked = [found.claim for found in ios.claims if not isinstance(found.claim, Tradeoff)]
    for sample in range(SAMPLES):
        configuration = dict(zip(names, chosen.choice(rows), strict=True))
        claim = asked[sample % len(asked)]
        assert together(ios, claim, configuration) == alone(ios, claim, configuration), (claim.id, configuration)
