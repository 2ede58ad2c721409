"""The way into a trap is taken by those whose steps are given, though others could take a shorter one."""

from __future__ import annotations

import pytest

from tunnelproof.engines.registry import ENGINES
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Recoverable
from tunnelproof.verification.prove import prove


def system() -> System:
    user, os = Component("user", actor="user"), Component("os", actor="os")
    x = os.variable("x", Range(0, 2), start=0)
    user.action("jump", when=x == 0, then={x: 2})
    os.action("creep", when=x < 2, then={x: x + 1})
    os.action("back", when=x == 1, then={x: 0})
    return compose("pit", configuration=Configuration(), components=[user, os])


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "smt"])
def test_the_trap_is_reached_by_the_given_actors(engine: str) -> None:
    pit = system()
    claim = Recoverable(id="out", sentence="", goal=name("x") < 2, given=("os",))
    (cell,) = prove(pit, [claim], engine=engine)["out"].cells
    assert cell.verdict == "refuted"
    assert [step.action for step in cell.evidence.runs[0].steps] == ["creep", "creep"]
