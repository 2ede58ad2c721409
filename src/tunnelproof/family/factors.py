"""The set of valid configurations as a product of small tables.

Configuration variables that a constraint ties together form one factor, whose valid rows are listed.
Factors are independent of each other: counts multiply, and nothing is ever listed for all variables at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tunnelproof.errors import ModelError
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import TRUE, Expr, conjuncts, reads
from tunnelproof.model.language.system import ConfigurationVariable
from tunnelproof.semantics.evaluate import evaluate

Row = tuple[Value, ...]

LARGEST_TABLE = 10**6  # rows; a table of this size takes seconds, and grows by a factor per further variable


class TooManyCombinations(ModelError):
    """More combinations of values than can be listed: the question is too big, not wrong."""

    def __init__(self, names: Sequence[str]) -> None:
        shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
        super().__init__(
            "TP161",
            f"there are more than {LARGEST_TABLE} combinations of {len(names)} variables to list ({shown})",
            hint="constrain them, or ask about a part with --where",
        )


@dataclass(frozen=True)
class Factor:
    """Variables in declaration order, and every valid row of their values, least first."""

    variables: tuple[ConfigurationVariable, ...]
    rows: tuple[Row, ...]
    _views: dict[tuple[str, ...], dict[Row, View]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables' names."""
        return tuple(v.name for v in self.variables)

    def view(self, names: tuple[str, ...]) -> dict[Row, View]:
        """Return what the rows look like to somebody who sees only ``names``, given in declaration order."""
        if names not in self._views:
            places = [self.names.index(name) for name in names]
            found: dict[Row, View] = {}
            for row in self.rows:
                seen = tuple(row[place] for place in places)
                known = found.get(seen)
                found[seen] = View(known.least, known.rows + 1) if known else View(row, 1)
            self._views[names] = found
        return self._views[names]


@dataclass(frozen=True, slots=True)
class View:
    """The rows that share some values: the least of them, and how many they are."""

    least: Row
    rows: int


def least_first(variables: Sequence[ConfigurationVariable], rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows of values of the variables in order: that of the domains, the first variable first."""
    ranks = [{value: rank for rank, value in enumerate(v.domain.values)} for v in variables]
    return tuple(sorted(rows, key=lambda row: [rank[value] for rank, value in zip(ranks, row, strict=True)]))


def factors(variables: Sequence[ConfigurationVariable], formulas: Iterable[Expr]) -> tuple[Factor, ...]:
    """Split the variables where no formula ties them together, and list the rows of each part.

    A part's rows are those that meet its formulas. Parts are in the order of their first variable. Raises
    `TooManyCombinations`.
    """
    parts = [part for formula in formulas for part in conjuncts(formula) if part != TRUE]
    group: dict[str, set[str]] = {v.name: {v.name} for v in variables}
    for part in parts:
        tied = set().union(*(group[name] for name in reads(part)))
        group.update(dict.fromkeys(tied, tied))
    found: list[Factor] = []
    done: set[str] = set()
    for variable in variables:
        if variable.name not in done:
            tied = group[variable.name]
            done |= tied
            inside = [v for v in variables if v.name in tied]
            found.append(_factor(inside, [part for part in parts if reads(part) & tied]))
    if not all(evaluate(part, {}) for part in parts if not reads(part)):
        found.append(Factor((), ()))
    return tuple(found)


def _factor(variables: Sequence[ConfigurationVariable], formulas: Sequence[Expr]) -> Factor:
    names = [v.name for v in variables]
    tests = [_Test(formula, names) for formula in formulas]
    rows: list[Row] = [()]
    for place, variable in enumerate(variables):
        values = variable.domain.values
        if len(rows) * len(values) > LARGEST_TABLE:
            raise TooManyCombinations(names)
        rows = [(*row, value) for row in rows for value in values]
        for test in tests:
            if test.last == place:
                rows = [row for row in rows if test.holds(row)]
    return Factor(tuple(variables), tuple(rows))


class _Test:
    """A formula that is evaluated once for each combination of the values it reads."""

    def __init__(self, formula: Expr, names: Sequence[str]) -> None:
        self.formula = formula
        self.read = sorted((names.index(name), name) for name in reads(formula))
        self.last = self.read[-1][0]
        self.known: dict[Row, bool] = {}

    def holds(self, row: Row) -> bool:
        values = tuple([row[place] for place, _ in self.read])
        verdict = self.known.get(values)
        if verdict is None:
            env = {name: row[place] for place, name in self.read}
            verdict = self.known[values] = bool(evaluate(self.formula, env))
        return verdict
