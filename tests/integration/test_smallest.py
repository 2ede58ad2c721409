"""A partition of all configurations says of each what asking about that one alone says: the smallest model, whole."""

from __future__ import annotations

from tests.integration.alone import alone, together

from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.catalogue import load
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Tradeoff
from tunnelproof.verification.prove import prove


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
