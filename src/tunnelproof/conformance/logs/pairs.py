"""Pairs of a configuration and a state, numbered as they are met, and where steps lead from sets of them.

A set of pairs is an ascending array of their numbers. Nothing is explored beyond what a set is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from tunnelproof.conformance.logs.reading import among
from tunnelproof.family.listing import Codes
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import Step, System
from tunnelproof.semantics.step import Values
from tunnelproof.semantics.tabulate import Table

Numbers = NDArray[np.int32]
Keys = NDArray[np.generic]
Seen = Iterable[tuple[str, tuple[Value, ...]]]

NO_PAIRS: Numbers = np.zeros(0, dtype=np.int32)
_LARGEST_KEY = 2**62
_FEW_KEYS = 1024


class TooManyPairs(Exception):
    """More pairs would have to be kept than are allowed."""


class Pairs:
    """Rows of codes (as `Table` has them) by their numbers, at most ``limit`` of them."""

    def __init__(self, system: System, limit: int) -> None:
        self.system, self.limit = system, limit
        self._sizes = [len(domain.values) for domain in system.domains.values()]
        self._rows = np.zeros((64, len(self._sizes)), dtype=np.min_scalar_type(max(self._sizes, default=1) - 1))
        self._count = 0
        self._known = _Numbering(self._keys_of(self.rows(NO_PAIRS)))

    def __len__(self) -> int:
        return self._count

    def rows(self, numbers: Numbers) -> Codes:
        """Return the rows of the pairs."""
        return self._rows[numbers].astype(np.int32)

    def values(self, number: int) -> tuple[Values, Values]:
        """Return the configuration and the state of a pair."""
        domains = self.system.domains.values()
        found = [domain.values[code] for domain, code in zip(domains, self._rows[number].tolist(), strict=True)]
        rigid = len(self.system.configuration)
        return tuple(found[:rigid]), tuple(found[rigid:])

    def number(self, rows: Codes) -> Numbers:
        """Return the number of each row; new rows get new numbers. Raises `TooManyPairs`."""
        keys = self._keys_of(rows)
        found = self._known.numbers(keys)
        missing = found < 0
        if missing.any():
            fresh, first, place = np.unique(keys[missing], return_index=True, return_inverse=True)
            begun = self._append(rows[missing][first])
            self._known.add(fresh, begun)
            found[missing] = begun + place
        return found

    def targets(self, numbers: Numbers, steps: Iterable[Step]) -> tuple[Numbers, Numbers]:
        """Return, of each step that exists in one of the pairs, the place of that pair and the pair it leads to."""
        table = Table(self.system, self.rows(numbers))
        found = [table.take(step) for step in steps]
        places = np.concatenate([at for at, _ in found]) if found else np.zeros(0, dtype=np.int64)
        after = np.concatenate([rows for _, rows in found]) if found else self.rows(NO_PAIRS)
        return places.astype(np.int32), self.number(after)

    def showing(self, numbers: Numbers, seen: Seen) -> Numbers:
        """Return the pairs in which each name has one of its values."""
        table = Table(self.system, self.rows(numbers))
        kept = np.ones(len(numbers), dtype=bool)
        for name, values in seen:
            column = table.column(name)
            allowed = np.array([among(value, values) for value in column.values], dtype=bool)
            kept &= allowed.take(column.codes) if len(numbers) else kept
        return numbers[kept]

    def _append(self, rows: Codes) -> int:
        """Give new rows numbers, and return the first of these."""
        if self._count + len(rows) > self.limit:
            raise TooManyPairs
        begun, self._count = self._count, self._count + len(rows)
        if self._count > len(self._rows):
            grown = np.zeros((2 * self._count, self._rows.shape[1]), dtype=self._rows.dtype)
            grown[:begun] = self._rows[:begun]
            self._rows = grown
        self._rows[begun : self._count] = rows
        return begun

    def _keys_of(self, rows: Codes) -> Keys:
        """Return something for each row that can be ordered, and is equal for equal rows only."""
        if prod(self._sizes) >= _LARGEST_KEY:
            wide = np.ascontiguousarray(rows, dtype=">u4")
            return wide.view(f"S{max(4 * wide.shape[1], 1)}").reshape(len(rows))
        keys = np.zeros(len(rows), dtype=np.int64)
        for column, size in enumerate(self._sizes):
            keys = keys * size + rows[:, column]
        return keys


class _Numbering:
    """The number of each key. New keys are kept apart until there are many, so that adding a few costs little."""

    def __init__(self, none: Keys) -> None:
        self._levels = [(none, NO_PAIRS), (none, NO_PAIRS)]  # keys, which ascend, and their numbers; the new ones last

    def numbers(self, keys: Keys) -> Numbers:
        """Return the number of each key; -1 where it has none."""
        found = np.full(len(keys), -1, dtype=np.int32)
        for known, numbers in self._levels:
            places = np.searchsorted(known, keys)
            inside = np.flatnonzero(places < len(known))
            inside = inside[known[places[inside]] == keys[inside]]
            found[inside] = numbers[places[inside]]
        return found

    def add(self, keys: Keys, begun: int) -> None:
        """Number new keys, which ascend."""
        old, recent = self._levels
        recent = _inserted(recent, (keys, np.arange(begun, begun + len(keys), dtype=np.int32)))
        if len(recent[0]) > max(len(old[0]) // 8, _FEW_KEYS):
            old, recent = _inserted(old, recent), (keys[:0], NO_PAIRS)
        self._levels = [old, recent]


def _inserted(level: tuple[Keys, Numbers], more: tuple[Keys, Numbers]) -> tuple[Keys, Numbers]:
    places = np.searchsorted(level[0], more[0])
    return np.insert(level[0], places, more[0]), np.insert(level[1], places, more[1])


class Relation:
    """Where some steps lead, kept for each pair that was asked about."""

    def __init__(self, pairs: Pairs, steps: Sequence[Step]) -> None:
        self._pairs, self._steps = pairs, steps
        self._first = np.full(64, -1, dtype=np.int64)  # where a pair's targets begin; -1: not asked about yet
        self._many = np.zeros(64, dtype=np.int32)
        self._targets = np.zeros(64, dtype=np.int32)
        self._used = 0

    def closure(self, numbers: Numbers) -> Numbers:
        """Return the pairs to which any number of the steps lead, from the given ones on."""
        if not self._steps or not len(numbers):
            return numbers
        reached, new = numbers, numbers
        while len(new):
            found = np.unique(self._after(new))
            new = found[np.isin(found, reached, assume_unique=True, invert=True)]
            reached = np.union1d(reached, new)
        return reached.astype(np.int32)

    def _after(self, numbers: Numbers) -> Numbers:
        if len(self._first) < len(self._pairs):
            self._first = _longer(self._first, 2 * len(self._pairs), -1)
            self._many = _longer(self._many, 2 * len(self._pairs), 0)
        missing = numbers[self._first[numbers] < 0]
        if len(missing):
            self._learn(missing)
        many = self._many[numbers]
        ends = np.cumsum(many)
        within = np.arange(ends[-1]) - np.repeat(ends - many, many)
        found: Numbers = self._targets[np.repeat(self._first[numbers], many) + within]
        return found

    def _learn(self, numbers: Numbers) -> None:
        places, targets = self._pairs.targets(numbers, self._steps)
        order = np.argsort(places, kind="stable")
        many = np.bincount(places, minlength=len(numbers))
        self._many[numbers] = many
        self._first[numbers] = self._used + np.cumsum(many) - many
        end = self._used + len(targets)
        if end > len(self._targets):
            self._targets = _longer(self._targets, 2 * end, 0)
        self._targets[self._used : end] = targets[order]
        self._used = end


def _longer(array: NDArray[np.generic], length: int, filler: int) -> NDArray:  # type: ignore[type-arg]
    grown = np.full(length, filler, dtype=array.dtype)
    grown[: len(array)] = array
    return grown
