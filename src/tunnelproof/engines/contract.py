"""What an engine is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol, runtime_checkable

from tunnelproof.evidence.certificate import Certificate, Values, Witness
from tunnelproof.evidence.verdict import Reason, Verdict
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import ConfigurationVariable, System
from tunnelproof.properties.claims import Claim

Progress = Callable[[str], None]


class LimitReached(Exception):
    """A limit or an interruption stopped a search: whatever was not settled by then is unknown."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, eq=False)
class Rivalry:
    """What passes between engines that are asked the same at the same time."""

    over: Event = field(default_factory=Event)  # somebody else was first: stop
    nearly_done: Event = field(default_factory=Event)  # somebody is over the hardest part: nobody else need begin


@dataclass(frozen=True, slots=True)
class Limits:
    """How far an engine may go. ``states`` bounds the pairs of a certificate or an explicit graph; ``seconds`` the time
    of one question; ``memory`` the bytes that the process holds; ``rivalry`` ends a search that is no longer wanted.
    """

    states: int = 1_000_000
    seconds: float | None = None
    memory: int | None = None
    rivalry: Rivalry | None = None


@dataclass(frozen=True)
class Question:
    """A claim asked of a system (already restricted and sliced) in the configurations listed, least first."""

    system: System
    claim: Claim
    configurations: tuple[Values, ...]
    limits: Limits = Limits()

    def asks_the_same_as(self, other: Question) -> bool:
        """Say whether the other question is the same, apart from limits."""
        same_system = self.system is other.system and self.configurations is other.configurations
        return same_system and self.claim is other.claim


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


@dataclass(frozen=True)
class FamilyQuestion:
    """A claim asked of a system in all configurations in which ``asked`` holds: more of them than can be listed.

    ``asked`` may also read the configuration variables ``tied``, which the system does not have: some values of theirs
    have to fit.
    """

    system: System
    claim: Claim
    asked: Expr
    tied: tuple[ConfigurationVariable, ...] = ()
    limits: Limits = Limits()


@dataclass(frozen=True, eq=False)
class FamilyFinding:
    """An engine's answer about a family: verdicts by the values of the configuration variables ``names``.

    Every combination of their values that some configuration asked about has is in ``verdicts``, and no other.
    The certificate is one by invariant, and ``covers`` only ``names``.
    """

    engine: str
    names: tuple[str, ...]
    verdicts: Mapping[Values, Verdict]
    certificate: Certificate = Certificate()
    reason: Reason | None = None
    detail: str = ""
    states: int = 0


@runtime_checkable
class FamilyEngine(Protocol):
    """An engine that need not have the configurations listed."""

    name: str

    def supports(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind."""
        ...

    def supports_family(self, claim: Claim) -> bool:
        """Say whether the engine can say anything about claims of this kind in a family too large to list."""
        ...

    def decide_family(self, question: FamilyQuestion, progress: Progress) -> FamilyFinding:
        """Answer the question for every configuration; raise `LimitReached` if that is not possible."""
        ...

    def family_witness(self, question: FamilyQuestion, inside: Expr) -> Witness | None:
        """Return a shortest witness among the configurations asked about in which ``inside`` holds."""
        ...


def unknown(engine: str, question: Question, reason: Reason, detail: str) -> Finding:
    """Return the finding that nothing is known."""
    verdicts = (Verdict.UNKNOWN,) * len(question.configurations)
    return Finding(engine, verdicts, reason=reason, detail=detail)


def too_many(question: Question, count: int) -> str:
    """Say that so many pairs are more than a certificate may list."""
    return f"{count} pairs are reachable; certificates go up to {question.limits.states}"
