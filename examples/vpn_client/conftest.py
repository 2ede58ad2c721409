"""What the printed tests ask for."""

import pytest
from adapter import ClientAdapter


@pytest.fixture
def adapter() -> ClientAdapter:
    """Return the client as it is, without a fault."""
    return ClientAdapter()
