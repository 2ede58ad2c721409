"""Verdicts, and the reasons why one may be missing."""

from __future__ import annotations

import enum


class Verdict(enum.StrEnum):
    """What is known of a claim in a configuration; later members outweigh earlier ones."""

    PROVED = "proved"
    UNKNOWN = "unknown"
    REFUTED = "refuted"
    WITHHELD = "withheld"  # a check ran and failed, or engines contradict each other: a fault of the tool


class Reason(enum.StrEnum):
    """Why a verdict is unknown."""

    VACUOUS = "vacuous"
    LIMIT = "limit"
    UNSUPPORTED = "unsupported"
    DOMAINS_UNCHECKED = "domains-unchecked"
    CERTIFICATE_TOO_LARGE = "certificate-too-large"
    TOO_MANY_CONFIGURATIONS = "too-many-configurations"
    INTERRUPTED = "interrupted"
    NO_SECOND_SOLVER = "no-second-solver"
    SOLVER = "solver"


class Undecided(Exception):
    """The check could not be brought to its end: what it was about is unknown."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the verdict that outweighs the others."""
    order = list(Verdict)
    return max(verdicts, key=order.index)
