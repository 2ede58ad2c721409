"""What it takes to recover: small systems whose answers are known by heart, and random ones against brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle.graph import State, World, explore, worlds
from tests.oracle.rescue import price_of_rescue
from tests.oracle.runs import TooLargeError, fair_loop, promises
from tests.systems import claims, systems
from tests.unit.evidence.small import SAID, K, X, walk
from tests.unit.evidence.test_prices import priced

from tunnelproof.engines.contract import Limits
from tunnelproof.errors import ModelError, NothingToCheck, UsageError
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.component import NONE, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant, Recoverable, Recurrence
from tunnelproof.verification.procedure import Procedure
from tunnelproof.verification.rescue import (
    Grade,
    Price,
    Relapse,
    Rescue,
    RescueCell,
    automatic_actors,
    dear_actions,
    rescues,
)

HOME = Recoverable(**SAID, goal=X == 0)


def asked(system: System, claim: Recoverable = HOME, dear: Sequence[str] = (), most: int = 12) -> Rescue:
    (found,) = rescues(system, [claim], dear=dear, most=most).rescues
    return found


def only(system: System, claim: Recoverable = HOME, dear: Sequence[str] = ()) -> RescueCell:
    (cell,) = asked(system, claim, dear).cells
    return cell


def answer(system: System, claim: Recoverable = HOME, dear: Sequence[str] = ()) -> tuple[str, int | None, str]:
    found = only(system, claim, dear).found
    return found.grade.value, None if found.price is None else found.price.least, found.relapse.value


def way(found: Procedure | None) -> list[str]:
    assert found is not None and found.out is not None
    return [str(move.step) for move in found.out]


# --- grades and prices ------------------------------------------------------------------------------------------------


def test_who_brings_it_home_and_at_what_price() -> None:
    assert answer(walk("fall 0>1 user", "rise 1>0 os")) == ("alone", 0, "nothing")
    assert answer(walk("fall 0>1 user", "rise 1>0 user")) == ("helped", 1, "no")
    assert answer(walk("fall 0>1 user", "on 1>2 user", "rise 2>0 user")) == ("helped", 2, "no")
    assert answer(walk("fall 0>1 user")) == ("never", None, "no")
    assert answer(walk("turn 1>1")) == ("alone", 0, "nothing")


def test_a_loop_that_costs_nothing_is_no_way_out() -> None:
    rounds = walk("fall 0>1 os", "turn 1>2 os", "back 2>1 os", "rise 2>0 user")
    assert answer(rounds) == ("helped", 1, "possible")
    assert way(only(rounds).worst) == ["turn", "rise"]  # from 1, the nearest of the two
    assert answer(walk("fall 0>1 user", "turn 1>2 os", "back 2>1 os")) == ("never", None, "no")


def test_outcomes_are_the_helpful_ones() -> None:
    part = Component("walk", actor="os")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("fall", when=x == 0, then={x: 1}, actor="user")
    part.action("try", when=x == 1, outcomes=[outcome("works", {x: 0}), outcome("fails", {x: 2})])
    part.action("mend", when=x == 2, then={x: 1}, actor="user")
    found = only(
        compose("walk", configuration=Configuration(), components=[part]), Recoverable(**SAID, goal=name("x") == 0)
    )
    assert (found.found.grade, found.found.price) == (Grade.HELPED, Price(1))
    assert way(found.worst) == ["mend", "try / works"]
    assert found.worst is not None
    assert [str(move.step) for move in found.worst.into] == ["fall", "try / fails"]


def test_the_worst_of_two_starts_counts() -> None:
    two = walk("a 1>0 user", "b 2>1 user", start=[1, 2])
    assert answer(two) == ("helped", 2, "no")
    assert way(only(two).worst) == ["b", "a"]


def test_a_dear_action_makes_a_grade_of_its_own() -> None:
    pit = walk("fall 0>1 user", "climb 1>0 user", "deep 1>2 user", "reboot 2>0 user")
    assert answer(pit) == ("helped", 1, "no")
    assert answer(pit, dear=("reboot",)) == ("dear", 1, "no")
    cell = only(pit, dear=("reboot",))
    assert way(cell.needy or cell.worst) == ["reboot"]
    assert answer(walk("fall 0>1 user", "climb 1>0 user", "reboot 0>0 user"), dear=("reboot",))[0] == "helped"


def test_the_cheapest_way_need_not_be_the_shortest() -> None:
    long = priced(
        walk("fall 0>3 user", "leap 3>0 user", "a 3>2 user", "b 2>1 user", "c 1>0 user"), leap=9, a=1, b=1, c=1
    )
    assert answer(long) == ("helped", 3, "no")
    assert way(only(long).worst) == ["a", "b", "c"]


def test_large_prices_are_asked_for_in_steps_of_what_divides_them() -> None:
    dear = priced(walk("fall 0>1 user", "on 1>2 user", "rise 2>0 user"), on=1000, rise=1500)
    assert answer(dear) == ("helped", 2500, "no")
    found = asked(dear, most=3)
    assert found.cells[0].found.price == Price(1000, exact=False)
    assert rescues(dear, [HOME], most=3).verdict is Verdict.UNKNOWN


def test_each_configuration_has_its_own_price() -> None:
    keyed = walk("fall 0>1 user", "rise 1>0 user", "jump 1>0 os if k")
    found = {str(cell.when): cell.found for cell in asked(keyed).cells}
    assert sorted((cell.found.grade.value, cell.configurations) for cell in asked(keyed).cells) == [
        ("alone", 1),
        ("helped", 1),
    ]
    assert len(found) == 2
    (narrow,) = rescues(keyed, [HOME], where=K.expr).rescues
    assert [cell.found.grade for cell in narrow.cells] == [Grade.ALONE]


def test_only_those_help_whom_the_claim_lets() -> None:
    system = walk("fall 0>1 user", "rise 1>0 user", "lift 1>0 owner")
    assert answer(priced(system, rise=2, lift=1), Recoverable(**SAID, goal=X == 0, by=("user",))) == ("helped", 2, "no")
    assert answer(priced(system, rise=2), Recoverable(**SAID, goal=X == 0, barring=("lift",))) == ("helped", 2, "no")


# --- relapse ----------------------------------------------------------------------------------------------------------


def test_trouble_comes_back_on_its_own_or_not() -> None:
    rules = ("break 0>1 os", "mend 1>0 user")
    assert answer(walk(*rules)) == ("helped", 1, "possible")
    assert answer(walk(*rules, fair={"break": WEAK})) == ("helped", 1, "forced")
    assert answer(walk("break 0>1 user", "mend 1>0 user")) == ("helped", 1, "no")
    assert only(walk(*rules)).worst is not None


def test_what_comes_back_may_depend_on_the_rescue() -> None:
    goal = Recoverable(**SAID, goal=(X == 0) | (X == 2))
    rules = ("break 0>1 os", "mend 1>0 user", "renew 1>2 user")
    assert answer(walk(*rules, fair={"break": WEAK}), goal) == ("helped", 1, "depends")
    assert answer(walk(*rules, fair={"break": NONE}), goal) == ("helped", 1, "possible")


def test_trouble_that_came_once_need_not_come_back() -> None:
    once = walk("break 0>1 os", "mend 1>2 user", fair={"break": WEAK})
    assert answer(once, Recoverable(**SAID, goal=(X == 0) | (X == 2))) == ("helped", 1, "no")


def test_the_way_back_is_shown() -> None:
    found = only(walk("break 0>1 os", "worse 1>2 os", "mend 2>3 user", "ready 3>0 os")).worst
    assert found is not None and found.back is not None
    assert [str(move.step) for move in found.back] in (["break"], ["break", "worse"])


def test_a_rescue_that_others_undo_at_once_is_no_relapse() -> None:
    """From 1 the system can go home by itself: it is no place where help is needed."""
    assert answer(walk("fall 0>1 os", "rise 1>0 os", "sink 1>2 user", "mend 2>0 user")) == ("helped", 1, "no")


# --- against brute force ----------------------------------------------------------------------------------------------


def brute(world: World, claim: Recoverable, automatic: Sequence[str]) -> tuple[bool, set[int | None], str]:
    """Return whether automatic actions recover, the prices of rescue of all states, and the relapse."""
    system, before = world.system, explore(world, world.initial(), claim.given).states

    def at_goal(state: State) -> bool:
        return world.holds(claim.goal, state)

    def stuck(state: State) -> bool:
        return not any(map(at_goal, explore(world, [state], automatic).states))

    def forced(state: State) -> bool:
        graph = explore(world, [state], automatic)
        calm = {s for s in graph.states if not stuck(s)}
        promised = promises(system, Recurrence(**SAID, point=True, given=tuple(automatic)))
        stops = any(promised.may_stop(graph, s) for s in calm)
        return not stops and not fair_loop(graph, promised, [e for e in graph.edges if {e.source, e.target} <= calm])

    needy = [s for s in before if stuck(s)]
    rescued = [g for s in needy for g in explore(world, [s], claim.by, claim.barring).states if at_goal(g)]
    alone = [a for a in automatic if claim.by is None or a in claim.by]
    free = all(any(map(at_goal, explore(world, [s], alone, claim.barring).states)) for s in before)
    prices = {price_of_rescue(claim, world, s) for s in before}
    if not any(stuck(t) for g in rescued for t in explore(world, [g], automatic).states):
        return free, prices, "no"
    ends = {forced(g) for g in rescued}
    return free, prices, "forced" if ends == {True} else "depends" if True in ends else "possible"


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40)
@given(data=st.data())
def test_random_systems_are_rescued_as_brute_force_says(data: st.DataObject) -> None:
    system = data.draw(systems())
    claim = data.draw(claims(system, Recoverable.kind))
    assert isinstance(claim, Recoverable)
    claim = replace(claim, within=None)
    if not all(oracle.stays_in_domains(system).values()):
        return
    try:
        found = asked(system, claim)
        wanted = [(world, *brute(world, claim, automatic_actors(system))) for world in worlds(system)]
    except (TooLargeError, ModelError):
        return
    said = {}
    for cell in found.cells:
        inside = [world for world in worlds(system) if world.holds(cell.when, world.initial()[0])]
        assert len(inside) == cell.configurations
        said |= {world.configuration: cell.found for world in inside}
    for world, free, prices, relapse in wanted:
        label = said[world.configuration]
        if None in prices:
            assert (label.grade, label.price) == (Grade.NEVER, None)
        else:
            assert label.price == Price(max(price for price in prices if price is not None))
            assert (label.grade is Grade.ALONE) == free
        assert label.relapse.value == ("nothing" if label.grade is Grade.ALONE else relapse)


# --- what is asked ----------------------------------------------------------------------------------------------------


def test_automatic_are_those_none_of_whose_actions_has_a_price() -> None:
    assert automatic_actors(walk("a 0>1 os", "b 1>0 user", "c 1>2 owner")) == ("os", "owner")
    assert automatic_actors(priced(walk("a 0>1 os", "b 1>0 user"), a=1)) == ("user",)
    assert dear_actions([HOME, replace(HOME, barring=("a", "b")), replace(HOME, barring=("b",))]) == ("a", "b")


def test_a_question_about_nothing_is_refused() -> None:
    system = walk("a 0>1")
    with pytest.raises(NothingToCheck, match="none of the claims is about recovery"):
        rescues(system, [Invariant(**SAID, holds=X == 0)])
    with pytest.raises(UsageError, match="no action is called 'b'"):
        rescues(system, [HOME], dear=("b",))


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    found = rescues(walk("fall 0>1 user", "rise 1>0 user"), [HOME], limits=Limits(states=1))
    assert found.verdict is Verdict.UNKNOWN
    assert [cell.found.grade for cell in found.rescues[0].cells] == [Grade.UNKNOWN]
    assert found.rescues[0].detail
    assert found.rescues[0].cells[0].found.relapse is Relapse.UNKNOWN
