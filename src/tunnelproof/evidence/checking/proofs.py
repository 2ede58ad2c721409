"""Do the proofs hold? Each function returns, per configuration of the graph, whether the evidence covers it.

The graph's edges come from the interpreter (`check_closed_set`); only what is reachable in it counts.
"""

from __future__ import annotations

from functools import cached_property, reduce

import numpy as np

from tunnelproof.evidence.certificate import Break, Broken, Certificate, Level
from tunnelproof.evidence.graph import Mask, StateGraph
from tunnelproof.evidence.points import Formulas, shared_actions
from tunnelproof.evidence.product import Product, product_of
from tunnelproof.evidence.rows import Numbers
from tunnelproof.model.language.expressions import Expr, negate, speaks_of_steps
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    DeadlockFree,
    Invariant,
    Ltl,
    NeverForever,
    Precedence,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
    StepInvariant,
    trigger_of,
    violation_of,
)
from tunnelproof.properties.fairness import FairAction, FairOutcome, constraints_of


class ProofCheck:
    """Checks one claim's certificate on a graph that has been checked to be closed."""

    def __init__(self, graph: StateGraph, formulas: Formulas, claim: Claim) -> None:
        self.graph = graph
        self.formulas = formulas
        self.claim = claim
        if isinstance(claim, Recoverable) and claim.given is not None:
            given = graph.edges_of(shared_actions(graph.system, claim.given))
            self.reachable = graph.reach(graph.initial, given)
            self.live = given & self.reachable[graph.sources]  # engines look for the way into a trap along these
        else:
            self.reachable = graph.reached
            self.live = self.reachable[graph.sources]

    def covered(self, certificate: Certificate) -> Mask:
        """Return for each configuration whether the certificate proves the claim (of `Reachable`: its refutation)."""
        match self.claim:
            case Recoverable():
                return self._recoverable(self.claim, certificate)
            case Response() | Recurrence() | NeverForever() | Ltl():
                return self.no_fair_run(self.region, certificate.levels)
            case _:
                return ~self._bad_configurations()

    def vacuous(self) -> Mask:
        """Return for each configuration whether the claim's trigger is never met in it."""
        none = np.zeros(len(self.graph.grouping.codes), dtype=bool)
        if isinstance(self.claim, Recoverable):
            return ~self._configurations(self.reachable & ~self.formulas.states(self.claim.goal))
        trigger = trigger_of(self.claim)
        if trigger is None:
            return none
        if isinstance(self.claim, StepInvariant):
            met = self.graph.sources_of(self.formulas.steps(trigger) & self.live)
            return ~self._configurations(met)
        met = self._nodes_where(trigger)
        if isinstance(self.claim, (Response, Ltl)) and speaks_of_steps(trigger):  # it may be met while idling only
            met |= self.may_stop & self.formulas.points(trigger).still
        return ~self._configurations(met)

    # --- closed sets -------------------------------------------------------------------------------------------------

    def _bad_configurations(self) -> Mask:
        match self.claim:
            case Invariant():
                bad = violation_of(self.claim)
                return self._configurations(self._nodes_where(bad))
            case StepInvariant():
                bad = violation_of(self.claim)
                return self._configurations(self.graph.sources_of(self.formulas.steps(bad) & self.live))
            case Reachable():
                return self._configurations(self._nodes_where(self.claim.point))
            case DeadlockFree():
                return self._configurations(self.deadlocks(self.claim))
            case Precedence():
                return self._configurations(self._unpreceded(self.claim))
            case _:
                raise AssertionError(self.claim.kind)

    def _nodes_where(self, formula: Expr) -> Mask:
        """Return the reachable nodes at which some point satisfies the formula."""
        points = self.formulas.points(formula)
        found = points.still & self.graph.initial
        found[self.graph.targets[points.edges & self.live]] = True
        return found

    def deadlocks(self, claim: DeadlockFree) -> Mask:
        """Return the reachable nodes at which nobody whom the claim names can move, though somebody should."""
        moving = self.graph.sources_of(self.graph.edges_of(shared_actions(self.graph.system, claim.by)))
        stuck = self.reachable & ~moving
        return stuck if claim.except_ is None else stuck & ~self.formulas.states(claim.except_)

    def _unpreceded(self, claim: Precedence) -> Mask:
        """Follow the bit `seen` (since the start or the last reset) and return the nodes where ``then`` comes
        unseen.
        """
        graph = self.graph
        first, then = self.formulas.points(claim.first), self.formulas.points(claim.then)
        forgets = self.formulas.points(claim.since).edges if claim.since is not None else np.zeros_like(first.edges)
        unseen = graph.initial & ~first.still
        bad = unseen & then.still
        passes = self.live & ~first.edges
        unseen[graph.targets[passes & forgets]] = True
        unseen = graph.reach(unseen, passes)
        bad[graph.targets[passes & then.edges & (unseen[graph.sources] | forgets)]] = True
        return bad

    # --- recovery ----------------------------------------------------------------------------------------------------

    def _recoverable(self, claim: Recoverable, certificate: Certificate) -> Mask:
        everywhere = np.ones(len(self.graph.grouping.codes), dtype=bool)
        ranks, prices = certificate.ranks, certificate.prices
        if ranks is None or not _are_numbers(ranks, len(self.graph)):
            return ~everywhere
        graph = self.graph
        helpful = graph.edges_of(shared_actions(graph.system, claim.by) - set(claim.barring))
        dear = np.zeros(len(graph), dtype=bool)
        if claim.within is not None:
            if prices is None or not _are_numbers(prices, len(graph)):
                return ~everywhere
            # What is left to pay falls by what the step costs; both are natural numbers, so the difference is exact.
            ranks = np.where(prices < 0, -1, ranks)
            left = np.maximum(prices, 0).astype(np.int64)
            helpful &= graph.prices <= left[graph.sources] - left[graph.targets]
            dear = self.reachable & (prices > claim.within)
        falls = helpful & (ranks[graph.targets] >= 0) & (ranks[graph.targets] < ranks[graph.sources])
        descends = graph.sources_of(falls)
        goal = self.formulas.states(claim.goal)
        wrong = dear | (self.reachable & (ranks < 0)) | ((ranks == 0) & ~goal) | ((ranks > 0) & ~descends)
        return ~self._configurations(wrong)

    # --- fair runs ---------------------------------------------------------------------------------------------------

    def no_fair_run(self, region: Region, levels: tuple[Level, ...] | None) -> Mask:
        """Return for each configuration whether the levels show that no fair run stays in the region."""
        wrong = region.stops.copy()
        nodes, edges = region.nodes, region.edges
        for level in levels or ():
            if not _fits(level, len(region.graph)):
                return ~region.graph.grouping.any_row(region.nodes)
            nodes, edges = self._check_level(level, nodes, edges, region, wrong)
        wrong[region.graph.sources[edges]] = True  # what the last level leaves must have no edge
        return ~region.graph.grouping.any_row(wrong)

    @cached_property
    def region(self) -> Region:
        """Where a run that refutes a claim about fair runs would have to stay: made once, for it may be a product."""
        return Region(self)

    @cached_property
    def may_stop(self) -> Mask:
        """The reachable nodes in which a run may stop: no action that is fair under the claim is enabled there."""
        stops = self.reachable.copy()
        for constraint in constraints_of(self.graph.system, self.claim):
            if isinstance(constraint, FairAction):
                stops &= ~self.graph.sources_of(_edges_with(self.graph, constraint.labels))
        return stops

    def _check_level(self, level: Level, nodes: Mask, edges: Mask, region: Region, wrong: Mask) -> tuple[Mask, Mask]:
        """Mark what is wrong with the level; return the states and edges that the next level has to deal with."""
        graph = region.graph
        wrong |= nodes & (level.component < 0)
        tails, heads = level.component[graph.sources], level.component[graph.targets]
        wrong[graph.sources[edges & (heads < tails)]] = True
        inner = edges & (heads == tails)
        reason = np.where(level.component >= 0, level.reason_of[level.component], -1)
        left_nodes, left_edges = np.zeros_like(nodes), np.zeros_like(edges)
        for number, broken in enumerate(level.reasons):
            members = nodes & (reason == number)
            if not members.any():
                continue  # nothing is claimed for this reason, and nothing left by it
            left = region.leave(broken, members, inner & members[graph.sources], wrong)
            left_nodes |= left[0]
            left_edges |= left[1]
        return left_nodes, left_edges & left_nodes[graph.sources] & left_nodes[graph.targets]

    def _configurations(self, nodes: Mask) -> Mask:
        return self.graph.grouping.any_row(nodes)


