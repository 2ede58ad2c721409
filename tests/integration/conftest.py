"""The answer about the whole iOS model, worked out once."""

from __future__ import annotations

import pytest

from tunnelproof.model.catalogue import load
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.verification.outcome import Outcome
from tunnelproof.verification.prove import prove


@pytest.fixture(scope="session")
def ios() -> Outcome:
    return prove(load("ios"), claims_for("ios"))
