"""The engine: claims about finite paths by induction, claims about fair runs by bounded search."""

from __future__ import annotations

from tunnelproof.engines.contract import Finding, Progress, Question
from tunnelproof.engines.smt.liveness import Liveness
from tunnelproof.engines.smt.safety import Safety
from tunnelproof.evidence.certificate import Witness
from tunnelproof.properties.claims import (
    Claim,
    DeadlockFree,
    Invariant,
    NeverForever,
    Precedence,
    Reachable,
    Recurrence,
    Response,
    StepInvariant,
)

_BY_INDUCTION = (Invariant, StepInvariant, Reachable, Precedence, DeadlockFree)
_BY_LASSOS = (Response, Recurrence, NeverForever)


class SmtEngine:
    """Proves invariants by induction, refutes by shortest traces and lassos; what z3 leaves open is unknown."""

    name = "smt"

    def __init__(self) -> None:
        self._last: tuple[Question, Safety | Liveness] | None = None

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        return isinstance(claim, (*_BY_INDUCTION, *_BY_LASSOS))

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration."""
        return self._search(question, progress).finding(self.name)

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return the least of the shortest witnesses for one configuration."""
        return self._search(question, lambda _: None).witness(configuration)

    def _search(self, question: Question, progress: Progress) -> Safety | Liveness:
        if self._last is None or not self._last[0].asks_the_same_as(question):
            kind = Liveness if isinstance(question.claim, _BY_LASSOS) else Safety
            self._last = question, kind(question, progress)
        return self._last[1]
