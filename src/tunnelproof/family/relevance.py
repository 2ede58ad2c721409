"""Which columns of a table does its verdict depend on?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from tunnelproof.family.factors import Row
from tunnelproof.family.space import EASIEST_TO_CHANGE
from tunnelproof.model.language.system import ConfigurationVariable

L = TypeVar("L", bound=Hashable)


def relevant(
    variables: Sequence[ConfigurationVariable], labels: Mapping[Row, L]
) -> tuple[tuple[ConfigurationVariable, ...], dict[Row, L]]:
    """Return variables that fix the label, none of which could be left out, and the labels by their values.

    Rows that are not in ``labels`` do not matter. Where one variable can stand for another, the one that is
    easier to change stays, then the one declared first.
    """
    kept, table = list(variables), dict(labels)
    for variable in dispensable_first(variables):
        narrower = _without(kept.index(variable), table.items())
        if narrower is not None:
            kept.remove(variable)
            table = narrower
    return tuple(kept), table


def dispensable_first(variables: Sequence[ConfigurationVariable]) -> list[ConfigurationVariable]:
    """Return the variables in the order in which they are left out: hardest to change first, and declared last."""
    places = range(len(variables))
    order = sorted(places, key=lambda place: (EASIEST_TO_CHANGE.index(variables[place].decided_by), place))
    return [variables[place] for place in reversed(order)]


def _without(place: int, labelled: Iterable[tuple[Row, L]]) -> dict[Row, L] | None:
    table: dict[Row, L] = {}
    for row, label in labelled:
        if table.setdefault(row[:place] + row[place + 1 :], label) != label:
            return None
    return table
