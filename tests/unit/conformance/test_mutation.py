"""Mutants of a model, held against brute force: which differ from it, and which of these a suite catches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.oracle import World, configurations, stays_in_domains
from tests.oracle.graph import Configuration as Row
from tests.oracle.graph import Edge, State
from tests.oracle.values import Point, Value, value
from tests.systems import systems

from tunnelproof.conformance import ConformanceFailure, replay
from tunnelproof.conformance.mutation import Difference, MutantAdapter, Operator, Trial, mutants
from tunnelproof.conformance.testgen import random_walks, suite
from tunnelproof.errors import UsageError
from tunnelproof.model import catalogue
from tunnelproof.model.language.component import Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Read
from tunnelproof.model.language.system import System
from tunnelproof.verification.suites import Test

DEEPEST = 4  # steps of the runs that brute force lists
LONG_LIST = 30_000  # runs of one mutant beyond which an example is given up

few = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def door() -> System:
    """A door that is opened, locked, and tried with two results."""
    configuration = Configuration()
    old = configuration.setting("old", bool, "The lock may jam.")
    part = Component("door", actor="user")
    opened = part.variable("opened", bool, start=False)
    tries = part.variable("tries", Range(0, 2), start=0)
    part.derived("tired", tries == 2)
    part.action("open", when=~opened & (tries < 2), then={opened: True})
    part.action(
        "try",
        when=opened,
        outcomes=[outcome("shut", {opened: False}), outcome("jams", {tries: tries + 1}, when=old & (tries < 2))],
    )
    return compose("door", configuration=configuration, components=[part])


DOOR = door()


def everything(system: System) -> list[str]:
    return [*(v.name for v in system.variables), *system.definitions]


def trial(system: System, observed: Sequence[str] | None = None, *, limit: int = 100_000, seed: int = 0) -> Trial:
    return Trial(system, named(system, configurations(system)), observed=observed, limit=limit, seed=seed)


def named(system: System, rows: Sequence[Row]) -> list[dict[str, Value]]:
    return [dict(zip([v.name for v in system.configuration], row, strict=True)) for row in rows]


# --- brute force ------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """Lengths of the shortest runs, of at most `DEEPEST` steps, after which the two differ, or something is done that
    the model does not have."""

    seen: int | None
    forbidden: int | None


class TooMany(Exception):
    """There are too many runs to list."""


def seen(world: World, state: State, observed: Sequence[str]) -> list[tuple[type, Value]]:
    found = [value(Read(name), Point(world.names(state), world.definitions)) for name in observed]
    return [(type(one), one) for one in found]


def brute_force(model: System, client: System, observed: Sequence[str], seed: int) -> Found:
    """Lead the client through every run of the model, one after the other, with nothing remembered."""
    told: list[int] = []
    forbidden: list[int] = []
    left = LONG_LIST
    for row in configurations(model):
        real, false = World(model, row), World(client, row)
        pending: list[tuple[State, State, int]] = []
        for start in real.initial():
            begun = min(ordered(false), key=lambda state: sum(a != b for a, b in zip(state, start, strict=True)))
            if seen(real, start, observed) != seen(false, begun, observed):
                told.append(0)
            else:
                pending.append((start, begun, 0))
        while pending:
            here, there, done = pending.pop()
            left -= 1
            if left < 0:
                raise TooMany
            allowed = {(e.action, e.choice) for e in real.steps(here)}
            if any((e.action, e.choice) not in allowed for e in false.steps(there)):
                forbidden.append(done)
            if done == DEEPEST:
                continue
            for edge in real.steps(here):
                answer = answered(false, there, edge, seed)
                legal = {e.outcome: e.target for e in real.steps(here) if (e.action, e.choice) == edge[1:3]}
                target = None if answer is None else legal.get(answer.outcome)
                looks = None if target is None else seen(real, target, observed)
                if answer is None or target is None or looks != seen(false, answer.target, observed):
                    told.append(done + 1)
                else:
                    pending.append((target, answer.target, done + 1))
    return Found(min(told, default=None), min(forbidden, default=None))


def ordered(world: World) -> list[State]:
    domains = [v.domain.values for v in world.system.variables]
    return sorted(world.initial(), key=lambda state: [d.index(x) for d, x in zip(domains, state, strict=True)])


def answered(client: World, state: State, asked: Edge, seed: int) -> Edge | None:
    possible = [e for e in client.steps(state) if (e.action, e.choice) == (asked.action, asked.choice)]
    wanted = [e for e in possible if e.outcome == asked.outcome]
    return wanted[0] if wanted else possible[seed % len(possible)] if possible else None


# --- what mutants there are -------------------------------------------------------------------------------------------


def test_each_rule_is_changed_in_every_way() -> None:
    assert [mutant.name for mutant in mutants(DOOR).found] == [
        "open: without (not opened)",
        "open: only if not (not opened)",
        "open: without (tries < 2)",
        "open: only if not (tries < 2)",
        "open: never possible",
        "open: leaves opened alone",
        "open: opened becomes false, not true",
        "try: without opened",
        "try: only if not opened",
        "try: never possible",
        "try: shut: leaves opened alone",
        "try: shut: opened becomes true, not false",
        "try: shut: never occurs",
        "try: jams: leaves tries alone",
        "try: jams: tries becomes 0, not (tries + 1)",
        "try: jams: tries becomes 1, not (tries + 1)",
        "try: jams: tries becomes 2, not (tries + 1)",
        "try: jams: never occurs",
        "try: jams: also where not (old and tries < 2)",
        "opened: starts as true",
        "tries: starts as 1",
        "tries: starts as 2",
    ]


def test_mutants_whose_assignments_leave_a_domain_are_left_out_and_counted() -> None:
    tried = trial(DOOR)
    assert tried.left_out == Counter({Operator.CONDITION_DROPPED: 1})
    assert "try: jams: also where not (old and tries < 2)" not in {m.name for m in tried.mutants}


def test_mutants_without_a_start_are_left_out() -> None:
    lamp = Component("lamp", actor="user")
    on = lamp.variable("on", bool, start=False)
    lamp.action("switch", then={on: ~on})
    lamp.initially(~on)
    system = compose("lamp", configuration=Configuration(), components=[lamp])
    assert trial(system).left_out == Counter({Operator.START_CHANGED: 1})


def test_a_variable_with_many_values_is_changed_to_the_least_and_the_greatest() -> None:
    part = Component("clock", actor="time")
    hour = part.variable("hour", Range(0, 23), start=3)
    part.action("noon", then={hour: 12})
    names = [m.name for m in mutants(compose("clock", configuration=Configuration(), components=[part])).found]
    assert [n for n in names if "becomes" in n or "starts" in n] == [
        "noon: hour becomes 0, not 12",
        "noon: hour becomes 23, not 12",
        "hour: starts as 0",
        "hour: starts as 23",
    ]


@few
@given(systems())
def test_mutants_are_other_systems_that_can_be_asked_for_the_same_steps(system: System) -> None:
    found = mutants(system).found
    assert len({m.name for m in found}) == len(found)
    for mutant in found:
        assert mutant.system != system
        assert mutant.system.steps == system.steps
        assert (mutant.action is None) == (mutant.operator is Operator.START_CHANGED)


# --- which of them differ ---------------------------------------------------------------------------------------------


@settings(few, max_examples=150)
@given(st.data(), systems())
def test_mutants_are_told_apart_as_by_brute_force(data: st.DataObject, system: System) -> None:
    assume(all(stays_in_domains(system).values()))
    observed = data.draw(st.lists(st.sampled_from(everything(system)), unique=True, min_size=1))
    seed = data.draw(st.integers(0, 2))
    tried = trial(system, observed, seed=seed)
    assume(tried.mutants)
    mutant = data.draw(st.sampled_from(tried.mutants))
    found = tried.distinction(mutant)
    try:
        by_force = brute_force(system, mutant.system, observed, seed)
    except TooMany:
        assume(False)
    length = len(found.steps)
    if found.difference is Difference.SEEN:
        assert by_force.seen == (length if length <= DEEPEST else None)
        return
    assert by_force.seen is None
    if found.difference is Difference.BY_REFUSAL:
        assert by_force.forbidden == (length if length <= DEEPEST else None)
    else:
        assert found.difference is Difference.NONE
        assert by_force.forbidden is None


def test_what_nobody_sees_is_equivalent() -> None:
    seen_by_all = {m.name: trial(DOOR).distinction(m).difference for m in trial(DOOR).mutants}
    hidden = trial(DOOR, ["opened"])
    assert seen_by_all["try: jams: tries becomes 1, not (tries + 1)"] is Difference.SEEN
    assert seen_by_all["open: leaves opened alone"] is Difference.SEEN
    found = {m.name: hidden.distinction(m).difference for m in hidden.mutants}
    # With a count that stays at 1, the door can always be opened: the model says so as long as it can.
    assert found["try: jams: tries becomes 1, not (tries + 1)"] is Difference.BY_REFUSAL
    assert found["open: leaves opened alone"] is Difference.SEEN


def test_an_outcome_that_never_occurs_is_no_fault_while_the_model_allows_another() -> None:
    tried = trial(DOOR)
    (lost,) = [m for m in tried.mutants if m.name == "try: jams: never occurs"]
    assert tried.distinction(lost).difference is Difference.NONE


def test_a_dropped_condition_of_a_guard_is_seen_only_by_asking_for_what_is_forbidden() -> None:
    tried = trial(DOOR)
    (loose,) = [m for m in tried.mutants if m.name == "try: without opened"]
    found = tried.distinction(loose)
    assert (found.difference, found.steps, found.forbidden) == (Difference.BY_REFUSAL, (), ("try", ()))


def test_the_seed_says_which_outcome_comes_where_the_one_asked_for_cannot() -> None:
    part = Component("coin", actor="user")
    bent, shown = part.variable("bent", bool, start=False), part.variable("shown", bool, start=False)
    part.action("bend", then={bent: True})
    part.action(
        "toss",
        outcomes=[
            outcome("lost", {shown: True}, when=bent),
            outcome("heads", {shown: True}),
            outcome("edge", {shown: True}, when=~bent),
        ],
    )
    system = compose("coin", configuration=Configuration(), components=[part])
    name = (
        "bend: leaves bent alone"  # asked for "lost", the client has "heads", which is right, or "edge", which is not
    )
    for seed, difference in [(0, Difference.NONE), (1, Difference.SEEN), (2, Difference.NONE)]:
        tried = trial(system, ["shown"], seed=seed)
        (mutant,) = [m for m in tried.mutants if m.name == name]
        assert tried.distinction(mutant).difference is difference
        client = MutantAdapter(mutant.system, ["shown"], seed)
        client.reset({}, {"bent": False, "shown": False})
        assert client.do("bend", {}, "") is None
        assert client.do("toss", {}, "lost") == ("edge" if seed == 1 else "heads")
        assert client.observe() == {"shown": True}


def test_beyond_the_limit_it_is_undecided() -> None:
    tried = trial(DOOR, limit=3)
    assert {tried.distinction(m).difference for m in tried.mutants} >= {Difference.UNDECIDED, Difference.SEEN}


# --- which of these a suite catches -----------------------------------------------------------------------------------


class Oracle:
    """A client by the oracle's reading of a system."""

    def __init__(self, system: System, seed: int) -> None:
        self.system, self.seed = system, seed

    def reset(self, configuration: Mapping[str, Value], state: Mapping[str, Value]) -> None:
        self.world = World(self.system, tuple(configuration.values()))
        wanted = tuple(state.values())
        self.state = min(ordered(self.world), key=lambda s: sum(a != b for a, b in zip(s, wanted, strict=True)))

    def do(self, action: str, parameters: Mapping[str, Value], outcome: str) -> str | None:
        asked = Edge(self.state, action, tuple(parameters.items()), outcome, "", self.state)
        answer = answered(self.world, self.state, asked, self.seed)
        if answer is None:
            raise RuntimeError(action)
        self.state = answer.target
        return answer.outcome

    def observe(self) -> Mapping[str, Value]:
        point = Point(self.world.names(self.state), self.world.definitions)
        return {name: value(Read(name), point) for name in everything(self.system)}


