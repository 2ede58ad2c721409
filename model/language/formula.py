"""Formulas as people write them: the text form of expressions, both ways.

::

    if c then a else b                      (as a part of something else: in parentheses)
    a implies b                             to the right: a implies (b implies c)
    a or b
    a and b
    not a
    x = v   x != v   < <= > >=   x in {v, w}   x not in {v, w}          do not chain
    x + y   x - y
    x * y   x mod 3
    x   7   -7   true   member   'any member'   min(a, b)   max(a, b)   (a)
    taken(action)   taken(action/outcome)   by(actor)   next(a)         only in claims
    X(a)  F(a)  G(a)  U(a, b)  W(a, b)  R(a, b)                         only in claims of linear time (ltl)
    AX(a)  EX(a)  AF(a)  …  AR(a, b)  ER(a, b)                          only in claims of branching time (ctl)

Lines further down bind tighter. A word that names something known is read as that name, every other one is an
enum member; a member that is a known name, a reserved word or no plain word stands in quotes.

Law: let ``normal`` replace nested conjunctions (disjunctions) by one, and those of one argument by it. For an
expression without faults and ``known`` containing the names that it reads,
``normal(parse_formula(format_formula(e, known), known)) == normal(e)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator
from typing import Any

from tunnelproof.errors import Location, ModelError, TunnelproofError, near
from tunnelproof.model.language.domains import LARGEST_LITERAL
from tunnelproof.model.language.expressions import (
    TEMPORAL,
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    children,
    disjoin,
)
from tunnelproof.model.language.formula_writing import format_formula
from tunnelproof.model.language.grammar import COMPARE, IF, LABEL, LEVELS, MEMBER, NOT, RESERVED, run
from tunnelproof.model.language.placing import Lines, Places, excerpt
from tunnelproof.model.language.typing import DEEPEST

LONGEST_FORMULA = 100_000  # characters
_FUNCTIONS = {"min": 2, "max": 2, "next": 1, **TEMPORAL}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<step> (?:taken|by)\s*\([^()]*\) )
    | (?P<word> [^\W\d]\w*(?:\.\w+)*(?:\[\w+\])? )
    | (?P<number> \d[\w.]* )
    | (?P<quoted> '[^'\n]*' | "[^"\n]*" )
    | (?P<foreign> == | => | <?-> | <> | := | && | \|\| | [&|%~∧∨¬→] | !(?!=) )
    | (?P<mark> <= | >= | != | [-+=<>*(){},] )
    | (?P<end> \Z )
    )""",
    re.VERBOSE,
)
_QUOTED_OR_LABEL = rf"""\s*('[^'\n]*'|"[^"\n]*"|{LABEL.pattern})\s*"""
_STEP = re.compile(rf"(taken|by)\s*\({_QUOTED_OR_LABEL}(?:/{_QUOTED_OR_LABEL})?\)")
_ADVICE = {
    **dict.fromkeys(("==", ":="), "write '='"),
    **dict.fromkeys(("&", "&&", "∧"), "write 'and'"),
    **dict.fromkeys(("|", "||", "∨"), "write 'or'"),
    **dict.fromkeys(("!", "~", "¬"), "write 'not'"),
    **dict.fromkeys(("->", "=>", "→"), "write 'implies'"),
    "<->": "write '='",
    "<>": "write '!='",
    "%": "write 'mod'",
}

Parsing = Generator[Any, Any, Expr]  # see `run`
Token = tuple[str, str, int]  # kind, text, offset


def parse_formula(
    text: str,
    known_names: Collection[str] = (),
    *,
    file: str = "formula",
    error: type[TunnelproofError] = ModelError,
    places: Places | None = None,
    locate: Callable[[int], Location] | None = None,
) -> Expr:
    """Read a formula. Raise ``error`` with the place of the fault and a hint.

    ``known_names`` are read as names, other words as enum members. Types are not checked. ``places`` receives
    the place of each part; ``locate`` gives an offset's place where the formula is itself part of a text.
    """
    lines = Lines(text[: LONGEST_FORMULA + 1], file)
    parser = _Parser(text, known_names, error, places or Places(), locate or lines.at)
    return parser.formula()


