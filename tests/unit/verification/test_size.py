"""The size of a model is the number of reachable pairs that brute force finds."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from tests.oracle import explore, worlds
from tests.systems import systems

from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.interchange.model_source import load_model
from tunnelproof.model.language.expressions import Read, negate
from tunnelproof.model.language.system import System
from tunnelproof.semantics.cone import unsliced
from tunnelproof.verification import size
from tunnelproof.verification.size import reachable_pairs


def space_of(system: System) -> ConfigurationSpace:
    return ConfigurationSpace(system.configuration, system.constraints)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(systems())
def test_as_many_pairs_as_brute_force_finds_in_configurations_that_matter(system: System) -> None:
    read = [v.name for v in unsliced(system, size._ANY).configuration]
    pairs = set()
    for world in worlds(system):
        row = tuple(world.rigid[name] for name in read)
        pairs |= {(row, state) for state in explore(world, world.initial(), None).states}
    assert reachable_pairs(system, space_of(system)) == len(pairs)


def test_part_of_the_configurations_has_part_of_the_pairs() -> None:
    system = load_model("smallest").system
    whole = space_of(system)
    setting = Read(system.configuration[0].name)
    parts = [reachable_pairs(system, whole.narrow(formula)) for formula in (setting, negate(setting))]
    assert None not in parts
    assert sum(part or 0 for part in parts) == reachable_pairs(system, whole)


def test_what_cannot_be_counted_in_time_has_no_size() -> None:
    system = load_model("ios").system
    assert reachable_pairs(system, space_of(system), seconds=0.001) is None
