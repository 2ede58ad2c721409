"""What a witness tells, on a system whose steps can be checked by hand."""

from __future__ import annotations

import pytest

from tunnelproof.evidence.certificate import WitnessKind
from tunnelproof.family.nearest import Change
from tunnelproof.model.language.component import STRONG, WEAK, Component, Configuration, compose
from tunnelproof.model.language.domains import Range
from tunnelproof.model.language.expressions import TRUE
from tunnelproof.model.language.formula import format_formula, parse_formula
from tunnelproof.model.language.system import Step, System
from tunnelproof.model.language.terms import name
from tunnelproof.properties.claims import Invariant, Recoverable, Response
from tunnelproof.rendering.fair_loop import promises
from tunnelproof.rendering.graph import CHEAP_ABOVE, dot_text
from tunnelproof.rendering.parting import first_blocked, parting, recovery
from tunnelproof.rendering.story import causes, environment, judgements, moments
from tunnelproof.verification.runs import Run
from tunnelproof.verification.ways_out import ways_out
from tunnelproof.verification.witness_graph import witness_graph


def tank() -> System:
    configuration = Configuration()
    limit = configuration.setting("limit", Range(1, 3))
    part = Component("tank", actor="pump")
    level = part.variable("level", Range(0, 3), start=0)
    stuck = part.variable("stuck", bool, start=False)
    part.derived("full", level >= limit)
    part.derived("alarm", name("full") & ~stuck)
    part.action("fill", when=(level < 3) & ~stuck, then={level: name("to")}, choose={"to": Range(1, 3)}, fair=WEAK)
    part.action("drain", when=name("full") & ~stuck, then={level: 0}, fair=STRONG)
    part.action("jam", when=name("full"), then={stuck: True})
    hand = Component("hand", actor="hand")
    hand.action("free", when=stuck, then={stuck: False})
    return compose("tank", configuration=configuration, components=[part, hand])


SYSTEM = tank()
FILL = Step("fill", (("to", 2),))


def formula(text: str):  # type: ignore[no-untyped-def]
    return parse_formula(text, {*SYSTEM.domains, *SYSTEM.definitions})


def run_of(limit: int, *states: tuple[int, bool], steps: tuple[Step, ...], kind=WitnessKind.TRACE, loop=None) -> Run:  # type: ignore[no-untyped-def]
    named = tuple({"level": level, "stuck": stuck} for level, stuck in states)
    return Run(kind, TRUE, 1, {"limit": limit}, steps, named, loop)


TRACE = run_of(2, (0, False), (2, False), (2, True), steps=(FILL, Step("jam")))


def test_moments_give_variables_then_derived_names() -> None:
    first, second = moments(SYSTEM, TRACE)
    assert [(c.name, c.old, c.new, c.derived) for c in first.changes] == [
        ("level", 0, 2, False),
        ("full", False, True, True),
        ("alarm", False, True, True),
    ]
    assert [(c.name, c.new) for c in second.changes] == [("stuck", True), ("alarm", False)]


def test_only_the_conjuncts_that_fail_are_named() -> None:
    claim = Invariant(id="a.b", sentence="S.", when=formula("full"), holds=formula("level <= 2 and not stuck"))
    when, holds = judgements(SYSTEM, claim, TRACE)
    assert (when.role, when.holds) == ("when", True)
    assert [format_formula(part) for part in holds.parts] == ["not stuck"]
    assert (holds.after, holds.holds) == (2, False)


def test_causes_open_derived_names_down_to_variables() -> None:
    env = environment(SYSTEM, TRACE.configuration, TRACE.states[1])
    found = causes(SYSTEM, formula("not alarm"), env)
    (alarm,) = found.causes
    assert (format_formula(alarm.formula), alarm.value) == ("alarm", True)
    assert [format_formula(c.formula) for c in alarm.causes] == ["full", "stuck"]
    full = alarm.causes[0]
    assert full.definition is not None and format_formula(full.definition) == "level >= limit"
    assert [(format_formula(c.formula), c.value) for c in full.causes] == [("level", 2), ("limit", 2)]


def test_parting_finds_the_guard_that_forbids_a_step() -> None:
    there = parting(SYSTEM, TRACE, [Change("limit", 2, 3)])
    assert there is not None
    assert (there.blocked, [format_formula(part) for part in there.guard]) == (2, ["full"])
    assert [(number, [c.name for c in changed]) for number, changed in there.differences] == [(1, ["full", "alarm"])]


def test_parting_says_if_all_steps_can_be_taken() -> None:
    there = parting(SYSTEM, TRACE, [Change("limit", 2, 1)])
    assert there is not None and there.blocked is None
    assert there.run.states == TRACE.states


