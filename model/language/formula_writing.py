"""Formulas as people read them: the text form of an expression, with few parentheses and quotes."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable
from typing import Any, cast

from tunnelproof.model.language.expressions import Apply, By, Expr, Literal, Next, Read, Taken, reads
from tunnelproof.model.language.grammar import (
    ATOM,
    COMPARE,
    IF,
    IMPLIES,
    LABEL,
    LEVELS,
    MEMBER,
    NOT,
    RESERVED,
    run,
)

Text = tuple[str, int]  # with how tight its outermost operator binds
Printing = Generator[Any, Any, Text]  # see `run`
Values = tuple[str, list[Literal]]  # a name and the values that it has one of


def format_formula(expr: Expr, known_names: Collection[str] = ()) -> str:
    """Write an expression with as few parentheses and quotes as the grammar allows.

    ``known_names`` and the names that the expression itself reads make equal enum members stand in quotes.
    """
    text, _ = run(_Printer(reads(expr).union(known_names)).printed(expr))
    assert isinstance(text, str)
    return text


class _Printer:
    """Writes expressions, each with how tight its outermost operator binds."""

    def __init__(self, known: frozenset[str]) -> None:
        self.known = known

    def printed(self, expr: Expr) -> Printing:
        match expr:
            case Literal():
                return self._literal(expr), ATOM
            case Read():
                return expr.name, ATOM
            case Taken():
                outcome = "" if expr.outcome is None else f"/{_label(expr.outcome)}"
                return f"taken({_label(expr.action)}{outcome})", ATOM
            case By():
                return f"by({_label(expr.actor)})", ATOM
            case Next():
                return f"next({(yield self._part(expr.body, IF))})", ATOM
            case Apply(op="and" | "or"):
                return cast(Text, (yield self._chain(expr)))
            case Apply(op="not", args=(arg,)):
                return cast(Text, (yield self._negation(arg)))
            case Apply(op="if", args=(condition, chosen, otherwise)):
                parts = (yield self._part(condition, IMPLIES)), (yield self._part(chosen, IMPLIES))
                return f"if {parts[0]} then {parts[1]} else {(yield self._part(otherwise, IF))}", IF
            case Apply(op, (left, right)) if op in LEVELS:
                return cast(Text, (yield self._binary(op, left, right)))
        args: list[str] = []
        for arg in expr.args:
            args.append((yield self._part(arg, IF)))
        return f"{expr.op}({', '.join(args)})", ATOM

    def _part(self, expr: Expr, least: int) -> Generator[Any, Any, str]:
        text, level = yield self.printed(expr)
        return text if level >= least else f"({text})"

    def _binary(self, op: str, left: Expr, right: Expr) -> Printing:
        level = LEVELS[op]
        first = yield self._part(left, level + 1 if op == "implies" or level == COMPARE else level)
        second = yield self._part(right, level if op == "implies" else level + 1)
        return f"{first} {op} {second}", level

    def _negation(self, arg: Expr) -> Printing:
        if isinstance(arg, Apply) and arg.op == "or":
            groups = list(_grouped(_flat(arg)))
            if len(groups) == 1 and isinstance(groups[0], tuple):
                return self._membership(*groups[0], "not in"), COMPARE
        return f"not {(yield self._part(arg, NOT))}", NOT

    def _chain(self, expr: Apply) -> Printing:
        parts = _flat(expr)
        if len(parts) == 1:
            return cast(Text, (yield self.printed(parts[0])))
        level = LEVELS[expr.op]
        texts: list[str] = []
        groups: Iterable[Expr | Values] = _grouped(parts) if expr.op == "or" else parts
        for group in groups:
            if isinstance(group, tuple):
                texts.append(self._membership(*group, "in"))
            else:
                texts.append((yield self._part(group, level + 1)))
        return f" {expr.op} ".join(texts), COMPARE if len(texts) == 1 else level

    def _membership(self, name: str, values: list[Literal], how: str) -> str:
        return f"{name} {how} {{{', '.join(self._literal(value) for value in values)}}}"

    def _literal(self, literal: Literal) -> str:
        value = literal.value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        plain = MEMBER.fullmatch(value) and value not in RESERVED and value not in self.known
        return value if plain else _quoted(value)


def _flat(expr: Apply) -> list[Expr]:
    """Return the arguments of a conjunction (disjunction), nested ones of the same kind opened."""
    found: list[Expr] = []
    stack: list[Expr] = [expr]
    while stack:
        part = stack.pop()
        single = isinstance(part, Apply) and part.op in ("and", "or") and len(part.args) == 1
        if isinstance(part, Apply) and (part.op == expr.op or single):
            stack.extend(reversed(part.args))
        else:
            found.append(part)
    return found


def _grouped(parts: Iterable[Expr]) -> Iterable[Expr | Values]:
    """Yield the parts of a disjunction; neighbours ``x = v or x = w`` as the name and its values."""
    run: list[tuple[Expr, str, Literal]] = []
    for part in parts:
        match part:
            case Apply("=", (Read(name), Literal() as value)):
                if run and run[0][1] != name:
                    yield _ended(run)
                    run = []
                run.append((part, name, value))
            case _:
                if run:
                    yield _ended(run)
                    run = []
                yield part
    if run:
        yield _ended(run)


def _ended(run: list[tuple[Expr, str, Literal]]) -> Expr | Values:
    return run[0][0] if len(run) == 1 else (run[0][1], [value for _, _, value in run])


def _label(name: str) -> str:
    return name if LABEL.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    return f'"{text}"' if "'" in text else f"'{text}'"
