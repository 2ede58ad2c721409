"""What can go wrong, said to the person who reads it: what, where, and what to do.

::

    TunnelproofError              code, message, where, hint; exit status of its kind
    ├── UsageError         TP0xx  status 2   the command or call makes no sense
    ├── ModelError         TP1xx  status 3   the model is malformed or contradicts itself
    ├── ClaimError         TP2xx  status 3   the claim is malformed or names nothing
    ├── NothingToCheck     TP3xx  status 4   no claim, or no configuration, is left to ask about
    ├── EvidenceRejected   TP4xx  status 30  a certificate or counterexample did not check
    └── OutputError        TP5xx  status 74  a result could not be written
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a model or claim file: the path, the line and column (from 1; 0 = unknown)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class TunnelproofError(Exception):
    """Base of every error that a user can cause or has to act on.

    ``code`` is stable and documented, ``where`` says which file and line (if any), ``hint`` what to do.
    """

    status = 70

    def __init__(self, code: str, message: str, *, where: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.code}: {self.message}{advice}"


class UsageError(TunnelproofError):
    """The command or call makes no sense."""

    status = 2


class ModelError(TunnelproofError):
    """The model is malformed or contradicts itself."""

    status = 3


class ClaimError(TunnelproofError):
    """The claim is malformed or speaks of something that the model does not have."""

    status = 3


class NothingToCheck(TunnelproofError):
    """No claim, or no configuration, is left: a check that looked at nothing is not a success."""

    status = 4


class EvidenceRejected(TunnelproofError):
    """A certificate or counterexample did not check: a fault of the tool, never a verdict."""

    status = 30


class OutputError(TunnelproofError):
    """A result could not be written."""

    status = 74


def near(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the closest known names, or lists a few of them."""
    candidates = sorted(known)
    matches = difflib.get_close_matches(name, candidates, n=3, cutoff=0.6)
    if matches:
        return "did you mean " + " or ".join(f"'{m}'" for m in matches) + "?"
    if not candidates:
        return "there are none"
    shown = ", ".join(f"'{c}'" for c in candidates[:8])
    return f"known are {shown}" + (", …" if len(candidates) > 8 else "")
