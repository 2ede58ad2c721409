"""Timed systems against a simulation of time on a finer grid: the same longest and shortest times."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from tests.oracle import stays_in_domains
from tests.oracle.graph import World, configurations
from tests.oracle.time import Measure, Time, answer, number, stay, total
from tests.systems import systems
from tests.systems.formulas import Draw, chance, cube, formula, pick, point

from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.model.language.system import Action, Duration, Outcome, System
from tunnelproof.timing import questions
from tunnelproof.timing.clocks import Counter, rounded, shortened, timed, unit_of

GRID = 2  # moments of the simulation in each unit of time
MOST = 4  # units that are counted
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40, phases=[Phase.generate])


class Question(NamedTuple):
    system: System
    unit: int
    point: Expr
    since: Expr
    trigger: Expr
    response: Expr


@st.composite
def timed_questions(draw: Draw, *, roughly: bool = False) -> Question:
    """Draw a system some of whose actions have durations, with formulas to ask of it."""
    system = draw(systems())
    unit = pick(draw, [1, 1, 3])

    def duration() -> Duration | None:
        if chance(draw, 3):
            return None
        lo = draw(st.integers(0, 2))
        hi = None if chance(draw, 4) else draw(st.integers(lo, 2))
        if roughly:
            return Duration(lo, None if hi is None else hi + draw(st.integers(0, 2)))
        return Duration(lo * unit, None if hi is None else hi * unit)

    actions = tuple(replace(a, each=False, duration=duration()) for a in system.actions)
    system = replace(system, actions=actions)
    scope = {**system.domains}
    labels = {a.name: tuple(o.name for o in a.outcomes) for a in system.actions}

    def about_steps() -> Expr:
        return point(draw, scope, labels, system.actors)

    state = cube(draw, scope, 1) if chance(draw, 2) else formula(draw, scope)
    return Question(system, unit, state, about_steps(), about_steps(), about_steps())


def longest(system: System, unit: int, counter: Counter) -> dict[tuple[object, ...], int]:
    """Return the counter's greatest value in each configuration, found on the timed system."""
    made, found = timed(system, unit, [counter]), {}
    place = [v.name for v in made.variables].index(counter.name)
    for configuration in configurations(made):
        world = World(made, configuration)
        seen = dict.fromkeys(world.initial())
        waiting = list(seen)
        while waiting:
            for edge in world.steps(waiting.pop()):
                if edge.target not in seen:
                    seen[edge.target] = None
                    waiting.append(edge.target)
        found[configuration] = max(int(state[place]) for state in seen)
    return found


def simulated(asked: Question, measure: Measure, world: World, *, grid: int = GRID) -> int | None:
    """Return the measure's greatest value in moments of the grid, found by the simulation."""
    scaled = tuple(
        replace(
            a, duration=a.duration and Duration(*(None if b is None else b // asked.unit for b in _bounds(a.duration)))
        )
        for a in world.system.actions
    )
    unitary = World(replace(world.system, actions=scaled), world.configuration)
    values, _ = Time(unitary, grid).values(measure, MOST * grid)
    return max((v for v in values if v is not None), default=None)


def _bounds(duration: Duration) -> tuple[int, int | None]:
    return duration.lo, duration.hi


def worlds_of(asked: Question) -> list[World]:
    found = [World(asked.system, c) for c in configurations(asked.system)]
    assume(all(stays_in_domains(asked.system).values()))
    return found


@SLOW
@given(timed_questions())
def test_stays_last_as_long_as_on_a_finer_grid(asked: Question) -> None:
    worlds = worlds_of(asked)
    cut = questions.slice_in_time(asked.system, [asked.point], None)
    found = longest(cut, asked.unit, questions.stay("lasted", asked.point, MOST))
    for world in worlds:
        assert found[world.configuration] * GRID == (simulated(asked, stay(world, asked.point), world) or 0)


@SLOW
@given(timed_questions())
def test_totals_are_as_great_as_on_a_finer_grid(asked: Question) -> None:
    worlds = worlds_of(asked)
    counter = questions.total("total", asked.point, asked.since, MOST)
    cut = questions.slice_of_total(asked.system, asked.point, asked.since, None)
    found = longest(cut, asked.unit, counter)
    for world in worlds:
        assert found[world.configuration] * GRID == simulated(asked, total(world, asked.point, asked.since), world)


@SLOW
@given(timed_questions())
def test_stays_are_as_many_as_on_a_finer_grid(asked: Question) -> None:
    worlds = worlds_of(asked)
    counter = questions.stays("stays", asked.point, asked.since, MOST)
    cut = questions.slice_of_total(asked.system, asked.point, asked.since, None)
    found = longest(cut, asked.unit, counter)
    for world in worlds:
        many = simulated(asked, number(world, asked.point, asked.since), world)
        assert found[world.configuration] == min(many or 0, MOST)


@SLOW
@given(timed_questions())
def test_answers_take_as_long_as_on_a_finer_grid(asked: Question) -> None:
    worlds = worlds_of(asked)
    counter = questions.wait("waited", asked.trigger, asked.response, MOST - 1)
    cut = questions.slice_of_wait(asked.system, asked.trigger, asked.response, None)
    found = longest(cut, asked.unit, counter)
    for world in worlds:
        waited = simulated(asked, answer(world, asked.trigger, asked.response), world)
        value = found[world.configuration]
        assert (None if value == 0 else (value - 1) * GRID) == waited


@SLOW
@given(timed_questions(roughly=True), st.integers(2, 3))
def test_rounded_outward_nothing_is_missed_and_inward_nothing_is_made_up(asked: Question, unit: int) -> None:
    worlds = worlds_of(asked)
    measured = {}
    for name, system, counted in (
        ("exact", asked.system, 1),
        ("outward", rounded(asked.system, unit, outward=True), unit),
        ("inward", rounded(asked.system, unit, outward=False), unit),
        ("without the long", shortened(asked.system, unit, unit, outward=True), unit),
        ("without the long, inward", shortened(asked.system, unit, unit, outward=False), unit),
    ):
        top = MOST * unit // counted
        measured[name] = longest(system, counted, questions.stay("lasted", asked.point, top)), counted
    for world in worlds:
        times = {name: found[world.configuration] * counted for name, (found, counted) in measured.items()}
        assert times["inward"] <= times["exact"] <= times["outward"]
        assert times["without the long, inward"] <= times["exact"] <= times["without the long"]


def test_the_unit_divides_every_bound() -> None:
    @given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500))))
    def divides(bounds: list[tuple[int, int]]) -> None:
        actions = tuple(_action(f"a{i}", Duration(min(b), max(b))) for i, b in enumerate(bounds))
        unit = unit_of(System("s", (), (), actions))
        assert all(bound % unit == 0 for pair in bounds for bound in pair)

    divides()


def _action(label: str, takes: Duration) -> Action:
    return Action(label, "os", "part", TRUE, (Outcome("", ()),), duration=takes)
