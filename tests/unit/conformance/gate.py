"""A model for logs: a gate that is pushed open and drawn shut, and whose spring may rust unseen."""

from __future__ import annotations

import enum

from tunnelproof.model.language.component import Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.terms import name


class Spring(enum.StrEnum):
    NEW = "new"
    RUSTY = "rusty"


_configuration = Configuration()
_outdoors = _configuration.platform("outdoors", bool, "Springs rust only out of doors.")
_painted = _configuration.setting("painted", bool, "Only painted gates have a bell.")
_gate = Component("gate", actor="guest")
_open = _gate.variable("open", bool, start=False)
_spring = _gate.variable("spring", Spring, start=Spring.NEW)
_bell = _gate.variable("bell", Range(0, 1), start=0)
_gate.derived("ajar", _open & (_spring == Spring.RUSTY))
_gate.action(
    "push",
    choose={"force": Range(1, 2)},
    when=~_open & ((_spring == Spring.NEW) | (name("force") == 2)),
    then={_open: True},
)
_gate.action(
    "draw",
    when=_open,
    outcomes=[outcome("shuts", {_open: False}), outcome("slips", {}, when=_spring == Spring.RUSTY)],
)
_gate.action("rust", actor="weather", when=_outdoors & (_spring == Spring.NEW), then={_spring: Spring.RUSTY})
_gate.action("ring", when=_painted, then={_bell: 1})

GATE = compose("gate", configuration=_configuration, components=[_gate])
