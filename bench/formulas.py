"""Expressions over whole numbers, written in C or in Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tunnelproof.model.language.expressions import Apply, Expr, Literal, Read

_BOTH = {"=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "+": "+", "-": "-", "*": "*"}

# What an operator is in each language; {0} and {1} are the arguments, connectives with any number of them are infix.
C: Mapping[str, str] = {
    **{op: f"({{0}} {written} {{1}})" for op, written in _BOTH.items()},
    "not": "(!{0})",
    "implies": "(!{0} || {1})",
    "mod": "(({0} % {1} + {1}) % {1})",
    "min": "({0} < {1} ? {0} : {1})",
    "max": "({0} > {1} ? {0} : {1})",
    "if": "({0} ? {1} : {2})",
    "and": " && ",
    "or": " || ",
}
PYTHON: Mapping[str, str] = {
    **C,
    "not": "(not {0})",
    "implies": "(not {0} or {1})",
    "mod": "({0} % {1})",
    "min": "min({0}, {1})",
    "max": "max({0}, {1})",
    "if": "({1} if {0} else {2})",
    "and": " and ",
    "or": " or ",
}


def written(expr: Expr, language: Mapping[str, str], read: Callable[[str], str]) -> str:
    """Return the expression's text; ``read`` says how a variable's value is written."""
    match expr:
        case Literal():
            return str(int(expr.value))
        case Read():
            return read(expr.name)
        case Apply():
            parts = [written(arg, language, read) for arg in expr.args]
            form = language[expr.op]
            return form.format(*parts) if "{" in form else f"({form.join(parts)})"
        case _:
            raise TypeError(f"{expr} speaks of a step")
