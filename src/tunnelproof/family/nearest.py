"""From one configuration to the next with another label: what is the least that would have to change?"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from tunnelproof.family.factors import Factor, Row
from tunnelproof.family.partition import Partition
from tunnelproof.family.space import EASIEST_TO_CHANGE, Configuration
from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.system import DecidedBy

L = TypeVar("L", bound=Hashable)

Price = tuple[int, ...]  # changed variables; then of these the platform's, the vendor's, habits, settings

SETTINGS = frozenset({DecidedBy.SETTING})


@dataclass(frozen=True)
class Change:
    """A configuration variable gets another value."""

    name: str
    old: Value
    new: Value


@dataclass(frozen=True)
class Neighbour(Generic[L]):
    """A configuration with another label, and how to get there (in declaration order)."""

    configuration: Configuration
    changes: tuple[Change, ...]
    label: L


def nearest(
    partition: Partition[L],
    configuration: Mapping[str, Value],
    wanted: Callable[[L], bool] | None = None,
) -> tuple[Neighbour[L], ...]:
    """Return the configurations closest to this one among those asked about with a wanted label.

    Closest: fewest variables changed; then fewest of the platform's, the vendor's, habits. One for each
    combination of the partition's variables at that distance, least first. Wanted, unless said otherwise,
    is any other label. Empty if nothing is wanted.
    """
    own = partition.label_of(configuration)
    prices = [_prices(factor, partition.names, configuration) for factor in partition.space.asked]
    best: Price | None = None
    found: list[tuple[Row, L]] = []
    for row, label in partition.labels.items():
        if not (label != own if wanted is None else wanted(label)):
            continue
        price = _price_of(row, partition.names, prices)
        if best is None or price < best:
            best, found = price, []
        if price == best:
            found.append((row, label))
    return tuple(_neighbour(partition, configuration, prices, row, label) for row, label in found)


def flips(
    partition: Partition[L],
    configuration: Mapping[str, Value],
    decided_by: frozenset[DecidedBy] = SETTINGS,
) -> tuple[Neighbour[L], ...]:
    """Return the configurations with another label that differ in one variable so decided."""
    own = partition.label_of(configuration)
    found: list[Neighbour[L]] = []
    for variable in partition.space.declared(partition.names):
        old = configuration[variable.name]
        for value in variable.domain.values if variable.decided_by in decided_by else ():
            other = {**configuration, variable.name: value}
            if value == old or not partition.space.contains(other) or partition.label_of(other) == own:
                continue
            found.append(Neighbour(other, (Change(variable.name, old, value),), partition.label_of(other)))
    return tuple(found)


@dataclass(frozen=True)
class _Prices:
    """For the values that a factor's rows have for some names: the cheapest row with them, and its price."""

    factor: Factor
    names: tuple[str, ...]
    cheapest: dict[Row, tuple[Price, Row]]


def _prices(factor: Factor, names: tuple[str, ...], configuration: Mapping[str, Value]) -> _Prices:
    places = [place for place, name in enumerate(factor.names) if name in names]
    cheapest: dict[Row, tuple[Price, Row]] = {}
    for row in factor.rows:
        seen = tuple([row[place] for place in places])
        price = _price(factor, row, configuration)
        if seen not in cheapest or price < cheapest[seen][0]:
            cheapest[seen] = (price, row)
    return _Prices(factor, tuple(factor.names[place] for place in places), cheapest)


def _price(factor: Factor, row: Row, configuration: Mapping[str, Value]) -> Price:
    changed = [
        variable.decided_by
        for variable, value in zip(factor.variables, row, strict=True)
        if configuration[variable.name] != value
    ]
    return (len(changed), *(changed.count(decider) for decider in reversed(EASIEST_TO_CHANGE)))


def _parts(row: Row, names: tuple[str, ...], prices: list[_Prices]) -> list[tuple[Price, Row]]:
    values = dict(zip(names, row, strict=True))
    return [p.cheapest[tuple([values[name] for name in p.names])] for p in prices]


def _price_of(row: Row, names: tuple[str, ...], prices: list[_Prices]) -> Price:
    return tuple(map(sum, zip(*(price for price, _ in _parts(row, names, prices)), strict=True)))


def _neighbour(
    partition: Partition[L], configuration: Mapping[str, Value], prices: list[_Prices], row: Row, label: L
) -> Neighbour[L]:
    found: Configuration = {}
    for part, (_, values) in zip(prices, _parts(row, partition.names, prices), strict=True):
        found.update(zip(part.factor.names, values, strict=True))
    names = partition.space.named
    changes = [Change(name, configuration[name], found[name]) for name in names if configuration[name] != found[name]]
    return Neighbour({name: found[name] for name in names}, tuple(changes), label)