def test_promises_are_kept_by_taking_or_by_not_being_enabled() -> None:
    claim = Response(id="a.b", sentence="S.", trigger=formula("full"), response=formula("level = 3"))
    loop = run_of(2, (0, False), (2, False), (0, False), steps=(FILL, Step("drain")), kind=WitnessKind.LASSO, loop=0)
    assert [(p.name, p.step, p.broken) for p in promises(SYSTEM, claim, loop)] == [
        ("fill", 1, False),
        ("drain", 2, False),
    ]
    idle = run_of(2, (0, False), (2, False), (2, True), steps=TRACE.steps, kind=WitnessKind.LASSO, loop=2)
    assert [(p.name, p.enabled, p.broken) for p in promises(SYSTEM, claim, idle)] == [
        ("fill", 0, False),
        ("drain", 0, False),
    ]
    unfair = run_of(2, (0, False), (2, False), (2, False), steps=(FILL, FILL), kind=WitnessKind.LASSO, loop=1)
    assert [p.broken for p in promises(SYSTEM, claim, unfair)] == [False, True]


RECOVERABLE = Recoverable(id="a.b", sentence="S.", goal=formula("level = 0"), by=("pump",))
TRAP = Run(WitnessKind.TRAP, TRUE, 1, {"limit": 2}, TRACE.steps, TRACE.states, None, ({"level": 2, "stuck": True},))


def test_way_out_of_a_trap_is_the_action_of_somebody_else() -> None:
    (way,) = ways_out(SYSTEM, RECOVERABLE, TRAP) or ()
    assert (way.action, way.actor, way.steps, way.after) == ("free", "hand", 1, {"level": 2, "stuck": False})


def test_barred_action_is_a_way_out_too() -> None:
    barring = Recoverable(id="a.b", sentence="S.", goal=formula("level = 0"), barring=("drain",))
    run = Run(WitnessKind.TRAP, TRUE, 1, {"limit": 2}, (FILL,), TRACE.states[:2], None, ({"level": 2, "stuck": False},))
    assert [(way.action, way.steps) for way in ways_out(SYSTEM, barring, run) or ()] == [("drain", 0)]


def test_search_for_ways_out_that_is_given_up_is_not_one_that_found_none() -> None:
    assert ways_out(SYSTEM, RECOVERABLE, TRAP, limit=1) is None


def test_recovery_elsewhere_and_where_it_is_blocked_here() -> None:
    free = run_of(2, (2, False), steps=())
    way = recovery(SYSTEM, RECOVERABLE, free)
    assert way == (Step("drain"),)
    assert recovery(SYSTEM, RECOVERABLE, TRAP) is None
    blocked = first_blocked(SYSTEM, TRAP, way)
    assert blocked is not None
    assert (blocked[0], [format_formula(part) for part in blocked[1]]) == (1, ["not stuck"])


# --- graphs -----------------------------------------------------------------------------------------------------------


def test_graph_of_a_trap_has_its_missing_exit() -> None:
    graph = witness_graph(TRAP, SYSTEM, RECOVERABLE)
    assert [(tail, head, data["kind"], data["action"]) for tail, head, data in graph.edges(data=True)] == [
        (0, 1, "step", "fill"),
        (1, 2, "step", "jam"),
        (2, 2, "trap", "jam"),
        (2, 1, "missing", "free"),
    ]
    assert [data["role"] for _, data in graph.nodes(data=True)] == ["start", "step", "trap"]


def test_graph_of_a_loop_closes() -> None:
    loop = run_of(2, (0, False), (2, False), (0, False), steps=(FILL, Step("drain")), kind=WitnessKind.LASSO, loop=0)
    graph = witness_graph(loop, SYSTEM)
    assert sorted(graph.edges()) == [(0, 1), (1, 0)]
    assert graph.nodes[0]["state"] == {"level": 0, "stuck": False}
    assert "fill(to=2)" in dot_text(graph)


def test_idling_is_drawn() -> None:
    idle = run_of(2, (0, False), steps=(), kind=WitnessKind.LASSO, loop=0)
    assert [data["kind"] for _, _, data in witness_graph(idle, SYSTEM).edges(data=True)] == ["idle"]


@pytest.mark.parametrize("states", [CHEAP_ABOVE, CHEAP_ABOVE + 1])
def test_large_graphs_are_drawn_cheaply(states: int) -> None:
    configuration, part = Configuration(), Component("c", actor="a")
    count = part.variable("count", Range(0, 200), start=0)
    part.action("more", when=count < 200, then={count: count + 1})
    system = compose("counter", configuration=configuration, components=[part])
    run = Run(
        WitnessKind.TRACE, TRUE, 1, {}, (Step("more"),) * (states - 1), tuple({"count": n} for n in range(states))
    )
    assert ("splines=line" in dot_text(witness_graph(run, system))) is (states > CHEAP_ABOVE)
