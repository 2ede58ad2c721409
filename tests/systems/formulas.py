"""Random well-typed expressions over given names: functions of `draw`, which are faster than strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st

from tunnelproof.model.language.domains import Bool, Domain, Range
from tunnelproof.model.language.expressions import (
    OPERATORS,
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    conjoin,
    disjoin,
    negate,
)

T = TypeVar("T")
Draw = st.DrawFn
Scope = Mapping[str, Domain]  # what may be read; a derived whole number counts as a range
Labels = Mapping[str, Sequence[str]]  # the outcomes of each action


def pick(draw: Draw, items: Sequence[T]) -> T:
    """Draw one of the items."""
    return draw(st.sampled_from(items))


def chance(draw: Draw, one_in: int) -> bool:
    """Draw true once in so many times."""
    return draw(st.integers(0, one_in - 1)) == one_in - 1


def several(draw: Draw, items: Sequence[T], fewest: int, most: int) -> list[T]:
    """Draw some of the items, each at most once."""
    most = min(most, len(items))
    return draw(st.lists(st.sampled_from(items), min_size=min(fewest, most), max_size=most, unique=True))


def literal(draw: Draw, domain: Domain) -> Expr:
    """Draw a constant of the domain."""
    return Literal(pick(draw, domain.values))


def atom(draw: Draw, scope: Scope) -> Expr:
    """Draw a comparison of a name with a constant, or with another name of its type."""
    chosen = pick(draw, list(scope))
    domain = scope[chosen]
    if isinstance(domain, Bool) and chance(draw, 2):
        return pick(draw, [Read(chosen), negate(Read(chosen))])
    operators = ["=", "=", "!="] + (["<", "<=", ">", ">="] if isinstance(domain, Range) else [])
    others = [name for name in scope if name != chosen and _alike(scope[name], domain)]
    other = Read(pick(draw, others)) if others and chance(draw, 4) else literal(draw, domain)
    return Apply(pick(draw, operators), (Read(chosen), other))


def atoms(draw: Draw, scope: Scope, most: int = 2) -> list[Expr]:
    """Draw a few atoms."""
    return [atom(draw, scope) for _ in range(draw(st.integers(1, most)))]


def cube(draw: Draw, scope: Scope, most: int = 2) -> Expr:
    """Draw a conjunction of a few atoms."""
    return conjoin(atoms(draw, scope, most))


def formula(draw: Draw, scope: Scope) -> Expr:
    """Draw a truth value: mostly a small conjunction or disjunction, sometimes any connectives."""
    shape = draw(st.integers(0, 4))
    if shape == 4:
        return _tree(draw, scope, 2)
    return disjoin(atoms(draw, scope)) if shape >= 2 else cube(draw, scope)


def _tree(draw: Draw, scope: Scope, depth: int) -> Expr:
    if depth == 0 or chance(draw, 4):
        return literal(draw, Bool()) if chance(draw, 8) else atom(draw, scope)
    op = pick(draw, ["and", "or", "or", "implies", "=", "!=", "not", "if"])
    arity = OPERATORS[op] or draw(st.integers(1, 3))
    return Apply(op, tuple(_tree(draw, scope, depth - 1) for _ in range(arity)))


def assigned(draw: Draw, target: str, domain: Domain, scope: Scope) -> Expr:
    """Draw a value for the variable, which is in its domain but for a few sums."""
    value = _value(draw, target, domain, scope)
    if chance(draw, 8):
        return Apply("if", (atom(draw, scope), value, literal(draw, domain)))
    return value


def _value(draw: Draw, target: str, domain: Domain, scope: Scope) -> Expr:
    shape = draw(st.integers(0, 5))
    same = [name for name in scope if _alike(scope[name], domain) and _within(scope[name], domain)]
    if shape == 3 and same:
        return Read(pick(draw, same))
    if shape >= 4 and isinstance(domain, Bool):
        return formula(draw, scope) if chance(draw, 4) else negate(Read(target))
    if shape >= 4 and isinstance(domain, Range):
        return _moved(draw, target, domain)
    return literal(draw, domain)


def _moved(draw: Draw, target: str, domain: Range) -> Expr:
    x, one, size = Read(target), Literal(1), Literal(domain.hi - domain.lo + 1)
    lo, hi = Literal(domain.lo), Literal(domain.hi)
    up, down = Apply("+", (x, one)), Apply("-", (x, one))
    if chance(draw, 24):
        return pick(draw, [up, down, Apply("*", (x, Literal(-1)))])  # may leave the domain
    around = Apply("+", (Apply("mod", (Apply("-", (up, lo)), size)), lo))
    back = Apply("+", (Apply("mod", (Apply("-", (down, lo)), size)), lo))  # the remainder of a negative number
    mirrored = Apply("-", (Apply("+", (lo, hi)), x))
    return pick(draw, [Apply("min", (up, hi)), Apply("max", (down, lo)), around, back, mirrored])


def point(draw: Draw, scope: Scope, actions: Labels, actors: Sequence[str]) -> Expr:
    """Draw a point predicate: a formula, often about the last step."""
    state = formula(draw, scope)
    shape = draw(st.integers(0, 9))
    if shape < 6:
        return state
    step = happened(draw, actions, actors)
    return [step, negate(step), conjoin([state, step]), disjoin([state, step])][shape - 6]


def happened(draw: Draw, actions: Labels, actors: Sequence[str]) -> Expr:
    """Draw an atom about the last step."""
    if chance(draw, 3):
        return By(pick(draw, actors))
    action = pick(draw, list(actions))
    return Taken(action, pick(draw, [None, *actions[action]]))


def change(draw: Draw, scope: Scope) -> Expr:
    """Draw a relation between the states before and after a step."""
    name = pick(draw, list(scope))
    old, new = Read(name), Next(Read(name))
    shape = draw(st.integers(0, 3))
    if shape == 0:
        return Next(formula(draw, scope))
    if shape == 1 or not isinstance(scope[name], Range):
        return Apply(pick(draw, ["=", "=", "!="]), (new, old))
    return Apply(pick(draw, ["<=", ">=", ">"]), (new, old))


def _alike(one: Domain, other: Domain) -> bool:
    return one == other or (isinstance(one, Range) and isinstance(other, Range))


def _within(inner: Domain, outer: Domain) -> bool:
    if isinstance(inner, Range) and isinstance(outer, Range):
        return outer.lo <= inner.lo and inner.hi <= outer.hi
    return inner == outer
