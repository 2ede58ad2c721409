"""Pairs as words: every name gets a field of bits in one of as many 63-bit words as are needed.

Fields stand in declaration order, the first in the highest bits, so that words sort like rows. A word is never
negative, and one more than it is never zero: that is how the search marks what is taken in its table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunnelproof.evidence.rows import Codes
from tunnelproof.model.language.system import System

Words = NDArray[np.int64]

WORD_BITS = 63


@dataclass(frozen=True, slots=True)
class Field:
    """Where a code is: in which word, how far from its low end, how many bits wide (none for a single value)."""

    word: int
    shift: int
    width: int

    @property
    def mask(self) -> int:
        """The field's bits, at the low end."""
        return (1 << self.width) - 1


class Packing:
    """The fields of a system's configuration variables and variables, and of ``extra`` names of one bit."""

    def __init__(self, system: System, extra: Sequence[str] = ()) -> None:
        widths = {name: (len(domain.values) - 1).bit_length() for name, domain in system.domains.items()}
        widths |= dict.fromkeys(extra, 1)
        self.columns = tuple(system.domains)
        self.fields: dict[str, Field] = {}
        word, room = 0, WORD_BITS
        for name, width in widths.items():
            if width > room:
                word, room = word + 1, WORD_BITS
            room -= width
            self.fields[name] = Field(word, room, width)
        self.words = word + 1

    def pack(self, rows: Codes) -> Words:
        """Return the words of rows of codes; extra bits are zero."""
        found = np.zeros((len(rows), self.words), dtype=np.int64)
        for column, name in enumerate(self.columns):
            field = self.fields[name]
            found[:, field.word] |= rows[:, column].astype(np.int64) << field.shift
        return found

    def unpack(self, states: Words, columns: Sequence[str] | None = None) -> Codes:
        """Return the codes of the named columns (default: all but the extra bits), a line for each name."""
        names = self.columns if columns is None else columns
        found = np.empty((len(names), len(states)), dtype=np.int32)
        for line, name in zip(found, names, strict=True):
            field = self.fields[name]
            line[:] = (states[:, field.word] >> field.shift) & field.mask
        return found

    def put(self, states: Words, name: str, bits: NDArray[np.bool_]) -> None:
        """Write the extra bit of each state."""
        field = self.fields[name]
        states[:, field.word] |= bits.astype(np.int64) << field.shift


def in_order(states: Words) -> NDArray[np.int64]:
    """Return the positions of the states in the order of their rows."""
    return np.argsort(states[:, 0]) if states.shape[1] == 1 else np.lexsort(states.T[::-1])
