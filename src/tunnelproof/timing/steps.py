"""What a formula about a step comes to at one action's outcome: an expression over the state before it.

A rule is written as step invariants are: names read the state before the step, ``Next`` the one after it, and
``Taken`` and ``By`` speak of the step. For one outcome of one action all of this is known but the state before.
"""

from __future__ import annotations

from tunnelproof.model.language.expressions import (
    FALSE,
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    conjoin,
    disjoin,
)
from tunnelproof.model.language.expressions import replace as replace_in
from tunnelproof.model.language.folding import fold
from tunnelproof.model.language.system import Action, Outcome, System


def at_step(rule: Expr, system: System, action: Action, outcome: Outcome) -> Expr:
    """Return the rule's value at that outcome of that action, over the state before."""
    return fold(_at_step(rule, system, action, outcome))


def at_rest(point: Expr) -> Expr:
    """Return what a point predicate says where no step of the model was taken: at the start, and as time passes."""
    match point:
        case Taken() | By():
            return FALSE
        case Apply():
            return fold(Apply(point.op, tuple(at_rest(arg) for arg in point.args)))
        case _:
            return point


def after_step(point: Expr) -> Expr:
    """Return the rule that says of a step that the point predicate holds where it leads."""
    match point:
        case Read():
            return Next(point)
        case Apply():
            return Apply(point.op, tuple(after_step(arg) for arg in point.args))
        case _:
            return point


def unchanged(rule: Expr) -> Expr:
    """Return the rule's value at a step that changes nothing, and that the rule does not name."""

    def still(part: Expr) -> Expr:
        match part:
            case Taken() | By():
                return FALSE
            case Next():
                return part.body
            case Apply():
                return Apply(part.op, tuple(still(arg) for arg in part.args))
            case _:
                return part

    return fold(still(rule))


def enabled(action: Action) -> Expr:
    """Return the state predicate that some choice and outcome of the action can be taken.

    It takes for granted that no assignment leaves its domain, which is checked before any claim is answered.
    """
    some = fold(conjoin((action.guard, disjoin(outcome.when for outcome in action.outcomes))))
    choices: list[dict[Expr, Expr]] = [{Read(n): Literal(v) for n, v in choice} for choice in action.choices]
    return fold(disjoin(fold(replace_in(some, chosen)) for chosen in choices))


def _at_step(rule: Expr, system: System, action: Action, outcome: Outcome) -> Expr:
    match rule:
        case Taken():
            return Literal(rule.action == action.name and rule.outcome in (None, outcome.name))
        case By():
            return Literal(rule.actor == action.actor)
        case Next():
            return _substituted(rule.body, system, dict(outcome.effects))
        case Apply():
            return Apply(rule.op, tuple(_at_step(arg, system, action, outcome) for arg in rule.args))
        case _:
            return rule


def _substituted(expr: Expr, system: System, effects: dict[str, Expr]) -> Expr:
    """Return the expression with what it reads replaced by what is assigned. Derived names are opened only for that."""
    match expr:
        case Read(name) if name in effects:
            return effects[name]
        case Read(name) if name in system.definitions and not system.reads(expr).isdisjoint(effects):
            return _substituted(system.definitions[name].definition, system, effects)
        case Apply():
            return Apply(expr.op, tuple(_substituted(arg, system, effects) for arg in expr.args))
        case _:
            return expr
