"""Decision tables: strategies that read only what the player sees.

Two nodes that look the same get the same decision. The search decides one observation after the other, and gives up a
decision as soon as not even a player who sees everything could win with what has been decided. If it comes to its end
without a table, there is none that decides by the present observation alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tunnelproof.evidence.graph import Mask
from tunnelproof.evidence.rows import Numbers
from tunnelproof.games.arena import FREE, WAIT, Arena
from tunnelproof.games.solver import Solution, prices, reach, recur
from tunnelproof.properties.procedures import Aim


class OutOfTries(Exception):
    """The search was given up."""


@dataclass(frozen=True, eq=False)
class Game:
    """An arena with what the player wants in it."""

    arena: Arena
    aim: Aim
    point: Mask
    keep: Mask

    def solve(self, fixed: Numbers) -> Solution:
        """Return where the player wins, some decisions being made; of ways to reach something a cheap one."""
        if self.aim is not Aim.REACH:
            point = np.ones_like(self.point) if self.aim is Aim.AVOID else self.point
            return recur(self.arena, point, self.keep, fixed)
        everything = reach(self.arena, self.point, self.keep, fixed)
        _, cheap = prices(self.arena, self.point, self.keep, fixed)
        decision = np.where(cheap.won, cheap.decision, everything.decision)
        return Solution(everything.won, decision)

    def part(self, nodes: Mask) -> Game:
        """Return the game on these nodes alone."""
        return Game(self.arena.part(nodes), self.aim, self.point[nodes], self.keep[nodes])


@dataclass(frozen=True, eq=False)
class Found:
    """A table: the decision of each observation that can come up; ``nodes`` are those that can; and what it costs.

    ``price`` is the most that is spent before the point is reached; ``None`` if there is no bound, or nothing to reach.
    """

    decisions: dict[int, int]
    nodes: Mask
    price: int | None


def find_table(game: Game, seen: Numbers, tries: int, told: Callable[[], None] = lambda: None) -> Found | None:
    """Return a table that wins from every initial node, ``seen`` being the observation of each node; ``None``: no such.

    Raises `OutOfTries` after so many.
    """
    return _Search(game, seen, tries, told).run()


class _Search:
    def __init__(self, game: Game, seen: Numbers, tries: int, told: Callable[[], None]) -> None:
        self.game, self.arena, self.seen, self.left, self.told = game, game.arena, seen, tries, told
        group = self.arena.group
        self.possible: dict[int, set[int]] = {}
        for place, move in zip(seen[group.sources].tolist(), group.moves.tolist(), strict=True):
            self.possible.setdefault(place, set()).add(move)

    def run(self) -> Found | None:
        table = self._decide({})
        return None if table is None else self._lean(table)

    def _solved(self, table: dict[int, int]) -> Solution | None:
        """Return the solution with the table's decisions, if the player still wins."""
        if self.left <= 0:
            raise OutOfTries
        self.left -= 1
        self.told()
        fixed = np.full(len(self.arena), FREE, dtype=np.int64)
        for observation, decision in table.items():
            fixed[self.seen == observation] = decision
        solution = self.game.solve(fixed)
        return solution if solution.won[self.arena.graph.initial].all() else None

    def _decide(self, table: dict[int, int]) -> dict[int, int] | None:
        stack = [table]
        while stack:
            table = stack.pop()
            solution = self._solved(table)
            if solution is None:
                continue
            nodes = played(self.arena, solution.decision)
            open_ = self._conflict(table, solution, nodes)
            if open_ is None:
                decided = zip(self.seen[nodes].tolist(), solution.decision[nodes].tolist(), strict=True)
                complete = dict(decided) | table
                if self._solved(complete) is not None:
                    return complete
                open_ = next((o for o in complete if o not in table), None)
                if open_ is None:
                    continue
            votes = solution.decision[nodes & (self.seen == open_)]
            options = {WAIT, *self.possible.get(open_, ())}
            ordered = sorted(options, key=lambda d: (-int((votes == d).sum()), d))
            stack += [table | {open_: option} for option in reversed(ordered)]
        return None

    def _conflict(self, table: dict[int, int], solution: Solution, nodes: Mask) -> int | None:
        """Return an observation whose nodes want different decisions."""
        at = np.flatnonzero(nodes)
        pairs = np.unique(np.stack([self.seen[at], solution.decision[at]]), axis=1)
        several, count = np.unique(pairs[0], return_counts=True)
        return next((int(o) for o in several[count > 1] if int(o) not in table), None)

    def _lean(self, table: dict[int, int]) -> Found:
        """Leave out what need not be done, as far as it costs nothing, and what never comes up."""
        best = self._found(table)
        for observation in sorted(o for o, d in table.items() if d != WAIT):
            if observation not in best.decisions:
                continue
            found = self._found(best.decisions | {observation: WAIT})
            try:
                if self._solved(found.decisions) is None:
                    continue
            except OutOfTries:
                break
            if best.price is None or (found.price is not None and found.price <= best.price):
                best = found
        return best

    def _found(self, table: dict[int, int]) -> Found:
        decision = np.full(len(self.arena), WAIT, dtype=np.int64)
        for observation, decided in table.items():
            decision[self.seen == observation] = decided
        nodes = played(self.arena, decision)
        met = np.unique(self.seen[nodes]).tolist()
        price = spent(self.arena, decision, nodes) if self.game.aim is Aim.REACH else None
        return Found({o: table.get(o, WAIT) for o in met}, nodes, price)


def _chosen(arena: Arena, decision: Numbers) -> tuple[Mask, Mask]:
    """Return the environment's edges and the player's that the decisions leave."""
    group = arena.group
    mine = decision[group.sources] == group.moves
    theirs = np.ones(len(arena.tails), dtype=bool)
    if arena.quick:
        acts = np.zeros(len(arena), dtype=bool)
        acts[group.sources[mine]] = True
        theirs = ~acts[arena.tails]
    return theirs, mine[group.of_edge]


def played(arena: Arena, decision: Numbers) -> Mask:
    """Return the nodes that can come up if the player decides so."""
    theirs, mine = _chosen(arena, decision)
    tails = np.concatenate([arena.tails[theirs], arena.group.sources[arena.group.of_edge][mine]])
    heads = np.concatenate([arena.heads[theirs], arena.group.targets[mine]])
    found = arena.graph.initial.copy()
    while True:
        before = int(found.sum())
        found[heads[found[tails]]] = True
        if int(found.sum()) == before:
            return found


def spent(arena: Arena, decision: Numbers, nodes: Mask, most: int = 64) -> int | None:
    """Return the most that is spent from the initial nodes on; ``None`` if there is no bound, or above ``most``."""
    theirs, mine = _chosen(arena, decision)
    group = arena.group
    tails = np.concatenate([arena.tails[theirs], group.sources[group.of_edge][mine]])
    heads = np.concatenate([arena.heads[theirs], group.targets[mine]])
    cost = np.concatenate([np.zeros(int(theirs.sum()), dtype=np.int64), group.prices[group.of_edge][mine]])
    inside = nodes[tails]
    tails, heads, cost = tails[inside], heads[inside], cost[inside]
    value = np.zeros(len(arena), dtype=np.int64)
    while True:
        after = value.copy()
        np.maximum.at(after, tails, after[heads] + cost)
        if (after > most).any():
            return None
        if (after == value).all():
            return int(value[arena.graph.initial].max(initial=0))
        value = after
