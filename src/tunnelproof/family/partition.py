"""Partitions of the configurations asked about: which label (a verdict, say) does each have?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tunnelproof.errors import EvidenceRejected
from tunnelproof.family.factors import Row
from tunnelproof.family.formulas import formula_of_codes
from tunnelproof.family.listing import encoded, keys_of
from tunnelproof.family.relevance import relevant
from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, Literal
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import ConfigurationVariable

Mask = NDArray[np.bool_]
L = TypeVar("L", bound=Hashable)
M = TypeVar("M", bound=Hashable)


@dataclass(frozen=True)
class Cell(Generic[L]):
    """All rows with one label, least first, and how many configurations they stand for."""

    label: L
    rows: tuple[Row, ...]
    configurations: int


@dataclass(frozen=True)
class Sides:
    """The rows that a formula must fit and those that it must not, over variables in declaration order."""

    variables: tuple[ConfigurationVariable, ...]
    on: tuple[Row, ...]
    off: tuple[Row, ...]


@dataclass(frozen=True)
class Partition(Generic[L]):
    """A label for every configuration asked about; it depends on the variables ``names`` at most.

    ``labels`` has exactly the rows of `ConfigurationSpace.project`, else `EvidenceRejected` is raised:
    cells are disjoint and cover what is asked about by construction.
    """

    space: ConfigurationSpace
    names: tuple[str, ...]
    labels: Mapping[Row, L]

    def __post_init__(self) -> None:
        """Check that every row has a label, and put names and rows in order."""
        columns = self.space.columns(self.names)
        rows = self.space.project(columns)
        if columns == self.names and tuple(self.labels) == rows:
            return
        places = [self.names.index(name) for name in columns]
        given = {tuple([row[place] for place in places]): label for row, label in self.labels.items()}
        for row in rows:
            if row not in given:
                raise EvidenceRejected("TP462", f"no cell has the combination {_shown(columns, row)}")
        if len(given) > len(rows):
            known = set(rows)
            extra = next(row for row in given if row not in known)
            raise EvidenceRejected("TP463", f"a cell has {_shown(columns, extra)}, which was not asked about")
        object.__setattr__(self, "names", columns)
        object.__setattr__(self, "labels", {row: given[row] for row in rows})

    @classmethod
    def of_cells(
        cls, space: ConfigurationSpace, names: tuple[str, ...], cells: Iterable[tuple[L, Iterable[Row]]]
    ) -> Partition[L]:
        """Put cells together. Raises `EvidenceRejected` if two overlap or something is in none."""
        labels: dict[Row, L] = {}
        for label, rows in cells:
            for row in rows:
                if labels.setdefault(row, label) != label:
                    raise EvidenceRejected("TP461", f"the combination {_shown(names, row)} is in two cells")
        return cls(space, names, labels)

    @cached_property
    def cells(self) -> tuple[Cell[L], ...]:
        """The cells, in the order of their least rows."""
        rows: dict[L, list[Row]] = {}
        for row, label in self.labels.items():
            rows.setdefault(label, []).append(row)
        weight = self.space.listing(self.names).weight
        return tuple(Cell(label, tuple(inside), weight(self._inside(label))) for label, inside in rows.items())

    def label_of(self, configuration: Mapping[str, Value]) -> L:
        """Return the label of a configuration asked about. Raises `KeyError` for any other."""
        return self.labels[tuple([configuration[name] for name in self.names])]

    def relabelled(self, change: Callable[[L], M]) -> Partition[M]:
        """Return the partition by the changed labels; cells whose labels become equal become one."""
        return Partition(self.space, self.names, {row: change(label) for row, label in self.labels.items()})

    def reduced(self) -> Partition[L]:
        """Return the same partition over variables none of which can be left out."""
        variables, labels = relevant(self.space.declared(self.names), self.labels)
        return Partition(self.space, tuple(v.name for v in variables), labels)

    def over(self, names: Iterable[str]) -> Partition[L]:
        """Return the same partition over its own and further variables."""
        columns = self.space.columns({*self.names, *names})
        if columns == self.names:
            return self
        places = [columns.index(name) for name in self.names]
        rows = self.space.project(columns)
        return Partition(
            self.space, columns, {row: self.labels[tuple([row[place] for place in places])] for row in rows}
        )

    def sides(self, label: L) -> Sides:
        """Return what a formula for the cell must tell apart: its rows from all other *valid* ones.

        That includes what was left out by ``where``: only invalid combinations are on neither side.
        """
        finer = self.over(self.space.with_where(()))
        on = tuple(row for row, found in finer.labels.items() if found == label)
        off = tuple(row for row, found in finer.labels.items() if found != label)
        return Sides(self.space.declared(finer.names), on, off + self.space.excluded(finer.names))

    def formula(self, label: L) -> Expr:
        """Return a short formula that, of the valid configurations, holds in just the cell's."""
        return formula_for(self.space, self.names, self._inside(label))

    def _inside(self, label: L) -> Mask:
        return np.fromiter((found == label for found in self.labels.values()), dtype=bool, count=len(self.labels))


def formula_for(space: ConfigurationSpace, names: tuple[str, ...], inside: Mask) -> Expr:
    """Return a short formula that, of the valid configurations, holds in just those with the chosen combinations.

    ``inside`` chooses from ``space.listing(names)``. What was left out by ``where`` counts as not chosen: only about
    invalid combinations the formula may say whatever makes it short.
    """
    coarse, fine = space.listing(names), space.listing(space.with_where(names))
    excluded = encoded(fine.variables, space.excluded(v.name for v in fine.variables))
    if fine is not coarse:
        places = [fine.variables.index(v) for v in coarse.variables]
        sizes = [len(v.domain.values) for v in coarse.variables]
        both = keys_of(np.concatenate([coarse.codes, fine.codes[:, places]]), sizes)
        inside = inside[np.searchsorted(both[: len(inside)], both[len(inside) :])]
    table = np.concatenate([fine.codes, excluded])
    return formula_of_codes(fine.variables, table, np.concatenate([inside, np.zeros(len(excluded), dtype=bool)]))


def join(parts: Sequence[Partition[L]]) -> Partition[tuple[L, ...]]:
    """Return the partition by all labels at once, over the variables on which some part really depends.

    The parts must be of the same space; there must be at least one.
    """
    reduced = [part.reduced() for part in parts]
    space = parts[0].space
    columns = space.columns(name for part in reduced for name in part.names)
    labels: dict[Row, tuple[L, ...]] = {}
    for row in space.project(columns):
        values = dict(zip(columns, row, strict=True))
        labels[row] = tuple(part.label_of(values) for part in reduced)
    return Partition(space, columns, labels)


def _shown(names: Sequence[str], row: Row) -> str:
    values = [format_formula(Literal(value), names) for value in row]
    return ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True)) or "of no variables"