@few
@given(st.data(), systems())
def test_a_suite_catches_what_fails_it_by_the_oracles_reading(data: st.DataObject, system: System) -> None:
    assume(all(stays_in_domains(system).values()))
    seed = data.draw(st.integers(0, 2))
    tests = random_walks(system, 4, 4, data.draw(st.integers(0, 99))).tests
    for one in trial(system, seed=seed).score(tests).tried:
        failing = [test.name for test in tests if fails_by_hand(test, Oracle(one.mutant.system, seed))]
        assert one.caught_by == (failing[0] if failing else None)


def fails_by_hand(test: Test, client: Oracle) -> bool:
    """Carry a test out, with what the suite itself says is expected."""
    client.reset(test.configuration, test.start)
    if client.observe() != test.expectations[0]:
        return True
    for number, step in enumerate(test.steps):
        try:
            happened = client.do(step.action, dict(step.parameters), step.outcome)
        except RuntimeError:
            return True
        if happened == step.outcome:
            if client.observe() != test.expectations[number + 1]:
                return True
            continue
        others = {other.outcome: other.expectation for other in test.alternatives(number)}
        return happened not in others or client.observe() != others[happened]
    return False


@few
@given(st.data(), systems())
def test_what_is_caught_differs_and_after_aiming_nothing_that_differs_survives(
    data: st.DataObject, system: System
) -> None:
    assume(all(stays_in_domains(system).values()))
    observed = data.draw(st.lists(st.sampled_from(everything(system)), unique=True, min_size=1))
    tried = trial(system, observed)
    before = tried.score(random_walks(system, 2, 3, 1).tests)
    for one in before.tried:
        if one.caught_by is not None:
            assert one.distinction.difference is Difference.SEEN
    added = tried.aimed(before)
    after = tried.score((*before.tests, *added))
    assert len(added) <= len(before.survivors)
    assert not after.survivors
    assert (after.caught, after.counted) == (before.counted, before.counted)
    assert after.caught + sum(map(after.number, Difference)) == len(tried.mutants)


