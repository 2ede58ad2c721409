"""Suites made from a model: which goals there are, in which configurations they are met, and by which walks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tunnelproof.conformance.testgen.choosing import cover
from tunnelproof.conformance.testgen.classes import names_read
from tunnelproof.conformance.testgen.goals import SIGHTS, Criterion, Goal, GoalFinder, Known, Piece, Sighting
from tunnelproof.conformance.testgen.postman import postman
from tunnelproof.conformance.testgen.walking import Planner, Route, Terrain
from tunnelproof.errors import NothingToCheck, UsageError
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.rows import Numbers
from tunnelproof.family.factors import TooManyCombinations
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.semantics.step import Values
from tunnelproof.verification.exploring import explored_in_parts, sound_space
from tunnelproof.verification.suites import Coverage, Suite, Test

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a suite may go: the steps of one test, and the states of a configuration, which else is left out."""

    steps: int | None = None
    states: int = 1_000_000


MOST_GOALS = 10_000_000  # of all configurations, each by itself: nobody runs more, and they are kept in memory

_COUNTED = {
    (Criterion.ACTIONS, False): "a step (action, parameters, outcome) and what its rule reads of the configuration",
    (Criterion.ACTIONS, True): "a step (action, parameters, outcome) in a configuration",
    (Criterion.TRANSITIONS, False): "a step in a state, with what its rule reads of the configuration and what is seen "
    "after it",
    (Criterion.TRANSITIONS, True): "a step in a state in a configuration",
    (Criterion.GOALS, False): "a goal given",
    (Criterion.GOALS, True): "a goal given, in a configuration",
}


def suite_of_walks(
    system: System,
    criterion: Criterion,
    *,
    where: Expr | str | None = None,
    goals: Sequence[Goal] = (),
    each: bool = False,
    bounds: Bounds = Bounds(),
    progress: Progress = lambda _: None,
) -> Suite:
    """Return tests that meet every goal of the criterion (actions, transitions or goals) that can be met."""
    space, unchecked = sound_space(system, where, progress)
    if unchecked is not None:
        raise NothingToCheck("TP307", f"no suite can be made: {unchecked}", hint="see `tunnelproof lint`")
    asked = Asked(system, space, (goal.when for goal in goals))
    finder = GoalFinder(asked.cut, criterion, goals, each, bounds.steps)
    making = _Making(asked, finder, bounds, progress)
    tests = making.tests_for_each() if each else making.tests_for_all()
    coverage = Coverage(
        criterion.value,
        _COUNTED[criterion, each],
        space.count(),
        len({tuple(test.configuration.values()) for test in tests}),
        making.reachable,
        making.covered,
        making.least if each else making.covered if criterion is not Criterion.GOALS else 0,
        tuple(making.unreachable()),
        tuple(making.limits()),
    )
    return Suite(system, tuple(tests), coverage, "" if where is None else str(where))


class Asked:
    """The configurations asked about, as far as anything in the model reads them, or one of the formulas ``asked``."""

    def __init__(self, system: System, space: ConfigurationSpace, asked: Iterable[Expr]) -> None:
        self.system, self.space = system, space
        self.names = space.columns(names_read(system).union(*map(system.reads, asked)) & space.named.keys())
        self.cut = self.cut_to(self.names)
        self.rows = self.projected(self.names)

    def cut_to(self, names: Sequence[str]) -> System:
        """Return the system with these configuration variables only."""
        return replace(self.system, configuration=self.space.declared(names), constraints=())

    def projected(self, names: Sequence[str]) -> tuple[Values, ...]:
        """Return the combinations of these configuration variables' values, least first."""
        try:
            return self.space.project(names)
        except TooManyCombinations as many:
            message = f"there are too many configurations to list: {many}"
            raise UsageError("TP076", message, hint="ask about fewer of them with --where") from None

    def configuration(self, row: Values) -> dict[str, Value]:
        """Return the least whole configuration with these values of ``names``."""
        return self.space.least_extension(self.names, row)


