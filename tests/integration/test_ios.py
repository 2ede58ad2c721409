"""What the iOS model says as a whole: nothing is left open, everything is checked, the counts add up."""

from __future__ import annotations

import pytest

from tunnelproof.evidence.verdict import Verdict
from tunnelproof.properties.claims import Tradeoff
from tunnelproof.verification.outcome import Outcome

pytestmark = pytest.mark.xdist_group("ios")


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
