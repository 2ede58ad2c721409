"""Several logs of one device in one order.

Each file keeps its own order: an event without a time, or with an earlier one than its predecessor in the file, counts
as of its predecessor's time (before all times, if it has no predecessor). Events of the same time in different files
are *simultaneous*: any order of them is possible that keeps the files' own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
LARGEST_MOMENT = 4096  # events of one moment in several files


class TooManyAtOnce(Exception):
    """More events are simultaneous than can be tried in every order."""


class Timed(NamedTuple, Generic[T]):
    """Something with a time in seconds, if that is known."""

    time: float | None
    what: T


def merged(files: Sequence[Iterable[Timed[T]]]) -> Iterator[tuple[tuple[T, ...], ...]]:
    """Yield moment after moment: for each file with events of that moment, these in their order.

    A moment that concerns one file alone has one event.
    """
    waiting = [file for file in map(_File, files) if file.has_more]
    while waiting:
        moment = min(file.time for file in waiting)
        now = [file for file in waiting if file.time == moment]
        yield ((now[0].take(),),) if len(now) == 1 else tuple([tuple(file.take_all(moment)) for file in now])
        waiting = [file for file in waiting if file.has_more]


class _File(Generic[T]):
    """What is left of a file: its next event and that one's time, which is never before its predecessor's."""

    def __init__(self, events: Iterable[Timed[T]]) -> None:
        self._rest = iter(events)
        self.time = -math.inf
        self._advance()

    def take(self) -> T:
        """Return the next event, and go on to the one after it."""
        assert self._next is not None
        what = self._next.what
        self._advance()
        return what

    def take_all(self, moment: float) -> Iterator[T]:
        """Take the events of the moment."""
        taken = 0
        while self.has_more and self.time == moment:
            taken += 1
            if taken > LARGEST_MOMENT:
                raise TooManyAtOnce
            yield self.take()

    def _advance(self) -> None:
        self._next = next(self._rest, None)
        self.has_more = self._next is not None
        if self._next is not None and self._next.time is not None:
            self.time = max(self.time, self._next.time)
