"""Expressions: total, typed, finite. Every one has a value in every state.

A state predicate reads variables, configuration variables, parameters and derived names through `Read`. A claim
about steps may also use `Taken`, `By` and `Next`, which speak of the step that led to the state at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tunnelproof.model.language.domains import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. A string is a member of the enum that the other side of the comparison has."""

    value: Value

    def __eq__(self, other: object) -> bool:
        # 1 == True in Python, but not in the language.
        return isinstance(other, Literal) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value).__name__, self.value))


@dataclass(frozen=True, slots=True)
class Read:
    """The value of a variable, configuration variable, parameter or derived name."""

    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator of `OPERATORS`, or in a temporal claim of `TEMPORAL`, applied to arguments."""

    op: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The step that led here took ``action`` (with ``outcome``, if named). Never true of idling or at the start."""

    action: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class By:
    """The step that led here was taken by ``actor``. Never true of idling or at the start."""

    actor: str


@dataclass(frozen=True, slots=True)
class Next:
    """``body`` in the state after the step. Only in step invariants."""

    body: Expr


Expr = Literal | Read | Apply | Taken | By | Next

TRUE = Literal(True)
FALSE = Literal(False)

# Operator -> number of arguments (None: one or more). `mod` takes a positive constant on the right.
OPERATORS: dict[str, int | None] = {
    "not": 1,
    "and": None,
    "or": None,
    "implies": 2,
    "=": 2,
    "!=": 2,
    "<": 2,
    "<=": 2,
    ">": 2,
    ">=": 2,
    "+": 2,
    "-": 2,
    "*": 2,
    "mod": 2,
    "min": 2,
    "max": 2,
    "if": 3,
}
CONNECTIVES = frozenset({"not", "and", "or", "implies"})
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
ARITHMETIC = frozenset({"+", "-", "*", "mod", "min", "max"})

# Temporal operators, of claims alone -> number of arguments. Linear: next, finally, globally, until, weak until,
# release. Branching: each of them after a path quantifier, A (all fair runs) or E (some fair run).
LINEAR: dict[str, int] = {"X": 1, "F": 1, "G": 1, "U": 2, "W": 2, "R": 2}
BRANCHING: dict[str, int] = {path + op: arity for path in "AE" for op, arity in LINEAR.items()}
TEMPORAL: dict[str, int] = LINEAR | BRANCHING


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct sub-expressions."""
    match expr:
        case Apply():
            return expr.args
        case Next():
            return (expr.body,)
        case _:
            return ()


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield the expression and everything in it, without recursion (models can be deep)."""
    stack = [expr]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def reads(expr: Expr) -> frozenset[str]:
    """Return the names that the expression reads directly (derived names are not opened)."""
    return frozenset(e.name for e in walk(expr) if isinstance(e, Read))


def speaks_of_steps(expr: Expr) -> bool:
    """Say whether the expression uses `Taken`, `By` or `Next`."""
    return any(isinstance(e, (Taken, By, Next)) for e in walk(expr))


def is_temporal(expr: Expr) -> bool:
    """Say whether the expression uses a temporal operator."""
    return any(isinstance(e, Apply) and e.op in TEMPORAL for e in walk(expr))


def conjoin(parts: Iterable[Expr]) -> Expr:
    """Return the conjunction; true if there is nothing to conjoin."""
    flat = [p for p in parts if p != TRUE]
    if not flat:
        return TRUE
    return flat[0] if len(flat) == 1 else Apply("and", tuple(flat))


def disjoin(parts: Iterable[Expr]) -> Expr:
    """Return the disjunction; false if there is nothing to disjoin."""
    flat = [p for p in parts if p != FALSE]
    if not flat:
        return FALSE
    return flat[0] if len(flat) == 1 else Apply("or", tuple(flat))


def negate(expr: Expr) -> Expr:
    """Return the negation, without stacking up double negations."""
    if isinstance(expr, Apply) and expr.op == "not":
        return expr.args[0]
    if isinstance(expr, Literal):
        return Literal(not expr.value)
    return Apply("not", (expr,))


def conjuncts(expr: Expr) -> tuple[Expr, ...]:
    """Return the parts of a top-level conjunction, or the expression alone."""
    if isinstance(expr, Apply) and expr.op == "and":
        return tuple(part for arg in expr.args for part in conjuncts(arg))
    return (expr,)


def replace(expr: Expr, mapping: dict[Expr, Expr]) -> Expr:
    """Return the expression with every occurrence of a key replaced by its value."""
    if not mapping:
        return expr
    if expr in mapping:
        return mapping[expr]
    match expr:
        case Apply():
            return Apply(expr.op, tuple(replace(arg, mapping) for arg in expr.args))
        case Next():
            return Next(replace(expr.body, mapping))
        case _:
            return expr
