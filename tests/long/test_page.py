"""The published page says what the summaries beside it say, and every summary is of a campaign that there is."""

from __future__ import annotations

import json
from pathlib import Path

from tests.long import page
from tests.long.campaign import SCHEMA
from tests.long.catalogue import CAMPAIGNS

TRUST = Path(__file__).parent.parent.parent / "docs" / "trust"


def test_page_is_made_from_the_summaries() -> None:
    assert (TRUST / "README.md").read_text("utf-8") == page.text(TRUST)


def test_summaries_are_of_campaigns_that_there_are_and_what_failed_is_explained() -> None:
    explained = (TRUST / "found.md").read_text("utf-8").partition("## Failures in the runs published here")[2]
    for path in TRUST.glob("*.json"):
        document = json.loads(path.read_text("utf-8"))
        assert document["schema"] == SCHEMA
        assert document["campaign"] == path.stem
        assert path.stem in CAMPAIGNS
        assert not document["failures"] or f"**{path.stem}, " in explained
