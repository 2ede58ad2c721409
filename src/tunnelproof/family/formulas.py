"""Formulas that say exactly when: true on some rows of values, false on others, and short.

They speak of values (``order = fetch_then_stop``), never of bits. Rows on neither side are invalid
combinations: about those a formula may say whatever makes it short.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tunnelproof.errors import EvidenceRejected
from tunnelproof.family.covers import Cube, Table, cover
from tunnelproof.family.factors import Row, least_first
from tunnelproof.family.listing import Codes, decoded
from tunnelproof.family.relevance import relevant, relevant_codes
from tunnelproof.model.language.domains import Bool, Domain, Range, Value
from tunnelproof.model.language.expressions import (
    TRUE,
    Apply,
    Expr,
    Literal,
    Read,
    conjoin,
    conjuncts,
    disjoin,
    negate,
)
from tunnelproof.model.language.system import ConfigurationVariable


@dataclass(frozen=True)
class Limit:
    """One variable has one of the values (in the order of its domain, neither none of them nor all)."""

    variable: ConfigurationVariable
    values: tuple[Value, ...]

    @property
    def expression(self) -> Expr:
        """``x``, ``not x``, ``x = v``, ``x != v``, ``x <= v``, … or ``x = v or x = w``."""
        return _membership(Read(self.variable.name), self.variable.domain, self.values)


@dataclass(frozen=True)
class Description:
    """Cases, each a conjunction of limits on different variables. No case: never; one without limits: always.

    It is irredundant: no case can be left out, no limit, and no value of a limit that lists its values.
    """

    cases: tuple[tuple[Limit, ...], ...]

    @property
    def expression(self) -> Expr:
        """The disjunction of the cases, with what they have in common in front."""
        first = self.cases[0] if self.cases else ()
        common = [limit for limit in first if all(limit in case for case in self.cases)]
        rest = disjoin(_conjunction(limit for limit in case if limit not in common) for case in self.cases)
        if not common:
            return rest
        return conjoin((*conjuncts(_conjunction(common)), *conjuncts(rest)))


def formula(variables: Sequence[ConfigurationVariable], on: Iterable[Row], off: Iterable[Row]) -> Expr:
    """Return a short formula over the variables that holds on the rows of ``on`` and on none of ``off``."""
    return describe(variables, on, off).expression


def formula_of_codes(variables: Sequence[ConfigurationVariable], codes: Codes, inside: NDArray[np.bool_]) -> Expr:
    """Return a short formula that holds on the chosen lines of a table of codes and on none of the others.

    No line may occur twice.
    """
    if inside.all() or not inside.any():
        return Description(((),) if inside.any() else ()).expression
    kept, codes, chosen = relevant_codes(variables, codes, inside.astype(np.int64))
    return _describe(kept, decoded(kept, codes), tuple(chosen.tolist())).expression


def describe(variables: Sequence[ConfigurationVariable], on: Iterable[Row], off: Iterable[Row]) -> Description:
    """Return a short description that fits every row of ``on``, no row of ``off``, and others or not.

    Raises `EvidenceRejected` if a row is on both sides.
    """
    sides = dict.fromkeys(on, True)
    for row in off:
        if sides.setdefault(row, False):
            raise EvidenceRejected("TP461", f"a combination is in two cells: {row}")
    if all(sides.values()):
        return Description(((),) if sides else ())
    if not any(sides.values()):
        return Description(())
    needed, table = relevant(variables, sides)
    return _describe(needed, tuple(table), tuple(table.values()))


@lru_cache(maxsize=4096)  # the cells, groups and witnesses of a run ask for the same ones again and again
def _describe(
    variables: tuple[ConfigurationVariable, ...], lines: tuple[Row, ...], on: tuple[bool, ...]
) -> Description:
    sides = dict(zip(lines, on, strict=True))
    rows = least_first(variables, sides)
    met = [_in_order(v.domain, {row[place] for row in rows}) for place, v in enumerate(variables)]
    unmet = [frozenset(v.domain.values) - set(values) for v, values in zip(variables, met, strict=True)]
    table = _table(rows, met, sides)

    def values(place: int, mask: int) -> frozenset[Value]:
        return frozenset(value for k, value in enumerate(met[place]) if mask >> k & 1)

    def choose(place: int, needed: int, allowed: int) -> int:
        domain = variables[place].domain
        best = _plainest(domain, values(place, needed), values(place, allowed) | unmet[place])
        return sum(1 << k for k, value in enumerate(met[place]) if value in best)

    def limits(cube: Cube) -> tuple[Limit, ...]:
        return tuple(_limit(variables[p], values(p, m), unmet[p]) for p, m in enumerate(cube) if m != table.free[p])

    cubes = sorted(cover(table, choose), key=lambda cube: _reading_order(cube, table.free))
    return Description(tuple(limits(cube) for cube in cubes))


def _table(rows: Sequence[Row], met: Sequence[tuple[Value, ...]], sides: dict[Row, bool]) -> Table:
    size = len(rows) // 8 + 1
    marks = [{value: bytearray(size) for value in values} for values in met]
    on, off = bytearray(size), bytearray(size)
    for number, row in enumerate(rows):
        byte, bit = number >> 3, 1 << (number & 7)
        (on if sides[row] else off)[byte] |= bit
        for column, value in zip(marks, row, strict=True):
            column[value][byte] |= bit
    columns = tuple(tuple(int.from_bytes(mark, "little") for mark in column.values()) for column in marks)
    return Table(columns, int.from_bytes(on, "little"), int.from_bytes(off, "little"))


def _reading_order(cube: Cube, free: Cube) -> tuple[int, list[tuple[bool, int]]]:
    """Cases with few limits first; then those that limit the variables declared first, by least values."""
    limits = [(mask == all_, mask) for mask, all_ in zip(cube, free, strict=True)]
    return sum(not unlimited for unlimited, _ in limits), limits


def _limit(variable: ConfigurationVariable, values: frozenset[Value], unmet: frozenset[Value]) -> Limit:
    best = _plainest(variable.domain, values, values | unmet)
    return Limit(variable, _in_order(variable.domain, best))


def _plainest(domain: Domain, needed: frozenset[Value], allowed: frozenset[Value]) -> frozenset[Value]:
    """Return the set between the two that takes fewest values to write down."""
    ways = [needed, allowed]
    if isinstance(domain, Range):
        lo, hi = min(needed), max(needed)
        spans = ((lo, hi), (domain.lo, hi), (lo, domain.hi))
        ways += [frozenset(range(int(first), int(last) + 1)) for first, last in spans]
    return min((way for way in ways if way <= allowed), key=lambda way: _length(domain, way))


def _length(domain: Domain, values: frozenset[Value]) -> int:
    """Return how many values the membership is written with."""
    size = len(domain.values)
    if len(values) == size - 1:
        return 1
    if isinstance(domain, Range) and _is_span(values):
        return 1 if domain.lo in values or domain.hi in values else min(2, len(values))
    return len(values)


def _is_span(values: Iterable[Value]) -> bool:
    numbers = {int(value) for value in values}
    return max(numbers) - min(numbers) + 1 == len(numbers)


def _in_order(domain: Domain, values: Collection[Value]) -> tuple[Value, ...]:
    return tuple(value for value in domain.values if value in values)


def _membership(name: Expr, domain: Domain, values: tuple[Value, ...]) -> Expr:
    """Return the formula that the name has one of the values."""
    if isinstance(domain, Bool):
        return name if values[0] else negate(name)
    if len(values) == 1:
        return Apply("=", (name, Literal(values[0])))
    missing = [value for value in domain.values if value not in values]
    if len(missing) == 1 and not (isinstance(domain, Range) and missing[0] in (domain.lo, domain.hi)):
        return Apply("!=", (name, Literal(missing[0])))
    if isinstance(domain, Range) and _is_span(values):
        return _between(name, domain, values[0], values[-1])
    return disjoin(Apply("=", (name, Literal(value))) for value in values)


def _between(name: Expr, domain: Range, first: Value, last: Value) -> Expr:
    above = Apply(">=", (name, Literal(first))) if first != domain.lo else TRUE
    below = Apply("<=", (name, Literal(last))) if last != domain.hi else TRUE
    return conjoin((above, below))


def _conjunction(limits: Iterable[Limit]) -> Expr:
    return conjoin(part for limit in limits for part in conjuncts(limit.expression))
