"""The interpreter, one state at a time and many at once, is the oracle's; each operator means what it says."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.oracle import World, configurations
from tests.systems.formulas import change, formula
from tests.systems.models import systems

from tunnelproof.evidence.rows import Layout
from tunnelproof.model.language.component import ANY, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.expressions import OPERATORS, Apply, Expr, Literal, Next, Read
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import after, by, choose, name, taken
from tunnelproof.semantics import tabulate as tabulation
from tunnelproof.semantics.evaluate import Incoming, evaluate
from tunnelproof.semantics.step import holds, initial_states, successor, successors
from tunnelproof.semantics.tabulate import Column, Interpreter, Table, Tabulated

WHOLE: dict[str, Callable[[int, int], object]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "mod": operator.mod,
    "min": min,
    "max": max,
    "=": operator.eq,
    "!=": operator.ne,
}
TRUTH: dict[str, Callable[..., object]] = {
    "not": operator.not_,
    "and": lambda *args: all(args),
    "or": lambda *args: any(args),
    "implies": lambda left, right: right or not left,
    "=": operator.eq,
    "!=": operator.ne,
    "if": lambda condition, then, otherwise: then if condition else otherwise,
}


def test_every_operator_is_in_a_table() -> None:
    assert {*WHOLE, *TRUTH} == set(OPERATORS)


@pytest.mark.parametrize("op", WHOLE)
@given(st.integers(-9, 9), st.integers(-9, 9))
def test_whole_numbers(op: str, left: int, right: int) -> None:
    right = abs(right) + 1 if op == "mod" else right
    assert evaluate(Apply(op, (Literal(left), Literal(right))), {}) == WHOLE[op](left, right)


@pytest.mark.parametrize("op", TRUTH)
@given(st.lists(st.booleans(), min_size=3, max_size=3))
def test_truth_values(op: str, values: list[bool]) -> None:
    args = values[: OPERATORS[op] or 3]
    found = evaluate(Apply(op, tuple(Literal(v) for v in args)), {})
    assert found is bool(TRUTH[op](*args))


def test_an_operator_that_there_is_not_has_no_meaning() -> None:
    with pytest.raises(AssertionError):
        evaluate(Apply("?", (Literal(1), Literal(2))), {})


def test_a_step_is_known_by_action_outcome_and_actor() -> None:
    incoming = Incoming(Step("go", (("p", 1),), "well"), "user", {"x": 7})
    for term, expected in [
        (taken("go"), True),
        (taken("go", "well"), True),
        (taken("go", "ill"), False),
        (taken("come"), False),
        (by("user"), True),
        (by("os"), False),
        (after(name("x") == 7), True),
    ]:
        assert evaluate(term.expr, {"x": 0}, incoming) is expected
        assert evaluate(term.expr if not isinstance(term.expr, Next) else Literal(False), {"x": 0}) is False


# --- steps -------------------------------------------------------------------------------------------------------


def vending() -> System:
    """Return a system with parameters, outcomes, derived names and a value that would leave its domain."""
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", Enum("Mode", ("off", "on")))
    x = part.variable("x", Range(0, 2), start=[0, choose(name("k") == "on", 1, 0)])
    y = part.variable("y", Range(5, 7), start=ANY)
    low = part.derived("low", x < 1)
    next_ = part.derived("next_", choose(low, x + 1, x + 2))
    part.initially((y > 5) | low)
    step = outcome("step", {x: next_, y: name("p") + 5}, when=low | (name("p") == 1))
    part.action(
        "go", when=name("p") < 2, outcomes=[step, outcome("swap", {x: y - 5, y: x + 5})], choose={"p": Range(0, 2)}
    )
    return compose("vending", configuration=configuration, components=[part])


def test_initial_states_are_those_that_fit_starts_and_formulas_least_first() -> None:
    system = vending()
    assert initial_states(system, ("off",)) == [(0, 5), (0, 6), (0, 7)]
    assert initial_states(system, ("on",)) == [(0, 5), (0, 6), (0, 7), (1, 6), (1, 7)]
    assert initial_states(system, ("on",), {"x": 1, "unknown": 3}) == [(1, 6), (1, 7)]


def test_all_effects_read_the_old_state_and_a_value_outside_its_domain_is_no_step() -> None:
    system = vending()
    go = {(p, o): Step("go", (("p", p),), o) for p in range(3) for o in ("step", "swap")}
    assert successor(system, ("on",), (1, 7), go[0, "swap"]) == (2, 6)
    assert successor(system, ("on",), (0, 7), go[1, "step"]) == (1, 6)
    assert successor(system, ("on",), (1, 7), go[1, "step"]) is None  # x would be 3
    assert successor(system, ("on",), (1, 7), go[0, "step"]) is None  # its condition
    assert successor(system, ("on",), (0, 7), go[2, "swap"]) is None  # the guard
    assert list(successors(system, ("on",), (0, 7))) == [
        (go[0, "step"], (1, 5)),
        (go[0, "swap"], (2, 5)),
        (go[1, "step"], (1, 6)),
        (go[1, "swap"], (2, 5)),
    ]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[System, list[tuple[tuple, tuple]]]:
    """Draw a system and all its pairs of configuration and state, reachable or not."""
    system = draw(systems())
    states = list(product(*(v.domain.values for v in system.variables)))
    pairs = [(c, s) for c in configurations(system) for s in states]
    return system, pairs


def table(system: System, pairs: list[tuple[tuple, tuple]]) -> np.ndarray:
    layout = Layout(system)
    return np.array([layout.encode(*pair) for pair in pairs], dtype=np.int32).reshape(len(pairs), len(layout.sizes))


SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@SOME
@given(worlds())
def test_starts_and_steps_are_the_oracles_one_by_one_and_all_at_once(drawn: tuple) -> None:
    system, pairs = drawn
    layout, rows = Layout(system), Table(system, table(system, pairs))
    found: dict[int, list[tuple[Step, tuple]]] = {i: [] for i in range(len(pairs))}
    for step in system.steps:
        at, after_rows = rows.take(step)
        exists = np.zeros(len(pairs), dtype=bool)
        exists[at] = True
        assert rows.exists(step).tolist() == exists.tolist()
        for i, row in zip(at.tolist(), after_rows.tolist(), strict=True):
            configuration, state = layout.decode(row)
            assert configuration == pairs[i][0]
            found[i].append((step, state))
    for i, (configuration, state) in enumerate(pairs):
        world = World(system, configuration)
        expected = [(Step(e.action, e.choice, e.outcome), e.target) for e in world.steps(state)]
        assert list(successors(system, configuration, state)) == expected
        assert found[i] == expected
        alone = Table(system, table(system, pairs[i : i + 1]))
        taken_alone = [(step, layout.decode(row)[1]) for step in system.steps for row in alone.take(step)[1].tolist()]
        assert taken_alone == expected
        assert initial_states(system, configuration) == sorted(
            world.initial(), key=lambda s: layout.encode(configuration, s)
        )


@SOME
@given(worlds(), st.data())
def test_formulas_are_the_oracles_one_by_one_and_all_at_once(drawn: tuple, data: st.DataObject) -> None:
    system, pairs = drawn
    written = formula(data.draw, system.domains)
    over = change(data.draw, system.domains)
    mixed = Apply("if", (Next(written), over, written))
    rows, interpreter = table(system, pairs), Interpreter(system)
    worlds_ = {c: World(system, c) for c, _ in pairs}
    expected = [worlds_[c].holds(written, s) for c, s in pairs]
    assert [holds(system, written, c, s) for c, s in pairs] == expected
    assert interpreter.states(written, rows).tolist() == expected
    assert interpreter.states(written, rows).tolist() == expected  # from the same table again
    edges = [(c, e) for c, s in pairs for e in worlds_[c].steps(s)][:200]
    ends = [(c, e.source) for c, e in edges] + [(c, e.target) for c, e in edges]
    before = np.arange(len(edges))
    for relation in (over, mixed, Apply("and", (Next(written), over))):
        wanted = [worlds_[c].holds_over(relation, e) for c, e in edges]
        assert interpreter.pairs(relation, table(system, ends), before, before + len(before)).tolist() == wanted


def test_enabled_means_that_some_step_exists() -> None:
    system = vending()
    pairs = [(("on",), (x, y)) for x in range(3) for y in (5, 6, 7)]
    rows = Table(system, table(system, pairs))
    assert rows.enabled("go").tolist() == [any(successors(system, *pair)) for pair in pairs]
    assert not rows.enabled("stop").any()


# --- tables ------------------------------------------------------------------------------------------------------


def many(count: int, width: int, small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check a sum over many columns, with keys that are looked up or sorted."""
    monkeypatch.setattr(tabulation, "_SMALL_TABLE", 1 << 12 if small else 1)
    generator = np.random.default_rng(1)
    codes = {f"x{i}": generator.integers(0, 64, count) for i in range(width)}
    for value in codes.values():
        value[:64] = 0
    codes["x0"][:64] = range(64)  # states that differ in the first column only
    columns = {key: Column(value, tuple(range(1000, 1064))) for key, value in codes.items()}
    total: Expr = Literal(0)
    for key in columns:
        total = Apply("+", (total, Read(key)))
    tabulated = Tabulated(total)
    found = tabulated.column([columns[key] for key in tabulated.now], count)
    expected = sum(value + 1000 for value in codes.values())
    assert [found.values[code] for code in found.codes] == np.asarray(expected).tolist()


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize("width", [1, 2, 11, 30])  # 64¹¹ is more than 2⁶²
def test_keys_of_many_columns_do_not_overflow(width: int, small: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    many(300, width, small, monkeypatch)


def test_connectives_are_worked_out_on_columns_and_all_else_is_tabulated() -> None:
    system = vending()
    rows = table(system, [(("on",), (x, y)) for x in range(3) for y in (5, 6)])
    compared = (Read("low"), Apply("=", (Read("k"), Literal("on"))))
    assert Interpreter(system).states(Apply("=", compared), rows).tolist() == [True, True, False, False, False, False]
    implied = (Read("low"), Apply("<", (Read("y"), Literal(6))))
    assert Interpreter(system).states(Apply("implies", implied), rows).tolist() == [True, False, True, True, True, True]


def test_nothing_is_tabulated_over_no_states() -> None:
    system = vending()
    empty = Table(system, np.zeros((0, 3), dtype=np.int32))
    assert len(empty) == 0
    for step in system.steps:
        at, rows = empty.take(step)
        assert (len(at), rows.shape) == (0, (0, 3))
    assert empty.mask((name("x") < 1).expr).shape == (0,)


def test_truth_and_number_one_are_two_values() -> None:
    part = Component("part", actor="os")
    b, n = part.variable("b", bool, start=False), part.variable("n", Range(0, 1), start=0)
    part.action("set", then={b: n == 1, n: choose(b, 1, 0)})
    system = compose("one", configuration=Configuration(), components=[part])
    step = system.steps[0]
    assert successor(system, (), (True, 0), step) == (False, 1)
    assert [type(v) for v in successor(system, (), (False, 1), step) or ()] == [bool, int]
    at, rows = Table(system, np.array([[1, 0], [0, 1]], dtype=np.int32)).take(step)
    assert (at.tolist(), rows.tolist()) == ([0, 1], [[0, 1], [1, 0]])


@pytest.mark.parametrize("count", [0, 1, 4096, 4097, 16_384, 16_385, 20_000])
def test_a_table_turned_has_a_line_for_each_column(count: int) -> None:
    rows = np.arange(3 * count, dtype=np.int32).reshape(count, 3)
    columns = tabulation.columns_of(rows)
    assert columns.shape == (3, count)
    assert (columns == rows.T).all()


def test_what_is_no_connective_connects_nothing() -> None:
    sum_ = Tabulated(Apply("+", (Read("x"), Literal(1))))
    with pytest.raises(AssertionError, match=r"no connective: \+"):
        tabulation.connect(sum_, lambda _: np.ones(1, dtype=bool))


def test_steps_of_many_states_leave_out_those_that_would_leave_a_domain() -> None:
    system = vending()
    pairs = [(("on",), (x, y)) for x in range(3) for y in (5, 6, 7)]
    rows, layout = Table(system, table(system, pairs)), Layout(system)
    left_out = 0
    for step in system.steps:
        expected = [successor(system, *pair, step) for pair in pairs]
        at, after_rows = rows.take(step)
        assert at.tolist() == [i for i, state in enumerate(expected) if state is not None]
        assert [layout.decode(row)[1] for row in after_rows.tolist()] == [s for s in expected if s is not None]
        left_out += len(rows._tried(step)[0]) - len(at)
    assert left_out == 6  # `x` would be more than 2


def test_what_has_been_looked_up_is_known_in_the_next_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabulation, "_SMALL_TABLE", 1)
    codes = np.array([0, 1, 0], dtype=np.int32)
    double = Tabulated(Apply("*", (Read("x"), Literal(2))))
    for values in ((5, 7), (7, 5)):
        found = double.column([Column(codes, values)], 3)
        assert [found.values[code] for code in found.codes] == [2 * values[code] for code in codes]
    assert double.values == [10, 14]


def test_a_truth_value_is_no_number_at_the_start() -> None:
    part = Component("part", actor="os")
    n = part.variable("n", Range(0, 1), start=1)
    part.action("set", then={n: 0})
    system = compose("one", configuration=Configuration(), components=[part])
    assert initial_states(system, ()) == [(1,)]
    ill_typed = replace(system, variables=(replace(system.variables[0], start=(Literal(True),)),))
    assert initial_states(ill_typed, ()) == []
