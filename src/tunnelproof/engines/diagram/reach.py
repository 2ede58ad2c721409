"""Fixpoints: what a set of moves leads to, and from where it leads into a set.

Every move is applied to all that has been found so far, its own latest results included (chaining): far fewer and
smaller intermediate sets than layer by layer. `Rings` do go layer by layer, for shortest traces.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from tunnelproof.engines.diagram.encoding import Diagram
from tunnelproof.engines.diagram.relation import Check, Move

Grow = Callable[[Move, Diagram], Diagram]
Note = Callable[[int, Diagram], None]  # is told the number of each round and what has been found by then


def _unnoted(rounds: int, found: Diagram) -> None:
    """Tell nobody."""


def forward(start: Diagram, moves: Sequence[Move], check: Check, note: Note = _unnoted) -> Diagram:
    """Return the start and everything that the moves lead to."""
    return _grow(start, moves, lambda move, found: found | move.image(found), check, note)


def backward(goal: Diagram, moves: Sequence[Move], within: Diagram, check: Check) -> Diagram:
    """Return everything in ``within`` from which the moves lead to the goal through ``within``."""
    return _grow(goal & within, moves, lambda move, found: found | (move.preimage(found) & within), check)


def _grow(found: Diagram, moves: Sequence[Move], grow: Grow, check: Check, note: Note = _unnoted) -> Diagram:
    settled = 0  # how many moves in a row have added nothing
    for rounds in count(1) if moves else ():
        note(rounds, found)
        for move in moves:
            check()
            grown = grow(move, found)
            settled = settled + 1 if grown == found else 0
            found = grown
            if settled >= len(moves):
                return found
    return found


class Rings:
    """The layers of what the moves lead to, by distance from the start; made one after the other as they are wanted."""

    def __init__(self, start: Diagram, moves: Sequence[Move]) -> None:
        self.layers = [start]
        self._found = start
        self._moves = moves

    def until(self, target: Diagram, check: Check) -> list[Diagram]:
        """Return the layers up to the first that meets the target, which must be reachable."""
        depth = 0
        while not (self.layers[depth] & target).satisfiable():
            depth += 1
            if depth == len(self.layers):
                self._next(check)
        return self.layers[: depth + 1]

    def _next(self, check: Check) -> None:
        step = self._found ^ self._found
        for move in self._moves:
            check()
            step = step | move.image(self.layers[-1])
        fresh = self._found.imp_strict(step)
        assert fresh.satisfiable(), "the target cannot be reached"
        self.layers.append(fresh)
        self._found = self._found | fresh
