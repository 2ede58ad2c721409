"""Where the parts of a model were written.

Expressions and domains have equality by content and carry no place; the two parts of ``x and x`` are equal and
stand at different columns. A `Places` therefore remembers objects, not values, while a text is read.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TypeVar

from tunnelproof.errors import Location

T = TypeVar("T")

_BLOCK = 4096  # characters


class Places:
    """The places of objects that were read from a text. Objects made elsewhere have none."""

    def __init__(self) -> None:
        # The object is kept beside its place: an id is only unique while its object lives.
        self._known: dict[tuple[int, str], tuple[object, Location]] = {}

    def mark(self, thing: T, where: Location, part: str = "") -> T:
        """Remember where the object (or the named part of it) was written, and return it."""
        self._known[id(thing), part] = (thing, where)
        return thing

    def of(self, thing: object, part: str = "") -> Location | None:
        """Return where the object (or the named part of it) was written, if it is known."""
        found = self._known.get((id(thing), part))
        return found[1] if found else None


class Lines:
    """Turns offsets into a text into lines and columns, both counted in characters from 1."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self._text = text
        # What stands before each block, not each line's start: a file may be one line, or thirty million.
        starts = range(0, len(text), _BLOCK)
        self._breaks = [0, *accumulate(text.count("\n", start, start + _BLOCK) for start in starts)]
        self._last = [-1, *accumulate((text.rfind("\n", start, start + _BLOCK) for start in starts), max)]

    def at(self, offset: int) -> Location:
        """Return the place of the character at the offset."""
        block = offset // _BLOCK
        breaks = self._breaks[block] + self._text.count("\n", block * _BLOCK, offset)
        last = max(self._last[block], self._text.rfind("\n", block * _BLOCK, offset))
        return Location(self.file, breaks + 1, offset - last)


def excerpt(text: str, longest: int = 40) -> str:
    """Quote a piece of somebody's text in a message: on one line, short, without control characters."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "'" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in cut) + "'"
