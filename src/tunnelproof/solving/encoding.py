"""A system's parts as SMT-LIB 2 terms over the symbols of two states, *now* and *next*.

This is the judge's way of writing: one plain rule per construct of the language, and nothing shared with an
engine. Truth values are `Bool`; members of an enum (by position) and whole numbers are bounded `Int`. A name of the
model never becomes a symbol: configuration variables are ``k0``, ``k1``, …, variables ``v0``, … now and ``n0``, … next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tunnelproof.model.language.domains import BOOL, Bool, Domain, Enum, Range, Value
from tunnelproof.model.language.expressions import Apply, Expr, Literal, Next, Read
from tunnelproof.model.language.system import Action, Outcome, Step, System
from tunnelproof.model.language.wellformed import scope_of

_SAME = {"not", "and", "or", "=", "<", "<=", ">", ">=", "+", "-", "*", "mod"}


def conjunction(terms: Iterable[str]) -> str:
    """Return the conjunction of terms."""
    return _join("and", "true", list(terms))


def disjunction(terms: Iterable[str]) -> str:
    """Return the disjunction of terms."""
    return _join("or", "false", list(terms))


@dataclass(frozen=True)
class _Scope:
    """What names stand for: symbols (of derived names too, once they are defined), and a step's parameters."""

    symbols: dict[str, str]
    parameters: dict[str, tuple[Value, Domain]] = field(default_factory=dict)


