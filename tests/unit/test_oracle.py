"""The oracle on systems whose answers are known by hand: each a trap that some checker fell into."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import chain, combinations
from pathlib import Path

import pytest
import tests.oracle
from hypothesis import given
from hypothesis import strategies as st
from tests.oracle import Edge, Graph, NoInitialStateError, decide, decide_tradeoff, reached, stays_in_domains
from tests.oracle.runs import FairAction, FairOutcome, Promises, fair_loop

from tunnelproof.model.language.component import (
    ANY,
    NONE,
    STRONG,
    WEAK,
    Component,
    Configuration,
    Result,
    compose,
    outcome,
)
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.system import Fairness, System
from tunnelproof.model.language.terms import after, by, name, taken
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    Tradeoff,
)

X = name("x")
Rule = tuple[str, int, int, Fairness] | tuple[str, int, int, Fairness, str]


def walk(*rules: Rule, start: object = 0) -> System:
    """Return a system whose actions go from value to value: (name, from, to, fairness[, actor])."""
    part = Component("walk", actor="walker")
    x = part.variable("x", Range(0, 5), start=start)
    for action, source, target, fairness, *actor in rules:
        part.action(action, when=x == source, then={x: target}, fair=fairness, actor=actor[0] if actor else None)
    return compose("walk", configuration=Configuration(), components=[part])


def single(*, then: object, results: Sequence[Result] = (), **options: object) -> System:
    """Return a system of one variable and one action that is always enabled."""
    part = Component("single", actor="walker")
    x = part.variable("x", Range(0, 3), start=0)
    part.action("go", then={} if then is None else {x: then}, outcomes=results, **options)  # type: ignore[arg-type]
    return compose("single", configuration=Configuration(), components=[part])


def answer(system: System, claim: Claim) -> str:
    """Return the only configuration's answer, "vacuous" for a vacuous proof."""
    (found,) = decide(system, claim).values()
    return "vacuous" if found.vacuous else found.verdict


def recurs(point: object, **options: object) -> Recurrence:
    return Recurrence(id="recurs", sentence="", point=point, **options)  # type: ignore[arg-type]


def never(*points: object) -> NeverForever:
    return NeverForever(id="never", sentence="", points=points)  # type: ignore[arg-type]


def leads(trigger: object, response: object, **options: object) -> Response:
    return Response(id="leads", sentence="", trigger=trigger, response=response, **options)  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------
# Stopping


def test_unfair_action_need_not_be_taken() -> None:
    assert answer(walk(("go", 0, 1, NONE)), recurs(X == 1)) == "refuted"
    assert answer(walk(("go", 0, 1, WEAK)), recurs(X == 1)) == "proved"


def test_run_does_not_stop_where_a_fair_action_is_enabled_even_if_it_changes_nothing() -> None:
    system = walk(("spin", 0, 0, WEAK), ("go", 0, 1, NONE))
    assert answer(system, leads(True, (X == 1) | taken("spin"))) == "proved"
    assert answer(system, recurs(X == 1)) == "refuted"


def test_run_may_stop_although_an_unfair_loop_goes_on() -> None:
    system = walk(("there", 0, 1, NONE), ("back", 1, 0, NONE))
    assert answer(system, recurs(X == 1)) == "refuted"
    assert answer(system, never(X == 0, X == 1)) == "refuted"
    assert answer(system, never(taken("there"), X == 0)) == "refuted"


def test_step_is_over_once_the_run_idles() -> None:
    system = walk(("go", 0, 1, WEAK))
    assert answer(system, leads(taken("go"), ~taken("go"))) == "proved"
    assert answer(system, recurs(taken("go"))) == "refuted"
    assert answer(system, recurs(by("walker"))) == "refuted"


def test_trigger_can_be_met_by_a_run_at_rest_alone() -> None:
    system = walk(("go", 0, 1, WEAK))
    assert answer(system, leads((X == 1) & ~taken("go"), X == 0)) == "refuted"


# ----------------------------------------------------------------------------------------------------
# Weak and strong fairness


@pytest.mark.parametrize(("fairness", "expected"), [(NONE, "refuted"), (WEAK, "refuted"), (STRONG, "proved")])
def test_an_action_that_is_enabled_now_and_then_is_forced_by_strong_fairness_only(
    fairness: Fairness, expected: str
) -> None:
    system = walk(("there", 0, 1, WEAK), ("back", 1, 0, WEAK), ("leave", 1, 2, fairness))
    assert answer(system, recurs(X == 2)) == expected


@pytest.mark.parametrize(("fairness", "expected"), [(NONE, "refuted"), (WEAK, "proved")])
def test_an_action_that_stays_enabled_is_forced_by_weak_fairness(fairness: Fairness, expected: str) -> None:
    system = walk(("spin", 0, 0, WEAK), ("leave", 0, 2, fairness))
    assert answer(system, recurs(X == 2)) == expected


