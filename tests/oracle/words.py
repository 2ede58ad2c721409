"""Linear temporal formulas on words that repeat themselves, by the definition of the operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from tests.oracle.temporal import speaks_of_time

from tunnelproof.model.language.expressions import Apply, Expr

T = TypeVar("T")


def holds_on(formula: Expr, points: Sequence[T], loop: int, says: Callable[[Expr, T], bool], at: int = 0) -> bool:
    """Say whether a formula holds from the point ``at`` on; those from ``loop`` on come again for ever.

    ``says`` gives the truth at a point of the formula's parts without temporal operators.
    """
    ahead = [*range(len(points)), *range(loop, len(points)), loop]  # from any point on, everything comes within this

    def holds(part: Expr, at: int) -> bool:
        if not isinstance(part, Apply) or not speaks_of_time(part):
            return says(part, points[at])
        later = ahead[at:]
        args = part.args
        match part.op:
            case "not":
                return not holds(args[0], at)
            case "and":
                return all(holds(arg, at) for arg in args)
            case "or":
                return any(holds(arg, at) for arg in args)
            case "implies":
                return not holds(args[0], at) or holds(args[1], at)
            case "X":
                return holds(args[0], later[1])
            case "F":
                return any(holds(args[0], i) for i in later)
            case "G":
                return all(holds(args[0], i) for i in later)
        left = [holds(args[0], i) for i in later]
        right = [holds(args[1], i) for i in later]
        if part.op == "R":
            return not any(not right[n] and not any(left[:n]) for n in range(len(later)))
        until = any(right[n] and all(left[:n]) for n in range(len(later)))
        return until or (part.op == "W" and all(left))

    return holds(formula, at)
