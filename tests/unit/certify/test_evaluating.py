"""The certifier's evaluation, over many rows at once, is brute force's; its tables of configurations are the listed."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from tests.oracle import World
from tests.unit.certify.second import plain

import tunnelproof_certify as certify
from tunnelproof.model.language.component import ANY, Component, Configuration, compose, outcome
from tunnelproof.model.language.document import expression_document, to_json
from tunnelproof.model.language.domains import Enum, Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read
from tunnelproof.model.language.system import System
from tunnelproof.model.language.terms import choose, name

NUMBERS = [Apply(op, (Read("n"), Read("m"))) for op in ("+", "-", "*", "min", "max")]
COMPARED = [Apply(op, (Read("n"), Read("m"))) for op in ("<", "<=", ">", ">=", "=", "!=")]


def wide() -> System:
    """Return a system with numbers, names, derived names, parameters and a value that would leave its domain."""
    configuration, part = Configuration(), Component("part", actor="os")
    configuration.setting("k", Enum("Mode", ("off", "on")))
    n = part.variable("n", Range(-2, 3), start=[0, choose(name("k") == "on", 1, 0), choose(name("k") == "on", -1, 2)])
    m = part.variable("m", Range(1, 4), start=ANY)
    b = part.variable("b", bool, start=ANY)
    e = part.variable("e", Enum("Colour", ("red", "green")), start="red")
    low = part.derived("low", n < 1)
    more = part.derived("more", choose(low, n + m, n + 2))
    part.initially((m > 2) | low)
    step = outcome("step", {n: more, m: name("p") + 1}, when=low | (name("p") == 1))
    swap = outcome("swap", {n: m - 2, m: n + 2, e: choose(e == "red", "green", "red")})
    part.action("go", when=name("p") < 2, outcomes=[step, swap], choose={"p": Range(0, 2)})
    part.action("set", when=b, then={b: ~b, n: 3, e: "green"})
    return compose("wide", configuration=configuration, components=[part])


WIDE = wide()
MODEL = certify.Model(json.loads(to_json(WIDE)))
PAIRS = [
    ((k,), state)
    for k in ("off", "on")
    for state in itertools.product(range(-2, 4), range(1, 5), (False, True), ("red", "green"))
]
LAYOUT = certify.Layout(MODEL, ["k", "n", "m", "b", "e"])
ROWS = list(range(LAYOUT.total))

FORMULAS: list[Expr] = [
    *COMPARED,
    *(Apply("=", (sum_, Literal(value))) for sum_ in NUMBERS for value in (-4, -1, 0, 2, 6)),
    Apply("=", (Apply("mod", (Read("n"), Literal(3))), Literal(1))),
    Apply("<", (Read("more"), Apply("+", (Read("m"), Read("more"))))),
    Apply("not", (Read("b"),)),
    Apply("and", (Read("b"), Read("low"))),
    Apply("or", (Read("b"), Read("low"), Apply("=", (Read("k"), Literal("on"))))),
    Apply("implies", (Read("b"), Read("low"))),
    Apply("=", (Read("b"), Read("low"))),
    Apply("!=", (Read("e"), Literal("red"))),
    Apply("if", (Read("b"), Read("low"), Apply("=", (Read("e"), Literal("green"))))),
    Apply("<", (Apply("if", (Read("b"), Read("n"), Read("m"))), Literal(2))),
    Literal(True),
    Literal(False),
]


def as_read(formula: Expr) -> certify.Expr:
    return certify.read_expression(plain(expression_document(formula)), certify.Scope(MODEL.types))


def test_rows_are_numbered_in_the_order_of_the_pairs() -> None:
    assert len(PAIRS) == LAYOUT.total == 2 * 6 * 4 * 2 * 2
    assert [tuple(LAYOUT.named(row).values()) for row in ROWS] == [(*c, *s) for c, s in PAIRS]
    codes = itertools.product(*(range(size) for size in LAYOUT.sizes))
    assert [LAYOUT.row(each) for each in codes] == ROWS
    few = certify.Layout(MODEL, ["b", "k"])
    kept = [(few.named(place)["k"], few.named(place)["b"]) for place in LAYOUT.to(few, ROWS)]
    assert kept == [(c[0], s[2]) for c, s in PAIRS]
    assert LAYOUT.to(certify.Layout(MODEL, []), [0, 5]) == [0, 0]


@pytest.mark.parametrize("block", [1, 7, 1 << 14])
def test_formulas_are_brute_forces_however_the_rows_are_cut(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certify, "BLOCK", block)
    worlds = {k: World(WIDE, (k,)) for k in ("off", "on")}
    for formula in FORMULAS:
        expected = [worlds[c[0]].holds(formula, s) for c, s in PAIRS]
        assert list(LAYOUT.holds(as_read(formula), ROWS)) == expected, formula
        for row in (0, 95, 191):  # a row alone: more combinations than rows
            assert LAYOUT.holds(as_read(formula), [row]) == bytes([expected[row]]), formula
    assert LAYOUT.holds(certify.TRUE, []) == b""


def test_numbers_with_more_combinations_than_rows_are_worked_out_row_by_row() -> None:
    domain = {"range": [-4, 15]}
    model = certify.Model(
        {
            "schema": "tunnelproof.model/1",
            "name": "pairs",
            "actors": [],
            "variables": [{"name": each, "domain": domain, "start": [0]} for each in ("a", "b")],
        }
    )
    layout, rows = certify.Layout(model, ["a", "b"]), [20 * i + (7 * i + 3) % 20 for i in range(20)]
    for op, function in (certify.COMPUTE | certify.COMPARE).items():
        block = certify.Block(layout, rows)
        expected = [function(i - 4, (7 * i + 3) % 20 - 4) if op != "mod" else (i - 4) % 3 for i in range(20)]
        other = ("read", "b") if op != "mod" else ("value", 3)
        assert block.column((op, ("read", "a"), other)) == expected


@pytest.mark.parametrize("block", [1, 7, 1 << 14])
def test_steps_and_starts_are_brute_forces(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certify, "BLOCK", block)
    steps = MODEL.steps(MODEL.actions.values(), {"n", "m", "b", "e"})
    found: dict[int, list[Any]] = {row: [] for row in ROWS}
    for step in steps:
        at, after = LAYOUT.take(step, ROWS)
        flags = LAYOUT.exists(step, ROWS)
        assert [row for row in ROWS if flags[row]] == at
        for place, row in zip(at, after, strict=True):
            found[place].append((step.action.name, step.choice, step.outcome.name, tuple(LAYOUT.named(row).values())))
    assert any(found.values())
    for row, (configuration, state) in zip(ROWS, PAIRS, strict=True):
        edges = World(WIDE, configuration).steps(state)
        expected = [(e.action, dict(e.choice), e.outcome, (*configuration, *e.target)) for e in edges]
        assert found[row] == expected
    starts = certify.initial_rows(LAYOUT, ["k"], [0, 1])
    for number, k in enumerate(("off", "on")):
        wanted = {(k, *state) for state in World(WIDE, (k,)).initial()}
        assert len(starts[number]) == len(wanted)
        assert {tuple(LAYOUT.named(row).values()) for row in starts[number]} == wanted


def test_over_a_step_that_is_not_given_nothing_changes() -> None:
    formula = certify.read_expression(["=", {"next": "n"}, ["+", "n", 1]], certify.Scope(MODEL.types, later=True))
    assert not any(LAYOUT.holds(formula, ROWS))
    before, after = ROWS[: 5 * 16], ROWS[16 : 6 * 16]
    block = certify.Block(LAYOUT, before, certify.Block(LAYOUT, after))
    assert block.places(block.true(formula)) == list(range(80))


def test_starts_that_are_too_many_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert certify.MOST_ROWS == 2_000_000
    few = certify.Layout(MODEL, ["k", "m", "b"])
    monkeypatch.setattr(certify, "MOST_ROWS", 16)
    assert [len(rows) for rows in certify.initial_rows(few, ["k"], [0, 1])] == [8, 8]
    monkeypatch.setattr(certify, "MOST_ROWS", 15)
    with pytest.raises(certify.NotChecked, match="more than 15 initial states"):
        certify.initial_rows(few, ["k"], [0, 1])


# --- configurations ---------------------------------------------------------------------------------------------------


def settings(*constraints: Any, **domains: Any) -> certify.Model:
    document = {
        "schema": "tunnelproof.model/1",
        "name": "settings",
        "actors": [],
        "configuration": [{"name": name, "domain": domain} for name, domain in domains.items()],
        "constraints": list(constraints),
    }
    return certify.Model(document)


FIVE = {"a": "bool", "b": {"range": [0, 2]}, "c": "bool", "d": "bool", "e": {"enum": ["x", "y", "z"]}}
TIED = [["implies", "a", ["=", "b", 1]], ["and", ["or", "c", "d"], ["!=", "e", {"value": "z"}]], ["or", "a", "c"]]


def listed(model: certify.Model) -> list[dict[str, Any]]:
    """Return the valid configurations, one by one."""
    layout = certify.Layout(model, model.configuration)
    rows = [row for row in range(layout.total) if all(layout.holds(f, [row])[0] for f in model.constraints)]
    return [layout.named(row) for row in rows]


@pytest.mark.parametrize(
    "names", [[], ["a"], ["e"], ["b", "a"], ["d", "b"], ["a", "b", "c", "d", "e"], ["e", "c", "a"], ["a", "a"]]
)
def test_configurations_are_counted_as_if_listed(names: list[str]) -> None:
    model = settings(*TIED, **FIVE)
    space, every = certify.Space(model, model.constraints), listed(model)
    assert space.count == len(every)
    layout = certify.Layout(model, space.ordered(names))
    expected: dict[int, int] = {}
    for values in every:
        row = layout.row([model.values[n].index(values[n]) for n in layout.names])
        expected[row] = expected.get(row, 0) + 1
    assert list(space.project(names).items()) == sorted(expected.items())


def test_settings_that_no_formula_ties_are_not_multiplied_out() -> None:
    model = settings(*TIED, **FIVE)
    tables = [names for names, _ in certify.Space(model, model.constraints).tables]
    assert tables == [["a", "b", "c", "d"], ["e"]]


def test_a_formula_holds_inside_where_some_configuration_has_it() -> None:
    model = settings(*TIED, **FIVE)
    space, every = certify.Space(model, model.constraints), listed(model)
    for written in ("a", ["=", "b", 2], ["and", "a", "d"], ["and", "a", ["=", "b", 0]], True, False):
        formula = certify.read_expression(written, certify.rigid_scope(model))
        for names in ([], ["b"], ["a", "b"], ["d", "e"]):
            layout = certify.Layout(model, space.ordered(names))
            whole = certify.Layout(model, model.configuration)
            expected = {
                layout.row([model.values[n].index(values[n]) for n in layout.names])
                for values in every
                if whole.holds(formula, [whole.row([model.values[n].index(values[n]) for n in whole.names])])[0]
            }
            assert space.inside(formula, names) == sorted(expected)


def test_a_constraint_that_reads_nothing_counts() -> None:
    for constraints, count in (([False], 0), ([["and", "a", False]], 0), ([True], 2), (["a"], 1), ([], 2)):
        model = settings(*constraints, a="bool")
        assert certify.Space(model, model.constraints).count == count
    assert certify.Space(settings(), []).count == 1


def test_combinations_that_are_too_many_are_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certify, "MOST_ROWS", 6)
    model = settings(["or", "a", ["=", "b", 1]], a="bool", b={"range": [0, 2]}, c="bool")
    assert certify.Space(model, model.constraints).project(["a", "b"]) == {1: 2, 3: 2, 4: 2, 5: 2}
    with pytest.raises(certify.NotChecked, match="more than 6 combinations to list"):
        certify.Space(model, model.constraints).project(["a", "b", "c"])
    monkeypatch.setattr(certify, "MOST_ROWS", 5)
    with pytest.raises(certify.NotChecked, match="more than 5 combinations to list"):
        certify.Space(model, model.constraints)
    assert certify.few([1, 2, 3, 4, 5]) == [1, 2, 3, 4, 5]
    with pytest.raises(certify.NotChecked):
        certify.few([1, 2, 3, 4, 5, 6])