def test_strong_fairness_is_judged_on_the_loop_not_on_the_component_around_it() -> None:
    """0, 1 and 2 are one component, where `leave` is taken; a run that keeps to 0 and 1 does not take it."""
    rules = [("there", 0, 1, WEAK), ("back", 1, 0, WEAK), ("home", 2, 0, WEAK)]
    assert answer(walk(*rules, ("leave", 1, 2, STRONG)), recurs(X == 2)) == "proved"
    assert answer(walk(*rules, ("leave", 1, 2, WEAK)), recurs(X == 2)) == "refuted"


def test_part_of_a_component_may_be_fair_where_the_whole_is_not() -> None:
    """`leave` breaks every loop through 1, but a run may spin at 0, where `leave` is not enabled."""
    system = walk(("there", 0, 1, NONE), ("back", 1, 0, WEAK), ("spin", 0, 0, WEAK), ("leave", 1, 2, STRONG))
    assert answer(system, recurs(X == 2)) == "refuted"
    assert answer(system, never(X == 1)) == "proved"


def test_loop_is_made_of_steps_not_of_states() -> None:
    """0, 1, 2 are one component, but no loop leaves 1 out."""
    system = walk(("a", 0, 1, WEAK), ("b", 1, 2, WEAK), ("c", 2, 0, WEAK))
    assert answer(system, recurs(X == 1)) == "proved"
    assert answer(system, leads(X == 2, X == 1)) == "proved"


def test_two_fair_actions_that_are_both_served_do_not_prove_what_is_false() -> None:
    system = walk(("a", 0, 1, WEAK), ("b", 1, 0, WEAK), ("leave", 0, 2, NONE))
    assert answer(system, recurs(X == 2)) == "refuted"
    assert answer(system, never(taken("a"), taken("b"))) == "refuted"


def test_two_fair_actions_are_needed_where_each_closes_one_way_round() -> None:
    """A run can spin at 0, which only l0 ends, and at 1, which only l1 ends."""

    def system(first: Fairness, second: Fairness) -> System:
        return walk(
            ("move", 0, 1, NONE),
            ("s0", 0, 0, WEAK),
            ("s1", 1, 1, WEAK),
            ("l0", 0, 2, first),
            ("l1", 1, 2, second),
        )

    assert answer(system(WEAK, WEAK), recurs(X == 2)) == "proved"
    assert answer(system(WEAK, NONE), recurs(X == 2)) == "refuted"
    assert answer(system(NONE, WEAK), recurs(X == 2)) == "refuted"


def test_claim_may_assume_fairness_and_take_it_away() -> None:
    system = walk(("go", 0, 1, NONE))
    assert answer(system, recurs(X == 1, assuming={"go": WEAK})) == "proved"
    assert answer(walk(("go", 0, 1, WEAK)), recurs(X == 1, assuming={"go": NONE})) == "refuted"


def test_action_with_parameters_is_fair_as_a_whole_unless_it_says_each() -> None:
    chosen = {"choose": {"p": Range(0, 1)}, "fair": WEAK}
    assert answer(single(then=name("p"), **chosen), recurs(X == 1)) == "refuted"
    assert answer(single(then=name("p"), each=True, **chosen), recurs(X == 1)) == "proved"


# ----------------------------------------------------------------------------------------------------
# Outcomes


def test_fairness_of_an_action_promises_nothing_about_its_outcome() -> None:
    tails = outcome("tails", {X: 0})
    assert answer(single(then=None, fair=WEAK, results=[outcome("heads", {X: 1}), tails]), recurs(X == 1)) == "refuted"
    fair = outcome("heads", {X: 1}, fair=True)
    assert answer(single(then=None, fair=WEAK, results=[fair, tails]), recurs(X == 1)) == "proved"


def test_fair_outcome_is_due_only_if_its_action_is_taken_where_it_could_occur() -> None:
    def system(condition: object) -> System:
        heads = outcome("heads", {X: 2}, fair=True, when=condition)
        return single(then=None, fair=WEAK, results=[heads, outcome("tails", {X: 0}, when=X != 2)])

    assert answer(system(X == 0), recurs(X == 2)) == "proved"  # it stops in 2
    assert answer(system(X == 0), leads(True, X == 2)) == "proved"
    assert answer(system(X == 1), recurs(X == 2)) == "refuted"
    assert answer(system(X == 1), Reachable(id="r", sentence="", point=X == 2)) == "refuted"


