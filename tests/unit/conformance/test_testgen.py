"""Suites made from a model, held against brute force: what is reachable is covered, and every test is a run."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import TooLargeError, World, decide, explore, stays_in_domains, worlds
from tests.systems import claims, systems
from tests.unit.conformance.adapters import Faulty, Simulator

from tunnelproof.conformance import ConformanceFailure, replay
from tunnelproof.conformance.testgen import Bounds, Criterion, Goal, Suite, goals_met, random_walks, suite
from tunnelproof.conformance.testgen.choosing import cover
from tunnelproof.conformance.testgen.postman import postman
from tunnelproof.conformance.testgen.walking import Planner, Route, Terrain
from tunnelproof.errors import ModelError, NothingToCheck, TunnelproofError, UsageError
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import speaks_of_steps
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import choose, expression, name
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.properties.claims import Invariant, Ltl, Precedence, Reachable, Recoverable, Response, StepInvariant

SMALLEST = catalogue.load("smallest")
SUBMODEL = catalogue.load("smallest-submodel")

few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def lamp() -> System:
    """A lamp that is switched on and off; with the setting, it can break, and then nothing is possible."""
    configuration = Configuration()
    fragile = configuration.setting("fragile", bool, "The lamp can break.")
    parts = Component("lamp", actor="user")
    level = parts.variable("level", Range(0, 2), start=0)
    broken = parts.variable("broken", bool, start=False)
    parts.derived("dark", broken | (level == 0))
    parts.action(
        "turn",
        when=~broken,
        choose={"to": Range(0, 2)},
        outcomes=[
            outcome("turned", {level: name("to")}),
            outcome("broke", {broken: True}, when=fragile & (level == 2)),
        ],
    )
    parts.action("repair", when=broken & (level == 0), then={broken: False})
    return compose("lamp", configuration=configuration, components=[parts])


LAMP = lamp()


def brute_force(system: System, criterion: Criterion, *, each: bool) -> set[Hashable]:
    """All goals there are, by the oracle's reading of the model: it shares nothing with the product's."""
    everything = read_by_something(system)
    found: set[Hashable] = set()
    for world in worlds(system):
        read = {}
        for action in system.actions:
            names = set().union(*(system.reads(e) for e in action.expressions))
            read[action.name] = tuple(v for n, v in world.rigid.items() if n in (everything if each else names))
        for edge in explore(world, world.initial(), None).edges:
            goal: tuple[Hashable, ...] = (Step(edge.action, edge.choice, edge.outcome), read[edge.action])
            if criterion is Criterion.TRANSITIONS:
                goal += (edge.source,)
                goal += () if each else (shown(system, world, edge.target),)
            found.add(goal)
    return found


def shown(system: System, world: World, state: Any) -> tuple[Hashable, ...]:
    from tests.oracle.values import Point, value

    point = Point(world.names(state), world.definitions)
    return tuple(value(derived.definition, point) for derived in system.derived)


def runs_on_the_oracle(made: Suite) -> None:
    """Every test is a run of the model as the oracle reads it, and what it expects is what comes out there."""
    for test in made.tests:
        world = World(made.system, tuple(test.configuration.values()))
        state = tuple(test.start.values())
        assert state in world.initial()
        assert len(test.expectations) == len(test.steps) + 1
        for number, step in enumerate(test.steps):
            there = {Step(e.action, e.choice, e.outcome): e.target for e in world.steps(state)}
            others = [
                s.outcome for s in there if (s.action, s.parameters) == (step.action, step.parameters) and s != step
            ]
            assert [other.outcome for other in test.alternatives(number)] == others
            for other in test.alternatives(number):
                target = there[Step(step.action, step.parameters, other.outcome)]
                assert tuple(other.expectation[v.name] for v in made.system.variables) == target
            state = there[step]
            seen = test.expectations[number + 1]
            assert tuple(seen[v.name] for v in made.system.variables) == state
            assert tuple(seen[d.name] for d in made.system.derived) == shown(made.system, world, state)


@few
@given(systems(), st.sampled_from([Criterion.ACTIONS, Criterion.TRANSITIONS]), st.booleans())
def test_suite_covers_what_brute_force_finds_reachable_and_nothing_else(
    system: System, criterion: Criterion, each: bool
) -> None:
    try:
        made = suite(system, criterion, each=each)
    except ModelError:
        sound = all(world.initial() for world in worlds(system)) and all(stays_in_domains(system).values())
        assert not sound
        return
    found = brute_force(system, criterion, each=each)
    assert goals_met(made.tests, criterion, each=each) == found
    assert made.coverage.complete
    assert made.coverage.reachable == made.coverage.covered == len(found)
    assert made.coverage.least_steps <= made.steps
    runs_on_the_oracle(made)


def read_by_something(system: System) -> set[str]:
    formulas = [
        *system.initially,
        *(d.definition for d in system.derived),
        *(e for a in system.actions for e in a.expressions),
        *(e for v in system.variables for e in v.start or ()),
    ]
    return set().union(*(system.reads(e) for e in formulas))


@few
@given(systems(), st.integers(0, 3))
def test_no_test_is_longer_than_allowed_and_what_is_too_far_is_said(system: System, most: int) -> None:
    try:
        made = suite(system, "transitions", each=True, bounds=Bounds(steps=most))
    except ModelError:
        return
    near = {
        (world.configuration, edge)
        for world in worlds(system)
        for edge in explore(world, world.initial(), None).edges
        if edge.source in within(world, most - 1)
    }
    assert made.longest <= most
    assert bool(made.coverage.limits) == (made.coverage.covered < made.coverage.reachable)
    if all(v.name in read_by_something(system) for v in system.configuration):
        assert made.coverage.covered == len(near)


def within(world: World, steps: int) -> set[Any]:
    """The states that can be reached in so many steps."""
    found = set(world.initial()) if steps >= 0 else set()
    for _ in range(steps):
        found |= {edge.target for state in found for edge in world.steps(state)}
    return found


def test_parameters_outcomes_and_what_the_rule_reads_are_told_apart() -> None:
    made = suite(LAMP, "actions")
    assert made.coverage.reachable == 2 * 3 + 3  # turned, by the setting that the rule reads; broke
    assert made.coverage.complete and made.coverage.used == 2
    assert suite(LAMP, "actions", where="fragile").coverage.reachable == 3 + 3


def test_what_nothing_can_do_is_named() -> None:
    made = suite(LAMP, "actions", where="not fragile")
    assert made.coverage.complete
    assert made.coverage.unreachable == (
        "step 'turn(to=0) / broke' never exists",
        "step 'turn(to=1) / broke' never exists",
        "step 'turn(to=2) / broke' never exists",
        "action 'repair' is never enabled",
    )


def test_configurations_in_which_a_step_is_missing_are_counted() -> None:
    made = suite(LAMP, "actions", each=True)
    assert "step 'turn(to=0) / broke' exists in 1 of 2 configurations only" in made.coverage.unreachable


def test_goals_are_aimed_at() -> None:
    dark = Goal("dark at full level", when=expression(name("broken") & (name("level") == 2)))
    again = Goal("to 1 from 1", Step("turn", (("to", 1),), "turned"), expression(name("level") == 1))
    never = Goal("repaired", Step("repair"))
    made = suite(LAMP, "goals", goals=[dark, again, never])
    assert (made.coverage.reachable, made.coverage.covered) == (2, 2)
    assert "goal 'repaired' is never met" in made.coverage.unreachable
    points = [
        (step, before, after)
        for t in made.tests
        for step, before, after in zip(t.steps, t.expectations, t.expectations[1:], strict=False)
    ]
    assert any(after["broken"] and after["level"] == 2 for _, _, after in points)
    assert any(step == again.step and before["level"] == 1 for step, before, _ in points)


def test_goal_at_the_start_needs_a_test_without_steps() -> None:
    made = suite(LAMP, "goals", goals=[Goal("start", when=expression(name("level") == 0))])
    assert [test.steps for test in made.tests] == [()]


def test_random_walks_are_the_same_for_the_same_seed_and_are_runs() -> None:
    one, other = (random_walks(SUBMODEL, 5, 20, seed=7) for _ in range(2))
    assert one == other and len(one.tests) == 5 and one.longest == 20
    assert one != random_walks(SUBMODEL, 5, 20, seed=8)
    runs_on_the_oracle(one)


def test_suite_covers_more_than_random_walks_with_as_many_steps() -> None:
    made = suite(SMALLEST, "transitions")
    blind = random_walks(SMALLEST, len(made.tests), -(-made.steps // len(made.tests)), seed=1)
    assert blind.steps >= made.steps * 0.9
    assert len(goals_met(blind.tests, Criterion.TRANSITIONS)) < made.coverage.covered / 2


def test_suite_is_the_same_each_time() -> None:
    assert suite(SMALLEST, "transitions") == suite(SMALLEST, "transitions")


def test_client_that_follows_the_model_passes_and_one_that_does_not_fails() -> None:
    made = suite(SUBMODEL, "actions")
    for test in made.tests:
        replay(test.steps, SUBMODEL, test.configuration, Simulator(SUBMODEL))
    with pytest.raises(ConformanceFailure):
        for test in made.tests:
            stuck = Faulty(SUBMODEL, "begin", lambda state: {"session": "up"})
            replay(test.steps, SUBMODEL, test.configuration, stuck)


def test_configurations_that_are_too_large_are_left_out_and_that_is_said() -> None:
    made = suite(SMALLEST, "transitions", bounds=Bounds(states=100))
    assert made.coverage.limits and not made.coverage.complete
    assert "more than 100 states" in made.coverage.limits[0]


def climb() -> System:
    """Steps up to a top where something can be done; the setting says how far below the top it starts."""
    configuration = Configuration()
    far = configuration.setting("far", bool, "It starts at the bottom.")
    part = Component("climber", actor="user")
    level = part.variable("level", Range(0, 3), start=choose(far, 0, 2))
    part.action("up", when=level < 3, then={level: level + 1})
    part.action("fire", when=level == 3, then={level: 3})
    return compose("climb", configuration=configuration, components=[part])


def test_configurations_are_chosen_in_which_goals_are_near_enough() -> None:
    made = suite(climb(), "actions", bounds=Bounds(steps=2))
    assert made.coverage.complete and [test.configuration for test in made.tests] == [{"far": False}]
    up_from = [Goal(f"up from {level}", Step("up"), expression(name("level") == level)) for level in (0, 2)]
    made = suite(climb(), "goals", goals=up_from, bounds=Bounds(steps=2))
    assert made.coverage.complete
    assert sorted(test.configuration["far"] for test in made.tests) == [False, True]


def test_recovery_starts_from_the_farthest_state_of_all_configurations() -> None:
    top = Recoverable(id="climb.to-the-top", sentence="", goal=name("level") == 3)
    (test,) = suite(climb(), "claims", claims=[top]).tests
    assert test.configuration == {"far": True} and len(test.steps) == 3


def test_configurations_that_are_not_looked_at_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tunnelproof.conformance.testgen.making.MOST_GOALS", 100)
    monkeypatch.setattr("tunnelproof.verification.exploring._FIRST", 1)
    made = suite(SMALLEST, "transitions", each=True)
    assert 100 < made.coverage.covered < 7778
    assert "configurations were not looked at" in made.coverage.limits[0]


def test_unknown_criterion_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="TP077.*'transition'.*transitions"):
        suite(LAMP, "transition")


def test_model_that_leaves_a_domain_has_no_suite() -> None:
    part = Component("part", actor="user")
    level = part.variable("level", Range(0, 2), start=0)
    part.action("up", then={level: level + 1})
    with pytest.raises(ModelError, match="TP141"):
        suite(compose("up", configuration=Configuration(), components=[part]), "actions")


def test_cover_takes_the_largest_first_and_leaves_out_what_the_others_do() -> None:
    sets = [np.array(s, dtype=np.int64) for s in ([1, 2, 3, 4], [1, 2, 5], [3, 4, 6], [], [6])]
    assert cover(sets) == [1, 2]
    assert cover([]) == []
    assert issubclass(UsageError, TunnelproofError)


# --- fewest steps ---------------------------------------------------------------------------------------------------


def fewest_steps(terrain: Terrain, wanted: Sequence[int]) -> int:
    """Try all ways: how many steps it takes at least to take the edges, where going back to a start takes none."""
    everything = frozenset(wanted)
    level = {(start, frozenset[int]()) for start in terrain.starts}
    seen = set(level)
    for steps in count():
        if any(done == everything for _, done in level):
            return steps
        after = set()
        for node, done in level:
            for edge in terrain.out[node]:
                met = done | ({edge} & everything)
                after |= {(there, met) for there in (terrain.target[edge], *terrain.starts)}
        level = after - seen
        seen |= level
    raise AssertionError


@st.composite
def terrains(draw: st.DrawFn) -> tuple[Terrain, list[int]]:
    nodes = draw(st.integers(1, 5))
    ends = draw(st.lists(st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1)), min_size=1, max_size=8))
    ends.sort()
    out = [[i for i, (source, _) in enumerate(ends) if source == node] for node in range(nodes)]
    starts = sorted(draw(st.sets(st.integers(0, nodes - 1), min_size=1, max_size=2)))
    target = [there for _, there in ends]
    reached = set(starts)
    for _ in range(nodes):
        reached |= {there for source, there in ends if source in reached}
    near = [i for i, (source, _) in enumerate(ends) if source in reached]
    wanted = sorted(draw(st.sets(st.sampled_from(near)))) if near else []
    return Terrain(starts, out, target, {edge: [edge] for edge in wanted}), wanted


@few
@given(terrains())
def test_postman_takes_fewest_steps_unless_circles_are_left_out(drawn: tuple[Terrain, list[int]]) -> None:
    terrain, wanted = drawn
    routes, least = postman(terrain, wanted)
    taken = {edge for route in routes for edge in route.edges}
    best = fewest_steps(terrain, wanted)
    assert least <= best
    if set(wanted) <= taken:
        assert sum(len(route.edges) for route in routes) == best
    for route in routes:
        assert route.start in terrain.starts
        here = route.start
        for edge in route.edges:
            assert edge in terrain.out[here]
            here = terrain.target[edge]


@few
@given(terrains())
def test_nearest_goals_first_meets_all_of_them(drawn: tuple[Terrain, list[int]]) -> None:
    terrain, wanted = drawn
    planner = Planner(terrain, wanted)
    routes = planner.routes()
    assert not planner.missing
    assert set(wanted) <= {edge for route in routes for edge in route.edges}
    assert sum(len(route.edges) for route in routes) >= fewest_steps(terrain, wanted)


def test_circle_that_the_postman_leaves_out_is_still_covered() -> None:
    terrain = Terrain([0], [[0, 1], [2]], [0, 1, 1], {0: [0], 2: [2]})
    routes, least = postman(terrain, [0, 2])
    assert (routes, least) == ([Route(0, (0,))], 2)
    planner = Planner(terrain, {2})
    assert planner.routes() == [Route(0, (1, 2))]


@pytest.mark.parametrize("model", ["smallest", "smallest-submodel"])
def test_every_transition_of_every_configuration_takes_no_step_too_many(model: str) -> None:
    made = suite(catalogue.load(model), "transitions", each=True)
    assert made.steps == made.coverage.least_steps > made.coverage.reachable


# --- claims ---------------------------------------------------------------------------------------------------------


def boundaries(made: Suite) -> set[str]:
    return {part for test in made.tests for part in test.about.split("; ")}


@few
@given(st.data())
def test_claim_is_named_as_never_met_where_brute_force_finds_it_vacuous_everywhere(data: st.DataObject) -> None:
    system = data.draw(systems())
    kinds = (Invariant, StepInvariant, Reachable, Precedence, Recoverable, Response)
    claim = data.draw(claims(system).filter(lambda drawn: isinstance(drawn, kinds) and not drawn.may_be_vacuous))
    try:
        made = suite(system, "claims", claims=[claim])
        answers = decide(system, claim)
    except (ModelError, TooLargeError):
        return
    if isinstance(claim, Response) and speaks_of_steps(claim.trigger):
        return  # while a run idles its trigger may hold too, and no step leads there
    never = f"claim '{claim.id}': what it speaks of never happens" in made.coverage.unreachable
    if isinstance(claim, Reachable):
        assert never == all(answer.verdict == "refuted" for answer in answers.values())
    else:
        assert never == all(answer.vacuous for answer in answers.values())
    runs_on_the_oracle(made)
    broken = {"breaks it", "is broken at the start", "comes to where no way leads to the goal"}
    if isinstance(claim, (Invariant, StepInvariant, Recoverable)):
        refuted = any(answer.verdict == "refuted" for answer in answers.values())
        assert refuted == any(mark in part for part in boundaries(made) for mark in broken)


@few
@given(st.data())
def test_each_step_into_where_an_invariant_asks_is_taken(data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system).filter(lambda drawn: isinstance(drawn, Invariant)))
    assert isinstance(claim, Invariant)
    try:
        made = suite(system, "claims", claims=[claim])
    except ModelError:
        return
    entering = set()
    for world in worlds(system):
        for edge in explore(world, world.initial(), claim.given).edges:
            asks = claim.when is not None and world.holds(claim.when, edge.target, edge)
            if asks and claim.when is not None and not world.holds(claim.when, edge.source):
                entering.add(str(Step(edge.action, edge.choice, edge.outcome)))
    role = f"{claim.id} comes to where it asks: "
    assert {part.removeprefix(role) for part in boundaries(made) if part.startswith(role)} == entering


def test_response_is_triggered_and_answered_and_recovery_goes_there_from_the_farthest_state() -> None:
    answered = Response(
        id="lamp.dark-again", sentence="", trigger=name("level") == 2, response=(name("level") == 0) | name("broken")
    )
    back = Recoverable(id="lamp.can-be-off", sentence="", goal=(name("level") == 0) & ~name("broken"))
    made = suite(LAMP, "claims", claims=[answered, back])
    assert made.coverage.complete
    for test in (test for test in made.tests if "lamp.dark-again triggers it" in test.about):
        assert any(point["level"] == 2 for point in test.expectations)
        assert test.expectations[-1]["level"] == 0 or test.expectations[-1]["broken"]
    assert any("goes as far from the goal as can be, and there" in test.about for test in made.tests)
    (stuck,) = (test for test in made.tests if "comes to where no way leads to the goal" in test.about)
    assert stuck.configuration == {"fragile": True} and stuck.expectations[-1]["broken"]


def test_beginnings_of_other_tests_are_not_tests_of_their_own() -> None:
    made = suite(SMALLEST, "claims", claims=claims_for("smallest"))
    for test in made.tests:
        for other in made.tests:
            same = test.configuration == other.configuration and test.start == other.start
            assert not (same and test is not other and other.steps[: len(test.steps)] == test.steps)


def test_kind_without_a_boundary_is_a_limit_not_a_silent_gap() -> None:
    claim = Ltl(id="lamp.temporal", sentence="", formula=expression(name("level") == 0))
    made = suite(LAMP, "claims", claims=[claim])
    assert made.coverage.limits == ("claim 'lamp.temporal': no boundary is defined for the kind ltl",)


def test_counterexamples_are_the_judged_witnesses() -> None:
    claim = Invariant(id="lamp.never-dark", sentence="", holds=~name("dark"), when=name("level") == 2)
    made = suite(LAMP, "counterexamples", claims=[claim])
    assert [test.configuration for test in made.tests] == [{"fragile": True}]
    assert made.tests[0].expectations[-1]["dark"] and made.tests[0].expectations[-1]["level"] == 2
    with pytest.raises(NothingToCheck, match="TP308"):
        suite(LAMP, "counterexamples", claims=[claim], where="not fragile")
    with pytest.raises(NothingToCheck, match="TP302"):
        suite(LAMP, "claims")
