"""Does it matter to a claim if a run has more steps, of which the claim's cone knows nothing?

Such a step changes nothing that the claim reads, and no `taken` or `by` in the claim names it. What remains of it in
the cone is a point at which the state is as before and every `taken` and `by` is false: a point *put in*. A claim may
be asked of its cone if points that are put in, anywhere and any number of them, change nothing.
"""

from __future__ import annotations

import enum

from tunnelproof.model.language.expressions import (
    CONNECTIVES,
    FALSE,
    TRUE,
    Apply,
    By,
    Expr,
    Literal,
    Taken,
    is_temporal,
    negate,
    speaks_of_steps,
    walk,
)


def is_quiet(formula: Expr) -> bool:
    """Say whether the formula speaks of no step, or is false of every step that it does not name."""
    return not speaks_of_steps(formula) or is_silent(formula)


def is_silent(formula: Expr) -> bool:
    """Say whether the formula is false of every step that it does not name."""
    atoms: set[Expr] = {e for e in walk(formula) if isinstance(e, (Taken, By))}
    return _fold(formula, atoms) == FALSE


def repeats(formula: Expr, *, after: Expr) -> bool:
    """Say whether the formula holds again wherever a step that nobody names makes another formula hold again.

    A trigger or a reset that speaks of states holds once more after such a step; an answer that names a step does not.
    """
    return is_silent(after) or not speaks_of_steps(formula)


def _fold(formula: Expr, false_atoms: set[Expr]) -> Expr:
    """Put false for the atoms and work out the connectives where that settles them."""
    if formula in false_atoms:
        return FALSE
    if not isinstance(formula, Apply) or formula.op not in CONNECTIVES:
        return formula
    args = [_fold(arg, false_atoms) for arg in formula.args]
    if formula.op == "not":
        return Literal(not args[0].value) if isinstance(args[0], Literal) else formula
    if formula.op == "implies":
        args[0] = _fold(negate(args[0]), set())
    settles = FALSE if formula.op == "and" else TRUE
    if settles in args:
        return settles
    return formula if any(not isinstance(a, Literal) for a in args) else args[0]


class Manner(enum.Enum):
    """What the truth of a temporal formula is at a point put in, if it is elsewhere what it was without the point."""

    AS_BEFORE = "as at the point before"
    AS_AFTER = "as at the point after"
    FALSE = "false"
    TRUE = "true"
    OPEN = "one or the other"


def ignores_other_steps(formula: Expr) -> bool:
    """Say whether points put in change the truth of a temporal formula nowhere else. May say no although it is so."""
    return _manner(formula) is not None


def _manner(formula: Expr) -> Manner | None:
    """Return the formula's manner; ``None`` if its truth elsewhere may change.

    Of formulas about one moment nothing changes elsewhere. Branching time speaks of states alone, so that any formula
    without a next step will do.
    """
    if not isinstance(formula, Apply) or not is_temporal(formula):
        return _of_instant(formula)
    parts = [_manner(arg) for arg in formula.args]
    manners = [part for part in parts if part is not None]
    if len(manners) < len(parts):
        return None
    if formula.op in CONNECTIVES:
        return _of_connective(formula.op, manners)
    return _of_temporal(formula.op.lstrip("AE"), manners)


def _of_connective(op: str, parts: list[Manner]) -> Manner:
    match op, parts:
        case "not", (part,):
            return _opposite(part)
        case "and", _:
            return _all(parts)
        case "implies", (left, right):
            return _opposite(_all([left, _opposite(right)]))
        case _:
            return _opposite(_all([_opposite(part) for part in parts]))


def _of_temporal(op: str, parts: list[Manner]) -> Manner | None:
    no = [_opposite(part) for part in parts]
    match op:
        case "F":
            return _finally(parts[0])
        case "G":
            return _negated(_finally(no[0]))
        case "U":
            return _until(*parts)
        case "R":
            return _negated(_until(*no))
        case "W":
            return _negated(_until(no[1], _all(no)))
        case _:
            return None  # a next step counts the points


def _of_instant(formula: Expr) -> Manner:
    if isinstance(formula, Literal):
        return Manner.TRUE if formula.value else Manner.FALSE
    if not speaks_of_steps(formula):
        return Manner.AS_BEFORE
    if is_silent(formula):
        return Manner.FALSE
    return Manner.TRUE if is_silent(negate(formula)) else Manner.OPEN


def _opposite(manner: Manner) -> Manner:
    return {Manner.FALSE: Manner.TRUE, Manner.TRUE: Manner.FALSE}.get(manner, manner)


def _negated(manner: Manner | None) -> Manner | None:
    return None if manner is None else _opposite(manner)


def _all(manners: list[Manner]) -> Manner:
    """Return the manner of a conjunction: what is true at points put in need not be at their neighbours."""
    kinds = set(manners)
    if Manner.FALSE in kinds:
        return Manner.FALSE
    return kinds.pop() if len(kinds) == 1 else Manner.OPEN


def _finally(part: Manner) -> Manner | None:
    """Return the manner of ``F``: what is false at points put in is met there just if it is met after them."""
    return {
        Manner.AS_BEFORE: Manner.AS_BEFORE,
        Manner.AS_AFTER: Manner.AS_AFTER,
        Manner.FALSE: Manner.AS_AFTER,
    }.get(part)


def _until(left: Manner, right: Manner) -> Manner | None:
    """Return the manner of ``U``. A run comes past a point put in with ``left`` at the point before, and goes on.

    So there ``right`` must not be met unless it is at a neighbour, and ``left`` must be met if it is at the point
    before or, should ``right`` not be met at the point after, there.
    """
    match left, right:
        case (Manner.TRUE, Manner.FALSE) | (Manner.TRUE | Manner.AS_AFTER, Manner.AS_AFTER):
            return Manner.AS_AFTER
        case Manner.AS_BEFORE, Manner.AS_BEFORE:
            return Manner.AS_BEFORE
        case (Manner.TRUE, Manner.AS_BEFORE) | (Manner.AS_BEFORE, Manner.FALSE | Manner.AS_AFTER):
            return Manner.OPEN
        case _:
            return None
