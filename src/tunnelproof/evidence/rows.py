"""Sets of (configuration, state) pairs as integer tables.

A row holds one pair: the codes of the configuration variables, then of the variables, in declaration order. The code of
a value is its position in its domain. Rows are kept sorted, so that equal sets have equal tables, and the pairs of one
configuration are neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import System
from tunnelproof.semantics.tabulate import CHUNK, columns_of

Codes = NDArray[np.int32]
Numbers = NDArray[np.int64]
Places = Codes | Numbers  # of rows and labels: there are fewer than 2³¹ of either

_KEY_LIMIT = 2**62


class Layout:
    """Which column holds what, and how values become codes."""

    def __init__(self, system: System) -> None:
        self.names = tuple(system.domains)
        self.domains = tuple(system.domains.values())
        self.sizes = tuple(len(d.values) for d in self.domains)
        self.column = {name: i for i, name in enumerate(self.names)}
        self.rigid = len(system.configuration)
        self._codes = [{value: i for i, value in enumerate(d.values)} for d in self.domains]

    def encode(self, configuration: Sequence[Value], state: Sequence[Value]) -> tuple[int, ...]:
        """Return the row of a pair."""
        return tuple(codes[value] for codes, value in zip(self._codes, (*configuration, *state), strict=True))

    def encode_configurations(self, configurations: Sequence[Sequence[Value]]) -> Codes:
        """Return the codes of the configurations, a line for each."""
        table = np.zeros((len(configurations), self.rigid), dtype=np.int32)
        for i, values in enumerate(zip(*configurations, strict=True)):
            table[:, i] = [self._codes[i][value] for value in values]
        return table

    def decode(self, row: Sequence[int]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
        """Return the (configuration, state) of a row."""
        values = tuple(domain.values[code] for domain, code in zip(self.domains, row, strict=True))
        return values[: self.rigid], values[self.rigid :]


class RowSet:
    """A sorted set of rows with look-up. Works for any number of bits: wide rows are looked up in stages."""

    def __init__(self, rows: Codes, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self._groups = _column_groups(self.sizes)
        self._stages: list[Numbers] = []
        unsorted = np.ascontiguousarray(rows, dtype=np.int32).reshape(len(rows), len(self.sizes))
        position = self._learn(unsorted)
        in_order = _ascending(position)
        self.rows: Codes = unsorted if in_order else unsorted[np.unique(position, return_index=True)[1]]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def columns(self) -> Codes:
        """The columns of the rows, each next to each other in memory."""
        return columns_of(self.rows)

    def find(self, rows: Codes) -> Numbers:
        """Return each row's position in the set, or -1."""
        position = np.zeros(len(rows), dtype=np.int64)
        known = np.ones(len(rows), dtype=bool)
        for stage, (columns, sizes) in zip(self._stages, self._groups, strict=True):
            if not len(stage):
                return np.full(len(rows), -1, dtype=np.int64)
            keys = _pack(position, rows, columns, sizes)
            position = np.minimum(np.searchsorted(stage, keys), len(stage) - 1)
            known &= stage[position] == keys
        position[~known] = -1
        return position

    def find_changed(self, at: Numbers, changes: Mapping[int, Numbers]) -> Numbers:
        """Return the positions, or -1, of the rows at ``at`` once the columns have the codes in ``changes``.

        It is what `find` returns for the changed rows. Where one number stands for a row, only that number is changed.
        """
        if len(self._groups) > 1:
            changed = self.rows[at]
            for column, codes in changes.items():
                changed[:, column] = codes
            return self.find(changed)
        keys = self._stages[0][at]
        for column, codes in changes.items():
            keys += (codes - self.columns[column][at]) * prod(self.sizes[column + 1 :])
        position = np.minimum(np.searchsorted(self._stages[0], keys), len(self) - 1)
        position[self._stages[0][position] != keys] = -1
        return position

    def _learn(self, rows: Codes) -> Numbers:
        """Store each stage's keys; the last stage numbers the distinct rows in their order."""
        position = np.zeros(len(rows), dtype=np.int64)
        for columns, sizes in self._groups:
            keys = _pack(position, rows, columns, sizes)
            if _ascending(keys):  # as rows mostly come; nothing is left to sort
                stage, position = keys, np.arange(len(keys))
            else:
                stage, position = np.unique(keys, return_inverse=True)
            self._stages.append(stage)
        return position


def _ascending(keys: Numbers) -> bool:
    return bool((keys[1:] > keys[:-1]).all())


def _column_groups(sizes: tuple[int, ...]) -> list[tuple[list[int], list[int]]]:
    """Cut the columns into groups whose packed key, together with a row number below 2³¹, fits 62 bits."""
    groups: list[tuple[list[int], list[int]]] = []
    room = 0
    for column, size in enumerate(sizes):
        if not groups or room * size >= _KEY_LIMIT:
            groups.append(([], []))
            room = 1 if len(groups) == 1 else 2**31
        groups[-1][0].append(column)
        groups[-1][1].append(size)
        room *= size
    return groups or [([], [])]


def _pack(start: Numbers, rows: Codes, columns: Sequence[int], sizes: Sequence[int]) -> Numbers:
    key = start.copy()
    for begun in range(0, len(rows), CHUNK):
        part, block = key[begun : begun + CHUNK], rows[begun : begun + CHUNK]
        for column, size in zip(columns, sizes, strict=True):
            part *= size
            part += block[:, column]
    return key


class Grouping:
    """Which rows belong to which configuration."""

    def __init__(self, rows: Codes, layout: Layout) -> None:
        self._layout = layout
        rigid = rows[:, : layout.rigid]
        fresh = np.ones(len(rows), dtype=bool)
        fresh[1:] = (rigid[1:] != rigid[:-1]).any(axis=1)
        self.of_row: Numbers = np.cumsum(fresh, dtype=np.int64) - 1
        self.codes = rigid[fresh]  # of the configurations that have a row, in order

    @cached_property
    def configurations(self) -> tuple[tuple[Value, ...], ...]:
        """The configurations that have a row, in order."""
        values = [domain.values for domain in self._layout.domains[: self._layout.rigid]]
        return tuple(tuple([d[code] for d, code in zip(values, row, strict=True)]) for row in self.codes.tolist())

    def any_row(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Say for each configuration whether the mask holds in some row of it."""
        return np.bincount(self.of_row[mask], minlength=len(self.codes)) > 0
