"""A brute-force decider, to hold the engines against: obviously right, and slow.

It shares with the product the data classes of models and claims, and nothing that gives them a meaning:
neither `tunnelproof.semantics` nor any engine. Each configuration is decided alone, on a graph of its
states and steps.

A *point* is a start, without a step, or a step with its target. Where fair runs are meant, a stopped run
has one more point: its last state at rest. Claims about finite paths (invariants, reachability,
precedence) do not see that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.oracle.branching import Branching
from tests.oracle.graph import (
    Configuration,
    Edge,
    Graph,
    State,
    World,
    configurations,
    explore,
    reached,
    worlds,
)
from tests.oracle.linear import Tableau
from tests.oracle.rescue import is_rescued
from tests.oracle.runs import Promises, TooLargeError, fair_loop, promises
from tests.oracle.temporal import asked_of

from tunnelproof.model.language.expressions import Apply, Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    Tradeoff,
)


class Answer(NamedTuple):
    """The verdict for one configuration; ``vacuous`` says of a proof that the trigger never occurs."""

    verdict: str
    vacuous: bool = False


class NoInitialStateError(Exception):
    """A valid configuration has no initial state: there is nothing to decide."""


PROVED, REFUTED, VACUOUS = Answer("proved"), Answer("refuted"), Answer("proved", vacuous=True)


def decide(system: System, claim: Claim) -> dict[Configuration, Answer]:
    """Return the answer for every valid configuration.

    Raises `NoInitialStateError`; for liveness `TooLargeError`.
    """
    decider = DECIDERS[type(claim)]
    found = {}
    for world in worlds(system):
        if not world.initial():
            raise NoInitialStateError(world.configuration)
        graph = explore(world, world.initial(), claim.given)
        found[world.configuration] = decider(claim, world, graph)
    return found


def decide_tradeoff(system: System, claim: Tradeoff, claims: Sequence[Claim]) -> dict[Configuration, Answer]:
    """Return the answer of a trade-off: refuted where all its parts are proved."""
    parts = [decide(system, part) for part in claims if part.id in claim.claims]
    return {
        c: REFUTED if all(part[c].verdict == "proved" for part in parts) else PROVED for c in configurations(system)
    }


def stays_in_domains(system: System) -> dict[Configuration, bool]:
    """Say for every valid configuration whether no reachable step assigns a value outside its domain."""
    return {
        w.configuration: not any(w.leaves_domains(s) for s in explore(w, w.initial(), None).states)
        for w in worlds(system)
    }


def _points(graph: Graph) -> list[tuple[State, Edge | None]]:
    """List the points of finite paths."""
    return [*((s, None) for s in graph.initial), *((e.target, e) for e in graph.edges)]


def _answer(good: bool, triggered: bool = True) -> Answer:
    if not good:
        return REFUTED
    return PROVED if triggered else VACUOUS


def _invariant(claim: Invariant, world: World, graph: Graph) -> Answer:
    asked = [p for p in _points(graph) if claim.when is None or world.holds(claim.when, *p)]
    return _answer(all(world.holds(claim.holds, *p) for p in asked), claim.when is None or bool(asked))


def _step_invariant(claim: StepInvariant, world: World, graph: Graph) -> Answer:
    asked = [e for e in graph.edges if claim.when is None or world.holds_over(claim.when, e)]
    return _answer(all(world.holds_over(claim.holds, e) for e in asked), claim.when is None or bool(asked))


def _reachable(claim: Reachable, world: World, graph: Graph) -> Answer:
    return _answer(any(world.holds(claim.point, *p) for p in _points(graph)))


def _precedence(claim: Precedence, world: World, graph: Graph) -> Answer:
    """Walk over (state, whether `first` has been seen since the last reset)."""

    def seen_at(point: tuple[State, Edge | None], seen: bool) -> bool:
        if claim.since is not None and world.holds(claim.since, *point):
            seen = False
        return seen or world.holds(claim.first, *point)

    good = True
    visited: set[tuple[State, bool]] = set()
    waiting: list[tuple[tuple[State, Edge | None], bool]] = [((s, None), False) for s in graph.initial]
    while waiting:
        point, before = waiting.pop()
        seen = seen_at(point, before)
        if world.holds(claim.then, *point) and not seen:
            good = False
        if (point[0], seen) not in visited:
            visited.add((point[0], seen))
            waiting += [((e.target, e), seen) for e in graph.leaving(point[0])]
    return _answer(good, any(world.holds(claim.then, *p) for p in _points(graph)))


def _deadlock_free(claim: DeadlockFree, world: World, graph: Graph) -> Answer:
    asked = [s for s in graph.states if claim.except_ is None or not world.holds(claim.except_, s)]
    return _answer(all(any(claim.by is None or e.actor in claim.by for e in graph.leaving(s)) for s in asked))


def _recoverable(claim: Recoverable, world: World, graph: Graph) -> Answer:
    """The rescuers' steps need not be steps of those who led here, and may lead to new states."""
    wider = explore(world, graph.states, claim.by, claim.barring)
    backwards = [e._replace(source=e.target, target=e.source) for e in wider.edges]
    rescued = reached([s for s in wider.states if world.holds(claim.goal, s)], backwards)
    if claim.within is not None:
        rescued = {s for s in graph.states if is_rescued(claim, world, s)}
    lost = [s for s in graph.states if not world.holds(claim.goal, s)]
    return _answer(set(graph.states) <= rescued, bool(lost))


