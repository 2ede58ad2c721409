"""The campaigns there are. Each is imported only when it is run."""

from __future__ import annotations

from importlib import import_module

from tests.long.campaign import Campaign

CAMPAIGNS = {
    "agreement": "tests.long.agreement",
    "temporal": "tests.long.temporal",
    "metamorphic": "tests.long.metamorphic",
    "evaluators": "tests.long.evaluators",
    "peers": "tests.long.peers",
    "solvers": "tests.long.solvers",
    "certificates": "tests.long.certificates",
    "conform": "tests.long.conform",
    "limits": "tests.long.limits",
    "signals": "tests.long.signals",
    "vacuity": "tests.long.vacuity",
    "determinism": "tests.long.determinism",
    "faults": "tests.long.faults",
    "malformed": "tests.long.malformed",
    "names": "tests.long.names",
    "planted": "tests.long.planted.campaign",
}


def campaign_named(name: str) -> Campaign:
    """Return the campaign of that name."""
    campaign = import_module(CAMPAIGNS[name]).CAMPAIGN
    assert isinstance(campaign, Campaign) and campaign.name == name
    return campaign
