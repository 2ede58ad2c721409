"""Verdicts by the few configuration variables on which they depend, read off the diagrams of the configurations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tunnelproof.engines.diagram.encoding import Diagram
from tunnelproof.engines.diagram.family import Symbolic
from tunnelproof.engines.diagram.tables import columns_of
from tunnelproof.evidence.certificate import Values
from tunnelproof.family.formulas import formula
from tunnelproof.family.relevance import dispensable_first
from tunnelproof.model.language.expressions import Expr
from tunnelproof.model.language.system import ConfigurationVariable

MOST_COMBINATIONS = 10_000  # of values that verdicts are told apart by


@dataclass(frozen=True, eq=False)
class Split:
    """The combinations of the variables' values in which a path settles the claim, and those in which none does."""

    variables: tuple[ConfigurationVariable, ...]
    settled: tuple[Values, ...]
    others: tuple[Values, ...]

    @property
    def unsettled(self) -> Expr:
        """A formula for the configurations in which no path settles the claim."""
        return formula(self.variables, self.others, self.settled)

    @property
    def names(self) -> tuple[str, ...]:
        """The variables' names."""
        return tuple(v.name for v in self.variables)


def split(
    symbolic: Symbolic, found: Diagram, variables: Sequence[ConfigurationVariable], *, exactly: bool = False
) -> Split | int:
    """Tell the configurations that have a state in the set from the others asked about, by some of the variables.

    With ``exactly`` those not asked about count as settled, so that `Split.unsettled` does not hold of them. If it
    takes more than `MOST_COMBINATIONS`, return how many variables it takes.
    """
    encoding = symbolic.encoding
    tied = encoding.cube([name for name in encoding.rigid if all(v.name != name for v in variables)])
    settled = encoding.on_configurations(found)
    others = (symbolic.asked & ~settled).exists(tied)
    settled = encoding.valid(encoding.rigid) & ~others if exactly else settled.exists(tied)
    names = [v.name for v in variables]
    for variable in dispensable_first(variables):
        cube = encoding.cube([variable.name])
        fewer = settled.exists(cube), others.exists(cube)
        if not (fewer[0] & fewer[1]).satisfiable():
            settled, others = fewer
            names.remove(variable.name)
    unused = sum(len(encoding.places[name]) for name in encoding.places if name not in names)
    if sum((part.sat_count(encoding.bits + 1) >> unused) for part in (settled, others)) > MOST_COMBINATIONS:
        return len(names)
    kept = tuple(v for v in variables if v.name in names)
    return Split(kept, _rows(symbolic, settled, names), _rows(symbolic, others, names))


def _rows(symbolic: Symbolic, configurations: Diagram, names: list[str]) -> tuple[Values, ...]:
    if not names:
        return ((),) if configurations.satisfiable() else ()
    domains = [symbolic.encoding.system.domains[name].values for name in names]
    columns = columns_of(symbolic.encoding, configurations, names)
    listed = ([values[code] for code in column] for values, column in zip(domains, columns.tolist(), strict=True))
    return tuple(zip(*listed, strict=True))
