"""Expressions with operators, so that a Python model reads like a table: ``(transfer == RUNNING) & ~frozen``.

Use ``&``, ``|``, ``~`` for and, or, not; ``>>`` for implies; ``==``, ``!=``, ``<`` … for comparisons; ``+``,
``-``, ``*``,
``%`` for arithmetic; ``x.is_in(a, b)`` for membership. Python's ``and``, ``or``, ``not`` cannot be overloaded and
are refused.
"""

from __future__ import annotations

from tunnelproof.errors import ModelError
from tunnelproof.model.language.domains import value_of
from tunnelproof.model.language.expressions import (
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    conjoin,
    disjoin,
    negate,
)


class Term:
    """An expression that can be combined with Python operators."""

    __slots__ = ("expr",)

    def __init__(self, expr: Expr) -> None:
        self.expr = expr

    def __and__(self, other: object) -> Term:
        return Term(conjoin((self.expr, expression(other))))

    def __rand__(self, other: object) -> Term:
        return Term(conjoin((expression(other), self.expr)))

    def __or__(self, other: object) -> Term:
        return Term(disjoin((self.expr, expression(other))))

    def __ror__(self, other: object) -> Term:
        return Term(disjoin((expression(other), self.expr)))

    def __invert__(self) -> Term:
        return Term(negate(self.expr))

    def __rshift__(self, other: object) -> Term:
        return self._with("implies", other)

    def __eq__(self, other: object) -> Term:  # type: ignore[override]
        return self._with("=", other)

    def __ne__(self, other: object) -> Term:  # type: ignore[override]
        return self._with("!=", other)

    def __lt__(self, other: object) -> Term:
        return self._with("<", other)

    def __le__(self, other: object) -> Term:
        return self._with("<=", other)

    def __gt__(self, other: object) -> Term:
        return self._with(">", other)

    def __ge__(self, other: object) -> Term:
        return self._with(">=", other)

    def __add__(self, other: object) -> Term:
        return self._with("+", other)

    def __sub__(self, other: object) -> Term:
        return self._with("-", other)

    def __mul__(self, other: object) -> Term:
        return self._with("*", other)

    def __mod__(self, other: object) -> Term:
        return self._with("mod", other)

    def __radd__(self, other: object) -> Term:
        return Term(Apply("+", (expression(other), self.expr)))

    def __rsub__(self, other: object) -> Term:
        return Term(Apply("-", (expression(other), self.expr)))

    def __rmul__(self, other: object) -> Term:
        return Term(Apply("*", (expression(other), self.expr)))

    def is_in(self, *values: object) -> Term:
        """Say that the term has one of the values."""
        return Term(disjoin(Apply("=", (self.expr, expression(value))) for value in values))

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        raise ModelError(
            "TP103",
            "an expression of the model has no truth value in Python",
            hint="write & | ~ instead of and, or, not, and put comparisons in parentheses",
        )

    def __repr__(self) -> str:
        return f"Term({self.expr!r})"

    def _with(self, op: str, other: object) -> Term:
        return Term(Apply(op, (self.expr, expression(other))))


class Name(Term):
    """A term that is a name: of a variable, configuration variable, parameter or derived expression."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name itself."""
        assert isinstance(self.expr, Read)
        return self.expr.name

    __hash__ = Term.__hash__


def expression(written: object) -> Expr:
    """Return the expression of a term, or the literal of a Python value."""
    if isinstance(written, Term):
        return written.expr
    return Literal(value_of(written))


def name(of: str) -> Name:
    """Refer to something of the model by name; whether it exists is checked when the model is known."""
    return Name(Read(of))


def both(*terms: object) -> Term:
    """Return the conjunction of the terms (true if there are none)."""
    return Term(conjoin(expression(t) for t in terms))


def either(*terms: object) -> Term:
    """Return the disjunction of the terms (false if there are none)."""
    return Term(disjoin(expression(t) for t in terms))


def choose(condition: object, then: object, otherwise: object) -> Term:
    """Return ``then`` where the condition holds and ``otherwise`` elsewhere."""
    return Term(Apply("if", (expression(condition), expression(then), expression(otherwise))))


def taken(action: str, outcome: str | None = None) -> Term:
    """Say that the step that led here took the action (with the outcome)."""
    return Term(Taken(action, outcome))


def by(actor: str) -> Term:
    """Say that the step that led here was the actor's."""
    return Term(By(actor))


def after(term: object) -> Term:
    """Return the term's value after the step; only for step invariants."""
    return Term(Next(expression(term)))