class _Parser:
    """Recursive descent over the grammar above, run by `run` so that nesting cannot exhaust the stack."""

    def __init__(
        self,
        text: str,
        known: Collection[str],
        error: type[TunnelproofError],
        places: Places,
        locate: Callable[[int], Location],
    ) -> None:
        self.known = known
        self.error = error
        self.places = places
        self.locate = locate
        self.brackets = 0
        if len(text) > LONGEST_FORMULA:
            raise self._fault(0, f"the formula is longer than {LONGEST_FORMULA} characters", "name its parts", "TP142")
        self.tokens = self._tokens(text)
        self.next = 0

    def formula(self) -> Expr:
        if self._kind() == "end":
            raise self._fault(self._at(), "the formula is empty", "write 'true' for no condition")
        expr: Expr = run(self._expression(IF))
        if self._kind() != "end":
            raise self._trailing()
        self._check_depth(expr)
        return expr

    def _expression(self, least: int) -> Parsing:
        """Parse an expression whose operators outside parentheses bind at least as tight as ``least``."""
        start = self._at()
        left: Expr = yield self._operand(least)
        while (level := self._level()) >= least:
            left = yield self._operation(left, level)
            self._mark(left, start)
            if level == COMPARE and self._level() == COMPARE:
                raise self._fault(self._at(), "comparisons do not chain", "use parentheses or 'and'")
        return left

    def _level(self) -> int:
        """Return how tight the operator at hand binds; -1 if there is none."""
        kind, text, _ = self.tokens[self.next]
        if kind == "word" and text in ("in", "not"):
            return COMPARE
        return LEVELS.get(text, -1) if kind in ("word", "mark") else -1

    def _operation(self, left: Expr, level: int) -> Parsing:
        op = self._take()[1]
        member: Expr
        if op in ("in", "not"):
            if op == "not" and not self._skip("in"):
                raise self._unexpected("'in'")
            member = yield self._membership(left)
            return Apply("not", (member,)) if op == "not" else member
        if op in ("and", "or"):
            parts = [left, (yield self._expression(level + 1))]
            while self._skip(op):
                parts.append((yield self._expression(level + 1)))
            return Apply(op, tuple(parts))
        right = yield self._expression(level if op == "implies" else level + 1)
        return Apply(op, (left, right))

    def _membership(self, left: Expr) -> Parsing:
        at = self._at()
        values = yield self._list("{", "}")
        return self._mark(disjoin(self._mark(Apply("=", (left, value)), at) for value in values), at)

    def _operand(self, least: int) -> Parsing:
        kind, text, at = self._take()
        if kind == "word" and text in ("not", "if"):
            if least > (NOT if text == "not" else IF):
                raise self._fault(at, f"'{text}' cannot stand here", f"put '{text} …' in parentheses")
            return self._mark((yield self._negation() if text == "not" else self._choice()), at)
        if kind == "word" and text in _FUNCTIONS and self.tokens[self.next][1] == "(":
            return self._mark((yield self._function(text, at)), at)
        if (kind, text) == ("mark", "("):
            self.next -= 1
            inner = yield self._list("(", ")")
            if len(inner) != 1:
                raise self._fault(at, "there is a list in parentheses", "lists of values stand in braces")
            alone: Expr = inner[0]
            return alone
        return self._mark(self._atom(kind, text, at), at)

    def _negation(self) -> Parsing:
        return Apply("not", ((yield self._expression(NOT)),))

    def _choice(self) -> Parsing:
        self._open(self._at())
        condition = yield self._expression(IF)
        if not self._skip("then"):
            raise self._unexpected("'then'")
        chosen = yield self._expression(IF)
        if not self._skip("else"):
            raise self._unexpected("'else'")
        otherwise = yield self._expression(IF)
        self.brackets -= 1
        return Apply("if", (condition, chosen, otherwise))

    def _function(self, name: str, at: int) -> Parsing:
        args = yield self._list("(", ")")
        if len(args) != _FUNCTIONS[name]:
            message = f"'{name}' takes {_FUNCTIONS[name]} arguments, not {len(args)}"
            raise self._fault(at, message, "separate them by commas", "TP115")
        return Next(args[0]) if name == "next" else Apply(name, tuple(args))

    def _list(self, opening: str, closing: str) -> Generator[Any, Any, list[Expr]]:
        if not self._skip(opening):
            raise self._unexpected(f"'{opening}'")
        self._open(self._at() - 1)
        found = [(yield self._expression(IF))]
        while self._skip(","):
            found.append((yield self._expression(IF)))
        if not self._skip(closing):
            raise self._unexpected(f"'{closing}'")
        self.brackets -= 1
        return found

    def _atom(self, kind: str, text: str, at: int) -> Expr:
        if (kind, text) == ("mark", "-") and self._kind() == "number":
            return self._number("-" + self._take()[1], at)
        if kind == "number":
            return self._number(text, at)
        if kind == "quoted":
            return Literal(text[1:-1])
        if kind == "step":
            return self._step(text, at)
        if kind == "word" and text in ("true", "false"):
            return Literal(text == "true")
        if kind == "word" and text not in RESERVED:
            return self._word(text, at)
        raise self._unexpected("a value", (kind, text, at))

    def _word(self, text: str, at: int) -> Expr:
        if text in self.known:
            return Read(text)
        if self.tokens[self.next][1] == "(":
            hint = "close the parenthesis" if text in ("taken", "by") else near(text, ("by", "taken", *_FUNCTIONS))
            raise self._fault(at, f"{excerpt(text)} is no function", hint)
        if not MEMBER.fullmatch(text):
            raise self._fault(at, f"unknown name {excerpt(text)}", near(text, self.known), "TP111")
        return Literal(text)

    def _number(self, text: str, at: int) -> Expr:
        if not re.fullmatch("-?[0-9]+", text):
            raise self._fault(at, f"{excerpt(text)} is no whole number", "a member that is not a word stands in quotes")
        if len(text) > 20 or abs(int(text)) > LARGEST_LITERAL:
            raise self._fault(at, "the number is too large", "its size must be below 2^63", "TP118")
        return Literal(int(text))

    def _step(self, text: str, at: int) -> Expr:
        found = _STEP.fullmatch(text)
        if not found or (found[1] == "by" and found[3] is not None):
            raise self._fault(
                at,
                f"{excerpt(text)} names no step",
                "write taken(action), taken(action/outcome) or by(actor)",
            )
        first, second = (label[1:-1] if label and label[0] in "'\"" else label for label in found.group(2, 3))
        return By(first) if found[1] == "by" else Taken(first, second)

    def _check_depth(self, expr: Expr) -> None:
        level: list[Expr] = [expr]
        for _ in range(DEEPEST):
            deeper = [child for parent in level for child in children(parent)]
            if not deeper:
                return
            level = deeper
        where = self.places.of(level[0]) or self.locate(0)
        raise self.error("TP117", f"the formula is nested deeper than {DEEPEST}", where=where, hint="name its parts")

    def _open(self, at: int) -> None:
        self.brackets += 1
        if self.brackets > DEEPEST:
            raise self._fault(at, f"the formula is nested deeper than {DEEPEST}", "name its parts", "TP117")

    def _kind(self) -> str:
        return self.tokens[self.next][0]

    def _at(self) -> int:
        return self.tokens[self.next][2]

    def _take(self) -> Token:
        token = self.tokens[self.next]
        if token[0] != "end":
            self.next += 1
        return token

    def _skip(self, text: str) -> bool:
        found = self._kind() in ("word", "mark") and self.tokens[self.next][1] == text
        self.next += found
        return found

    def _tokens(self, text: str) -> list[Token]:
        tokens: list[Token] = []
        at = 0
        while not tokens or tokens[-1][0] != "end":
            found = _TOKEN.match(text, at)
            if not found:
                raise self._strange(text, at)
            kind = found.lastgroup or ""
            if kind == "foreign":
                raise self._fault(found.start(kind), f"{excerpt(found[kind])} is no operator", _ADVICE[found[kind]])
            tokens.append((kind, found[kind], found.start(kind)))
            at = found.end()
        return tokens

    def _strange(self, text: str, at: int) -> TunnelproofError:
        at += len(text[at:]) - len(text[at:].lstrip())
        hint = "close the quotes" if text[at] in "'\"" else "remove it, or quote the name that it is part of"
        return self._fault(at, f"{excerpt(text[at])} cannot stand here", hint)

    def _mark(self, expr: Expr, at: int) -> Expr:
        return self.places.mark(expr, self.locate(at))

    def _trailing(self) -> TunnelproofError:
        kind, text, at = self.tokens[self.next]
        operators = ("and", "or", "implies", "in", "not in", "mod")
        hint = near(text, operators) if kind == "word" else "an operator is missing"
        return self._fault(at, f"there is {excerpt(text)} where the formula could end", hint)

    def _unexpected(self, wanted: str, token: Token | None = None) -> TunnelproofError:
        kind, text, at = token or self.tokens[self.next]
        if kind == "end":
            return self._fault(at, f"the formula ends where {wanted} is wanted", "complete it")
        reserved = kind == "word" and text in RESERVED
        hint = "a member that is a reserved word stands in quotes" if reserved else f"{wanted} is missing before it"
        return self._fault(at, f"there is {excerpt(text)} where {wanted} is wanted", hint)

    def _fault(self, at: int, message: str, hint: str, code: str = "TP141") -> TunnelproofError:
        return self.error(code, message, where=self.locate(at), hint=hint)


__all__ = ["LONGEST_FORMULA", "format_formula", "parse_formula"]