def _fits(level: Level, size: int) -> bool:
    """Say whether the level's numbers are in range."""
    count = level.reason_of.size
    if count == 0 or not _are_numbers(level.component, size) or not _are_numbers(level.reason_of, count):
        return False
    numbers_fit = (level.component >= -1) & (level.component < count)
    reasons_fit = (level.reason_of >= 0) & (level.reason_of < len(level.reasons))
    return bool(numbers_fit.all() and reasons_fit.all())


def _are_numbers(found: Numbers, size: int) -> bool:
    """Say whether what an engine handed over is so many whole numbers (nothing can be said of, say, a NaN)."""
    return found.shape == (size,) and found.dtype.kind == "i"


def _edges_with(graph: StateGraph, labels: frozenset[int]) -> Mask:
    return graph.edges_with(np.array(sorted(labels), dtype=np.int64))


class Region:
    """The states and edges in which a run that refutes the claim would have to stay for ever, and where it may stop.

    They are those of ``graph``: the state graph or, for a linear formula, its product with the automaton of the
    negation. Runs come into the region along ``live`` edges; those that refute the claim take an edge of each of
    ``recurring`` again and again.
    """

    def __init__(self, check: ProofCheck) -> None:
        self.graph = check.graph
        self._constraints = constraints_of(check.graph.system, check.claim)
        self.recurring: tuple[Mask, ...] = ()
        self.nodes, self.edges, self.live = check.reachable, check.live, check.live
        match check.claim:
            case Recurrence():
                point = check.formulas.points(check.claim.point)
                self.edges = check.live & ~point.edges
                self.stops = check.may_stop & ~point.still
            case Response():
                self.stops = self._respond(check, check.claim)
            case NeverForever():
                points = [check.formulas.points(formula) for formula in check.claim.points]
                self.recurring = tuple(point.edges for point in points)
                self.stops = reduce(np.logical_and, [point.still for point in points], check.may_stop)
            case Ctl():  # of which `branching.Inside` makes one of the regions that it needs
                self.stops = check.may_stop
            case Ltl():
                self._go_on_as(product_of(check.formulas, negate(check.claim.formula), check.live), check)
            case _:
                raise AssertionError(check.claim.kind)

    def _go_on_as(self, product: Product, check: ProofCheck) -> None:
        """Move to the product: a run that satisfies the negated formula never comes to a sink."""
        self.graph, self.recurring, self.nodes = product.graph, product.kept, product.alive
        self.edges = product.alive[product.graph.targets] & product.alive[product.graph.sources]
        self.live = self.edges
        self.stops = product.alive & product.resting & check.may_stop[product.base]

    def _respond(self, check: ProofCheck, claim: Response) -> Mask:
        """Keep to what follows an unanswered trigger without an answer; return where a run may stop unanswered."""
        graph = check.graph
        trigger, response = check.formulas.points(claim.trigger), check.formulas.points(claim.response)
        unanswered = graph.initial & trigger.still & ~response.still
        unanswered[graph.targets[trigger.edges & ~response.edges & check.live]] = True
        silent = check.live & ~response.edges
        self.nodes = graph.reach(unanswered, silent)
        self.edges = silent & self.nodes[graph.sources]
        return check.may_stop & ~response.still & (self.nodes | trigger.still)

    def leave(self, broken: Broken, members: Mask, inside: Mask, wrong: Mask) -> tuple[Mask, Mask]:
        """Check the reason why no fair run stays in these components, marking the states where it fails.

        Returns the states and edges among which a run could still stay.
        """
        graph, index = self.graph, broken.index
        nothing = np.zeros_like(members), np.zeros_like(inside)
        known = self.recurring if broken.reason is Break.ABSENT else self._constraints
        if broken.reason is Break.TRIVIAL:
            wrong[graph.sources[inside]] = True
            return nothing
        if not 0 <= index < len(known):
            wrong |= members
            return nothing
        if broken.reason is Break.ABSENT:
            wrong[graph.sources[inside & self.recurring[index]]] = True
            return nothing
        constraint = self._constraints[index]
        wrong[graph.sources[inside & self._with(constraint.labels)]] = True
        match broken.reason, constraint:
            case Break.OUTCOME, FairOutcome():
                return members, inside & ~self._owing(constraint)
            case Break.WEAK, FairAction():
                wrong |= members & ~self._enabled(constraint.labels)
                return nothing
            case Break.STRONG, FairAction(strong=True):
                return members & ~self._enabled(constraint.labels), inside
            case _:
                wrong |= members
                return nothing

    def _enabled(self, labels: frozenset[int]) -> Mask:
        return self.graph.sources_of(self._with(labels))

    def _with(self, labels: frozenset[int]) -> Mask:
        return _edges_with(self.graph, labels)

    def _owing(self, constraint: FairOutcome) -> Mask:
        """Return the edges that take the action in a state where the outcome could occur under the same parameters."""
        owing = np.zeros(len(self.graph.labels), dtype=bool)
        for label, occurrence in constraint.pairs:
            could = self._enabled(frozenset({occurrence}))
            owing |= self._with(frozenset({label})) & could[self.graph.sources]
        return owing
