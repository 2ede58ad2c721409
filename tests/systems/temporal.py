"""Random temporal formulas over given parts that speak of one moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hypothesis import strategies as st
from tests.systems.formulas import Draw, pick

from tunnelproof.model.language.expressions import Apply, Expr

T = TypeVar("T")


def temporal(draw: Draw, operators: Mapping[str, int], instant: Callable[[], Expr], size: int) -> Expr:
    """Draw a formula of ``size`` connectives, temporal operators (with their number of arguments) and instants."""
    shapes: dict[str, int] = {**operators, "not": 1, "and": 2, "or": 2, "implies": 2}
    fitting = [op for op, arity in shapes.items() if arity < size]
    if not fitting:
        return instant()
    op = pick(draw, [*fitting, *(op for op in fitting if op in operators)])
    if shapes[op] == 1:
        return Apply(op, (temporal(draw, operators, instant, size - 1),))
    left = pick(draw, range(1, size - 1))
    sides = temporal(draw, operators, instant, left), temporal(draw, operators, instant, size - 1 - left)
    return Apply(op, sides)


@st.composite
def words(draw: Draw, letters: Sequence[T], longest: int = 6) -> tuple[list[T], int]:
    """Draw a word of letters, and the place from which on it comes again for ever."""
    word = draw(st.lists(st.sampled_from(letters), min_size=1, max_size=longest))
    return word, draw(st.integers(0, len(word) - 1))