def test_fair_outcome_of_an_action_that_another_loop_avoids_is_not_due() -> None:
    part = Component("c", actor="walker")
    x = part.variable("x", Range(0, 1), start=0)
    part.action("spin", when=x == 0, fair=WEAK)
    part.action("flip", when=x == 0, outcomes=[outcome("heads", {x: 1}, fair=True), outcome("tails")])
    system = compose("c", configuration=Configuration(), components=[part])
    assert answer(system, recurs(X == 1)) == "refuted"
    assert answer(system, recurs(X == 1, assuming={"flip": WEAK})) == "proved"


# ----------------------------------------------------------------------------------------------------
# Finite paths


def test_reset_acts_before_first() -> None:
    system = walk(("arm", 0, 1, NONE), ("reset", 1, 2, NONE), ("fire", 2, 3, NONE))

    def claim(since: object) -> Precedence:
        return Precedence(id="p", sentence="", first=X == 1, then=X == 3, since=since)  # type: ignore[arg-type]

    assert answer(system, claim(None)) == "proved"
    assert answer(system, claim(taken("reset"))) == "refuted"
    assert answer(system, claim(X == 1)) == "proved"  # reset and first at one point
    assert answer(system, Precedence(id="p", sentence="", first=X == 1, then=X == 4)) == "vacuous"


def test_first_counts_at_the_point_of_then() -> None:
    system = walk(("go", 0, 1, NONE))
    assert answer(system, Precedence(id="p", sentence="", first=X == 1, then=X == 1)) == "proved"
    assert answer(system, Precedence(id="p", sentence="", first=taken("go"), then=X == 0)) == "refuted"


def test_precedence_remembers_what_two_ways_to_one_state_have_seen() -> None:
    system = walk(("past", 0, 1, NONE), ("by", 0, 2, NONE), ("on", 1, 2, NONE), ("fire", 2, 3, NONE))
    assert answer(system, Precedence(id="p", sentence="", first=X == 1, then=X == 3)) == "refuted"


def test_invariant_may_speak_of_the_step_that_led_here() -> None:
    system = walk(("a", 0, 1, NONE, "one"), ("b", 0, 1, NONE, "two"))
    assert answer(system, Invariant(id="i", sentence="", when=X == 1, holds=by("one"))) == "refuted"
    assert answer(system, Invariant(id="i", sentence="", when=X == 1, holds=taken("a") | taken("b"))) == "proved"
    assert answer(system, Invariant(id="i", sentence="", when=X == 2, holds=False)) == "vacuous"


def test_step_invariant_reads_both_states() -> None:
    system = walk(("a", 0, 1, NONE), ("b", 1, 3, NONE))
    grows = StepInvariant(id="s", sentence="", holds=after(X) > X)
    assert answer(system, grows) == "proved"
    assert answer(system, StepInvariant(id="s", sentence="", holds=after(X) == X + 1)) == "refuted"
    one_by_one = StepInvariant(id="s", sentence="", holds=after(X) == X + 1, when=taken("a"))
    assert answer(system, one_by_one) == "proved"
    assert answer(system, StepInvariant(id="s", sentence="", holds=False, when=X == 3)) == "vacuous"


def test_deadlock_is_asked_of_the_named_actors() -> None:
    system = walk(("a", 0, 1, NONE, "one"), ("b", 1, 0, NONE, "two"))
    assert answer(system, DeadlockFree(id="d", sentence="")) == "proved"
    assert answer(system, DeadlockFree(id="d", sentence="", by=["one"])) == "refuted"
    assert answer(system, DeadlockFree(id="d", sentence="", by=["one"], except_=X == 1)) == "proved"
    assert answer(system, DeadlockFree(id="d", sentence="", given=["one"])) == "refuted"


def test_rescuers_may_go_where_those_given_cannot() -> None:
    system = walk(("break", 0, 1, NONE, "one"), ("detour", 1, 2, NONE, "two"), ("mend", 2, 0, NONE, "two"))

    def claim(**options: object) -> Recoverable:
        return Recoverable(id="r", sentence="", goal=X == 0, **options)  # type: ignore[arg-type]

    assert answer(system, claim(given=["one"], by=["two"])) == "proved"
    assert answer(system, claim(given=["one"])) == "proved"
    assert answer(system, claim(given=["one"], by=["one"])) == "refuted"
    assert answer(system, claim(barring=["mend"])) == "refuted"
    assert answer(system, claim(given=["two"])) == "vacuous"


def test_given_actors_decide_what_is_enabled_and_where_a_run_may_stop() -> None:
    system = walk(("a", 0, 1, NONE, "one"), ("b", 1, 2, WEAK, "two"))
    assert answer(system, leads(X == 1, X == 2)) == "proved"
    assert answer(system, leads(X == 1, X == 2, given=["one"])) == "refuted"
    assert answer(system, leads(X == 2, False, given=["one"])) == "vacuous"


# ----------------------------------------------------------------------------------------------------
# Initial states, domains, configurations