class Encoding:
    """Writes formulas and steps of one system. ``history`` names truth values that are kept beside the state."""

    def __init__(self, system: System, history: Sequence[str] = ()) -> None:
        self.system = system
        self._types = {**scope_of(system), **dict.fromkeys(history, BOOL)}
        self._variables = {v.name: v.domain for v in system.variables} | dict.fromkeys(history, BOOL)
        rigid = {v.name: f"k{i}" for i, v in enumerate(system.configuration)}
        self._now = _Scope(rigid | {name: f"v{i}" for i, name in enumerate(self._variables)})
        self._next = _Scope(rigid | {name: f"n{i}" for i, name in enumerate(self._variables)})
        self._lines = self._declarations()
        self._products = False

    @property
    def variables(self) -> tuple[Read, ...]:
        """The variables of a state, the history included."""
        return tuple(Read(name) for name in self._variables)

    def script(self, *assertions: str) -> str:
        """Return a script that declares everything and asserts the terms."""
        logic = "QF_NIA" if self._products else "QF_LIA"
        return "\n".join([f"(set-logic {logic})", *self._lines, *(f"(assert {term})" for term in assertions)])

    def named(self, term: str) -> str:
        """Give a truth value a symbol of its own, so that it can be used again without being written again."""
        return self._define("Bool", term)

    def define(self, name: str, formula: Expr) -> None:
        """Let the name stand for a truth value, in the state now and in the state next; no other name is like it.

        It is written once for each of the two, however often it is read.
        """
        assert name not in self._types and name not in self._variables, f"'{name}' has a meaning already"
        for scope in (self._now, self._next):
            scope.symbols[name] = self._define("Bool", self._term(formula, scope))
        self._types[name] = BOOL

    def now(self, formula: Expr) -> str:
        """Return the formula's term in the state now; `Next` in it speaks of the state next."""
        return self._term(formula, self._now)

    def next(self, formula: Expr) -> str:
        """Return the formula's term in the state next."""
        return self._term(formula, self._next)

    def initial(self) -> str:
        """Return the term that the state now is initial."""
        starts = [
            disjunction(self._equal(Read(v.name), start) for start in v.start)
            for v in self.system.variables
            if v.start is not None
        ]
        return conjunction([*starts, *(self.now(formula) for formula in self.system.initially)])

    def enabled(self, step: Step) -> str:
        """Return the term that the step exists in the state now."""
        action, outcome, scope = self._parts(step)
        terms = [self._term(action.guard, scope), self._term(outcome.when, scope)]
        for name, expr in outcome.effects:
            domain = self._variables[name]
            if isinstance(domain, Range):
                terms.append(_bounds(self._term(expr, scope), domain))
        return conjunction(term for term in terms if term != "true")

    def step(self, step: Step) -> str:
        """Return the term that the step leads from the state now to the state next (history apart)."""
        _, outcome, scope = self._parts(step)
        assigned = dict(outcome.effects)
        terms = [self.enabled(step)]
        for variable in self.system.variables:
            value = assigned.get(variable.name, Read(variable.name))
            written = self._term(value, scope, _enum(variable.domain))
            terms.append(f"(= {self._next.symbols[variable.name]} {written})")
        return conjunction(terms)

    # --- declarations ------------------------------------------------------------------------------------------------

    def _declarations(self) -> list[str]:
        lines: list[str] = []
        for variable in self.system.configuration:
            lines += _declared(self._now.symbols[variable.name], variable.domain)
        for name, domain in self._variables.items():
            lines += _declared(self._now.symbols[name], domain)
            lines += _declared(self._next.symbols[name], domain)
        return lines

    def _define(self, sort: str, term: str) -> str:
        symbol = f"t{len(self._lines)}"
        self._lines.append(f"(define-fun {symbol} () {sort} {term})")
        return symbol

    def _parts(self, step: Step) -> tuple[Action, Outcome, _Scope]:
        action = self.system.action_named[step.action]
        outcome = next(o for o in action.outcomes if o.name == step.outcome)
        domains = {p.name: p.domain for p in action.parameters}
        parameters = {name: (value, domains[name]) for name, value in step.parameters}
        return action, outcome, _Scope(self._now.symbols, parameters)

    # --- terms -------------------------------------------------------------------------------------------------------

    def _term(self, expr: Expr, scope: _Scope, expected: Enum | None = None) -> str:
        match expr:
            case Literal():
                return _literal(expr.value, expected)
            case Read():
                return self._read(expr.name, scope)
            case Apply():
                return self._apply(expr, scope, expected)
            case Next():
                return self._term(expr.body, self._next, expected)
            case _:
                raise AssertionError(f"a formula about steps has to be specialised first: {expr}")

    def _read(self, name: str, scope: _Scope) -> str:
        if name in scope.parameters:
            value, domain = scope.parameters[name]
            return _literal(value, _enum(domain))
        if name not in scope.symbols:
            definition, kind = self.system.definitions[name].definition, self._types[name]
            term = self._term(definition, scope, kind if isinstance(kind, Enum) else None)
            scope.symbols[name] = self._define("Bool" if isinstance(kind, Bool) else "Int", term)
        return scope.symbols[name]

    def _apply(self, expr: Apply, scope: _Scope, expected: Enum | None) -> str:
        if expr.op in ("=", "!="):
            expected = self._enum_of(expr.args[0], scope) or self._enum_of(expr.args[1], scope)
        args = [self._term(arg, scope, expected) for arg in expr.args]
        if expr.op == "*":
            self._products |= not any(isinstance(arg, Literal) for arg in expr.args)
        match expr.op:
            case "and":
                return conjunction(args)
            case "or":
                return disjunction(args)
            case "implies":
                return f"(=> {args[0]} {args[1]})"
            case "!=":
                return f"(not (= {args[0]} {args[1]}))"
            case "if":
                return f"(ite {args[0]} {args[1]} {args[2]})"
            case "min" | "max":
                left, right = map(self._once, args)
                low, high = (left, right) if expr.op == "min" else (right, left)
                return f"(ite (<= {left} {right}) {low} {high})"
            case op if op in _SAME:
                return f"({op} {' '.join(args)})"
            case _:
                raise AssertionError(f"unknown operator {expr.op}")

    def _once(self, term: str) -> str:
        """Return what can be written twice: nested, the whole would double with each level."""
        return self._define("Int", term) if term.startswith("(") else term

    def _equal(self, left: Expr, right: Expr) -> str:
        return self.now(Apply("=", (left, right)))

    def _enum_of(self, expr: Expr, scope: _Scope) -> Enum | None:
        """Return the enum that the expression is of, as far as it says itself."""
        match expr:
            case Read(name):
                kind = scope.parameters[name][1] if name in scope.parameters else self._types[name]
                return kind if isinstance(kind, Enum) else None
            case Apply("if", (_, chosen, otherwise)):
                return self._enum_of(chosen, scope) or self._enum_of(otherwise, scope)
            case Next(body):
                return self._enum_of(body, scope)
            case _:
                return None


def _join(op: str, empty: str, terms: list[str]) -> str:
    if len(terms) < 2:  # a connective with one argument is not standard
        return terms[0] if terms else empty
    return f"({op} {' '.join(terms)})"


def _enum(domain: Domain) -> Enum | None:
    return domain if isinstance(domain, Enum) else None


def _literal(value: Value, expected: Enum | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        assert expected is not None, f"'{value}' is a member of no known enum"
        return str(expected.members.index(value))
    return str(value) if value >= 0 else f"(- {-value})"


def _declared(symbol: str, domain: Domain) -> list[str]:
    if isinstance(domain, Bool):
        return [f"(declare-const {symbol} Bool)"]
    span = Range(0, len(domain.members) - 1) if isinstance(domain, Enum) else domain
    return [f"(declare-const {symbol} Int)", f"(assert {_bounds(symbol, span)})"]


def _bounds(term: str, domain: Range) -> str:
    return f"(and (<= {_literal(domain.lo, None)} {term}) (<= {term} {_literal(domain.hi, None)}))"
