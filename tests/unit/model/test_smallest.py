"""The smallest model against the numbers of two independent searches of the same table.

The rows are: Force all apps off; on with stop_then_fetch; on with fetch_then_stop where the stack never
freezes; the same where it may freeze.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from tests.oracle import Configuration, Graph, State, World, configurations, decide, explore, reached

from tunnelproof.errors import ModelError
from tunnelproof.model import catalogue, smallest
from tunnelproof.model.language.component import Component
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import Term, name, taken
from tunnelproof.model.smallest import people
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    NeverForever,
    Recoverable,
    Recurrence,
    Response,
)

ROWS: tuple[tuple[Configuration, ...], ...] = (
    tuple((False, order, freeze) for order in ("stop_then_fetch", "fetch_then_stop") for freeze in ("never", "may")),
    ((True, "stop_then_fetch", "never"), (True, "stop_then_fetch", "may")),
    ((True, "fetch_then_stop", "never"),),
    ((True, "fetch_then_stop", "may"),),
)
SIZES = {
    "smallest-submodel": (11, 28, 28, 31),
    "smallest-table": (156, 244, 244, 256),
    "smallest": (174, 276, 276, 288),
}
MODELS = tuple(SIZES)
GOAL = name("up") & name("updated")


@cache
def graph(model: str, configuration: Configuration, actors: tuple[str, ...] | None = None) -> tuple[World, Graph]:
    world = World(catalogue.load(model), configuration)
    return world, explore(world, world.initial(), actors)


def stuck(
    system: System, configuration: Configuration, given: tuple[str, ...] | None, by: tuple[str, ...] | None
) -> str:
    """Count the states reachable by `given` from which `by` cannot come to the goal: "stuck/reachable"."""
    world = World(system, configuration)
    states = explore(world, world.initial(), given).states
    wider = explore(world, states, by)
    back = [e._replace(source=e.target, target=e.source) for e in wider.edges]
    rescued = reached([s for s in wider.states if world.holds(GOAL.expr, s)], back)
    return f"{sum(s not in rescued for s in states)}/{len(states)}"


def each_row(value: Callable[[Configuration], object]) -> list[object]:
    """Return the value for each row, after checking that a row's configurations agree."""
    found = [{value(configuration) for configuration in row} for row in ROWS]
    assert all(len(values) == 1 for values in found)
    return [values.pop() for values in found]


def verdicts(model: str, claim: Claim) -> list[object]:
    answers = decide(catalogue.load(model), claim)
    return each_row(lambda c: answers[c].verdict)


def shortest(model: str, configuration: Configuration, goal: Term) -> list[str] | None:
    """Return the actions of a shortest path to a state where the goal holds."""
    world, found = graph(model, configuration)
    paths: dict[State, list[str]] = {s: [] for s in found.initial}
    for state in (waiting := list(paths)):
        if world.holds(goal.expr, state):
            return paths[state]
        for edge in found.leaving(state):
            if edge.target not in paths:
                paths[edge.target] = [*paths[state], edge.action]
                waiting.append(edge.target)
    return None


# ----------------------------------------------------------------------------------------------------
# Sizes


def test_rows_are_all_valid_configurations() -> None:
    for model in MODELS:
        assert sorted(c for row in ROWS for c in row) == sorted(configurations(catalogue.load(model)))


@pytest.mark.parametrize(("model", "actions"), [("smallest-submodel", 10), ("smallest-table", 14), ("smallest", 16)])
def test_number_of_actions(model: str, actions: int) -> None:
    assert len(catalogue.load(model).actions) == actions


@pytest.mark.parametrize("model", SIZES)
def test_reachable_states_by_row(model: str) -> None:
    assert each_row(lambda c: len(graph(model, c)[1].states)) == list(SIZES[model])


def submodel_with_enabling() -> System:
    user = people.profile()
    people.workarounds(user, reconnecting=False)
    people.reboot(user, only_when_frozen=True)
    people.enable(user, reconnecting=False)
    components: list[Component] = [people.vendor(), *smallest._platform(reconnecting=False), user]
    return smallest._system("with-enabling", "", components)


def test_enabling_alone_added_to_the_submodel_gives_16_31_30_33_states() -> None:
    system = submodel_with_enabling()
    worlds = {c: World(system, c) for c in configurations(system)}
    assert each_row(lambda c: len(explore(worlds[c], worlds[c].initial(), None).states)) == [16, 31, 30, 33]


# ----------------------------------------------------------------------------------------------------
# Recovery: states from which up and updated cannot be reached


@pytest.mark.parametrize(
    ("model", "given", "by", "expected"),
    [
        ("smallest-submodel", None, None, ["0/11", "0/28", "0/28", "0/31"]),
        ("smallest-submodel", smallest.AUTOMATIC, smallest.AUTOMATIC, ["0/6", "4/4", "0/6", "2/8"]),
        ("smallest-submodel", None, smallest.AUTOMATIC, ["5/11", "15/28", "10/28", "12/31"]),
        ("smallest-table", None, None, ["12/156", "38/244", "32/244", "38/256"]),
        ("smallest", None, None, ["0/174", "0/276", "0/276", "0/288"]),
    ],
    ids=["submodel", "submodel-R2b", "submodel-R2a", "table-where-updates-stay-off", "whole"],
)
def test_states_that_cannot_come_to_up_and_updated(
    model: str, given: tuple[str, ...] | None, by: tuple[str, ...] | None, expected: list[str]
) -> None:
    assert each_row(lambda c: stuck(catalogue.load(model), c, given, by)) == expected


