"""Exported models have as many states in the other checkers as here."""

from __future__ import annotations

import dataclasses
import enum
from pathlib import Path

import pytest
from bench import models
from hypothesis import Phase, assume, given, settings
from tests.oracle import stays_in_domains
from tests.peers import tools
from tests.peers.comparing import compare_states, our_states
from tests.systems.models import systems

from tunnelproof.interchange.export import export
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.system import Action, Outcome, System
from tunnelproof.model.language.terms import name

COUNTERS = [
    pytest.param("promela", tools.spin_states, marks=tools.needs_spin, id="spin"),
    pytest.param("murphi", tools.rumur_states, marks=tools.needs_rumur, id="rumur"),
    pytest.param("smv", tools.nusmv_states, marks=tools.needs_nusmv, id="nusmv"),
]


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


HOSTILE = (
    "auto",
    "mtype",
    "now",
    "linux",
    "MA",
    "SAFETY",
    "T",
    "begin",
    "Rule",
    "none",
    "AG",
    "self",
    "TRANS",
    "ä",
    "n_",
    "printf",
    "x_1",
    "state",
    "next",
    "end",
)


def hostile() -> System:
    """A system whose names are words of the other languages, of C, or alike once they are written in ASCII."""

    class Words(enum.StrEnum):
        AUTO = "auto-matic"
        UNDER = "auto_matic"
        GOTO = "goto"
        CASE = "case"

    part = Component("part", actor="user")
    word = part.variable("word", Words, start=Words.AUTO)
    part.action("go", then={word: name("to")}, choose={"to": Words})
    for key in HOSTILE:
        bit = part.variable(key, bool, start=False)
        part.action(f"set {key}", when=word == Words.GOTO, then={bit: True, word: Words.CASE})
    return compose("hostile", configuration=Configuration(), components=[part])


@pytest.mark.parametrize(("to", "count"), COUNTERS)
def test_names_that_the_languages_keep_for_themselves_do_no_harm(tmp_path: Path, to: str, count: object) -> None:
    system = hostile()
    few = dataclasses.replace(system, actions=system.actions[:6])  # the other bits stay as they are
    assert count(tmp_path, export(few, to=to).text) == 4 * 2**5  # type: ignore[operator]


@pytest.mark.parametrize(("to", "count"), COUNTERS)
def test_states_of_random_systems(to: str, count: object) -> None:
    @settings(max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(systems())
    def check(system: System) -> None:
        assume(all(stays_in_domains(system).values()))
        compare_states(system, to, count)  # type: ignore[arg-type]

    check()


@pytest.mark.parametrize(("to", "count"), COUNTERS)
def test_enum_larger_than_a_byte_and_numbers_larger_than_two(tmp_path: Path, to: str, count: object) -> None:
    many = Enum("Many", tuple(f"m{i}" for i in range(300)))
    part = Component("part", actor="user")
    which = part.variable("which", many, start="m7")
    far = part.variable("far", Range(-70_000, -60_000), start=-70_000)
    part.action("turn", when=which == "m7", then={which: "m299"})
    part.action("jump", when=far < -60_500, then={far: far + 999})
    system = compose("large", configuration=Configuration(), components=[part])
    assert count(tmp_path, export(system, to=to).text) == 2 * 11  # type: ignore[operator]


@pytest.mark.parametrize(("to", "count"), COUNTERS)
def test_system_without_variables_has_one_state(tmp_path: Path, to: str, count: object) -> None:
    system = System("nothing", (), (), (Action("wave", "user", "user", TRUE, (Outcome("", ()),)),))
    assert count(tmp_path, export(system, to=to).text) == 1  # type: ignore[operator]
