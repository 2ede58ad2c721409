"""What an engine is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.system import System
from tunnelproof.properties.claims import Claim

Progress = Callable[[str], None]


class LimitReached(Exception):
    """A limit or an interruption stopped a search: whatever was not settled by then is unknown."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an engine may go. ``states`` bounds the pairs of a certificate or an explicit graph; ``seconds`` the time
    of one question; ``memory`` the bytes that the process holds.
    """

    states: int = 1_000_000
    seconds: float | None = None
    memory: int | None = None


@dataclass(frozen=True)
class Question:
    """A claim asked of a system (already restricted and sliced) in the configurations listed, least first."""

    system: System
    claim: Claim
    configurations: tuple[Values, ...]
    limits: Limits = Limits()


@dataclass(frozen=True, eq=False)
class Finding:
    """An engine's answer: a verdict per configuration of the question, and a certificate for those it calls proved.

    For `Reachable` a verdict is about the claim, so it is the refuted ones that the certificate covers.
    ``nearest`` is the
    position of a configuration with a shortest witness, if there is any to show. ``states`` counts explored pairs.
    """

    engine: str
    verdicts: tuple[Verdict, ...]
    certificate: Certificate = Certificate()
    nearest: int | None = None
    reason: Reason | None = None
    detail: str = ""
    states: int = 0


class Engine(Protocol):
    """A way to decide questions. An engine object serves one run and may keep what it found for later questions."""

    name: str

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        ...

    def decide(self, question: Question, progress: Progress) -> Finding:
        """Answer the question for every configuration; raise `LimitReached` if that is not possible."""
        ...

    def witness(self, question: Question, configuration: int) -> Witness | None:
        """Return a shortest witness for one configuration (a position in the question) that was found to have one."""
        ...


def unknown(engine: str, question: Question, reason: Reason, detail: str) -> Finding:
    """Return the finding that nothing is known."""
    verdicts = (Verdict.UNKNOWN,) * len(question.configurations)
    return Finding(engine, verdicts, reason=reason, detail=detail)
