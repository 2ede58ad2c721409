"""Exported models have as many states in the other checkers as here."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench import models
from tests.oracle import World, configurations, explore
from tests.peers import tools

from tunnelproof.interchange.export import export
from tunnelproof.model import catalogue
from tunnelproof.model.language.system import System

COUNTERS = [
    pytest.param("promela", tools.spin_states, marks=tools.needs_spin, id="spin"),
    pytest.param("murphi", tools.rumur_states, marks=tools.needs_rumur, id="rumur"),
    pytest.param("smv", tools.nusmv_states, marks=tools.needs_nusmv, id="nusmv"),
]


def our_states(system: System) -> int:
    worlds = [World(system, configuration) for configuration in configurations(system)]
    return sum(len(explore(world, world.initial(), None).states) for world in worlds)


@pytest.mark.parametrize(("to", "count"), COUNTERS)
@pytest.mark.parametrize("model", ["smallest-submodel", "smallest"])
def test_states_of_the_shipped_small_models(tmp_path: Path, model: str, to: str, count: object) -> None:
    system = catalogue.load(model)
    assert count(tmp_path, export(system, to=to).text) == our_states(system)  # type: ignore[operator]


# Numbers that a plain search on another description of the same models found; of philosophers they are Lucas numbers.
@pytest.mark.parametrize(("to", "count"), COUNTERS)
@pytest.mark.parametrize(
    ("system", "states"),
    [
        (models.devices(1), 27_760),
        (models.philosophers(4, left_handed=True), 322),
        (models.ring(10), 42_320),
        (models.filter_lock(3), 417),
    ],
    ids=["device", "philosophers", "ring", "lock"],
)
def test_states_of_the_benchmarks(tmp_path: Path, system: System, states: int, to: str, count: object) -> None:
    assert count(tmp_path, export(system, to=to).text) == states  # type: ignore[operator]
