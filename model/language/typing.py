"""The types of expressions: truth values, whole numbers, and one type per enum.

An enum member is written as a bare string and takes its type from what it is compared with or assigned to.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping

from tunnelproof.errors import Location, ModelError, TunnelproofError, near
from tunnelproof.model.language.domains import BOOL, LARGEST_LITERAL, Bool, Domain, Enum, Range
from tunnelproof.model.language.expressions import (
    ARITHMETIC,
    CONNECTIVES,
    OPERATORS,
    TEMPORAL,
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    children,
    speaks_of_steps,
    walk,
)
from tunnelproof.model.language.grammar import MEMBER
from tunnelproof.model.language.placing import Places, excerpt


class Whole(enum.Enum):
    """The type of all whole numbers."""

    INT = "whole number"


INT = Whole.INT
Type = Bool | Enum | Whole

DEEPEST = 100  # nesting of one expression; keeps every recursive walk far from Python's limit

_ABOUT_STATES = "only claims about points and steps can say who did what"


def type_of_domain(domain: Domain) -> Type:
    """Return the type of the domain's values."""
    return INT if isinstance(domain, Range) else domain


def shown(kind: Type) -> str:
    """Name a type in a message."""
    match kind:
        case Bool():
            return "a truth value"
        case Enum():
            return f"a value of {kind}"
        case Whole():
            return "a whole number"


