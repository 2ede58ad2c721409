"""What evidence has to be, by brute force: closed sets, ranks, and replays of traces, lassos and traps.

Levels (why no fair run stays) and invariants are not here: their definition is not much shorter than a checker's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from tests.oracle.graph import Choice, Configuration, Edge, Graph, State, World, explore
from tests.oracle.rescue import is_rescued
from tests.oracle.runs import FairAction, promises
from tests.oracle.words import holds_on

from tunnelproof.model.language.expressions import Expr, reads
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Fair,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    expressions_of,
)

Point = tuple[State, Edge | None]
Taken = tuple[str, Choice, str]  # an action, its choice of parameters, its outcome


class Witness(NamedTuple):
    """Steps that should settle a claim; a lasso whose stem (``loop``) is all of them idles for ever."""

    kind: str
    steps: Sequence[Taken]
    loop: int | None = None


def part_of(system: System, names: Collection[str], actions: Collection[str]) -> System:
    """Return the part of a system with only these variables, configuration variables and actions.

    Effects on other variables are left out, and initial formulas that read them.
    """
    kept = [a for a in system.actions if a.name in actions]
    cut = [
        replace(a, outcomes=tuple(replace(o, effects=tuple(e for e in o.effects if e[0] in names)) for o in a.outcomes))
        for a in kept
    ]
    return replace(
        system,
        configuration=tuple(v for v in system.configuration if v.name in names),
        constraints=(),
        variables=tuple(v for v in system.variables if v.name in names),
        initially=tuple(f for f in system.initially if _opened(f, system) <= set(names)),
        actions=tuple(cut),
    )


def lacks(part: System, claim: Claim) -> bool:
    """Say whether the claim, or an action of a part, reads a variable that the part has not."""
    exprs = [*expressions_of(claim), *(expr for action in part.actions for expr in action.expressions)]
    parameters = {p.name for action in part.actions for p in action.parameters}
    return any(not _opened(expr, part) - parameters <= set(part.domains) for expr in exprs)


def _opened(expr: Expr, system: System) -> set[str]:
    """Return what an expression reads, with derived names written out."""
    definitions = {d.name: d.definition for d in system.derived}
    found: set[str] = set()
    for name in reads(expr):
        found |= _opened(definitions[name], system) if name in definitions else {name}
    return found


# --- closed sets and ranks --------------------------------------------------------------------------------------------


def is_closed(part: System, asked: Iterable[Configuration], rows: Collection[tuple[Configuration, State]]) -> bool:
    """Say whether the rows have every initial state of the configurations asked about, and all that steps lead to."""
    inside: dict[Configuration, set[State]] = {}
    for configuration, state in rows:
        inside.setdefault(configuration, set()).add(state)
    for configuration in {*inside, *asked}:
        world, states = World(part, configuration), inside.get(configuration, set())
        if configuration in asked and not set(world.initial()) <= states:
            return False
        if any(edge.target not in states for state in states for edge in world.steps(state)):
            return False
    return True


def ranks_fall(
    world: World, claim: Recoverable, ranks: Mapping[State, int], prices: Mapping[State, int] | None = None
) -> bool:
    """Say whether from every reachable state helping steps lead down the ranks to a goal, which has rank 0.

    If the claim says what that may cost, ``prices`` must fall by what each of these steps costs, and never below zero.
    """
    known: dict[State, bool] = {}
    states = explore(world, world.initial(), claim.given).states
    cost = {action.name: action.price for action in world.system.actions}
    if claim.within is not None:
        if prices is None or any(not 0 <= prices.get(state, -1) <= claim.within for state in states):
            return False
        ranks = {state: rank for state, rank in ranks.items() if prices.get(state, -1) >= 0}

    def falls(edge: Edge) -> bool:
        if claim.within is None or prices is None or edge.target not in prices or edge.source not in prices:
            return claim.within is None
        return prices[edge.target] + cost[edge.action] <= prices[edge.source]

    def leads(state: State) -> bool:
        if state not in known:
            rank = ranks.get(state, -1)
            below = [e.target for e in world.steps(state, claim.by) if e.action not in claim.barring and falls(e)]
            known[state] = (
                world.holds(claim.goal, state)
                if rank == 0
                else any(0 <= ranks.get(target, -1) < rank and leads(target) for target in below)
            )
        return known[state]

    return all(leads(state) for state in states)


# --- witnesses --------------------------------------------------------------------------------------------------------


def settles(world: World, claim: Claim, witness: Witness) -> bool:
    """Say whether the steps can be taken from some initial state, and settle the claim."""
    paths = (_path(world, claim, start, witness.steps) for start in world.initial())
    return any(_settled(world, claim, witness, path) for path in paths if path is not None)


def _path(world: World, claim: Claim, start: State, steps: Sequence[Taken]) -> list[Point] | None:
    """Return the points of the run that takes these steps, if there is one."""
    path: list[Point] = [(start, None)]
    for step in steps:
        found = [e for e in world.steps(path[-1][0], claim.given) if (e.action, e.choice, e.outcome) == step]
        if not found:
            return None
        path.append((found[0].target, found[0]))
    return path


def _settled(world: World, claim: Claim, witness: Witness, path: list[Point]) -> bool:
    last, edge = path[-1]
    match claim, witness.kind:
        case Invariant(), "trace":
            asked = claim.when is None or world.holds(claim.when, last, edge)
            return asked and not world.holds(claim.holds, last, edge)
        case Reachable(), "trace":
            return world.holds(claim.point, last, edge)
        case StepInvariant(), "trace":
            asked = edge is not None and (claim.when is None or world.holds_over(claim.when, edge))
            return edge is not None and asked and not world.holds_over(claim.holds, edge)
        case DeadlockFree(), "trace":
            moves = [e for e in world.steps(last, claim.given) if claim.by is None or e.actor in claim.by]
            return not moves and (claim.except_ is None or not world.holds(claim.except_, last))
        case Precedence(), "trace":
            return world.holds(claim.then, last, edge) and not _preceded(world, claim, path)
        case Recoverable(), "trap":
            if claim.within is not None:
                return not is_rescued(claim, world, last)
            return not any(world.holds(claim.goal, s) for s in explore(world, [last], claim.by, claim.barring).states)
        case Fair(), "lasso":
            loop = witness.loop
            return loop is not None and 0 <= loop < len(path) and _goes_on_for_ever(world, claim, path, loop)
    return False


def _preceded(world: World, claim: Precedence, path: list[Point]) -> bool:
    """Say whether ``first`` has held at the end, or before it since the last reset."""
    for point in reversed(path):
        if world.holds(claim.first, *point):
            return True
        if claim.since is not None and world.holds(claim.since, *point):
            return False
    return False


def _goes_on_for_ever(world: World, claim: Fair, path: list[Point], loop: int) -> bool:
    """Say whether the path's end is its loop's beginning (or may idle), the loop is fair, and the claim false on it."""
    states = explore(world, world.initial(), claim.given)
    graph, last = Graph(states.initial, states.states, states.edges), path[-1][0]
    promised = promises(world.system, claim)
    edges = [edge for _, edge in path[loop + 1 :] if edge is not None]
    if not edges:
        return promised.may_stop(graph, last) and _false_with(world, claim, path, [(last, None)])
    return (
        path[loop][0] == last
        and all(_kept(promise, graph, edges) for promise in promised.actions)
        and all(promise.kept(graph, edges) for promise in promised.outcomes)
        and _false_with(world, claim, path, path[loop + 1 :])
    )


def _kept(promise: FairAction, graph: Graph, edges: list[Edge]) -> bool:
    return promise.kept(graph, [edge.source for edge in edges], edges)


def _false_with(world: World, claim: Fair, path: list[Point], for_ever: list[Point]) -> bool:
    """Say whether the claim is false on the run along the path whose last points come for ever."""

    def recurs(formula: Expr) -> bool:
        return any(world.holds(formula, *point) for point in for_ever)

    match claim:
        case Recurrence():
            return not recurs(claim.point)
        case NeverForever():
            return all(recurs(point) for point in claim.points)
        case Response():
            unanswered = [*path, *for_ever]
            answers = [i for i, point in enumerate(unanswered) if world.holds(claim.response, *point)]
            after = unanswered[answers[-1] + 1 :] if answers else unanswered
            return not recurs(claim.response) and any(world.holds(claim.trigger, *point) for point in after)
        case Ltl():
            run = [*path, *for_ever]
            return not holds_on(claim.formula, run, len(path), lambda instant, point: world.holds(instant, *point))
    raise AssertionError(claim.kind)
