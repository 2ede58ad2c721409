"""The value of an expression at a point, straight from the language's definition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken

Value = bool | int | str
Names = Mapping[str, Value]  # configuration variables, variables and, inside an action, parameters


@dataclass(frozen=True)
class StepTaken:
    """What a formula can ask of a step."""

    action: str
    outcome: str
    actor: str


@dataclass(frozen=True)
class Point:
    """Where a formula is evaluated: names, the step it may speak of, and the names after that step."""

    names: Names
    definitions: Mapping[str, Expr]
    step: StepTaken | None = None
    later: Names | None = None


OPERATORS: dict[str, Callable[..., Value]] = {
    "not": lambda a: not a,
    "implies": lambda a, b: not a or b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "mod": lambda a, b: a - b * (a // b),
    "min": lambda a, b: a if a <= b else b,
    "max": lambda a, b: a if a >= b else b,
    "if": lambda a, b, c: b if a else c,
    "and": lambda *parts: all(parts),
    "or": lambda *parts: any(parts),
}


def value(expr: Expr, at: Point) -> Value:
    """Return the value of the expression at the point."""
    match expr:
        case Literal(value=constant):
            return constant
        case Read(name=name):
            return at.names[name] if name in at.names else value(at.definitions[name], at)
        case Apply(op=op, args=args):
            return OPERATORS[op](*(value(arg, at) for arg in args))
        case Taken(action=action, outcome=outcome):
            return at.step is not None and at.step.action == action and outcome in (None, at.step.outcome)
        case By(actor=actor):
            return at.step is not None and at.step.actor == actor
        case Next(body=body):
            assert at.later is not None
            return value(body, Point(at.later, at.definitions, at.step))
