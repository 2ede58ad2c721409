"""Constant folding: what an expression has to say once some of its names have values."""

from __future__ import annotations

from collections.abc import Callable

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import (
    FALSE,
    TRUE,
    Apply,
    Expr,
    Literal,
    Next,
    conjoin,
    disjoin,
    negate,
)

_WHOLE: dict[str, Callable[[int, int], Value]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "mod": lambda a, b: a % b,
    "min": min,
    "max": max,
}


def fold(expr: Expr) -> Expr:
    """Return an equal expression in which what is constant has been worked out.

    No comparison is left in which enum members stand on both sides, so that the other side always tells of which
    enum a member is.
    """
    match expr:
        case Apply():
            return _apply(expr.op, tuple(fold(arg) for arg in expr.args))
        case Next():
            return Next(fold(expr.body))
        case _:
            return expr


def _apply(op: str, args: tuple[Expr, ...]) -> Expr:
    match op:
        case "and":
            return FALSE if FALSE in args else conjoin(_flat("and", args))
        case "or":
            return TRUE if TRUE in args else disjoin(_flat("or", args))
        case "not":
            return negate(args[0])
        case "implies":
            return _apply("or", (negate(args[0]), args[1])) if _constant(args) else Apply(op, args)
        case "if":
            return _choice(*args)
        case "=" | "!=":
            return _comparison(op, *args)
        case _:
            return _whole(op, *args)


def _flat(op: str, args: tuple[Expr, ...]) -> dict[Expr, None]:
    """Return the arguments, with those of the same operator in place of it, each once."""
    flat: dict[Expr, None] = {}
    for arg in args:
        flat |= dict.fromkeys(arg.args if isinstance(arg, Apply) and arg.op == op else (arg,))
    return flat


def _constant(args: tuple[Expr, ...]) -> bool:
    return any(isinstance(arg, Literal) for arg in args)


def _choice(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    if isinstance(condition, Literal):
        return then if condition.value else otherwise
    return then if then == otherwise else Apply("if", (condition, then, otherwise))


def _comparison(op: str, left: Expr, right: Expr) -> Expr:
    if isinstance(left, Literal) and isinstance(right, Literal):
        return Literal((left == right) == (op == "="))
    if _bare(left) and _bare(right):
        if isinstance(left, Literal):
            left, right = right, left
        assert isinstance(left, Apply)
        condition, then, otherwise = left.args
        then, otherwise = _comparison(op, then, right), _comparison(op, otherwise, right)
        return _apply("or", (_apply("and", (condition, then)), _apply("and", (negate(condition), otherwise))))
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Literal) and isinstance(side.value, bool):
            return other if side.value == (op == "=") else negate(other)
    return Apply(op, (left, right))


def _bare(expr: Expr) -> bool:
    """Say whether the expression consists of enum members, so that nothing in it tells of which enum."""
    match expr:
        case Literal():
            return isinstance(expr.value, str)
        case Apply("if", (_, then, otherwise)):
            return _bare(then) and _bare(otherwise)
        case _:
            return False


def _whole(op: str, left: Expr, right: Expr) -> Expr:
    if isinstance(left, Literal) and isinstance(right, Literal):
        assert isinstance(left.value, int) and isinstance(right.value, int)
        return Literal(_WHOLE[op](left.value, right.value))
    return Apply(op, (left, right))
