"""A slice of each campaign; ``python -m tests.long`` runs as much of it as wanted."""

from __future__ import annotations

import pytest
from tests.long.campaign import Tally
from tests.long.catalogue import CAMPAIGNS, campaign_named


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_nothing_fails_in_a_slice_of_the_campaign(name: str) -> None:
    campaign = campaign_named(name)
    tally = Tally()
    campaign.run(campaign.slice, 20_261_122, tally)
    assert not tally.failures, "\n\n".join(tally.failures)
    assert tally.counts, "a campaign that counts nothing has looked at nothing"
