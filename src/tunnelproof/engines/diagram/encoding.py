"""Finite-domain variables as bits of a decision diagram.

The code of a value is its position in its domain, written in ceil(log2 n) bits, the most significant on top. Sets of
pairs never contain a code that stands for no value. Nothing here has a primed copy: steps assign constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oxidd.bcdd import BCDDFunction, BCDDManager
from oxidd.util import BooleanOperator

from tunnelproof.engines.diagram.order import bits_of, variable_orders
from tunnelproof.model.language.system import System

Diagram = BCDDFunction
Assignment = tuple[tuple[str, int], ...]  # names with the codes that they get

AND = BooleanOperator.AND
SEEN = ""  # the name of an extra bit below all others; no variable is called so


class Encoding:
    """A manager with the bits of all configuration variables and variables of a system.

    ``order`` names them all, topmost first (default: the most promising). Operations raise OxiDD's `DDMemoryError` when
    ``capacity`` nodes are not enough.
    """

    def __init__(self, system: System, capacity: int, order: Sequence[str] | None = None) -> None:
        self.system = system
        self.manager = BCDDManager(capacity, capacity, 1)
        self.true, self.false = self.manager.true(), self.manager.false()
        self.sizes = {name: len(domain.values) for name, domain in system.domains.items()} | {SEEN: 2}
        self.places: dict[str, tuple[int, ...]] = {}
        level = 0
        for name in (*(variable_orders(system)[0] if order is None else order), SEEN):
            width = bits_of(self.sizes[name])
            self.places[name] = tuple(range(level, level + width))
            level += width
        self.manager.add_vars(level)
        self.bits = level - 1  # without `SEEN`
        self.rigid = tuple(v.name for v in system.configuration)
        self.variables = tuple(v.name for v in system.variables)
        self._equal: dict[tuple[str, int], Diagram] = {}
        self._cubes: dict[tuple[str, ...], Diagram] = {}

    def equal(self, name: str, code: int) -> Diagram:
        """Return where the name has the code."""
        known = self._equal.get((name, code))
        if known is None:
            known = self.true
            for shift, place in enumerate(reversed(self.places[name])):
                bit = self.manager.var(place) if code >> shift & 1 else self.manager.not_var(place)
                known = bit & known
            self._equal[(name, code)] = known
        return known

    def constant(self, assignment: Assignment) -> Diagram:
        """Return where all the names have their codes."""
        return self.conjunction(self.equal(name, code) for name, code in assignment)

    def valid(self, names: Iterable[str]) -> Diagram:
        """Return where the bits of the names stand for values."""
        return self.conjunction(self._at_most(name, self.sizes[name] - 1) for name in names)

    def cube(self, names: Sequence[str]) -> Diagram:
        """Return the conjunction of all bits of the names, as quantifiers want it."""
        key = tuple(names)
        if key not in self._cubes:
            places = sorted({place for name in key for place in self.places[name]}, reverse=True)
            cube = self.true
            for place in places:
                cube = self.manager.var(place) & cube
            self._cubes[key] = cube
        return self._cubes[key]

    def after(self, states: Diagram, assignment: Assignment) -> Diagram:
        """Return from where the assignment of the constants leads into the states."""
        return states.apply_exists(AND, self.constant(assignment), self.cube([name for name, _ in assignment]))

    def on_configurations(self, pairs: Diagram) -> Diagram:
        """Return the configurations that have a state in the set."""
        return pairs.exists(self.cube((*self.variables, SEEN)))

    def count(self, pairs: Diagram) -> int:
        """Return how many pairs there are."""
        return pairs.sat_count(self.bits)

    def conjunction(self, parts: Iterable[Diagram]) -> Diagram:
        """Return the conjunction; true if there is nothing to conjoin."""
        found = self.true
        for part in parts:
            found = found & part
        return found

    def disjunction(self, parts: Iterable[Diagram]) -> Diagram:
        """Return the disjunction; false if there is nothing to disjoin."""
        found = self.false
        for part in parts:
            found = found | part
        return found

    def _at_most(self, name: str, largest: int) -> Diagram:
        found = self.true
        for shift, place in enumerate(reversed(self.places[name])):
            zero = self.manager.not_var(place)
            found = zero | found if largest >> shift & 1 else zero & found
        return found
