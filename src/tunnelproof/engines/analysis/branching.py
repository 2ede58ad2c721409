"""Decides claims of branching time on an explicit state graph, with a labelling for each operator about fair runs."""

from __future__ import annotations

import numpy as np

from tunnelproof.engines.analysis.fair import demands_of, fair_components
from tunnelproof.evidence.certificate import Labelling
from tunnelproof.evidence.checking.branching import Branching, Inside
from tunnelproof.evidence.checking.proofs import ProofCheck
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.rows import Numbers
from tunnelproof.properties.claims import Ctl
from tunnelproof.properties.fairness import constraints_of


class Labeller:
    """Labels a graph for one claim. ``labellings`` are the evidence, in the judge's order; ``holds`` says in which
    configurations every initial state satisfies the formula.
    """

    def __init__(self, check: ProofCheck, claim: Ctl) -> None:
        graph = check.graph
        self._check = check
        self._demands = demands_of(graph, constraints_of(graph.system, claim))
        self.labellings: list[Labelling] = []
        satisfied = Branching(check, self._stays).where(claim.formula)
        self.holds: Mask = ~graph.grouping.any_row(graph.initial & ~satisfied)

    def _stays(self, wanted: Mask) -> Mask:
        graph, region = self._check.graph, Inside(self._check, wanted & self._check.reachable)
        fair = fair_components(graph, region.nodes, region.edges, self._demands, [])
        self.labellings.append(Labelling(_renumbered(fair.component), fair.levels))
        return graph.reach_back((fair.component >= 0) | region.stops, region.edges)


def _renumbered(component: Numbers) -> Numbers:
    """Number the components from 0 on, without gaps."""
    known, numbers = np.unique(component, return_inverse=True)
    return numbers - 1 if len(known) and known[0] < 0 else numbers
