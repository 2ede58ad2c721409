"""Expressions as z3 terms over bits.

Truth values are Booleans, members of an enum unsigned and whole numbers signed bit vectors, wide enough for every value
that the expression can have: nothing wraps. Configurations, states and symbolic runs differ only in the terms that a
`Scope` has for their names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import z3

from tunnelproof.model.language.domains import Bool, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Next, Read
from tunnelproof.model.language.system import System

Formula = Any  # a z3 Boolean; z3 is published without types


@dataclass(frozen=True, eq=False)
class Member:
    """A member of an enum, by its position."""

    bits: Any
    enum: Enum


@dataclass(frozen=True, eq=False)
class Whole:
    """A whole number between two bounds."""

    bits: Any
    lo: int
    hi: int


Term = Any  # Formula | Member | Whole


class Scope(dict[str, Term]):
    """The terms of all names in one state; derived names are written when first read, `Next` reads ``after``."""

    def __init__(self, encoder: Encoder, terms: Mapping[str, Term], after: Scope | None = None) -> None:
        super().__init__(terms)
        self._encoder = encoder
        self.after = after

    def __missing__(self, name: str) -> Term:
        self[name] = self._encoder.term(self._encoder.system.definitions[name].definition, self)
        return self[name]

    def following(self, after: Scope) -> Scope:
        """Return the same state as one that the state ``after`` follows."""
        return Scope(self._encoder, self, after)

    def with_parameters(self, values: Mapping[str, Term]) -> Scope:
        """Return the same state with a step's parameters."""
        return Scope(self._encoder, {**self, **values}, self.after) if values else self


class Encoder:
    """Writes the expressions of one system in one z3 context, so that no question influences another."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.context = z3.Context()
        self.true = z3.BoolVal(True, self.context)
        self.false = z3.BoolVal(False, self.context)
        self._unique = 0

    # --- values and names --------------------------------------------------------------------------------------------

    def flag(self) -> Formula:
        """Return a fresh truth value."""
        self._unique += 1
        return z3.Bool(f"b{self._unique}", self.context)

    def fresh(self, domain: Domain) -> tuple[Term, Formula]:
        """Return a fresh term and the formula that its value is in the domain."""
        if isinstance(domain, Bool):
            return self.flag(), self.true
        self._unique += 1
        if isinstance(domain, Enum):
            bits = z3.BitVec(f"e{self._unique}", _unsigned_width(domain), self.context)
            return Member(bits, domain), z3.ULE(bits, len(domain.members) - 1)
        bits = z3.BitVec(f"i{self._unique}", _width(domain.lo, domain.hi), self.context)
        return Whole(bits, domain.lo, domain.hi), z3.And(bits >= domain.lo, bits <= domain.hi)

    def constant(self, value: Value, domain: Domain | None = None) -> Term:
        """Return the term of a value; that of an enum's member needs the enum."""
        if isinstance(value, bool):
            return self.true if value else self.false
        if isinstance(value, int):
            return Whole(z3.BitVecVal(value, _width(value, value), self.context), value, value)
        assert isinstance(domain, Enum), f"'{value}' is a member of no known enum"
        return Member(z3.BitVecVal(domain.members.index(value), _unsigned_width(domain), self.context), domain)

    def equal(self, left: Term, right: Term) -> Formula:
        """Return the formula that two terms of one type have the same value."""
        if isinstance(left, Member):
            return left.bits == right.bits
        if isinstance(left, Whole):
            one, other = _aligned(left, right)
            return one == other
        return left == right

    def inside(self, term: Term, domain: Domain) -> Formula:
        """Return the formula that the term's value is in a domain of its type."""
        if not isinstance(domain, Range):
            return self.true
        bounds = [self.constant(domain.lo), self.constant(domain.hi)]
        conditions = []
        if term.lo < domain.lo:
            conditions.append(_compare(">=", term, bounds[0]))
        if term.hi > domain.hi:
            conditions.append(_compare("<=", term, bounds[1]))
        return self.all(conditions)

    def all(self, formulas: list[Formula]) -> Formula:
        """Return the conjunction."""
        return z3.And(formulas) if formulas else self.true

    def any(self, formulas: list[Formula]) -> Formula:
        """Return the disjunction."""
        return z3.Or(formulas) if formulas else self.false

    # --- expressions -------------------------------------------------------------------------------------------------

    def term(self, expr: Expr, scope: Scope, expected: Enum | None = None) -> Term:
        """Return the expression's term; ``expected`` is the enum of a bare member."""
        match expr:
            case Literal(value):
                return self.constant(value, expected)
            case Read(name):
                return scope[name]
            case Next(body):
                assert scope.after is not None
                return self.term(body, scope.after, expected)
            case Apply("if", (condition, chosen, otherwise)):
                return self._choice(self.term(condition, scope), *self._alike(chosen, otherwise, scope, expected))
            case Apply("=" | "!=" as op, (left, right)):
                same = self.equal(*self._alike(left, right, scope, None))
                return same if op == "=" else z3.Not(same)
            case Apply():
                return self._operation(expr.op, [self.term(arg, scope) for arg in expr.args])
            case _:
                raise AssertionError(f"a formula about steps has to be specialised first: {expr}")

    def _alike(self, left: Expr, right: Expr, scope: Scope, expected: Enum | None) -> tuple[Term, Term]:
        """Return the terms of two expressions of one type, of which one may be a bare member of an enum."""
        if expected is None and _is_bare(left):
            second = self.term(right, scope)
            return self.term(left, scope, second.enum), second
        first = self.term(left, scope, expected)
        return first, self.term(right, scope, first.enum if isinstance(first, Member) else expected)

    def _choice(self, condition: Formula, chosen: Term, otherwise: Term) -> Term:
        if isinstance(chosen, Member):
            return Member(z3.If(condition, chosen.bits, otherwise.bits), chosen.enum)
        if isinstance(chosen, Whole):
            lo, hi = min(chosen.lo, otherwise.lo), max(chosen.hi, otherwise.hi)
            return Whole(z3.If(condition, *(_extended(t, lo, hi) for t in (chosen, otherwise))), lo, hi)
        return z3.If(condition, chosen, otherwise)

    def _operation(self, op: str, args: list[Term]) -> Term:
        match op:
            case "and":
                return self.all(args)
            case "or":
                return self.any(args)
            case "not":
                return z3.Not(args[0])
            case "implies":
                return z3.Implies(*args)
            case "<" | "<=" | ">" | ">=":
                return _compare(op, *args)
            case "min" | "max":
                chooses_left = _compare("<=" if op == "min" else ">=", *args)
                wide = self._choice(chooses_left, *args)
                best = min if op == "min" else max
                lo, hi = best(args[0].lo, args[1].lo), best(args[0].hi, args[1].hi)
                return _narrowed(wide, lo, hi)
            case _:
                return _arithmetic(op, *args)


