"""The reachable pairs of a system, found breadth first; goes on from where it stopped."""

from __future__ import annotations

import ctypes
import os

import numpy as np
from numpy.typing import NDArray

from tunnelproof.engines.clock import Clock
from tunnelproof.engines.contract import LimitReached
from tunnelproof.engines.explicit.native import Compiled
from tunnelproof.engines.explicit.packing import Words
from tunnelproof.engines.explicit.search_code import Slot
from tunnelproof.engines.explicit.table_code import RING
from tunnelproof.evidence.verdict import Reason

CHUNK = 1 << 18  # states that are expanded before the driver looks at clock and memory
_FEWEST_SLOTS = 16  # binary logarithm
_LARGE_TABLE = 22  # as well: from here on a table becomes only twice as large when it grows
_PART = 1 << 24  # slots that are moved at a time
_FULLEST = 0.6  # share of the slots that may be taken
_SHARE_OF_MEMORY = 0.75  # of the machine's, that a search takes at most


class Exploration:
    """A search from some initial states. ``states`` are in the order in which they were found."""

    def __init__(self, search: Compiled, initial: Words, most: int) -> None:
        integer, address = ctypes.c_int64, ctypes.c_void_p
        self._search = search.function("search", [address])
        self._refill = search.function("refill", [address, integer, address, integer])
        self.words = initial.shape[1]
        self._margin = RING + most + 1  # what one expansion may add at most
        self._context = np.zeros(len(Slot), dtype=np.int64)
        self._levels = np.empty(1 << 10, dtype=np.int64)
        self._states = np.empty((max(2 * len(initial), 1 << 12) + self._margin, self.words), dtype=np.int64)
        self._states[: len(initial)] = initial
        self._context[Slot.COUNT] = self._context[Slot.LEVEL_END] = len(initial)
        self._bits = _FEWEST_SLOTS
        while self._fullest() < len(initial) + self._margin:
            self._bits += 1
        taken = initial.copy()
        taken[:, 0] += 1
        self._table = self._entered(taken, self._bits)
        self._levels[0] = len(initial)
        self._context[Slot.LEVEL_COUNT] = 1

    @property
    def count(self) -> int:
        """How many states have been found."""
        return int(self._context[Slot.COUNT])

    @property
    def expanded(self) -> int:
        """How many of them have been expanded; they are the first ones."""
        return int(self._context[Slot.CURSOR])

    @property
    def steps(self) -> int:
        """How many steps the expanded states have."""
        return int(self._context[Slot.STEPS])

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to expand."""
        return bool(self._context[Slot.DONE])

    @property
    def states(self) -> Words:
        """The states found so far, a line for each."""
        return self._states[: self.count]

    @property
    def levels(self) -> NDArray[np.int64]:
        """How many states there are up to the end of each level."""
        return self._levels[: int(self._context[Slot.LEVEL_COUNT])]

    @property
    def table(self) -> tuple[Words, int]:
        """The slots, and 64 less the binary logarithm of their number."""
        return self._table, 64 - self._bits

    @property
    def bytes(self) -> int:
        """The memory that states and slots take."""
        return self._states.nbytes + self._table.nbytes

    def advance(self, clock: Clock) -> None:
        """Expand another chunk of states. Raises `LimitReached`."""
        clock.check()
        clock.tell(f"{self.count} states")
        self._make_room(clock)
        context = self._context
        context[Slot.STATES] = self._states.ctypes.data
        context[Slot.TABLE] = self._table.ctypes.data
        context[Slot.SHIFT] = 64 - self._bits
        context[Slot.LEVELS] = self._levels.ctypes.data
        context[Slot.LEVEL_ROOM] = len(self._levels)
        context[Slot.ROOM] = min(len(self._states), self._fullest())
        context[Slot.STOP] = self.expanded + CHUNK
        self._search(context.ctypes.data)

    def _fullest(self) -> int:
        return int((1 << self._bits) * _FULLEST)

    def _make_room(self, clock: Clock) -> None:
        """See to it that states, slots and levels have room for more."""
        if self.count + self._margin >= len(self._states):
            self._allow(clock, self._states.nbytes * 2)
            grown = np.empty((2 * len(self._states), self.words), dtype=np.int64)
            grown[: self.count] = self.states
            self._states = grown
        while self.count + self._margin >= self._fullest():
            bits = self._bits + (2 if self._bits < _LARGE_TABLE else 1)
            self._allow(clock, 8 * self.words << bits)
            # Together and last: whatever stops the growing, the size known is that of the table there is.
            self._table, self._bits = self._entered(self._table, bits), bits
        if len(self.levels) == len(self._levels):
            self._levels = np.concatenate([self._levels, np.empty_like(self._levels)])

    def _allow(self, clock: Clock, wanted: int) -> None:
        clock.check(wanted)
        if self.bytes + wanted > _SHARE_OF_MEMORY * _physical_memory():
            raise LimitReached(Reason.LIMIT, f"{self.count} states fill this machine's memory")

    def _entered(self, taken: Words, bits: int) -> Words:
        """Return a new table, of 2 to the power of ``bits`` slots, with the states of these slots."""
        table = np.empty((1 << bits, self.words), dtype=np.int64)
        table.fill(0)
        for start in range(0, len(taken), _PART):  # a signal is heard between two parts
            part = taken[start : start + _PART]
            self._refill(part.ctypes.data, len(part), table.ctypes.data, 64 - bits)
        return table


def _physical_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # this system does not tell
        return 1 << 62