def test_one_initial_state_refutes_an_invariant_and_proves_a_reachability() -> None:
    system = walk(("a", 0, 1, NONE), start=[0, 4])
    assert answer(system, Invariant(id="i", sentence="", holds=X < 2)) == "refuted"
    assert answer(system, Reachable(id="r", sentence="", point=X == 4)) == "proved"
    assert answer(system, Reachable(id="r", sentence="", point=X == 3)) == "refuted"


def test_start_that_fits_no_formula_is_no_answer() -> None:
    part = Component("c", actor="walker")
    x = part.variable("x", Range(0, 2), start=ANY)
    part.initially((x > 1) & (x < 1))
    part.action("go", then={x: 0})
    with pytest.raises(NoInitialStateError):
        decide(compose("c", configuration=Configuration(), components=[part]), recurs(X == 0))


def test_step_that_would_leave_its_domain_does_not_exist_and_is_reported() -> None:
    system = single(then=X + 2)
    assert stays_in_domains(system) == {(): False}
    assert answer(system, Reachable(id="r", sentence="", point=X == 2)) == "proved"
    assert answer(system, DeadlockFree(id="d", sentence="")) == "refuted"
    assert stays_in_domains(single(then=(X + 2) % 4)) == {(): True}


def configured() -> System:
    configuration = Configuration()
    jump = configuration.setting("jump", Range(0, 3))
    configuration.require(jump != 2)
    part = Component("c", actor="walker")
    x = part.variable("x", Range(0, 3), start=0)
    part.action("go", when=x == 0, then={x: jump})
    return compose("c", configuration=configuration, components=[part])


def test_configurations_are_decided_one_by_one_and_only_valid_ones() -> None:
    small = Invariant(id="small", sentence="", when=X > 0, holds=X < 3)
    assert decide(configured(), small) == {
        (0,): ("proved", True),
        (1,): ("proved", False),
        (3,): ("refuted", False),
    }


def test_tradeoff_is_refuted_where_every_part_is_proved() -> None:
    small = Invariant(id="small", sentence="", holds=X < 3)
    moves = Reachable(id="moves", sentence="", point=X > 0)
    answers = decide_tradeoff(configured(), Tradeoff(id="t", sentence="", claims=("small", "moves")), [small, moves])
    assert {c: a.verdict for c, a in answers.items()} == {(0,): "proved", (1,): "refuted", (3,): "proved"}


# ----------------------------------------------------------------------------------------------------
# The oracle itself

EDGES = st.lists(
    st.builds(
        lambda s, t, a, o: Edge((s,), a, (), o, "walker", (t,)),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from("ab"),
        st.sampled_from("xy"),
    ),
    unique=True,
    min_size=1,
    max_size=7,
)


def loop_by_edge_sets(graph: Graph, promised: Promises, recurring: str) -> bool:
    """Try every set of steps."""
    sets = chain.from_iterable(combinations(graph.edges, n) for n in range(1, len(graph.edges) + 1))
    return any(_good(graph, promised, edges) and any(e.action == recurring for e in edges) for edges in sets)


def _good(graph: Graph, promised: Promises, edges: tuple[Edge, ...]) -> bool:
    """Say whether every step is followed by every other one, and all promises are kept."""
    states = {e.source for e in edges} | {e.target for e in edges}
    walkable = all({e.source for e in edges} <= reached([e.target], edges) for e in edges)
    kept = all(p.kept(graph, states, edges) for p in promised.actions)
    return walkable and kept and all(o.kept(graph, edges) for o in promised.outcomes)


@given(
    EDGES,
    st.lists(st.tuples(st.sampled_from("ab"), st.booleans()), max_size=2),
    st.sets(st.sampled_from("xy")),
)
def test_subsets_of_states_lose_nothing_against_subsets_of_steps(
    edges: list[Edge], fair: list[tuple[str, bool]], fair_outcomes: set[str]
) -> None:
    graph = Graph([(0,)], sorted({e.source for e in edges} | {e.target for e in edges}), edges)
    actions = [FairAction(action, [()], strong) for action, strong in fair]
    promised = Promises(actions, [FairOutcome("a", [()], o) for o in sorted(fair_outcomes)])
    found = fair_loop(graph, promised, edges, [lambda e: e.action == "b"])
    assert found == loop_by_edge_sets(graph, promised, "b")


def test_oracle_knows_neither_the_engines_nor_the_reference_semantics() -> None:
    imported: set[str] = set()
    for file in Path(tests.oracle.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    ours = {module for module in imported if module.startswith("tunnelproof")}
    assert ours == {
        "tunnelproof.model.language.domains",
        "tunnelproof.model.language.expressions",
        "tunnelproof.model.language.system",
        "tunnelproof.properties.claims",
    }
