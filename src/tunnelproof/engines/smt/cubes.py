"""Cubes: conjunctions of "this name does not have that value", the language of generalisation.

All values of a name but one excluded: it has that one. Fewer excluded: it is in a set. None: it may be anything. A
solver that finds some literals of a cube unnecessary thereby finds sets of values, not just names to forget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import z3

from tunnelproof.engines.smt.terms import Encoder, Formula, Member, Scope, Term, Whole
from tunnelproof.model.language.domains import Bool, Domain, Value
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read, conjoin, disjoin, negate

Cube = frozenset[int]  # positions of literals in an alphabet


class Alphabet:
    """All literals over some names: each says that one name does not have one value."""

    def __init__(self, domains: Mapping[str, Domain]) -> None:
        self.domains = domains
        self.literals: tuple[tuple[str, Value], ...] = tuple((n, v) for n, d in domains.items() for v in d.values)
        self._of_name: dict[str, list[int]] = {name: [] for name in domains}
        for literal, (name, _) in enumerate(self.literals):
            self._of_name[name].append(literal)

    def __len__(self) -> int:
        return len(self.literals)

    def exactly(self, values: Mapping[str, Value]) -> Cube:
        """Return the cube in which every name has the given value."""
        return frozenset(i for i, (name, value) in enumerate(self.literals) if values[name] != value)

    def names(self, cube: Cube) -> tuple[str, ...]:
        """Return the names that the cube restricts, in declaration order."""
        return tuple(name for name, mine in self._of_name.items() if any(i in cube for i in mine))

    def without(self, cube: Cube, name: str) -> Cube:
        """Return the cube that does not restrict the name."""
        return cube.difference(self._of_name[name])

    def contains(self, cube: Cube, values: Mapping[str, Value]) -> bool:
        """Say whether the values are in the cube."""
        return all(values[self.literals[i][0]] != self.literals[i][1] for i in cube)

    def formula(self, cube: Cube) -> Expr:
        """Return the cube as a formula."""
        return conjoin(negate(self._membership(name, self._excluded(name, cube))) for name in self.names(cube))

    def complement(self, cube: Cube) -> Expr:
        """Return the negation of the cube as a formula: a clause."""
        return disjoin(self._membership(name, self._excluded(name, cube)) for name in self.names(cube))

    def _excluded(self, name: str, cube: Cube) -> list[Value]:
        return [self.literals[i][1] for i in self._of_name[name] if i in cube]

    def _membership(self, name: str, values: Sequence[Value]) -> Expr:
        domain = self.domains[name]
        if isinstance(domain, Bool):
            return Read(name) if values[0] else negate(Read(name))
        others = [value for value in domain.values if value not in values]
        if len(others) < len(values):
            return negate(_one_of(name, others))
        return _one_of(name, values)


class Marks:
    """An alphabet's literals as solver literals over one scope."""

    def __init__(self, alphabet: Alphabet, encoder: Encoder, scope: Scope) -> None:
        self.definitions: list[Formula] = []
        self.has: list[Formula] = []  # the name has the value
        self.lacks: list[Formula] = []  # it has not: the literal itself
        for name, value in alphabet.literals:
            domain = alphabet.domains[name]
            if isinstance(domain, Bool):
                mark = scope[name] if value else z3.Not(scope[name])
            else:
                mark = encoder.flag()
                self.definitions.append(mark == encoder.equal(scope[name], encoder.constant(value, domain)))
            self.has.append(mark)
            self.lacks.append(scope[name] if isinstance(domain, Bool) and not value else z3.Not(mark))
        self._literal_of = {formula.get_id(): i for i, formula in enumerate(self.lacks)}
        self._alphabet, self._scope = alphabet, scope

    def assume(self, cube: Cube) -> list[Formula]:
        """Return the cube's literals as assumptions."""
        return [self.lacks[i] for i in sorted(cube)]

    def clause(self, cube: Cube) -> list[Formula]:
        """Return the disjuncts of the cube's negation."""
        return [self.has[i] for i in sorted(cube)]

    def core(self, solver: Any) -> Cube:
        """Return the literals among those that the solver needed for its last `unsat`."""
        found = (self._literal_of.get(formula.get_id()) for formula in solver.unsat_core())
        return frozenset(i for i in found if i is not None)

    def values(self, model: Any) -> dict[str, Value]:
        """Return the values of all names in a model."""
        return {name: value_in(model, self._scope[name]) for name in self._alphabet.domains}


def value_in(model: Any, term: Term) -> Value:
    """Return a term's value in a model."""
    if isinstance(term, Member):
        return term.enum.members[int(model.eval(term.bits, model_completion=True).as_long())]
    if isinstance(term, Whole):
        return int(model.eval(term.bits, model_completion=True).as_signed_long())
    return bool(z3.is_true(model.eval(term, model_completion=True)))


def _one_of(name: str, values: Iterable[Value]) -> Expr:
    return disjoin(Apply("=", (Read(name), Literal(value))) for value in values)
