"""Arrays and bounded queues, written with plain variables.

``slots = component.array("slot", index=Slot, of=bool, start=False)`` declares one variable per index value,
``slot[a]``,
``slot[b]``, …; a queue declares its length and its cells. Engines, judge and formulas see only those variables, so
there is nothing more to trust.
"""

from __future__ import annotations

from collections.abc import Mapping

from tunnelproof.errors import ModelError
from tunnelproof.model.language.domains import Value, value_of
from tunnelproof.model.language.terms import Name, Term, choose, either

Assignments = dict[Name, object]


class Array:
    """Variables by index value."""

    def __init__(self, name: str, cells: Mapping[Value, Name]) -> None:
        self.name = name
        self.cells = dict(cells)

    def __getitem__(self, index: object) -> Name:
        """Return the variable at a fixed index. Raises `ModelError` for a value that is no index."""
        key = value_of(index)
        if key not in self.cells:
            raise ModelError("TP106", f"'{self.name}' has no index {key!r}", hint=f"it has {list(self.cells)}")
        return self.cells[key]

    def at(self, index: Term, otherwise: object) -> Term | object:
        """Return the value at an index that is worked out, and ``otherwise`` where that is no index."""
        found: Term | object = otherwise
        for key, cell in reversed(self.cells.items()):
            found = choose(index == key, cell, found)
        return found

    def put(self, index: Term, value: object) -> Assignments:
        """Return the effects that assign the value at an index that is worked out; nothing changes if it is no
        index.
        """
        return {cell: choose(index == key, value, cell) for key, cell in self.cells.items()}

    def fill(self, value: object) -> Assignments:
        """Return the effects that assign the value everywhere."""
        return dict.fromkeys(self.cells.values(), value)

    def some(self, value: object) -> Term:
        """Say that some cell has the value."""
        return either(*(cell == value for cell in self.cells.values()))


class Queue:
    """A first-in first-out queue. Putting into a full one leaves the domain of its length, which is refused as such."""

    def __init__(self, length: Name, cells: tuple[Name, ...], empty: object) -> None:
        self.length = length
        self.cells = cells
        self._empty = empty

    @property
    def is_empty(self) -> Term:
        """Say that nothing is waiting."""
        return self.length == 0

    @property
    def is_full(self) -> Term:
        """Say that nothing more can be put in."""
        return self.length == len(self.cells)

    def head(self, default: object) -> Term:
        """Return what waits longest, or the default if nothing does."""
        return choose(self.is_empty, default, self.cells[0])

    def enqueue(self, value: object) -> Assignments:
        """Return the effects that put a value at the end."""
        effects: Assignments = {cell: choose(self.length == i, value, cell) for i, cell in enumerate(self.cells)}
        return effects | {self.length: self.length + 1}

    def dequeue(self) -> Assignments:
        """Return the effects that take the head out. Cells not in use go back to the same value: equal queues are
        equal.
        """
        following = (*self.cells[1:], self._empty)
        effects: Assignments = dict(zip(self.cells, following, strict=True))
        return effects | {self.length: self.length - 1}
