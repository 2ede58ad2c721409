"""Claims of linear time in other checkers' formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tunnelproof.errors import UsageError
from tunnelproof.interchange.export.writing import LARGEST_TEXT
from tunnelproof.model.language.expressions import Apply, Expr, is_temporal

Patterns = Mapping[str, str]  # how an operator is written around its parts

IN_SMV: Patterns = {
    "not": "!{0}",
    "and": "({0} & {1})",
    "or": "({0} | {1})",
    "implies": "({0} -> {1})",
    **{op: f"({op} {{0}})" for op in "XFG"},
    "U": "({0} U {1})",
    "R": "({0} V {1})",
    "W": "({1} V ({0} | {1}))",
}
IN_PROMELA: Patterns = {
    "not": "!{0}",
    "and": "({0} && {1})",
    "or": "({0} || {1})",
    "implies": "({0} -> {1})",
    "F": "(<> {0})",
    "G": "([] {0})",
    "U": "({0} U {1})",
    "R": "({0} V {1})",
    "W": "({1} V ({0} || {1}))",
}


def linear(formula: Expr, patterns: Patterns, instant: Callable[[Expr], str]) -> str:
    """Write a formula; ``instant`` writes its parts about one moment. Raises `UsageError` if that becomes too long."""
    if not isinstance(formula, Apply) or not is_temporal(formula):
        return instant(formula)
    text, *others = [linear(arg, patterns, instant) for arg in formula.args]
    if not others:
        return text if formula.op in ("and", "or") else patterns[formula.op].format(text)
    for other in others:  # only `and` and `or` have more than two
        text = patterns[formula.op].format(text, other)
    if len(text) > LARGEST_TEXT:  # W doubles an argument
        raise UsageError("TP063", "a formula is too long to be written", hint="nest W less")
    return text
