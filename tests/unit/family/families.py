"""Small random families of configurations, and what they mean by brute force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from hypothesis import assume, settings
from hypothesis import strategies as st
from tests.oracle.values import Point, value

from tunnelproof.family.space import ConfigurationSpace
from tunnelproof.model.language.domains import BOOL, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read
from tunnelproof.model.language.system import ConfigurationVariable, DecidedBy

Row = tuple[Value, ...]

DOMAINS: tuple[Domain, ...] = (BOOL, BOOL, Enum("Order", ("late", "early", "never")), Range(-1, 2), Enum("X", ("x",)))
LARGEST = 48  # rows: the laws below look at all of them, some at all pairs

# How laws are tried; a slow machine is no failure.
law = settings(deadline=None, max_examples=60)


def variable(name: str, domain: Domain = BOOL, by: DecidedBy = DecidedBy.SETTING) -> ConfigurationVariable:
    return ConfigurationVariable(name, domain, by)


@st.composite
def variables(draw: st.DrawFn, most: int = 4, domains: Sequence[Domain] = DOMAINS) -> tuple[ConfigurationVariable, ...]:
    kinds = draw(st.lists(st.tuples(st.sampled_from(domains), st.sampled_from(DecidedBy)), min_size=1, max_size=most))
    declared = tuple(variable(f"v{k}", domain, by) for k, (domain, by) in enumerate(kinds))
    assume(len(rows_of(declared)) <= LARGEST)
    return declared


def rows_of(declared: Sequence[ConfigurationVariable]) -> list[Row]:
    """Every combination of values, least first."""
    return list(product(*(v.domain.values for v in declared)))


def environment(declared: Sequence[ConfigurationVariable], row: Row) -> dict[str, Value]:
    return {v.name: x for v, x in zip(declared, row, strict=True)}


def holds(formula: Expr, names: Mapping[str, Value]) -> bool:
    """The formula's value, by the oracle and not by the code under test."""
    found = value(formula, Point(names, {}))
    assert isinstance(found, bool)
    return found


@st.composite
def formulas(draw: st.DrawFn, declared: Sequence[ConfigurationVariable]) -> Expr:
    """One to three comparisons under a connective; now and then a constant."""
    operator = draw(st.sampled_from(("and", "or", "implies", "=", "", "", "true", "false")))
    if operator in ("true", "false"):
        return Literal(operator == "true")
    places = draw(st.lists(st.sampled_from(range(len(declared))), min_size=1, max_size=3))
    atoms = [drawn_atom(draw, declared[place]) for place in places]
    if operator in ("and", "or"):
        return Apply(operator, tuple(atoms))
    return Apply(operator, (atoms[0], atoms[-1])) if operator else atoms[0]


def drawn_atom(draw: st.DrawFn, about: ConfigurationVariable) -> Expr:
    constant = Literal(draw(st.sampled_from(about.domain.values)))
    operators = ("=", "!=", "<", ">=") if isinstance(about.domain, Range) else ("=", "!=")
    return Apply(draw(st.sampled_from(operators)), (Read(about.name), constant))


@dataclass(frozen=True)
class Sides:
    """Rows to describe, rows to avoid; those on neither side are invalid."""

    declared: tuple[ConfigurationVariable, ...]
    on: list[Row]
    off: list[Row]


@st.composite
def sides(draw: st.DrawFn, most: int = 4, domains: Sequence[Domain] = DOMAINS) -> Sides:
    declared = draw(variables(most, domains))
    rows = rows_of(declared)
    placed = draw(st.lists(st.sampled_from((True, False, None)), min_size=len(rows), max_size=len(rows)))
    on, off = ([row for row, side in zip(rows, placed, strict=True) if side is which] for which in (True, False))
    return Sides(declared, on, off)


@st.composite
def constrained(draw: st.DrawFn) -> ConfigurationSpace:
    """A space with something left to ask about, sometimes narrowed."""
    declared = draw(variables())
    constraints = tuple(draw(st.lists(formulas(declared), max_size=2)))
    narrowed = tuple(draw(st.lists(formulas(declared), max_size=1)))
    assume(any(meets(declared, row, (*constraints, *narrowed)) for row in rows_of(declared)))
    return ConfigurationSpace(declared, constraints, narrowed)


def meets(declared: Sequence[ConfigurationVariable], row: Row, required: Sequence[Expr]) -> bool:
    return all(holds(formula, environment(declared, row)) for formula in required)


def valid(space: ConfigurationSpace) -> list[Row]:
    return [row for row in rows_of(space.variables) if meets(space.variables, row, space.constraints)]


def asked(space: ConfigurationSpace) -> list[Row]:
    return [row for row in valid(space) if meets(space.variables, row, space.where)]


def names_within(space: ConfigurationSpace) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the space's names, in declaration order."""
    return st.sets(st.sampled_from([v.name for v in space.variables])).map(space.columns)


def seen(space: ConfigurationSpace, names: Sequence[str], row: Row) -> Row:
    """What a full row looks like to somebody who sees the names only."""
    full = environment(space.variables, row)
    return tuple(full[name] for name in names)


def distinct(rows: list[Row], of: Callable[[Row], Row]) -> list[Row]:
    return list(dict.fromkeys(of(row) for row in rows))