def test_the_score_counts_what_a_run_can_show() -> None:
    tried = trial(DOOR)
    score = tried.score(suite(DOOR, "transitions").tests)
    assert score.share == 1.0
    nothing = tried.score(())
    assert (nothing.caught, nothing.share) == (0, 0.0)
    assert (
        nothing.counted
        == score.counted
        == len(score.tried) - sum(score.number(d) for d in (Difference.BY_REFUSAL, Difference.NONE))
    )


def test_the_model_itself_has_to_pass() -> None:
    (test, *_) = suite(DOOR, "actions").tests
    tried = trial(DOOR)
    impossible = Test(DOOR, test.configuration, test.start, test.steps[:1] * 2, "twice")
    with pytest.raises(UsageError, match="the model does not pass test 'twice'"):
        tried.score([impossible])
    elsewhere = Test(DOOR, test.configuration, {"opened": True, "tries": 0}, (), "open")
    with pytest.raises(UsageError, match="the model does not pass test 'open'"):
        tried.score([elsewhere])


def test_a_test_in_a_configuration_that_was_not_asked_about_is_refused() -> None:
    tried = Trial(DOOR, [{"old": False}])
    (test, *_) = [t for t in suite(DOOR, "transitions").tests if t.configuration["old"]]
    with pytest.raises(UsageError, match="was not asked about"):
        tried.score([test])


def test_what_is_observed_has_to_be_in_the_model() -> None:
    with pytest.raises(UsageError, match="'doors' is no variable"):
        trial(DOOR, ["doors"])


# --- the mutant as a client -------------------------------------------------------------------------------------------


def test_the_model_as_a_client_can_be_led_through_every_test_of_the_smallest_model() -> None:
    system = catalogue.load("smallest")
    client = MutantAdapter(system)
    for test in suite(system, "actions").tests:
        replay(test.steps, system, test.configuration, client)


def test_a_mutant_as_a_client_fails_like_any_other() -> None:
    (mutant,) = [m for m in mutants(DOOR).found if m.name == "open: leaves opened alone"]
    (step, *_) = DOOR.steps
    with pytest.raises(ConformanceFailure, match="'opened' should be True"):
        replay([step], DOOR, {"old": True}, MutantAdapter(mutant.system))
    (mutant,) = [m for m in mutants(DOOR).found if m.name == "open: never possible"]
    with pytest.raises(Exception, match="'open' is not possible"):
        replay([step], DOOR, {"old": True}, MutantAdapter(mutant.system))