def test_both_readings_of_the_unrecoverable_loop() -> None:
    everyone = Recoverable(id="R2a", sentence="", goal=GOAL, by=smallest.AUTOMATIC)
    automatic = Recoverable(id="R2b", sentence="", goal=GOAL, by=smallest.AUTOMATIC, given=smallest.AUTOMATIC)
    assert verdicts("smallest-submodel", everyone) == ["refuted"] * 4
    assert verdicts("smallest-submodel", automatic) == ["proved", "refuted", "proved", "refuted"]


# ----------------------------------------------------------------------------------------------------
# What the table's discussion lists


@pytest.mark.parametrize("model", MODELS)
def test_without_force_all_apps_an_update_leaks_silently_after_two_actions(model: str) -> None:
    for configuration in ROWS[0]:
        leak = name("silent") & name("replacing")
        assert shortest(model, configuration, leak) == ["publish", "begin"]


@pytest.mark.parametrize("model", ["smallest-table", "smallest"])
def test_without_force_all_apps_a_reboot_alone_leaks_silently_until_the_tunnel_is_back(model: str) -> None:
    for configuration in ROWS[0]:
        assert shortest(model, configuration, name("silent")) == ["reboot"]


@pytest.mark.parametrize("model", ["smallest-submodel", "smallest-table"])
def test_with_it_an_update_leaks_silently_only_after_it_was_turned_off_and_the_tunnel_reconnected(
    model: str,
) -> None:
    for configuration in (*ROWS[1], *ROWS[2], *ROWS[3]):
        path = shortest(model, configuration, name("silent") & name("replacing"))
        assert path is not None
        assert sorted(path) == ["begin", "connect", "disable_force_all_apps", "disconnect", "publish"]
        assert path.index("disable_force_all_apps") < path.index("disconnect") < path.index("connect")


@pytest.mark.parametrize("model", MODELS)
def test_nothing_leaks_silently_while_force_all_apps_stays_on(model: str) -> None:
    claim = Invariant(id="L3", sentence="", when=name("force_all_apps"), holds=~name("silent"))
    assert verdicts(model, claim) == ["proved"] * 4


@pytest.mark.parametrize("model", MODELS)
def test_device_freezes_after_three_actions_where_the_download_is_blocked_or_replacing_may_freeze(
    model: str,
) -> None:
    frozen = ["publish", "begin", "freeze"]
    for configuration in (*ROWS[1], *ROWS[3]):
        assert shortest(model, configuration, name("frozen")) == frozen
    for configuration in (*ROWS[0], *ROWS[2]):
        assert shortest(model, configuration, name("frozen")) is None


def test_an_update_that_begins_ends_unless_it_is_blocked_or_freezes() -> None:
    claim = Response(id="D1", sentence="", trigger=name("replacing"), response=name("updated"))
    assert verdicts("smallest-submodel", claim) == ["proved", "refuted", "proved", "refuted"]


def test_a_fair_reboot_is_no_way_out_because_the_loop_goes_on_for_ever() -> None:
    fair_reboot = {"reboot": Fairness.STRONG}
    claim = Response(id="D1", sentence="", trigger=name("replacing"), response=name("updated"), assuming=fair_reboot)
    assert verdicts("smallest-submodel", claim) == ["proved", "refuted", "proved", "refuted"]
    loop = NeverForever(id="R5", sentence="", points=(taken("reboot"), name("frozen")))
    assert verdicts("smallest-submodel", loop) == ["proved", "refuted", "proved", "refuted"]


def test_the_downloader_stays_blocked_only_if_the_platform_stops_first() -> None:
    claim = Recurrence(id="D2", sentence="", point=~name("blocked"))
    assert verdicts("smallest-submodel", claim) == ["proved", "refuted", "proved", "proved"]


def test_frozen_device_waits_for_its_user() -> None:
    claim = DeadlockFree(id="D3", sentence="", by=smallest.AUTOMATIC, except_=GOAL, given=smallest.AUTOMATIC)
    assert verdicts("smallest-submodel", claim) == ["proved", "refuted", "proved", "refuted"]


def test_protection_turned_off_is_not_turned_on_again_by_itself() -> None:
    claim = Response(id="W2", sentence="", trigger=taken("disable_force_all_apps"), response=name("force_all_apps"))
    assert verdicts("smallest", claim)[1:] == ["refuted"] * 3


def test_each_change_of_force_all_apps_while_up_exposes_with_consent() -> None:
    for row in ROWS:
        world, found = graph("smallest", row[0])
        changes = [e for e in found.edges if e.action in ("disable_force_all_apps", "enable_force_all_apps")]
        exposing = [e for e in changes if world.holds(name("up").expr, e.source)]
        assert exposing
        for edge in exposing:
            assert world.holds((name("exposed") & name("consent")).expr, edge.target)


# ----------------------------------------------------------------------------------------------------
# Catalogue and sources


def test_every_action_and_configuration_variable_has_a_source_and_a_sentence() -> None:
    for model in MODELS:
        system = catalogue.load(model)
        for part in (*system.actions, *system.configuration):
            assert part.doc, part.name
            assert part.source is not None, part.name
            assert part.source.says, part.name
        assert all(v.doc for v in system.variables)


def test_only_the_user_is_not_automatic() -> None:
    assert {*smallest.AUTOMATIC, "user"} == set(smallest.whole().actors)
    assert {a.actor for a in smallest.whole().actions if a.name == "reboot"} == {"user"}


def test_catalogue_titles_and_names_are_the_systems_own() -> None:
    for model in catalogue.names():
        assert catalogue.load(model).name == model
        assert catalogue.title(model)


def test_unknown_model_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ModelError, match="did you mean 'smallest'"):
        catalogue.load("smalest")
