"""The exit statuses of the command line: public, and the same in every release."""

from __future__ import annotations

import enum

from tunnelproof.evidence.verdict import Verdict


class ExitCode(enum.IntEnum):
    """What each exit status means. Of the four about verdicts, the first that applies in the order 30, 10, 20, 0."""

    PROVED = 0  # or, with --expect, as expected
    REFUTED = 10  # or, with --expect, not as expected
    UNKNOWN = 20  # nothing refuted, something unknown
    WITHHELD = 30  # a check failed or engines disagree: a fault of the tool
    USAGE = 2
    REJECTED = 3  # a model, claim or file is malformed
    NOTHING_TO_CHECK = 4
    INTERNAL_ERROR = 70
    NOT_WRITTEN = 74  # a result could not be written
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


def exit_code_of(verdict: Verdict) -> ExitCode:
    """Return the exit status that stands for a verdict."""
    return {
        Verdict.PROVED: ExitCode.PROVED,
        Verdict.REFUTED: ExitCode.REFUTED,
        Verdict.UNKNOWN: ExitCode.UNKNOWN,
        Verdict.WITHHELD: ExitCode.WITHHELD,
    }[verdict]
