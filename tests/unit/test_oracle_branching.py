"""The oracle's branching time on systems whose answers are known by hand."""

from __future__ import annotations

from itertools import product

import pytest
from tests.oracle import Edge, Graph, decide
from tests.oracle.branching import Branching
from tests.oracle.runs import FairAction, Promises

from tunnelproof.model.language.component import NONE, STRONG, WEAK, Component, Configuration, compose, outcome
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.temporal import AF, AG, AR, AU, AW, AX, EF, EG, ER, EU, EW, EX
from tunnelproof.model.language.terms import Term, name
from tunnelproof.properties.claims import Ctl

X = name("x")
Rule = tuple[str, int, int, Fairness]


def walk(*rules: Rule, start: object = 0) -> System:
    """Return a system whose actions go from value to value."""
    part = Component("walk", actor="walker")
    x = part.variable("x", Range(0, 5), start=start)
    for action, source, target, fairness in rules:
        part.action(action, when=x == source, then={x: target}, fair=fairness)
    return compose("walk", configuration=Configuration(), components=[part])


def holds(system: System, formula: Term, **options: object) -> bool:
    (found,) = decide(system, Ctl(id="c", sentence="", formula=formula, **options)).values()  # type: ignore[arg-type]
    return found.verdict == "proved"


def test_next_is_a_step_or_a_rest() -> None:
    free = walk(("go", 0, 1, NONE))
    forced = walk(("go", 0, 1, WEAK))
    assert holds(free, EX(X == 0))
    assert holds(free, EX(X == 1))
    assert not holds(free, AX(X == 1))
    assert holds(forced, AX(X == 1))
    assert not holds(forced, EX(X == 0))


def test_possible_is_not_guaranteed() -> None:
    system = walk(("go", 0, 1, NONE))
    assert holds(system, EF(X == 1))
    assert not holds(system, AF(X == 1))
    assert holds(system, EG(X == 0))
    assert holds(walk(("go", 0, 1, WEAK)), AF(X == 1))


def test_weak_fairness_does_not_force_what_is_enabled_now_and_then() -> None:
    blinking = [("on", 0, 1, WEAK), ("off", 1, 0, WEAK)]
    assert not holds(walk(*blinking, ("out", 1, 2, WEAK)), AF(X == 2))
    assert holds(walk(*blinking, ("out", 1, 2, STRONG)), AF(X == 2))
    assert holds(walk(*blinking, ("out", 1, 2, STRONG)), EG(X != 2), assuming={"out": WEAK})


def test_two_promises_hold_together() -> None:
    """Each of them can be broken without the other; a check that looks at one at a time sees no fair loop, or one."""
    circle = [("a", 0, 1, NONE), ("b", 1, 0, NONE)]
    out = [("left", 0, 2, STRONG), ("right", 1, 3, STRONG)]
    assert holds(walk(*circle, *out), AF((X == 2) | (X == 3)))
    assert not holds(walk(*circle, *out[:1]), AF(X == 2))  # it may stop in 1
    assert holds(walk(*circle, *out[:1]), AG((X == 1) >> EG(X == 1)))


def test_a_fair_outcome_comes_if_its_action_is_taken_for_ever() -> None:
    part = Component("coin", actor="hand")
    x = part.variable("x", Range(0, 1), start=0)
    results = [outcome("tails", {x: 0}), outcome("heads", {x: 1}, fair=True)]
    part.action("toss", when=x == 0, outcomes=results, fair=WEAK)
    system = compose("coin", configuration=Configuration(), components=[part])
    assert holds(system, AF(name("x") == 1))
    assert holds(system, EX(name("x") == 0))


def test_every_state_of_a_run_counts_also_where_it_rests() -> None:
    """AG EF speaks of the resting state as of any other: it can still go on."""
    system = walk(("go", 0, 1, NONE), ("back", 1, 0, NONE))
    assert holds(system, AG(EF(X == 1)))
    assert holds(system, AX(EF(X == 1)))
    assert holds(system, EX(EX(X == 1) & (X == 0)))


def test_the_left_side_may_end_where_the_right_side_begins() -> None:
    line = walk(("a", 0, 1, WEAK), ("b", 1, 2, WEAK))
    assert holds(line, AU(X < 2, X == 2))
    assert not holds(line, AU(X < 1, X == 2))
    assert not holds(line, EU(X < 1, X == 2))
    assert holds(line, EU(X == 5, X == 0))  # the right side at once
    assert holds(line, AR(X == 1, X <= 1))  # released after 1
    assert not holds(line, AR(X == 2, X <= 1))  # not before 2 is there itself
    assert holds(line, ER(X == 5, X <= 2))  # never released
    assert holds(line, AW(X <= 2, X == 5))
    assert not holds(line, EW(X <= 1, X == 5))


def test_all_initial_states_have_to_satisfy_it() -> None:
    assert not holds(walk(("go", 0, 1, WEAK), start=[0, 2]), EF(X == 1))
    assert holds(walk(("go", 0, 1, WEAK), start=[0, 2]), EF((X == 1) | (X == 2)))


