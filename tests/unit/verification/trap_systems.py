"""Small systems on which some checker went wrong, and what the oracle or an engine says of each configuration."""

from __future__ import annotations

from tests import oracle
from tests.unit.evidence.small import walk

from tunnelproof.model.language.component import ANY, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Claim
from tunnelproof.verification.prove import prove


def verdicts(system: System, claim: Claim, engine: str) -> list[str]:
    """Return the verdict of an engine, or of ``oracle``, for each configuration."""
    answers = oracle.decide(system, claim)
    if engine == "oracle":
        return [answer.verdict for answer in answers.values()]
    found = prove(system, [claim], engine=engine).claims[0]
    names = [v.name for v in system.configuration]
    return [found.partition.label_of(dict(zip(names, c, strict=True))).verdict.value for c in answers]


def fair(*names: str, strong: bool = False) -> dict[str, Fairness]:
    return dict.fromkeys(names, STRONG if strong else WEAK)


# Two circles with a way from one to the other: what is fair in the whole is not fair in a part.
TWO_CIRCLES = walk(
    "on 0>1", "off 1>0", "over 1>2", "go 2>3", "back 3>2", fair=fair("on", "off", "over", "go", "back", strong=True)
)


def inputs() -> System:
    """Each step reads an input that is free: as a parameter, and as a variable that anybody may set."""
    part = Component("gate", actor="os")
    x, line = part.variable("x", Range(0, 2), start=0), part.variable("line", bool, start=ANY)
    part.action("flip", then={line: ~line})
    part.action("read", choose={"bit": Range(0, 1)}, when=(x == 0) & line, then={x: name("bit") + 1}, fair=WEAK)
    return compose("gate", configuration=Configuration(), components=[part])


def joined() -> System:
    """Two ways to the same state, of which only one passes by 1."""
    return walk(
        "left 0>1", "right 0>2", "down 1>3", "across 2>3", "stay 3>3", fair=fair("left", "right", "down", "across")
    )


def impossible_start() -> System:
    """With k nothing is possible at all; what is said of nothing is not said of the rest."""
    configuration, part = Configuration(), Component("part", actor="os")
    k = configuration.setting("k", bool)
    x = part.variable("x", Range(0, 2), start=0)
    part.action("go", when=(x == 0) & ~k, then={x: 1}, fair=WEAK)
    return compose("part", configuration=configuration, components=[part])


def retried() -> System:
    """Each try may fail; only if success is promised does trying lead anywhere."""
    part = Component("try", actor="os")
    x = part.variable("x", Range(0, 1), start=0)
    part.action("try", when=x == 0, outcomes=[outcome("fails", {}), outcome("works", {x: 1})], fair=STRONG)
    return compose("try", configuration=Configuration(), components=[part])
