"""Which values an assigned whole number can have where its guard holds: the guard narrows what is read."""

from __future__ import annotations

from tunnelproof.model.language.domains import Domain, Range
from tunnelproof.model.language.expressions import TRUE, Apply, Expr, Literal, Read, conjoin, conjuncts
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.ranges import Interval, possible_range
from tunnelproof.model.language.system import System

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


def stays_within(system: System, guard: Expr, assigned: Expr, domain: Domain) -> Expr:
    """Return what must hold, beside the guard, for the assigned value to be in the domain (true if it always is)."""
    if not isinstance(domain, Range):
        return TRUE
    lo, hi = _interval(assigned, system, _narrowed({}, system, guard))
    low = TRUE if lo >= domain.lo else fold(Apply(">=", (assigned, Literal(domain.lo))))
    high = TRUE if hi <= domain.hi else fold(Apply("<=", (assigned, Literal(domain.hi))))
    return conjoin((low, high))


def _interval(expr: Expr, system: System, known: dict[str, Domain]) -> Interval:
    if isinstance(expr, Apply) and expr.op == "if":
        condition, then, otherwise = expr.args
        left = _interval(then, system, _narrowed(known, system, condition))
        right = _interval(otherwise, system, _narrowed(known, system, _opposite(condition)))
        return min(left[0], right[0]), max(left[1], right[1])
    return possible_range(expr, system, dict(known))


def _opposite(condition: Expr) -> Expr:
    if isinstance(condition, Apply) and condition.op in _OPPOSITE:
        return Apply(_OPPOSITE[condition.op], condition.args)
    return TRUE


def _narrowed(known: dict[str, Domain], system: System, condition: Expr) -> dict[str, Domain]:
    """Return the known domains cut down by the conjuncts that compare a variable with a number."""
    found = dict(known)
    for part in conjuncts(condition):
        match part:
            case Apply(op, (Read(name), Literal(value))) if op in _MIRRORED:
                pass
            case Apply(op, (Literal(value), Read(name))) if op in _MIRRORED:
                op = _MIRRORED[op]
            case _:
                continue
        domain = found.get(name) or system.domains.get(name)
        if isinstance(domain, Range) and isinstance(value, int):
            found[name] = _cut(domain, op, value)
    return found


def _cut(domain: Range, op: str, value: int) -> Range:
    lo, hi = {
        "=": (value, value),
        "<": (domain.lo, value - 1),
        "<=": (domain.lo, value),
        ">": (value + 1, domain.hi),
        ">=": (value, domain.hi),
        "!=": (domain.lo + (value == domain.lo), domain.hi - (value == domain.hi)),
    }[op]
    cut = Range(max(lo, domain.lo), min(hi, domain.hi))
    return cut if cut.lo <= cut.hi else domain  # an impossible condition: nothing follows that is worth saying
