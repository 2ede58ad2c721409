"""The diagram engine: verdicts from diagrams, evidence from the tables listed from them.

Claims about finite paths are decided on the diagrams. Where the reachable pairs can be listed, they are the
certificate; where there are too many, the reachable pairs as an inductive invariant are. A state graph is built for
ranks and for claims about fair runs; for traces only where that is quick: it must then agree with the diagrams. Other
traces come from the diagrams. Beyond the limit of states proofs of other claims stay unknown for want of a certificate.

The configurations need not be listed: `decide_family` answers by the few of their variables that matter.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tunnelproof.engines.analysis.decide import Analysis
from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import (
    FamilyFinding,
    FamilyQuestion,
    Finding,
    Progress,
    Question,
    too_many,
    unknown,
)
from tunnelproof.engines.diagram.decide import PATH_CLAIMS, failing
from tunnelproof.engines.diagram.family import Described, Family, Symbolic
from tunnelproof.engines.diagram.invariant import BY_INVARIANT, TooLong, invariant
from tunnelproof.engines.diagram.trace import nearest, shortest
from tunnelproof.engines.diagram.verdicts import Split, split
from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, Ctl, Ltl, NeverForever, Reachable, Recoverable, Recurrence, Response

FAIR_RUN_CLAIMS = (Response, Recurrence, NeverForever, Ltl, Ctl)
QUICK_GRAPH = 50_000  # pairs up to which traces are searched in a graph


class DiagramEngine:
    """Decides claims for all configurations at once. Best where components are loosely coupled."""

    name = "diagram"

    def __init__(self) -> None:
        self._families: dict[tuple[System, tuple[Values, ...] | Described], Family] = {}
        self._last: tuple[Question, Analysis] | None = None

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        return isinstance(claim, (*PATH_CLAIMS, *FAIR_RUN_CLAIMS))

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration."""
        clock, family = Clock(question.limits, progress), self._family(question.system, question.configurations)
        clock.doing = "reaching states"
        count = family.work(lambda symbolic: symbolic.count, clock)
        if _is_about_paths(question.claim):
            return self._about_paths(question, family, clock, count)
        if count > question.limits.states:
            return unknown(self.name, question, Reason.CERTIFICATE_TOO_LARGE, too_many(question, count))
        clock.is_nearly_done()
        return self._analysis(question, family, clock).finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return a shortest witness for one configuration that was found to have one."""
        clock = Clock(question.limits, lambda _: None)
        family = self._family(question.system, question.configurations)
        count = family.work(lambda symbolic: symbolic.count, clock)
        if _is_quick(question, count) or self._is_analysed(question):
            return self._analysis(question, family, clock).witness(configuration)
        if not _is_about_paths(question.claim):
            return None
        values = question.configurations[configuration]
        return family.work(lambda symbolic: shortest(symbolic, question.claim, values), clock)

    def _about_paths(self, question: Question, family: Family, clock: Clock, count: int) -> Finding:
        claim = question.claim
        clock.doing = "deciding"
        listed_codes = family.configurations
        settled = family.work(lambda symbolic: symbolic.some_state(failing(symbolic, claim), listed_codes), clock)
        listed = count <= question.limits.states
        ranked = isinstance(claim, Recoverable) and listed and not settled.all()
        quick = _is_quick(question, count)
        if ranked or quick or not settled.any():  # no trace has to be searched in diagrams, which may take long
            clock.is_nearly_done()
        if ranked or (settled.any() and quick):
            finding = self._analysis(question, family, clock).finding(self.name)
            assert finding.verdicts == _verdicts(claim, settled), f"two minds about {claim.id}"
            return finding
        first = None
        if settled.any():
            clock.doing = "searching a trace"
            values = family.work(lambda symbolic: nearest(symbolic, claim, symbolic.asked), clock)
            assert values is not None
            first = question.configurations.index(values)
        if listed or settled.all():
            certificate = Certificate() if settled.all() else Certificate(family.rows(clock).rows)
            return Finding(self.name, _verdicts(claim, settled), certificate, first, states=count)
        certificate, why = self._beyond_listing(question, family, clock)
        if not why:
            return Finding(self.name, _verdicts(claim, settled), certificate, first, states=count)
        shown, _ = _verdicts_of(claim)
        verdicts = tuple(shown if found else Verdict.UNKNOWN for found in settled.tolist())
        detail = f"{too_many(question, count)}; {why}"
        return Finding(self.name, verdicts, certificate, first, Reason.CERTIFICATE_TOO_LARGE, detail, count)

    def _beyond_listing(self, question: Question, family: Family, clock: Clock) -> tuple[Certificate, str]:
        """Return a certificate by invariant, or else why there is none."""
        claim, variables = question.claim, question.system.configuration
        if not isinstance(claim, BY_INVARIANT):
            return Certificate(), f"no invariant proves a claim of kind {claim.kind}"
        found = family.work(lambda symbolic: split(symbolic, failing(symbolic, claim), variables, exactly=True), clock)
        if not isinstance(found, Split):
            return Certificate(), f"the verdict depends on {found} configuration variables together"
        return self._invariant(claim, found, family, clock)

    def supports_family(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind in a family too large to list."""
        return isinstance(claim, BY_INVARIANT)

    def decide_family(self, question: FamilyQuestion, progress: Progress) -> FamilyFinding:
        """Answer the question for every configuration, by those variables on which the verdicts depend."""
        clock, family = Clock(question.limits, progress), self._described(question)
        claim, variables = question.claim, question.system.configuration
        clock.doing = "reaching states"
        count = family.work(lambda symbolic: symbolic.count, clock)
        clock.doing = "deciding"
        found = family.work(lambda symbolic: split(symbolic, failing(symbolic, claim), variables), clock)
        if not isinstance(found, Split):
            detail = f"the verdict depends on {found} configuration variables together"
            reason = Reason.TOO_MANY_CONFIGURATIONS
            return FamilyFinding(self.name, (), {(): Verdict.UNKNOWN}, Certificate(), reason, detail, count)
        shown, certified = _verdicts_of(claim)
        certificate, why = self._invariant(claim, found, family, clock)
        if why:
            certified = Verdict.UNKNOWN
        verdicts = dict.fromkeys(found.settled, shown) | dict.fromkeys(found.others, certified)
        reason_ = Reason.CERTIFICATE_TOO_LARGE if why else None
        return FamilyFinding(self.name, found.names, verdicts, certificate, reason_, why, count)

    def family_witness(self, question: FamilyQuestion, inside: Expr) -> Witness | None:
        """Return a shortest witness among the configurations asked about in which ``inside`` holds."""
        clock, family = Clock(question.limits, lambda _: None), self._described(question)
        width = len(question.system.configuration)

        def search(symbolic: Symbolic) -> Witness | None:
            values = nearest(symbolic, question.claim, symbolic.compiler.truth(inside))
            witness = None if values is None else shortest(symbolic, question.claim, values)
            return None if witness is None else replace(witness, configuration=witness.configuration[:width])

        return family.work(search, clock)

    def _invariant(self, claim: Claim, found: Split, family: Family, clock: Clock) -> tuple[Certificate, str]:
        """Return a certificate for the configurations in which no path settles the claim, or else why there is none."""
        if not found.others:
            return Certificate(), ""
        clock.doing = "looking for an invariant"
        covers = found.unsettled

        def search(symbolic: Symbolic) -> Certificate:
            definitions, formula = invariant(symbolic, claim, symbolic.compiler.truth(covers) & symbolic.asked)
            return Certificate(invariant=formula, definitions=definitions, covers=covers)

        try:
            return family.work(search, clock), ""
        except TooLong as fault:
            return Certificate(), str(fault)

    def _described(self, question: FamilyQuestion) -> Family:
        return self._family(question.system, Described(question.asked, question.tied))

    def _family(self, system: System, asked: tuple[Values, ...] | Described) -> Family:
        key = (system, asked)
        if key not in self._families:
            self._families[key] = Family(*key)
        return self._families[key]

    def _analysis(self, question: Question, family: Family, clock: Clock) -> Analysis:
        if self._last is None or not self._last[0].asks_the_same_as(question):
            self._last = question, Analysis(family.graph(clock), family.evaluator, question.claim)
        return self._last[1]

    def _is_analysed(self, question: Question) -> bool:
        return self._last is not None and self._last[0].asks_the_same_as(question)


def _is_about_paths(claim: Claim) -> bool:
    """Say whether diagrams decide the claim; what a path costs is not in them."""
    return isinstance(claim, PATH_CLAIMS) and not (isinstance(claim, Recoverable) and claim.within is not None)


def _is_quick(question: Question, count: int) -> bool:
    """Say whether a graph of so many pairs is built for a trace."""
    return count <= min(QUICK_GRAPH, question.limits.states)


def _verdicts_of(claim: Claim) -> tuple[Verdict, Verdict]:
    """Return the verdict where a path settles the claim, and the one where none does."""
    found = Verdict.PROVED, Verdict.REFUTED
    return found if isinstance(claim, Reachable) else found[::-1]


def _verdicts(claim: Claim, settled: Mask) -> tuple[Verdict, ...]:
    """Return the verdicts where paths settle the claim in exactly these configurations."""
    found = settled if isinstance(claim, Reachable) else np.logical_not(settled)
    return tuple(Verdict.PROVED if good else Verdict.REFUTED for good in found.tolist())