class Typing:
    """Checks expressions against a scope of names.

    ``actions`` (with their outcomes) and ``actors`` allow `Taken` and `By`, ``pairs`` also allows `Next`,
    ``temporal`` the operators in it, as parts of formulas made of connectives and such operators. Faults are raised
    as ``error`` (a `ModelError` or `ClaimError`) with the place of the faulty part if ``places`` knows it, and
    otherwise the place given to each call.
    """

    def __init__(
        self,
        scope: Mapping[str, Type],
        *,
        error: type[TunnelproofError] = ModelError,
        actions: Mapping[str, tuple[str, ...]] | None = None,
        actors: tuple[str, ...] = (),
        pairs: bool = False,
        temporal: Collection[str] = (),
        places: Places | None = None,
    ) -> None:
        self.scope = scope
        self.error = error
        self.actions = actions
        self.actors = actors
        self.pairs = pairs
        self.temporal = temporal
        self.places = places or Places()
        self._where: Location | None = None
        self._what = ""

    def check(self, expr: Expr, expected: Type | None, what: str, where: Location | None = None) -> Type:
        """Return the expression's type; raise if it is none or not the expected one. ``what`` names its role."""
        self._where, self._what = where, what
        self._check_depth(expr)
        return self._infer(expr, expected)

    def _infer(self, expr: Expr, expected: Type | None) -> Type:
        # Few calls per level of nesting: `DEEPEST` levels have to fit into Python's stack.
        found = self._apply(expr, expected) if isinstance(expr, Apply) else self._atom(expr, expected)
        if expected is not None and found != expected:
            hint = "compare it with a value" if expected is BOOL else f"put {shown(expected)} there"
            raise self._fault(expr, "TP110", f"{shown(expected)} is wanted, but there is {shown(found)}", hint)
        return found

    def _atom(self, expr: Literal | Read | Taken | By | Next, expected: Type | None) -> Type:
        match expr:
            case Literal():
                return self._literal(expr, expected)
            case Read():
                if expr.name not in self.scope:
                    raise self._fault(expr, "TP111", f"unknown name '{expr.name}'", near(expr.name, self.scope))
                return self.scope[expr.name]
            case Taken():
                return self._taken(expr)
            case By():
                return self._by(expr)
            case Next():
                if not self.pairs:
                    message = "only a step invariant can speak of the state after the step"
                    raise self._fault(expr, "TP112", message, "leave 'next' out")
                if speaks_of_steps(expr.body):
                    raise self._fault(expr, "TP112", "the state after a step knows no other step", "move it out")
                return self._infer(expr.body, expected)

    def _literal(self, expr: Literal, expected: Type | None) -> Type:
        value = expr.value
        if isinstance(value, bool):
            return BOOL
        if isinstance(value, int):
            if abs(value) > LARGEST_LITERAL:
                raise self._fault(expr, "TP118", "a number is too large", "its size must be below 2^63")
            return INT
        if not isinstance(expected, Enum):
            raise self._no_enum(expr, value)
        if value not in expected.members:
            raise self._fault(expr, "TP114", f"'{value}' is not a member of {expected}", near(value, expected.members))
        return expected

    def _no_enum(self, expr: Literal, word: str) -> TunnelproofError:
        """Return the fault of a text where no enum is expected: what it is depends on how it was written."""
        if self.places.of(expr) is None or not MEMBER.fullmatch(word):
            message, hint = "a text stands for an enum member", "write terms, and put comparisons in parentheses"
            return self._fault(expr, "TP113", f"{excerpt(word)} is a text, and {message}", hint)
        if word in self.scope:
            hint = "leave the quotes out, or 'value' in JSON, to read the name"
            return self._fault(expr, "TP113", f"'{word}' in quotes is an enum member", hint)
        return self._fault(expr, "TP113", f"'{word}' is not a name here", near(word, self.scope))

    def _apply(self, expr: Apply, expected: Type | None) -> Type:
        op, args = expr.op, expr.args
        if op not in OPERATORS and op not in TEMPORAL:
            raise self._fault(expr, "TP115", f"unknown operator '{op}'", near(op, OPERATORS))
        if op in TEMPORAL and op not in self.temporal:
            raise self._out_of_place(expr, op)
        arity = TEMPORAL[op] if op in TEMPORAL else OPERATORS[op]
        if (arity is None and not args) or (arity is not None and len(args) != arity):
            message = f"'{op}' takes {arity or 'one or more'} arguments, not {len(args)}"
            raise self._fault(expr, "TP115", message, "check the brackets")
        if op in CONNECTIVES or op in TEMPORAL:
            for arg in args:
                self._infer(arg, BOOL)
            return BOOL
        if self.temporal:
            self._check_instant(args, op)
        if op in ARITHMETIC:
            for arg in args:
                self._infer(arg, INT)
            if op == "mod" and not _is_positive(args[1]):
                raise self._fault(args[1], "TP116", "'mod' needs a positive constant on the right", "write 1 or more")
            return INT
        if op == "if":
            self._infer(args[0], BOOL)
            return self._agree(args[1], args[2], expected)
        self._check_truth(args[0], args[1])
        self._check_truth(args[1], args[0])
        kind = self._agree(args[0], args[1], None)
        if op not in ("=", "!=") and kind is not INT:
            message = f"'{op}' compares whole numbers, not {shown(kind)}"
            raise self._fault(expr, "TP110", message, "compare with '=' or '!='")
        return BOOL

    def _check_instant(self, args: tuple[Expr, ...], op: str) -> None:
        """Raise if a value is made of temporal formulas: they are combined by connectives alone."""
        for part in (found for arg in args for found in walk(arg)):
            if isinstance(part, Apply) and part.op in TEMPORAL:
                hint = "combine temporal formulas with and, or, not and implies"
                raise self._fault(part, "TP119", f"'{part.op}' cannot stand inside '{op}'", hint)

    def _out_of_place(self, expr: Expr, op: str) -> TunnelproofError:
        if self.temporal:
            have = "'A' or 'E' before each operator" if "AG" in self.temporal else "no path quantifiers"
            return self._fault(expr, "TP119", f"'{op}' is no operator of this kind of claim", f"it has {have}")
        message = f"'{op}' is a temporal operator, and this formula is about one moment"
        return self._fault(expr, "TP119", message, "state the claim as one of the kind ltl or ctl")

    def _agree(self, left: Expr, right: Expr, expected: Type | None) -> Type:
        if expected is None and _is_bare(left) and not _is_bare(right):
            left, right = right, left
        kind = self._infer(left, expected)
        self._infer(right, kind)
        return kind

    def _check_truth(self, side: Expr, other: Expr) -> None:
        other_value = isinstance(other, Literal) and not isinstance(other.value, bool)
        if other_value and isinstance(side, Read) and self.scope.get(side.name) == BOOL:
            negated = f"not {side.name}" if self.places.of(other) else f"~{side.name}"
            hint = f"write {side.name} or {negated}"
            raise self._fault(other, "TP110", f"'{side.name}' is true or false", hint)

    def _by(self, expr: By) -> Type:
        if self.actions is None:
            raise self._fault(expr, "TP112", "this formula is about states, not about steps", _ABOUT_STATES)
        if expr.actor not in self.actors:
            raise self._fault(expr, "TP111", f"unknown actor '{expr.actor}'", near(expr.actor, self.actors))
        return BOOL

    def _taken(self, expr: Taken) -> Type:
        if self.actions is None:
            raise self._fault(expr, "TP112", "this formula is about states, not about steps", _ABOUT_STATES)
        if expr.action not in self.actions:
            raise self._fault(expr, "TP111", f"unknown action '{expr.action}'", near(expr.action, self.actions))
        outcomes = self.actions[expr.action]
        if expr.outcome is not None and expr.outcome not in outcomes:
            raise self._fault(
                expr,
                "TP111",
                f"action '{expr.action}' has no outcome '{expr.outcome}'",
                near(expr.outcome, outcomes),
            )
        return BOOL

    def _check_depth(self, expr: Expr) -> None:
        level: list[Expr] = [expr]
        for _ in range(DEEPEST):
            deeper = [child for parent in level for child in children(parent)]
            if not deeper:
                return
            level = deeper
        raise self._fault(level[0], "TP117", f"the expression is nested deeper than {DEEPEST}", "name its parts")

    def _fault(self, part: Expr, code: str, message: str, hint: str) -> TunnelproofError:
        where = self.places.of(part) or self._where
        return self.error(code, f"{self._what}: {message}", where=where, hint=hint)


def _is_bare(expr: Expr) -> bool:
    """Say whether the expression consists of enum members, so that its type must come from elsewhere."""
    match expr:
        case Literal():
            return isinstance(expr.value, str)
        case Apply("if", (_, chosen, otherwise)):
            return _is_bare(chosen) and _is_bare(otherwise)
        case Next():
            return _is_bare(expr.body)
        case _:
            return False


def _is_positive(expr: Expr) -> bool:
    return isinstance(expr, Literal) and type(expr.value) is int and expr.value > 0
