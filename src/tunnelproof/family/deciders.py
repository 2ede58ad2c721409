"""A cell described by who decides: if the platform does this, exactly when the settings are so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tunnelproof.family.factors import Row
from tunnelproof.family.formulas import formula
from tunnelproof.family.listing import decoded, encoded, keys_of
from tunnelproof.family.relevance import relevant_codes
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import ConfigurationVariable, DecidedBy

PLATFORM = frozenset({DecidedBy.PLATFORM})


@dataclass(frozen=True)
class Group:
    """Where ``condition`` holds, a configuration is in the cell exactly when ``then`` holds.

    ``condition`` speaks of the variables decided first, ``then`` of the others. ``condition`` may be true,
    ``then`` true or false.
    """

    condition: Expr
    then: Expr


@dataclass
class _Class:
    """Values of the first variables under which the same holds of the others, and what holds."""

    first: list[Row] = field(default_factory=list)
    then: dict[Row, bool] = field(default_factory=dict)


def groups(
    variables: Sequence[ConfigurationVariable],
    on: Iterable[Row],
    off: Iterable[Row],
    first: frozenset[DecidedBy] = PLATFORM,
) -> tuple[Group, ...]:
    """Describe the rows of ``on`` against those of ``off`` by cases of what the deciders in ``first`` decide.

    The conditions are disjoint and cover all valid combinations; groups are in the order of their least one.
    """
    sides = {**dict.fromkeys(on, True), **dict.fromkeys(off, False)}
    codes, inside = encoded(variables, sides), np.array(list(sides.values()), dtype=np.int64)
    least_first = np.argsort(keys_of(codes, [len(v.domain.values) for v in variables]), kind="stable")
    needed, codes, inside = relevant_codes(variables, codes[least_first], inside[least_first])
    table = dict(zip(decoded(needed, codes), inside.astype(bool).tolist(), strict=True))
    outer = [place for place, v in enumerate(needed) if v.decided_by in first]
    inner = [place for place, v in enumerate(needed) if v.decided_by not in first]
    classes = _classes(table, outer, inner)
    found: list[Group] = []
    for one in classes:
        others = [row for other in classes if other is not one for row in other.first]
        condition = formula([needed[place] for place in outer], one.first, others)
        then = formula(
            [needed[place] for place in inner],
            [row for row, inside in one.then.items() if inside],
            [row for row, inside in one.then.items() if not inside],
        )
        found.append(Group(condition, then))
    return tuple(found)


def _classes(table: dict[Row, bool], outer: Sequence[int], inner: Sequence[int]) -> list[_Class]:
    """Put together values of the first variables that agree wherever both are possible."""
    residual: dict[Row, dict[Row, bool]] = {}
    for row, inside in table.items():
        seen = tuple(row[place] for place in outer)
        residual.setdefault(seen, {})[tuple(row[place] for place in inner)] = inside
    classes: list[_Class] = []
    for seen, then in residual.items():
        agreeing = (c for c in classes if all(c.then.get(row, inside) == inside for row, inside in then.items()))
        chosen = next(agreeing, None)
        if chosen is None:
            chosen = _Class()
            classes.append(chosen)
        chosen.first.append(seen)
        chosen.then.update(then)
    return classes