def _is_bare(expr: Expr) -> bool:
    match expr:
        case Literal(value):
            return isinstance(value, str)
        case Apply("if", (_, chosen, otherwise)):
            return _is_bare(chosen) and _is_bare(otherwise)
        case Next(body):
            return _is_bare(body)
        case _:
            return False


def _unsigned_width(enum: Enum) -> int:
    return max(1, (len(enum.members) - 1).bit_length())


def _width(lo: int, hi: int) -> int:
    """Return how many bits hold every number between the bounds, with a sign."""
    return max(max(0, -lo - 1).bit_length(), max(0, hi).bit_length()) + 1


def _extended(term: Whole, lo: int, hi: int) -> Any:
    """Return the bits of a number, with its sign repeated so that they are as many as the bounds need."""
    missing = _width(lo, hi) - term.bits.size()
    return z3.SignExt(missing, term.bits) if missing > 0 else term.bits


def _narrowed(term: Whole, lo: int, hi: int) -> Whole:
    width = _width(lo, hi)
    bits = term.bits if term.bits.size() <= width else z3.Extract(width - 1, 0, term.bits)
    return Whole(bits, lo, hi)


def _aligned(left: Whole, right: Whole) -> tuple[Any, Any]:
    lo, hi = min(left.lo, right.lo), max(left.hi, right.hi)
    return _extended(left, lo, hi), _extended(right, lo, hi)


def _compare(op: str, left: Whole, right: Whole) -> Formula:
    one, other = _aligned(left, right)
    match op:
        case "<":
            return one < other
        case "<=":
            return one <= other
        case ">":
            return one > other
        case _:
            return one >= other


def _arithmetic(op: str, left: Whole, right: Whole) -> Whole:
    match op:
        case "+":
            lo, hi = left.lo + right.lo, left.hi + right.hi
        case "-":
            lo, hi = left.lo - right.hi, left.hi - right.lo
        case "*":
            products = [a * b for a in (left.lo, left.hi) for b in (right.lo, right.hi)]
            lo, hi = min(products), max(products)
        case "mod":
            return _remainder(left, right)
        case _:
            raise AssertionError(f"unknown operator {op}")
    widest = min(lo, left.lo, right.lo), max(hi, left.hi, right.hi)
    one, other = _extended(left, *widest), _extended(right, *widest)
    bits = {"+": one + other, "-": one - other, "*": one * other}[op]
    return _narrowed(Whole(bits, *widest), lo, hi)


def _remainder(left: Whole, right: Whole) -> Whole:
    """Return the remainder by a positive constant, which is never negative."""
    one, other = _aligned(left, right)
    return _narrowed(Whole(one % other, min(left.lo, 0), max(left.hi, right.hi)), 0, right.hi - 1)
