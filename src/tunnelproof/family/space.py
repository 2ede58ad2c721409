"""The valid configurations, and those of them that a question asks about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod

from tunnelproof.errors import ModelError, NothingToCheck, UsageError, near
from tunnelproof.family.factors import (
    LARGEST_TABLE,
    Factor,
    Row,
    TooManyCombinations,
    View,
    factors,
)
from tunnelproof.family.listing import Listing, listing
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Expr, conjoin, conjuncts, reads
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.system import ConfigurationVariable, DecidedBy

Configuration = dict[str, Value]
Lens = tuple[Factor, list[int], dict[Row, View]]

LONGEST_QUOTE = 120  # characters

# What an explanation prefers to speak of, and a reader prefers to change.
EASIEST_TO_CHANGE = (DecidedBy.SETTING, DecidedBy.HABIT, DecidedBy.VENDOR, DecidedBy.PLATFORM)


@dataclass(frozen=True)
class ConfigurationSpace:
    """The configurations that meet the ``constraints`` (*valid*), and of these all of ``where`` (*asked*).

    Both read configuration variables only. Making one raises `ModelError` if the constraints contradict each
    other, `NothingToCheck` if ``where`` leaves nothing, `TooManyCombinations` if formulas tie so many
    variables together that more than 10⁶ combinations would have to be listed.
    """

    variables: tuple[ConfigurationVariable, ...]
    constraints: tuple[Expr, ...] = ()
    where: tuple[Expr, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty space."""
        for formula in self.where:
            for name in sorted(reads(formula) - self.named.keys()):
                message = f"'{name}' is no configuration variable"
                raise UsageError("TP060", message, hint=near(name, self.named))
        if not all(factor.rows for factor in self.valid):
            raise _contradiction(self.variables, self.constraints)
        if not all(factor.rows for factor in self.asked):
            message = "no valid configuration is left to ask about"
            raise NothingToCheck("TP301", message, hint="weaken --where")

    @cached_property
    def valid(self) -> tuple[Factor, ...]:
        """The valid configurations, whether asked about or not."""
        return factors(self.variables, self.constraints)

    @cached_property
    def asked(self) -> tuple[Factor, ...]:
        """The valid configurations that the question asks about."""
        return factors(self.variables, (*self.constraints, *self.where)) if self.where else self.valid

    @cached_property
    def _listed(self) -> dict[tuple[str, ...], Listing]:
        """Listings by their columns: the claims of a run ask for the same ones again and again."""
        return {}

    @cached_property
    def named(self) -> dict[str, ConfigurationVariable]:
        """The variables by name, in declaration order."""
        return {v.name: v for v in self.variables}

    def narrow(self, where: Expr) -> ConfigurationSpace:
        """Return the same valid configurations, asking only about those where the formula holds as well."""
        return replace(self, where=(*self.where, where))

    def count(self) -> int:
        """Return the number of configurations asked about."""
        return prod(len(factor.rows) for factor in self.asked)

    def columns(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names in declaration order, each once. Raises `KeyError` for an unknown one."""
        wanted = set(names)
        if unknown := sorted(wanted - self.named.keys()):
            raise KeyError(unknown[0])
        return tuple(name for name in self.named if name in wanted)

    def declared(self, names: Iterable[str]) -> tuple[ConfigurationVariable, ...]:
        """Return the named variables in declaration order."""
        return tuple(self.named[name] for name in self.columns(names))

    def with_where(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the names and those that ``where`` reads: enough to tell what is asked from what is not."""
        return self.columns({*names, *(name for formula in self.where for name in reads(formula))})

    def combinations(self, names: Iterable[str]) -> int:
        """Return how many rows the projection on the named variables has, without listing them."""
        columns = self.columns(names)
        return prod(len(factor.view(tuple(n for n in factor.names if n in columns))) for factor in self.asked)

    def description(self, names: Iterable[str]) -> tuple[Expr, tuple[ConfigurationVariable, ...]]:
        """Return a formula for the projection on the named variables, and the others that it reads.

        A combination is in the projection if the formula holds for some values of those.
        """
        columns = set(self.columns(names))
        inside = {name for factor in self.asked if columns & set(factor.names) for name in factor.names}
        parts = [part for formula in (*self.constraints, *self.where) for part in conjuncts(formula)]
        kept = [part for part in parts if reads(part) and reads(part) <= inside]
        read = {name for part in kept for name in reads(part)}
        return conjoin(kept), self.declared(read - columns)

    def project(self, names: Iterable[str]) -> tuple[Row, ...]:
        """Return the combinations of the named variables' values that some configuration asked about has.

        Columns are in declaration order, rows least first. Raises `TooManyCombinations` above 10⁶ rows.
        """
        return self.listing(names).rows

    def listing(self, names: Iterable[str]) -> Listing:
        """Return the rows of `project` as a table of codes, with their weights. Raises `TooManyCombinations`."""
        columns = self.columns(names)
        if columns not in self._listed:
            self._listed[columns] = self._listing(self.asked, columns)
        return self._listed[columns]

    def excluded(self, names: Iterable[str]) -> tuple[Row, ...]:
        """Return the combinations that valid configurations have, but none that is asked about."""
        if not self.where:
            return ()
        columns = self.columns(names)
        asked = set(self.project(columns))
        return tuple(row for row in self._listing(self.valid, columns).rows if row not in asked)

    def weight(self, names: Iterable[str], row: Row) -> int:
        """Return how many configurations asked about have these values of the named variables."""
        weight = 1
        for _, places, views in self._lenses(tuple(names)):
            view = views.get(tuple([row[place] for place in places]))
            weight *= view.rows if view else 0
        return weight

    def least_extension(self, names: Iterable[str], row: Row) -> Configuration:
        """Return the least configuration asked about that has these values of the named variables.

        Raises `KeyError` if there is none.
        """
        found: Configuration = {}
        for factor, places, views in self._lenses(tuple(names)):
            least = views[tuple([row[place] for place in places])].least
            found.update(zip(factor.names, least, strict=True))
        return {name: found[name] for name in self.named}

    def contains(self, configuration: Mapping[str, Value]) -> bool:
        """Say whether the configuration is one of those asked about."""
        lenses = self._lenses(tuple(self.named))
        row = tuple(configuration[name] for name in self.named)
        return all(tuple([row[place] for place in places]) in views for _, places, views in lenses)

    @cached_property
    def _known_lenses(self) -> dict[tuple[str, ...], list[Lens]]:
        return {}

    def _lenses(self, names: tuple[str, ...]) -> list[Lens]:
        """Return for each factor where in a row of ``names`` its values stand, and its view there."""
        known = self._known_lenses
        if names not in known:
            inside = [tuple(name for name in factor.names if name in names) for factor in self.asked]
            known[names] = [
                (factor, [names.index(name) for name in some], factor.view(some))
                for factor, some in zip(self.asked, inside, strict=True)
            ]
        return known[names]

    def _listing(self, parts: Collection[Factor], columns: tuple[str, ...]) -> Listing:
        inside = [tuple(name for name in factor.names if name in columns) for factor in parts]
        if prod(len(factor.view(names)) for factor, names in zip(parts, inside, strict=True)) > LARGEST_TABLE:
            raise TooManyCombinations(columns)
        return listing(self.declared(columns), parts)


def _contradiction(variables: tuple[ConfigurationVariable, ...], constraints: tuple[Expr, ...]) -> ModelError:
    needed = list(range(len(constraints)))
    for number in range(len(constraints)):
        fewer = [n for n in needed if n != number]
        if _contradict(variables, [constraints[n] for n in fewer]):
            needed = fewer
    shown = " and ".join(f"{n + 1} ({_quoted(constraints[n])})" for n in needed)
    many = len(needed) > 1
    problem = f"constraints {shown} contradict each other" if many else f"constraint {shown} never holds"
    return ModelError("TP160", f"there is no valid configuration: {problem}", hint="weaken or remove one")


def _contradict(variables: tuple[ConfigurationVariable, ...], constraints: list[Expr]) -> bool:
    try:
        return not all(factor.rows for factor in factors(variables, constraints))
    except TooManyCombinations:  # with a constraint less there may be more to list
        return False


def _quoted(constraint: Expr) -> str:
    text = format_formula(constraint)
    return f"'{text}'" if len(text) <= LONGEST_QUOTE else f"on {', '.join(sorted(reads(constraint)))}"
