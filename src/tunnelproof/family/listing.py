"""Combinations of values as integer tables: a line per combination, a column per variable.

The code of a value is its place in its domain, so least first is the order of the codes. Lines are worked on all at
once: a million of them are listed and sorted in about a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunnelproof.family.factors import Factor, Row
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import ConfigurationVariable

Codes = NDArray[np.int32]
Numbers = NDArray[np.int64]
Weights = NDArray[Any]  # 64-bit integers, or Python's where those could be too small

_LARGEST_KEY = 2**62


@dataclass(frozen=True, eq=False)
class Listing:
    """Different combinations of the variables' values, least first, and how many rows of the factors have each.

    ``weights`` are whole numbers of any size.
    """

    variables: tuple[ConfigurationVariable, ...]
    codes: Codes
    weights: Weights

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The combinations themselves."""
        return decoded(self.variables, self.codes)

    def weight(self, inside: NDArray[np.bool_]) -> int:
        """Return how many rows of the factors the chosen combinations stand for."""
        return int(self.weights[inside].sum())


def listing(variables: Sequence[ConfigurationVariable], parts: Collection[Factor]) -> Listing:
    """List the combinations of the variables' values that the product of the factors has."""
    names = [v.name for v in variables]
    inside = [tuple(name for name in part.names if name in names) for part in parts]
    views = [part.view(some) for part, some in zip(parts, inside, strict=True)]
    count = prod(len(view) for view in views)
    total = prod(len(part.rows) for part in parts)
    codes = np.zeros((count, len(variables)), dtype=np.int32)
    weights: Weights = np.ones(count, dtype=np.int64) if total < _LARGEST_KEY else np.ones(count, dtype=np.object_)
    repeated = count
    for part, some, view in zip(parts, inside, views, strict=True):
        if not count:
            break
        repeated //= len(view)  # as in `itertools.product`: the last factor changes fastest
        number = np.tile(np.repeat(np.arange(len(view)), repeated), count // (repeated * len(view)))
        table = encoded([v for v in part.variables if v.name in some], view)
        for column, name in enumerate(some):
            codes[:, names.index(name)] = table[number, column]
        weights = weights * np.array([seen.rows for seen in view.values()], dtype=weights.dtype)[number]
    keys = keys_of(codes, [len(v.domain.values) for v in variables])
    if not (keys[1:] > keys[:-1]).all():
        order = np.argsort(keys, kind="stable")
        codes, weights = codes[order], weights[order]
    return Listing(tuple(variables), codes, weights)


def encoded(variables: Sequence[ConfigurationVariable], rows: Collection[Row]) -> Codes:
    """Return the rows' codes."""
    table = np.zeros((len(rows), len(variables)), dtype=np.int32)
    for column, (variable, values) in enumerate(zip(variables, zip(*rows, strict=True), strict=False)):
        code = {value: number for number, value in enumerate(variable.domain.values)}
        table[:, column] = [code[value] for value in values]
    return table


def decoded(variables: Sequence[ConfigurationVariable], codes: Codes) -> tuple[Row, ...]:
    """Return the rows that have the codes."""
    if not variables:
        return ((),) * len(codes)
    columns = [_values(v.domain.values, codes[:, column]) for column, v in enumerate(variables)]
    return tuple(zip(*columns, strict=True))


def _values(values: Iterable[Value], codes: Codes) -> list[Value]:
    known = list(values)
    return [known[code] for code in codes.tolist()]


def keys_of(codes: Codes, sizes: Sequence[int]) -> Numbers:
    """Return a number for each line: equal lines have equal numbers, smaller lines smaller ones."""
    keys = np.zeros(len(codes), dtype=np.int64)
    room = 1
    for column, size in enumerate(sizes):
        if room * size >= _LARGEST_KEY:
            present, keys = np.unique(keys, return_inverse=True)
            room = len(present)
        keys = keys * size + codes[:, column]
        room *= size
    return keys
