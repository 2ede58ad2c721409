"""Where formulas of branching time hold in a state graph, and whether what an engine says of fair runs there is true.

Every finite path goes on to a fair run, so a formula is about edges, and about where some fair run never leaves the
states of another formula. It stays in them if it comes to a *fair component* of theirs, or to one in which it may stop.
For each time that this is asked an engine hands over a `Labelling`: the fair components, each of which is looked at
here, and levels that show that no fair run stays among the states from which none of them can be reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tunnelproof.evidence.certificate import Labelling
from tunnelproof.evidence.checking.proofs import ProofCheck, Region
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.rows import Numbers
from tunnelproof.model.language.expressions import Apply, Expr, is_temporal
from tunnelproof.properties.claims import Ctl
from tunnelproof.properties.fairness import FairAction

Stays = Callable[[Mask], Mask]  # of some nodes those from which some fair run never leaves them


class Branching:
    """Evaluates formulas of branching time at the reachable nodes of a graph.

    ``stays`` is asked once for each different part of the formula with ``EG``, ``AF``, ``EW``, ``ER`` or ``AU``, from
    the left to the right, an inner part before those around it.
    """

    def __init__(self, check: ProofCheck, stays: Stays) -> None:
        self._check, self._stays = check, stays
        self._known: dict[Expr, Mask] = {}

    def where(self, formula: Expr) -> Mask:
        """Return the nodes at which the formula holds."""
        if formula not in self._known:
            self._known[formula] = self._evaluated(formula)
        return self._known[formula]

    def _evaluated(self, formula: Expr) -> Mask:
        if not isinstance(formula, Apply) or not is_temporal(formula):
            return self._check.formulas.states(formula)
        parts = [self.where(arg) for arg in formula.args]
        match formula.op, parts:
            case "not", [f]:
                return ~f
            case "implies", [f, g]:
                return ~f | g
            case "and", _:
                every: Mask = np.logical_and.reduce(parts)
                return every
            case "or", _:
                some: Mask = np.logical_or.reduce(parts)
                return some
            case _, [f]:
                return self._of_one(formula.op, f)
            case _:
                f, g = parts
                return self._of_two(formula.op, f, g)

    def _of_one(self, op: str, f: Mask) -> Mask:
        match op:
            case "EX":
                return self._next(f)
            case "AX":
                return ~self._next(~f)
            case "EF":
                return self._until(np.ones_like(f), f)
            case "AG":
                return ~self._until(np.ones_like(f), ~f)
            case "EG":
                return self._stays(f)
            case _:
                assert op == "AF", op
                return ~self._stays(~f)

    def _of_two(self, op: str, f: Mask, g: Mask) -> Mask:
        """What contradicts ``AU`` and ``AW`` is a node with neither that comes before any of g; ``AR``, one without g
        that comes before any of f.
        """
        match op:
            case "EU":
                return self._until(f, g)
            case "AU":
                return ~self._until(~g, ~f & ~g) & ~self._stays(~g)
            case "EW":
                return self._until(f, g) | self._stays(f)
            case "AW":
                return ~self._until(~g, ~f & ~g)
            case "ER":
                return self._until(g, f & g) | self._stays(g)
            case _:
                assert op == "AR", op
                return ~self._until(~f, ~g)

    def _until(self, f: Mask, g: Mask) -> Mask:
        """Return the nodes from which a path goes through f to g."""
        graph = self._check.graph
        return graph.reach_back(g, f[graph.sources])

    def _next(self, f: Mask) -> Mask:
        """Return the nodes from which a run can be in f at its next point: it may also rest there."""
        graph = self._check.graph
        return graph.sources_of(f[graph.targets]) | (self._check.may_stop & f)


class LabellingCheck:
    """Checks what an engine says of the fair runs of a claim, and finds where the claim holds if all of it is true.

    Of the configurations: in ``sound`` ones it is true, ``holds`` means something in these alone.
    """

    def __init__(self, check: ProofCheck, labellings: Sequence[Labelling] | None) -> None:
        assert isinstance(check.claim, Ctl)
        graph = check.graph
        self._check, self._waiting = check, list(labellings or ())
        self.sound: Mask = np.ones(len(graph.grouping.codes), dtype=bool)
        satisfied = Branching(check, self._stays).where(check.claim.formula)
        self.holds: Mask = ~graph.grouping.any_row(graph.initial & ~satisfied)
        if self._waiting:  # nobody asked for them
            self.sound[:] = False

    def _stays(self, wanted: Mask) -> Mask:
        """Return the nodes from which a fair run stays, as the next labelling says and this confirms."""
        check, graph = self._check, self._check.graph
        region = Inside(check, wanted & check.reachable)
        if not self._waiting or not _fits(labelling := self._waiting.pop(0), len(graph)):
            self.sound[:] = False
            return region.nodes
        fair = (labelling.component >= 0) & region.nodes
        stays = graph.reach_back(fair | region.stops, region.edges)
        self.sound &= ~graph.grouping.any_row(region.unfair(labelling.component))
        self.sound &= check.no_fair_run(Inside(check, region.nodes & ~stays), labelling.levels)
        return stays


class Inside(Region):
    """Some reachable nodes with the edges between them: does a fair run stay there?"""

    def __init__(self, check: ProofCheck, nodes: Mask) -> None:
        super().__init__(check)
        self.nodes = nodes
        self.edges = nodes[self.graph.sources] & nodes[self.graph.targets]
        self.stops = check.may_stop & nodes

    def unfair(self, component: Numbers) -> Mask:
        """Return the nodes in components, -1 being none, in which no fair run goes through all nodes for ever.

        A run can do so if the edges that it may take again and again connect each node to each, and meet with the
        nodes every constraint.
        """
        graph, members = self.graph, component >= 0
        inner = self.edges & members[graph.sources] & (component[graph.sources] == component[graph.targets])
        inner = self._solvent(component, inner)
        first = np.zeros(len(graph), dtype=bool)
        first[np.unique(component, return_index=True)[1]] = True
        first &= members
        bad = members & ~(graph.reach(first, inner) & graph.reach_back(first, inner))
        bad |= members & ~_in_some(component, graph.sources_of(inner))
        for constraint in self._constraints:
            if isinstance(constraint, FairAction):
                enabled = self._enabled(constraint.labels)
                due = _in_some(component, enabled) if constraint.strong else ~_in_some(component, ~enabled)
                taken = _in_some(component, graph.sources_of(inner & self._with(constraint.labels)))
                bad |= members & due & ~taken
        return _in_some(component, bad)

    def _solvent(self, component: Numbers, inner: Mask) -> Mask:
        """Return the components' edges without those that owe an outcome which does not occur there.

        Without these another outcome may not occur any more, and so on.
        """
        while True:
            owed = np.zeros_like(inner)
            for constraint in self._constraints:
                if not isinstance(constraint, FairAction):
                    occurs = self.graph.sources_of(inner & self._with(constraint.labels))
                    owed |= inner & self._owing(constraint) & ~_in_some(component, occurs)[self.graph.sources]
            if not owed.any():
                return inner
            inner = inner & ~owed


def _in_some(component: Numbers, nodes: Mask) -> Mask:
    """Return the nodes in whose component some of the given nodes is."""
    members = component >= 0
    found = np.zeros(len(component), dtype=bool)
    found[component[members & nodes]] = True
    return members & found[component]


def _fits(labelling: Labelling, size: int) -> bool:
    """Say whether the labelling's numbers are whole, one for each row, and in range."""
    component = labelling.component
    if component.shape != (size,) or component.dtype.kind != "i":
        return False
    return bool(((component >= -1) & (component < size)).all())
