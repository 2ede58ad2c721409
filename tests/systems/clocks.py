"""Systems beside a part that nobody looks at, and claims that mix states and steps, to which its steps matter."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st
from tests.systems.formulas import chance, cube, happened, pick

from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.expressions import Expr, conjoin, disjoin, negate
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.properties.claims import Claim, Invariant, NeverForever, Precedence, Response


def with_clock(system: System, fairness: Fairness) -> System:
    """Return the system beside a clock that nobody looks at."""
    clock = Component("clock", actor="clock")
    face = clock.variable("face", bool, start=False)
    clock.action("tick", then={face: ~face}, fair=fairness)
    alone = compose("clock", configuration=Configuration(), components=[clock])
    return replace(
        system,
        variables=system.variables + alone.variables,
        actions=system.actions + alone.actions,
        actors=system.actors + alone.actors,
    )


@st.composite
def claims_about_steps(draw: st.DrawFn, system: System, kind: str | None = None) -> Claim:
    """Draw a claim some of whose formulas speak of states, and some of steps."""
    labels = {a.name: tuple(o.name for o in a.outcomes) for a in system.actions}

    def point() -> Expr:
        state, step = cube(draw, system.domains, 1), happened(draw, labels, system.actors)
        return pick(draw, [state, state, step, step, conjoin([state, step]), negate(step), disjoin([state, step])])

    match kind or pick(draw, MIXED):
        case Response.kind:
            return Response(id="response", sentence="", trigger=point(), response=point())
        case Precedence.kind:
            since = point() if chance(draw, 2) else None
            return Precedence(id="precedence", sentence="", first=point(), then=point(), since=since)
        case Invariant.kind:
            return Invariant(id="invariant", sentence="", holds=negate(point()), when=point())
        case _:
            return NeverForever(id="never-forever", sentence="", points=(point(), point()))


MIXED = (Response.kind, Precedence.kind, Invariant.kind, NeverForever.kind)  # the kinds that are drawn here
