"""Stops a search when its time or the process's memory is used up, and reports how far it has come."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from tunnelproof.engines.contract import LimitReached, Limits, Progress
from tunnelproof.evidence.verdict import Reason

_MEMORY_EVERY = 16  # ticks; reading the figure takes longer than a small operation
_PROGRESS_EVERY = 64
_STATM = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return the memory that the process holds; where the system does not tell, the most that it has held; else 0."""
    try:
        return int(_STATM.read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return _peak_bytes()


def _peak_bytes() -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Clock:
    """The limits of one search. It is called once per operation and raises `LimitReached` when one is met."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self._deadline = None if limits.seconds is None else time.monotonic() + limits.seconds
        self._memory, self._rivalry = limits.memory, limits.rivalry
        self._progress = progress
        self._ticks = 0
        self.doing = ""

    def __call__(self) -> None:
        """Count one operation; raise `LimitReached` when the time is up or the memory used."""
        self._ticks += 1
        if self._ticks % _PROGRESS_EVERY == 0:
            self.tell(f"{self.doing}: {self._ticks} operations")
        if self._ticks % _MEMORY_EVERY == 0:
            self.check()
        else:
            self._check_time()

    def check(self, wanted: int = 0) -> None:
        """Raise `LimitReached` if the time is up, or the memory would be with so many bytes more."""
        self._check_time()
        if self._memory is not None and resident_bytes() + wanted > self._memory:
            raise LimitReached(Reason.LIMIT, f"more than {self._memory >> 20} MiB of memory")

    def is_nearly_done(self) -> None:
        """Say that the hardest part is over, so that nobody else need begin."""
        if self._rivalry is not None:
            self._rivalry.nearly_done.set()

    def _check_time(self) -> None:
        if self._rivalry is not None and self._rivalry.over.is_set():
            raise LimitReached(Reason.INTERRUPTED, "another engine was first")
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise LimitReached(Reason.LIMIT, "out of time")

    def tell(self, text: str) -> None:
        """Report progress."""
        self._progress(text)
