"""Suites for claims: tests that meet what a claim speaks of and come to its boundary, and its counterexamples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from tunnelproof.conformance.testgen.boundaries import Boundaries, Boundary
from tunnelproof.conformance.testgen.making import Asked, Bounds, Progress
from tunnelproof.errors import NothingToCheck
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.points import Formulas
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
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
    expressions_of,
)
from tunnelproof.properties.wellformed import check_claims
from tunnelproof.semantics.step import Values
from tunnelproof.semantics.tabulate import Interpreter
from tunnelproof.verification.exploring import explored_in_parts, sound_space
from tunnelproof.verification.prove import prove
from tunnelproof.verification.suites import Coverage, Suite, Test

_ANY_STEP = -1
_NEVER_VACUOUS = (DeadlockFree, Tradeoff)
_KNOWN = (
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
Key = tuple[int, int, int]  # claim, boundary, label of the step
Routes = dict[tuple[int, tuple[int, ...]], list[str]]  # start and edges, and what they are for


def suite_for_claims(
    system: System,
    claims: Sequence[Claim],
    *,
    where: Expr | str | None = None,
    each: bool = False,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    progress: Progress = lambda _: None,
) -> Suite:
    """Return tests that come to the boundaries of the claims, by shortest ways."""
    if not claims:
        raise NothingToCheck("TP302", "the model has no claims", hint="choose another --criterion")
    check_claims(claims, system)
    space, unchecked = sound_space(system, where, progress)
    if unchecked is not None:
        raise NothingToCheck("TP307", f"no suite can be made: {unchecked}", hint="see `tunnelproof lint`")
    asked = Asked(system, space, (expr for claim in claims for expr in expressions_of(claim)))
    making = _Making(asked, claims, each, bounds, progress)
    tests = making.tests()
    coverage = Coverage(
        "claims",
        "a boundary of a claim, by each step that leads there" + (", in a configuration" if each else ""),
        space.count(),
        len({tuple(test.configuration.values()) for test in tests}),
        making.reachable,
        making.covered,
        0,
        tuple(making.unreachable()),
        tuple(making.limits()),
    )
    return Suite(system, tests, coverage, "" if where is None else str(where))


def suite_of_counterexamples(
    system: System,
    claims: Sequence[Claim],
    *,
    where: Expr | str | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    progress: Progress = lambda _: None,
) -> Suite:
    """Return a test for each witness of each refuted cell: the run as the judge has checked it, a loop gone round once.

    Raises `NothingToCheck` if nothing is refuted.
    """
    outcome = prove(system, claims, where=where, progress=progress)
    tests: list[Test] = []
    reachable, limits = 0, []
    for found in outcome.claims:
        if found.verdict in (Verdict.UNKNOWN, Verdict.WITHHELD):
            limits.append(f"claim '{found.claim.id}' is {found.verdict}: {found.detail}")
        for cell in found.cells:
            if cell.verdict is Verdict.REFUTED and found.system is not None:
                limits.append(f"claim '{found.claim.id}' is about time, which no test waits for")
                continue
            for run in cell.evidence.runs if cell.verdict is Verdict.REFUTED else ():
                reachable += 1
                if bounds.steps is not None and len(run.steps) > bounds.steps:
                    limits.append(f"a counterexample to '{found.claim.id}' has {len(run.steps)} steps")
                    continue
                name, about = f"counterexamples_{len(tests) + 1:04d}", f"{found.claim.id} is refuted"
                tests.append(Test(system, run.configuration, run.states[0], run.steps, name, about))
    if not reachable and not limits:
        raise NothingToCheck(
            "TP308", "no claim is refuted: there is no counterexample", hint="choose another --criterion"
        )
    used = len({tuple(test.configuration.values()) for test in tests})
    coverage = Coverage(
        "counterexamples",
        "a witness of a refuted claim",
        outcome.space.count(),
        used,
        reachable,
        len(tests),
        sum(len(test.steps) for test in tests),
        limits=tuple(limits),
    )
    return Suite(system, tuple(tests), coverage, "" if where is None else str(where))


class _Making:
    """A suite while it is made."""

    def __init__(
        self,
        asked: Asked,
        claims: Sequence[Claim],
        each: bool,
        bounds: Bounds,
        progress: Progress,
    ) -> None:
        self.asked, self.claims, self.each = asked, tuple(claims), each
        self.reachable = self.covered = 0
        self._longest, self._most, self._progress = bounds.steps, bounds.states, progress
        self._interpreter = Interpreter(asked.cut)
        self._too_large = 0
        self._triggered: set[int] = set()

    def tests(self) -> tuple[Test, ...]:
        """Choose configurations for all boundaries, then find the ways to them."""
        chosen = self._chosen()
        self.reachable = sum(map(len, chosen.values()))
        found: list[Test] = []
        for _, graph in explored_in_parts(self.asked.cut, list(chosen), self._most):
            assert graph is not None
            boundaries = list(self._boundaries(graph))
            for number, row in enumerate(graph.grouping.configurations):
                ground = _Ground(graph, number)
                routes: Routes = {}
                for key in sorted(chosen[row]):
                    self._add(routes, ground, boundaries, key)
                found += [
                    self._test(ground, row, start, edges, about, len(found) + i)
                    for i, ((start, edges), about) in enumerate(_without_beginnings(routes), 1)
                ]
        return tuple(found)

    def _chosen(self) -> dict[Values, list[Key]]:
        """Return the boundaries to come to, by the configuration in which that is done, in their order."""
        best: dict[tuple[Key, Values | None], tuple[int, Values]] = {}
        for _, graph in explored_in_parts(self.asked.cut, self.asked.rows, self._most, self._progress):
            if graph is None:
                self._too_large += 1
                continue
            for key, row, score in self._met(graph):
                place = (key, row if self.each else None)
                if place not in best or score > best[place][0]:
                    best[place] = score, row
        order = {row: i for i, row in enumerate(self.asked.rows)}
        found: dict[Values, list[Key]] = {}
        for (key, _), (_, row) in best.items():
            found.setdefault(row, []).append(key)
        return dict(sorted(found.items(), key=lambda item: order[item[0]]))

    def _met(self, graph: StateGraph) -> Iterator[tuple[Key, Values, int]]:
        """Yield the boundaries that can be come to, with each configuration in which they can, and a score."""
        rows, of_row = graph.grouping.configurations, graph.grouping.of_row
        for claim, number, boundary in self._boundaries(graph):
            if boundary.edges is not None:
                edges = np.flatnonzero(boundary.edges)
                pairs = np.unique(of_row[graph.sources[edges]] * len(graph.steps) + graph.labels[edges])
                met = [(*divmod(pair, len(graph.steps)), 0) for pair in pairs.tolist()]
            else:
                assert boundary.nodes is not None
                nodes = np.flatnonzero(boundary.nodes)
                scores = np.zeros(len(nodes), dtype=np.int64) if boundary.score is None else boundary.score[nodes]
                best: dict[int, int] = {}
                for place, score in zip(of_row[nodes].tolist(), scores.tolist(), strict=True):
                    best[place] = max(score, best.get(place, score))
                met = [(place, _ANY_STEP, score) for place, score in best.items()]
            if met and boundary.trigger:
                self._triggered.add(claim)
            for place, label, score in met:
                yield (claim, number, label), rows[place], score

    def _boundaries(self, graph: StateGraph) -> Iterator[tuple[int, int, Boundary]]:
        formulas = Formulas(graph, self._interpreter)
        for claim, asked in enumerate(self.claims):
            for number, boundary in enumerate(Boundaries(graph, formulas, asked).found()):
                yield claim, number, boundary

    def _add(self, routes: Routes, ground: _Ground, boundaries: Iterable[tuple[int, int, Boundary]], key: Key) -> None:
        """Add the way to a boundary, and on from there, unless it is too long."""
        (boundary,) = [b for claim, number, b in boundaries if (claim, number) == key[:2]]
        allowed = ground.allowed(self.claims[key[0]])
        start, edges = ground.way_to(boundary, key[2], allowed)
        if self._longest is not None and len(edges) > self._longest:
            return
        self.covered += 1
        full = (*edges, *ground.onwards(boundary, start, edges))
        edges = full if self._longest is None else full[: self._longest]
        step = "" if key[2] == _ANY_STEP else f": {ground.graph.steps[key[2]]}"
        routes.setdefault((start, edges), []).append(f"{self.claims[key[0]].id} {boundary.role}{step}")

    def _test(
        self, ground: _Ground, row: Values, start: int, edges: tuple[int, ...], about: Sequence[str], number: int
    ) -> Test:
        system, graph = self.asked.system, ground.graph
        codes = graph.rows[start, graph.layout.rigid :].tolist()
        state = {v.name: v.domain.values[code] for v, code in zip(system.variables, codes, strict=True)}
        steps = tuple(graph.steps[label] for label in graph.labels[list(edges)].tolist())
        return Test(
            system, self.asked.configuration(row), state, steps, f"claims_{number:04d}", "; ".join(sorted(set(about)))
        )

    def unreachable(self) -> Iterator[str]:
        """Name the claims of which nothing that they speak of can be met; none where something was not looked at."""
        if self._too_large:
            return
        for number, claim in enumerate(self.claims):
            if number not in self._triggered and _has_trigger(claim):
                yield f"claim '{claim.id}': what it speaks of never happens"

    def limits(self) -> Iterator[str]:
        """Say what was not looked at or not done."""
        if self._too_large:
            yield f"{self._too_large} configurations have more than {self._most} states each, and were left out"
        if self.covered < self.reachable:
            yield f"{self.reachable - self.covered} boundaries take more than {self._longest} steps from the start"
        for claim in self.claims:
            if not _is_known(claim):
                yield f"claim '{claim.id}': no boundary is defined for the kind {claim.kind}"


class _Ground:
    """One configuration's part of a graph, and shortest ways in it. Nodes and edges have the graph's numbers."""

    def __init__(self, graph: StateGraph, number: int) -> None:
        self.graph = graph
        low, high = np.searchsorted(graph.grouping.of_row, [number, number + 1]).tolist()
        first, last = np.searchsorted(graph.sources, [low, high]).tolist()
        self.nodes, self.edges = range(low, high), range(first, last)
        bounds = np.searchsorted(graph.sources[first:last], np.arange(low, high + 1)) + first
        self._bounds = bounds.tolist()
        self._target: list[int] = graph.targets[first:last].tolist()
        self._source: list[int] = graph.sources[first:last].tolist()
        self._starts: list[int] = (np.flatnonzero(graph.initial[low:high]) + low).tolist()

    def allowed(self, claim: Claim) -> Sequence[bool]:
        """Say of each edge whether the claim's actors may take it."""
        system = self.graph.system
        fit = [claim.given is None or system.action_named[s.action].actor in claim.given for s in self.graph.steps]
        found: list[bool] = np.array(fit, dtype=bool)[self.graph.labels[self.edges.start : self.edges.stop]].tolist()
        return found

    def way_to(self, boundary: Boundary, label: int, allowed: Sequence[bool]) -> tuple[int, tuple[int, ...]]:
        """Return a start and a shortest way to the boundary from there."""
        graph, first = self.graph, self.edges.start
        if boundary.edges is not None:
            wanted = boundary.edges[first : self.edges.stop] & (graph.labels[first : self.edges.stop] == label)
            found = self._way(self._starts, allowed, lambda edge: bool(wanted[edge - first]), lambda _: False)
        else:
            assert boundary.nodes is not None
            span = slice(self.nodes.start, self.nodes.stop)
            best = boundary.nodes[span].copy()
            if boundary.score is not None:
                score = boundary.score[span]
                best &= score == score[best].max()
            low = self.nodes.start
            found = self._way(self._starts, allowed, lambda _: False, lambda node: bool(best[node - low]))
        assert found is not None  # the boundary was found to be reachable
        return (self._source[found[0] - first] if found else self._start_of(boundary)), tuple(found)

    def _start_of(self, boundary: Boundary) -> int:
        """Return the first start that is at the boundary."""
        assert boundary.nodes is not None
        return next(node for node in self._starts if boundary.nodes[node])

    def onwards(self, boundary: Boundary, start: int, edges: Sequence[int]) -> list[int]:
        """Return the way on from the boundary; nothing if there is none, or it ends there."""
        if boundary.by is None or (boundary.onwards is None and boundary.onwards_nodes is None):
            return []
        here = self._target[edges[-1] - self.edges.start] if edges else start
        ending, places = boundary.onwards, boundary.onwards_nodes
        if boundary.edges is not None and ending is not None and ending[edges[-1]]:
            return []
        if boundary.edges is None and places is not None and places[here]:
            return []
        allowed = boundary.by[self.edges.start : self.edges.stop].tolist()
        return (
            self._way(
                [here],
                allowed,
                (lambda _: False) if ending is None else (lambda edge: bool(ending[edge])),
                (lambda _: False) if places is None or ending is not None else (lambda node: bool(places[node])),
            )
            or []
        )

    def _way(
        self,
        starts: Sequence[int],
        allowed: Sequence[bool],
        edge_ends: Callable[[int], bool],
        node_ends: Callable[[int], bool],
    ) -> list[int] | None:
        """Return a shortest way by allowed edges whose last edge or node ends it."""
        first, low = self.edges.start, self.nodes.start
        came: dict[int, int] = dict.fromkeys(starts, -1)
        level = list(starts)
        if any(map(node_ends, starts)):
            return []
        while level:
            reached: list[int] = []
            for node in level:
                for edge in range(self._bounds[node - low], self._bounds[node - low + 1]):
                    if not allowed[edge - first]:
                        continue
                    there = self._target[edge - first]
                    if edge_ends(edge) or (there not in came and node_ends(there)):
                        way = [edge]
                        while came[node] >= 0:
                            way.append(came[node])
                            node = self._source[way[-1] - first]
                        return way[::-1]
                    if there not in came:
                        came[there] = edge
                        reached.append(there)
            level = reached
        return None


def _without_beginnings(routes: Routes) -> Iterator[tuple[tuple[int, tuple[int, ...]], list[str]]]:
    """Yield the routes that are not the beginning of another; what a beginning was for goes to the other."""
    for start, edges in sorted(routes, key=lambda route: len(route[1])):
        longer = [r for r in routes if r[0] == start and len(r[1]) > len(edges) and r[1][: len(edges)] == edges]
        if longer:
            routes[longer[0]] += routes.pop((start, edges))
    yield from routes.items()


def _is_known(claim: Claim) -> bool:
    return isinstance(claim, _KNOWN)


def _has_trigger(claim: Claim) -> bool:
    always = isinstance(claim, Invariant) and claim.when is None
    return _is_known(claim) and not isinstance(claim, _NEVER_VACUOUS) and not always and not claim.may_be_vacuous