class _Making:
    """A suite while it is made."""

    def __init__(self, asked: Asked, finder: GoalFinder, bounds: Bounds, progress: Progress) -> None:
        self.asked, self.finder = asked, finder
        self.reachable = self.covered = self.least = 0
        self._longest, self._most, self._progress = bounds.steps, bounds.states, progress
        self._looked_at = self._too_large = 0
        self._met: set[int] = set()
        self._tests: list[Test] = []

    def tests_for_each(self) -> list[Test]:
        """Cover what can be met in each configuration by itself."""
        for part, graph in explored_in_parts(self.asked.cut, self.asked.rows, self._most, self._progress):
            if self.reachable > MOST_GOALS:
                break
            self._note(part, graph)
            if graph is None:
                continue
            self.finder.note_taken(graph)
            for piece in self.finder.pieces(graph):
                wanted = piece.goals.tolist()
                self._met.update(wanted)
                self.reachable += len(wanted)
                self._plan(piece, set(wanted))
        return self._tests

    def tests_for_all(self) -> list[Test]:
        """Cover what can be met in any configuration, in few configurations."""
        chosen, missing = self._chosen()
        places = {row: i for i, row in enumerate(chosen)}
        pieces: dict[int, Piece] = {}
        for _, graph in explored_in_parts(
            self.asked.cut, [row for row in self.asked.rows if row in places], self._most
        ):
            assert graph is not None
            pieces |= {places[piece.configuration]: piece for piece in self.finder.pieces(graph)}
        for i in sorted(pieces):
            wanted = missing.intersection(pieces[i].goals.tolist())
            missing -= wanted
            missing |= self._plan(pieces.pop(i), wanted)
            self._progress(f"{len(self._tests)} tests")
        return self._tests

    def _chosen(self) -> tuple[list[Values], set[int]]:
        """Return few configurations that together meet every goal that tests can meet, and these goals."""
        asked, finder = self.asked, self.finder
        names = asked.space.columns(finder.reads & set(asked.names))
        longer = self._longer(names)
        reachable, near = Known(), Known()
        chosen: list[tuple[Values, Numbers]] = []
        for part, graph in explored_in_parts(asked.cut_to(names), asked.projected(names), self._most, self._progress):
            self._note(part, graph)
            if graph is None:
                continue
            found: list[tuple[Sighting, Numbers]] = []
            for sighting in finder.sightings(graph, longer):
                if self._longest is not None:
                    reachable.add(reachable.fresh(sighting.first, sighting.sight))
                fresh = near.fresh(sighting.first[sighting.near], sighting.sight[sighting.near])
                if len(fresh):
                    found.append((sighting, fresh))
            few = [found[i] for i in cover([fresh for _, fresh in found])]
            for sighting, fresh in few:
                near.add(fresh)
                first, sight = sighting.first[sighting.near], sighting.sight[sighting.near]
                chosen.append((sighting.configuration, np.unique(first * SIGHTS + sight)))
        goals = near.goals()
        every = goals if self._longest is None else reachable.goals()
        self.reachable = len(every)
        self._met.update(every.tolist())
        return [chosen[i][0] for i in cover([goals for _, goals in chosen])], set(goals.tolist())

    def _longer(self, names: Sequence[str]) -> dict[Values, list[tuple[Values, dict[str, Value]]]]:
        """Return for each combination of values of ``names`` the configurations that have it, and their other values.

        If it makes no difference what is seen after a step, the least one does.
        """
        asked = self.asked
        inside = [asked.names.index(name) for name in names]
        others = [(i, name) for i, name in enumerate(asked.names) if name not in names]
        found: dict[Values, list[tuple[Values, dict[str, Value]]]] = {}
        for row in asked.rows:
            same = found.setdefault(tuple([row[i] for i in inside]), [])
            if self.finder.criterion is Criterion.TRANSITIONS or not same:
                same.append((row, {name: row[i] for i, name in others}))
        return found

    def _note(self, part: Sequence[Values], graph: StateGraph | None) -> None:
        self._looked_at += len(part)
        if graph is None:
            self._too_large += len(part)

    def _plan(self, piece: Piece, wanted: set[int]) -> set[int]:
        """Add tests in the configuration of the piece; return the goals that they do not meet."""
        if not wanted:
            return set()
        terrain = _terrain(piece)
        routes, least = self._toured(piece, terrain, wanted)
        planner = Planner(terrain, wanted - _met_on(terrain, routes), self._longest)
        routes += planner.routes()
        self.covered += len(wanted) - len(planner.missing)
        self.least += max(least, len(wanted) - len(planner.missing)) if self.finder.each else 0
        self._tests += [self._test(piece, route) for route in routes]
        return planner.missing

    def _toured(self, piece: Piece, terrain: Terrain, wanted: set[int]) -> tuple[list[Route], int]:
        """Return walks with fewest steps, if each goal is met by one edge, and walks may be of any length."""
        if self.finder.criterion is not Criterion.TRANSITIONS or self.finder.goals or self._longest is not None:
            return [], 0
        chosen = [edge for edge, goal in zip(*(part.tolist() for part in piece.edges), strict=True) if goal in wanted]
        return postman(terrain, chosen)

    def _test(self, piece: Piece, route: Route) -> Test:
        system = self.asked.system
        start = {
            v.name: v.domain.values[code]
            for v, code in zip(system.variables, piece.states[route.start].tolist(), strict=True)
        }
        steps = tuple(system.steps[label] for label in piece.labels[list(route.edges)].tolist())
        name = f"{self.finder.criterion}_{len(self._tests) + 1:04d}"
        return Test(system, self.asked.configuration(piece.configuration), start, steps, name)

    def unreachable(self) -> Iterable[str]:
        """Name what no run can do; nothing where something was not looked at, for a run may do it there."""
        system, asked = self.asked.system, self._looked_at
        if self._too_large or self.finder.each and asked < len(self.asked.rows):
            return
        for action in system.actions:
            times = {
                str(step): int(count)
                for step, count in zip(system.steps, self.finder.taken_in.tolist(), strict=True)
                if step.action == action.name
            }
            if not any(times.values()):
                yield f"action '{action.name}' is never enabled"
                continue
            for step, count in times.items():
                if not count:
                    yield f"step '{step}' never exists"
                elif self.finder.each and count < asked:
                    yield f"step '{step}' exists in {count} of {asked} configurations only"
        for number, goal in enumerate(self.finder.goals):
            if self.finder.number(number) not in self._met:
                yield f"goal '{goal.name}' is never met"

    def limits(self) -> Iterable[str]:
        """Say what was not looked at or not done."""
        if self._too_large:
            kind = "configurations" if self.finder.each else "combinations of what the rules read"
            yield f"{self._too_large} {kind} have more than {self._most} states each, and were left out"
        unseen = len(self.asked.rows) - self._looked_at
        if self.finder.each and unseen:
            yield f"{unseen} configurations were not looked at: there are more than {MOST_GOALS} goals without them"
        if self.covered < self.reachable:
            yield f"{self.reachable - self.covered} goals take more than {self._longest} steps from the start"


def _met_on(terrain: Terrain, routes: Sequence[Route]) -> set[int]:
    """Return the goals of the edges that are taken."""
    return {goal for route in routes for edge in route.edges for goal in terrain.at_edge.get(edge, ())}


def _terrain(piece: Piece) -> Terrain:
    bounds = np.searchsorted(piece.sources, np.arange(len(piece.states) + 1)).tolist()
    out = [range(low, high) for low, high in zip(bounds, bounds[1:], strict=False)]
    return Terrain(piece.starts, out, piece.targets.tolist(), _grouped(*piece.edges), _grouped(*piece.nodes))


def _grouped(places: Numbers, goals: Numbers) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for place, goal in zip(places.tolist(), goals.tolist(), strict=True):
        found.setdefault(place, []).append(goal)
    return found
