"""Who wins, by fixpoints over the whole arena at once.

The environment promises weak fairness: then waiting helps where a promised step is always possible and each way of
taking it leads on; moving helps where every way the move turns out leads on and nothing that the environment does first
leads astray (Kesten, Piterman and Pnueli, 2005, for games with justice assumptions). Strong promises are used as far as
a nested game of coming back to where the promised step is possible goes: enough to win, not always all that is won.

Nothing here is trusted: `verification.strategies` puts what is found back into the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.rows import Numbers
from tunnelproof.games.arena import FREE, WAIT, Arena, Duty

_NESTED = 2  # strong promises that are relied on within each other


@dataclass(frozen=True, eq=False)
class Solution:
    """The nodes that the player wins from, and his decision in each: `WAIT` or the number of a move."""

    won: Mask
    decision: Numbers


def free(arena: Arena) -> Numbers:
    """Return the decisions of a player who has decided nothing yet."""
    return np.full(len(arena), FREE, dtype=np.int64)


def reach(arena: Arena, goal: Mask, keep: Mask, fixed: Numbers) -> Solution:
    """Return where the player can make sure to come to ``goal``, all the way inside ``keep``.

    ``fixed`` has the decisions already made. A move that is decided on where it is impossible is a wait.
    """
    return _Reach(arena, keep, fixed).solve(goal & keep)


def recur(arena: Arena, point: Mask, keep: Mask, fixed: Numbers) -> Solution:
    """Return where the player can make sure that ``point`` holds again and again, always inside ``keep``."""
    inside = keep.copy()
    while True:
        found = once(arena, point, inside, fixed)
        if (found.won == inside).all():
            return found
        inside = found.won


def once(arena: Arena, point: Mask, inside: Mask, fixed: Numbers) -> Solution:
    """Return where the player can make sure of ``point`` once more, staying inside then and before."""
    search = _Reach(arena, inside, fixed)
    return search.solve(point & inside & ~search.astray(inside))


def prices(arena: Arena, goal: Mask, keep: Mask, fixed: Numbers, most: int = 64) -> tuple[Numbers, Solution]:
    """Return the least total price of moves with which the player can make sure to come to ``goal``; -1 for none.

    It is the value of the game, the environment being against him. The solution spends no more.
    """
    price = np.full(len(arena), -1, dtype=np.int64)
    decision = np.full(len(arena), WAIT, dtype=np.int64)
    everything = reach(arena, goal, keep, fixed).won
    levels: list[Mask] = []
    dearest = int(arena.group.prices.max(initial=0))
    search = _Reach(arena, keep, fixed)
    while len(levels) <= most and (not levels or (levels[-1] != everything).any()):
        found = search.solve((levels[-1] if levels else goal & keep), levels)
        fresh = found.won & (price < 0)
        decision[fresh & ~goal] = found.decision[fresh & ~goal]
        price[fresh] = len(levels)
        levels.append(found.won)
        if len(levels) > dearest and all((level == found.won).all() for level in levels[-dearest - 1 :]):
            break
    return price, Solution(price >= 0, decision)


class _Reach:
    """Attractors inside some nodes, some decisions being made."""

    def __init__(self, arena: Arena, keep: Mask, fixed: Numbers) -> None:
        self.arena, self.keep, self.fixed = arena, keep, fixed
        group = arena.group
        choice = fixed[group.sources]
        self.allowed = (choice == FREE) | (choice == group.moves)
        self.forced = choice == group.moves
        self.acts = arena.nowhere.copy()  # nodes where a decided move is possible
        self.acts[group.sources[self.forced]] = True

    def astray(self, inside: Mask, moving: bool = False) -> Mask:
        """Return the nodes from which the environment, or a decided move, may lead out of the nodes.

        With ``moving``, not those from which a quick player moves first and stays inside.
        """
        found = self.arena.leaving(inside)
        if self.arena.quick:
            found &= ~self.acts  # the environment never comes first there
            if moving:
                found[self.arena.group.sources[self.allowed & self.arena.surely(inside)]] = False
        wrong = self.forced & ~self.arena.surely(inside)
        found[self.arena.group.sources[wrong]] = True
        return found

    def solve(self, goal: Mask, banks: Sequence[Mask] | None = None, without: frozenset[str] = frozenset()) -> Solution:
        """Return the attractor to the goal. With ``banks``, a move of price p leads to the p-th last of them."""
        won = goal.copy()
        decision = np.full(len(self.arena), WAIT, dtype=np.int64)
        while True:
            fresh = self.arena.nowhere.copy()
            for duty in self.arena.duties:
                fresh |= self._waiting(duty, won)
            if not fresh.any() and len(without) < _NESTED:
                fresh, chosen = self._coming_back(won, banks, without)
                decision[fresh] = chosen[fresh]
            if not fresh.any():
                fresh, chosen = self._moving(won, banks)
                decision[fresh] = chosen[fresh]
            if not fresh.any():
                decided = self.acts & (self.fixed >= 0)
                decision[decided] = self.fixed[decided]
                return Solution(won, decision)
            won |= fresh

    def _largest(self, some: Mask, won: Mask, moving: bool = False) -> Mask:
        """Return the largest part of the nodes that only leads to itself or to what is won."""
        while True:
            kept: Mask = some & ~self.astray(won | some, moving)
            if (kept == some).all():
                return kept
            some = kept

    def _waiting(self, duty: Duty, won: Mask) -> Mask:
        """Return where a promised step stays possible until it is taken, and leads on."""
        some = duty.enabled & self.keep & ~won
        some[duty.tails[~won[duty.heads]]] = False
        if self.arena.quick:
            some &= ~self.acts  # where the player moves first, the step is not possible
        return self._largest(some, won) if some.any() else some

    def _moving(self, won: Mask, banks: Sequence[Mask] | None) -> tuple[Mask, Numbers]:
        """Return where some move leads on, and nothing that comes before it leads astray."""
        group = self.arena.group
        good: Mask = self.allowed & self._affordable(won, banks)
        some = self.arena.nowhere.copy()
        chosen = np.full(len(self.arena), WAIT, dtype=np.int64)
        at = np.flatnonzero(good)
        at = at[np.argsort(-group.prices[at], kind="stable")]  # the cheapest is written last
        some[group.sources[at]] = True
        chosen[group.sources[at]] = group.moves[at]
        some &= self.keep & ~won
        if self.arena.quick:
            return some, chosen
        return self._largest(some, won), chosen

    def _affordable(self, won: Mask, banks: Sequence[Mask] | None) -> Mask:
        if banks is None:
            return self.arena.surely(won)
        found: Mask = self.arena.surely(won) & (self.arena.group.prices == 0)
        for price in range(1, len(banks) + 1):
            found |= self.arena.surely(banks[-price]) & (self.arena.group.prices == price)
        return found

    def _coming_back(self, won: Mask, banks: Sequence[Mask] | None, without: frozenset[str]) -> tuple[Mask, Numbers]:
        """Return where a strongly promised step can be made possible again and again until it is taken."""
        for duty in self.arena.duties:
            if not duty.strong or duty.name in without:
                continue
            some = self.keep & ~won
            some[duty.tails[~won[duty.heads]]] = False
            some = self._largest(some, won, moving=True)
            while some.any():
                waits = some & duty.enabled & ~self.astray(won | some)
                if self.arena.quick:
                    waits &= ~self.acts
                inner = _Reach(self.arena, some | won, self.fixed)
                found = inner.solve(won | waits, banks, without | {duty.name})
                kept = self._largest(some & found.won, won, moving=True)
                if (kept == some).all():
                    return some, found.decision
                some = kept
        return self.arena.nowhere, self.fixed
