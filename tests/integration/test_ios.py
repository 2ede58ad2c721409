"""What the iOS model says as a whole: nothing is left open, everything is checked, the counts add up."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from tests.integration.alone import alone, together

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.catalogue import load
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Tradeoff
from tunnelproof.rendering.text import Report, render
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import prove

SAMPLES = 200
README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def ios() -> Outcome:
    return prove(load("ios"), claims_for("ios"))


def test_every_claim_is_decided_and_every_verdict_checked(ios: Outcome) -> None:
    for found in ios.claims:
        assert found.reason is None, (found.claim.id, found.reason, found.detail)
        for cell in found.cells:
            assert cell.verdict in (Verdict.PROVED, Verdict.REFUTED), found.claim.id
            assert cell.evidence.checked, found.claim.id


def test_the_cells_counts_add_up(ios: Outcome) -> None:
    for found in ios.claims:
        assert sum(cell.configurations for cell in found.cells) == ios.space.count(), found.claim.id


def test_no_slice_has_more_than_half_a_million_pairs(ios: Outcome) -> None:
    for found in ios.claims:
        for cell in found.cells:
            assert cell.evidence.pairs <= 500_000, found.claim.id


def test_every_refuted_configuration_is_covered_by_a_witness(ios: Outcome) -> None:
    for found in ios.claims:
        cell = found.cell(Verdict.REFUTED)
        if cell is None or isinstance(found.claim, Tradeoff):
            continue
        assert cell.evidence.runs, found.claim.id
        assert sum(run.covers for run in cell.evidence.runs) >= cell.configurations, found.claim.id


def test_the_ios_models_cells_are_right_in_200_sampled_configurations(ios: Outcome) -> None:
    names = [v.name for v in ios.system.configuration]
    rows = ios.space.project(names)
    chosen = random.Random(20261122)
    asked = [found.claim for found in ios.claims if not isinstance(found.claim, Tradeoff)]
    for sample in range(SAMPLES):
        configuration = dict(zip(names, chosen.choice(rows), strict=True))
        claim = asked[sample % len(asked)]
        assert together(ios, claim, configuration) == alone(ios, claim, configuration), (claim.id, configuration)


def test_the_readmes_first_result_is_what_the_command_prints(ios: Outcome) -> None:
    excerpt = re.findall(r"```\n(ios · .*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[0]
    printed = render(Report(ios, "ios")).splitlines()
    assert [line for line in excerpt.splitlines() if line not in printed] == []
