from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.family.families import (
    asked,
    constrained,
    distinct,
    environment,
    law,
    names_within,
    seen,
    valid,
    variable,
)

from tunnelproof.errors import ModelError, NothingToCheck, UsageError
from tunnelproof.family.factors import TooManyCombinations, least_first
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.terms import both, either, name


def expr(term: object) -> Expr:
    return either(term).expr


A, B, C, D = (variable(x) for x in "abcd")
ORDER = variable("order", Enum("Order", ("late", "early", "never")))


@law
@given(constrained())
def test_count_is_the_number_of_configurations_that_meet_constraints_and_where(space):
    assert space.count() == len(asked(space))


@law
@given(st.data())
def test_project_gives_what_brute_force_sees_least_first(data):
    space = data.draw(constrained())
    names = data.draw(names_within(space))
    expected = distinct(asked(space), lambda row: seen(space, names, row))
    assert space.project(names) == least_first(space.declared(names), expected)


@law
@given(st.data())
def test_excluded_is_valid_but_never_asked(data):
    space = data.draw(constrained())
    names = data.draw(names_within(space))
    left = {seen(space, names, row) for row in valid(space)} - {seen(space, names, row) for row in asked(space)}
    assert set(space.excluded(names)) == left


@law
@given(st.data())
def test_weights_are_numbers_of_extensions_and_add_up(data):
    space = data.draw(constrained())
    names = data.draw(names_within(space))
    weights = {row: space.weight(names, row) for row in space.project(names)}
    assert sum(weights.values()) == space.count()
    assert space.listing(names).weights.tolist() == list(weights.values())
    everything = asked(space)
    for row, weight in weights.items():
        assert weight == sum(seen(space, names, full) == row for full in everything)


@law
@given(st.data())
def test_least_extension_is_the_first_configuration_in_declaration_order(data):
    space = data.draw(constrained())
    names = data.draw(names_within(space))
    everything = asked(space)
    for row in space.project(names):
        first = next(full for full in everything if seen(space, names, full) == row)
        assert space.least_extension(names, row) == environment(space.variables, first)


@law
@given(st.data())
def test_contains_exactly_what_is_asked(data):
    space = data.draw(constrained())
    row = data.draw(st.tuples(*(st.sampled_from(v.domain.values) for v in space.variables)))
    assert space.contains(environment(space.variables, row)) == (row in asked(space))


@law
@given(st.data())
def test_narrowing_twice_is_narrowing_by_both(data):
    space = data.draw(constrained())
    again = ConfigurationSpace(space.variables, space.constraints)
    for formula in space.where:
        again = again.narrow(formula)
    assert again == space


def test_weight_of_what_nobody_asks_about_is_zero():
    space = ConfigurationSpace((A, B), (expr(name("a") >> name("b")),))
    assert space.weight(("a", "b"), (True, False)) == 0


def test_forty_free_switches_are_two_to_the_forty_configurations():
    many = tuple(variable(f"x{k}") for k in range(40))
    space = ConfigurationSpace(many, (expr(name("x0") | name("x39")),))
    assert space.count() == 3 * 2**38
    assert space.weight(("x0", "x1"), (False, True)) == 2**37
    assert space.project(["x39", "x0"]) == ((False, True), (True, False), (True, True))


def test_weights_of_seventy_switches_are_exact():
    space = ConfigurationSpace(tuple(variable(f"x{k}") for k in range(70)))
    assert space.listing(["x5"]).weights.tolist() == [2**69, 2**69]
    assert space.listing(["x5"]).weight(np.array([True, True])) == 2**70


def test_factors_that_interleave_are_projected_in_declaration_order():
    space = ConfigurationSpace((A, B, C, D), (expr(name("a") == name("c")), expr(name("b") == name("d"))))
    assert space.project("abcd")[1] == (False, True, False, True)


def test_a_conjunction_ties_together_no_more_than_its_parts():
    space = ConfigurationSpace((A, B, C, D), (expr((name("a") | name("b")) & (name("c") | name("d"))),))
    assert [factor.names for factor in space.valid] == [("a", "b"), ("c", "d")]


def test_contradictory_constraints_are_named_and_the_others_are_not():
    constraints = (expr(name("b") | name("c")), expr(name("a")), expr(name("a") >> name("b")), expr(~name("b")))
    with pytest.raises(ModelError) as raised:
        ConfigurationSpace((A, B, C), constraints)
    assert raised.value.status == 3
    assert "constraints 2 ('a') and 3 ('a implies b') and 4 ('not b') contradict each other" in str(raised.value)


def test_a_contradiction_is_named_though_its_parts_alone_are_too_many_to_list():
    many = tuple(variable(f"x{k}") for k in range(25))
    some = expr(either(*(name(v.name) for v in many)))
    none = expr(both(*(~name(v.name) for v in many)))
    with pytest.raises(ModelError, match="constraints 1 .* and 2 .* contradict each other"):
        ConfigurationSpace(many, (none, some))


def test_a_constraint_that_is_false_by_itself_is_named():
    with pytest.raises(ModelError, match="constraint 1 .* never holds"):
        ConfigurationSpace((A,), (expr(False),))


def test_a_long_constraint_is_named_by_its_variables():
    many = [name(f"x{k}") for k in range(30)]
    declared = tuple(variable(f"x{k}") for k in range(30))
    never = expr((name("x0") & ~name("x0")) & either(*many))
    with pytest.raises(ModelError, match="constraint 1 .on x0, x1, x10, .* never holds"):
        ConfigurationSpace(declared, (never,))


def test_where_that_matches_nothing_is_nothing_to_check():
    space = ConfigurationSpace((A, B), (expr(name("a") >> name("b")),))
    with pytest.raises(NothingToCheck) as raised:
        space.narrow(expr(name("a") & ~name("b")))
    assert raised.value.status == 4


def test_where_about_something_else_is_a_usage_error_with_a_hint():
    with pytest.raises(UsageError, match="'ordr' is no configuration variable .did you mean 'order'"):
        ConfigurationSpace((ORDER,)).narrow(expr(name("ordr") == "late"))


def test_more_than_a_million_combinations_are_refused():
    many = tuple(variable(f"x{k}") for k in range(25))
    with pytest.raises(TooManyCombinations) as raised:
        ConfigurationSpace(many, (expr(either(*(name(v.name) for v in many))),))
    assert raised.value.code == "TP161"
    with pytest.raises(TooManyCombinations):
        ConfigurationSpace(many).project(v.name for v in many)


def test_early_constraints_keep_a_tied_table_small():
    many = tuple(variable(f"x{k}") for k in range(60))
    chain = tuple(expr(name(f"x{k}") >> name(f"x{k + 1}")) for k in range(59))
    assert ConfigurationSpace(many, chain).count() == 61


def test_no_variables_is_one_configuration():
    space = ConfigurationSpace(())
    assert space.count() == 1
    assert space.project(()) == ((),)
    assert space.least_extension((), ()) == {}


def test_an_unknown_name_is_a_key_error():
    with pytest.raises(KeyError):
        ConfigurationSpace((A,)).project(["b"])


def test_whole_numbers_are_ordered_by_value_and_members_by_declaration():
    space = ConfigurationSpace((variable("n", Range(-1, 1)), ORDER))
    assert space.project(["n"]) == ((-1,), (0,), (1,))
    assert space.project(["order"]) == (("late",), ("early",), ("never",))
