"""Remembered steps are the interpreter's."""

from __future__ import annotations

from hypothesis import given, settings
from tests.systems.models import systems

from tunnelproof.engines.reference.memo import Steps
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.system import System
from tunnelproof.semantics.step import initial_states, successors


@settings(deadline=None)
@given(systems())
def test_remembered_steps_are_the_interpreters_in_every_state_met(system: System) -> None:
    steps = Steps(system)
    space = ConfigurationSpace(system.configuration, system.constraints)
    for configuration in space.project(v.name for v in system.configuration):
        met = list(initial_states(system, configuration))[:5]
        for state in met:
            plain = list(successors(system, configuration, state))
            assert list(steps.of(configuration, state)) == plain
            met.extend(after for _, after in plain if after not in met and len(met) < 50)
