"""Interval analysis of whole-number expressions: which values can they have at most?

Used to see which assignments cannot leave their domain; the others are checked by exploration.
"""

from __future__ import annotations

from collections.abc import MutableMapping

from tunnelproof.model.language.domains import LARGEST_LITERAL, Domain, Range
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Next, Read
from tunnelproof.model.language.system import Action, System

Interval = tuple[int, int]


def possible_range(expr: Expr, system: System, known: MutableMapping[str, Domain] | None = None) -> Interval:
    """Return an interval that contains every value of the whole-number expression in every state.

    ``known`` gives the domains of parameters; the ranges of derived names are added to it, so that each is
    computed once. Raise `OverflowError` if a value may need more than 64 bits: in no checked system it does.
    """
    known = {} if known is None else known
    match expr:
        case Literal():
            return int(expr.value), int(expr.value)
        case Read():
            return _range_of_name(expr.name, system, known)
        case Apply(op="if"):
            return _hull(*[possible_range(arg, system, known) for arg in expr.args[1:]])
        case Apply():
            left, right = [possible_range(arg, system, known) for arg in expr.args]
            lo, hi = _combine(expr.op, left, right)
            if max(-lo, hi) > LARGEST_LITERAL:
                raise OverflowError
            return lo, hi
        case Next():
            return possible_range(expr.body, system, known)
        case _:
            raise AssertionError(f"not a whole-number expression: {expr}")


def unsafe_assignments(system: System) -> tuple[tuple[Action, str, str, Expr], ...]:
    """Return (action, outcome, variable, expression) of the assignments that may leave their domain."""
    found: list[tuple[Action, str, str, Expr]] = []
    for action in system.actions:
        known = {p.name: p.domain for p in action.parameters}
        for outcome in action.outcomes:
            for name, expr in outcome.effects:
                domain = system.domains[name]
                if not isinstance(domain, Range):
                    continue
                lo, hi = possible_range(expr, system, known)
                if lo < domain.lo or hi > domain.hi:
                    found.append((action, outcome.name, name, expr))
    return tuple(found)


def _range_of_name(name: str, system: System, known: MutableMapping[str, Domain]) -> Interval:
    if name in system.definitions and name not in known:
        known[name] = Range(*possible_range(system.definitions[name].definition, system, known))
    domain = known[name] if name in known else system.domains[name]
    assert isinstance(domain, Range)
    return domain.lo, domain.hi


def _hull(left: Interval, right: Interval) -> Interval:
    return min(left[0], right[0]), max(left[1], right[1])


def _combine(op: str, left: Interval, right: Interval) -> Interval:
    match op:
        case "+":
            return left[0] + right[0], left[1] + right[1]
        case "-":
            return left[0] - right[1], left[1] - right[0]
        case "*":
            products = [a * b for a in left for b in right]
            return min(products), max(products)
        case "min":
            return min(left[0], right[0]), min(left[1], right[1])
        case "max":
            return max(left[0], right[0]), max(left[1], right[1])
        case "mod":
            return 0, right[1] - 1
        case _:
            raise AssertionError(f"not arithmetic: {op}")
