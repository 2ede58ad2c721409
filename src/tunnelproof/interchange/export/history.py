"""History variables: what a formula needs to know about the last step, as bits that each step sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tunnelproof.interchange.export.commands import Command, holds_of
from tunnelproof.model.language.expressions import FALSE, TRUE, By, Expr, Read, Taken, replace, walk
from tunnelproof.properties.fairness import FairOutcome


@dataclass(frozen=True, slots=True)
class Bit:
    """A bit about the last step, false at the start and at rest. ``set_by`` says by label which steps set it where.

    The formulas speak of the state before the step. ``name`` is none that a model could use.
    """

    name: str
    set_by: Mapping[int, Expr]


class History:
    """The bits that formulas have asked for. The same question about steps is one bit, however it is put."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._commands = commands
        self._bits: dict[tuple[tuple[int, Expr], ...], Bit] = {}

    @property
    def bits(self) -> tuple[Bit, ...]:
        """All bits, in the order in which they were asked for."""
        return tuple(self._bits.values())

    def taken(self, labels: frozenset[int], says: str) -> Expr:
        """Return that the last step has one of the labels."""
        return self._bit(f"taken {says}", {c.label: TRUE for c in self._commands if c.label in labels})

    def offered(self, fair: FairOutcome) -> Expr:
        """Return that the last step was of the outcome's action, and the outcome could have occurred in its place."""
        guards = {c.label: c.guard for c in self._commands}
        present = {here: guards[there] for here, there in fair.pairs if here in guards and there in guards}
        return self._bit(f"offered {fair.name}", present)

    def point(self, formula: Expr) -> Expr:
        """Return the point predicate with bits in place of what it says about the last step."""
        atoms = [part for part in walk(formula) if isinstance(part, (Taken, By))]
        return replace(formula, {atom: self._atom(atom) for atom in atoms})

    def _atom(self, atom: Taken | By) -> Expr:
        labels = frozenset(c.label for c in self._commands if holds_of(atom, c))
        match atom:
            case Taken():
                return self.taken(labels, atom.action + (f" {atom.outcome}" if atom.outcome else ""))
            case By():
                return self._bit(f"by {atom.actor}", dict.fromkeys(sorted(labels), TRUE))

    def _bit(self, name: str, set_by: Mapping[int, Expr]) -> Expr:
        if not set_by:
            return FALSE
        key = tuple(sorted(set_by.items(), key=lambda item: item[0]))
        if key not in self._bits:
            known = {bit.name for bit in self._bits.values()}
            while name in known:
                name += " again"
            self._bits[key] = Bit(name, set_by)
        return Read(self._bits[key].name)
