"""What reading and writing formulas share: how tight operators bind, which words are plain or reserved."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from tunnelproof.model.language.expressions import COMPARISONS, OPERATORS

RESERVED = frozenset({"and", "or", "not", "implies", "in", "mod", "if", "then", "else", "true", "false"})

IF, IMPLIES, OR, AND, NOT, COMPARE, SUM, PRODUCT, ATOM = range(9)
LEVELS = {
    "implies": IMPLIES,
    "or": OR,
    "and": AND,
    **dict.fromkeys(sorted(COMPARISONS), COMPARE),
    "+": SUM,
    "-": SUM,
    "*": PRODUCT,
    "mod": PRODUCT,
}
assert set(LEVELS) | {"not", "if", "min", "max"} == set(OPERATORS)

MEMBER = re.compile(r"[^\W\d]\w*(?:\.\w+)*")  # an enum member that needs no quotes
LABEL = re.compile(r"\w+(?:[.\- ]\w+)*")  # an action, outcome or actor that needs none


def run(generator: Generator[Any, Any, Any]) -> Any:
    """Run a computation that yields the computations it needs, without using the stack for them."""
    stack = [generator]
    result: Any = None
    while stack:
        try:
            needed = stack[-1].send(result)
        except StopIteration as finished:
            stack.pop()
            result = finished.value
        else:
            stack.append(needed)
            result = None
    return result
