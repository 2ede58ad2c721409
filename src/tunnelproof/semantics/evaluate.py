"""The value of an expression, by walking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from tunnelproof.model.language.domains import Value
from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken
from tunnelproof.model.language.system import Step


@dataclass(frozen=True, slots=True)
class Incoming:
    """The step that led to the state at hand, for `Taken` and `By`; and the state after it, for `Next`."""

    step: Step | None = None
    actor: str | None = None
    after: Mapping[str, Value] = field(default_factory=dict)


NOTHING = Incoming()


def evaluate(expr: Expr, env: Mapping[str, Value], incoming: Incoming = NOTHING) -> Value:
    """Return the expression's value where names have the values of ``env``.

    ``env`` gives configuration variables, variables, parameters and derived names alike (`environment` opens the
    latter). At the start and while idling ``incoming`` has no step, and `Taken` and `By` are false.
    """
    match expr:
        case Literal():
            return expr.value
        case Read():
            return env[expr.name]
        case Apply():
            return _apply(expr, env, incoming)
        case Taken():
            step = incoming.step
            return step is not None and step.action == expr.action and expr.outcome in (None, step.outcome)
        case By():
            return incoming.step is not None and incoming.actor == expr.actor
        case Next():
            return evaluate(expr.body, incoming.after)
        case _:
            assert_never(expr)


def _apply(expr: Apply, env: Mapping[str, Value], incoming: Incoming) -> Value:
    op = expr.op
    if op == "and":
        return all(evaluate(arg, env, incoming) for arg in expr.args)
    if op == "or":
        return any(evaluate(arg, env, incoming) for arg in expr.args)
    if op == "if":
        branch = expr.args[1] if evaluate(expr.args[0], env, incoming) else expr.args[2]
        return evaluate(branch, env, incoming)
    values = [evaluate(arg, env, incoming) for arg in expr.args]
    if op == "not":
        return not values[0]
    left, right = values
    if op == "implies":
        return (not left) or bool(right)
    if op == "=":
        return left == right
    if op == "!=":
        return left != right
    return _whole(op, left, right)


def _whole(op: str, left: Value, right: Value) -> Value:
    assert isinstance(left, int) and isinstance(right, int)
    match op:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "mod":
            return left % right
        case "min":
            return min(left, right)
        case "max":
            return max(left, right)
        case _:
            raise AssertionError(f"unknown operator {op}")
