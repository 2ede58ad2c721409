"""Formulas about time, of runs or of states: which are some, and what they demand something of."""

from __future__ import annotations

from tunnelproof.model.language.expressions import Apply, Expr

_OF_RUNS = {"X", "F", "G", "U", "W", "R"}
_OPERATORS = _OF_RUNS | {path + operator for path in "AE" for operator in _OF_RUNS}
_CONNECTIVES = {"not", "and", "or", "implies"}


def speaks_of_time(formula: Expr) -> bool:
    """Say whether the formula has a temporal operator."""
    return isinstance(formula, Apply) and (formula.op in _OPERATORS or any(map(speaks_of_time, formula.args)))


def asked_of(formula: Expr, *, even: bool = True) -> list[Expr]:
    """List the left sides, about one moment, of the implications under an even number of negations."""
    if not isinstance(formula, Apply) or formula.op not in _OPERATORS | _CONNECTIVES:
        return []
    if formula.op != "implies":
        return [found for arg in formula.args for found in asked_of(arg, even=even is not (formula.op == "not"))]
    left, right = formula.args
    own = [left] if even and not speaks_of_time(left) else []
    return own + asked_of(left, even=not even) + asked_of(right, even=even)
