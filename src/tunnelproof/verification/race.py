"""Runs that find the same by different ways, side by side: the first that settles the matter ends the others.

Seconds say who is asked, never what is answered: whoever is first, the answer is the same.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from tunnelproof.engines.contract import Rivalry

T = TypeVar("T")

Entrant = Callable[[Rivalry], T]  # is to stop, in any way, soon after it is over

_LAST_WORDS = 0.2  # seconds for a loser to stop before it is left behind


class Race(Generic[T]):
    """Runs of which one result is wanted, each in a thread; each later one starts ``head_start`` seconds later, unless
    one before it is nearly done by then.

    What was used in a run that is ``left_behind`` must not be used again.
    """

    def __init__(self, entrants: Mapping[str, Entrant[T]], head_start: float) -> None:
        self._waiting, self._head_start = list(entrants.items()), head_start
        self._rivalry = Rivalry()
        self._finished: SimpleQueue[tuple[str, T | BaseException]] = SimpleQueue()
        self._threads: dict[str, threading.Thread] = {}
        self.results: dict[str, T] = {}

    def run(self, settles: Callable[[T], bool]) -> str:
        """Return who came first with a result that settles the matter; without one, who came first with any result.

        What an entrant raises is raised. The main thread only waits, so that it hears signals at once.
        """
        try:
            while self._waiting or len(self.results) < self.begun:
                name, result = self._next()
                if isinstance(result, BaseException):
                    raise result
                self.results[name] = result
                if settles(result):
                    return name
            return next(iter(self.results))
        finally:
            self._rivalry.over.set()
            for thread in self._threads.values():
                if thread.ident is not None:
                    thread.join(_LAST_WORDS)

    @property
    def begun(self) -> int:
        """How many have begun."""
        return len(self._threads)

    @property
    def left_behind(self) -> list[str]:
        """The entrants that are still running although they were told to stop."""
        return [name for name, thread in self._threads.items() if thread.is_alive()]

    def _next(self) -> tuple[str, T | BaseException]:
        """Start whoever is due, and return the next result."""
        while self._waiting:
            if self.begun == len(self.results):
                self._start()
                continue
            try:
                return self._finished.get(timeout=self._head_start)
            except Empty:
                if self._rivalry.nearly_done.is_set():
                    break
                self._start()
        return self._finished.get()

    def _start(self) -> None:
        name, entrant = self._waiting.pop(0)

        def work() -> None:
            try:
                self._finished.put((name, entrant(self._rivalry)))
            except BaseException as fault:  # raised where it is waited for
                self._finished.put((name, fault))

        # A daemon: the end of the program does not wait for it.
        self._threads[name] = threading.Thread(target=work, daemon=True)
        try:
            self._threads[name].start()
        except RuntimeError:  # there is no room for another thread
            work()
