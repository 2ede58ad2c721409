"""The configurations of a question: which are asked about, and which are settled by what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from math import prod
from typing import Generic, TypeVar

from tunnelproof.engines.contract import Question
from tunnelproof.engines.smt.cubes import Alphabet, Cube
from tunnelproof.engines.smt.effort import OutOfEffort
from tunnelproof.evidence.certificate import Values
from tunnelproof.evidence.verdict import Reason
from tunnelproof.family.formulas import formula
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import ConfigurationVariable

MOST_COMBINATIONS = 200_000  # of configuration values, valid or not

Found = TypeVar("Found")


class Settled(Generic[Found]):
    """What was found for which configurations of a question, by their positions; the first find counts."""

    def __init__(self, question: Question) -> None:
        self._alphabet = Alphabet({v.name: v.domain for v in question.system.configuration})
        names = [v.name for v in question.system.configuration]
        self._rows = [dict(zip(names, row, strict=True)) for row in question.configurations]
        self.cubes: list[Cube] = []
        self.found: dict[int, Found] = {}

    def add(self, cubes: Sequence[Cube], found: Found) -> None:
        """Settle the configurations of the cubes."""
        self.cubes += cubes
        for position, row in enumerate(self._rows):
            if any(self._alphabet.contains(cube, row) for cube in cubes):
                self.found.setdefault(position, found)

    def others(self) -> list[Expr]:
        """Return formulas that together hold in just the configurations that are not settled."""
        return [self._alphabet.complement(cube) for cube in self.cubes]


def asked_about(variables: Sequence[ConfigurationVariable], configurations: Iterable[Values]) -> Expr:
    """Return a formula that holds in just these configurations. Raises `OutOfEffort` if that would take too long."""
    tied, rows = _tied(variables, set(configurations))
    if prod(len(v.domain.values) for v in tied) > MOST_COMBINATIONS:
        raise OutOfEffort(Reason.LIMIT, f"more than {MOST_COMBINATIONS} combinations of configuration values")
    others = [row for row in product(*(v.domain.values for v in tied)) if row not in rows]
    return formula(tied, sorted(rows, key=repr), others)


def _tied(
    variables: Sequence[ConfigurationVariable], rows: set[Values]
) -> tuple[list[ConfigurationVariable], set[Values]]:
    """Leave out the variables that have every value whatever the others have."""
    tied = list(variables)
    for variable in variables:
        place = tied.index(variable)
        others = {row[:place] + row[place + 1 :] for row in rows}
        if len(others) * len(variable.domain.values) == len(rows):
            del tied[place]
            rows = others
    return tied, rows
