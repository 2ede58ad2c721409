"""Random systems that take engines some time: too large for brute force, small enough to be decided without limits."""

from __future__ import annotations

from hypothesis import strategies as st
from tests.systems import CERTIFIABLE, claims
from tests.systems.formulas import Draw, assigned, cube, pick, several

from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Bool, Domain, Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import Term
from tunnelproof.properties.claims import Claim

DOMAINS: tuple[Domain, ...] = (Bool(), Range(0, 2), Range(0, 3), Range(0, 5))


@st.composite
def systems(draw: Draw) -> System:
    """Draw a system of four components that read each other: up to 16 configurations and some 10,000 states of each."""
    configuration = Configuration()
    rigid: dict[str, Domain] = {f"k{i}": Bool() for i in range(draw(st.integers(1, 4)))}
    for key, domain in rigid.items():
        configuration.setting(key, domain)
    components = [Component(f"part{i}", actor=f"actor{i}") for i in range(4)]
    scope = dict(rigid)
    owned: list[dict[str, Domain]] = []
    for i, part in enumerate(components):
        owned.append({f"x{i}{j}": pick(draw, DOMAINS) for j in range(2)})
        for key, domain in owned[-1].items():
            part.variable(key, domain, start=domain.values[0])
        scope |= owned[-1]
    for i, part in enumerate(components):
        for j in range(draw(st.integers(3, 5))):
            targets = several(draw, list(owned[i]), 1, 2)
            part.action(
                f"act{i}{j}",
                when=Term(cube(draw, scope, most=2)),
                then={key: Term(assigned(draw, key, scope[key], scope)) for key in targets},
                fair=pick(draw, [NONE, WEAK, STRONG]),
            )
        # Every variable moves, so that there is something to search.
        for key, domain in owned[i].items():
            part.action(f"reset-{key}", when=True, then={key: domain.values[0]})
            part.action(f"set-{key}", when=Term(cube(draw, scope, most=1)), then={key: domain.values[-1]})
    return compose("larger", configuration=configuration, components=components)


@st.composite
def subjects(draw: Draw) -> tuple[System, list[Claim]]:
    """Draw a system and a claim of every kind that has certificates about it."""
    system = draw(systems())
    return system, [draw(claims(system, kind)) for kind in CERTIFIABLE]
