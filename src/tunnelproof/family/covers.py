"""Short covers of one set of rows that avoid another: two-level minimisation with many-valued variables.

A *cube* gives each variable the values that it may have, as a bit mask. Sets of rows are bit masks too, so
that one operation on whole numbers looks at all rows at once.

The method is the classical one: expand a row to a *prime* cube (no value can be added to it without
touching a row to avoid), choose few primes that cover everything, leave out what is not needed. Rows are
expanded in several fixed orders of the variables; of the covers found the shortest is kept. It need not be
the shortest there is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

Cube = tuple[int, ...]
Choice = Callable[[int, int, int], int]

FEW_VARIABLES = 4  # so few are tried in every order
FEW_ROWS = 64  # so few are all expanded, not only those that are not covered yet
SEARCH_STEPS = 500  # how long to look for a cover of fewer cubes
MANY_CUBES = 200  # a cover of so many cubes explains nothing, and is not worth a search for a shorter one


@dataclass(frozen=True)
class Table:
    """Rows as bits: those with each value of each variable, those to cover, those to avoid."""

    columns: tuple[tuple[int, ...], ...]
    on: int
    off: int

    @cached_property
    def free(self) -> Cube:
        """The cube that allows everything."""
        return tuple((1 << len(values)) - 1 for values in self.columns)

    def having(self, variable: int, mask: int) -> int:
        """Return the rows whose value of the variable is in the mask."""
        known = self._having[variable]
        if mask not in known:
            found = 0
            for value, rows in enumerate(self.columns[variable]):
                if mask >> value & 1:
                    found |= rows
            known[mask] = found
        return known[mask]

    @cached_property
    def _having(self) -> list[dict[int, int]]:
        return [{} for _ in self.columns]

    def rows_of(self, cube: Cube) -> int:
        """Return the rows to cover that the cube allows."""
        found = self.on
        for variable, mask in enumerate(cube):
            if mask != self.free[variable]:
                found &= self.having(variable, mask)
        return found

    def cube_of(self, row: int) -> Cube:
        """Return the cube of just the values that the row has."""
        bit = 1 << row
        return tuple(sum(1 << value for value, rows in enumerate(values) if rows & bit) for values in self.columns)


def cover(table: Table, choose: Choice) -> tuple[Cube, ...]:
    """Return cubes that together allow every row of ``on`` and none of ``off``. Neither may be empty.

    No cube can be left out, and no variable of a cube can be set free. Where a variable needs the values of
    one mask and may have those of a larger one, ``choose(variable, needed, allowed)`` says which mask to
    take, between the two.
    """
    chosen, primes = _expand_uncovered(table)
    tries = [chosen]
    if len(chosen) <= MANY_CUBES:
        tries.append(_choose_greedily(table, primes))
    tidy = [_tidied(table, cubes, choose) for cubes in tries]
    if fewer := _choose_fewest(table, primes, min(map(len, tidy))):
        tidy.append(_tidied(table, fewer, choose))
    sizes = [(len(cubes), sum(_literals(table, cube) for cube in cubes)) for cubes in tidy]
    return tuple(tidy[sizes.index(min(sizes))])


def _expand_uncovered(table: Table) -> tuple[list[Cube], list[Cube]]:
    """Cover row by row, each by the best of its primes; return the cover and all primes met."""
    orders = _orders(len(table.columns))
    two_valued = all(len(values) <= 2 for values in table.columns)
    ways = (_expand,) if two_valued else (_expand, _widen)
    chosen: list[Cube] = []
    primes: dict[Cube, None] = {}
    uncovered, waiting = table.on, table.on
    few = table.on.bit_count() <= FEW_ROWS
    while waiting:
        seed = table.cube_of((waiting & -waiting).bit_length() - 1)
        waiting &= waiting - 1
        found = list(dict.fromkeys(expand(table, seed, order) for order in orders for expand in ways))
        primes.update(dict.fromkeys(found))
        if table.rows_of(seed) & uncovered:
            best = _most_useful(table, found, uncovered)
            chosen.append(best)
            uncovered &= ~table.rows_of(best)
        if not few:
            waiting = uncovered
        if len(chosen) > MANY_CUBES:
            orders = orders[:1]
    return chosen, list(primes)


def _most_useful(table: Table, cubes: Sequence[Cube], uncovered: int) -> Cube:
    """Return the cube that covers most of what is left; of several the shortest, then the first."""
    gains = [((table.rows_of(cube) & uncovered).bit_count(), -_literals(table, cube)) for cube in cubes]
    return cubes[gains.index(max(gains))]


def _orders(variables: int) -> list[tuple[int, ...]]:
    """Return the orders to try: all of few variables; else those in which each has every place twice."""
    declared = tuple(range(variables))
    if variables <= FEW_VARIABLES:
        return list(permutations(declared))
    turns = [declared[k:] + declared[:k] for k in declared]
    return [*turns, *(turn[::-1] for turn in turns)]


def _expand(table: Table, cube: Cube, order: Sequence[int]) -> Cube:
    """Return a prime that contains the cube: set variables free where possible, then add values."""
    masks = list(cube)
    rows = [table.having(variable, masks[variable]) for variable in order]
    after = [-1]
    for having in reversed(rows):
        after.append(after[-1] & having)
    touched = table.off
    for place, variable in enumerate(order):
        if touched & after[len(order) - place - 1]:
            touched &= rows[place]
        else:
            masks[variable] = table.free[variable]
    return _widen(table, masks, order)


def _widen(table: Table, cube: Sequence[int], order: Sequence[int]) -> Cube:
    """Return a prime that contains the cube: add all values that can be added, variable by variable."""
    masks = list(cube)
    limited = [variable for variable in order if masks[variable] != table.free[variable]]
    after = [-1]  # what the variables that come later allow
    for variable in reversed(limited):
        after.append(after[-1] & table.having(variable, masks[variable]))
    touched = table.off
    for place, variable in enumerate(limited):
        masks[variable] = _avoiding(table, variable, touched & after[len(limited) - place - 1])
        touched &= table.having(variable, masks[variable])
    return tuple(masks)


def _allowed(table: Table, masks: Sequence[int], variable: int) -> int:
    """Return the values that the variable may have without touching ``off`` if the others stay."""
    touched = table.off
    for other, mask in enumerate(masks):
        if other != variable and mask != table.free[other]:
            touched &= table.having(other, mask)
    return _avoiding(table, variable, touched)


def _avoiding(table: Table, variable: int, rows: int) -> int:
    """Return the values of the variable that none of the rows has."""
    return sum([1 << value for value, having in enumerate(table.columns[variable]) if not having & rows])


def _choose_greedily(table: Table, primes: Sequence[Cube]) -> list[Cube]:
    """Take again and again the prime that covers most of what is left; on a tie the shortest."""
    rows = [table.rows_of(cube) for cube in primes]
    # A gain only shrinks as others are taken: an entry that is still first once renewed is the best of all.
    heap = [(-rows[k].bit_count(), _literals(table, cube), k) for k, cube in enumerate(primes)]
    heapq.heapify(heap)
    chosen: list[Cube] = []
    uncovered = table.on
    while uncovered:
        _, literals, k = heap[0]
        renewed = (-(rows[k] & uncovered).bit_count(), literals, k)
        if renewed != heap[0]:
            heapq.heapreplace(heap, renewed)
            continue
        heapq.heappop(heap)
        chosen.append(primes[k])
        uncovered &= ~rows[k]
    return chosen


def _choose_fewest(table: Table, primes: Sequence[Cube], enough: int) -> list[Cube]:
    """Return fewer primes than ``enough`` that cover everything, or nothing.

    For one uncovered row after another all primes with that row are tried, for a fixed number of steps.
    """
    rows = {cube: table.rows_of(cube) for cube in primes}
    steps = iter(range(SEARCH_STEPS))

    def search(uncovered: int, most: int) -> list[Cube] | None:
        if not uncovered:
            return []
        if not most or next(steps, None) is None:
            return None
        seed = uncovered & -uncovered
        useful = [cube for cube in primes if rows[cube] & seed]
        for cube in sorted(useful, key=lambda cube: -(rows[cube] & uncovered).bit_count()):
            if (rest := search(uncovered & ~rows[cube], most - 1)) is not None:
                return [cube, *rest]
        return None

    best: list[Cube] = []
    while (fewer := search(table.on, (len(best) or enough) - 1)) is not None:
        best = fewer
    return best


def _tidied(table: Table, cubes: list[Cube], choose: Choice) -> list[Cube]:
    """Leave out cubes that are not needed, and values as ``choose`` says, until nothing more can go."""
    while True:
        cubes.sort(key=lambda cube: (-_literals(table, cube), table.rows_of(cube).bit_count(), cube))
        cubes = _revised(table, cubes, 0, lambda cube, rest: cube if table.rows_of(cube) & ~rest else None)
        cubes = _revised(table, cubes, 0, lambda cube, rest: _narrowed(table, cube, rest, choose))
        freer = [_freed(table, cube) for cube in cubes]
        if freer == cubes:
            return cubes
        cubes = freer


def _revised(table: Table, cubes: list[Cube], rest: int, revise: Callable[[Cube, int], Cube | None]) -> list[Cube]:
    """Replace each cube in turn, given the rows that ``rest`` and the other cubes cover at that time."""
    if len(cubes) <= 1:
        return [new for cube in cubes if (new := revise(cube, rest)) is not None]
    middle = len(cubes) // 2
    first = _revised(table, cubes[:middle], rest | _union(table, cubes[middle:]), revise)
    return first + _revised(table, cubes[middle:], rest | _union(table, first), revise)


def _union(table: Table, cubes: list[Cube]) -> int:
    found = 0
    for cube in cubes:
        found |= table.rows_of(cube)
    return found


def _narrowed(table: Table, cube: Cube, rest: int, choose: Choice) -> Cube:
    """Let ``choose`` pick the values of each variable; what ``rest`` covers the cube need not."""
    own = table.rows_of(cube) & ~rest
    masks = list(cube)
    for variable, mask in enumerate(masks):
        if mask != table.free[variable]:
            needed = sum(1 << value for value, rows in enumerate(table.columns[variable]) if rows & own)
            masks[variable] = choose(variable, needed, mask)
    return tuple(masks)


def _freed(table: Table, cube: Cube) -> Cube:
    """Set free the variables that can be, from the last to the first."""
    masks = list(cube)
    for variable in reversed(range(len(masks))):
        if _allowed(table, masks, variable) == table.free[variable]:
            masks[variable] = table.free[variable]
    return tuple(masks)


def _literals(table: Table, cube: Cube) -> int:
    return sum(mask != free for mask, free in zip(cube, table.free, strict=True))
