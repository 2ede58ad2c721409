"""Parameters of an enum stay typed when an assignment is checked against its domain."""

from __future__ import annotations

import enum

import pytest

from tunnelproof.engines.registry import ENGINES
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant
from tunnelproof.verification.prove import prove


class Way(enum.StrEnum):
    UP = "up"
    DOWN = "down"


@pytest.mark.parametrize("engine", ENGINES)
def test_an_unsafe_assignment_may_depend_on_a_parameter_of_an_enum(engine: str) -> None:
    lift = Component("lift", actor="os")
    floor = lift.variable("floor", Range(0, 2), start=0)
    way = name("way")
    lift.action("rise", choose={"way": Way}, when=(way == Way.UP) & (floor < 2), then={floor: floor + 1})
    system = compose("lift", configuration=Configuration(), components=[lift])
    claim = Invariant(id="lift.inside", sentence="The lift stays in the house.", holds=floor <= 2)
    assert prove(system, [claim], engine=engine)[claim.id].verdict is Verdict.PROVED