def _recurrence(claim: Recurrence, world: World, graph: Graph) -> Answer:
    promised = promises(world.system, claim)
    stuck = any(promised.may_stop(graph, s) and not world.holds(claim.point, s) for s in graph.states)
    without = [e for e in graph.edges if not world.holds(claim.point, e.target, e)]
    return _answer(not stuck and not fair_loop(graph, promised, without))


def _never_forever(claim: NeverForever, world: World, graph: Graph) -> Answer:
    promised = promises(world.system, claim)
    stuck = any(promised.may_stop(graph, s) and all(world.holds(p, s) for p in claim.points) for s in graph.states)

    def recurs(point: Expr) -> Callable[[Edge], bool]:
        return lambda e: world.holds(point, e.target, e)

    return _answer(not stuck and not fair_loop(graph, promised, graph.edges, [recurs(p) for p in claim.points]))


def _response(claim: Response, world: World, graph: Graph) -> Answer:
    """A trigger without a response starts a tail without one; the tail stops or goes round."""
    promised = promises(world.system, claim)
    resting = [(s, None) for s in graph.states if promised.may_stop(graph, s)]
    triggers = [p for p in [*_points(graph), *resting] if world.holds(claim.trigger, *p)]
    open_at = {state for state, edge in triggers if not world.holds(claim.response, state, edge)}
    silent = [e for e in graph.edges if not world.holds(claim.response, e.target, e)]
    tail = reached(open_at, silent)
    stuck = any(state in tail and not world.holds(claim.response, state) for state, _ in resting)
    good = not stuck and not fair_loop(graph, promised, [e for e in silent if e.source in tail])
    return _answer(good, bool(triggers))


def _ctl(claim: Ctl, world: World, graph: Graph) -> Answer:
    branching = Branching(world, graph, promises(world.system, claim))
    return _answer(branching.where(claim.formula) >= set(graph.initial), branching.is_triggered(claim.formula))


def _ltl(claim: Ltl, world: World, graph: Graph) -> Answer:
    promised = promises(world.system, claim)
    wrong = Tableau(Apply("not", (claim.formula,)), world, graph, promised)
    points = [*_points(graph), *((s, None) for s in graph.states if promised.may_stop(graph, s))]
    asked = asked_of(claim.formula)
    triggered = not asked or any(world.holds(left, *point) for left in asked for point in points)
    return _answer(not wrong.is_satisfied(), triggered)


DECIDERS: dict[type[Claim], Callable[..., Answer]] = {
    Invariant: _invariant,
    StepInvariant: _step_invariant,
    Reachable: _reachable,
    Precedence: _precedence,
    DeadlockFree: _deadlock_free,
    Recoverable: _recoverable,
    Recurrence: _recurrence,
    NeverForever: _never_forever,
    Response: _response,
    Ltl: _ltl,
    Ctl: _ctl,
}

__all__ = [
    "Configuration",
    "Edge",
    "State",
    "Answer",
    "Graph",
    "NoInitialStateError",
    "Promises",
    "TooLargeError",
    "World",
    "configurations",
    "decide",
    "decide_tradeoff",
    "explore",
    "reached",
    "stays_in_domains",
    "worlds",
]
