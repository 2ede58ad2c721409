"""Expressions in the words of another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tunnelproof.errors import UsageError
from tunnelproof.interchange.export.commands import kept
from tunnelproof.model.language.domains import BOOL, LARGEST_INTEGER, Enum
from tunnelproof.model.language.expressions import ARITHMETIC, CONNECTIVES, Apply, Expr, Literal, Read
from tunnelproof.model.language.ranges import Interval, possible_range
from tunnelproof.model.language.system import System
from tunnelproof.model.language.typing import Type
from tunnelproof.model.language.wellformed import scope_of

LARGEST_TEXT = 1_000_000  # characters of one formula

Members = Mapping[tuple[Enum, str], str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a language writes truth values and operators; each operator is a pattern with a place per argument."""

    true: str
    false: str
    patterns: Mapping[str, str]
    conditional: str


class Writer:
    """Writes the expressions of one system. ``names`` says how names are written, ``members`` members of enums."""

    def __init__(self, system: System, dialect: Dialect, names: Mapping[str, str], members: Members) -> None:
        self.system = system
        self.dialect = dialect
        self.names = names
        self.members = members
        self.scope: Mapping[str, Type] = scope_of(system)
        self.widest: Interval = (0, 1)  # holds every number that has been written as a sum, product, …
        self._before = {kept(name): domain for name, domain in system.domains.items()}

    def __call__(self, expr: Expr, expected: Type | None = None) -> str:
        """Return the text of an expression; one of enum members alone needs the type that is expected."""
        match expr:
            case Literal():
                return self._literal(expr, expected)
            case Read():
                return self.names[expr.name]
            case Apply():
                return self._apply(expr, expected)
            case _:
                raise AssertionError(f"steps are written as history variables: {expr}")

    def _literal(self, expr: Literal, expected: Type | None) -> str:
        match expr.value:
            case bool():
                return self.dialect.true if expr.value else self.dialect.false
            case int():
                return str(expr.value) if expr.value >= 0 else f"({expr.value})"
            case str():
                assert isinstance(expected, Enum)
                return self.members[expected, expr.value]

    def _apply(self, expr: Apply, expected: Type | None) -> str:
        op, args = expr.op, expr.args
        if op in CONNECTIVES:
            expected = BOOL
        elif op == "if":
            condition, *branches = args
            shown = [self(condition, BOOL), *(self(branch, expected or self.enum_of(expr)) for branch in branches)]
            return self.dialect.conditional.format(*shown)
        elif op in ARITHMETIC:
            expected = None
            self._widen(expr)
        else:
            expected = self.enum_of(args[0]) or self.enum_of(args[1])
        if op == "mod" and self._range(args[0])[0] < 0:
            op = "mod of a negative"
        texts = [self(arg, expected) for arg in args]
        if op in ("not", "implies") and texts[0].startswith("!"):
            texts[0] = f"({texts[0]})"  # Promela reads !! as a word of its own
        if sum(len(text) for text in texts) > LARGEST_TEXT:  # nested minima double
            raise UsageError("TP063", "a formula is too long to be written", hint="nest 'min' and 'max' less")
        pattern = self.dialect.patterns[op]
        if op in ("and", "or"):
            return texts[0] if len(texts) == 1 else f"({pattern.join(texts)})"
        return pattern.format(*texts)

    def _range(self, expr: Expr) -> Interval:
        return possible_range(expr, self.system, dict(self._before))

    def _widen(self, expr: Apply) -> None:
        lo, hi = self._range(expr)
        if expr.op == "mod":  # of a negative number the remainder is negative at first
            hi = 2 * hi + 1
            lo = -hi
        self.widest = min(lo, self.widest[0]), max(hi, self.widest[1])
        if max(-lo, hi) >= LARGEST_INTEGER:
            message = f"a value may be as large as {max(-lo, hi)}, and the format computes with 32 bits"
            raise UsageError("TP062", message, hint="use smaller ranges")

    def enum_of(self, expr: Expr) -> Enum | None:
        """Return the enum whose member the expression is, if it tells."""
        match expr:
            case Read():
                kind = self.scope.get(expr.name)
                return kind if isinstance(kind, Enum) else None
            case Apply("if", (_, then, otherwise)):
                return self.enum_of(then) or self.enum_of(otherwise)
            case _:
                return None
