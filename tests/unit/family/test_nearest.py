from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.family.families import asked, constrained, environment, law, names_within, variable

from tunnelproof.family.nearest import Change, flips, nearest
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.system import DecidedBy
from tunnelproof.model.language.terms import either, name

PREFERENCE = [DecidedBy.PLATFORM, DecidedBy.VENDOR, DecidedBy.HABIT, DecidedBy.SETTING]


@st.composite
def situations(draw):
    """A partition, and a configuration that it is about."""
    space = draw(constrained())
    names = draw(names_within(space))
    labels = {row: draw(st.sampled_from("pr")) for row in space.project(names)}
    here = environment(space.variables, draw(st.sampled_from(asked(space))))
    return Partition(space, names, labels), here


def price(space, here, there):
    changed = [v.decided_by for v in space.variables if here[v.name] != there[v.name]]
    return (len(changed), *(changed.count(decider) for decider in PREFERENCE))


@law
@given(situations())
def test_nearest_is_at_the_least_price_that_brute_force_finds(situation):
    partition, here = situation
    space, own = partition.space, partition.label_of(here)
    everything = [environment(space.variables, row) for row in asked(space)]
    others = [there for there in everything if partition.label_of(there) != own]
    least = min((price(space, here, there) for there in others), default=None)
    closest = [there for there in others if price(space, here, there) == least]
    expected = {tuple(there[name] for name in partition.names): there for there in reversed(closest)}
    found = nearest(partition, here)
    assert {tuple(n.configuration[name] for name in partition.names): n.configuration for n in found} == expected


@law
@given(situations())
def test_of_several_nearest_the_least_comes_first(situation):
    partition, here = situation
    order = {row: place for place, row in enumerate(partition.labels)}
    found = [order[tuple(n.configuration[name] for name in partition.names)] for n in nearest(partition, here)]
    assert found == sorted(set(found))


@law
@given(situations())
def test_changes_lead_to_the_neighbour_and_are_all_there_is(situation):
    partition, here = situation
    for neighbour in nearest(partition, here):
        assert {**here, **{c.name: c.new for c in neighbour.changes}} == neighbour.configuration
        assert all(here[c.name] == c.old != c.new for c in neighbour.changes)
        assert neighbour.label == partition.label_of(neighbour.configuration)


@law
@given(situations(), st.sets(st.sampled_from(DecidedBy)).map(frozenset))
def test_flips_are_the_single_changes_that_brute_force_finds(situation, decided_by):
    partition, here = situation
    space, own = partition.space, partition.label_of(here)
    expected = []
    for row in asked(space):
        there = environment(space.variables, row)
        changed = [v for v in space.variables if here[v.name] != there[v.name]]
        single = len(changed) == 1 and changed[0].decided_by in decided_by
        if single and partition.label_of(there) != own:
            expected.append(there)
    found = [neighbour.configuration for neighbour in flips(partition, here, decided_by)]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))


def by_all(space, is_proved):
    names = tuple(space.named)
    return Partition(space, names, {row: is_proved(*row) for row in space.project(names)})


PLATFORM, SETTING = variable("p", by=DecidedBy.PLATFORM), variable("s")


def test_changing_a_setting_is_preferred_to_another_platform():
    partition = by_all(ConfigurationSpace((PLATFORM, SETTING)), lambda p, s: p or s)
    (found,) = nearest(partition, {"p": False, "s": False})
    assert found.changes == (Change("s", False, True),)


def test_one_change_of_the_platform_is_nearer_than_two_of_settings():
    declared = (PLATFORM, SETTING, variable("t"))
    partition = by_all(ConfigurationSpace(declared), lambda p, s, t: p or (s and t))
    (found,) = nearest(partition, {"p": False, "s": False, "t": False})
    assert found.changes == (Change("p", False, True),)


def test_a_change_may_drag_along_a_variable_that_the_partition_does_not_mention():
    tied = ConfigurationSpace((SETTING, variable("t")), (either(name("s") == name("t")).expr,))
    partition = Partition(tied, ("s",), {(False,): "refuted", (True,): "proved"})
    here = {"s": False, "t": False}
    (found,) = nearest(partition, here)
    assert [change.name for change in found.changes] == ["s", "t"]
    assert flips(partition, here) == ()


def test_a_label_can_be_asked_for():
    space = ConfigurationSpace((SETTING, variable("t")))
    labels = {(False, False): "refuted", (False, True): "unknown", (True, False): "unknown", (True, True): "proved"}
    partition = Partition(space, ("s", "t"), labels)
    here = {"s": False, "t": False}
    assert [n.label for n in nearest(partition, here)] == ["unknown", "unknown"]
    (found,) = nearest(partition, here, lambda label: label == "proved")
    assert len(found.changes) == 2
    assert nearest(partition, here, lambda label: label == "withheld") == ()
