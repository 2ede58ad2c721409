"""Expressions as decision diagrams, compiled from the language alone.

A truth value becomes the set of pairs in which it is true; any other value becomes a partition: for each value that the
expression can have, the set of pairs in which it has it.
"""

from __future__ import annotations

from collections.abc import Callable

from tunnelproof.engines.contract import LimitReached
from tunnelproof.engines.diagram.encoding import Assignment, Diagram, Encoding
from tunnelproof.evidence.verdict import Reason
from tunnelproof.model.language.domains import Bool, Value
from tunnelproof.model.language.expressions import (
    COMPARISONS,
    CONNECTIVES,
    Apply,
    By,
    Expr,
    Literal,
    Next,
    Read,
    Taken,
    walk,
)

Partition = dict[Value, Diagram]

LARGEST_SPLIT = 1_000_000  # pairs of values that one operator may have to be worked out for


class Compiler:
    """Compiles the expressions of one system. Parameters must have been replaced, and `Taken` and `By` settled."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.system = encoding.system
        self._truths: dict[Expr, Diagram] = {}
        self._partitions: dict[Expr, Partition] = {}

    def truth(self, expr: Expr) -> Diagram:
        """Return where a truth value is true."""
        known = self._truths.get(expr)
        if known is None:
            known = self._truths[expr] = self._truth(expr)
        return known

    def values(self, expr: Expr) -> Partition:
        """Return where the expression has which value; a value that it never has is missing."""
        known = self._partitions.get(expr)
        if known is None:
            known = self._partitions[expr] = self._values(expr)
        return known

    def is_truth(self, expr: Expr) -> bool:
        """Say whether the expression's values are truth values."""
        match expr:
            case Literal():
                return isinstance(expr.value, bool)
            case Read():
                if expr.name in self.system.definitions:
                    return self.is_truth(self.system.definitions[expr.name].definition)
                return isinstance(self.system.domains[expr.name], Bool)
            case Apply("if", (_, chosen, _)):
                return self.is_truth(chosen)
            case Apply():
                return expr.op in CONNECTIVES or expr.op in COMPARISONS
            case Next():
                return self.is_truth(expr.body)
            case _:
                return True

    def _truth(self, expr: Expr) -> Diagram:
        match expr:
            case Literal():
                return self.encoding.true if expr.value else self.encoding.false
            case Read():
                if expr.name in self.system.definitions:
                    return self.truth(self.system.definitions[expr.name].definition)
                return self.encoding.equal(expr.name, 1)
            case Apply():
                return self._connect(expr)
            case Next():
                return self._next_truth(expr.body)
            case Taken() | By():
                raise AssertionError(f"a step is not known: {expr}")

    def _connect(self, expr: Apply) -> Diagram:
        match expr.op, expr.args:
            case "and", parts:
                return self.encoding.conjunction(self.truth(part) for part in parts)
            case "or", parts:
                return self.encoding.disjunction(self.truth(part) for part in parts)
            case "not", (part,):
                return ~self.truth(part)
            case "implies", (left, right):
                return self.truth(left).imp(self.truth(right))
            case "if", (condition, chosen, otherwise):
                return self.truth(condition).ite(self.truth(chosen), self.truth(otherwise))
            case "=", (left, right):
                return self._same(left, right)
            case "!=", (left, right):
                return ~self._same(left, right)
            case op, (left, right):
                return self._compare(op, self.values(left), self.values(right))
            case _:
                raise AssertionError(f"no truth value: {expr}")

    def _same(self, left: Expr, right: Expr) -> Diagram:
        if self.is_truth(left):
            return self.truth(left).equiv(self.truth(right))
        one, other = self.values(left), self.values(right)
        return self.encoding.disjunction(one[value] & other[value] for value in one if value in other)

    def _compare(self, op: str, left: Partition, right: Partition) -> Diagram:
        """Return where left < right, or whichever comparison it is: in one sweep over the values, largest first."""
        if op in (">", ">="):
            return self._compare("<" if op == ">" else "<=", right, left)
        larger, found = self.encoding.false, self.encoding.false
        waiting = sorted(right, reverse=True)
        for value in sorted(left, reverse=True):
            while waiting and (waiting[0] > value or (op == "<=" and waiting[0] == value)):  # type: ignore[operator]
                larger = larger | right[waiting.pop(0)]
            found = found | (left[value] & larger)
        return found

    def _values(self, expr: Expr) -> Partition:
        if self.is_truth(expr):
            holds = self.truth(expr)
            return _nonempty({False: ~holds, True: holds})
        match expr:
            case Literal():
                return {expr.value: self.encoding.true}
            case Read():
                if expr.name in self.system.definitions:
                    return self.values(self.system.definitions[expr.name].definition)
                values = self.system.domains[expr.name].values
                return {value: self.encoding.equal(expr.name, code) for code, value in enumerate(values)}
            case Apply("if", (condition, chosen, otherwise)):
                return self._choose(self.truth(condition), self.values(chosen), self.values(otherwise))
            case Apply(op, (left, right)):
                return self._combine(_ARITHMETIC[op], self.values(left), self.values(right))
            case Next():
                return self._next_values(expr.body)
            case _:
                raise AssertionError(f"no value: {expr}")

    def _choose(self, condition: Diagram, chosen: Partition, otherwise: Partition) -> Partition:
        found = {value: condition & where for value, where in chosen.items()}
        for value, where in otherwise.items():
            found[value] = found.get(value, self.encoding.false) | condition.imp_strict(where)
        return _nonempty(found)

    def _combine(self, operate: Callable[[int, int], int], left: Partition, right: Partition) -> Partition:
        if len(left) * len(right) > LARGEST_SPLIT:
            raise LimitReached(Reason.LIMIT, f"an operator has {len(left) * len(right)} pairs of values")
        found: Partition = {}
        for a, here in left.items():
            for b, there in right.items():
                both = here & there
                if both.satisfiable():
                    value = operate(int(a), int(b))
                    found[value] = found.get(value, self.encoding.false) | both
        return found

    def _next_truth(self, body: Expr) -> Diagram:
        raise AssertionError(f"the state after the step is not known: {body}")

    def _next_values(self, body: Expr) -> Partition:
        raise AssertionError(f"the state after the step is not known: {body}")


class StepCompiler(Compiler):
    """Compiles predicates over a state and its successor, for steps that assign known constants."""

    def __init__(self, states: Compiler, assignment: Assignment) -> None:
        super().__init__(states.encoding)
        self._states = states
        self._assignment = assignment

    def truth(self, expr: Expr) -> Diagram:
        """Return from where such a step makes the predicate true."""
        return super().truth(expr) if _looks_ahead(expr) else self._states.truth(expr)

    def values(self, expr: Expr) -> Partition:
        """Return from where such a step gives the expression which value."""
        return super().values(expr) if _looks_ahead(expr) else self._states.values(expr)

    def _next_truth(self, body: Expr) -> Diagram:
        return self.encoding.after(self._states.truth(body), self._assignment)

    def _next_values(self, body: Expr) -> Partition:
        parts = self._states.values(body).items()
        return _nonempty({value: self.encoding.after(where, self._assignment) for value, where in parts})


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "mod": lambda a, b: a % b,
    "min": min,
    "max": max,
}


def _looks_ahead(expr: Expr) -> bool:
    return any(isinstance(part, Next) for part in walk(expr))


def _nonempty(parts: Partition) -> Partition:
    return {value: where for value, where in parts.items() if where.satisfiable()}
