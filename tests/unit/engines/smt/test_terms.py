"""The engine's terms over bits against arithmetic that is known to be right."""

from __future__ import annotations

from itertools import product

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import World, configurations, explore
from tests.systems.models import systems

from tunnelproof.engines.smt.cubes import Alphabet, value_in
from tunnelproof.engines.smt.task import Task
from tunnelproof.engines.smt.terms import Encoder, Scope
from tunnelproof.model.language.component import Component, Configuration, compose
from tunnelproof.model.language.domains import BOOL, Enum, Range
from tunnelproof.model.language.expressions import TRUE, Apply, Literal, Read
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant

OPERATORS = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "min": min,
    "max": max,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "=": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
}
ANYTHING = Invariant(id="anything", sentence="", holds=True)


def plain() -> System:
    part = Component("part", actor="somebody")
    x = part.variable("x", bool, start=False)
    part.action("turn", then={x: ~x})
    return compose("plain", configuration=Configuration(), components=[part])


def value(term: object) -> object:
    solver = z3.Solver(ctx=getattr(term, "bits", term).ctx)
    assert solver.check() == z3.sat
    return value_in(solver.model(), term)


@pytest.mark.parametrize("op", OPERATORS)
@settings(max_examples=40, deadline=None)
@given(x=st.integers(-200, 200), y=st.integers(-200, 200), slack=st.integers(0, 9))
def test_operators_are_those_of_python_whatever_the_width(op: str, x: int, y: int, slack: int) -> None:
    encoder = Encoder(plain())
    scope = Scope(encoder, {})
    for key, number in (("x", x), ("y", y)):
        term, inside = encoder.fresh(Range(number - slack, number + slack))
        assert inside is not None
        scope[key] = term.__class__(z3.BitVecVal(number, term.bits.size(), encoder.context), term.lo, term.hi)
    assert value(encoder.term(Apply(op, (Read("x"), Read("y"))), scope)) == OPERATORS[op](x, y)


@pytest.mark.parametrize(("x", "divisor"), list(product(range(-7, 8), (1, 2, 3, 5, 9))))
def test_remainders_are_those_of_python(x: int, divisor: int) -> None:
    encoder = Encoder(plain())
    term = encoder.term(Apply("mod", (Literal(x), Literal(divisor))), Scope(encoder, {}))
    assert value(term) == x % divisor


def test_cubes_say_which_values_are_left() -> None:
    alphabet = Alphabet({"colour": Enum("Colour", ("red", "green", "blue")), "on": BOOL, "n": Range(0, 3)})
    everything = [
        dict(zip(alphabet.domains, row, strict=True))
        for row in product(*(domain.values for domain in alphabet.domains.values()))
    ]
    one = alphabet.exactly({"colour": "green", "on": True, "n": 2})
    assert [values for values in everything if alphabet.contains(one, values)] == [
        {"colour": "green", "on": True, "n": 2}
    ]
    wide = alphabet.without(one, "on") - {alphabet.literals.index(("colour", "blue"))}
    assert alphabet.names(wide) == ("colour", "n")
    left = [values for values in everything if alphabet.contains(wide, values)]
    assert {(v["colour"], v["n"]) for v in left} == {("green", 2), ("blue", 2)}
    assert alphabet.formula(frozenset()) == TRUE


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(systems())
def test_starts_and_steps_are_those_of_brute_force(system: System) -> None:
    task = Task(system, ANYTHING)
    names = [v.name for v in system.variables]
    for configuration in configurations(system)[:2]:
        world = World(system, configuration)
        graph = explore(world, world.initial(), None)
        for state in list(graph.states)[:4]:
            values = {**world.rigid, **dict(zip(names, state, strict=True))}
            domains = system.domains
            scope = Scope(task.encoder, {k: task.encoder.constant(v, domains[k]) for k, v in values.items()})
            assert value(task.start(scope)) == (state in graph.initial)
            edges = {(e.action, e.choice, e.outcome): e.target for e in world.steps(state)}
            for label, step in enumerate(system.steps):
                exists, after = task.fire(label, scope)
                target = edges.get((step.action, step.parameters, step.outcome))
                assert value(exists) == (target is not None)
                if target is not None:
                    assert tuple(value(after[key]) for key in names) == target


def test_no_name_of_the_model_reaches_the_solver() -> None:
    task = Task(plain(), Invariant(id="i", sentence="", holds=~name("x")))
    scope, _ = task.fresh({})
    assert "x" not in {str(term) for term in (scope["x"], task.start(scope), task.bad_state(scope))}
