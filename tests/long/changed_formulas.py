"""One small change to a formula. What comes out may be ill typed or mean the same: whoever asks has to look."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken, children, negate, walk

ALIKE = (("and", "or"), ("=", "!="), ("<", "<=", ">", ">=", "="), ("+", "-"), ("min", "max"))


def changed_formula(random: Random, formula: Expr, pool: Sequence[Expr]) -> Expr:
    """Change one place of a formula: an operator, a constant, a name, an argument; ``pool`` has what may be put in."""
    place = random.randrange(sum(1 for _ in walk(formula)))
    return _changed_at(random, formula, place, pool)


def _changed_at(random: Random, formula: Expr, place: int, pool: Sequence[Expr]) -> Expr:
    """Change the part with this place in the order of `walk`."""
    if place == 0:
        return _changed_here(random, formula, pool)
    parts, before = list(children(formula)), 1
    for number, part in enumerate(parts):
        size = sum(1 for _ in walk(part))
        if place < before + size:
            parts[number] = _changed_at(random, part, place - before, pool)
            break
        before += size
    return Next(parts[0]) if isinstance(formula, Next) else Apply(formula.op, tuple(parts))  # type: ignore[union-attr]


def _changed_here(random: Random, formula: Expr, pool: Sequence[Expr]) -> Expr:
    alike = [other for other in pool if type(other) is type(formula) and other != formula]
    match formula:
        case Literal(value=bool()):
            return Literal(not formula.value)
        case Literal(value=int()):
            return Literal(int(formula.value) + random.choice([-1, 1]))
        case Literal() | Read() | Taken() | By() if alike and random.random() < 0.7:
            return random.choice(alike)
        case Apply(op=op, args=args):
            others = [other for group in ALIKE if op in group for other in group if other != op]
            ways = [negate(formula), *args, Apply(op, tuple(reversed(args)))]
            ways += [Apply(other, args) for other in others] * 2
            ways += [Apply(op, args[:-1])] * (op in ("and", "or") and len(args) > 1)
            return random.choice([*ways, random.choice(pool)])
    return random.choice([negate(formula), random.choice(pool)])