def test_given_takes_actions_away_and_lets_runs_rest() -> None:
    part = Component("two", actor="one")
    x = part.variable("x", Range(0, 2), start=0)
    part.action("mine", when=x == 0, then={x: 1}, fair=WEAK)
    part.action("yours", when=x == 1, then={x: 2}, fair=WEAK, actor="two")
    system = compose("two", configuration=Configuration(), components=[part])
    assert holds(system, AF(X == 2))
    assert holds(system, AF(EG(X == 1)), given=("one",))
    assert not holds(system, EF(X == 2), given=("one",))


@pytest.mark.parametrize(
    ("formula", "vacuous"),
    [
        (AG((X == 5) >> AF(X == 1)), True),
        (AG((X == 1) >> AF(X == 1)), False),
        (AG((X == 5) >> EF(X == 1)) & AG((X == 0) >> EF(X == 1)), False),
        (~EF(~((X == 5) >> AF(X == 1))), True),  # an implication under two negations
        (AG(~(X == 5) | AF(X == 1)), False),  # no implication
        (~EG((X == 5) >> (X == 4)) | AG(X < 5), False),  # no demand: it stands under one
    ],
)
def test_vacuous_is_what_demands_nothing(formula: Term, vacuous: bool) -> None:
    (found,) = decide(walk(("go", 0, 1, WEAK)), Ctl(id="c", sentence="", formula=formula)).values()
    assert found == ("proved", vacuous)


# --- against runs, one after the other --------------------------------------------------------------------------------

Lasso = tuple[tuple[int, ...], int]  # the states, and where the loop begins


def lassos(edges: list[Edge], stops: frozenset[tuple[int]], fair: list[FairAction], graph: Graph) -> list[Lasso]:
    """List fair runs on at most three states: paths of up to five steps with a loop, or that rest at the end."""
    found: list[Lasso] = []
    paths: list[list[Edge]] = [[]]
    for _ in range(6):
        paths = [[*p, e] for p in paths for e in edges if not p or p[-1].target == e.source]
        for path in paths:
            states = [path[0].source, *(e.target for e in path)]
            for loop in range(len(path)):
                inside = path[loop:]
                if states[loop] == states[-1] and all(p.kept(graph, [e.source for e in inside], inside) for p in fair):
                    found.append((tuple(s[0] for s in states[:-1]), loop))  # type: ignore[misc]
            if states[-1] in stops:
                found.append((tuple(s[0] for s in states), len(states) - 1))  # type: ignore[misc]
    return found + [((s[0],), 0) for s in stops]


def unrolled(run: Lasso) -> list[int]:
    """Return enough of a run to see on it what happens at all, and for how long."""
    states, loop = run
    return [*states, *states[loop:], *states[loop:]]


def until(f: set[int], g: set[int], run: list[int]) -> bool:
    first = next((i for i, s in enumerate(run) if s in g), None)
    return first is not None and all(s in f for s in run[:first])


LINEAR = {
    "X": lambda f, g, run: run[1] in f,
    "F": lambda f, g, run: any(s in f for s in run),
    "G": lambda f, g, run: all(s in f for s in run),
    "U": until,
    "W": lambda f, g, run: until(f, g, run) or all(s in f for s in run),
    "R": lambda f, g, run: until(g, f & g, run) or all(s in g for s in run),
}


@pytest.mark.parametrize("strong", [False, True])
@pytest.mark.parametrize("op", LINEAR)
def test_operators_agree_with_runs_looked_at_one_after_the_other(op: str, strong: bool) -> None:
    """All graphs of two states with a fair and a free action, or of three along a line, and all sets of states."""
    arity = 2 if op in "UWR" else 1
    seen = set()
    for steps in product(*[[(s, t, a) for t in range(3) for a in "ab"] for s in range(3)]):
        edges = [Edge((s,), a, (), "", "x", (t,)) for s, t, a in steps] + [Edge((1,), "b", (), "", "x", (0,))]
        graph = Graph([(0,)], [(0,), (1,), (2,)], edges)
        promised = Promises([FairAction("a", [()], strong)], [])
        about = Branching(None, graph, promised)  # type: ignore[arg-type]
        runs = lassos(edges, about.stops, promised.actions, graph)
        for f, g in product([{0}, {1}, {0, 1}, {2}], [{2}, {0, 2}] if arity == 2 else [set()]):
            parts = [frozenset((s,) for s in part) for part in (f, g)][:arity]
            for path, some in (("E", any), ("A", all)):
                found = getattr(about, f"_{path.lower()}{op.lower()}")(*parts)
                for s in range(3):
                    wanted = some(LINEAR[op](f, g, unrolled(run)) for run in runs if run[0][0] == s)
                    seen.add(wanted)
                    assert ((s,) in found) == wanted, (edges, strong, path + op, f, g, s)
    assert seen == {False, True}
