"""The iOS models against the tables they were written from: the policy by class, the stories, the projection."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from tunnelproof.model import catalogue
from tunnelproof.model.ios_full import project
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Read
from tunnelproof.model.language.system import Confidence, DecidedBy, Step, System
from tunnelproof.properties.catalogue import claims_for
from tunnelproof.semantics.step import holds, initial_states, successors
from tunnelproof.verification.prove import prove

Values = tuple[Value, ...]
MODELS = ("ios", "ios-full")
NOMINAL: dict[str, Value] = {
    "start_force_all_apps": True,
    "on_demand": True,
    "start_auto_update": True,
    "notifications": True,
    "error_state_has_routes": True,
}
CLASSES = (
    "user_app",
    "bound_app",
    "local_net",
    "apple_service",
    "device_services",
    "control",
    "downloader",
)
UPDATE = ("publish", "roll_out", "schedule", "begin")


@cache
def model(name: str) -> System:
    return catalogue.load(name)


@dataclass(frozen=True)
class Run:
    """A run of a model in one configuration, step by step."""

    system: System
    configuration: Values
    state: Values

    def take(self, *names: str) -> Run:
        """Take the named steps, ``action`` or ``action / outcome``; there must be exactly one way to."""
        run = self
        for wanted in names:
            found = [after for step, after in run.steps() if wanted in (step.action, str(step))]
            assert len(set(found)) == 1, f"{wanted}: {len(set(found))} ways"
            run = Run(run.system, run.configuration, found[0])
        return run

    def can(self, action: str) -> bool:
        return any(step.action == action for step, _ in self.steps())

    def says(self, name: str) -> bool:
        return holds(self.system, Read(name), self.configuration, self.state)

    def value(self, name: str) -> Value:
        return dict(zip((v.name for v in self.system.variables), self.state, strict=True))[name]

    def exposed(self) -> set[str]:
        return {name for name in CLASSES if self.says(f"exposed_{name}")}

    def steps(self) -> Iterator[tuple[Step, Values]]:
        return successors(self.system, self.configuration, self.state)


def start(name: str = "ios", **changes: Value) -> Run:
    system = model(name)
    chosen = {**NOMINAL, **changes}
    configuration = tuple(chosen.get(v.name, v.domain.values[0]) for v in system.configuration)
    (state,) = initial_states(system, configuration)
    return Run(system, configuration, state)


# What it is made of


@pytest.mark.parametrize("name", MODELS)
def test_every_action_says_where_it_comes_from_and_how_well_that_is_known(name: str) -> None:
    for action in model(name).actions:
        assert action.source is not None, action.name
        assert action.source.at
        assert action.source.says
        assert action.doc, action.name


def test_what_nobody_has_seen_is_marked_as_inferred_or_unknown() -> None:
    weak = {
        a.name
        for a in model("ios").actions
        if a.source is not None and a.source.confidence in (Confidence.INFERRED, Confidence.UNKNOWN)
    }
    assert weak >= {"provider_crashes", "fetch_ahead", "system_kills_provider", "launch_before_unlock"}


def test_every_configuration_variable_says_who_decides_and_on_what_ground() -> None:
    by: dict[DecidedBy, list[str]] = {}
    for variable in model("ios").configuration:
        assert variable.doc
        assert variable.source is not None
        by.setdefault(variable.decided_by, []).append(variable.name)
    assert by[DecidedBy.HABIT] == ["workaround"]
    assert by[DecidedBy.VENDOR] == ["settings_migration", "error_state_has_routes"]
    assert set(by[DecidedBy.PLATFORM]) >= {"order", "freeze_on_replace", "profile_off_thaws", "exempt"}


def test_the_largest_slice_stays_below_half_a_million_pairs() -> None:
    (claim,) = (c for c in claims_for("ios") if c.id == "notification.missed-is-harmless")
    assert prove(model("ios"), [claim]).figures.states <= 500_000


# The policy by class: rows of the table with the session up and down


@pytest.mark.parametrize(
    ("changes", "steps", "outside"),
    [
        ({"start_force_all_apps": False}, (), set(CLASSES) - {"user_app", "downloader"}),
        ({"start_force_all_apps": False}, ("provider_crashes",), set(CLASSES)),
        ({"start_force_all_apps": False, "enforce_routes": True}, (), {"control"}),
        ({"start_force_all_apps": False, "enforce_routes": True}, ("provider_crashes",), set(CLASSES)),
        (
            {"start_force_all_apps": False, "enforce_routes": True, "enforced_when_down": True},
            ("provider_crashes",),
            {"control"},
        ),
        ({}, (), {"apple_service", "device_services", "control"}),
        ({}, ("provider_crashes",), {"apple_service", "device_services", "control"}),
        ({"exempt": "none"}, ("provider_crashes",), set()),
        (
            {"local_network_sharing": True},
            ("provider_crashes",),
            {"apple_service", "device_services", "control", "local_net"},
        ),
        ({"downloader_exempt": True, "exempt": "none"}, ("provider_crashes",), {"downloader"}),
        ({"on_demand": False}, ("provider_crashes",), set(CLASSES)),
        ({"on_demand": False, "kept_without_on_demand": True, "exempt": "none"}, ("provider_crashes",), set()),
        ({"exempt": "none"}, (*UPDATE, "give_up / freezes"), set()),
        ({}, (*UPDATE, "give_up / freezes"), set()),
        ({"start_force_all_apps": False, "always_on": True, "exempt": "none"}, UPDATE, set()),
    ],
)
def test_policy_lets_out_what_the_table_says(
    changes: dict[str, Value], steps: tuple[str, ...], outside: set[str]
) -> None:
    assert start(**changes).take(*steps).exposed() == outside


# The stories: section 3 of the domain


def test_without_force_all_apps_an_update_exposes_silently_until_routes_are_back() -> None:
    updating = start(start_force_all_apps=False).take(*UPDATE)
    assert updating.says("silent")
    installed = updating.take("fetch", "install", "migrate / keeps")
    assert installed.says("silent")
    started = installed.take("relaunch")
    assert not started.says("exposed")
    assert not started.says("up")
    assert started.take("connected / connects").says("protected")


def test_with_force_all_apps_nothing_leaks_and_nothing_gets_on() -> None:
    stuck = start().take(*UPDATE)
    assert stuck.says("blocked")
    assert stuck.says("circular_wait")
    frozen = stuck.take("give_up / freezes")
    assert not frozen.says("exposed")
    assert {step.action for step, _ in frozen.steps()} & {"relaunch", "connect", "fetch", "begin"} == set()
    rebooted = frozen.take("reboot", "unlock")
    assert not rebooted.says("frozen")
    assert not rebooted.says("updated")
    assert rebooted.take("retry", "begin").says("blocked")


def test_fetching_first_the_update_completes_unless_the_stack_freezes() -> None:
    fetched = ("publish", "roll_out", "schedule", "fetch_ahead", "begin")
    assert start(order="fetch_then_stop").take(*fetched, "install").says("updated")
    always = start(order="fetch_then_stop", freeze_on_replace="when_ian_and_up").take(*fetched)
    assert not always.can("install")
    assert always.take("freeze").says("frozen")
    may = start(order="fetch_then_stop", freeze_on_replace="may").take(*fetched)
    assert may.can("install")
    assert may.can("freeze")


def test_disconnecting_first_exposes_deliberately_and_lets_the_update_through() -> None:
    away = start(workaround="disconnect").take("publish", "roll_out", "disconnect")
    assert away.says("exposed")
    assert not away.says("silent")
    assert not away.can("relaunch")
    back = away.take("schedule", "begin", "fetch", "install", "migrate / keeps", "connect")
    assert back.says("profile_force_all_apps")
    assert not back.says("exposed")


def test_turning_force_all_apps_off_exposes_three_times_and_the_second_time_silently() -> None:
    toggled = start(workaround="disable_ian").take("disable_force_all_apps")
    assert toggled.says("exposed")
    assert not toggled.says("silent")
    updating = toggled.take("reconnected", "connected / connects", *UPDATE)
    assert updating.says("silent")
    again = updating.take("fetch", "install", "migrate / keeps", "relaunch", "enable_force_all_apps")
    assert again.says("exposed")
    assert not again.says("silent")
    assert not again.take("reconnected").says("exposed")


def test_with_automatic_updates_off_nothing_is_scheduled() -> None:
    off = start(workaround="disable_auto_update").take("publish", "roll_out", "turn_off_auto_update")
    assert not off.can("schedule")
    assert not off.can("update_by_hand")


def test_a_setting_changed_without_a_session_does_not_reach_the_profile() -> None:
    apart = start(workaround="disable_ian").take("provider_crashes", "disable_force_all_apps_unsecured")
    assert not apart.says("force_all_apps")
    assert apart.says("profile_force_all_apps")
    assert apart.take("relaunch").says("profile_force_all_apps")
    assert not apart.take("connect").says("profile_force_all_apps")


def test_the_faulty_migration_turns_the_setting_off_and_leaves_the_profile() -> None:
    before = start(workaround="disconnect", settings_migration="drops_force_all_apps")
    after = before.take("publish", "roll_out", "disconnect", "schedule", "begin", "fetch", "install", "migrate")
    assert not after.says("force_all_apps")
    assert after.says("profile_force_all_apps")


def test_switching_the_profile_off_thaws_only_where_the_platform_says_so() -> None:
    for thaws in (False, True):
        frozen = start(workaround="profile_off", profile_off_thaws=thaws).take(*UPDATE, "give_up / freezes")
        assert frozen.take("switch_profile_off").says("frozen") is not thaws


@pytest.mark.parametrize("name", MODELS)
def test_a_stop_before_the_actor_has_begun_is_not_answered(name: str) -> None:
    up = start(name).take("publish", "roll_out", "schedule", "provider_crashes")
    launched = up.take("launch", "relaunch") if name == "ios-full" else up.take("relaunch")
    hung = launched.take("begin")
    assert hung.value("stop_call") == "hung"
    assert not hung.can("provider_stops")


def test_an_error_whose_block_fails_is_reported_as_a_block() -> None:
    for name in MODELS:
        run = start(name, start_force_all_apps=False)
        failed = [
            Run(run.system, run.configuration, after)
            for step, after in run.steps()
            if (step.action, step.outcome) == ("enter_error", "block_fails")
        ]
        assert failed
        assert all(r.says("in_error") and r.says("exposed") for r in failed)


# The projection


CASES: list[dict[str, Value]] = [
    {"workaround": "disable_auto_update"},
    {"workaround": "disable_ian", "order": "fetch_then_stop", "freeze_on_replace": "may"},
    {"workaround": "profile_off", "profile_off_thaws": True},
    {"workaround": "disconnect", "settings_migration": "resets_on_failure"},
    {"starts_before_unlock": True, "reboot_clears_update": True},
    {"start_force_all_apps": False, "enforce_routes": True, "enforced_when_down": True},
    {"start_force_all_apps": False, "error_state_has_routes": False},
]


@cache
def walked(case: int) -> frozenset[Values]:
    """Return the states of `ios-full` met on random walks in the configuration."""
    chance, begin = random.Random(case), start("ios-full", **CASES[case])
    seen = {begin.state}
    for _ in range(24):
        here = begin
        for _ in range(60):
            after = chance.choice([after for _, after in here.steps()])
            here = Run(begin.system, begin.configuration, after)
            seen.add(after)
    return frozenset(seen)


@pytest.mark.parametrize("case", range(len(CASES)))
def test_every_step_of_ios_full_is_a_step_of_ios_or_none(case: int) -> None:
    full, small = start("ios-full", **CASES[case]), start("ios", **CASES[case])
    known: dict[Values, set[Values]] = {}
    assert projected(full.system, small.system, full.state) == small.state
    for state in sorted(walked(case), key=repr):
        here = projected(full.system, small.system, state)
        if here not in known:
            known[here] = {here, *(after for _, after in Run(small.system, small.configuration, here).steps())}
        for step, after in Run(full.system, full.configuration, state).steps():
            assert projected(full.system, small.system, after) in known[here], str(step)


def test_the_projected_walks_meet_every_action() -> None:
    met = set()
    for case, changes in enumerate(CASES):
        run = start("ios-full", **changes)
        for state in walked(case):
            met |= {step.action for step, _ in Run(run.system, run.configuration, state).steps()}
    assert met == {action.name for action in model("ios-full").actions}


def projected(full: System, small: System, state: Values) -> Values:
    shown = project(dict(zip((v.name for v in full.variables), state, strict=True)))
    assert set(shown) == {v.name for v in small.variables}
    return tuple(shown[v.name] for v in small.variables)
