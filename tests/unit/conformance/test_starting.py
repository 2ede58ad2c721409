"""Which configurations a client is driven through."""

from __future__ import annotations

import pytest

from tunnelproof.conformance.starting import space_of
from tunnelproof.errors import UsageError
from tunnelproof.interchange.model_source import load_model


def test_where_speaks_of_the_configuration_and_not_of_what_changes() -> None:
    system = load_model("smallest").system
    setting, variable = system.configuration[0].name, system.variables[0].name
    assert 0 < space_of(system, f"not {setting}").count() < space_of(system).count()
    with pytest.raises(UsageError, match="changes during a run"):
        space_of(system, variable)
