"""Decides every kind of claim on an explicit state graph over all configurations, with evidence."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from tunnelproof.engines.analysis.branching import Labeller
from tunnelproof.engines.analysis.distances import distances
from tunnelproof.engines.analysis.fair import FairRegion, demands_of, fair_components
from tunnelproof.engines.analysis.witness import WitnessSearch
from tunnelproof.engines.contract import Finding
from tunnelproof.evidence.certificate import Certificate, Witness
from tunnelproof.evidence.checking.proofs import ProofCheck, Region
from tunnelproof.evidence.graph import StateGraph
from tunnelproof.evidence.points import Evaluator, Formulas, shared_actions
from tunnelproof.evidence.rows import Numbers
from tunnelproof.evidence.verdict import Verdict
from tunnelproof.properties.claims import Claim, Ctl, Ltl, NeverForever, Reachable, Recoverable, Recurrence, Response
from tunnelproof.properties.fairness import constraints_of


class Analysis:
    """One claim on one graph. The graph's rows and edges, and the evaluator, are the engine's own."""

    def __init__(self, graph: StateGraph, evaluator: Evaluator, claim: Claim) -> None:
        self.graph = graph
        self.claim = claim
        self.check = ProofCheck(graph, Formulas(graph, evaluator), claim)
        self.ranks: Numbers | None = None
        self.prices: Numbers | None = None
        self.region: Region | None = None
        self.fair: FairRegion | None = None
        self.labels: Labeller | None = None
        match claim:
            case Recoverable():
                self.ranks = self._rank(claim)
            case Response() | Recurrence() | NeverForever() | Ltl():
                self.region = self.check.region
                self.fair = self._fair(self.region)
            case Ctl():
                self.labels = Labeller(self.check, claim)
            case _:
                pass

    def finding(self, engine: str) -> Finding:
        """Return the verdict of every configuration, with the certificate for the proved ones."""
        if self.labels is not None:
            return self._labelled(engine, self.labels)
        levels = self.fair.levels if self.fair else None
        certificate = Certificate(self.graph.rows, self.ranks, levels, prices=self.prices)
        covered = self.check.covered(certificate)
        sound, unsound = Verdict.PROVED, Verdict.REFUTED
        if isinstance(self.claim, Reachable):
            sound, unsound = unsound, sound
        verdicts = tuple(sound if good else unsound for good in covered.tolist())
        nearest = None if covered.all() else self._search.nearest(~covered)
        return Finding(engine, verdicts, certificate, nearest, states=len(self.graph))

    def _labelled(self, engine: str, labels: Labeller) -> Finding:
        """Return a finding whose certificate is about every configuration."""
        certificate = Certificate(self.graph.rows, labellings=tuple(labels.labellings))
        verdicts = tuple(Verdict.PROVED if good else Verdict.REFUTED for good in labels.holds.tolist())
        return Finding(engine, verdicts, certificate, states=len(self.graph))

    def witness(self, configuration: int) -> Witness | None:
        """Return a shortest witness for one configuration that was found to have one."""
        if self.labels is not None:
            return None  # the labels say it all
        return self._search.find(configuration)

    @cached_property
    def _search(self) -> WitnessSearch:
        return WitnessSearch(self.check, self.ranks, self.region, self.fair)

    def _rank(self, claim: Recoverable) -> Numbers:
        """Return each node's distance to the goal by the helping actions; -1 if it cannot get there.

        Where a price is asked for, it is the distance on the cheapest ways, and -1 if these cost too much.
        """
        graph = self.graph
        helpful = graph.edges_of(shared_actions(graph.system, claim.by) - set(claim.barring))
        goal = self.check.formulas.states(claim.goal)
        prices, ranks = distances(graph, goal, helpful, priced=claim.within is not None)
        if claim.within is None:
            return ranks
        dear = prices > claim.within
        self.prices = np.where(dear, -1, prices)
        return np.where(dear, -1, ranks)

    def _fair(self, region: Region) -> FairRegion:
        demands = demands_of(region.graph, constraints_of(self.graph.system, self.claim))
        return fair_components(region.graph, region.nodes, region.edges, demands, region.recurring)
