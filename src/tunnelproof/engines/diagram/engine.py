"""The diagram engine: verdicts from diagrams, evidence from the tables listed from them.

Claims about finite paths are decided on the diagrams. Where the reachable pairs can be listed, they are the
certificate. A state graph is built for ranks and for claims about fair runs; for traces only where that is quick: it
must then agree with the diagrams. Other traces come from the diagrams. Beyond the limit of states proofs stay unknown
for want of a certificate; refutations do not.
"""

from __future__ import annotations

import numpy as np

from tunnelproof.engines.analysis.decide import Analysis
from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import Finding, Progress, Question, unknown
from tunnelproof.engines.diagram.decide import PATH_CLAIMS, failing
from tunnelproof.engines.diagram.family import Family
from tunnelproof.engines.diagram.trace import nearest, shortest
from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim, NeverForever, Reachable, Recoverable, Recurrence, Response

FAIR_RUN_CLAIMS = (Response, Recurrence, NeverForever)
QUICK_GRAPH = 50_000  # pairs up to which traces are searched in a graph


class DiagramEngine:
    """Decides claims for all configurations at once. Best where components are loosely coupled."""

    name = "diagram"

    def __init__(self) -> None:
        self._families: dict[tuple[System, tuple[Values, ...]], Family] = {}
        self._last: tuple[Question, Analysis] | None = None

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        return isinstance(claim, (*PATH_CLAIMS, *FAIR_RUN_CLAIMS))

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration."""
        clock, family = Clock(question.limits, progress), self._family(question)
        clock.doing = "reaching states"
        count = family.work(lambda symbolic: symbolic.count, clock)
        if isinstance(question.claim, PATH_CLAIMS):
            return self._about_paths(question, family, clock, count)
        if count > question.limits.states:
            return unknown(self.name, question, Reason.CERTIFICATE_TOO_LARGE, _too_many(question, count))
        return self._analysis(question, family, clock).finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return a shortest witness for one configuration that was found to have one."""
        clock, family = Clock(question.limits, lambda _: None), self._family(question)
        count = family.work(lambda symbolic: symbolic.count, clock)
        if _is_quick(question, count) or self._is_analysed(question):
            return self._analysis(question, family, clock).witness(configuration)
        if not isinstance(question.claim, PATH_CLAIMS):
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
        if ranked or (settled.any() and _is_quick(question, count)):
            finding = self._analysis(question, family, clock).finding(self.name)
            assert finding.verdicts == _verdicts(claim, settled), f"two minds about {claim.id}"
            return finding
        first = None
        if settled.any():
            clock.doing = "searching a trace"
            values = family.work(lambda symbolic: nearest(symbolic, claim), clock)
            first = question.configurations.index(values)
        if listed or settled.all():
            certificate = Certificate() if settled.all() else Certificate(family.rows(clock).rows)
            return Finding(self.name, _verdicts(claim, settled), certificate, first, states=count)
        shown = Verdict.PROVED if isinstance(claim, Reachable) else Verdict.REFUTED
        verdicts = tuple(shown if found else Verdict.UNKNOWN for found in settled.tolist())
        reason, detail = Reason.CERTIFICATE_TOO_LARGE, _too_many(question, count)
        return Finding(self.name, verdicts, Certificate(), first, reason, detail, count)

    def _family(self, question: Question) -> Family:
        key = (question.system, question.configurations)
        if key not in self._families:
            self._families[key] = Family(*key)
        return self._families[key]

    def _analysis(self, question: Question, family: Family, clock: Clock) -> Analysis:
        if self._last is None or self._last[0] is not question:
            self._last = question, Analysis(family.graph(clock), family.evaluator, question.claim)
        return self._last[1]

    def _is_analysed(self, question: Question) -> bool:
        return self._last is not None and self._last[0] is question


def _is_quick(question: Question, count: int) -> bool:
    """Say whether a graph of so many pairs is built for a trace."""
    return count <= min(QUICK_GRAPH, question.limits.states)


def _too_many(question: Question, count: int) -> str:
    return f"{count} pairs are reachable; certificates go up to {question.limits.states}"


def _verdicts(claim: Claim, settled: Mask) -> tuple[Verdict, ...]:
    """Return the verdicts where paths settle the claim in exactly these configurations."""
    found = settled if isinstance(claim, Reachable) else np.logical_not(settled)
    return tuple(Verdict.PROVED if good else Verdict.REFUTED for good in found.tolist())
