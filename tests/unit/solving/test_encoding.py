"""What the judge writes for solvers means what the brute-force oracle says that the model means."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from tests.oracle import World, configurations, explore
from tests.systems.models import systems

from tunnelproof.model.language.component import ANY, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import choose
from tunnelproof.solving.encoding import Encoding, conjunction
from tunnelproof.solving.reply import Answer
from tunnelproof.solving.solvers import SOLVERS, solve


def numbers() -> System:
    part = Component("part", actor="somebody")
    x = part.variable("x", Range(-3, 4), start=ANY)
    y = part.variable("y", Range(-3, 4), start=ANY)
    part.action("swap", then={x: y, y: x})
    return compose("numbers", configuration=Configuration(), components=[part])


def at(values: dict[str, object]) -> Expr:
    return conjoin(Apply("=", (Read(key), Literal(value))) for key, value in values.items())  # type: ignore[arg-type]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("op", "meaning"),
    [
        ("+", lambda x, y: x + y),
        ("-", lambda x, y: x - y),
        ("*", lambda x, y: x * y),
        ("min", min),
        ("max", max),
    ],
)
def test_arithmetic_is_exact(solver: str, op: str, meaning: object) -> None:
    """The equation x op y = n has just the solutions that Python finds."""
    for n in (-9, -6, -1, 0, 4, 7, 12):
        encoding = Encoding(numbers())
        term = encoding.now(Apply("=", (Apply(op, (Read("x"), Read("y"))), Literal(n))))
        wanted = any(meaning(x, y) == n for x in range(-3, 5) for y in range(-3, 5))  # type: ignore[operator]
        assert solve(solver, encoding.script(term)).answer == (Answer.SAT if wanted else Answer.UNSAT)


@pytest.mark.parametrize("solver", SOLVERS)
def test_remainders_of_negative_numbers_are_those_of_python(solver: str) -> None:
    for x in range(-3, 5):
        encoding = Encoding(numbers())
        wrong = Apply("!=", (Apply("mod", (Read("x"), Literal(3))), Literal(x % 3)))
        assert solve(solver, encoding.script(encoding.now(conjoin([at({"x": x}), wrong])))).answer is Answer.UNSAT


def test_names_of_the_model_are_never_symbols() -> None:
    configuration = Configuration()
    auto = configuration.setting("auto", bool)
    part = Component("define-fun", actor="assert")
    push = part.variable("push", bool, start=auto)
    pop = part.derived("pop", ~push)
    part.action("check-sat", when=pop, then={push: choose(auto, True, push)})
    encoding = Encoding(compose("exit", configuration=configuration, components=[part]))
    terms = [encoding.initial(), *(encoding.step(step) for step in encoding.system.steps)]
    words = set(re.findall(r"[^\s()]+", encoding.script(*terms)))
    assert not words & {"auto", "push", "pop"}


def test_no_connective_has_a_single_argument() -> None:
    encoding = Encoding(numbers())
    one = [Apply(op, (Apply("=", (Read("x"), Literal(0))),)) for op in ("and", "or")]
    script = encoding.script(encoding.initial(), *(encoding.now(formula) for formula in one), conjunction([]))
    assert not re.search(r"\((and|or) [^()\s]+\)", script)
    assert "(and (= v0 0))" not in script and "(or (= v0 0))" not in script


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(systems())
def test_starts_and_steps_are_those_of_brute_force(system: System) -> None:
    """Each start and each step of a few states, and no other one."""
    names = [v.name for v in system.variables]
    for configuration in configurations(system)[:2]:
        world = World(system, configuration)
        starts = world.initial()
        encoding = Encoding(system)
        elsewhere = [f"(not {encoding.now(at(dict(zip(names, s, strict=True))))})" for s in starts]
        here = encoding.now(at(world.rigid))
        assert solve("z3", encoding.script(here, encoding.initial(), *elsewhere)).answer is Answer.UNSAT
        for state in list(explore(world, starts, None).states)[:3]:
            assert_steps(world, state)


def assert_steps(world: World, state: tuple[object, ...]) -> None:
    names = [v.name for v in world.system.variables]
    edges = {(e.action, e.choice, e.outcome): e.target for e in world.steps(state)}  # type: ignore[arg-type]
    for step in world.system.steps:
        encoding = Encoding(world.system)
        now = encoding.now(at({**world.rigid, **dict(zip(names, state, strict=True))}))
        target = edges.get((step.action, step.parameters, step.outcome))
        takes = encoding.step(step)
        if target is None:
            assert solve("z3", encoding.script(now, takes)).answer is Answer.UNSAT
            assert solve("z3", encoding.script(now, encoding.enabled(step))).answer is Answer.UNSAT
        else:
            there = encoding.next(at(dict(zip(names, target, strict=True))))
            assert solve("z3", encoding.script(now, takes, there)).answer is Answer.SAT
            assert solve("z3", encoding.script(now, takes, f"(not {there})")).answer is Answer.UNSAT
