"""What tests of a claim should do: meet what it speaks of, and come as near to breaking it as the model lets them.

docs/testgen.md says it for each kind of claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.points import Formulas, shared_actions
from tunnelproof.evidence.rows import Numbers
from tunnelproof.model.language.expressions import FALSE, TRUE, Expr
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
    violation_of,
)


@dataclass(frozen=True, eq=False)
class Boundary:
    """Edges, one of each step to be taken, or nodes, one to be come to: those where ``score`` is largest.

    ``onwards`` are edges of which the first that can be come to ends the test, or nodes likewise; ``by`` the edges
    that may be taken on the way. ``trigger`` marks what the claim would be vacuous without.
    """

    role: str
    edges: Mask | None = None
    nodes: Mask | None = None
    score: Numbers | None = None
    onwards: Mask | None = None
    onwards_nodes: Mask | None = None
    by: Mask | None = None
    trigger: bool = False


class Boundaries:
    """The boundaries of one claim in one graph. ``allowed`` are the edges of the claim's ``given``."""

    def __init__(self, graph: StateGraph, formulas: Formulas, claim: Claim) -> None:
        self.graph, self.formulas, self.claim = graph, formulas, claim
        actions = shared_actions(graph.system, claim.given)
        self.allowed = graph.edges_of(actions)
        self.reached = graph.reach(graph.initial, self.allowed)
        self.taken = self.allowed & self.reached[graph.sources]

    def found(self) -> Iterator[Boundary]:
        """Yield the boundaries; none of a kind that has none."""
        match self.claim:
            case Invariant():
                yield from self._invariant(self.claim)
            case StepInvariant():
                met = self.formulas.steps(self.claim.when or TRUE) & self.taken
                yield Boundary("takes a step that it speaks of", met, trigger=True)
                broken = self.formulas.steps(violation_of(self.claim)) & self.taken
                yield Boundary("breaks it", broken)
            case Reachable():
                yield from self._arriving("comes to the point", self.claim.point)
            case Precedence():
                yield from self._arriving("comes to what has to be preceded", self.claim.then)
            case DeadlockFree():
                yield self._narrowest(self.claim)
            case Recoverable():
                yield from self._farthest(self.claim)
            case Response():
                yield from self._arriving("triggers it", self.claim.trigger, self.claim.response)
            case Recurrence():
                yield from self._arriving("comes to the point", self.claim.point)
            case NeverForever():
                for number, point in enumerate(self.claim.points, 1):
                    yield from self._arriving(f"comes to point {number}", point)
            case _:
                return

    def _arriving(self, role: str, point: Expr, onwards: Expr | None = None) -> Iterator[Boundary]:
        """Each step that can lead to the point, and the start if the point is met there."""
        met = self.formulas.points(point)
        answer = None if onwards is None else self.formulas.points(onwards)
        edges = None if answer is None else answer.edges & self.taken
        still = None if answer is None else answer.still & self.graph.initial
        yield Boundary(role, met.edges & self.taken, onwards=edges, by=self.taken, trigger=True)
        start = met.still & self.graph.initial
        yield Boundary(
            f"{role} at the start", nodes=start, onwards=edges, onwards_nodes=still, by=self.taken, trigger=True
        )

    def _invariant(self, claim: Invariant) -> Iterator[Boundary]:
        graph, when = self.graph, claim.when or TRUE
        asked = self.formulas.points(when)
        inside = asked.still[graph.sources]
        if claim.when is not None:
            yield Boundary("comes to where it asks", asked.edges & ~inside & self.taken, trigger=True)
            yield Boundary("asks at the start", nodes=asked.still & graph.initial, trigger=True)
        read = sorted(graph.layout.column[name] for name in graph.system.reads(claim.holds))
        moved = (graph.rows[graph.sources][:, read] != graph.rows[graph.targets][:, read]).any(axis=1)
        yield Boundary("changes what it depends on", asked.edges & inside & moved & self.taken)
        broken = self.formulas.points(violation_of(claim))
        yield Boundary("breaks it", broken.edges & self.taken)
        yield Boundary("is broken at the start", nodes=broken.still & graph.initial)

    def _narrowest(self, claim: DeadlockFree) -> Boundary:
        """The state with the fewest steps of those who have to be able to go on, and one of these steps."""
        graph = self.graph
        helping = self.allowed & graph.edges_of(shared_actions(graph.system, claim.by))
        asked = self.reached & ~self.formulas.states(claim.except_ or FALSE)
        ways = np.bincount(graph.sources[helping], minlength=len(graph))
        return Boundary("comes to where least can be done", nodes=asked, score=-ways, onwards=helping, by=helping)

    def _farthest(self, claim: Recoverable) -> Iterator[Boundary]:
        """The state from which the goal takes most steps, and the way there; and one from which there is none."""
        graph = self.graph
        helpers = shared_actions(graph.system, claim.by) - set(claim.barring)
        helping = graph.edges_of(helpers)
        goal = self.formulas.states(claim.goal)
        ranks = _distances(graph, goal, helping)
        lost = self.reached & ~goal & (ranks >= 0)
        yield Boundary(
            "goes as far from the goal as can be, and there",
            nodes=lost,
            score=ranks,
            onwards_nodes=goal,
            by=helping,
            trigger=True,
        )
        yield Boundary("comes to where no way leads to the goal", nodes=self.reached & (ranks < 0), trigger=True)


def _distances(graph: StateGraph, goal: Mask, edges: Mask) -> Numbers:
    """Return the number of edges of the mask from each node to the goal; -1 where there is no way."""
    found = np.where(goal, 0, -1).astype(np.int64)
    tails, heads = graph.sources[edges], graph.targets[edges]
    for distance in range(1, len(graph) + 1):
        pending = found[tails] < 0
        tails, heads = tails[pending], heads[pending]
        near = tails[found[heads] == distance - 1]
        if not len(near):
            break
        found[near] = distance
    return found
