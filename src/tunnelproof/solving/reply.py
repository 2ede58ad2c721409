"""What is asked of a solver, and what it answers."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Answer(enum.StrEnum):
    """Whether some values of the declared constants satisfy all assertions."""

    SAT = "sat"
    UNSAT = "unsat"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reply:
    """A solver's answer; ``reason`` says why it is unknown."""

    answer: Answer
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a solver may try.

    ``units`` are deterministic, of the order of a millisecond each; ``seconds`` depend on the machine.
    """

    units: int = 60_000
    seconds: float | None = None


def unknown(reason: str) -> Reply:
    """Return the reply that nothing is known, with the reason on one line."""
    return Reply(Answer.UNKNOWN, " ".join(reason.split()))
