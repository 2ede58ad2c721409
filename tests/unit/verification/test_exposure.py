"""What `measure` finds is what a simulation of time finds: longest, shortest, totals and numbers of stays."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.oracle import stays_in_domains
from tests.oracle.graph import World, configurations
from tests.oracle.time import Time, number, stay, total
from tests.systems import systems
from tests.systems.formulas import Draw, cube, pick, point

from tunnelproof.model.language.system import Duration, System
from tunnelproof.properties.claims import Lasts
from tunnelproof.semantics.evaluate import evaluate
from tunnelproof.verification.exposure import Bound, Figure, Measured, measure

FAR = 24  # units: what is simulated to last so long has no bound


@st.composite
def claims(draw: Draw) -> tuple[System, Lasts, Lasts]:
    """Draw a system some of whose actions have durations of a second and more, and what to measure of it."""
    system = draw(systems())
    actions = []
    for action in system.actions:
        lo = draw(st.integers(0, 2))
        takes = pick(draw, [None, Duration(lo, None), Duration(lo, lo + 1), Duration(1, 1)])
        actions.append(replace(action, each=False, duration=takes))
    system = replace(system, actions=tuple(actions))
    labels = {a.name: tuple(o.name for o in a.outcomes) for a in system.actions}
    state, since = cube(draw, system.domains, 1), point(draw, system.domains, labels, system.actors)
    return (
        system,
        Lasts(id="stays", sentence="", point=state, at_most=0),
        Lasts(id="totals", sentence="", point=state, since=since, at_most=0),
    )


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=15, phases=[Phase.generate])
@given(claims())
def test_figures_are_those_of_a_simulation(asked: tuple[System, Lasts, Lasts]) -> None:
    system, stays, totals = asked
    assume(all(stays_in_domains(system).values()))
    alone, together = measure(system, [stays, totals]).measured
    assert (alone.columns, together.columns) == (("longest", "shortest"), ("total", "number"))
    for configuration in configurations(system):
        world = World(system, configuration)
        time = Time(world, 1)
        values, steps = time.values(stay(world, stays.point), FAR)
        longest = max((v for v in values if v is not None), default=None)
        ended = [
            v
            for v, edge in steps
            if world.holds(stays.point, edge.source) and not world.holds(stays.point, edge.target) and v is not None
        ]
        found = figures(alone, world)
        assert agrees(found[0], longest)
        assert found[1] == (Figure(Bound.EXACT, min(ended)) if ended else Figure(Bound.NEVER))
        assert totals.since is not None
        in_all, _ = time.values(total(world, totals.point, totals.since), FAR)
        many, _ = time.values(number(world, totals.point, totals.since), FAR)
        found = figures(together, world)
        ever = longest is not None
        assert agrees(found[0], max(v for v in in_all if v is not None) if ever else None)
        assert agrees(found[1], max(v for v in many if v is not None) if ever else None)


def figures(measured: Measured, world: World) -> tuple[Figure, ...]:
    """Return the figures of the one group that the configuration is in."""
    (group,) = [g for g in measured.groups if evaluate(g.when, world.rigid)]
    return group.figures


def agrees(found: Figure, simulated: int | None) -> bool:
    if simulated is None:
        return found.bound is Bound.NEVER
    if simulated >= FAR:
        return found.bound in (Bound.UNBOUNDED, Bound.FOR_EVER)
    return found == Figure(Bound.EXACT, simulated)
