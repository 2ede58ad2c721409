"""The engine: claims about finite paths by marking what a compiled search finds, all others on the graph it leaves."""

from __future__ import annotations

from tunnelproof.engines.analysis.decide import Analysis
from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import Finding, Progress, Question, too_many, unknown
from tunnelproof.engines.explicit.ends import PATH_CLAIMS
from tunnelproof.engines.explicit.family import Family
from tunnelproof.engines.explicit.paths import PathSearch
from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import (
    Claim,
    Ctl,
    Ltl,
    NeverForever,
    Reachable,
    Recoverable,
    Recurrence,
    Response,
)

GRAPH_CLAIMS = (Recoverable, Response, Recurrence, NeverForever, Ltl, Ctl)


class ExplicitEngine:
    """Decides claims for all configurations in one breadth-first search. Best where components are tightly coupled."""

    name = "explicit"

    def __init__(self) -> None:
        self._families: dict[tuple[System, tuple[Values, ...]], Family] = {}
        self._last: tuple[Question, PathSearch | Analysis] | None = None

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        return isinstance(claim, (*PATH_CLAIMS, *GRAPH_CLAIMS))

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration."""
        clock, family = Clock(question.limits, progress), self._family(question)
        if isinstance(question.claim, PATH_CLAIMS):
            return self._about_paths(question, family, clock)
        count = _counted(question, family, clock)
        if count > question.limits.states:
            detail = f"more than {question.limits.states} pairs are reachable; certificates go up to that"
            return unknown(self.name, question, Reason.CERTIFICATE_TOO_LARGE, detail)
        return self._analysis(question, family, clock).finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return a shortest witness for one configuration that was found to have one."""
        clock, family = Clock(question.limits, lambda _: None), self._family(question)
        if not isinstance(question.claim, PATH_CLAIMS):
            return self._analysis(question, family, clock).witness(configuration)
        values = question.configurations[configuration]
        return self._paths(question, family).witness(configuration, values, clock)

    def _about_paths(self, question: Question, family: Family, clock: Clock) -> Finding:
        settled, nearest = self._paths(question, family).settled(clock)
        shown, certified = Verdict.REFUTED, Verdict.PROVED
        if isinstance(question.claim, Reachable):
            shown, certified = certified, shown
        if settled.all():
            return Finding(self.name, (shown,) * len(settled), nearest=nearest, states=family.search().count)
        count = family.complete(clock).count
        if count <= question.limits.states:
            verdicts = tuple(shown if found else certified for found in settled.tolist())
            return Finding(self.name, verdicts, Certificate(family.rows(clock)), nearest, states=count)
        verdicts = tuple(shown if found else Verdict.UNKNOWN for found in settled.tolist())
        reason, detail = Reason.CERTIFICATE_TOO_LARGE, too_many(question, count)
        return Finding(self.name, verdicts, Certificate(), nearest, reason, detail, count)

    def _family(self, question: Question) -> Family:
        key = (question.system, question.configurations)
        if key not in self._families:
            self._families[key] = Family(*key)
        return self._families[key]

    def _paths(self, question: Question, family: Family) -> PathSearch:
        if not isinstance(found := self._kept(question), PathSearch):
            found = PathSearch(family, question.claim)
            self._last = question, found
        return found

    def _analysis(self, question: Question, family: Family, clock: Clock) -> Analysis:
        if not isinstance(found := self._kept(question), Analysis):
            found = Analysis(family.graph(clock), family.evaluator, question.claim)
            self._last = question, found
        return found

    def _kept(self, question: Question) -> PathSearch | Analysis | None:
        """Return what is left of the last question, if it was the same."""
        return self._last[1] if self._last is not None and self._last[0].asks_the_same_as(question) else None


def _counted(question: Question, family: Family, clock: Clock) -> int:
    """Return the number of reachable pairs, or one above the limit."""
    search = family.search()
    while not search.finished and search.count <= question.limits.states:
        search.advance(clock)
    return search.count
