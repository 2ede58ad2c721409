"""Which columns of a table does its verdict depend on?"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from tunnelproof.family.factors import Row
from tunnelproof.family.listing import Codes, Numbers, decoded, encoded, keys_of
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
    number: dict[L, int] = {}
    marks = np.array([number.setdefault(label, len(number)) for label in labels.values()], dtype=np.int64)
    kept, codes, marks = relevant_codes(variables, encoded(variables, labels), marks)
    found = list(number)
    return kept, {row: found[mark] for row, mark in zip(decoded(kept, codes), marks.tolist(), strict=True)}


def relevant_codes(
    variables: Sequence[ConfigurationVariable], codes: Codes, labels: Numbers
) -> tuple[tuple[ConfigurationVariable, ...], Codes, Numbers]:
    """Do as `relevant` does for a table of codes and the number of each line's label.

    Lines that become equal stand where the first of them stood.
    """
    kept = list(range(len(variables)))
    for variable in dispensable_first(variables):
        place = variables.index(variable)
        others = [column for column in kept if column != place]
        first = _first_of_each(codes[:, others], [len(variables[column].domain.values) for column in others], labels)
        if first is not None:
            kept, codes, labels = others, codes[first], labels[first]
    return tuple(variables[column] for column in kept), codes[:, kept], labels


def dispensable_first(variables: Sequence[ConfigurationVariable]) -> list[ConfigurationVariable]:
    """Return the variables in the order in which they are left out: hardest to change first, and declared last."""
    places = range(len(variables))
    order = sorted(places, key=lambda place: (EASIEST_TO_CHANGE.index(variables[place].decided_by), place))
    return [variables[place] for place in reversed(order)]


def _first_of_each(codes: Codes, sizes: Sequence[int], labels: Numbers) -> Numbers | None:
    """Return the places of the first of equal lines; ``None`` if equal lines have different labels."""
    keys = keys_of(codes, sizes)
    order = np.argsort(keys, kind="stable")
    keys, labels = keys[order], labels[order]
    fresh = np.ones(len(keys), dtype=bool)
    fresh[1:] = keys[1:] != keys[:-1]
    if (~fresh[1:] & (labels[1:] != labels[:-1])).any():
        return None
    return np.sort(order[fresh])
