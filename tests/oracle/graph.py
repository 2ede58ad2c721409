"""The states and steps of one configuration, found by trying everything."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from tests.oracle.values import Point, StepTaken, Value, value

from tunnelproof.model.language.domains import Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import Action, Outcome, System

State = tuple[Value, ...]
Configuration = tuple[Value, ...]
Choice = tuple[tuple[str, Value], ...]


class Edge(NamedTuple):
    """One step: an action with its choice of parameters and its outcome, from a state to a state."""

    source: State
    action: str
    choice: Choice
    outcome: str
    actor: str
    target: State


def values_of(domain: Domain) -> list[Value]:
    """List the values of a domain."""
    match domain:
        case Bool():
            return [False, True]
        case Enum(members=members):
            return list(members)
        case Range(lo=lo, hi=hi):
            return list(range(lo, hi + 1))


def configurations(system: System) -> list[Configuration]:
    """List the valid configurations, in the order of declaration."""
    names = [v.name for v in system.configuration]
    every = product(*(values_of(v.domain) for v in system.configuration))
    return [c for c in every if all(value(r, Point(dict(zip(names, c, strict=True)), {})) for r in system.constraints)]


class World:
    """One configuration of a system: its initial states and the steps of every state."""

    def __init__(self, system: System, configuration: Configuration) -> None:
        self.system = system
        self.configuration = configuration
        self.rigid = dict(zip([v.name for v in system.configuration], configuration, strict=True))
        self.definitions: dict[str, Expr] = {d.name: d.definition for d in system.derived}
        self.known: dict[State, list[Edge]] = {}

    def initial(self) -> list[State]:
        """List the states that fit every variable's start and every initial formula."""
        rigid = Point(self.rigid, {})
        starts = [
            values_of(v.domain) if v.start is None else [value(e, rigid) for e in v.start]
            for v in self.system.variables
        ]
        fit = [s for s in product(*starts) if all(self.holds(f, s) for f in self.system.initially)]
        return list(dict.fromkeys(fit))

    def names(self, state: State) -> dict[str, Value]:
        """Return the values of configuration variables and variables."""
        return {**self.rigid, **dict(zip([v.name for v in self.system.variables], state, strict=True))}

    def holds(self, formula: Expr, state: State, edge: Edge | None = None) -> bool:
        """Say whether a point predicate holds at a state to which the edge led (or no step, at rest)."""
        return bool(value(formula, Point(self.names(state), self.definitions, _taken(edge))))

    def holds_over(self, formula: Expr, edge: Edge) -> bool:
        """Say whether a step predicate holds of the edge."""
        before, after = self.names(edge.source), self.names(edge.target)
        return bool(value(formula, Point(before, self.definitions, _taken(edge), after)))

    def steps(self, state: State, actors: Iterable[str] | None = None) -> list[Edge]:
        """List the steps that the actors (default: everybody) can take in the state."""
        if state not in self.known:
            tried = ((a, c, o, self._after(state, a, c, o)) for a, c, o in _everything(self.system))
            self.known[state] = [
                Edge(state, action.name, choice, outcome.name, action.actor, after)
                for action, choice, outcome, after in tried
                if after is not None and self._fits(after)
            ]
        return [e for e in self.known[state] if actors is None or e.actor in actors]

    def leaves_domains(self, state: State) -> bool:
        """Say whether some assignment of an enabled outcome would leave its variable's domain."""
        tried = (self._after(state, a, c, o) for a, c, o in _everything(self.system))
        return any(after is not None and not self._fits(after) for after in tried)

    def _after(self, state: State, action: Action, choice: Choice, outcome: Outcome) -> State | None:
        point = Point({**self.names(state), **dict(choice)}, self.definitions)
        if not value(action.guard, point) or not value(outcome.when, point):
            return None
        assigned = {name: value(expr, point) for name, expr in outcome.effects}
        return tuple(assigned.get(v.name, old) for v, old in zip(self.system.variables, state, strict=True))

    def _fits(self, state: State) -> bool:
        return all(x in values_of(v.domain) for v, x in zip(self.system.variables, state, strict=True))


@lru_cache(maxsize=2)
def worlds(system: System) -> list[World]:
    """List the worlds of all valid configurations; the same ones for each claim about a system."""
    return [World(system, c) for c in configurations(system)]


class Graph:
    """The states that some actors' steps lead to from the given ones, and all those steps."""

    def __init__(self, initial: list[State], states: list[State], edges: list[Edge]) -> None:
        self.initial, self.states, self.edges = initial, states, edges
        self._leaving: dict[State, list[Edge]] = {}
        for edge in edges:
            self._leaving.setdefault(edge.source, []).append(edge)

    def leaving(self, state: State) -> list[Edge]:
        """List the steps of a state."""
        return self._leaving.get(state, [])


def explore(world: World, start: list[State], actors: Iterable[str] | None, barring: Iterable[str] = ()) -> Graph:
    """Follow the actors' steps, less the barred actions, from the start states."""
    seen = dict.fromkeys(start)
    edges: list[Edge] = []
    waiting = list(seen)
    while waiting:
        found = [e for e in world.steps(waiting.pop(), actors) if e.action not in barring]
        edges += found
        new = [t for t in dict.fromkeys(e.target for e in found) if t not in seen]
        seen |= dict.fromkeys(new)
        waiting += new
    return Graph(start, list(seen), edges)


@lru_cache(maxsize=2)
def _everything(system: System) -> list[tuple[Action, Choice, Outcome]]:
    """List every action with every choice of its parameters and every outcome."""
    return [(a, c, o) for a in system.actions for c in choices(a) for o in a.outcomes]


def choices(action: Action) -> list[Choice]:
    """List the action's choices of parameters."""
    return list(product(*([(p.name, v) for v in values_of(p.domain)] for p in action.parameters)))


def reached(start: Iterable[State], edges: Iterable[Edge]) -> set[State]:
    """Return the states to which the edges lead from the start, these included."""
    found, edges = set(start), list(edges)
    while True:
        more = {e.target for e in edges if e.source in found} - found
        if not more:
            return found
        found |= more


def _taken(edge: Edge | None) -> StepTaken | None:
    return None if edge is None else StepTaken(edge.action, edge.outcome, edge.actor)
