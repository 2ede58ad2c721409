"""Temporal operators, and the usual patterns made of them, for claims of the kinds `Ltl` and `Ctl`.

In Python as in text: ``G(p >> F(q))``. Linear operators speak of one run from the point at hand on: ``X`` at the next
point, ``F`` then or later, ``G`` then and ever after, ``U(p, q)`` q then or later and p until then, ``W(p, q)`` the
same or p for ever, ``R(p, q)`` q up to and including the first point of p, or for ever. Branching operators quantify
over the fair runs from a state: ``AG(p)`` on all of them, ``EF(p)`` on some. Meaning: docs/semantics.md.

The patterns are those of Dwyer, Avrunin and Corbett, "Patterns in property specifications" (1999), with global scope.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from tunnelproof.model.language.expressions import CONNECTIVES, TEMPORAL, Apply, Expr, is_temporal, walk
from tunnelproof.model.language.terms import Term, expression

Operator = Callable[..., Term]


def _operator(op: str) -> Operator:
    def apply(*formulas: object) -> Term:
        if len(formulas) != TEMPORAL[op]:
            raise TypeError(f"{op} takes {TEMPORAL[op]} formulas, not {len(formulas)}")
        return Term(Apply(op, tuple(expression(formula) for formula in formulas)))

    apply.__name__ = apply.__qualname__ = op
    return apply


X, F, G, U, W, R = (_operator(op) for op in ("X", "F", "G", "U", "W", "R"))
AX, AF, AG, AU, AW, AR = (_operator(op) for op in ("AX", "AF", "AG", "AU", "AW", "AR"))
EX, EF, EG, EU, EW, ER = (_operator(op) for op in ("EX", "EF", "EG", "EU", "EW", "ER"))


def absence(never: object) -> Term:
    """Say that the point never comes."""
    return G(~Term(expression(never)))


def response(trigger: object, answer: object) -> Term:
    """Say that each trigger is followed, then or later, by an answer."""
    return G(Term(expression(trigger)) >> F(answer))


def precedence(first: object, then: object) -> Term:
    """Say that ``then`` does not come before ``first`` has come (they may come together)."""
    return W(~Term(expression(then)) | Term(expression(first)), first)


def recurrence(point: object) -> Term:
    """Say that the point comes again and again."""
    return G(F(point))


def bounded_response(trigger: object, answer: object, within: int) -> Term:
    """Say that each trigger is answered after at most ``within`` steps (the trigger's own point is step 0)."""
    answered = reduce(lambda later, _: Term(expression(answer)) | X(later), range(within), Term(expression(answer)))
    return G(Term(expression(trigger)) >> answered)


def antecedents(formula: Expr, *, positive: bool = True) -> tuple[Expr, ...]:
    """Return what the formula demands something of: the left sides, about one moment, of its implications.

    Only implications that stand under an even number of negations count: the others are no demands.
    """
    if not isinstance(formula, Apply) or formula.op not in CONNECTIVES | TEMPORAL.keys():
        return ()
    if formula.op == "not":
        return antecedents(formula.args[0], positive=not positive)
    if formula.op == "implies":
        left, right = formula.args
        own = (left,) if positive and not is_temporal(left) else ()
        return (*own, *antecedents(left, positive=not positive), *antecedents(right, positive=positive))
    return tuple(found for arg in formula.args for found in antecedents(arg, positive=positive))


def instants(formula: Expr) -> tuple[Expr, ...]:
    """Return the largest parts of the formula that speak of one moment, each once, in the order of reading."""
    found: dict[Expr, None] = {}

    def look(part: Expr) -> None:
        if isinstance(part, Apply) and is_temporal(part):
            for arg in part.args:
                look(arg)
        else:
            found.setdefault(part)

    look(formula)
    return tuple(found)


def has_next(formula: Expr) -> bool:
    """Say whether the formula counts steps: a step that changes nothing then matters."""
    return any(isinstance(part, Apply) and part.op in ("X", "AX", "EX") for part in walk(formula))
