"""Has an obligation of a proof by invariant a counterexample? Answered by trying every state, reachable or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from tests.oracle.graph import Edge, State, World, values_of
from tests.oracle.values import Point, StepTaken, value

from tunnelproof.evidence.certificate import SEEN, Certificate
from tunnelproof.model.language.expressions import TRUE, Expr
from tunnelproof.model.language.system import Derived, System
from tunnelproof.properties.claims import Claim, DeadlockFree, Invariant, Precedence, Reachable, StepInvariant


class Place(NamedTuple):
    """A state, and of a precedence whether `first` has been seen there since the last reset."""

    state: State
    seen: bool


class Obligations:
    """The obligations of one certificate by invariant, in the configurations that it covers."""

    def __init__(self, system: System, claim: Claim, certificate: Certificate) -> None:
        assert certificate.invariant is not None
        names = tuple(Derived(name, formula) for name, formula in certificate.definitions)
        self.system = replace(system, derived=(*system.derived, *names))
        self.claim, self.invariant, self.covers = claim, certificate.invariant, certificate.covers

    def has_counterexample(self, name: str) -> bool:
        """Say whether the obligation of this name fails somewhere."""
        fails = {"initial": self._starts_wrong, "step": self._is_left, "state": self._is_stuck}[name]
        return any(map(fails, self._worlds()))

    def _worlds(self) -> Iterator[World]:
        for values in product(*(values_of(v.domain) for v in self.system.configuration)):
            world = World(self.system, values)
            if value(self.covers, Point(world.rigid, world.definitions)):
                yield world

    def _starts_wrong(self, world: World) -> bool:
        for state in world.initial():
            place = Place(state, self._seen(world, False, state, None))
            if not self._holds(world, self.invariant, place) or self._is_bad_point(world, place, None):
                return True
        return False

    def _is_left(self, world: World) -> bool:
        for place in self._inside(world):
            for edge in world.steps(place.state):
                after = Place(edge.target, self._seen(world, place.seen, edge.target, edge))
                if not self._holds(world, self.invariant, after) or self._is_bad_point(world, after, edge):
                    return True
                if isinstance(self.claim, StepInvariant) and self._is_bad_step(world, edge):
                    return True
        return False

    def _is_stuck(self, world: World) -> bool:
        claim = self.claim
        assert isinstance(claim, DeadlockFree)
        return any(
            not world.steps(place.state, claim.by)
            and not (claim.except_ is not None and world.holds(claim.except_, place.state))
            for place in self._inside(world)
        )

    def _inside(self, world: World) -> Iterator[Place]:
        """Yield every state with the invariant."""
        remembered = (False, True) if isinstance(self.claim, Precedence) else (False,)
        for state in product(*(values_of(v.domain) for v in self.system.variables)):
            for seen in remembered:
                if self._holds(world, self.invariant, Place(state, seen)):
                    yield Place(state, seen)

    def _holds(self, world: World, formula: Expr, place: Place, edge: Edge | None = None) -> bool:
        names = world.names(place.state) | {SEEN.name: place.seen}
        taken = None if edge is None else StepTaken(edge.action, edge.outcome, edge.actor)
        return bool(value(formula, Point(names, world.definitions, taken)))

    def _seen(self, world: World, before: bool, state: State, edge: Edge | None) -> bool:
        claim = self.claim
        if not isinstance(claim, Precedence):
            return False
        if claim.since is not None and world.holds(claim.since, state, edge):
            before = False
        return before or world.holds(claim.first, state, edge)

    def _is_bad_point(self, world: World, place: Place, edge: Edge | None) -> bool:
        match self.claim:
            case Invariant(holds=holds, when=when):
                return self._holds(world, when or TRUE, place, edge) and not self._holds(world, holds, place, edge)
            case Reachable(point=point):
                return self._holds(world, point, place, edge)
            case Precedence(then=then):
                return not place.seen and self._holds(world, then, place, edge)
            case _:
                return False

    def _is_bad_step(self, world: World, edge: Edge) -> bool:
        claim = self.claim
        assert isinstance(claim, StepInvariant)
        return world.holds_over(claim.when or TRUE, edge) and not world.holds_over(claim.holds, edge)
