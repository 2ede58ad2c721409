"""Branching time by its definition: in which states of a configuration a formula holds.

``A`` says of all fair runs from a state, ``E`` of some, that their states are as the operator wants them. Every finite
path goes on to a fair run: an action or outcome that has waited longest is taken first, so that none waits for ever;
where no fair action is enabled the run stops. Hence what a run does in the end, and what it does until then, are two
questions: `_leads` follows finite paths, `_stays` asks for fair runs that never leave some states. ``E`` asks for a run
as wanted, ``A`` that there is none of which the contrary is true.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.graph import Graph, State, World, reached
from tests.oracle.runs import Promises, fair_loops
from tests.oracle.temporal import asked_of, speaks_of_time

from tunnelproof.model.language.expressions import Apply, Expr

States = frozenset[State]


class Branching:
    """Formulas of branching time over the states of one configuration."""

    def __init__(self, world: World, graph: Graph, promised: Promises) -> None:
        self.world, self.graph, self.promised = world, graph, promised
        self.every = frozenset(graph.states)
        self.stops = frozenset(s for s in graph.states if promised.may_stop(graph, s))

    def where(self, formula: Expr) -> States:
        """Return the states in which the formula holds."""
        if not isinstance(formula, Apply) or not speaks_of_time(formula):
            return frozenset(s for s in self.graph.states if self.world.holds(formula, s))
        parts = [self.where(arg) for arg in formula.args]
        if formula.op in ("not", "and", "or", "implies"):
            return self._connected(formula.op, parts)
        return getattr(self, f"_{formula.op.lower()}")(*parts)  # type: ignore[no-any-return]

    def is_triggered(self, formula: Expr) -> bool:
        """Say whether something is demanded: no implication in it, or the left side of one holds in some state."""
        lefts = asked_of(formula)
        return not lefts or any(self.where(left) for left in lefts)

    def _connected(self, op: str, parts: list[States]) -> States:
        match op:
            case "not":
                return self.every - parts[0]
            case "implies":
                return (self.every - parts[0]) | parts[1]
            case "and":
                return self.every.intersection(*parts)
            case _:
                return frozenset().union(*parts)

    # --- runs --------------------------------------------------------------------------------------------------------

    def _leads(self, through: States, to: States) -> States:
        """Return the states from which some path has states of the first set until it is in the second."""
        edges = [e for e in self.graph.edges if e.source in through]
        return frozenset(s for s in self.every if reached([s], edges) & to)

    def _stays(self, inside: States) -> States:
        """Return the states from which some fair run never leaves the set."""
        edges = [e for e in self.graph.edges if e.source in inside and e.target in inside]
        ends = self.stops & inside
        for states in fair_loops(self.graph, self.promised, edges):
            ends |= states
        return frozenset(s for s in inside if reached([s], edges) & ends)

    def _next(self, wanted: States) -> States:
        """Return the states from which some fair run is in the set at its next point."""
        after = {e.source for e in self.graph.edges if e.target in wanted}
        return frozenset(after) | (self.stops & wanted)

    def _no(self, run: Callable[..., States], *parts: States) -> States:
        return self.every - run(*parts)

    # --- operators ---------------------------------------------------------------------------------------------------

    def _ex(self, f: States) -> States:
        return self._next(f)

    def _ax(self, f: States) -> States:
        return self._no(self._next, self.every - f)

    def _ef(self, f: States) -> States:
        return self._leads(self.every, f)

    def _ag(self, f: States) -> States:
        return self._no(self._leads, self.every, self.every - f)

    def _eg(self, f: States) -> States:
        return self._stays(f)

    def _af(self, f: States) -> States:
        return self._no(self._stays, self.every - f)

    def _eu(self, f: States, g: States) -> States:
        return self._leads(f, g)

    def _au(self, f: States, g: States) -> States:
        """A run without f until g either never has g, or before that a state with neither."""
        return self._no(self._stays, self.every - g) & self._aw(f, g)

    def _ew(self, f: States, g: States) -> States:
        return self._leads(f, g) | self._stays(f)

    def _aw(self, f: States, g: States) -> States:
        return self._no(self._leads, self.every - g, self.every - f - g)

    def _er(self, f: States, g: States) -> States:
        """The first state with f is the last that must have g."""
        return self._leads(g, f & g) | self._stays(g)

    def _ar(self, f: States, g: States) -> States:
        """A run that does not have g until f is without g in a state before which there was no f."""
        return self._no(self._leads, self.every - f, self.every - g)
